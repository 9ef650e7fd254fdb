"""The bot: the conversation side. Rooms and who may import whom: docs/architecture.md."""
