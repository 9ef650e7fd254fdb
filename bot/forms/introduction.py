"""Who somebody with a role is: asked once after an invitation, everything optional."""

from bot.forms.answers import phone, place, words
from bot.forms.model import Form, Question
from bot.i18n import later as _

INTRODUCTION = Form(
    name="introduction",
    title=_("About you"),
    intro=_("So that your colleagues know whom they talk to. Short, and you can stop at any time."),
    send=_("Finish"),
    cancelled=_("All right, another time."),
    keeps_more=False,
    questions=(
        Question("village", _("Which village do you look after?"), _("Village"), place()),
        Question(
            "name",
            _("What is your name?"),
            _("Name"),
            words(80, may_be_unknown=False),
            optional=True,
            personal=True,
        ),
        Question(
            "phone",
            _("On which number can the officer call you?"),
            _("Your number"),
            phone(),
            optional=True,
            personal=True,
        ),
    ),
)
