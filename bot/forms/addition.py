"""What a reporter adds to a report that was sent: words, photos, a voice note, a place."""

from bot.forms.answers import words
from bot.forms.child_report import CHILD_REPORT
from bot.forms.model import SENT, UNKNOWN, VOICE, Answers, Form, Question, Value
from bot.i18n import later as _

GATHERING = tuple(question for question in CHILD_REPORT.questions if question.kind.gathers)
GATHERED = tuple(question.key for question in GATHERING)

ADDITION = Form(
    name="addition",
    title=_("What you add"),
    intro="",
    send=_("Send"),
    cancelled=_("Stopped. Nothing was sent."),
    at_once=True,
    questions=(
        Question(
            "text",
            _(
                "What would you like to add to your report? Write it, or send a photo or a voice "
                "note."
            ),
            _("What you add"),
            words(4000, by_media=True, may_be_unknown=False),
        ),
        *GATHERING,
    ),
)


def sent_along(answers: Answers) -> dict[str, Value]:
    """Of the answers to an addition, what was sent besides words."""
    return {key: answers[key] for key in GATHERED if isinstance(answers.get(key), list)}


def in_words(answers: Answers) -> str:
    """Of the answers to an addition, what was said; "" where everything was only sent along."""
    said = [answers.get("text"), *(answers.get(key) for key in GATHERED)]
    return "\n".join(
        each.removeprefix("/")
        for each in said
        if isinstance(each, str) and each not in (SENT, VOICE, UNKNOWN)
    )
