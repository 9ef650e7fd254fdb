"""What an officer writes to make an entry, and until when one is right again."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from functools import cache

from bot.faq.contents import content
from bot.faq.entries import load
from bot.forms.answers import words
from bot.forms.model import Choice, Form, Kind, Question, Reply, Scene, Unclear, Value
from bot.i18n import later as _
from bot.vietnamese.fold import fold

OFFERED = 6  # documents
_DATE = re.compile(r"(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{4})")
_NUMBER = re.compile(r"\d{1,3}/\d{4}")  # of a decree, a circular, a law
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_DAY = _("Please write day, month and year, for example 31/12/2027.")


def document() -> Kind:
    """A document of the law: one of those cited most, or typed; a known one by its own name."""

    def read(reply: Reply, scene: Scene) -> Value:
        if reply.value:
            if reply.value in {choice.value for choice in _documents()}:
                return reply.value
            raise Unclear(_("Please choose one of the buttons, or type its number."))
        text = reply.text.strip()
        if not 2 <= len(text) <= 200:
            raise Unclear(_("Please write the name or the number of the document."))
        return known_document(text) or text

    def fits(value: Value, _scene: Scene) -> bool:
        return isinstance(value, str)

    return Kind(read, lambda _scene: _documents(), fits, show="words")


def known_document(text: str) -> str:
    """The document that is meant, as entries cite it; "" when none or several may be."""
    meant = fold(text)
    names = {key: (key, *_names(key)) for key in content("documents")}
    for key, known in names.items():
        if meant in map(fold, known):
            return key
    if number := _NUMBER.search(text):
        found = [key for key in names if number[0] in key]
        return found[0] if len(found) == 1 else ""
    near = [
        key
        for key, known in names.items()
        if len(meant) > 5 and any(meant in fold(n) or fold(n) in meant for n in known)
    ]
    return near[0] if len(near) == 1 else ""


def _names(key: str) -> tuple[str, ...]:
    row = content("documents")[key]
    return tuple(row[language] for language in ("vi", "en") if language in row)


@cache
def _documents() -> tuple[Choice, ...]:
    """The documents in force that are cited most."""
    cited = Counter(each.document for entry in load() for each in entry.citations)
    keys = [key for key, _n in cited.most_common() if "valid_to" not in content("documents")[key]]
    return tuple(
        Choice(key, content("documents")[key].get("vi", key), literal=True)
        for key in keys[:OFFERED]
    )


def any_day(*, ends_of_years: bool = False) -> Kind:
    """A day of any year, written in full; with `ends_of_years` two of them are offered."""

    def offer(scene: Scene) -> tuple[Choice, ...]:
        years = (scene.today.year, scene.today.year + 1) if ends_of_years else ()
        return tuple(Choice(f"{year}-12-31", f"31/12/{year}", literal=True) for year in years)

    def read(reply: Reply, scene: Scene) -> Value:
        if reply.value in {choice.value for choice in offer(scene)}:
            return reply.value
        found = None if reply.value else _DATE.fullmatch(reply.text.strip())
        try:
            if not found:
                raise ValueError
            return date(int(found[3]), int(found[2]), int(found[1])).isoformat()
        except ValueError:
            raise Unclear(_DAY) from None

    def fits(value: Value, _scene: Scene) -> bool:
        return isinstance(value, str) and bool(_ISO.fullmatch(value))

    return Kind(read, offer, fits, show="day", wants_digits=True)


FAQ_ENTRY = Form(
    name="faq_entry",
    title=_("Entry of Questions"),
    intro="",
    send=_("See it as people will"),
    cancelled=_("Stopped. Nothing was put up."),
    keeps_more=False,
    questions=(
        Question(
            "question",
            _("How do people ask this? One sentence, without anybody's name."),
            _("Question"),
            words(190, may_be_unknown=False),
        ),
        Question(
            "answer",
            _("What is the answer? Short and plain, then what to do next."),
            _("Answer"),
            words(2000, may_be_unknown=False),
        ),
        Question(
            "document",
            _("Which document says so? Choose, or type its name or number."),
            _("Document"),
            document(),
        ),
        Question(
            "article",
            _("Which article? For example: article 26, clause 2."),
            _("Article"),
            words(100, may_be_unknown=False),
        ),
        Question(
            "variants",
            _("How else do people ask it? One way on each line."),
            _("Other ways to ask"),
            words(1000, may_be_unknown=False),
            optional=True,
        ),
        Question(
            "valid_from",
            _("From which day is it right? For example 01/01/2027."),
            _("Right from"),
            any_day(),
            optional=True,
        ),
        Question(
            "valid_to",
            _("Until which day is it right? For example 31/12/2027."),
            _("Right until"),
            any_day(ends_of_years=True),
            optional=True,
        ),
    ),
)
FAQ_APPROVAL = Form(
    name="faq_approval",
    title=_("Right again until"),
    intro="",
    send=_("Approve"),
    cancelled=_("Stopped. Nothing was put up."),
    at_once=True,
    keeps_more=False,
    questions=(
        Question(
            "until",
            _("You have compared it with the law now in force. Until which day is it right?"),
            _("Right until"),
            any_day(ends_of_years=True),
        ),
    ),
)
