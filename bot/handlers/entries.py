"""Entries of the commune: an answer becomes one, is changed, withdrawn, approved again."""

from collections.abc import Callable

from bot.desk import Desk
from bot.desk import entry_screens as screens
from bot.desk.main_menu import main_menu
from bot.desk.unsent import say_closed, unsent
from bot.dispatcher import Router, value
from bot.forms.faq_entry import FAQ_APPROVAL, FAQ_ENTRY
from bot.i18n import later as _
from bot.words import Button, Incoming, Say

router = Router("entries")


@router.on(value("e."), lambda _in, desk: not desk.entries.commune)
def not_an_officer(_in: Incoming, desk: Desk) -> None:
    desk.say(main_menu(desk, desk._("Only the commune's officers change entries.")))


@router.on(value("e.new."))
def make_an_entry(_in: Incoming, desk: Desk, rest: str) -> None:
    """From a question and its answer; what is personal is theirs to take out."""
    found = desk.questions.find_or_say(rest)
    if found is None:
        return
    answers = {"question": found.question[:190], "answer": (found.answer or "")[:2000]}
    desk.say_note(
        _(
            "The question and your answer are taken over; at the end you can change both. "
            "An entry must rest on a document."
        )
    )
    desk.resume(*desk.begin(FAQ_ENTRY, answers, question=rest))


@router.on(value("e.up."))
def put_up(_in: Incoming, desk: Desk, rest: str) -> None:
    """The officer has looked at the preview and says that it is free of names."""
    draft = unsent(desk, FAQ_ENTRY, rest)
    if draft is None:
        say_closed(desk)
        return
    item = str(draft.context.get("item") or f"x-{draft.key}")
    desk.entries.put(item, draft.answers)
    desk.finish(draft)
    buttons = (
        Button(f"e.off.{item}", desk._("Withdraw")),
        Button("e.list.0", desk._("Entries of the commune"), nav=True),
        Button("m.menu", desk._("Menu"), nav=True),
    )
    text = _("It is up. Whoever in the commune asks this is answered by it from now on.")
    desk.say(Say(desk._(text), buttons))


@router.on(value("e.list."))
def list_entries(_in: Incoming, desk: Desk, rest: str) -> None:
    desk.leave()
    desk.say(screens.listed(desk, _page(rest)))


@router.on(value("e.review."))
def list_what_has_ended(_in: Incoming, desk: Desk, rest: str) -> None:
    desk.leave()
    desk.say(screens.to_review(desk, _page(rest)))


def _page(said_: str) -> int:
    return int(said_) if said_.isdecimal() and len(said_) < 4 else 0


@router.on(value("e.view."))
def view(_in: Incoming, desk: Desk, rest: str) -> None:
    _show(desk, rest)


def _show(desk: Desk, item: str) -> None:
    card = screens.card(desk, item)
    desk.say(card or main_menu(desk, desk._("There is no such entry in your commune.")))


def _changing(change: Callable[[Desk, str], bool]) -> Callable[..., None]:
    def handler(_in: Incoming, desk: Desk, rest: str) -> None:
        change(desk, rest)
        desk.__dict__.pop("faq", None)  # what was read before is no longer so
        _show(desk, rest)

    return handler


router.on(value("e.off."))(_changing(lambda desk, item: desk.entries.withdraw(item)))
router.on(value("e.on."))(_changing(lambda desk, item: desk.entries.restore(item)))
router.on(value("e.undo."))(_changing(lambda desk, item: desk.entries.roll_back(item)))


@router.on(value("e.edit."))
def edit(_in: Incoming, desk: Desk, rest: str) -> None:
    entry = desk.entries.entry(rest)
    if entry is None:
        _show(desk, rest)
        return
    form, draft = desk.begin(FAQ_ENTRY, screens.answers_of(entry), item=rest)
    desk.resume(form, draft)


@router.on(value("e.until."))
def approve(_in: Incoming, desk: Desk, rest: str) -> None:
    if desk.entries.entry(rest) is None:
        _show(desk, rest)
        return
    desk.resume(*desk.begin(FAQ_APPROVAL, item=rest))
