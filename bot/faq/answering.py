"""What a question gets: an answer, two or three questions to choose from, an honest "I do not
know", or the numbers to call.

The order matters: a child in danger comes before everything, a computed answer before a looked-up
one, and where nothing fits well enough nothing is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import islice
from typing import Any

from bot.faq import stated
from bot.faq.computed import LANGUAGES, Computed, computed, verdict
from bot.faq.contents import content
from bot.faq.emergency import Advice, advice, cry
from bot.faq.entries import Entries, Entry
from bot.faq.follow_up import leans, whole_question
from bot.faq.index import Found, Index
from bot.faq.language import wants_english
from bot.faq.smalltalk import smalltalk
from bot.faq.wording import MOST_TEXT, Wording, wording
from bot.law.facts import Facts
from bot.vietnamese import danger
from bot.vietnamese.danger import Danger

Text = Mapping[str, str]
_AGAINST = ("no", "adult")  # verdicts that no ban of an entry can contradict
_ENOUGH = 12  # one question in so many touches every content file
_NOTHING: Mapping[str, tuple[str, ...]] = {}


@dataclass(frozen=True)
class Answer:
    """What is said to a question, in every language, and how sure we are that it is right.

    `kind` is "answer", "choices", "emergency", "unknown" or "smalltalk"; `language` that of the
    question.
    """

    question: str
    kind: str
    text: Text
    reviewed: date
    entry: str | None = None
    confidence: float = 0.0
    citations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    choices: tuple[Entry, ...] = ()
    language: str = "vi"

    def to_json(self, language: str | None = None) -> dict[str, Any]:
        """In the shape of contract §2 `ask`, in that language or in the question's."""
        told = language or self.language
        return {
            "q": self.question,
            "kind": self.kind,
            "answer": self.text[told],
            "entry": self.entry,
            "confidence": round(self.confidence, 3),
            "citations": list(self.citations.get(told, ())),
            "choices": [{"entry": each.id, "question": each.asks(told)} for each in self.choices],
            "reviewed": self.reviewed.isoformat(),
        }


def answer(question: str, entries: Entries, on: date, last: str | None = None) -> Answer:
    """The answer to a question on that day; `last` is the question before it. Never raises."""
    text = question[:MOST_TEXT]
    return _Asked(question, text, entries, on).answer(last)


@lru_cache(maxsize=8)
def index(entries: Entries) -> Index:
    """The entries prepared for asking; of entries that grew from others only what is new."""
    if entries.origin is None:
        return Index(entries)
    return index(entries.origin).changed_to(entries)


def warm(entries: Entries, on: date) -> None:
    """Prepare everything now (a second) and not when somebody waits for an answer."""
    danger.warm()
    verdict(Facts(age=14, hours_per_day=3), on)
    stated.warm(on)
    for entry in islice(entries, 0, None, _ENOUGH):
        answer(entry.question, entries, on)


def none_of_ours() -> list[tuple[str, ...]]:
    """Questions that must not be answered, by what they are about (content/outside.toml)."""
    return [
        tuple(
            said.replace("{}", each)
            for said in row["questions"]
            for each in row.get("things", ("",))
        )
        for page in ("outside", "near_misses")
        for row in content(page)["about"]
    ]


class _Asked:
    """One question on its way to an answer."""

    def __init__(self, question: str, text: str, entries: Entries, on: date) -> None:
        self._question = question
        self._text = text
        self._texts: tuple[str, ...] = (text,)
        self._entries = entries
        self._on = on
        self._language = "en" if wants_english(text) else "vi"

    def answer(self, last: str | None) -> Answer:
        level = danger.read(self._text)
        asked = wording(self._text)
        if danger.pleads(self._text):
            return self._rings(cry(self._text))
        if level is Danger.NONE and (kind := smalltalk(asked)):
            return self._fixed("smalltalk", content("texts")["smalltalk"][kind], 1.0)
        prepared = index(self._entries)
        if last and leans(asked):
            before = wording(last[:MOST_TEXT])
            self._texts = (self._text, last[:MOST_TEXT])
            anew, asked = asked, whole_question(asked, before)
            told = prepared.closest(before, self._on).top
            topic = told.topic if told else None
            found = prepared.closest(asked, self._on, stressed=anew, topic=topic)
            if anew.concepts or anew.ages - before.ages:  # it is not what was answered
                found = found.without(told)
        else:
            found = prepared.closest(asked, self._on)
        if self._is_emergency(level, found):
            return self._emergency(asked, found)
        said = self._told(asked, found)
        return said if level is Danger.NONE else self._warned(said)

    def _told(self, asked: Wording, found: Found) -> Answer:
        worked_out = self._worked_out(asked, found)
        if worked_out is not None:
            return self._fixed(
                "answer", worked_out.text, worked_out.confidence, worked_out.citations
            )
        least = content("settings")["confidence"]
        if found.top is None or found.sure < least["choices"]:
            return self._unknown(found.sure)
        few = content("settings")["few_words"]
        likely = [each.likely for each in found.matches]
        words = set(self._text.casefold().split())  # a word said again says nothing more
        vague = len(words) <= few["most"] and not found.matches[0].new
        if vague and sum(likely[: least["most_choices"]]) < few["choices"]:
            return self._unknown(found.sure)
        if self._is_unheard_danger(found):
            many = len(self._text.split()) > content("settings")["danger"]["unheard"]["no_choice"]
            return self._choices(found, found.sure) if many else self._unknown(found.sure)
        clear = found.sure >= least["answer"] and found.lead >= least["lead"]
        if clear and not (vague and likely[0] < few["answer"]) and self._is_meant(asked, found):
            return self._entry(found.top, found.sure)
        return self._choices(found, found.sure)

    def _is_meant(self, asked: Wording, found: Found) -> bool:
        """Whether the likeliest entry is likely in itself: more so if it is for an age not said."""
        first, rules = found.matches[0], content("settings")["confidence"]
        no_age = first.entry.id in rules["of_an_age"] and not (asked.ages or asked.years)
        return first.new or bool(first.likely >= rules["no_age" if no_age else "likely"])

    def _worked_out(self, asked: Wording, found: Found) -> Computed | None:
        """The answer of the table of the law, unless an entry knows of a ban that it missed."""
        if not self._asks_whether(found):
            return None
        worked_out = computed(self._texts, asked, self._on)
        if worked_out is None or worked_out.verdict in _AGAINST or found.top is None:
            return worked_out
        bans = content("settings")["computed"]["bans"]
        leads = found.lead >= content("settings")["confidence"]["lead"]
        return None if found.top.topic == bans and leads else worked_out

    def _asks_whether(self, found: Found) -> bool:
        """Whether it is asked if a child may do some work; a short question asks what was asked."""
        if len(self._texts) > 1:
            return True
        rules = content("settings")
        if found.sure < rules["confidence"]["choices"]:
            return False
        return found.share(rules["computed"]["about"]) >= float(rules["computed"]["least"])

    # ------------------------------------------------------------------------------- danger

    def _is_emergency(self, level: Danger, found: Found) -> bool:
        """Whether a child is in danger: said so, or asked what one only asks then.

        A danger that is spoken of in a question about rules, duties or procedure is a subject: the
        louder the words, the less else must speak for it.
        """
        if danger.plainly(self._text):
            return not self._is_milder(level, found)
        rules = content("settings")["danger"]
        if level is Danger.NONE and not self._may_be_unheard(found):
            return False
        least = float(rules["least"][level.name.lower()])
        score = danger.listen(self._text).score
        if level is Danger.NOW and score > rules["loud"]["now"]:
            return True
        if level is Danger.NOW or found.top is None:
            return found.danger >= least
        if level is Danger.POSSIBLE and not danger.about_law(self._text):
            if score > rules["loud"]["score"]:
                return True
            quiet = rules["quiet"]  # nothing was learned of how danger sounds in English
            if score < quiet["score"] and self._language != "en":
                return bool(found.danger >= quiet["least"])
        clear, others = rules["clear"], rules["others"]
        if found.top.topic == rules["topic"]:
            if self._asks_what_to_do(found):
                return True
        elif found.sure >= clear["sure"] and found.lead >= clear["lead"]:
            least = max(least, clear["least"])
        if found.ours < others["ours"]:
            least = max(least, others["least"])
        return found.danger >= least

    def _is_milder(self, level: Danger, found: Found) -> bool:
        """Whether no more is told than a wrong of which an entry says what to do about it."""
        rules = content("settings")["danger"]
        mild, clear = rules["milder"], rules["clear"]
        if level is not Danger.POSSIBLE or found.top is None or found.top.id not in mild["entries"]:
            return False
        surely = found.sure >= clear["sure"] and found.lead >= clear["lead"]
        quiet = danger.listen(self._text).score <= mild["score"]
        return bool(surely and quiet and found.danger < mild["danger"])

    def _may_be_unheard(self, found: Found) -> bool:
        """Whether it sounds like danger at all where no list names one: to what was learned from
        reports as well, and all the more where it is only a few words; or what one does then is
        asked so clearly that nothing else can be meant.
        """
        if danger.denied(self._text):
            return False
        unheard = content("settings")["danger"]["unheard"]
        words = len(self._text.split())
        loud = words > unheard["no_choice"] and found.danger >= unheard["sure"]
        if loud and self._asks_what_to_do(found):
            return True
        few = words <= unheard["few_words"]
        least: float = unheard["few" if few else "score"]
        return danger.listen(self._text).score > least

    def _is_unheard_danger(self, found: Found) -> bool:
        """Whether the likeliest entry is for danger though nothing in the text sounds like it."""
        topic = content("settings")["danger"]["topic"]
        if found.top is None or found.top.topic != topic:
            return False
        return danger.read(self._text) is Danger.NONE and not self._may_be_unheard(found)

    def _asks_what_to_do(self, found: Found) -> bool:
        """Whether what one does when a child is in danger is surely what is asked."""
        rules = content("settings")["danger"]
        asked = {each.id for each in self._entries if each.topic == rules["topic"]}
        meant: Mapping[str, float] = rules["meant"]
        return found.sure >= meant["sure"] and found.share(asked) >= meant["share"]

    def _rings(self, said: Advice) -> Answer:
        if said.entry is None:
            return self._fixed("emergency", said.text, 1.0)
        return self._fixed("emergency", said.text, 1.0, _cited(said.entry), said.entry)

    def _emergency(self, asked: Wording, found: Found) -> Answer:
        hurt = not asked.concepts.isdisjoint(content("settings")["danger"]["hurt"])
        known = {each.id: each for each in self._entries if each.in_force(self._on)}
        return self._rings(advice(self._text, found, known, hurt=hurt))

    def _warned(self, told: Answer) -> Answer:
        """The answer behind a line with the numbers, for a danger was heard: all the more where
        nothing is known to answer.
        """
        first = content("texts")["in_danger"]
        text = {each: f"{first[each]}\n{told.text[each]}" for each in LANGUAGES}
        return Answer(**{**vars(told), "text": text})

    # ------------------------------------------------------------------------------ answers

    def _entry(self, entry: Entry, sure: float) -> Answer:
        text = {each: entry.says(each) for each in LANGUAGES}
        return self._fixed("answer", text, sure, _cited(entry), entry)

    def _choices(self, found: Found, sure: float) -> Answer:
        most = content("settings")["confidence"]["most_choices"]
        near = [each.entry for each in found.matches][:most]
        if len(near) < 2:
            return self._unknown(sure)
        told = self._fixed("choices", content("texts")["choices"], sure)
        return Answer(**{**vars(told), "choices": tuple(near)})

    def _unknown(self, sure: float) -> Answer:
        return self._fixed("unknown", content("texts")["unknown"], sure)

    def _fixed(
        self,
        kind: str,
        text: Text,
        sure: float,
        citations: Mapping[str, tuple[str, ...]] = _NOTHING,
        entry: Entry | None = None,
    ) -> Answer:
        return Answer(
            question=self._question,
            kind=kind,
            text=text,
            reviewed=entry.reviewed if entry else content("texts")["reviewed"],
            entry=entry.id if entry else None,
            confidence=sure,
            citations=citations,
            language=self._language,
        )


def _cited(entry: Entry) -> Mapping[str, tuple[str, ...]]:
    return {each: tuple(one.says(each) for one in entry.citations) for each in LANGUAGES}
