"""Forms around duties: a task of one's own, proof of what was sent, leave, roster, days off."""

from bot.forms.answers import coming_day, media, one_of, sent_report, words
from bot.forms.model import Answers, Form, Question
from bot.i18n import later as _

_DAY = _("Please write a day that is still to come, for example: tomorrow, Friday, 28/11.")
_SAVED_NOT = _("Stopped. Nothing was saved.")

OWN_TASK = Form(
    name="own_task",
    title=_("Reminder"),
    intro="",
    send=_("Remind me"),
    cancelled=_SAVED_NOT,
    keeps_more=False,
    questions=(
        Question(
            "what",
            _("What shall I remind you of? No children's names, please."),
            _("What"),
            words(200, may_be_unknown=False),
        ),
        Question(
            "day",
            _("By which day? For example: tomorrow, Friday, 28/11."),
            _("Day"),
            coming_day(_DAY),
        ),
    ),
)


def _without_photo(answers: Answers) -> bool:
    return not answers.get("photo")


REPORT_SENT = Form(
    name="report_sent",
    title=_("Proof of what was sent"),
    intro="",
    send=_("Save"),
    cancelled=_("Stopped. The duty is still open."),
    at_once=True,
    keeps_more=False,
    questions=(
        Question(
            "photo",
            _("Send a photo of the report, or of its delivery note."),
            _("Photo"),
            media("photo"),
            optional=True,
        ),
        Question(
            "sent",
            _(
                "What are the number and the day of the report you sent? For example: "
                "45/BC-UBND, 20/11. A photo of it will do too."
            ),
            _("Number and day"),
            sent_report(
                _(
                    "Please write the number and the day, for example: 45/BC-UBND, 20/11. "
                    "Or send a photo."
                )
            ),
            only_if=_without_photo,
        ),
    ),
)
ON_LEAVE = Form(
    name="on_leave",
    title=_("Leave"),
    intro=_("While you are away somebody else gets your reminders and alarms."),
    send=_("Save"),
    cancelled=_SAVED_NOT,
    keeps_more=False,
    questions=(
        Question("first", _("From which day are you away?"), _("From"), coming_day(_DAY)),
        Question("last", _("Until which day?"), _("Until"), coming_day(_DAY)),
        Question(
            "who",
            _("Who stands in for you? Type the name of a colleague of the commune."),
            _("Stands in"),
            words(80, may_be_unknown=False),
        ),
    ),
)
ON_CALL = Form(
    name="on_call_shift",
    title=_("On-call roster"),
    intro=_("On these days this person is woken first, in place of everybody on call."),
    send=_("Save"),
    cancelled=_SAVED_NOT,
    keeps_more=False,
    questions=(
        Question(
            "who",
            _("Who is on call? Type the name of a colleague of the commune."),
            _("On call"),
            words(80, may_be_unknown=False),
        ),
        Question("first", _("From which day?"), _("From"), coming_day(_DAY)),
        Question("last", _("Until which day?"), _("Until"), coming_day(_DAY)),
    ),
)
DAY_OFF = Form(
    name="calendar_day",
    title=_("Working calendar"),
    intro=_("Limits that run are counted anew within a minute, and who they concern is told."),
    send=_("Save"),
    cancelled=_SAVED_NOT,
    keeps_more=False,
    questions=(
        Question("day", _("Which day changes? For example 5/2/2027."), _("Day"), coming_day(_DAY)),
        Question(
            "kind",
            _("What is it from now on?"),
            _("What it is"),
            one_of(
                {
                    "off": _("A day off"),
                    "working": _("A working day"),
                    "official": _("As officially announced"),
                }
            ),
        ),
        Question(
            "reason",
            _("Why? For example: off by the chair's notice because of a storm."),
            _("Why"),
            words(200, may_be_unknown=False),
            only_if=lambda answers: answers.get("kind") != "official",
        ),
        Question(
            "source",
            _("Which document says so? For example: 12/TB-UBND, 20/11."),
            _("Document"),
            words(200),
            optional=True,
        ),
    ),
)
DUTY_SETTING = Form(
    name="duty_setting",
    title=_("A duty of the commune"),
    intro="",
    send=_("Save"),
    cancelled=_SAVED_NOT,
    keeps_more=False,
    questions=(
        Question(
            "on",
            _("Does your commune have this duty?"),
            _("Kept"),
            one_of({"yes": _("Yes"), "no": _("No")}),
        ),
        Question(
            "day",
            _("By which day each year? For example 25/11."),
            _("Day"),
            coming_day(_DAY),
            optional=True,
        ),
        Question(
            "remind",
            _("How many days before shall I remind? For example: 14 7 3 1 0."),
            _("Days before"),
            words(60),
            optional=True,
        ),
        Question(
            "who",
            _("Whose duty is it? Choose, or type the name of a colleague."),
            _("Whose"),
            words(
                80,
                {
                    "officer": _("The officers"),
                    "leader": _("The leaders"),
                    "collaborator": _("The collaborators"),
                },
            ),
            optional=True,
        ),
    ),
)
DUTY_FORMS = (OWN_TASK, REPORT_SENT, ON_LEAVE, ON_CALL, DAY_OFF, DUTY_SETTING)
