"""Employers' commitments, inspections, and how many there are of a group."""

from dataclasses import replace
from datetime import timedelta

from bot.forms.answers import count, day, media, one_of, place, words
from bot.forms.model import Answers, Form, Question, Scene
from bot.i18n import later as _
from bot.plans.vocabulary import words as vocabulary

EMPLOYERS = {
    "businesses": _("Business"),
    "cooperatives": _("Cooperative"),
    "production_households": _("Producing household"),
}
INSPECTION_KIND = {"regular": _("Regular"), "unannounced": _("Unannounced")}
RESULT = {
    "nothing": _("No child at work"),
    "light": _("Child at work, lawful"),
    "warned": _("Shortcomings, reminded"),
    "violation": _("A violation, record made"),
}
_AHEAD = timedelta(days=3660)
_PAST = _("Please write a day that has come, for example 15/11 or: yesterday.")
_DAY = _("Please write a day, for example 31/12/2027.")
_COMING = day(_DAY, _AHEAD, timedelta(0))
_PHOTO = Question(
    "photo", _("Send a photo of the paper, if there is one."), _("Photo"), media("photo"),
    optional=True,
)  # fmt: skip
_REMARKS = Question("remarks", _("Anything to remember?"), _("Remarks"), words(1000), optional=True)
_EMPLOYER = Question(
    "employer",
    _("Which establishment? Its name, or the owner's."),
    _("Establishment"),
    words(200),
    personal=True,
)

COMMITMENT = Form(
    name="commitment",
    title=_("Employer's commitment"),
    intro=_("An employer has promised in writing to employ no child against the law."),
    send=_("Save"),
    cancelled=_("Stopped. Nothing was saved."),
    questions=(
        Question("group", _("What kind of establishment?"), _("Kind"), one_of(EMPLOYERS)),
        _EMPLOYER,
        Question("village", _("In which village?"), _("Village"), place()),
        Question("signed_on", _("On which day was it signed?"), _("Signed on"), day(_PAST)),
        Question("expires_on", _("Until which day does it hold?"), _("Until"), _COMING),
        _PHOTO,
        _REMARKS,
    ),
)
INSPECTION = Form(
    name="inspection",
    title=_("Inspection"),
    intro="",
    send=_("Save"),
    cancelled=_("Stopped. Nothing was saved."),
    questions=(
        Question("kind", _("Regular or unannounced?"), _("Kind"), one_of(INSPECTION_KIND)),
        _EMPLOYER,
        Question("village", _("In which village?"), _("Village"), place()),
        Question("held_on", _("On which day was it?"), _("Day"), day(_PAST)),
        Question("result", _("What was found?"), _("Result"), one_of(RESULT)),
        Question(
            "again_on",
            _("When is it looked at again?"),
            _("Again on"),
            _COMING,
            optional=True,
        ),
        _PHOTO,
        _REMARKS,
    ),
)


def _units(group: object) -> list[str]:
    known = vocabulary("group").get(str(group))
    return list(known["units"]) if known else []


def _several(answers: Answers, scene: Scene) -> bool:
    return len(_units(answers.get("group"))) > 1


GROUP_SIZE_GROUPS = {
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
    "children_5_17": _("Minors aged 5 to 17"),
}
UNIT = {
    "household": _("Households"),
    "class": _("Classes"),
    "establishment": _("Establishments"),
    "staff": _("Staff"),
    "person": _("Heads"),
}
_SOURCE = _("Who says so? For example: report of the school, list of the labour office, 15/11.")
TARGET_VALUE = Form(
    name="target_value",
    title=_("A figure of a target"),
    intro=_("What you enter stands in place of what the records tell, with its source."),
    send=_("Save"),
    cancelled=_("Stopped. Nothing was saved."),
    keeps_more=False,
    questions=(
        Question(
            "reached",
            _("How many were reached? 0 is a figure too."),
            _("Reached"),
            count(0, 10_000_000, _("Please type how many as a number, for example 35.")),
        ),
        Question(
            "count",
            _("Out of how many? If that is noted already, or nobody knows, say so."),
            _("How many"),
            count(1, 10_000_000, _("Please type how many there are; 0 cannot be shared out.")),
        ),
        Question("source", _SOURCE, _("Source"), words(200, may_be_unknown=False)),
    ),
)
GROUP_SIZE = Form(
    name="group_size",
    title=_("How many there are"),
    intro=_("Progress is told as a share of how many there are."),
    send=_("Save"),
    cancelled=_("Stopped. Nothing was saved."),
    keeps_more=False,
    questions=(
        Question("group", _("Of which group?"), _("Group"), one_of(GROUP_SIZE_GROUPS)),
        Question(
            "unit",
            _("Counted in what? Households for parents, classes for children."),
            _("Counted in"),
            one_of(UNIT),
            only_now=_several,
        ),
        Question(
            "village",
            _("In which village? For the whole commune type: not known."),
            _("Village"),
            place(),
        ),
        Question(
            "year",
            _("For which year?"),
            _("Year"),
            replace(count(2000, 2100, _("Please type the year, for example 2026.")), show="year"),
        ),
        Question(
            "count",
            _("How many are there?"),
            _("How many"),
            count(
                1,
                10_000_000,
                _("Please type how many there are. It cannot be 0: leave it until it is known."),
            ),
        ),
        Question(
            "source",
            _("Who says so? For example: household list of the village, school list 2026."),
            _("Source"),
            words(200),
        ),
        Question(
            "estimated",
            _("Is it counted exactly?"),
            _("Exact"),
            one_of({"yes": _("Yes"), "no": _("No, an estimate")}),
        ),
    ),
)
