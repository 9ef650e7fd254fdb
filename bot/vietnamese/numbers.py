"""Typed figures understood: one door to counts, ages, telephone numbers and days."""

from bot.vietnamese.counts import age, number
from bot.vietnamese.days import day
from bot.vietnamese.phones import phone

__all__ = ["age", "day", "number", "phone"]
