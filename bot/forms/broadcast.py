"""A broadcast: to whom, in which villages, what; later perhaps a photo and an hour."""

from datetime import date

from bot.forms.answers import media, one_of, words
from bot.forms.model import UNKNOWN, Answers, Form, Kind, Question, Reply, Scene, Unclear, Value
from bot.forms.moment import moment
from bot.forms.village_list import villages
from bot.i18n import later as _

WHO = {
    "collaborators": _("Collaborators"),
    "officers": _("Officers and leaders"),
    "members": _("All of these"),
    "residents": _("Residents who have written to me"),
}
ROLES: dict[str, tuple[str, ...]] = {
    "collaborators": ("collaborator",),
    "officers": ("officer", "on_call", "leader"),
    "members": ("collaborator", "officer", "on_call", "leader"),
    "residents": (),
}
LONGEST = 2000  # characters: what the narrowest channel takes in one message


def _by_village(answers: Answers) -> bool:
    return answers.get("to") != "officers"  # officers are of the commune, not of a village


def _who() -> Kind:
    """One of WHO: here "not known" is no answer."""
    kind = one_of(WHO)

    def read(reply: Reply, scene: Scene) -> Value:
        if (value := kind.read(reply, scene)) == UNKNOWN:
            raise Unclear(_("Please choose one of the buttons, or type its number."))
        return value

    def fits(value: Value, scene: Scene) -> bool:
        return value != UNKNOWN and kind.fits(value, scene)

    offered = tuple(choice for choice in kind.offer(Scene(date.min)) if choice.value != UNKNOWN)
    return Kind(read, lambda _scene: offered, fits, show="choice")


_WORDS = (
    Question(
        "text",
        _("What do you want to tell them? No children's names."),
        _("Announcement"),
        words(LONGEST, may_be_unknown=False),
    ),
    Question("photo", _("Please send the photo here."), _("Photo"), media("photo"), optional=True),
    Question(
        "when",
        _("When shall it be sent? For example: 8:00 tomorrow, 14:30 25/11, or: now."),
        _("Hour"),
        moment(),
        optional=True,
    ),
)


def _form(name: str, questions: tuple[Question, ...]) -> Form:
    return Form(
        name=name,
        title=_("Announcement"),
        intro="",
        send=_("Look at it"),
        cancelled=_("Stopped. Nothing was sent."),
        questions=questions,
        at_once=True,
    )


BROADCAST = _form(
    "broadcast",
    (
        Question("to", _("Whom do you want to tell something?"), _("To"), _who()),
        Question(
            "where",
            _("Where? Choose, or type several villages with commas between them."),
            _("Where"),
            villages(),
            only_if=_by_village,
        ),
        *_WORDS,
    ),
)
# To the people of a list that stands fixed already, such as those of an outreach event.
BROADCAST_TO_LIST = _form("broadcast_to_list", _WORDS)
URGENT = Form(
    name="broadcast_urgent",
    title=_("Reason"),
    intro="",
    send=_("Look at it"),
    cancelled=_("Stopped. Nothing was sent."),
    at_once=True,
    questions=(
        Question(
            "text",
            _("Why can it not wait until 06:30? Your reason is kept with the announcement."),
            _("Reason"),
            words(500, may_be_unknown=False),
        ),
    ),
)
