"""Employers' commitments, inspections, and how many there are of a group, at the desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from bot.desk import photos
from bot.desk.cases import area_name
from bot.desk.main_menu import said
from bot.forms.model import UNKNOWN, Draft
from bot.forms.oversight import EMPLOYERS, INSPECTION_KIND, RESULT
from bot.forms.turns import Done, Note, show
from bot.i18n import later as _
from bot.plans.vocabulary import words
from bot.words import Button, Say, private
from storage import areas, audit, group_sizes, kept_files, oversight, target_values
from storage.records.outreach import Commitment, Inspection

if TYPE_CHECKING:
    from bot.desk.desk import Desk

__all__ = ["PAGE", "Commitment", "Inspection", "Oversight", "commitment_line", "inspection_line"]
PAGE = 6
SOON = timedelta(days=60)


class Oversight:
    """`desk.oversight`. Only officers keep and see these; `mine` are their areas."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def inside(self) -> set[str]:
        desk = self._desk
        return areas.within(desk.connection, desk.cases.mine)

    def commitments(self) -> list[Commitment]:
        return oversight.commitments_in(self._desk.connection, self.inside)

    def inspections(self, days: int = 730) -> list[Inspection]:
        """Those of the last two years."""
        today = self._desk.scene.today
        first = today - timedelta(days=days)
        return oversight.inspections_in(self._desk.connection, self.inside, first, today)

    def find(self, name: str) -> Commitment | Inspection | None:
        """The record of a name like "commitments:7", if it is of one's area. A refused try is
        audited."""
        kind, _colon, number = name.partition(":")
        look = {"commitments": oversight.one_commitment, "inspections": oversight.one_inspection}
        if kind not in look or not number.isdecimal() or len(number) > 15:
            return None
        desk = self._desk
        found = look[kind](desk.connection, int(number))
        if found is not None and found.commune not in self.inside:
            audit.note(desk.connection, desk.now, desk.person.person_id, "refused", name)
            return None
        return found

    def keep_commitment(self, draft: Draft, answers: Mapping[str, Any]) -> None:
        expires = answers.get("expires_on")
        values = {
            **self._common(draft, answers),
            "group": str(answers.get("group", UNKNOWN)),
            "signed_on": _day(answers["signed_on"]),
            "expires_on": _day(expires),
        }
        number = oversight.commit(self._desk.connection, values)
        self._files(f"commitments:{number}", answers)

    def keep_inspection(self, draft: Draft, answers: Mapping[str, Any]) -> None:
        values = {
            **self._common(draft, answers),
            "kind": str(answers.get("kind", UNKNOWN)),
            "held_on": _day(answers["held_on"]),
            "result": str(answers.get("result", UNKNOWN)),
            "again_on": _day(answers.get("again_on")),
        }
        number = oversight.inspect(self._desk.connection, values)
        self._files(f"inspections:{number}", answers)

    def _common(self, draft: Draft, answers: Mapping[str, Any]) -> dict[str, Any]:
        desk, village = self._desk, answers.get("village")
        remarks = [_told(answers.get("remarks")), *draft.also]
        if isinstance(village, dict):  # no village of the table: its name is kept all the same
            remarks.append(str(village["typed"]))
        area = village if isinstance(village, str) and village != UNKNOWN else None
        found = (areas.commune_of(desk.connection, code) for code in (area, *desk.cases.mine))
        return {
            "draft_key": draft.key,
            "employer": _told(answers.get("employer")),
            "area": area,
            "commune": next((code for code in found if code), None),
            "remarks": "\n".join(part for part in remarks if part) or None,
            "person_id": desk.person.person_id,
            "noted_at": desk.now,
        }

    def _files(self, subject: str, answers: Mapping[str, Any]) -> None:
        desk, photos = self._desk, answers.get("photo")
        if isinstance(photos, list):
            kept_files.keep(desk.connection, subject, photos)
        audit.note(desk.connection, desk.now, desk.person.person_id, "keep", subject)

    def keep_size(self, answers: Mapping[str, Any]) -> None:
        """Keep a denominator; for the whole commune where no village is told."""
        desk = self._desk
        group, village = str(answers["group"]), answers.get("village")
        area = village if isinstance(village, str) and village != UNKNOWN else desk.cases.mine[0]
        unit = answers.get("unit", words("group")[group]["units"][0])
        row = {
            "area": area,
            "group": group,
            "unit": unit,
            "year": int(answers["year"]),
            "count": int(answers["count"]),
            "source": str(answers["source"]).removeprefix("/"),
            "estimated": answers.get("estimated") != "yes",
        }
        group_sizes.put(desk.connection, [row], desk.now, desk.person.person_id)
        detail = f"{group} {unit} {row['year']} {row['count']}"
        audit.note(desk.connection, desk.now, desk.person.person_id, "denominator", area, detail)

    def keep_value(self, about: Mapping[str, Any], answers: Mapping[str, Any]) -> None:
        """Keep how far a target is, for its area and year; and out of how many, if that is told."""
        desk, source = self._desk, str(answers["source"]).removeprefix("/")
        row = {name: about[name] for name in ("area", "indicator", "group", "unit", "year")}
        me = desk.person.person_id
        value = {**row, "reached": answers["reached"], "source": source}
        target_values.put(desk.connection, value, desk.now, me)
        if isinstance(total := answers.get("count"), int):
            size = {name: row[name] for name in row if name != "indicator"}
            size |= {"count": total, "source": source, "estimated": False}
            group_sizes.put(desk.connection, [size], desk.now, me)
        detail = f"{row['indicator']} {row['group']} {row['year']} {answers['reached']}"
        audit.note(desk.connection, desk.now, me, "target value", row["area"], detail)


def _told(words: object) -> str:
    return words.removeprefix("/") if isinstance(words, str) and words != UNKNOWN else ""


def _day(told: object) -> date | None:
    return date.fromisoformat(told) if isinstance(told, str) and told != UNKNOWN else None


def commitment_line(desk: Desk, kept: Commitment) -> str:
    """One commitment: who, since when, until when, and whether that is over."""
    __ = desk._
    until = __.day(kept.expires_on) if kept.expires_on else "?"
    mark = ""
    if kept.expires_on and kept.expires_on < desk.scene.today:
        mark = " " + __("(over)")
    elif kept.expires_on and kept.expires_on - desk.scene.today <= SOON:
        mark = " " + __("(soon over)")
    kind = __(EMPLOYERS[kept.group]) if kept.group in EMPLOYERS else ""
    who = private(kept.employer, kind or "•••")
    return said(
        desk,
        _("{who}: signed {day}, holds until {until}{mark}"),
        who=who,
        day=__.day(kept.signed_on),
        until=until,
        mark=mark,
    )


def inspection_line(desk: Desk, kept: Inspection) -> str:
    """One inspection: when, of what kind, whom, what was found."""
    __ = desk._
    kind = __(INSPECTION_KIND[kept.kind]) if kept.kind in INSPECTION_KIND else "?"
    result = __(RESULT[kept.result]) if kept.result in RESULT else "?"
    text = f"{__.day(kept.held_on)}, {kind}: {private(kept.employer) or '?'}: {result}"
    if kept.again_on:
        text += ". " + said(desk, _("Again on {day}"), day=__.day(kept.again_on))
    return text


def record_line(desk: Desk, kept: Commitment | Inspection) -> str:
    """One of either."""
    return (
        inspection_line(desk, kept) if isinstance(kept, Inspection) else commitment_line(desk, kept)
    )


def record_card(desk: Desk, name: str, kept: Commitment | Inspection) -> Say:
    """A commitment or inspection as it was noted, with the way to its photos."""
    lines = [record_line(desk, kept)]
    if kept.area:
        lines.append(f"• {desk._('Village')}: {area_name(desk, kept.area)}")
    if kept.remarks:
        lines.append(f"• {desk._('Remarks')}: {private(kept.remarks.removeprefix('/'))}")
    lines += photos.line(desk, name, kept.commune)
    back, label = ("m.commitments", _("Commitments"))
    if isinstance(kept, Inspection):
        back, label = ("m.inspections", _("Establishments inspected"))
    buttons = photos.button(desk, f"v.photos.{name}", name, kept.commune)
    nav = (Button(back, desk._(label), nav=True), Button("m.menu", desk._("Menu"), nav=True))
    return Say("\n".join(lines), (*buttons, *nav))


def commitment(desk: Desk, done: Done) -> None:
    if _not_mine(desk, done) or _without_day(desk, done, "signed_on"):
        return
    signed, until = _day(done.answers.get("signed_on")), _day(done.answers.get("expires_on"))
    if signed and until and until < signed:
        draft = replace(done.draft, revisiting="expires_on")
        note = Note(_("That day is before the day of signing."))
        desk.ask(done.form, show(done.form, draft, desk.scene, note))
        return
    desk.oversight.keep_commitment(done.draft, done.answers)
    _saved(desk, done, "m.commitments", _("Commitments"))


def _without_day(desk: Desk, done: Done, key: str) -> bool:
    """Whether the day is not known that it counts on: then it is asked for again, not made up."""
    if _day(done.answers.get(key)):
        return False
    draft = replace(done.draft, revisiting=key)
    desk.ask(done.form, show(done.form, draft, desk.scene, Note(NO_DAY)))
    return True


NO_DAY = _("Without its day it cannot be counted. Please look on the paper.")


def inspection(desk: Desk, done: Done) -> None:
    if _not_mine(desk, done) or _without_day(desk, done, "held_on"):
        return
    desk.oversight.keep_inspection(done.draft, done.answers)
    _saved(desk, done, "m.inspections", _("Establishments inspected"))


def group_size(desk: Desk, done: Done) -> None:
    if _not_mine(desk, done):
        return
    answers = done.answers
    group = words("group").get(str(answers.get("group")))
    needed = ("group", "year", "count", "source")
    missing = next((key for key in needed if answers.get(key) == UNKNOWN), "")
    if isinstance(answers.get("village"), dict):  # a village nobody knows is not the commune
        missing = missing or "village"
    unit = answers.get("unit")
    if not missing and group and unit is not None and unit not in group["units"]:
        missing = "unit"
    if missing:
        draft = replace(done.draft, revisiting=missing)
        note = Note(_("A share cannot be told without this, or not so. Please choose again."))
        desk.ask(done.form, show(done.form, draft, desk.scene, note))
        return
    desk.oversight.keep_size(answers)
    _saved(desk, done, "m.progress", _("Progress"))


def target_value(desk: Desk, done: Done) -> None:
    """How far a target is, where a person knows better than the records."""
    if _not_mine(desk, done):
        return
    answers = done.answers
    reached, total = answers.get("reached"), answers.get("count")
    missing = "reached" if not isinstance(reached, int) else ""
    if isinstance(total, int) and isinstance(reached, int) and reached > total:
        missing = "count"
    if missing or answers.get("source") in (None, UNKNOWN):
        draft = replace(done.draft, revisiting=missing or "source")
        note = Note(_("More cannot be reached than there are, and a figure needs its source."))
        desk.ask(done.form, show(done.form, draft, desk.scene, note))
        return
    desk.oversight.keep_value(done.draft.context, answers)
    _saved(desk, done, f"t.target.{done.draft.context['back']}", _("See it"))


def _not_mine(desk: Desk, done: Done) -> bool:
    if desk.cases.mine:
        return False
    desk.finish(done.draft)
    text = desk._("Only the commune's officers keep this.")
    desk.say(Say(text, (Button("m.menu", desk._("Menu"), nav=True),)))
    return True


def _saved(desk: Desk, done: Done, back: str, label: str) -> None:
    desk.finish(done.draft)
    buttons = (Button(back, desk._(label)), Button("m.menu", desk._("Menu"), nav=True))
    desk.say(Say(desk._("Saved."), buttons))


ENDINGS: dict[str, Callable[[Desk, Done], None]] = {
    "commitment": commitment,
    "inspection": inspection,
    "group_size": group_size,
    "target_value": target_value,
}
