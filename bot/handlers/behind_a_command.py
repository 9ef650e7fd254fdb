"""Words behind a command: they are as good as a message of their own, and never passed over.

What is told behind /bao is a report, what is asked behind /hoi a question. A cry for help is heard
behind any command of everybody's; what an officer writes behind one is theirs to use.
"""

from bot.desk import Desk, stories
from bot.dispatcher import Router, command
from bot.vietnamese.danger import Danger
from bot.words import Incoming

router = Router("behind a command")


ANEW = "new"  # "/bao new" begins a fresh report: see bot.handlers.menu


def words(_in: Incoming, rest: str) -> bool:
    """Whether anything but signs and digits stands behind the command."""
    return rest != ANEW and any(map(str.isalpha, rest))


def a_cry(incoming: Incoming, desk: Desk) -> bool:
    """Whether danger is told of; the code of a link tells of none."""
    return desk.danger >= Danger.POSSIBLE


@router.on(command("/bao"), words)
def tell_at_once(incoming: Incoming, desk: Desk, rest: str) -> None:
    """The report is taken down, also where the words alone would not be taken for one."""
    desk.leave()
    if desk.danger is Danger.NOW or incoming.attachments:
        desk.hear(rest)
    else:
        stories.take_down(desk, rest)


@router.on(command("/hoi"), words)
def ask_at_once(_in: Incoming, desk: Desk, rest: str) -> None:
    """Whoever asks about a child of 14 reports none."""
    desk.leave()
    a_question = rest.endswith("?") or desk.danger is not Danger.NONE
    desk.hear(rest if a_question else f"{rest}?")


@router.on(command("/start", "/huy", "/111", "/menu", "/viec", "/trogiup", "/help"), a_cry)
@router.on(command("/tieptuc", "/xoa", "/ngonngu"), a_cry)
def hear_the_cry(incoming: Incoming, desk: Desk, rest: str) -> None:
    """It goes before what was asked for, and what was begun stays kept."""
    desk.leave()
    desk.hear(incoming.start or rest)
