"""An outreach meeting: what was talked about, where, when, and how many came.

A day ahead makes it a plan: then nobody is counted yet. What is noted long after its day wants a
reason (process.md 5: back-dated entries with a reason; a session within another names its host).
"""

from contextlib import suppress
from datetime import date, timedelta

from bot.forms.answers import count, day, hour, media, one_of, place, words
from bot.forms.model import UNKNOWN, Answers, Form, Question, Scene
from bot.i18n import later as _
from bot.plans.vocabulary import words as vocabulary

# After the kinds of activity and the themes of the source plans (process.md, parts A and (a)).
KIND = {
    "meeting": _("Village meeting"),
    "within": _("Within another meeting"),
    "training": _("Training"),
    "loudspeaker": _("Loudspeaker"),
    "at_home": _("Talk at a family's home"),
    "school": _("At school"),
    "launch": _("Launch or forum"),
    "materials": _("Leaflets, social media"),
}
UNATTENDED = ("loudspeaker", "materials")  # who hears or reads it is no attendance (process.md 5)
TOPIC = {
    "child_labour": _("Child labour"),
    "abuse": _("Violence and abuse"),
    "drowning": _("Drowning, accidents"),
    "online": _("Safety on the internet"),
    "rights": _("Children's rights"),
}
# The groups that are met, by the words of the plans.
GROUP = {
    "parents": _("Parents and carers"),
    "residents": _("Other residents"),
    "children": _("Children"),
    "teachers": _("Teachers, school staff"),
    "officials": _("Officials, organisations"),
    "collaborators": _("Village collaborators"),
    "businesses": _("Businesses"),
    "cooperatives": _("Cooperatives"),
    "production_households": _("Producing households"),
    "union_officials": _("Trade-union officials"),
    "union_families": _("Union families"),
}
LANGUAGE = {
    "vietnamese": _("In Vietnamese"),
    "both": _("In both languages"),
    "local": _("In the local language"),
}
LATE = {
    "no_network": _("No network"),
    "no_time": _("No time"),
    "from_paper": _("Copied from paper"),
}
LATE_AFTER = timedelta(days=7)  # [D] a week without network or time is nothing to explain
AHEAD = timedelta(days=400)
MOST = 20_000
_COUNT = _("Please type how many as a number, for example 35.")
_DAY = _("Please write a day, for example: today, 15/11, or one to come.")
_HOUR = _("Please write the hour, for example 8, or 2 in the afternoon as 14.")


def held_on(answers: Answers) -> date | None:
    """The day that was given."""
    given = answers.get("held_on")
    if not isinstance(given, str) or given == UNKNOWN:
        return None
    with suppress(ValueError):
        return date.fromisoformat(given)
    return None


def planned(answers: Answers, scene: Scene) -> bool:
    """Whether its day is still to come."""
    given = held_on(answers)
    return given is not None and given > scene.today


def _attended(answers: Answers, scene: Scene) -> bool:
    return answers.get("kind") not in UNATTENDED and not planned(answers, scene)


def _late(answers: Answers, scene: Scene) -> bool:
    given = held_on(answers)
    return given is not None and scene.today - given > LATE_AFTER


def _within(answers: Answers) -> bool:
    return answers.get("kind") == "within"


def _has_units(answers: Answers, scene: Scene) -> bool:
    return _attended(answers, scene) and has_units(answers)


def has_units(answers: Answers) -> bool:
    """Whether households, classes or establishments can be told of the group that came."""
    known = vocabulary("group").get(str(answers.get("group")))
    return known is not None and known["units"][0] in ("household", "class", "establishment")


UNITS = Question(
    "units",
    _("Which households, classes or establishments? Numbers are enough: 12, 15, 16 or 4A, 5B."),
    _("Households, classes"),
    words(2000, may_be_unknown=False),
    only_now=_has_units,
    optional=True,
)
AMONG = (
    Question(
        "women",
        _("How many of them were women?"),
        _("Women"),
        count(0, MOST, _COUNT),
        only_now=_attended,
        optional=True,
    ),
    Question(
        "children",
        _("How many were children?"),
        _("Children"),
        count(0, MOST, _COUNT),
        only_now=_attended,
        optional=True,
    ),
    Question(
        "minority",
        _("How many were of an ethnic minority?"),
        _("Ethnic minority"),
        count(0, MOST, _COUNT),
        only_now=_attended,
        optional=True,
    ),
)
PEOPLE = Question(
    "people",
    _("How many people came?"),
    _("People"),
    count(0, MOST, _COUNT),
    only_now=_attended,
)
WHO = Question(
    "group", _("Who were they mostly?"), _("Who came"), one_of(GROUP), only_now=_attended
)

OUTREACH_EVENT = Form(
    name="outreach_event",
    title=_("Outreach meeting"),
    intro=_("A few short answers, less than a minute. Meetings noted before: /buoi"),
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
            _("On which day? For example: today, yesterday, 15/11; or a day to come."),
            _("Day"),
            day(_DAY, AHEAD),
        ),
        Question("begins", _("At what hour?"), _("Begins at"), hour(_HOUR), only_now=planned),
        PEOPLE,
        WHO,
        Question(
            "within",
            _("Within which meeting was it?"),
            _("Within the meeting"),
            words(200),
            only_if=_within,
        ),
        Question(
            "late",
            _("That is a while ago. Why is it noted only now?"),
            _("Noted late because"),
            words(300, LATE),
            only_now=_late,
        ),
        *AMONG,
        UNITS,
        Question(
            "hour",
            _("At what hour did it begin?"),
            _("Hour"),
            hour(_HOUR),
            only_now=lambda answers, scene: not planned(answers, scene),
            optional=True,
        ),
        Question(
            "place",
            _("Where exactly?"),
            _("Place"),
            words(200, may_be_unknown=False),
            optional=True,
        ),
        Question(
            "host",
            _("Who held it?"),
            _("Held by"),
            words(200, may_be_unknown=False),
            optional=True,
        ),
        Question(
            "language", _("In which language?"), _("Language"), words(100, LANGUAGE), optional=True
        ),
        Question(
            "minutes",
            _("How many minutes were about children?"),
            _("Minutes about children"),
            count(1, 600, _COUNT),
            optional=True,
        ),
        Question(
            "materials",
            _("What was handed out? For example: 40 leaflets."),
            _("Materials"),
            words(300, may_be_unknown=False),
            optional=True,
        ),
        Question(
            "sheet",
            _("Send a photo of the sign-in sheet, if there is one."),
            _("Sign-in sheet"),
            media("photo"),
            only_now=_attended,
            optional=True,
        ),
        Question(
            "signed",
            _("How many signed the sheet?"),
            _("Signed the sheet"),
            count(0, MOST, _COUNT),
            only_if=lambda answers: "sheet" in answers,
            optional=True,
        ),
        Question("remarks", _("Anything to remember?"), _("Remarks"), words(1000), optional=True),
    ),
)
