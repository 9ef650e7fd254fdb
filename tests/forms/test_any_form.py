"""For any form, whatever a person does and in whatever order, nothing is lost and nobody is stuck.

The real forms and forms drawn by lot go through the same machine. At every step the draft goes
through JSON, as it does between two messages.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.forms import FORMS
from bot.forms.answering import SENTENCE
from bot.forms.engine import step
from bot.forms.model import Draft, Form, Reply, Scene
from bot.forms.turns import CANCEL, Ask, Cancelled, Done, Pick, Review, show
from bot.words import Button, for_policy
from tests.forms import strategies
from tests.forms.people import (
    KEY,
    PLACES,
    TODAY,
    choices_of,
    command_of,
    finishes,
    is_fit,
    kept,
    patient,
    restored,
    seen,
    ways_to_choose,
    without_marks,
)

OLD_KEY = "zyxwvutsrq"


class FillingIn(RuleBasedStateMachine):
    """One person and one form. `real` names a form of the bot; without it any form is drawn."""

    real: str | None = None

    @initialize(data=st.data())
    def begins(self, data: st.DataObject) -> None:
        self.form: Form = FORMS[self.real] if self.real else data.draw(strategies.forms())
        self.scene = Scene(TODAY, "full", PLACES)
        self.turn: Any = show(
            self.form, Draft(self.form.name, KEY, context={"code": "x"}), self.scene
        )
        self.buttons: list[Button] = []  # every one that was ever shown
        self.sent: set[int] = set()  # photos and voice notes that the form gathers
        self.told: list[str] = []  # long texts

    # --- what a person does --------------------------------------------------------------

    def is_open(self) -> bool:
        return isinstance(self.turn, Ask | Review | Pick)

    def does(self, reply: Reply, *, may_change: set[str] | None = None) -> Any:
        """One reply; answers to other questions than `may_change` stay as they are."""
        before = kept(self.turn.draft)
        assert before == self.turn.draft, "a restart changes nothing"
        open_key = self.turn.question.key if isinstance(self.turn, Ask) else ""
        self.turn = step(self.form, before, reply, self.scene)
        after = self.turn.draft.answers
        gathered = {q.key for q in self.form.questions if q.kind.gathers} if reply.media else set()
        allowed = {open_key, *gathered} if may_change is None else may_change
        for key, value in before.answers.items():
            assert key in after, f"the answer to {key} was lost"
            assert key in allowed or after[key] == value, f"the answer to {key} was changed"
        assert set(before.also) <= set(self.turn.draft.also)
        if reply.text and before.answers.get(open_key) != after.get(open_key):
            [replaced] = words_in(replace(before, answers={"": before.answers.get(open_key)}))
            rewritten = str(replaced).removeprefix("/")  # on purpose
            self.told = [text for text in self.told if text != rewritten]
        assert self.turn.draft.context == before.context
        assert self.turn.draft.key == before.key
        return before

    @precondition(is_open)
    @rule(text=strategies.texts())
    def types(self, text: str) -> None:
        before = self.does(Reply(text))
        if len(text) >= SENTENCE and self.form.keeps_more:
            self.told.append(text)
        if text == "quay lại":
            self.went_back_from(before)

    @precondition(is_open)
    @rule(reply=strategies.replies_with_media())
    def sends_media(self, reply: Reply) -> None:
        gathers = {q.kind.gathers for q in self.form.questions}
        before, here = self.turn, self.turn.draft
        self.does(reply)
        if reply.text and self.form.keeps_more:
            self.told.append(reply.text)
        for media in reply.media:
            if media.kind in gathers - {"location"}:
                self.sent.add(media.id)
        assert self.turn.draft != here or self.turn.note.text, "no word about what was sent"
        kinds = {media.kind for media in reply.media} - {"location"}
        applies = self.form.relevant(self.turn.draft.answers, self.scene)  # a place may settle it
        if (
            isinstance(before, Ask)
            and before.question.kind.gathers in kinds
            and before.question in applies
        ):
            assert self.turn.question == before.question, "one more photo may follow"

    @precondition(is_open)
    @rule(data=st.data())
    def chooses_in_some_way(self, data: st.DataObject) -> None:
        """By its button, its number, or its label with or without marks: it is the same."""
        say = seen(self.form, self.turn, self.scene)
        button = data.draw(st.sampled_from(say.buttons))
        before = kept(self.turn.draft)
        here = show(self.form, before, self.scene)
        pressed = step(self.form, before, Reply(value=button.value), self.scene)
        alike = [other for other in say.buttons if other.label == button.label]
        for typed in ways_to_choose(say, button) if len(alike) == 1 else ():
            if a_name_instead(here, typed) or two_places_fit(here, typed, button):
                continue
            same = step(self.form, before, Reply(typed), self.scene)
            assert same == pressed, f"{typed!r} is not [{button.label}]"
        self.does(Reply(value=button.value))
        if command_of(button) == "/back":
            self.went_back_from(before)

    @precondition(is_open)
    @rule(times=st.integers(1, 4))
    def goes_on_patiently(self, times: int) -> None:
        """As one who wants to get to the end, up to the card."""
        for _ in range(times):
            if isinstance(self.turn, Review):
                self.does(Reply("thêm chi tiết"))
            if isinstance(self.turn, Ask):
                replied = patient(self.form, self.turn, self.scene)
                self.does(replied)

    @precondition(is_open)
    @rule()
    def goes_back(self) -> None:
        self.went_back_from(self.does(Reply("lùi lại")))

    @precondition(lambda self: self.is_open() and self.buttons)
    @rule(data=st.data(), other_draft=st.booleans())
    def presses_an_old_button(self, data: st.DataObject, other_draft: bool) -> None:
        button = data.draw(st.sampled_from(self.buttons))
        value = button.value.replace(KEY, OLD_KEY) if other_draft else button.value
        before = self.turn.draft
        self.does(Reply(value=value), may_change={value.split(".")[2]})
        if other_draft:
            assert self.turn.draft == before and self.turn.note.text

    @precondition(is_open)
    @rule(
        key=st.sampled_from([KEY, KEY, "", "x"]),
        where=st.sampled_from(["-", "age", "name", "village", "text", "nothing"]),
        answer=st.sampled_from(["/send", "/change nothing", "/change 3", "/page", "/", "", "x"])
        | st.text(max_size=12),
    )
    def presses_what_was_never_shown(self, key: str, where: str, answer: str) -> None:
        self.does(Reply(value=f"f.{key}.{where}.{answer}"), may_change={where})

    @precondition(is_open)
    @rule(which=st.integers(0, 9))
    def changes_an_answer_by_its_number(self, which: int) -> None:
        self.does(Reply(f"sửa {which}"))

    @precondition(is_open)
    @rule()
    def cancels_and_takes_it_back(self) -> None:
        before = self.turn.draft
        turn = step(self.form, kept(before), Reply("huỷ"), self.scene)
        if isinstance(turn, Cancelled):
            assert restored(turn.draft) == before.here(), "not everything came back"
            self.turn = show(self.form, restored(turn.draft), self.scene)

    @precondition(is_open)
    @rule(policy=st.sampled_from(["full", "code_only"]), places=st.integers(0, len(PLACES)))
    def goes_on_elsewhere(self, policy: Any, places: int) -> None:
        """On another channel, or after the list of villages has changed."""
        self.scene = Scene(TODAY, policy, PLACES[:places])
        self.turn = show(self.form, kept(self.turn.draft), self.scene)

    @precondition(is_open)
    @rule(data=st.data())
    def the_form_is_updated(self, data: st.DataObject) -> None:
        self.form = data.draw(strategies.newer(self.form))
        self.told = [text for text in self.told if len(text) >= SENTENCE]
        self.turn = show(self.form, kept(self.turn.draft), self.scene)

    @precondition(lambda self: not self.is_open())
    @rule()
    def begins_another(self) -> None:
        self.turn = show(self.form, Draft(self.form.name, KEY), self.scene)
        self.sent, self.told = set(), []

    # --- what always holds ---------------------------------------------------------------

    def went_back_from(self, before: Draft) -> None:
        """Exactly one settled question back; from the first one nowhere."""
        here = show(self.form, before, self.scene)
        if isinstance(here, Pick):
            assert isinstance(self.turn, Review)
            return
        trail = {key: place for place, key in enumerate(before.trail, 1)}
        settled = sorted(
            (
                q
                for q in self.form.relevant(before.answers, self.scene)
                if (q.optional and q.key in before.skipped)
                or (q.key in before.answers and q.kind.fits(before.answers[q.key], self.scene))
            ),
            key=lambda q: trail.get(q.key, 0),
        )
        if isinstance(here, Ask) and here.question in settled:
            settled = settled[: settled.index(here.question)]
        assert isinstance(self.turn, Ask if settled or isinstance(here, Ask) else Review)
        if settled:
            assert self.turn.question == settled[-1]
        elif isinstance(here, Ask):
            assert self.turn.question == here.question

    @invariant()
    def only_a_fit_form_is_ever_sent(self) -> None:
        assert not isinstance(self.turn, Done) or is_fit(self.form, self.turn, self.scene)

    @invariant()
    def whatever_was_sent_and_told_is_kept(self) -> None:
        draft = self.turn.draft
        lists = [value for value in draft.answers.values() if isinstance(value, list)]
        assert self.sent <= {number for value in lists for number in value}
        said = [*draft.also, *map(str, words_in(draft))]
        for text in self.told:
            assert text in said or f"/{text}" in said or not self.form.keeps_more, "words were lost"

    @invariant()
    def what_is_shown_is_whole(self) -> None:
        if not self.is_open():
            return
        say = seen(self.form, self.turn, self.scene)
        self.buttons += [button for button in say.buttons if button not in self.buttons]
        labels = [button.label for button in choices_of(say)]
        assert len(set(labels)) == len(labels), "two choices look the same"
        assert all(button.label.strip() for button in say.buttons)
        assert len({button.value for button in say.buttons}) == len(say.buttons)
        assert all(len(button.value.encode()) <= 64 for button in say.buttons)
        public = say.for_policy("code_only")
        ours = re.sub("«[^»]*»", "", public.text)  # what was typed is said again between these
        assert ours.strip() and "{" not in ours + "".join(b.label for b in public.buttons)
        assert for_policy(public.text, "full") == public.text

    @invariant()
    def a_patient_person_always_gets_to_the_end(self) -> None:
        turn = self.turn
        if isinstance(turn, Cancelled):
            turn = show(self.form, restored(turn.draft), self.scene)
        if isinstance(turn, Ask | Review | Pick):
            done = finishes(self.form, turn, self.scene)
            assert done and is_fit(self.form, done, self.scene)
            for key, value in turn.draft.answers.items():
                assert key in done.draft.answers or value is None

    @invariant()
    def cancel_always_works(self) -> None:
        if self.is_open():
            cancel = [
                b for b in seen(self.form, self.turn, self.scene).buttons if command_of(b) == CANCEL
            ]
            turn = step(self.form, self.turn.draft, Reply(value=cancel[0].value), self.scene)
            assert isinstance(turn, Cancelled) and turn.draft.cancelled
            assert restored(turn.draft) == self.turn.draft.here()


def words_in(draft: Draft) -> list[Any]:
    """The free words among the answers."""
    values = list(draft.answers.values())
    return [value.get("typed") if isinstance(value, dict) else value for value in values]


def a_name_instead(here: Any, typed: str) -> bool:
    """Where a name is asked for, "huy" is one: only there the mark of "huỷ" is needed."""
    return isinstance(here, Ask) and here.question.personal and typed.lower() == "huy"


ASKS_A_PLACE = ("place", "places")


def two_places_fit(here: Any, typed: str, button: Button) -> bool:
    """A village typed without its marks may be two: then it is asked which, nothing is guessed."""
    place = isinstance(here, Ask) and here.question.kind.show in ASKS_A_PLACE and not button.nav
    return place and typed == without_marks(button.label)


def run(real: str | None, examples: float, steps: int) -> None:
    machine = type("Filling", (FillingIn,), {"real": real})
    profile = settings.default.max_examples
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=max(int(profile * examples), 5),
            stateful_step_count=steps,
            report_multiple_bugs=False,
            # Shrinking takes minutes for a long form; the forms drawn by lot fail shorter.
            phases=[Phase.generate] if real else [Phase.reuse, Phase.generate, Phase.shrink],
        ),
    )


def test_any_form_can_be_filled_in_by_anybody() -> None:
    run(None, 1.0, 25)


@pytest.mark.parametrize("name", FORMS)
def test_a_real_form_can_be_filled_in_by_anybody(name: str) -> None:
    run(name, 1.0 if len(FORMS[name].questions) > 1 else 0.2, 25)
