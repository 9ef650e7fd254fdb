"""An officer's own level beside the machine's: both are kept, the officer's counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.law.finding import Finding
from bot.law.table import Level


@dataclass(frozen=True)
class Override:
    """The level somebody in that role gave, why, and when. Raises ValueError without a reason."""

    level: Level
    reason: str
    by_role: str
    at: datetime

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise ValueError("reason: say why the level is another one")


def standing(finding: Finding, override: Override | None) -> Level:
    """The level that counts."""
    return finding.level if override is None else override.level
