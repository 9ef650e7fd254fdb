"""Whom an alarm was for, as the outbox knows it."""

from datetime import UTC, datetime

from storage import outbox, people, reaching

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


async def test_whom_the_alarms_of_one_case_were_for(database):
    def work(connection):
        who = {}
        for name in ("first", "again", "other", "suspended"):
            who[name], link = people.welcome(connection, "web", name, "vi", NOW)
            codes = {"other": ["VT-26-AAAAAB"]}.get(name, ["VT-26-AAAAAA"])
            steps = ("261121:0", "261121:1") if name == "again" else ("261121:0",)
            row = {"link_id": link, "channel": "web", "kind": "alarm", "priority": 1}
            outbox.put(
                connection,
                [
                    {
                        **row,
                        "payload": {"text": "x"},
                        "created_at": NOW,
                        "once": f"{reaching.alarm_keys(code)}{step}:{link}",
                    }
                    for code in codes
                    for step in steps
                ],
            )
            told = {"once": f"case:{codes[0]}:alarming:{link}", "kind": "push", "priority": 8}
            outbox.put(connection, [{**row, **told, "payload": {"text": "x"}, "created_at": NOW}])
        people.change(connection, who["suspended"], suspended_at=NOW)
        found = reaching.alarmed(connection, reaching.alarm_keys("VT-26-AAAAAA"))
        return found == [who["first"], who["again"]]

    assert await database.write(work)
