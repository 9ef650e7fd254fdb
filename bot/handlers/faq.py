"""Hỏi đáp: an answer, a choice of questions, an honest "I do not know", or the numbers to call.

Never a guess: what is not known is offered to the commune officer as it was asked.
"""

from __future__ import annotations

from bot import metrics
from bot.desk import Desk, endings
from bot.desk.faq import in_full, pass_on_or_not, with_sources
from bot.desk.main_menu import main_menu, said
from bot.desk.telling import words_only
from bot.dispatcher import Router, command, idle, value
from bot.faq.answering import Answer
from bot.forms.short_texts import QUESTION
from bot.i18n import later as _
from bot.vietnamese.danger import Danger
from bot.words import Button, Incoming, Say

router = Router("faq")
rules = Router("faq about rules")
PAGE = 8
ASKED_MOST = (
    "work-and-age",
    "family-help",
    "hours-and-night",
    "prohibited-work",
    "reporting",
    "hotline-111",
    "school-and-support",
    "fines",
)


@rules.on(idle, lambda incoming, desk: _about_rules(incoming, desk))
@router.on(idle, lambda incoming, desk: _can_be_answered(incoming, desk))
def answer(incoming: Incoming, desk: Desk) -> None:
    """What is known, with what it rests on; the next short question goes on from this one."""
    found = desk.faq.found
    words_only(desk)
    metrics.QUESTIONS.labels(found.kind).inc()
    if found.kind in ("answer", "choices"):
        desk.faq.remember(incoming.text)
    _SAYS[found.kind](desk, found)


def _about_rules(incoming: Incoming, desk: Desk) -> bool:
    """A question about rules in which a danger is only the subject; the numbers still go first."""
    if not incoming.text or incoming.value or desk.danger is not Danger.POSSIBLE:
        return False
    return desk.faq.found.kind in ("answer", "choices")


def _can_be_answered(incoming: Incoming, desk: Desk) -> bool:
    text = incoming.text
    if incoming.value or text.startswith("/") or not any(map(str.isalpha, text)):
        return False  # a lone number answers a list that is gone, and asks nothing
    return desk.faq.found.kind != "unknown"


def _say_answer(desk: Desk, found: Answer) -> None:
    desk.say(Say(in_full(desk, found), _after_an_answer(desk, found.entry)))


def _after_an_answer(desk: Desk, entry: str | None) -> tuple[Button, ...]:
    __, own, spoken = desk._, [], []
    if entry and desk.entries.commune:
        own = [Button(f"e.view.{entry}", __("This entry"), nav=True)]
    for each in desk.recordings.to_hear(entry or ""):
        label = said(desk, _("🔊 Listen: {language}"), language=each.named(__))
        spoken.append(Button(f"a.listen.{each.item}", label))
    return (
        Button("a.yes", desk._("That helped")),
        Button("a.no", desk._("Not what I meant")),
        *spoken,
        *own,
        Button("m.ask", desk._("Ask more"), nav=True),
        Button("m.menu", desk._("Menu"), nav=True),
    )


def _say_choices(desk: Desk, found: Answer) -> None:
    language = desk.person.language
    buttons = [Button(f"a.entry.{one.id}", one.asks(language)) for one in found.choices]
    buttons.append(Button("a.no", desk._("None of these")))
    desk.say(Say(found.text[language], (*buttons, Button("m.menu", desk._("Menu"), nav=True))))


def _say_emergency(desk: Desk, found: Answer) -> None:
    buttons = (
        Button("m.report", desk._("Report a child")),
        Button("m.call", desk._("Call 111")),
        Button("m.menu", desk._("Menu"), nav=True),
    )
    desk.warn()
    desk.say(Say(found.text[desk.person.language], buttons, urgent=True))


def _say_small_talk(desk: Desk, found: Answer) -> None:
    desk.say(main_menu(desk, found.text[desk.person.language]))


_SAYS = {
    "answer": _say_answer,
    "choices": _say_choices,
    "emergency": _say_emergency,
    "smalltalk": _say_small_talk,
}


@router.on(command("/hoi"))
@router.on(value("m.ask"))
def ask(incoming: Incoming, desk: Desk, rest: str) -> None:
    """Ask in one's own words, or choose a topic. A question begun for the officer goes on."""
    kept = desk.draft(QUESTION.name)
    if kept and (kept[0].answers or kept[0].also) and not kept[0].cancelled:
        desk.resume(QUESTION, kept[0])
        return
    desk.leave()
    text = desk._(
        "What would you like to ask? Write it in your own words, with or without tone marks, "
        "or choose a topic."
    )
    _show_topics(desk, text, 0)


@router.on(value("a.topics."))
def more_topics(_in: Incoming, desk: Desk, rest: str) -> None:
    _show_topics(desk, desk._("Choose a topic:"), _page(rest))


def _show_topics(desk: Desk, text: str, page: int) -> None:
    """A page of topics, those asked most first."""
    titles = desk.faq.entries.topics
    rank = {topic: place for place, topic in enumerate(ASKED_MOST)}
    topics = sorted(filter(desk.faq.topic, titles), key=lambda one: rank.get(one, len(rank)))
    language, at = desk.person.language, page * PAGE
    buttons = [Button(f"a.topic.{one}.0", titles[one][language]) for one in topics[at : at + PAGE]]
    if at + PAGE < len(topics):
        buttons.append(Button(f"a.topics.{page + 1}", desk._("More choices"), nav=True))
    elif page:
        buttons.append(Button("m.ask", desk._("Back"), nav=True))
    if desk.cases.mine:
        buttons.append(Button("q.queue.0", desk._("Questions that wait"), nav=True))
    else:
        buttons.append(Button("a.officer", desk._("Ask the commune officer"), nav=True))
    buttons.append(Button("m.menu", desk._("Menu"), nav=True))
    desk.say(Say(text, tuple(buttons)))


def _page(said: str) -> int:
    return int(said) if said.isdecimal() and len(said) < 4 else 0


@router.on(value("a.topic."))
def browse(_in: Incoming, desk: Desk, rest: str) -> None:
    """The questions of a topic, a page at a time."""
    topic, _dot, page = rest.rpartition(".")
    found = desk.faq.topic(topic)
    at = _page(page) * PAGE
    if not found[at : at + PAGE]:
        desk.say(main_menu(desk, desk._("There is nothing more on this.")))
        return
    language = desk.person.language
    buttons = [Button(f"a.entry.{one.id}", one.asks(language)) for one in found[at : at + PAGE]]
    if at + PAGE < len(found):
        more = f"a.topic.{topic}.{at // PAGE + 1}"
        buttons.append(Button(more, desk._("More choices"), nav=True))
    buttons.append(Button("m.ask", desk._("Other topics"), nav=True))
    buttons.append(Button("m.menu", desk._("Menu"), nav=True))
    desk.say(Say(desk.faq.entries.topics[topic][language], tuple(buttons)))


@router.on(value("a.entry."))
def give_entry(_in: Incoming, desk: Desk, rest: str) -> None:
    """The answer to a question that was chosen."""
    entry = desk.faq.entry(rest)
    if entry is None:
        text = desk._("This answer has been withdrawn, because its law has ended.")
        desk.say(main_menu(desk, text))
        return
    metrics.QUESTIONS.labels("answer").inc()
    desk.faq.remember(entry.question)
    language = desk.person.language
    cited = [one.says(language) for one in entry.citations]
    text = with_sources(desk, entry.says(language), cited, entry.reviewed)
    desk.say(Say(text, _after_an_answer(desk, entry.id)))


@router.on(value("a.yes"))
def useful(_in: Incoming, desk: Desk, rest: str) -> None:
    metrics.ANSWERS.labels("useful").inc()
    desk.say(main_menu(desk, desk._("Good to know. Thank you for telling me.")))


@router.on(value("a.no"))
def not_meant(_in: Incoming, desk: Desk, rest: str) -> None:
    """The question goes to somebody who knows, as it was asked."""
    metrics.ANSWERS.labels("not_meant").inc()
    text = desk._("Sorry. Shall I pass your question on to the commune officer?")
    desk.say(Say(text, pass_on_or_not(desk)))


@router.on(value("a.pass"))
def pass_on(_in: Incoming, desk: Desk, rest: str) -> None:
    """The question as it was asked, to the officers of the commune."""
    last = desk.faq.last
    if last is None:
        desk.resume(*desk.begin(QUESTION))
        return
    desk.faq.forget()
    endings.question_passed_on(desk, last)


@router.on(value("a.officer"))
def to_the_officer(_in: Incoming, desk: Desk, rest: str) -> None:
    desk.resume(*desk.begin(QUESTION))
