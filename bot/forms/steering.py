"""What a person may do in a form besides answering: back, skip, change, send, cancel."""

from __future__ import annotations

from bot.forms.model import Form, Scene
from bot.forms.turns import (
    BACK,
    CANCEL,
    CHANGE,
    EDIT,
    GO_ON,
    MORE,
    PAGE,
    SEND,
    SKIP,
    Ask,
    Cancelled,
    Done,
    Here,
    Note,
    Pick,
    Turn,
    is_settled,
    pages,
    show,
)
from bot.i18n import later as _


def do(form: Form, here: Here, wanted: str, scene: Scene) -> Turn:
    """Carry out a command ("/back", "/change 2", …); what cannot be done here is answered."""
    draft = here.draft
    if wanted == CANCEL:
        return Cancelled(form, draft.here().with_(cancelled=True))
    if wanted == SEND:
        return send(form, here, scene)
    if wanted == BACK:
        return _back(form, here, scene)
    if wanted == EDIT:
        return _edit(form, here, scene)
    if wanted == MORE:
        return show(form, draft.here().with_(more=True), scene)
    if wanted == GO_ON:
        return show(form, draft.here(), scene)
    if wanted.startswith(CHANGE):
        return _change(form, here, wanted.removeprefix(CHANGE), scene)
    if isinstance(here, Ask):
        if wanted == SKIP:
            return skip(form, here, scene)
        if wanted == PAGE:
            page = (draft.page + 1) % max(pages(here, scene), 1)
            return show(form, draft.with_(revisiting=here.question.key, page=page), scene)
    return show(form, draft, scene, CANNOT)


CANNOT = Note(_("Please choose one of the buttons, or type its number."), refusal=True)


def send(form: Form, here: Here, scene: Scene) -> Turn:
    """Done with the answers that apply, unless one that is needed lacks."""
    draft = here.draft
    questions = form.relevant(draft.answers, scene)
    if any(not q.optional and not is_settled(q, draft, scene) for q in questions):
        note = Note(_("Almost there: this answer is still needed before sending."))
        return show(form, draft.here(), scene, note)
    answers = {
        q.key: draft.answers[q.key]
        for q in questions
        if q.key in draft.answers and q.kind.fits(draft.answers[q.key], scene)
    }
    return Done(form, draft.here(), answers)


def _back(form: Form, here: Here, scene: Scene) -> Turn:
    """To the question before the open one; from a card to the last one answered."""
    draft = here.draft
    questions = form.relevant(draft.answers, scene)
    if isinstance(here, Pick):
        return show(form, draft.with_(view="card"), scene)
    order = {key: place for place, key in enumerate(draft.trail, 1)}
    settled = [q for q in questions if is_settled(q, draft, scene)]
    settled.sort(key=lambda question: order.get(question.key, 0))
    before = settled
    if isinstance(here, Ask) and here.question in settled:
        before = settled[: settled.index(here.question)]
    if not before:
        return show(form, draft, scene, Note(_("This is the first question.")))
    return show(form, draft.here().with_(revisiting=before[-1].key), scene)


def _edit(form: Form, here: Here, scene: Scene) -> Turn:
    """From a question to the card, from the card to the list of answers to change."""
    view = "card" if isinstance(here, Ask) else "pick"
    turn = show(form, here.draft.with_(view=view), scene)
    if isinstance(turn, Ask):
        return show(form, here.draft, scene, Note(_("There is nothing to change yet.")))
    return turn


def _change(form: Form, here: Here, which: str, scene: Scene) -> Turn:
    """Reopen a question, named by its key or by its place on the card (from 1)."""
    draft = here.draft
    questions = form.relevant(draft.answers, scene)
    given = [question for question in questions if is_settled(question, draft, scene)]
    if which.isdecimal() and len(which) < 4 and 1 <= int(which) <= len(given):
        which = given[int(which) - 1].key
    if which not in [question.key for question in questions]:
        return show(form, draft.with_(view="pick"), scene, CANNOT)
    return show(form, draft.here().with_(revisiting=which), scene)


def skip(form: Form, here: Ask, scene: Scene) -> Turn:
    """Go on without the open question, if that may be."""
    draft, question = here.draft, here.question
    if question.key in draft.answers and is_settled(question, draft, scene):
        return show(form, draft.here(), scene)  # reopened, or photos gathered: the answer stays
    if not question.optional:
        note = Note(_("This one is needed. If you do not know, that is an answer too."))
        return show(form, draft, scene, note)
    skipped = tuple(sorted({*draft.skipped, question.key}))
    settled = draft.here().with_(skipped=skipped, trail=draft.trail_with(question.key))
    return show(form, settled, scene)
