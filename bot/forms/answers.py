"""Kinds of answers: from what a person did to a value, or Unclear.

Readers are patient. They accept what people really type on a phone, and refuse with a sentence
that shows what would work.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta

from bot.forms import moment as clock
from bot.forms import typed
from bot.forms.labels import spoken
from bot.forms.model import (
    SENT,
    UNKNOWN,
    VOICE,
    Choice,
    Kind,
    Reply,
    Scene,
    SeveralMeant,
    Unclear,
    Value,
)
from bot.i18n import later as _
from bot.reading.clock import moments
from bot.reading.message import Message
from bot.vietnamese import affirm, fold, numbers
from bot.vietnamese.letters import WITHOUT_MARKS

_NO_DIGITS = {ord(digit): None for digit in "0123456789"}
LONGEST = 10_000  # characters of a story
DONT_KNOW = Choice(UNKNOWN, _("Not known"))
_CHOOSE = _("Please choose one of the buttons, or type its number.")
_MOST_MEANT = 12  # villages that share a word: more of them than fit a screen help nobody
_SURE, _CLOSE = 0.999, 0.12  # a place is sure at this score; nearer rivals than that are asked


def words(
    longest: int = 200,
    choices: Mapping[str, str] | None = None,
    *,
    by_voice: bool = False,
    by_media: bool = False,
    may_be_unknown: bool = True,
    no: str = "",
) -> Kind:
    """Free text, kept as it was said (at most `longest` characters), or one of `choices`.

    With `by_voice` a voice note is an answer too, with `by_media` a photo or a place as well. `no`
    is the choice that a plain no stands for.
    """
    unknown = (DONT_KNOW,) if may_be_unknown else ()
    offered = (*(Choice(v, label) for v, label in (choices or {}).items()), *unknown)

    def read(reply: Reply, scene: Scene) -> Value:
        if chosen := _chosen(reply, offered):
            return chosen
        if reply.value:
            raise Unclear(_CHOOSE)
        text = reply.text.strip()
        if not text:
            if (by_voice or by_media) and any(media.kind == "voice" for media in reply.media):
                return VOICE
            if by_media and reply.media:
                return SENT
            raise Unclear(_("Please write a few words, or choose a button."))
        if len(text) > longest:
            raise Unclear(
                _("That is too long for me: please keep it under {n} letters."), n=longest
            )
        if may_be_unknown and affirm.unknown(text):
            return UNKNOWN
        if choices and affirm.yes_no(text) is False and no:
            return no
        if choices and _says_nothing(text):
            raise Unclear(_CHOOSE)
        # What was typed is never taken for a choice, nor for the mark of a voice note.
        kept_apart = text.startswith("/") or text in {choice.value for choice in offered}
        return "/" + text if kept_apart else text

    return Kind(read, lambda _scene: offered, _a_text, show="words", private=True)


def _says_nothing(text: str) -> bool:
    """Whether it answers no choice and tells nothing: another number, a lone sign, a yes or no."""
    letters = any(map(str.isalnum, text.translate(_NO_DIGITS)))
    return not letters or affirm.yes_no(text) is not None


def _a_text(value: Value, _scene: Scene) -> bool:
    return isinstance(value, str)


def one_of(
    choices: Mapping[str, str], read_text: Callable[[str], Value] = lambda _text: None
) -> Kind:
    """One of these values (value -> label id), or not known.

    `read_text` finds one in what was typed instead of a label; None where it finds none.
    """
    offered = (*(Choice(value, label) for value, label in choices.items()), DONT_KNOW)
    values = {choice.value for choice in offered}

    def read(reply: Reply, scene: Scene) -> Value:
        if chosen := _chosen(reply, offered):
            return chosen
        if {"yes", "no"} <= values and (said := affirm.yes_no(reply.text)) is not None:
            return "yes" if said else "no"
        if affirm.unknown(reply.text):
            return UNKNOWN
        found = None if reply.value else read_text(reply.text)
        if found is None:
            raise Unclear(_CHOOSE)
        return found

    def fits(value: Value, _scene: Scene) -> bool:
        return isinstance(value, str) and value in values

    return Kind(read, lambda _scene: offered, fits, show="choice")


_FEW = 2  # digits


def number(
    low: float, high: float, hint: str, read_text: Callable[[str, int], float | None]
) -> Kind:
    """A number between two bounds, or not known. `hint` (a text id) shows what would work."""

    def read(reply: Reply, scene: Scene) -> Value:
        if chosen := _chosen(reply, (DONT_KNOW,)):
            return chosen
        value: float | None
        if not reply.value and len(reply.text) <= _FEW and reply.text.isdecimal():
            value = int(reply.text)  # as every reader has it, and as most are typed
        elif affirm.unknown(reply.text):
            return UNKNOWN
        else:
            value = None if reply.value else read_text(reply.text, scene.today.year)
        if value is None or not low <= value <= high:
            raise Unclear(hint)
        return int(value) if value == int(value) else value

    def fits(value: Value, _scene: Scene) -> bool:
        if type(value) is not int and type(value) is not float:  # True is neither
            return bool(value == UNKNOWN)
        return low <= value <= high

    return Kind(read, lambda _scene: (DONT_KNOW,), fits, show="number", wants_digits=True)


def _plain_count(text: str, _year: int) -> float | None:
    return numbers.number(text)


def count(
    low: float,
    high: float,
    hint: str,
    read_text: Callable[[str, int], float | None] = _plain_count,
) -> Kind:
    """A count: "10", "mười tiếng"; or what `read_text` finds."""
    return number(low, high, hint, read_text)


def age(low: int, high: int, hint: str) -> Kind:
    """Whole years of one child: "12 tuổi", "mười hai", "sinh năm 2014"."""
    return number(low, high, hint, typed.age)


def child_name() -> Kind:
    """What a child is called, without the words around it; never a number."""
    plain = words(80)

    def read(reply: Reply, scene: Scene) -> Value:
        value = plain.read(reply, scene)
        if reply.value or value in (UNKNOWN, VOICE):
            return value
        if not any(map(str.isalpha, reply.text)) or len(reply.text.strip()) < _SHORTEST_NAME:
            raise Unclear(_("Please write the name in letters, or choose Skip."))
        return typed.name(reply.text) or value

    return replace(plain, read=read)


_SHORTEST_NAME = 2


def phone() -> Kind:
    """A Vietnamese telephone number."""

    def read(reply: Reply, scene: Scene) -> Value:
        if chosen := _chosen(reply, (DONT_KNOW,)):
            return chosen
        if affirm.unknown(reply.text):
            return UNKNOWN
        found = None if reply.value else numbers.phone(reply.text)
        if found is None:
            raise Unclear(_("Please write the number with 10 digits, for example 0912 345 678."))
        return found

    offered = (DONT_KNOW,)
    return Kind(read, lambda _: offered, _a_text, show="words", private=True, wants_digits=True)


def place() -> Kind:
    """A village: chosen, typed in any spelling, or kept as typed when it is not in the table.

    The value is the code, or {"typed": name}.
    """

    def read(reply: Reply, scene: Scene) -> Value:
        offered = _villages(scene)
        if reply.value:
            if reply.value in {choice.value for choice in offered}:
                return reply.value
            raise Unclear(_CHOOSE)
        if affirm.unknown(reply.text):
            return UNKNOWN
        if not reply.text.strip():
            raise Unclear(_("Please type the name of the village."))
        return _place(reply.text, scene)

    def fits(value: Value, scene: Scene) -> bool:
        # A village may have been merged since: then the code is still what was meant.
        return isinstance(value, str) or (isinstance(value, dict) and "typed" in value)

    return Kind(read, _villages, fits, show="place", private=True)


def _villages(scene: Scene) -> tuple[Choice, ...]:
    return (*scene.villages, DONT_KNOW)


def _closest(text: str, scene: Scene) -> list[tuple[str, float]]:
    found = scene.heard.get(text)
    if found is None:
        if len(scene.heard) >= _HEARD:
            scene.heard.clear()
        found = scene.heard[text] = scene.names.closest(text)
    return found


_HEARD = 50  # texts


def _place(text: str, scene: Scene) -> Value:
    found, places = _closest(text, scene), scene.places
    if not found:
        if short := [place.code for place in places if fold.fold(text) == _initials(place.name)]:
            raise SeveralMeant(short[:_MOST_MEANT])
        if _is_no_place(text):
            raise Unclear(_("Please type the name of the village."))
        said = f" {fold.fold(text)} "
        begun = [place.code for place in places if said in f" {fold.fold(place.name)} "]
        if begun and said.strip():
            raise SeveralMeant(begun[:_MOST_MEANT])
        if len(text) > 100:
            raise Unclear(_("Please type only the name of the village."))
        return {"typed": text}
    best = found[0][1]
    rivals = [code for code, score in found if score > best - _CLOSE]
    if len(rivals) > 1 and (best < _SURE or found[1][1] >= _SURE):
        raise SeveralMeant(rivals[:6])
    if best < 0.75:
        raise SeveralMeant(rivals[:6])
    return found[0][0]


def _initials(name: str) -> str:
    """ "pv" for Thôn Phố Vị: its name without the word for what it is."""
    return "".join(word[0] for word in fold.fold(name).split()[1:])


def _is_no_place(text: str) -> bool:
    """Whether a text is no name at all: a number, yes or no, a word that steers."""
    letters = sum(map(str.isalpha, text))
    if letters < 2 or affirm.yes_no(text) is not None or affirm.command(text) is not None:
        return True
    if affirm.refused(text) or affirm.answer_to("danger", text) is not None:
        return True
    return typed.is_an_age(text)


LONG_AGO = timedelta(days=270)  # in December "5/1" is the coming one rather than that of January


def day(hint: str, ahead: timedelta = timedelta(0), long_ago: timedelta = LONG_AGO) -> Kind:
    """A day that has come, as "YYYY-MM-DD": "hôm qua", "15/11", "thứ hai"; or one `ahead`: then a
    day without a year that was `long_ago` or more is the next such one."""

    def read(reply: Reply, scene: Scene) -> Value:
        if chosen := _chosen(reply, (DONT_KNOW,)):
            return chosen
        if affirm.unknown(reply.text):
            return UNKNOWN
        found = None if reply.value else numbers.day(reply.text, scene.today)
        latest = scene.today + ahead
        if found is not None and ahead and scene.today - found >= max(long_ago, _A_DAY):
            found = next_such_day(reply.text, scene.today)
        if found is None or found > latest or found.year < scene.today.year - 5:
            raise Unclear(hint)
        return found.isoformat()

    def fits(value: Value, _scene: Scene) -> bool:
        return isinstance(value, str) and (value == UNKNOWN or bool(_DAY.fullmatch(value)))

    return Kind(read, lambda _scene: (DONT_KNOW,), fits, show="day", wants_digits=True)


_A_DAY = timedelta(days=1)


def coming_day(hint: str) -> Kind:
    """A day that is still to come, or today, as "YYYY-MM-DD": "mai", "28/11", "thứ sáu"."""

    def read(reply: Reply, scene: Scene) -> Value:
        found = None if reply.value else next_such_day(reply.text, scene.today)
        if found is None or found < scene.today or found.year > scene.today.year + 2:
            raise Unclear(hint)
        return found.isoformat()

    def fits(value: Value, _scene: Scene) -> bool:
        return isinstance(value, str) and bool(_DAY.fullmatch(value))

    return Kind(read, fits=fits, show="day", wants_digits=True)


def next_such_day(text: str, today: date) -> date | None:
    """The day a text names, the next such day where it names a weekday or gives no year."""
    found = numbers.day(text, today)
    if found is None or found >= today or _YEAR.search(text):
        return found
    if not any(letter.isdigit() for letter in text):
        weekday = numbers.day(text, today + timedelta(days=1)) == found  # "yesterday" would move
        return found + timedelta(days=7) if weekday else found
    try:
        return found.replace(year=found.year + 1)
    except ValueError:  # 29 February
        return None


_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")


def sent_report(hint: str) -> Kind:
    """The number and the day of a document that was sent: "45/BC-UBND ngày 28/11"."""

    def read(reply: Reply, scene: Scene) -> Value:
        text = reply.text.strip()
        on = None if reply.value else numbers.day(text, scene.today)
        if on is None or on > scene.today or not _numbered(text) or len(text) > 200:
            raise Unclear(hint)
        return text

    return Kind(read, fits=_a_text, show="words", private=True)


def _numbered(text: str) -> bool:
    """Whether it holds the number of a document: 45/BC-UBND, or "so 45"."""
    return bool(re.search(r"\d+\s*/\s*[a-z]|\bso \d+", text.lower().translate(WITHOUT_MARKS)))


_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def hour(hint: str) -> Kind:
    """An hour of the day, 0 to 23.98: "8", "14h30" (14.5), "2 giờ chiều"."""

    def read_text(text: str, _year: int) -> float | None:
        if at := clock.hour(text):
            return at.hour + at.minute / 60
        if told := [each.hour for each in moments(Message(text)) if each.named]:
            return float(int(told[0]))
        found = _HOUR.fullmatch(text.strip())
        return float(found[1]) if found else None

    return replace(number(0, 23.99, hint, read_text), show="hour")


_HOUR = re.compile(r"\D{0,12}(\d{1,2})(?:\s?[hg:]\s?(?:[0-5]\d)?|\s\w{2,4})?")


def media(kind: str) -> Kind:
    """Photos or voice notes; the answer is the list of our attachment ids."""

    def read(reply: Reply, scene: Scene) -> Value:
        raise Unclear(
            _("Please send a photo here, or choose Skip.")
            if kind == "photo"
            else _("Please record a voice note and send it here, or choose Skip.")
        )

    def fits(value: Value, _scene: Scene) -> bool:
        return isinstance(value, list) and bool(value)

    return Kind(read, fits=fits, show="media", private=True, gathers=kind)


def spot() -> Kind:
    """A position sent from the phone: [latitude, longitude] in degrees; or a few words."""

    def read(reply: Reply, scene: Scene) -> Value:
        if _chosen(reply, (DONT_KNOW,)) or affirm.unknown(reply.text):
            return UNKNOWN
        text = reply.text.strip()
        if not text or reply.value or len(text) > 300:
            raise Unclear(
                _("Please share a location, describe the place in words, or choose Skip.")
            )
        return text

    def fits(value: Value, _scene: Scene) -> bool:
        return isinstance(value, str) or (isinstance(value, list) and len(value) == 2)

    offered = (DONT_KNOW,)
    return Kind(read, lambda _: offered, fits, show="spot", private=True, gathers="location")


def _chosen(reply: Reply, offered: tuple[Choice, ...]) -> str:
    """The offered value that was pressed, or whose label (in any language) was typed."""
    for choice in offered:
        if reply.value == choice.value:
            return choice.value
    if reply.value or not reply.text or len(reply.text) > 80:
        return ""
    said = fold.fold(reply.text)
    for choice in offered:
        if said in spoken(choice.label):
            return choice.value
    return ""
