"""A child may need help: the report. Four answers are enough to send it.

The optional questions follow form 01 of Decree 56/2017 (process.md §1.4; see form_01.py) and what
the triage of child labour asks for (process.md §4).
"""

from bot.forms import assessment, typed
from bot.forms.answers import (
    LONGEST,
    age,
    child_name,
    count,
    media,
    one_of,
    phone,
    place,
    spot,
    words,
)
from bot.forms.model import Answers, Form, Question
from bot.i18n import later as _

WHAT = {
    "works": _("The child has to work"),
    "out_of_school": _("Has left school"),
    "beaten": _("Is beaten or treated badly"),
    "abused": _("Is sexually abused"),
    "alone": _("Is abandoned or alone"),
}
YES_NO = {"yes": _("Yes"), "no": _("No")}
DANGER = {"yes": _("Yes, in danger"), "no": _("No")}
FOR_WHOM = {"others": _("Works for others"), "family": _("Helps the own family")}
SEX = {"male": _("Boy"), "female": _("Girl")}
SCHOOLING = {
    "attending": _("Goes to school"),
    "irregular": _("Often absent"),
    "dropped_out": _("Has left school"),
    "never": _("Never went to school"),
}
WORK = {
    "agriculture": _("Farming"),
    "livestock": _("Herding, animals"),
    "construction": _("Building site"),
    "brick_kiln": _("Brick kiln"),
    "food_service": _("Eating house"),
    "shop": _("Shop, selling"),
    "street_vending": _("Street selling, lottery tickets"),
    "domestic_work": _("Housework for others"),
    "factory": _("Factory"),
    "garment": _("Sewing, shoes"),
    "carpentry": _("Carpentry"),
    "scrap_collecting": _("Collecting scrap"),
    "forestry": _("Forest work"),
    "fishing": _("Fishing"),
    "mining": _("Stone, mine"),
    "craft": _("Village craft"),
    "metalwork": _("Welding, metal"),
    "repair": _("Repair shop"),
    "entertainment": _("Karaoke, massage, bar"),
    "childcare": _("Minding children"),
    "porter": _("Carrying loads"),
    "delivery": _("Delivery"),
    "slaughterhouse": _("Slaughterhouse"),
    "performance": _("Performing"),
    "online": _("Work on the internet"),
    "begging": _("Begging"),
}


NO_WORK = "none"


def works(answers: Answers) -> bool:
    """Hours and place are asked once a kind of work is known."""
    return answers.get("work") not in (None, NO_WORK)


def may_call(answers: Answers) -> bool:
    """A number is asked only from who agreed to be called."""
    return answers.get("may_call") == "yes"


CHILD_REPORT = Form(
    name="child_report",
    title=_("Report about a child"),
    intro=_(
        "Thank you for speaking up. Four short answers are enough, about two minutes. "
        "You can stop at any time and go on later; nothing is lost."
    ),
    send=_("Send now"),
    cancelled=_("Stopped. Nothing more was sent."),
    asks_first=assessment.asks_first,
    questions=(
        Question(
            "what",
            _("What is happening to the child? Choose, or tell it in your own words."),
            _("What is happening"),
            words(LONGEST, WHAT, by_voice=True),
        ),
        Question(
            "danger",
            _("Is the child in danger right now?"),
            _("In danger now"),
            one_of(DANGER, typed.danger),
        ),
        Question(
            "village",
            _("In which village is this? Choose, or type its name."),
            _("Village"),
            place(),
        ),
        Question(
            "age",
            _("About how old is the child? Type a number, for example 12."),
            _("Age"),
            age(0, 17, _("Please type an age from 0 to 17, for example 12. A guess is fine.")),
        ),
        Question(
            "name",
            _("What is the child called? A name used at home is fine."),
            _("Name"),
            child_name(),
            optional=True,
            personal=True,
        ),
        Question(
            "sex",
            _("Is the child a boy or a girl?"),
            _("Sex"),
            one_of(SEX, typed.sex),
            optional=True,
        ),
        Question(
            "schooling",
            _("Does the child go to school?"),
            _("School"),
            one_of(SCHOOLING, typed.schooling),
            optional=True,
        ),
        Question(
            "work",
            _("What work does the child do? Choose, or type it."),
            _("Work"),
            words(200, {**WORK, NO_WORK: _("Does not work")}, no=NO_WORK),
            optional=True,
        ),
        Question(
            "family_help",
            _("Does the child help the own family, or work for others?"),
            _("Works for"),
            one_of(FOR_WHOM, typed.family_help),
            only_if=works,
            optional=True,
        ),
        Question(
            "place",
            _("Where does the child work, and for whom?"),
            _("Place of work"),
            words(300),
            only_if=works,
            optional=True,
        ),
        Question(
            "hours_per_day",
            _("How many hours a day? Type a number, for example 8."),
            _("Hours a day"),
            count(
                0,
                24,
                _("Please type the hours of one day as a number, for example 8."),
                typed.hours_per_day,
            ),
            only_if=works,
            optional=True,
        ),
        Question(
            "days_per_week",
            _("How many days a week? Type a number from 1 to 7."),
            _("Days a week"),
            count(
                0,
                7,
                _("Please type the days of one week as a number from 1 to 7."),
                typed.days_per_week,
            ),
            only_if=works,
            optional=True,
        ),
        Question(
            "night_work",
            _("Does the child work at night, after 10 pm?"),
            _("Night work"),
            one_of(YES_NO, typed.night_work),
            only_if=works,
            optional=True,
        ),
        Question(
            "carer",
            _("Who looks after the child now? Parents, grandparents, the employer…"),
            _("In charge of the child"),
            words(300),
            optional=True,
        ),
        Question(
            "family",
            _("What do you know of the parents and how the family lives?"),
            _("Family"),
            words(1000),
            optional=True,
        ),
        Question(
            "child_now",
            _("Where is the child at this moment?"),
            _("Where the child is now"),
            words(300),
            optional=True,
        ),
        Question(
            "consequence",
            _("What could happen to the child if nobody helps?"),
            _("What could happen"),
            words(1000),
            optional=True,
        ),
        Question(
            "done",
            _("What has been done so far? Whom was it told to?"),
            _("Done so far"),
            words(1000),
            optional=True,
        ),
        Question(
            "photos",
            _(
                "Photos of the place, if you have some. Please never photograph the child's face, "
                "and do not put yourself in danger."
            ),
            _("Photos"),
            media("photo"),
            optional=True,
        ),
        Question(
            "voice",
            _("You can also tell it in a voice note."),
            _("Voice note"),
            media("voice"),
            optional=True,
        ),
        Question(
            "location",
            _("Where exactly? Share a location or describe the way."),
            _("Location"),
            spot(),
            optional=True,
        ),
        Question(
            "may_call",
            _("May the commune officer call you to ask more? Who you are is kept apart."),
            _("May be called"),
            one_of(YES_NO, typed.may_call),
            optional=True,
        ),
        Question(
            "phone",
            _("On which number may we call you?"),
            _("Number to call"),
            phone(),
            only_if=may_call,
            optional=True,
            personal=True,
        ),
    ),
)
