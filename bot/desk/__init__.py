"""What handlers may ask for: see desk.py."""

from bot.desk.desk import Desk
from bot.desk.house import House
from bot.desk.office import Office

__all__ = ["Desk", "House", "Office"]
