"""An outreach meeting: what was talked about, where, when, and how many came."""

from bot.forms.answers import count, day, one_of, place, words
from bot.forms.model import Form, Question
from bot.i18n import later as _

# After the kinds of activity and the themes of the source plans (process.md, parts A and (a)).
KIND = {
    "meeting": _("Village meeting"),
    "within": _("Within another meeting"),
    "training": _("Training"),
    "loudspeaker": _("Loudspeaker"),
    "at_home": _("Talk at a family's home"),
    "school": _("At school"),
}
TOPIC = {
    "child_labour": _("Child labour"),
    "abuse": _("Violence and abuse"),
    "drowning": _("Drowning, accidents"),
    "online": _("Safety on the internet"),
    "rights": _("Children's rights"),
}
_COUNT = _("Please type how many as a number, for example 35.")

OUTREACH_EVENT = Form(
    name="outreach_event",
    title=_("Outreach meeting"),
    intro=_("Five short answers, less than a minute."),
    send=_("Save"),
    cancelled=_("Stopped. Nothing was saved."),
    questions=(
        Question("kind", _("What kind of meeting was it?"), _("Kind"), one_of(KIND)),
        Question(
            "topic", _("What was it about? Choose, or type it."), _("Topic"), words(200, TOPIC)
        ),
        Question(
            "village", _("In which village? Choose, or type its name."), _("Village"), place()
        ),
        Question(
            "held_on",
            _("On which day? For example: today, yesterday, 15/11."),
            _("Day"),
            day(_("Please write a day that has come, for example 15/11 or: yesterday.")),
        ),
        Question("people", _("How many people came?"), _("People"), count(0, 20_000, _COUNT)),
        Question(
            "women",
            _("How many of them were women?"),
            _("Women"),
            count(0, 20_000, _COUNT),
            optional=True,
        ),
        Question(
            "children",
            _("How many were children?"),
            _("Children"),
            count(0, 20_000, _COUNT),
            optional=True,
        ),
        Question("remarks", _("Anything to remember?"), _("Remarks"), words(1000), optional=True),
    ),
)
