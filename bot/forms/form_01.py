"""Form 01 of Decree 56/2017 (report on receiving information about a child), filled from a report.

Source: domain facts on form 01, parts A.1 to A.3; a field the reporter did not answer stays
empty, as the printed form allows ("only if known").
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# The fields of the printed form, in its order, and the answers of the child report behind each.
# "@…" is known from the case itself: the receiving office, the number, the moment, the channel.
FIELDS: dict[str, tuple[str, ...]] = {
    "receiving_agency": ("@commune",),
    "number": ("@code",),
    "source": ("@channel",),
    "received_at": ("@received_at",),
    "child_name": ("name",),
    "child_age": ("age",),
    "child_sex": ("sex",),
    "place_of_event": ("village", "place", "location"),
    "present_state": ("what", "danger", "schooling", "work", "family_help", "hours_per_day",
                      "days_per_week", "night_work", "child_now"),
    "likely_consequences": ("consequence",),
    "parents_and_family": ("family",),
    "carer": ("carer",),
    "done_before": ("done",),
    "informant": ("@reporter", "phone", "may_call"),
    "evidence": ("photos", "voice"),
}  # fmt: skip


def filled(answers: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """For each field the answers that fill it, by question key; unanswered ones are left out.

    `known` holds what the case knows, under the names after "@".
    """
    return {
        field: {
            source.removeprefix("@"): value
            for source in sources
            if (value := known.get(source[1:]) if source[0] == "@" else answers.get(source))
            is not None
        }
        for field, sources in FIELDS.items()
    }
