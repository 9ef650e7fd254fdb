"""Several villages at once: chosen, typed by name with commas, or all of them."""

from __future__ import annotations

import re

from bot.forms.answers import place
from bot.forms.labels import spoken
from bot.forms.model import UNKNOWN, Choice, Kind, Reply, Scene, SeveralMeant, Unclear, Value
from bot.forms.turns import PAGE_SIZE
from bot.i18n import later as _
from bot.vietnamese.fold import fold

ALL = Choice("all", _("The whole commune"))
_HINT = _("Please choose, or type the names of the villages with commas between them.")
_NUMBERS = re.compile(r"\d{1,2}(?:[ ,;+]+\d{1,2})+")
_one = place()


def villages() -> Kind:
    """The codes of some villages as a list, or "all"."""

    def read(reply: Reply, scene: Scene) -> Value:
        offered = _offered(scene)
        if reply.value:
            return _chosen(reply.value, offered)
        text = reply.text.strip()
        if fold(text) in spoken(ALL.label):
            return ALL.value
        if _NUMBERS.fullmatch(text):
            return _numbered(text, offered)
        names = [name for part in re.split(r"[,;\n]", text) if (name := part.strip())]
        if not names or len(text) > 500:
            raise Unclear(_HINT)
        return list(dict.fromkeys(_named(name, scene, alone=len(names) == 1) for name in names))

    def fits(value: Value, _scene: Scene) -> bool:
        if isinstance(value, list):
            return bool(value) and all(isinstance(code, str) for code in value)
        return bool(value == ALL.value)

    return Kind(read, _offered, fits, show="places")


def _offered(scene: Scene) -> tuple[Choice, ...]:
    return (ALL, *scene.villages)


def _chosen(value: str, offered: tuple[Choice, ...]) -> Value:
    if value == ALL.value:
        return value
    if value in {choice.value for choice in offered}:
        return [value]
    raise Unclear(_HINT)


def _numbered(text: str, offered: tuple[Choice, ...]) -> Value:
    """ "2, 3": as the buttons are numbered, where all of them are on one page."""
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    if len(offered) > PAGE_SIZE or not all(1 <= n <= len(offered) for n in numbers):
        raise Unclear(_HINT)
    codes = [offered[number - 1].value for number in numbers]
    return ALL.value if ALL.value in codes else list(dict.fromkeys(codes))


def _named(name: str, scene: Scene, *, alone: bool) -> str:
    try:
        found = _one.read(Reply(name), scene)
    except SeveralMeant:
        if alone:
            raise
        raise Unclear(
            _("Which village is «{name}»? Please write its whole name."), name=name
        ) from None
    if not isinstance(found, str) or found == UNKNOWN:
        raise Unclear(_("I do not know the village «{name}». Please check its name."), name=name)
    return found
