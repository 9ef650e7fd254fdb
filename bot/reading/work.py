"""What work the child does, whether for its own people, where and for whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.reading.lexicon import content
from bot.reading.message import Hit, Message
from bot.reading.past_work import is_over
from bot.reading.people import People

KINDS = frozenset({
    "agriculture", "livestock", "forestry", "fishing", "construction", "brick_kiln", "mining",
    "craft", "garment", "carpentry", "metalwork", "repair", "food_service", "entertainment", "shop",
    "street_vending", "scrap_collecting", "domestic_work", "childcare", "porter", "delivery",
    "slaughterhouse", "factory", "performance", "online", "begging", "other",
})  # fmt: skip
_PLACE_ONLY = "_at"  # ends the name of a list of places where others work too
_NO_WORK = "not_work"  # the list of phrases that only look like work
_WEIGHT, _LITTLE = 3, 1
_LONGEST_PLACE = 5  # words behind the noun of a place of work


@dataclass(frozen=True)
class Work:
    """A kind of work, and the pieces that say it."""

    value: str
    start: int
    end: int
    weight: int


@dataclass(frozen=True)
class Help:
    """Whether it is help in the family, and the pieces that say so."""

    value: bool
    start: int
    end: int


def work(message: Message, people: People) -> Work | None:
    """The work of the child: of the first clause that tells of any, the most telling."""
    found = sorted(_of_child(message, people), key=lambda each: each.start)
    if not found:
        return None
    bounds = message.clause(found[0].start)
    first = [each for each in found if each.start < bounds[1]]
    best = _most_telling(first)
    return _most_telling(found) if best.weight <= _LITTLE else best


def _most_telling(found: list[Work]) -> Work:
    return max(found, key=lambda each: (each.weight, -each.start))


def _of_child(message: Message, people: People) -> Iterator[Work]:
    for section, hit in _longest(message):
        kind = section.removesuffix(_PLACE_ONLY)
        if kind not in KINDS or is_over(message, people, hit):
            continue
        if kind != section and not _is_done(message, hit):
            continue
        if message.at("times.years", hit.start) and message.counted(hit.start):
            continue
        led = message.before("work.leading", hit.start)
        if people.is_child(hit.start) and not led:
            continue
        if people.sibling_does(hit.start):
            continue
        if people.adult_does(hit.start) and not _joins(message, hit):
            continue
        weight = content("work")["data"]["weight"].get(section, _WEIGHT)
        of_parent = people.belongs_to_parent(hit.start)
        yield Work(kind, hit.start, hit.end, 0 if of_parent else weight)


def _joins(message: Message, hit: Hit) -> bool:
    """Whether the child helps with what an adult does: "mẹ bán vé số, cháu phụ mẹ"."""
    _, end = message.sentence(hit.start)
    return any(
        hit.end <= own.start < end and not _is_for_money(message, own)
        for own in message.hits("work.family")
    )


def _is_done(message: Message, hit: Hit) -> bool:
    """Whether the sentence says that somebody works in that place."""
    start, end = message.sentence(hit.start)
    return message.any_within("work.doing", start, end)


def _longest(message: Message) -> list[tuple[str, Hit]]:
    """The work that is said, without what stands within something longer or is no work at all."""
    hits = [pair for pair in message.labels("work") if _tells(pair[0])]
    hits.sort(key=lambda pair: (pair[1].start, -pair[1].end, pair[0] != _NO_WORK))
    kept: list[tuple[str, Hit]] = []
    for section, hit in hits:
        if kept and hit.end <= kept[-1][1].end:
            continue
        kept.append((section, hit))
    return [(section, hit) for section, hit in kept if section != _NO_WORK]


def _tells(section: str) -> bool:
    return section == _NO_WORK or section.removesuffix(_PLACE_ONLY) in KINDS


def family_help(message: Message, people: People) -> Help | None:
    """Whether the work is done for the child's own people or for others, as far as it is said."""
    own = next(
        (hit for hit in message.hits("work.family") if not _is_for_money(message, hit)), None
    )
    for hit in message.hits("work.for_strangers"):
        if message.before("work.not_done", hit.start) or people.adult_does(hit.start):
            continue
        if own is None or hit.start < own.start:
            return Help(False, hit.start, hit.end)
    return Help(True, own.start, own.end) if own else None


def _is_for_money(message: Message, hit: Hit) -> bool:
    return any(
        other.start < hit.end and hit.start < other.end for other in message.hits("work.not_family")
    )


def workplace(message: Message, people: People) -> Hit | None:
    """Where the child works, as it was typed: the noun of the place and what tells it apart."""
    for hit in message.hits("work.place_noun"):
        if not message.before("work.at", hit.start) or people.reporter_does(hit.start):
            continue
        if not is_over(message, people, hit):
            return Hit(hit.start, _end_of_place(message, hit.end))
    return None


def _end_of_place(message: Message, at: int) -> int:
    end = at
    while end < min(at + _LONGEST_PLACE, len(message)):
        piece = message.pieces[end]
        if piece.is_sign or (message.at("work.place_ends", end) and not message.has_capital(end)):
            break
        if end in message.figures and message.counts(end):  # "lo gach 10 tieng"
            break
        end += 1
    return end


def employer(message: Message, people: People) -> Hit | None:
    """For whom the child works, as it was typed: "ông Tư", "bà chủ quán"."""
    for hit in message.hits("work.employer"):
        if found := _called(message, people, hit.end):
            return found
    for hit in message.hits("work.of"):
        if _is_hired(message, hit) and (found := _called(message, people, hit.end)):
            return found
    for hit in message.hits("work.boss"):
        return Hit(hit.start, people.name_end(hit.start, hit.end))
    return None


def _called(message: Message, people: People, at: int) -> Hit | None:
    """Whoever is called by a title and a name there, and is not told of as the child's parent."""
    boss = message.at("work.boss", at)
    end = boss or message.at("work.title", at)
    if not end or people.is_parent(at, end):
        return None
    named = people.name_end(at, end)
    return Hit(at, named) if boss or named > end else None


def _is_hired(message: Message, hit: Hit) -> bool:
    """Whether "nhà", "của" tell of who owns the place of work, or of who hires."""
    if message.before("work.place_noun", hit.start):
        return True
    return message.any_within("people.hiring", *message.sentence(hit.start))
