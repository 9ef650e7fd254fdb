"""An answer spoken by somebody of the commune, for who reads little or speaks another language."""

from dataclasses import replace

from bot.forms.answers import media, words
from bot.forms.model import Form, Kind, Question, Reply, Scene, Unclear, Value
from bot.i18n import later as _

SPOKEN = {
    "tay": _("Tay"),
    "nung": _("Nung"),
    "hmong": _("Hmong"),
    "dao": _("Dao"),
    "thai": _("Thai (Viet Nam)"),
    "muong": _("Muong"),
    "khmer": _("Khmer"),
    "vi": _("Vietnamese, read aloud"),
}


def recording() -> Kind:
    """A voice note or an audio file; several may be sent, the last one counts."""

    def read(reply: Reply, scene: Scene) -> Value:
        raise Unclear(_("Please record a voice note, or send an audio file."))

    return replace(media("voice"), read=read)


RECORDING = Form(
    name="recording",
    title=_("Recorded answer"),
    intro="",
    send=_("Let people hear it"),
    cancelled=_("Stopped. Nothing was changed."),
    keeps_more=False,
    questions=(
        Question(
            "language",
            _("In which language is it spoken? Choose, or type it."),
            _("Language"),
            words(30, SPOKEN, may_be_unknown=False),
        ),
        Question(
            "voice",
            _(
                "Record the answer as a voice note, or send an audio file. "
                "Say no name and no number of anybody."
            ),
            _("Recorded answer"),
            recording(),
        ),
    ),
)
