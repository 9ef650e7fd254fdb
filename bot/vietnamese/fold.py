"""Typed Vietnamese made comparable: one door to cleaning, folding, shorthand and names."""

from bot.vietnamese.clean import clean
from bot.vietnamese.keystrokes import untelex
from bot.vietnamese.letters import as_in_a_list, fits, fold, same
from bot.vietnamese.names import Names, closest
from bot.vietnamese.shorthand import spell_out

__all__ = [
    "Names",
    "as_in_a_list",
    "clean",
    "closest",
    "fits",
    "fold",
    "same",
    "spell_out",
    "untelex",
]
