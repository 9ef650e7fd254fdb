"""Who came to a meeting, told later: another group, the sign-in sheet, oneself, what holds."""

from bot.forms.answers import coming_day, count, hour, media, one_of, place, words
from bot.forms.model import Answers, Form, Question, Scene
from bot.forms.outreach_event import GROUP, MOST, has_units
from bot.i18n import later as _

_COUNT = _("Please type how many as a number, for example 35.")
_COMING = _("Please write a day that is still to come, for example: tomorrow, Friday, 28/11.")
_HOUR = _("Please write the hour, for example 8, or 2 in the afternoon as 14.")
_WHOLE = (
    ("women", _("How many of them were women?"), _("Women")),
    ("children", _("How many were children?"), _("Children")),
    ("minority", _("How many were of an ethnic minority?"), _("Ethnic minority")),
)


def _counted(answers: Answers, scene: Scene) -> bool:
    return has_units(answers)


GROUP_COUNT = Form(
    name="group_count",
    title=_("How many came"),
    intro="",
    send=_("Save"),
    cancelled=_("Stopped. Nothing was saved."),
    questions=(
        Question("group", _("Which group came too?"), _("Who came"), one_of(GROUP)),
        Question("people", _("How many people came?"), _("People"), count(0, MOST, _COUNT)),
        *(
            Question(key, ask, short, count(0, MOST, _COUNT), optional=True)
            for key, ask, short in _WHOLE
        ),
        Question(
            "units",
            _(
                "Which households, classes or establishments? Numbers are enough: "
                "12, 15, 16 or 4A, 5B."
            ),
            _("Households, classes"),
            words(2000, may_be_unknown=False),
            only_now=_counted,
            optional=True,
        ),
    ),
)
SIGN_IN_SHEET = Form(
    name="sign_in_sheet",
    title=_("Sign-in sheet"),
    intro=_("The photo of the sheet can be sent at any question."),
    send=_("Save"),
    cancelled=_("Stopped. Nothing was saved."),
    questions=(
        Question("group", _("Which group is on it?"), _("Who came"), one_of(GROUP)),
        Question(
            "signed", _("How many signed the sheet?"), _("Signed the sheet"), count(0, MOST, _COUNT)
        ),
        Question(
            "sheet",
            _("Send a photo of the sign-in sheet."),
            _("Sign-in sheet"),
            media("photo"),
            optional=True,
        ),
    ),
)
CHECK_IN = Form(
    name="check_in",
    title=_("Check-in"),
    intro="",
    send=_("I am here"),
    cancelled=_("Stopped. You are not checked in."),
    at_once=True,
    keeps_more=False,
    questions=(
        Question("group", _("Who are you here as?"), _("Who came"), one_of(GROUP)),
        Question("village", _("Which village are you from?"), _("Village"), place()),
        Question(
            "unit",
            _("Your household number or class? No names. If you do not know it, say so."),
            _("Household, class"),
            words(40),
            only_now=_counted,
        ),
    ),
)
MEETING_MOVED = Form(
    name="meeting_moved",
    title=_("Another day or hour"),
    intro=_("Who was invited will be told."),
    send=_("Save"),
    cancelled=_("Stopped. Nothing was changed."),
    questions=(
        Question(
            "held_on",
            _("On which day will it be? For example: tomorrow, Friday, 28/11."),
            _("Day"),
            coming_day(_COMING),
        ),
        Question("begins", _("At what hour?"), _("Begins at"), hour(_HOUR)),
        Question(
            "place",
            _("Where exactly? Skip it if the place is the same."),
            _("Place"),
            words(200, may_be_unknown=False),
            optional=True,
        ),
    ),
)
SETTLEMENT = Form(
    name="settlement",
    title=_("Reason"),
    intro="",
    send=_("Save"),
    cancelled=_("Stopped. Nothing was saved."),
    at_once=True,
    keeps_more=False,
    questions=(
        Question(
            "text",
            _("Why does this count hold? Your reason is kept beside both counts."),
            _("Reason"),
            words(500, may_be_unknown=False),
        ),
    ),
)
