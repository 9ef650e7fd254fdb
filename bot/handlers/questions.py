"""Questions that were passed on: the queue of the officers, taken, given back, answered."""

from bot.desk import Desk, endings
from bot.desk.main_menu import main_menu, said
from bot.desk.questions import PAGE
from bot.desk.unsent import say_closed, unsent
from bot.dispatcher import Router, command, value
from bot.forms.short_texts import ANSWER
from bot.i18n import later as _
from bot.words import Button, Incoming, Say

router = Router("questions")


@router.on(command("/cauhoi"))
def queue(_in: Incoming, desk: Desk, rest: str) -> None:
    show_queue(desk, 0)


@router.on(value("q.queue."))
def another_page(_in: Incoming, desk: Desk, rest: str) -> None:
    show_queue(desk, int(rest) if rest.isdecimal() and len(rest) < 6 else 0)


def show_queue(desk: Desk, page: int) -> None:
    """One page of the questions that wait, the oldest first, with who has taken each."""
    if not desk.cases.mine:
        desk.say(main_menu(desk, desk._("Only the commune's officers see questions.")))
        return
    found, count, since = desk.questions.waiting(page)
    if not found and page and count:
        found, count, since = desk.questions.waiting(page := 0)
    __ = desk._
    desk.leave()
    lines = [__("No question waits for an answer. Well done.")]
    if count and since:
        lines = [
            __.n("{count} question waits.", "{count} questions wait.", count),
            said(desk, _("The oldest has waited for {ago}."), ago=__.ago(desk.now - since)),
        ]
    buttons = [Button(f"q.view.{one.id}", desk.questions.label(one)) for one in found]
    nav = []
    if page:
        nav.append(Button(f"q.queue.{page - 1}", __("Older"), nav=True))
    if (page + 1) * PAGE < count:
        nav.append(Button(f"q.queue.{page + 1}", __("Newer"), nav=True))
    if desk.entries.commune:
        if ended := len(desk.entries.to_review()):
            lines.append(__.n("{count} entry has ended.", "{count} entries have ended.", ended))
            nav.append(Button("e.review.0", __("Entries to look at again"), nav=True))
        nav.append(Button("e.list.0", __("Entries of the commune"), nav=True))
    nav.append(Button("m.menu", __("Menu"), nav=True))
    desk.say(Say("\n".join(lines), (*buttons, *nav)))


@router.on(value("q.view."))
def view(_in: Incoming, desk: Desk, rest: str) -> None:
    if found := desk.questions.find_or_say(rest):
        desk.say(desk.questions.card(found))


@router.on(value("q.take."))
def take(_in: Incoming, desk: Desk, rest: str) -> None:
    """Only what is free: a colleague's is taken over by a button that says so."""
    found = desk.questions.find_or_say(rest)
    if found is None:
        return
    if not found.answered_at and desk.questions.owner(found) is None:
        desk.questions.take(found)
    _show_again(desk, rest)


@router.on(value("q.over."))
def take_over(_in: Incoming, desk: Desk, rest: str) -> None:
    found = desk.questions.find_or_say(rest)
    if found is None:
        return
    if not desk.questions.is_mine(found):
        desk.questions.take(found)
    _show_again(desk, rest)


@router.on(value("q.back."))
def give_back(_in: Incoming, desk: Desk, rest: str) -> None:
    found = desk.questions.find_or_say(rest)
    if found is None:
        return
    desk.questions.give_back(found)
    _show_again(desk, rest)


@router.on(value("q.answer."))
def answer(_in: Incoming, desk: Desk, rest: str) -> None:
    """Who writes the answer has the question; one that a colleague has is not written twice."""
    found = desk.questions.find_or_say(rest)
    if found is None:
        return
    if found.answered_at:
        desk.say(main_menu(desk, desk._("A colleague had answered already.")))
        return
    mine = desk.questions.is_mine(found)
    if not mine and (desk.questions.owner(found) or not desk.questions.take(found)):
        _show_again(desk, rest)
        return
    desk.resume(*desk.begin(ANSWER, number=rest))


@router.on(value("q.send."))
def send_in_spite(_in: Incoming, desk: Desk, rest: str) -> None:
    """The officer was told what is better not said, and sends it as it is."""
    draft = unsent(desk, ANSWER, rest)
    if draft is None:
        say_closed(desk)
        return
    desk.questions.sent_in_spite(str(draft.context["number"]))
    endings.answer_sent(desk, draft, str(draft.answers["text"]))


def _show_again(desk: Desk, number: str) -> None:
    if found := desk.questions.find_or_say(number):
        desk.say(desk.questions.card(found))
