"""What the two surfaces of Zalo, the bot platform and the official account, have in common."""
