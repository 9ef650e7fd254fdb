"""Forms of one free text: a resident's question, the officer's answer, a note in a case."""

from bot.forms.answers import words
from bot.forms.model import Form, Question
from bot.i18n import later as _


def _one_text(name: str, title: str, ask: str, send: str, longest: int = 4000) -> Form:
    return Form(
        name=name,
        title=title,
        intro="",
        send=send,
        cancelled=_("Stopped. Nothing was sent."),
        at_once=True,
        questions=(Question("text", ask, title, words(longest, may_be_unknown=False)),),
    )


QUESTION = _one_text(
    "question",
    _("Your question"),
    _("What would you like to ask? The commune officer will read it and answer you here."),
    _("Send question"),
)
ANSWER = _one_text(
    "answer",
    _("Your answer"),
    _("Write the answer. It goes to the person who asked, without your name."),
    _("Send answer"),
)
CASE_NOTE = _one_text(
    "case_note",
    _("Note"),
    _("Write the note for this case."),
    _("Save note"),
)
CASE_CLOSING = _one_text(
    "case_closing",
    _("Reason"),
    _("Why is this case closed? It is kept in the case; the reporter hears only that it is over."),
    _("Close the case"),
)
CASE_LEVEL = _one_text(
    "case_level",
    _("Reason"),
    _("Why is the level another one? Your reason is kept beside what the law's table says."),
    _("Change the level"),
)
MESSAGE = _one_text(
    "message_to_reporter",
    _("Message to the reporter"),
    _("What do you want to ask or tell the person who reported? No names, please."),
    _("Send message"),
)
