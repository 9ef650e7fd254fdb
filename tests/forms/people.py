"""Whoever fills in a form in these tests: what they see, what they do, and one who is patient."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

from bot.forms.engine import step
from bot.forms.model import Draft, Form, Media, Place, Reply, Scene
from bot.forms.render import render
from bot.forms.turns import CANCEL, GO_ON, SEND, SKIP, Ask, Done, Here, Pick, Review, Turn, show
from bot.i18n import speak
from bot.vietnamese.fold import fold
from bot.words import Button, Say

TODAY = date(2026, 11, 20)
KEY = "abcdefghjk"  # a draft's key has ten letters: see Desk.begin
NAMES = (
    "Thôn Phố Vị", "Thôn Phố Vĩ", "Thôn Đồng Thuỷ", "Thôn Làng Giáo", "Thôn Gốc Sấu",
    "Thôn Bến Lường", "Thôn Nà Khau", "Thôn Cầu Đá", "Tổ dân phố số 4", "Bản Nà Phặc",
    "Xóm 5", "Khu 12", "Thôn An Hoà", "Thôn An Hòa 2", "Ấp Bình Đông", "Buôn Ea Tul",
)  # fmt: skip
PLACES = tuple(
    Place(f"{number:020d}", name, (name, f"Làng cũ {number}"), "C")
    for number, name in enumerate(NAMES)
)
WORLD = Scene(TODAY, "full", PLACES)
VI = speak("vi")


def kept(draft: Draft) -> Draft:
    """The draft after a restart."""
    return Draft.from_json(json.loads(json.dumps(draft.to_json())))


def restored(draft: Draft) -> Draft:
    """A cancelled draft taken back, as Desk.resume does it."""
    return replace(kept(draft), cancelled=False)


def seen(form: Form, turn: Here, scene: Scene, language: str = "vi") -> Say:
    """What the person is shown."""
    return render(form, turn, speak(language), scene)


def choices_of(say: Say) -> list[Button]:
    """The buttons that can be chosen by their number."""
    return [button for button in say.buttons if not button.nav]


def command_of(button: Button) -> str:
    """What a button does: "/back", or the answer it stands for."""
    return button.value.split(".", 3)[3]


def ways_to_choose(say: Say, button: Button) -> list[str]:
    """What may be typed instead of pressing a button."""
    ways = [button.label, without_marks(button.label), button.label.upper()]
    if not button.nav and not say.takes_digits:
        ways.append(str(choices_of(say).index(button) + 1))
    return ways


def without_marks(label: str) -> str:
    """The label as a phone without a Vietnamese keyboard types it."""
    return fold(label)


def finishes(form: Form, turn: Here, scene: Scene) -> Done | None:
    """A patient person does what the screen says until the form is sent; None if it never is."""
    for _ in range(6 * len(form.questions) + 6):
        say = seen(form, turn, scene)
        after = _one_step(form, turn, say, scene)
        if isinstance(after, Done):
            return after
        assert isinstance(after, Ask | Review | Pick)
        turn = after
    return None


def _one_step(form: Form, turn: Here, say: Say, scene: Scene) -> Turn:
    offered = {command_of(button): button for button in say.buttons}
    for wanted in (SEND, GO_ON):
        if wanted in offered:
            return step(form, kept(turn.draft), Reply(value=offered[wanted].value), scene)
    if isinstance(turn, Pick):
        return step(form, kept(turn.draft), Reply(text="quay lại"), scene)
    assert isinstance(turn, Ask)
    return step(form, kept(turn.draft), patient(form, turn, scene), scene)


PATIENT = (
    "không rõ",
    "một việc gì đó",
    "0912 345 678",
    "7",
    "ngay",
    "28/11/2026",
    "14:30 28/11",
    "45/BC-UBND, 20/11",
)


def patient(form: Form, turn: Ask, scene: Scene) -> Reply:
    """The first reply, of those that the screen suggests, that gets anywhere."""
    say = seen(form, turn, scene)
    offered = {command_of(button): button for button in say.buttons}
    replies = [Reply(value=button.value) for button in choices_of(say)[:1]]
    replies += [Reply(value=offered[SKIP].value)] if SKIP in offered else []
    replies += [Reply(text=text) for text in PATIENT]
    if gathers := turn.question.kind.gathers:
        replies.append(Reply(media=(Media(gathers, 4711, 21.5, 106.5),)))
    for reply in replies:
        after = step(form, kept(turn.draft), reply, scene)
        if after.draft != turn.draft:
            return reply
    raise AssertionError(f"nothing answers {turn.question.key!r}: {say}")


def is_fit(form: Form, done: Done, scene: Scene) -> bool:
    """Everything needed is there, everything there applies, and every value is one."""
    relevant = {question.key: question for question in form.relevant(done.answers, scene)}
    needed = {key for key, question in relevant.items() if not question.optional}
    return needed <= set(done.answers) <= set(relevant) and all(
        relevant[key].kind.fits(value, scene) for key, value in done.answers.items()
    )


def begun(form: Form, scene: Scene = WORLD) -> Here:
    """A fresh form."""
    return show(form, Draft(form.name, KEY), scene)


__all__ = ["CANCEL", "SEND"]
