"""What Telegram sends -> what we understand; and what is broken is refused, whatever it is."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from aiogram import types
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import Malformed
from bot.channels.telegram.translate import (
    ALLOWED_UPDATES,
    MAX_DOWNLOAD,
    callback_id,
    event_of,
    sender_of,
    translate,
)
from bot.words import Attachment, Incoming
from tests.fake_telegram import _plain

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
DATE = int(AT.timestamp())
LAN = {"id": 7, "is_bot": False, "first_name": "Lan", "language_code": "vi"}
BOT = {"id": 1, "is_bot": True, "first_name": "Bot"}
HERE = {"id": 7, "type": "private", "first_name": "Lan"}
GROUP = {"id": -1001234567890, "type": "supergroup", "title": "Thôn Đoài"}
CHANNEL = {"id": -1009, "type": "channel", "title": "Tin"}


def update(**content: Any) -> dict[str, Any]:
    """An update that aiogram accepts, as JSON."""
    made: dict[str, Any] = _plain(types.Update, {"update_id": 5, **content})
    return made


def message(**content: Any) -> dict[str, Any]:
    return update(
        message={"message_id": 3, "date": DATE, "chat": HERE, "from": LAN, **content},
    )


def in_group(**content: Any) -> dict[str, Any]:
    return message(chat=GROUP, **content)


def edited(**content: Any) -> dict[str, Any]:
    frame = {"message_id": 3, "date": DATE - 60, "edit_date": DATE, "chat": HERE, "from": LAN}
    return update(edited_message={**frame, **content})


def press(**content: Any) -> dict[str, Any]:
    query = {"id": "99", "from": LAN, "chat_instance": "i", "data": "yes"}
    return {**update(callback_query={**query, **content}), "received_at": DATE}


def membership(chat: dict[str, Any], status: str) -> dict[str, Any]:
    until = {"until_date": 0} if status == "kicked" else {}
    return update(
        my_chat_member={
            "chat": chat,
            "from": LAN,
            "date": DATE,
            "old_chat_member": {"status": "left", "user": BOT},
            "new_chat_member": {"status": status, "user": BOT, **until},
        }
    )


def incoming(**fields: Any) -> Incoming:
    frame = {"channel": "telegram", "address": "7", "event_id": "5", "at": AT, "language": "vi"}
    return Incoming(**{**frame, **fields})


def file(size: int = 100, **more: Any) -> dict[str, Any]:
    return {"file_id": "F", "file_unique_id": "u", "file_size": size, **more}


def sized(name: str, side: int, size: int | None) -> dict[str, Any]:
    said = {} if size is None else {"file_size": size}
    return {"file_id": name, "file_unique_id": name, "width": side, "height": side, **said}


SENT_BY_BOT = {"message_id": 2, "date": DATE - 999, "from": BOT, "text": "?"}
PLACE = {"latitude": 21.03, "longitude": 105.85}

UNDERSTOOD: dict[str, tuple[dict[str, Any], Incoming]] = {
    "text": (message(text=" Bé An \nnghỉ học"), incoming(text=" Bé An \nnghỉ học")),
    "no language": (
        message(text="a", **{"from": {**LAN, "language_code": None}}),
        incoming(text="a", language=""),
    ),
    "command": (message(text="/bao bé An"), incoming(text="/bao bé An")),
    "/start": (message(text="/start"), incoming(text="/start")),
    "/start with code": (
        message(text="/start AB-c_1"),
        incoming(text="/start", start="AB-c_1"),
    ),
    "/Start, as phones type it": (message(text="/Start"), incoming(text="/start")),
    "/start@us with code": (
        in_group(text="/start@OurBot XY"),
        incoming(text="/start", start="XY", address="-1001234567890", group=True),
    ),
    "/started is no /start": (message(text="/started x"), incoming(text="/started x")),
    "start in the middle": (message(text="a /start b"), incoming(text="a /start b")),
    "our name in a group": (
        in_group(text="/menu@ourbot thêm"),
        incoming(text="/menu thêm", address="-1001234567890", group=True),
    ),
    "another bot's name in private": (
        message(text="/menu@OtherBot"),
        incoming(text="/menu@OtherBot"),
    ),
    "caption and photo": (
        message(
            caption="Đây ạ",
            photo=[sized("s", 90, 1), sized("l", 1280, 9), sized("m", 320, 5)],
        ),
        incoming(text="Đây ạ", attachments=(Attachment("photo", "l", mime="image/jpeg", size=9),)),
    ),
    "one of an album": (
        message(photo=[sized("s", 90, 1)], media_group_id="13579246801357"),
        incoming(
            attachments=(Attachment("photo", "s", mime="image/jpeg", size=1),),
            album="13579246801357",
        ),
    ),
    "one of an album with no usable name": (
        message(photo=[sized("s", 90, 1)], media_group_id="%" * 65),
        incoming(attachments=(Attachment("photo", "s", mime="image/jpeg", size=1),)),
    ),
    "largest photo that can be fetched": (
        message(
            photo=[
                sized("s", 90, 1),
                sized("m", 320, MAX_DOWNLOAD),
                sized("l", 1280, MAX_DOWNLOAD + 1),
            ]
        ),
        incoming(attachments=(Attachment("photo", "m", mime="image/jpeg", size=MAX_DOWNLOAD),)),
    ),
    "no photo can be fetched": (
        message(photo=[sized("l", 1280, MAX_DOWNLOAD + 9), sized("m", 320, MAX_DOWNLOAD + 1)]),
        incoming(attachments=(Attachment("photo", "m", mime="image/jpeg", size=MAX_DOWNLOAD + 1),)),
    ),
    "photo of unknown size": (
        message(photo=[sized("s", 90, None), sized("l", 1280, None)]),
        incoming(attachments=(Attachment("photo", "l", mime="image/jpeg"),)),
    ),
    "voice": (
        message(voice=file(duration=3)),
        incoming(attachments=(Attachment("voice", "F", mime="audio/ogg", size=100),)),
    ),
    "audio": (
        message(audio=file(duration=3, mime_type="audio/mp4", file_name="a.m4a")),
        incoming(attachments=(Attachment("file", "F", mime="audio/mp4", size=100, name="a.m4a"),)),
    ),
    "video": (
        message(video=file(duration=3, width=1, height=1), caption="xem"),
        incoming(text="xem", attachments=(Attachment("file", "F", mime="video/mp4", size=100),)),
    ),
    "round video": (
        message(video_note=file(duration=3, length=1)),
        incoming(attachments=(Attachment("file", "F", mime="video/mp4", size=100),)),
    ),
    "animation is one file": (
        message(animation=file(duration=3, width=1, height=1), document=file()),
        incoming(attachments=(Attachment("file", "F", mime="video/mp4", size=100),)),
    ),
    "document": (
        message(document=file(mime_type="application/pdf", file_name="đơn.pdf")),
        incoming(
            attachments=(Attachment("file", "F", mime="application/pdf", size=100, name="đơn.pdf"),)
        ),
    ),
    "sticker": (
        message(
            sticker=file(
                type="regular", width=1, height=1, is_animated=False, is_video=False, emoji="🙂"
            )
        ),
        incoming(attachments=(Attachment("other", "F", size=100, name="🙂"),)),
    ),
    "location": (
        message(location=PLACE),
        incoming(attachments=(Attachment("location", latitude=21.03, longitude=105.85),)),
    ),
    "venue": (
        message(venue={"location": PLACE, "title": "Trạm y tế", "address": "x"}, location=PLACE),
        incoming(
            attachments=(
                Attachment("location", name="Trạm y tế", latitude=21.03, longitude=105.85),
            )
        ),
    ),
    "contact": (
        message(contact={"phone_number": "+8490", "first_name": "Lê", "last_name": "Hoa"}),
        incoming(attachments=(Attachment("contact", "+8490", name="Lê Hoa"),)),
    ),
    "a poll is unsupported": (
        message(dice={"emoji": "🎲", "value": 3}),
        incoming(kind="unsupported"),
    ),
    "group": (
        in_group(text="chào"),
        incoming(text="chào", address="-1001234567890", group=True),
    ),
    "edited": (edited(text="mới"), incoming(kind="edited", text="mới")),
    "edited caption": (
        edited(caption="mới", voice=file(duration=1)),
        incoming(
            kind="edited",
            text="mới",
            attachments=(Attachment("voice", "F", mime="audio/ogg", size=100),),
        ),
    ),
    "edited /start starts nothing": (
        edited(text="/start X"),
        incoming(kind="edited", text="/start X"),
    ),
    "press": (
        press(message={**SENT_BY_BOT, "chat": HERE}),
        incoming(kind="press", value="yes"),
    ),
    "press in a group": (
        press(message={**SENT_BY_BOT, "chat": GROUP}),
        incoming(kind="press", value="yes", address="-1001234567890", group=True),
    ),
    "press on an inaccessible message": (
        press(message={"chat": HERE, "message_id": 2, "date": 0}),
        incoming(kind="press", value="yes"),
    ),
    "press without its message": (press(), incoming(kind="press", value="yes")),
    "blocked": (membership(HERE, "kicked"), incoming(kind="blocked")),
    "unblocked": (membership(HERE, "member"), incoming(kind="unblocked")),
    "removed from a group": (
        membership(GROUP, "left"),
        incoming(kind="blocked", address="-1001234567890", group=True),
    ),
    "thrown out of a group": (
        membership(GROUP, "kicked"),
        incoming(kind="blocked", address="-1001234567890", group=True),
    ),
    "the group has moved": (
        message(chat={**GROUP, "id": -55, "type": "group"}, migrate_to_chat_id=-1001234567890),
        incoming(kind="moved", address="-55", group=True, moved_to="-1001234567890", language=""),
    ),
}

NOBODYS: dict[str, dict[str, Any]] = {
    "channel post": update(
        channel_post={"message_id": 1, "date": DATE, "chat": CHANNEL, "text": "tin"}
    ),
    "message of a channel": message(chat=CHANNEL, text="tin"),
    "another bot": message(text="hi", **{"from": BOT}),
    "another bot's command": in_group(text="/menu@OtherBot"),
    "the group's new side": in_group(migrate_from_chat_id=-55),
    "somebody joined": in_group(new_chat_members=[LAN]),
    "a poll in a group": in_group(dice={"emoji": "🎲", "value": 3}),
    "something pinned": message(
        pinned_message={"message_id": 1, "date": DATE, "chat": HERE, "text": "a"}
    ),
    "live location moves": edited(location={**PLACE, "live_period": 60}),
    "a status that people cannot have": membership(HERE, "left"),
    "added to a group": membership(GROUP, "member"),
    "button of a game": press(data=None, game_short_name="g"),
    "press in a channel": press(message={**SENT_BY_BOT, "chat": CHANNEL}),
    "a kind we never asked for": {"update_id": 5, "poll_answer": {"x": 1}},
}


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_it_is_understood(name: str) -> None:
    raw, expected = UNDERSTOOD[name]
    assert translate(raw, "OurBot") == expected
    assert sender_of(raw) == expected.address


@pytest.mark.parametrize("name", NOBODYS)
def test_it_concerns_nobody(name: str) -> None:
    assert translate(NOBODYS[name], "OurBot") is None


def test_until_our_name_is_known_every_command_is_for_us() -> None:
    found = translate(in_group(text="/menu@SomeBot"), None)
    assert found is not None and found.text == "/menu"


def test_every_way_to_be_pressed_can_be_answered() -> None:
    assert callback_id(press()) == "99"
    others: list[object] = [{}, [], None, {"callback_query": 3}, {"callback_query": {"id": 3}}]
    assert [callback_id(other) for other in others] == [None] * 5


BROKEN: dict[str, Any] = {
    "no object": [],
    "no id": {"message": {}},
    "id is text": {"update_id": "5"},
    "id is true": {"update_id": True},
    "id is negative": {"update_id": -1},
    "message is a list": {"update_id": 5, "message": []},
    "no chat": {"update_id": 5, "message": {"date": DATE}},
    "chat id is text": message() | {"message": {"chat": {"id": "7", "type": "private"}}},
    "unknown chat type": {"update_id": 5, "message": {"chat": {"id": 7, "type": "x"}}},
    "text is a number": {**message(), "message": {**message()["message"], "text": 5}},
    "no date": {"update_id": 5, "message": {"chat": HERE, "from": LAN, "text": "a"}},
    "date of another age": {**message(), "message": {**message()["message"], "date": 2**52}},
    "photo without sizes": {**message(), "message": {**message()["message"], "photo": []}},
    "voice without file": {**message(), "message": {**message()["message"], "voice": {}}},
    "location on no globe": {
        **message(),
        "message": {**message()["message"], "location": {"latitude": 91, "longitude": 0}},
    },
    "press without id": {"update_id": 5, "callback_query": {"from": LAN, "data": "a"}},
    "press by nobody": {"update_id": 5, "callback_query": {"id": "1", "data": "a"}},
    "press without chat": {
        "update_id": 5,
        "callback_query": {"id": "1", "from": LAN, "data": "a", "message": {}},
    },
    "membership of nothing": {"update_id": 5, "my_chat_member": {"chat": HERE, "date": DATE}},
}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**400, -90.1, True, "21", None])
def test_a_place_that_is_nowhere_is_refused(value: Any) -> None:
    raw = message(location=PLACE)
    raw["message"]["location"]["latitude"] = value
    with pytest.raises(Malformed):
        translate(raw)


def test_half_a_surrogate_becomes_a_sign_that_can_be_kept() -> None:
    raw = message(text="x")
    raw["message"]["text"] = "a\ud800b 🙂"
    found = translate(raw)
    assert found is not None and found.text == "a\ufffdb 🙂"


@pytest.mark.parametrize("name", BROKEN)
def test_it_is_refused_with_a_short_reason(name: str) -> None:
    with pytest.raises(Malformed) as refused:
        translate(BROKEN[name])
    assert 0 < len(str(refused.value)) < 60
    assert "Lan" not in str(refused.value)


# Everything a person could send, broken in every way JSON can be broken.

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([2**53, -(2**63), 10**400, 0, -1, DATE, 7])
    | st.floats()
    | st.text(st.characters(), max_size=5)
    | st.sampled_from(["\ud800", "/start", "/menu@X", "private", "channel", "kicked", "\0"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "type", "chat", "date", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)
VALID = [raw for raw, _ in UNDERSTOOD.values()] + list(NOBODYS.values())


def places(of: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = of.items() if isinstance(of, dict) else enumerate(of) if isinstance(of, list) else ()
    return [at, *(deeper for key, value in inner for deeper in places(value, (*at, key)))]


@st.composite
def mutations(draw: st.DrawFn) -> Any:
    broken = json.loads(json.dumps(draw(st.sampled_from(VALID))))
    for _ in range(draw(st.integers(1, 3))):
        where = draw(st.sampled_from(places(broken)))
        value = draw(JSON)
        if not where:
            return value
        inside = broken
        for key in where[:-1]:
            inside = inside[key]
        if draw(st.booleans()):
            inside[where[-1]] = value
        else:
            del inside[where[-1]]
    return broken


@given(mutations() | JSON)
def test_nothing_but_malformed_is_ever_raised(raw: Any) -> None:
    address = sender_of(raw)
    assert isinstance(address, str)
    callback_id(raw)
    try:
        found = translate(raw, "OurBot")
    except Malformed as refused:
        assert len(str(refused)) < 60
        return
    if found is not None:
        assert found.address == address != ""
        assert found.at.utcoffset() is not None
        found.text.encode(), found.start.encode(), found.value.encode()


@given(mutations() | JSON)
def test_an_event_can_always_be_kept_or_is_refused(raw: Any) -> None:
    try:
        event = event_of(raw, AT)
    except Malformed:
        return
    assert event.event_id == str(raw["update_id"])
    assert isinstance(event.payload, Mapping)
    json.dumps(event.payload)


def test_a_press_is_noted_with_the_time_it_came() -> None:
    raw = press(message={**SENT_BY_BOT, "chat": HERE})
    del raw["received_at"]
    found = translate(event_of(raw, AT).payload)
    assert found is not None and found.at == AT
    kept_otherwise = translate(raw)
    assert kept_otherwise is not None
    assert kept_otherwise.at == datetime.fromtimestamp(DATE - 999, UTC)


def test_a_press_without_any_time_was_just_now() -> None:
    raw = press(message={"chat": HERE, "message_id": 2, "date": 0})
    del raw["received_at"]
    found = translate(raw)
    assert found is not None and abs((datetime.now(UTC) - found.at).total_seconds()) < 60


def test_other_events_are_kept_as_they_came() -> None:
    raw = message(text="a")
    assert event_of(raw, AT).payload == raw


def test_what_is_nested_too_deeply_is_refused() -> None:
    deep: Any = []
    for _ in range(60):
        deep = [deep]
    with pytest.raises(Malformed):
        event_of({"update_id": 1, "message": deep}, AT)


@pytest.mark.parametrize("value", [2**70, "{[" * 60, [[]] * 60], ids=["huge", "braces", "wide"])
def test_what_is_only_large_or_long_is_not_deep(value: Any) -> None:
    raw = {**message(text="a"), "of_a_later_version": value}
    assert event_of(raw, AT).payload == raw


def test_exactly_what_is_read_is_asked_for() -> None:
    assert set(ALLOWED_UPDATES) <= types.Update.model_fields.keys()
    kinds = {kind for raw in VALID for kind in raw if kind in ALLOWED_UPDATES}
    assert kinds == set(ALLOWED_UPDATES)
