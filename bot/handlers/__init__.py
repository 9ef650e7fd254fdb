"""One module a subject. The order in which they are asked is in bot/app.py."""
