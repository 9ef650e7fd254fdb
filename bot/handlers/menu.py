"""Commands that work at any moment, and the buttons of the main menu."""

from typing import Any

from bot.desk import Desk, stories
from bot.desk.alerts import OFFICERS
from bot.desk.main_menu import chosen_of, labelled, main_menu, said
from bot.desk.telling import hotline
from bot.dispatcher import Router, command, idle, typed, value
from bot.forms import FORMS
from bot.forms.child_report import CHILD_REPORT
from bot.forms.introduction import INTRODUCTION
from bot.forms.labels import spoken
from bot.forms.model import Form
from bot.i18n import LANGUAGES
from bot.i18n import later as _
from bot.vietnamese import affirm
from bot.vietnamese.fold import fold
from bot.words import Button, Call, Incoming, Say

router = Router("menu")


@router.on(command("/menu"))
@router.on(value("m.menu"))
def menu(_: Incoming, desk: Desk, rest: str) -> None:
    desk.leave()
    desk.say(main_menu(desk))


@router.on(command("/bao"))
@router.on(value("m.report"))
def report_a_child(incoming: Incoming, desk: Desk, rest: str) -> None:
    """An unfinished report is offered first: it is never overwritten."""
    kept = desk.draft(CHILD_REPORT.name)
    if kept and kept[0].answers and not kept[0].cancelled and rest != "new":
        offer_to_continue(desk)
        return
    stories.begin_anew(desk)


def offer_to_continue(desk: Desk) -> None:
    """Say what was kept, from when, and let the person choose."""
    kept = desk.draft(CHILD_REPORT.name)
    assert kept
    text = said(
        desk,
        _("You have begun a report {ago} ago ({count} answers). Go on with it, or begin anew?"),
        ago=desk._.ago(desk.now - kept[1]),
        count=len(kept[0].answers),
    )
    buttons = (
        Button(f"m.resume.{CHILD_REPORT.name}", desk._("Continue")),
        Button(f"m.anew.{kept[0].key}", desk._("Begin a new one")),
        Button("m.menu", desk._("Menu"), nav=True),
    )
    desk.leave()
    desk.say(Say(text, buttons))


@router.on(value("m.anew."))
def begin_anew(incoming: Incoming, desk: Desk, rest: str) -> None:
    """Give up the report that was offered; pressed late, another one is not overwritten."""
    kept = desk.draft(CHILD_REPORT.name)
    if kept and kept[0].key != rest:
        report_a_child(incoming, desk, "")
    else:
        stories.begin_anew(desk)


@router.on(command("/tieptuc"))
@router.on(value("m.resume."))
def resume(incoming: Incoming, desk: Desk, rest: str) -> None:
    """Go on with a draft, or say that there is none any more."""
    begun = desk.drafts()
    form = FORMS.get(rest) or (begun[0][0] if begun and not rest else None)
    kept = desk.draft(form.name) if form else None
    if form is None or kept is None:
        desk.say(main_menu(desk, desk._("There is nothing unfinished any more.")))
        return
    desk.resume(form, kept[0])


@router.on(value("m.intro"))
def introduce(_: Incoming, desk: Desk, rest: str) -> None:
    _begin_or_go_on(desk, INTRODUCTION)


def _begin_or_go_on(desk: Desk, form: Form) -> None:
    """A fresh form, unless something was written in it already."""
    kept = desk.draft(form.name)
    unfinished = kept and (kept[0].answers or kept[0].also) and not kept[0].cancelled
    desk.resume(form, kept[0]) if kept and unfinished else desk.resume(*desk.begin(form))


@router.on(command("/111"))
@router.on(value("m.call"))
def call_111(incoming: Incoming, desk: Desk, rest: str) -> None:
    """The numbers; whoever typed for them in a form is asked again what is open there."""
    show_hotline(desk)
    here = desk.open_form()
    if here and (rest or not incoming.value):
        desk.resume(here[0], here[1])


@router.on(idle, typed("111", "113", "114", "115"))
def typed_a_number(_: Incoming, desk: Desk) -> None:
    """Who types the number of the hotline means to reach it."""
    show_hotline(desk)


def show_hotline(desk: Desk) -> None:
    """The hotline card: the number to tap, what they will ask, and the offices near by."""
    lines, near = [desk._(HOTLINE_CARD)], desk.contacts.shown()
    if near:
        lines += ["", desk._("Near by, in your commune:"), *(f"• {each.line}" for each in near)]
    calls = (
        *hotline(desk._).calls,
        Call("114", desk._("114 – fire and rescue")),
        *(each.call for each in near),
    )
    buttons: tuple[Button, ...] = ()
    if desk.entries.commune:
        change = Button("n.list", desk._("Numbers of the commune"), nav=True)
        buttons = (change, Button("m.menu", desk._("Menu"), nav=True))
    desk.say(Say("\n".join(lines), buttons, calls=calls))


HOTLINE_CARD = _(
    "☎ 111: national child protection hotline, free, day and night. "
    "In danger: 113 (police), 114 (fire, rescue), 115 (ambulance).\n"
    "They will ask: what is happening, where, about how old the child is, whether the child is "
    "safe now. What you tell them must be kept confidential (Decree 56/2017, article 24)."
)


@router.on(command("/ngonngu"))
@router.on(value("m.language"))
def switch_language(_: Incoming, desk: Desk, rest: str) -> None:
    """To the language named, or to the other one."""
    wanted = {"vi": "vi", "en": "en", "english": "en"}.get(fold(rest))
    now = desk.person.language
    other = next(language for language in LANGUAGES if language != now)
    desk.members.set_language(wanted or other)
    here = desk.open_form()
    if here:
        desk.resume(here[0], here[1])
    else:
        desk.say(main_menu(desk))


@router.on(value("m.here"))
def still_here(_: Incoming, desk: Desk, rest: str) -> None:
    """The sign that was asked for: being heard from is all that was needed."""
    desk.say(main_menu(desk, desk._("Thank you. Messages still reach you here.")))


@router.on(command("/trogiup", "/help"))
def give_help(_: Incoming, desk: Desk, rest: str) -> None:
    text = desk._(HELP)
    roles = set(desk.roles())
    if roles & {"collaborator"}:
        text += "\n\n" + desk._(HELP_COLLABORATOR)
    if roles & set(OFFICERS):
        text += "\n\n" + desk._(HELP_OFFICER)
    desk.say(Say(text, (Button("m.menu", desk._("Menu")),)))
    if here := desk.open_form():
        desk.resume(here[0], here[1])


HELP = _(
    "/bao report a child\n/hoi ask a question\n/111 the hotline\n/viec my reports\n"
    "/menu everything else\n/huy stop\n/tieptuc go on with what was begun\n"
    "/xoa delete what is kept about me\n/ngonngu language\n\n"
    "You can always press a button, type its number, or type its words, with or without tone "
    "marks. In a form: Back, Edit, Skip, Cancel."
)


HELP_COLLABORATOR = _(
    "For collaborators: /truyenthong outreach meetings. A whole report in one message is read "
    "too: the child's name, age, village, work."
)
HELP_OFFICER = _(
    "For officers: /hoso cases\n/cauhoi questions that wait\n"
    "/tiendo progress\n/thongbao an announcement"
)


@router.on(command("/huy"))
def stop(incoming: Incoming, desk: Desk, rest: str) -> None:
    """Stop the form in front, as its Cancel button does; without a form, the menu."""
    if not desk.open_form():
        desk.say(main_menu(desk, desk._("There is nothing to stop. What would you like to do?")))
        return
    desk.stop_form()


@router.on(value("m.restore."))
def restore(_: Incoming, desk: Desk, rest: str) -> None:
    """Undo a cancel."""
    form, kept = FORMS.get(rest), desk.draft(rest)
    if form is None or kept is None:
        desk.say(main_menu(desk, desk._("There is nothing unfinished any more.")))
        return
    desk.resume(form, kept[0])


@router.on(command("/xoa"))
def delete_me(_: Incoming, desk: Desk, rest: str) -> None:
    buttons = (
        Button("m.forget", desk._("Delete it")),
        Button("m.menu", desk._("Keep it"), nav=True),
    )
    desk.say(Say(desk._(DELETE), buttons))


DELETE = _(
    "This deletes your unfinished forms, your name and number, and this chat on the web. "
    "Reports that were sent stay with the commune, because a child may need them. Delete?"
)


@router.on(value("m.forget"))
def forget(_: Incoming, desk: Desk, rest: str) -> None:
    desk.members.forget()
    desk.leave()
    desk.say(Say(desk._("Deleted. You can begin anew at any time with /start.")))


def chosen_from_menu(incoming: Incoming, desk: Desk) -> bool | dict[str, Any]:
    """A number or a label of the buttons last shown, typed instead of pressed."""
    if incoming.value or not incoming.text:
        return False
    said_, menu = fold(incoming.text), desk.menu
    if chosen := chosen_of(incoming.text, menu) or labelled(incoming.text, desk.menu_of_answer):
        return {"chosen": chosen}
    within = [b.value for b in menu if len(said_) > 4 and f" {said_} " in f" {fold(b.label)} "]
    if len(within) == 1:  # "chau khac" for "Tin về cháu khác"
        return {"chosen": within[0]}
    return {"chosen": wanted} if (wanted := _word(said_, desk)) else False


def _word(said_: str, desk: Desk) -> str:
    """Words of the main menu, understood even when it is not what was last shown."""
    for button in main_menu(desk).buttons:
        label = fold(button.label)
        begun = len(said_) > 4 and label.startswith(f"{said_} ")  # "bao tin" of "Báo tin trẻ em"
        if said_ == label or begun:
            return button.value
    if said_ in spoken(TAKE_BACK) and (form := _stopped(desk)):
        return f"m.restore.{form}"
    return {"menu": "m.menu", "continue": "m.resume.", "help": "m.menu"}.get(
        affirm.command(said_) or "", ""
    )


TAKE_BACK = _("Take it back")


def _stopped(desk: Desk) -> str:
    """The form that was stopped last and can be taken back; "" if there is none."""
    stopped = [
        (kept[1], name) for name in FORMS if (kept := desk.draft(name)) and kept[0].cancelled
    ]
    return max(stopped, default=(None, ""))[1]


@router.on(idle, chosen_from_menu)
def press_for_them(incoming: Incoming, desk: Desk, chosen: str) -> None:
    """As if the button had been pressed."""
    desk.press(chosen)
