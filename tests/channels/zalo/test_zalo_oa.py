"""The official account's channel against a server with Zalo's limits and quirks."""

import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.channels import Channel, Later, Malformed, NotSent, Refused, Shut
from bot.channels.zalo_oa.channel import ZaloOaChannel
from bot.channels.zalo_oa.seal import Seal
from bot.channels.zalo_oa.translate import GONE
from bot.channels.zalo_oa.webhook import VARIANTS, Signers, WrongSecret, webhook_event
from bot.words import Button, Call, File, Incoming, Link, Say
from tests.fake_zalo_oa import APP, APP_SECRET, DAY, OA, OA_SECRET, FakeZaloOa, buttons, signed

SIGNERS = Signers(APP, OA, APP_SECRET, OA_SECRET)
TED = "2468458835296197922"


class Fixed:
    """Tokens that are good, or given anew when refused."""

    def __init__(self, zalo: FakeZaloOa) -> None:
        self.zalo, self.renewed = zalo, 0

    async def access(self) -> str:
        return "stale" if self.zalo.access_token == "" else self.zalo.access_token

    async def renew(self, refused: str) -> str:
        self.renewed += 1
        self.zalo.access_token = f"token-{self.renewed}"
        return self.zalo.access_token


@pytest.fixture
async def zalo() -> AsyncIterator[FakeZaloOa]:
    async with FakeZaloOa(access_token="token-0") as zalo:
        yield zalo


@pytest.fixture
async def channel(zalo: FakeZaloOa) -> AsyncIterator[ZaloOaChannel]:
    async def load(number: int) -> tuple[bytes, str]:
        return {
            1: (b"\xff\xd8\xffphoto", "image/jpeg"),
            2: (b"%PDF", "application/pdf"),
            3: (b"OggS", "audio/ogg"),
        }[number]

    channel = ZaloOaChannel(
        OA,
        APP_SECRET,
        Fixed(zalo),
        zalo.base,
        load_file=load,
        link_file=lambda file: f"https://x.vn/file/{file.attachment_id}",
        templates={"alarm": "77"},
    )
    yield channel
    await channel.close()


def read(channel: ZaloOaChannel, event: tuple[bytes, dict[str, str]]) -> Incoming | None:
    raw = webhook_event(event[0], event[1]["X-ZEvent-Signature"], SIGNERS)
    if raw is None:
        return None
    incoming = channel.translate(raw.payload)
    assert incoming is None or incoming.event_id == raw.event_id
    return incoming


def heard(channel: ZaloOaChannel, event: tuple[bytes, dict[str, str]]) -> Incoming:
    found = read(channel, event)
    assert found is not None
    return found


# --- what comes in ------------------------------------------------------------------------


def test_words_are_words(zalo: FakeZaloOa, channel: ZaloOaChannel) -> None:
    incoming = heard(channel, zalo.text(TED, "xin chào"))
    assert (incoming.channel, incoming.address, incoming.text) == ("zalo_oa", TED, "xin chào")
    started = heard(channel, zalo.text(TED, "/start ABC"))
    assert (started.text, started.start) == ("/start", "ABC")


def test_what_people_send_becomes_ours(zalo: FakeZaloOa, channel: ZaloOaChannel) -> None:
    [photo] = heard(channel, zalo.media(TED, "image", b"jpg", "đây")).attachments
    assert photo.kind == "photo" and photo.reference.startswith(zalo.base)
    [voice] = heard(channel, zalo.media(TED, "audio", b"aac")).attachments
    assert voice.kind == "voice"
    kinds = {"gif": "photo", "video": "file", "file": "file", "sticker": "other"}
    for sent, kind in kinds.items():
        [item] = heard(channel, zalo.media(TED, sent, b"x")).attachments
        assert item.kind == kind
    [spot] = heard(channel, zalo.location(TED, 21.5, 106.4)).attachments
    assert (spot.latitude, spot.longitude) == (21.5, 106.4)
    info = {"name": "Người Mẫu", "phone": "84900000000"}
    [contact] = heard(channel, zalo.event("user_submit_info", TED, info=info)).attachments
    assert (contact.kind, contact.reference, contact.name) == (
        "contact", "84900000000", "Người Mẫu",
    )  # fmt: skip


def test_who_follows_is_greeted_and_who_leaves_is_let_go(
    zalo: FakeZaloOa, channel: ZaloOaChannel
) -> None:
    assert heard(channel, zalo.follow(TED)).text == "/start"
    assert heard(channel, zalo.follow(TED, "unfollow")).kind == "blocked"


def test_echoes_receipts_and_other_accounts_are_nobodys_words(
    zalo: FakeZaloOa, channel: ZaloOaChannel
) -> None:
    for name in (
        "oa_send_text",
        "oa_send_image",
        "user_received_message",
        "user_seen_message",
        "x",
    ):
        assert read(channel, zalo.event(name, TED, message={"text": "x"})) is None
    event = json.loads(zalo.text(TED, "x")[0])
    assert read(channel, signed({**event, "recipient": {"id": "1"}})) is None


@pytest.mark.parametrize(
    "change",
    [{"sender": "x"}, {"sender": {"id": "a b"}}, {"recipient": None}, {"timestamp": "soon"},
     {"message": {"text": 5, "msg_id": "1"}}, {"message": "x"}, {"message": {"msg_id": "ô"}}],
)  # fmt: skip
def test_what_is_wrong_is_malformed(
    zalo: FakeZaloOa, channel: ZaloOaChannel, change: dict[str, Any]
) -> None:
    event = json.loads(zalo.text(TED, "bí mật")[0]) | change
    with pytest.raises(Malformed) as raised:
        read(channel, signed(event))
    assert "bí mật" not in str(raised.value)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("location", {"latitude": 10**400, "longitude": 1}),
        ("location", {"latitude": "1e999", "longitude": "1"}),
        ("info", {"phone": {"of": "whom"}, "name": "x"}),
        ("info", {"phone": "\ud83d", "name": ["x"]}),
    ],
)
def test_what_no_number_or_text_can_be_is_malformed(
    channel: ZaloOaChannel, name: str, change: dict[str, Any]
) -> None:
    event: dict[str, Any] = {
        "app_id": APP,
        "event_name": "user_submit_info" if name == "info" else "user_send_location",
        "sender": {"id": TED},
        "recipient": {"id": OA},
        "timestamp": "1763600000000",
        "info": change,
    }
    place = {"type": "location", "payload": {"coordinates": change}}
    event["message"] = {"msg_id": "m1", "attachments": [place]}
    with pytest.raises(Malformed):
        channel.translate(event)


def test_a_number_to_call_is_whole_text(channel: ZaloOaChannel) -> None:
    event = {
        "app_id": APP,
        "event_name": "user_submit_info",
        "sender": {"id": TED},
        "recipient": {"id": OA},
        "timestamp": "1763600000000",
        "info": {"phone": "84\ud83d", "name": "Lan"},
    }
    read_as = channel.translate(event)
    assert read_as is not None
    assert read_as.attachments[0].reference.encode()


def test_only_zalo_is_let_in_by_any_of_the_rows_that_are_told_of(zalo: FakeZaloOa) -> None:
    event = json.loads(zalo.text(TED, "x")[0])
    for variant in VARIANTS:
        front = {"app_id": APP, "oa_id": OA}[variant.split("+")[0]]
        secret = {"secret_key": OA_SECRET, "app_secret": APP_SECRET}[variant.split("+")[1]]
        body, headers = signed(event, front, secret)
        given = headers["X-ZEvent-Signature"]
        assert webhook_event(body, given, SIGNERS) is not None
        assert webhook_event(body, given.removeprefix("mac=").upper(), SIGNERS) is not None
        for narrowed in VARIANTS:
            signers = Signers(APP, OA, APP_SECRET, OA_SECRET, narrowed)
            if narrowed == variant:
                assert webhook_event(body, given, signers) is not None
            else:
                with pytest.raises(WrongSecret):
                    webhook_event(body, given, signers)


@pytest.mark.parametrize("given", [None, "", "mac=", "mac=00", "ü", "mac=" + "0" * 64])
@pytest.mark.parametrize("body", [None, b"{", b"[]", b"\xff", b""])
def test_everybody_else_is_not(zalo: FakeZaloOa, given: str | None, body: bytes | None) -> None:
    with pytest.raises(WrongSecret):
        webhook_event(body if body is not None else zalo.text(TED, "x")[0], given, SIGNERS)


def test_a_body_that_was_changed_on_the_way_is_not_let_in(zalo: FakeZaloOa) -> None:
    body, headers = zalo.text(TED, "một")
    with pytest.raises(WrongSecret):
        webhook_event(body.replace(b"2468", b"2469"), headers["X-ZEvent-Signature"], SIGNERS)


# --- buttons ------------------------------------------------------------------------------


async def test_a_button_comes_back_as_a_press(zalo: FakeZaloOa, channel: ZaloOaChannel) -> None:
    zalo.text(TED, "x")
    await channel.send(TED, Say("Chọn", (Button("c.ack.VT", "Đã nhận"), Button("v", "Xem"))))
    incoming = heard(channel, zalo.press(TED, "Đã nhận"))
    assert (incoming.kind, incoming.value, incoming.text) == ("press", "c.ack.VT", "")


def test_a_payload_that_somebody_types_opens_nothing(
    zalo: FakeZaloOa, channel: ZaloOaChannel
) -> None:
    payload = Seal(APP_SECRET).close(TED, "c.ack.VT")
    for made_up in (
        payload.replace("c.ack", "c.close"),
        "#vt..c.ack.VT",
        Seal("other").close(TED, "c.ack.VT"),
        Seal(APP_SECRET).close("somebody-else", "c.ack.VT"),
    ):
        assert heard(channel, zalo.text(TED, made_up)).value == GONE
    assert heard(channel, zalo.text(TED, "#vt xin chào")).text == "#vt xin chào"


async def test_up_to_five_buttons_and_the_rest_by_number_or_word(
    zalo: FakeZaloOa, channel: ZaloOaChannel
) -> None:
    zalo.text(TED, "x")
    answers = tuple(Button(f"v{n}", f"Thôn {n}") for n in range(1, 8))
    ways = (Button("b", "Quay lại", nav=True), Button("h", "Huỷ", nav=True))
    await channel.send(TED, Say("Ở đâu?", (*answers, *ways), language="vi"))
    [message] = zalo.sent(TED)
    assert [button["title"] for button in buttons(message)] == ["Quay lại", "Huỷ"]
    assert message["text"].endswith("7. Thôn 7\n✍ Gõ số 1–7")


async def test_numbers_to_ring_and_links_are_buttons_too(
    zalo: FakeZaloOa, channel: ZaloOaChannel
) -> None:
    zalo.text(TED, "x")
    say = Say(
        "Gọi",
        calls=(Call("111", "111 – Tổng đài"), Call("0900 000 000", "Cán bộ")),
        links=(Link("Xem", "https://x.vn"),),
    )
    await channel.send(TED, say)
    [message] = zalo.sent(TED)
    assert [button["payload"] for button in buttons(message)] == [
        {"phone_code": "111"}, {"phone_code": "84900000000"}, {"url": "https://x.vn"},
    ]  # fmt: skip


async def test_where_zalo_takes_no_buttons_everything_is_numbered(
    zalo: FakeZaloOa, channel: ZaloOaChannel
) -> None:
    zalo.takes_buttons = False
    zalo.text(TED, "x")
    for _ in range(2):
        await channel.send(TED, Say("Chọn", (Button("a", "Có"), Button("b", "Không"))))
    assert all("1. Có\n2. Không" in message["text"] for message in zalo.sent(TED))
    assert len([path for path, _ in zalo.requests if path.endswith("/cs")]) == 3


# --- what goes out ------------------------------------------------------------------------


async def test_photos_and_documents_are_uploaded_and_sounds_are_shown_by_address(
    zalo: FakeZaloOa, channel: ZaloOaChannel
) -> None:
    zalo.text(TED, "x")
    known: Channel = channel
    files = (File(1, "photo"), File(2, "file"), File(3, "voice"), File(9, "photo"))
    assert await known.send(TED, Say("Xem", files=files))
    text, photo, document, sound = zalo.sent(TED)
    assert text == {"text": "Xem"}
    assert photo["attachment"]["payload"]["elements"][0]["attachment_id"] == "up0"
    assert document["attachment"] == {"type": "file", "payload": {"token": "up1"}}
    assert sound["text"] == "https://x.vn/file/3"
    assert json.loads(channel.quota_says)["total"] == "8"


def test_a_photo_is_made_small_enough() -> None:
    import io
    import os

    from PIL import Image

    from bot.channels.zalo_oa.pictures import LARGEST, fitting

    out = io.BytesIO()
    Image.frombytes("RGB", (1600, 1200), os.urandom(1600 * 1200 * 3)).save(out, "JPEG", quality=95)
    assert len(out.getvalue()) > LARGEST >= len(fitting(out.getvalue())) > 0
    with pytest.raises(Refused):
        fitting(b"no photo" * LARGEST)


async def failure(channel: ZaloOaChannel, who: str = TED) -> Any:
    with pytest.raises(NotSent) as raised:
        await channel.send(who, Say("Chào"))
    return raised.value


async def test_the_window_is_respected(zalo: FakeZaloOa, channel: ZaloOaChannel) -> None:
    zalo.text(TED, "x")
    zalo.heard[TED] -= 8 * DAY
    assert isinstance(await failure(channel), Shut)
    at = await channel.heard_at(TED)
    assert at and at.timestamp() == zalo.heard[TED]
    assert await channel.heard_at("stranger") is None


@pytest.mark.parametrize(
    ("code", "kind", "blocked"),
    [(-230, Shut, False), (-232, Shut, False), (-227, Shut, False), (-211, Shut, False),
     (-320, Shut, False), (-213, Refused, True), (-217, Refused, True), (-201, Refused, False),
     (-240, Refused, False), (-32, Later, None), (-234, Later, None), (-224, Later, None),
     (-1, Later, None), (0, Later, None)],
)  # fmt: skip
async def test_what_an_error_means(
    zalo: FakeZaloOa, channel: ZaloOaChannel, code: int, kind: type, blocked: bool | None
) -> None:
    zalo.text(TED, "x")
    zalo.fail("/cs", code, times=2)
    problem = await failure(channel)
    assert type(problem) is kind
    if blocked is not None:
        assert problem.blocked is blocked


async def test_a_token_that_is_refused_is_renewed_once(
    zalo: FakeZaloOa, channel: ZaloOaChannel
) -> None:
    zalo.text(TED, "x")
    zalo.access_token = ""
    await channel.send(TED, Say("Chào"))
    assert len(zalo.sent(TED)) == 1
    zalo.fail("/cs", -216, times=5)
    assert (await failure(channel)).whole_channel
    assert len(zalo._planned) == 3


async def test_no_token_is_in_a_failure_or_a_log(
    zalo: FakeZaloOa, channel: ZaloOaChannel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    class Stubborn(Fixed):
        async def renew(self, refused: str) -> str:
            return "token-of-mine"

    channel._tokens = Stubborn(zalo)
    zalo.access_token = ""
    zalo.text(TED, "x")
    problem = await failure(channel)
    assert "token-of-mine" not in f"{problem!r} {problem.__cause__} {caplog.text}"


async def test_a_template_goes_where_no_message_can(
    zalo: FakeZaloOa, channel: ZaloOaChannel
) -> None:
    say = Say("🔴 KHẨN CẤP · VT-26-ABC123\nThôn Phố Vị " + "x" * 200)
    assert await channel.by_template(TED, say, "alarm") == "t1"
    [sent] = zalo.templates
    assert sent["template_id"] == "77" and sent["template_data"]["code"] == "VT-26-ABC123"
    assert len(sent["template_data"]["summary"]) <= 90
    with pytest.raises(Refused):
        await channel.by_template(TED, say, "push")


async def test_a_person_can_be_asked_for_name_and_number(
    zalo: FakeZaloOa, channel: ZaloOaChannel
) -> None:
    zalo.text(TED, "x")
    await channel.thumbs_up(TED, "96d3")
    zalo.fail("/cs", -230)
    with pytest.raises(Shut):
        await channel.ask_for_details(TED, "Bạn là ai?", "Để cán bộ gọi lại", "https://x.vn/a.png")
