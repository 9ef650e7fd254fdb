"""A report in one message, read into what it states.

Pure: a text, the villages there are, and today. The Vietnamese words live in content/*.toml.
"""

from bot.reading.reading import Reading, read
from bot.reading.villages import Villages
from bot.reading.warming import warm

__all__ = ["Reading", "Villages", "read", "warm"]
