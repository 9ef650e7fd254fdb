"""An office near by that people may call: its name, its number, its hours."""

from bot.forms.answers import words
from bot.forms.model import Form, Kind, Question, Reply, Scene, Unclear, Value
from bot.i18n import later as _
from bot.vietnamese import numbers


def number_to_call() -> Kind:
    """A mobile number or a landline with its area code, as digits."""

    def read(reply: Reply, scene: Scene) -> Value:
        found = None if reply.value else numbers.phone(reply.text)
        if found is None or len(reply.text) > 40:
            raise Unclear(
                _("Please write a mobile number, or a landline with its area code: 0205 3812 345.")
            )
        return found

    def fits(value: Value, _scene: Scene) -> bool:
        return isinstance(value, str)

    return Kind(read, fits=fits, wants_digits=True)


CONTACT = Form(
    name="contact",
    title=_("Number of the commune"),
    intro="",
    send=_("Show it to people"),
    cancelled=_("Stopped. Nothing was changed."),
    keeps_more=False,
    questions=(
        Question(
            "name",
            _("Which office is it? For example: the commune's health station."),
            _("Office"),
            words(80, may_be_unknown=False),
        ),
        Question("phone", _("Which number?"), _("Telephone"), number_to_call()),
        Question(
            "hours",
            _("When does somebody answer? For example: working days, 7:30 to 17:00."),
            _("Hours"),
            words(80, may_be_unknown=False),
        ),
    ),
)
