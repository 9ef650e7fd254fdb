"""The page on plan files names every field, and its example is a plan."""

import re
from pathlib import Path

import pytest

from bot.plans.fields import SECTIONS
from bot.plans.reading import read
from bot.plans.vocabulary import words

PAGE = (Path(__file__).parents[2] / "docs" / "plan-files.md").read_text("utf-8")


def row_of(section: str) -> str:
    if section == "target":
        return PAGE[PAGE.index("### Targets") :]
    [row] = re.findall(rf"^\| `\[+{section}\]+` \|.*$", PAGE, flags=re.MULTILINE)
    return row


@pytest.mark.parametrize("section", SECTIONS)
def test_every_field_is_explained_and_marked_where_it_must_be_there(section):
    row = row_of(section)
    for key, field in SECTIONS[section].fields.items():
        assert f"`{key}`" in row, key
        assert (rf"`{key}`\*" in row) == field.needed, key


def test_the_example_is_a_plan():
    [example] = re.findall(r"```toml\n(.*?)```", PAGE, flags=re.DOTALL)
    assert read(example).targets


@pytest.mark.parametrize("kind", ["indicator", "unit", "role", "purpose", "report_kind"])
def test_short_lists_of_words_are_whole(kind):
    assert [word for word in words(kind) if word not in PAGE] == []
