"""Zalo's bot platform: a bot without buttons, made by anybody with a Zalo account."""
