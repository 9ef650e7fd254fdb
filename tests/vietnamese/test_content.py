"""The word lists hold together."""

import ast
import re
import unicodedata
from pathlib import Path

import pytest

from bot.vietnamese.letters import fold
from bot.vietnamese.wordlists import wordlist

ROOM = Path(__file__).parents[2] / "bot" / "vietnamese"
LISTS = sorted(path.stem for path in (ROOM / "content").glob("*.toml"))


def phrases(found):
    """Every string of a word list."""
    if isinstance(found, str):
        yield found
    elif isinstance(found, dict):
        for value in found.values():
            yield from phrases(value)
    elif isinstance(found, list):
        for value in found:
            yield from phrases(value)


@pytest.mark.parametrize("name", LISTS)
def test_a_word_list_is_composed_and_small_lettered(name):
    for phrase in phrases(wordlist(name)):
        assert phrase == unicodedata.normalize("NFC", phrase).casefold().strip()


@pytest.mark.parametrize("name", LISTS)
def test_no_list_says_a_thing_twice(name):
    def check(found):
        if isinstance(found, dict):
            for value in found.values():
                check(value)
        elif isinstance(found, list) and all(isinstance(value, str) for value in found):
            assert sorted(found) == sorted(set(found))

    check(wordlist(name))


def test_every_group_that_is_named_exists_and_is_used():
    lists = wordlist("danger")
    named = {
        name
        for phrase in phrases({key: lists[key] for key in lists if key != "groups"})
        for group in re.findall(r"<([^>]*)>", phrase)
        for name in group.split("!")
    }
    assert named <= set(lists["groups"])
    assert set(lists["groups"]) <= named


def test_what_is_read_only_with_marks_has_some():
    for lists in wordlist("danger").values():
        for phrase in lists.get("exact", ()):
            assert "<" in phrase or not phrase.isascii(), phrase


def test_shorthand_is_written_out_in_words_that_are_not_shorthand():
    lists = wordlist("shorthand")
    short = set(lists["always"])
    for long in [*lists["always"].values(), *(rule["long"] for rule in lists["sometimes"])]:
        assert long == fold(long)
        assert short.isdisjoint(long.split())


def test_vietnamese_words_live_in_the_word_lists():
    for path in ROOM.glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        documented = ast.Module | ast.ClassDef | ast.FunctionDef
        docstrings = {
            ast.get_docstring(node, clean=False)
            for node in ast.walk(tree)
            if isinstance(node, documented)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert (
                    node.value in docstrings
                    or node.value.isascii()
                    or not any(char.isalpha() for char in node.value)
                ), (path.name, node.value)
