"""Every table there is: importing this makes SQLModel.metadata whole."""

from storage.records import (  # noqa: F401  the tables register themselves
    areas,
    audit,
    broadcasts,
    calendar,
    cases,
    channels,
    counts,
    duties,
    outreach,
    people,
    questions,
    queues,
    talks,
    web,
)
