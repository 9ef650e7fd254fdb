"""The word lists of the reading room hold together."""

import re
import tomllib
import unicodedata
from pathlib import Path

import pytest

ROOM = Path(__file__).parents[2] / "bot" / "reading"
FILES = sorted((ROOM / "content").glob("*.toml"))
LISTS = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in FILES}
CODE = " ".join(path.read_text("utf-8") for path in ROOM.glob("*.py"))
PLACE_ONLY = "_at"


def phrase_lists(found):
    """Every list of phrases in a content file."""
    if isinstance(found, dict):
        for value in found.values():
            yield from phrase_lists(value)
    elif isinstance(found, list):
        yield found


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_composed_small_lettered_and_says_nothing_twice(name):
    for phrases in phrase_lists(LISTS[name]):
        assert sorted(phrases) == sorted(set(phrases))
        for phrase in phrases:
            assert phrase == " ".join(unicodedata.normalize("NFC", phrase).casefold().split())


@pytest.mark.parametrize("name", LISTS)
def test_every_group_exists_and_is_used(name):
    lists = LISTS[name]
    named = {
        group
        for phrases in phrase_lists({key: lists[key] for key in lists if key != "data"})
        for phrase in phrases
        for group in re.findall(r"<([^>]*)>", phrase)
    }
    assert named == set(lists.get("groups", {}))


def test_every_list_is_asked_for():
    spoken = {
        f"{name}.{section}"
        for name, lists in LISTS.items()
        for section in lists
        if section not in ("groups", "data")
    }
    kinds = {label for label in spoken if label.startswith("work.") and is_kind(label)}
    unasked = [
        label
        for label in spoken - kinds
        if f'"{label}"' not in CODE and f'"{label.partition(".")[2]}"' not in CODE
    ]
    assert [label for label in unasked if not label.endswith("_alone")] == []


def is_kind(label):
    from bot.reading.work import KINDS

    return label.removeprefix("work.").removesuffix(PLACE_ONLY) in KINDS


def test_every_kind_of_work_has_words():
    from bot.forms.child_report import WORK
    from bot.reading.work import KINDS

    assert KINDS - set(LISTS["work"]) == set()
    assert KINDS - {"other"} == set(WORK)
