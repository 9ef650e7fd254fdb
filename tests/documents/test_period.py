"""Half-years and years, by their labels and the day on which it is asked."""

from datetime import date

import pytest

from bot.documents.period import period_of

NOVEMBER = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("label", "start", "until", "due", "incomplete"),
    [
        ("2026H1", date(2026, 1, 1), date(2026, 6, 30), date(2026, 5, 31), False),
        ("2026h2", date(2026, 7, 1), NOVEMBER, date(2026, 11, 30), True),
        (" 2026 ", date(2026, 1, 1), NOVEMBER, date(2026, 11, 30), True),
        ("2026-H1", date(2026, 1, 1), date(2026, 6, 30), date(2026, 5, 31), False),
        ("2025", date(2025, 1, 1), date(2025, 12, 31), date(2025, 11, 30), False),
    ],
)
def test_a_label_is_a_period(label, start, until, due, incomplete):
    found = period_of(label, NOVEMBER)
    assert (found.start, found.until, found.due) == (start, until, due)
    assert found.incomplete == incomplete


def test_a_year_that_the_calendar_does_not_know_has_no_date():
    assert period_of("2001", NOVEMBER).due is None


@pytest.mark.parametrize(
    "label", ["", "2026H3", "1999", "2026Q1", "H1", "2026H1x", "20٢6", "x" * 9999]
)
def test_what_is_no_period(label):
    with pytest.raises(ValueError, match="2026H1, 2026H2 or 2026"):
        period_of(label, NOVEMBER)


@pytest.mark.parametrize("label", ["2027", "2027H1", "2099H2"])
def test_what_has_not_begun(label):
    with pytest.raises(ValueError, match="begins on"):
        period_of(label, NOVEMBER)
    assert period_of("2026H2", date(2026, 7, 1)).until == date(2026, 7, 1)
