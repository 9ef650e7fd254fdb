"""Provinces, communes and villages."""

from __future__ import annotations

from datetime import date

from sqlmodel import Field

from storage.records.base import Record

AREA_KINDS = (
    "province",
    "commune",
    "ward",
    "special_zone",
    "village",
    "residential_group",
)


COMMUNE_KINDS = ("commune", "ward", "special_zone")


VILLAGE_KINDS = ("village", "residential_group")


class Area(Record, table=True):
    """A province, a commune or a village, for as long as it is valid."""

    __tablename__ = "areas"
    code: str = Field(primary_key=True)
    name: str
    kind: str
    parent: str | None = Field(default=None, foreign_key="areas.code", index=True)
    valid_from: date | None = None
    valid_to: date | None = None


class Succession(Record, table=True):
    """`code` took the place of `old_code` (communes merged in 2025, villages in 2026)."""

    __tablename__ = "area_successions"
    code: str = Field(primary_key=True, foreign_key="areas.code")
    old_code: str = Field(primary_key=True, index=True)
