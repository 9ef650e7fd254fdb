"""Questions: the officer answers from the chat."""

from bot.desk import Desk
from bot.desk.main_menu import main_menu
from bot.dispatcher import Router, value
from bot.forms.short_texts import ANSWER
from bot.words import Incoming

router = Router("questions")


@router.on(value("q.answer."))
def answer(_: Incoming, desk: Desk, rest: str) -> None:
    found = desk.questions.find(rest)
    if found is None:
        desk.say(main_menu(desk, desk._("There is no such question in your area.")))
    elif found.answered_at:
        desk.say(main_menu(desk, desk._("A colleague had answered already.")))
    else:
        desk.resume(*desk.begin(ANSWER, number=rest))
