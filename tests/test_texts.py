"""What people read stands in bot/locales, whole and in both languages; code speaks English."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent
CODE = sorted(path for folder in ("bot", "storage") for path in (ROOT / folder).rglob("*.py"))
TALKING = [path for path in CODE if path.parent.name in ("desk", "handlers", "forms")]
KEYWORDS = {"_": None, "__": None, "later": None, "Unclear": None, "n": (1, 2), "ngettext": (1, 2)}
VIETNAMESE = re.compile(
    "[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE
)
HOLE = re.compile(r"{.*?}")
SAME_IN_BOTH = {"English", "Menu"}  # the only texts that need no translation

Id = str | tuple[str, ...]


@cache
def used() -> dict[Id, str]:
    """Every text of the code, as `make texts` finds it, and where."""
    found: dict[Id, str] = {}
    for file, line, message, *_ in extract_from_dir(str(ROOT / "bot"), keywords=KEYWORDS):
        found[message if isinstance(message, str) else tuple(message)] = f"{file}:{line}"
    return found


@cache
def catalogue(language: str) -> Catalog:
    path = ROOT / "bot" / "locales" / language / "LC_MESSAGES" / "bot.po"
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


def messages(language: str) -> dict[Id, Message]:
    return {message.id: message for message in catalogue(language) if message.id}


def strings(message: Message) -> list[str]:
    """What a message says: one text, or one for each plural form."""
    return list(message.string) if isinstance(message.string, tuple) else [message.string]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_text_is_said_in_both_languages(language: str) -> None:
    said = {key for key, message in messages(language).items() if all(strings(message))}
    missing = {key: where for key, where in used().items() if key not in said}
    assert missing == {}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_nothing_is_left_over_or_waits_to_be_looked_at(language: str) -> None:
    assert set(messages(language)) - set(used()) == set()
    assert [key for key, message in messages(language).items() if message.fuzzy] == []
    assert list(catalogue(language).obsolete) == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_translation_keeps_its_placeholders_and_its_edges(language: str) -> None:
    wrong = []
    for key, message in messages(language).items():
        ids = [key] if isinstance(key, str) else list(key)
        for text in filter(None, strings(message)):
            same_holes = sorted(HOLE.findall(text)) == sorted(HOLE.findall(ids[-1]))
            same_edges = [text[0].isspace(), text[-1].isspace()] == [
                ids[-1][0].isspace(),
                ids[-1][-1].isspace(),
            ]
            if not (same_holes and same_edges):
                wrong.append(text)
    assert wrong == []


def test_vietnamese_is_not_english() -> None:
    same = {key for key, message in messages("vi").items() if message.string == key}
    assert same - SAME_IN_BOTH == set()


def test_the_code_speaks_english() -> None:
    assert [key for key in used() if VIETNAMESE.search(" ".join(key))] == []
    found = {
        f"{path.relative_to(ROOT)}: {text}"
        for path in CODE
        for text in literals(path)
        if VIETNAMESE.search(text)
    }
    assert found == set()


def literals(path: Path) -> Iterator[str]:
    """The string literals of a file without its docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, kinds) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in docstrings:
            yield node.value


MARKING = {"_", "__", "later", "Unclear", "n"}


def name_of(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


@pytest.mark.parametrize("path", TALKING, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_make_texts_finds_every_sentence(path: Path) -> None:
    """Also those inside an f-string, which pybabel does not look into on every Python."""
    known = {part for key in used() for part in ([key] if isinstance(key, str) else key)}
    hidden = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and name_of(node) in MARKING:
            for argument in node.args[: 2 if name_of(node) == "n" else 1]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    hidden += [argument.value] if argument.value not in known else []
    assert hidden == []


@pytest.mark.parametrize("path", TALKING, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_nothing_is_said_past_the_catalogues(path: Path) -> None:
    """A message, a label, a line of text is never a literal: it goes through `_` first."""
    bare = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        place = {"Say": 0, "Button": 1, "Link": 0, "Call": 1, "main_menu": 1, "say_note": 0}
        where = place.get(name_of(node))
        if where is not None and len(node.args) > where:
            bare += [text for text in bare_words(node.args[where]) if re.search(r"[^\W\d_]", text)]
    assert bare == []


def bare_words(node: ast.expr) -> list[str]:
    """The literal parts of a text that no call has translated."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.JoinedStr):
        return [text for part in node.values for text in bare_words(part)]
    return []
