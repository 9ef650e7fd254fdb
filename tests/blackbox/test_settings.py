"""Settings: each wrong one stops the start with one line that names it; all are written down."""

import base64
import re
import socket
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
import pytest_asyncio

from bot.settings import Settings
from tests.blackbox.outside import Browser, Home, Serving, vongtay

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROOT = Path(__file__).parents[2]
OTHER_KEY = "1:" + base64.b64encode(b"another key of thirty-two bytes!").decode()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(tmp_path_factory):
    """A commune where somebody has written."""
    home = await Home(tmp_path_factory.mktemp("settings")).founded()
    async with Serving(home) as server:
        await (await Browser.opened(server.url)).says("/start")
    return home


WRONG = [
    ("PORT", "abc"),
    ("PORT", "-1"),
    ("PORT", "65536"),
    ("HOST", "no.such.host.invalid"),
    ("HOST", "203.0.113.7"),
    ("TIMEZONE", "Asia/Saigon_or_so"),
    ("TIMEZONE", "../../etc/passwd"),
    ("PUBLIC_URL", "bot.example.vn"),
    ("PUBLIC_URL", "ftp://bot.example.vn"),
    ("PUBLIC_URL", "https://"),
    ("PUBLIC_URL", "https://bot example.vn"),
    ("PUBLIC_URL", "https://bot.example.vn\n"),
    ("PUBLIC_URL", "https://bot.example.vn/?xa=1"),
    ("PUBLIC_URL", "https://lan:geheim@bot.example.vn"),
    ("PUBLIC_URL", "http://[::1"),
    ("PUBLIC_URL", "https://bot.example.vn:port"),
    ("TELEGRAM_TOKEN", "letters"),
    ("TELEGRAM_TOKEN", "123:"),
    ("TELEGRAM_TOKEN", "123:with space"),
    ("TELEGRAM_TOKEN", "١٢٣:abc"),
    ("TELEGRAM_MODE", "pulling"),
    ("TELEGRAM_API_BASE", "api.telegram.org"),
    ("TELEGRAM_PROXY", "10.0.0.1:1080"),
    ("TELEGRAM_PROXY", "socks9://10.0.0.1:1080"),
    ("TELEGRAM_WEBHOOK_SECRET", "two words"),
    ("TELEGRAM_WEBHOOK_SECRET", "bí-mật"),
    ("TELEGRAM_WEBHOOK_SECRET", "x" * 257),
    ("TELEGRAM_PERSONAL_DATA", "none"),
    ("WEB_PERSONAL_DATA", "yes"),
    ("ZALO_BOT_TOKEN", "../getMe"),
    ("ZALO_BOT_TOKEN", "abc"),
    ("ZALO_BOT_TOKEN", "123:"),
    ("ZALO_BOT_TOKEN", "mã-của-tôi"),
    ("ZALO_BOT_TOKEN", "123:with space"),
    ("ZALO_BOT_MODE", "pulling"),
    ("ZALO_BOT_API_BASE", "bot-api.zaloplatforms.com"),
    ("ZALO_BOT_SECRET", "short"),
    ("ZALO_BOT_SECRET", "x" * 257),
    ("ZALO_BOT_SECRET", "bí-mật-mật"),
    ("ZALO_BOT_MONTHLY", "0"),
    ("ZALO_BOT_PERSONAL_DATA", "none"),
    ("ZALO_OA_ID", "my-account"),
    ("ZALO_OA_APP_SECRET", "two words"),
    ("ZALO_OA_API_BASE", "openapi.zalo.me"),
    ("ZALO_OA_OAUTH_BASE", "ftp://oauth"),
    ("ZALO_OA_SIGNATURE", "none"),
    ("ZALO_OA_TEMPLATE_ALARM", "a b"),
    ("WEB_CHAT", "maybe"),
    ("WEB_CHAT", "off"),  # and no other channel
    ("DATABASE_URL", "mysql://localhost/x"),
    ("DATABASE_URL", "sqlite"),
    ("DATABASE_URL", "sqlite://"),
    ("DATABASE_URL", "sqlite:///:memory:"),
    ("DATABASE_URL", "sqlite:////proc/nowhere/x.db"),
    ("DATABASE_URL", "postgresql://localhost/x"),
    ("DATABASE_URL", "postgresql+asyncpg:"),
    ("DATABASE_URL", "postgresql+asyncpg://u:geheim@127.0.0.1:port/x"),
    ("DATABASE_URL", "postgresql+asyncpg://u:geheim@127.0.0.1:9/x"),
    ("DATABASE_URL", "postgresql+asyncpg://u:geheim@127.0.0.1:9/x?sslmoed=on"),
    ("DATA_DIR", "/proc/nowhere"),
    ("DATA_DIR", "/etc/passwd"),
    ("MASTER_KEY", "short"),
    ("MASTER_KEY", "1:QUFB"),
    ("MASTER_KEY", "0:" + OTHER_KEY[2:]),
    ("MASTER_KEY", f"{OTHER_KEY},{OTHER_KEY}"),
    ("MASTER_KEY", OTHER_KEY),  # of another installation
    ("MASTER_KEY_FILE", "/etc"),
    ("MASTER_KEY_FILE", "/etc/hostname"),
    ("MASTER_KEY_FILE", "/dev/zero"),
    ("MASTER_KEY_FILE", sys.executable),  # no text at all
    ("MASTER_KEY_FILE", "nowhere.key"),  # where there is a database already
    ("ANSWER_HOURS", "0"),
    ("ANSWER_HOURS", "1e300"),
    ("ANSWER_HOURS", "nan"),
    ("ESCALATE_MINUTES", "inf"),
    ("ESCALATE_MINUTES", "soon"),
    ("PUSHES_PER_HOUR", "0"),
    ("PUSHES_PER_HOUR", "2.5"),
]


async def test_a_wrong_setting_stops_the_start_with_a_line_that_names_it(home):
    for name, value in WRONG:
        ran = await vongtay("serve", home=home, seconds=20, **{name: value})
        assert ran.status == 1, (name, value, ran)
        assert f"VONGTAY_{name}" in ran.complaint, (name, value, ran)
        assert "geheim" not in ran.complaint


PLAIN = {
    ("PORT", "eighty"): "must be a whole number from 0 to 65535",
    ("PORT", "70000"): "must be a whole number from 0 to 65535",
    ("PUSHES_PER_HOUR", "2.5"): "must be a whole number from 1 to 1000",
    ("ANSWER_HOURS", "soon"): "must be a number over 0, up to 1440",
    ("ANSWER_HOURS", "nan"): "must be a number over 0, up to 1440",
    ("TELEGRAM_MODE", "pulling"): "must be polling or webhook",
    ("WEB_CHAT", "maybe"): "must be on or off",
}


async def test_what_a_setting_must_be_is_said_in_plain_words(home):
    for (name, value), wanted in PLAIN.items():
        ran = await vongtay("area", "list", home=home, **{name: value})
        assert ran.status == 1 and ran.complaint == f"vongtay: VONGTAY_{name}: {wanted}", ran


async def test_another_server_of_the_bot_platform_may_have_another_kind_of_token(home):
    settings = {"ZALO_BOT_TOKEN": "abc", "ZALO_BOT_API_BASE": "http://127.0.0.1:9"}
    assert (await vongtay("area", "list", home=home, **settings)).status == 0


TOGETHER = [
    ({"TELEGRAM_TOKEN": "1:a", "TELEGRAM_MODE": "webhook"}, "PUBLIC_URL"),
    (
        {"TELEGRAM_TOKEN": "1:a", "TELEGRAM_MODE": "webhook", "PUBLIC_URL": "https://bot.vn"},
        "TELEGRAM_WEBHOOK_SECRET",
    ),
    ({"ZALO_BOT_TOKEN": "1:a", "ZALO_BOT_MODE": "webhook"}, "PUBLIC_URL"),
    (
        {"ZALO_BOT_TOKEN": "1:a", "ZALO_BOT_MODE": "webhook", "PUBLIC_URL": "https://bot.vn"},
        "ZALO_BOT_SECRET",
    ),
    ({"ZALO_BOT_SECRET": "a-secret-word"}, "ZALO_BOT_TOKEN"),
    ({"ZALO_BOT_MODE": "webhook"}, "ZALO_BOT_TOKEN"),
    ({"TELEGRAM_MODE": "webhook"}, "TELEGRAM_TOKEN"),
    ({"TELEGRAM_WEBHOOK_SECRET": "a-secret"}, "TELEGRAM_TOKEN"),
    ({"ZALO_OA_ID": "1", "ZALO_OA_APP_ID": "2"}, "ZALO_OA_APP_SECRET"),
    ({"ZALO_OA_REFRESH_TOKEN": "x"}, "ZALO_OA_ID"),
    (
        {
            "ZALO_OA_ID": "1",
            "ZALO_OA_APP_ID": "2",
            "ZALO_OA_APP_SECRET": "s",
            "ZALO_OA_REFRESH_TOKEN": "x",
        },
        "ZALO_OA_SECRET_KEY",
    ),
]


async def test_a_missing_setting_stops_the_start_with_a_line_that_names_it(home):
    for settings, missing in TOGETHER:
        ran = await vongtay("serve", home=home, **settings)
        assert ran.status == 1 and f"VONGTAY_{missing}" in ran.complaint


async def test_a_port_that_is_taken_is_named(home):
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ran = await vongtay("serve", home=home, PORT=taken.getsockname()[1])
    assert ran.status == 1 and "VONGTAY_PORT" in ran.complaint


async def test_a_postgresql_that_refuses_is_named(home, postgres):
    url = postgres.url("there_is_no_such_database")
    ran = await vongtay("area", "list", home=home, DATABASE_URL=url)
    assert ran.status == 1
    assert "VONGTAY_DATABASE_URL" in ran.complaint and "no_such_database" in ran.complaint


async def test_commands_work_on_postgresql(home, postgres):
    with postgres.database("template1") as url:
        other = Home(home.path / "postgres", DATABASE_URL=url)
        await other.founded()
        assert len((await vongtay("area", "list", "--json", home=other)).json) == 8
        made = await other.invited("officer")
        async with Serving(other) as server:
            lan = await Browser.opened(server.url)
            answer = (await lan.says("/start " + made["code"]))[0]
            assert "Hồ sơ" in str(answer)
        refused = await vongtay("member", "list", home=other, MASTER_KEY=OTHER_KEY)
        assert refused.status == 1 and "VONGTAY_MASTER_KEY" in refused.complaint


async def test_a_database_of_a_newer_program_is_left_alone(home):
    newer = Home(home.path / "newer")
    await newer.founded()
    with closing(sqlite3.connect(newer.data / "vongtay.sqlite3")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    ran = await vongtay("area", "list", home=newer)
    assert ran.status == 1 and "newer" in ran.complaint


async def test_a_file_that_is_no_database_is_left_alone(home):
    file = home.path / "photo.jpg"
    file.write_bytes(b"\xff\xd8\xff" * 5000)
    ran = await vongtay("area", "list", home=home, DATABASE_URL=f"sqlite:///{file}")
    assert ran.status == 1 and "VONGTAY_DATABASE_URL" in ran.complaint
    assert file.read_bytes() == b"\xff\xd8\xff" * 5000


async def test_the_master_key_is_made_once_for_its_owner_alone_and_the_operator_told(tmp_path):
    home = Home(tmp_path)
    first = await vongtay("area", "list", home=home)
    assert first.status == 0 and str(home.data / "master.key") in first.err and "copy" in first.err
    assert (home.data / "master.key").stat().st_mode & 0o777 == 0o600
    assert (await vongtay("area", "list", home=home)).err == ""


async def test_settings_are_read_from_a_file_and_the_environment_comes_first(home, monkeypatch):
    file = home.path / ".env"
    monkeypatch.setenv("HOME", str(home.path))
    file.write_text("# Tiếng Việt\nVONGTAY_TIMEZONE=Nowhere\nVONGTAY_ZALO_BOT_TOKEN=\n", "utf-8")
    try:
        ran = await vongtay("area", "list", home=home)
        assert ran.status == 1 and "VONGTAY_TIMEZONE" in ran.complaint
        assert (await vongtay("area", "list", home=home, TIMEZONE="UTC")).status == 0
        for line, why in {
            'VONGTAY_TELEGRAM_TOKEN="123:geheim': "line 2: cannot be read",
            "no setting at all !": "line 2: cannot be read",
            "VONGTAY_TELEGRAM_TOKEN": "line 2: VONGTAY_TELEGRAM_TOKEN has no =",
        }.items():
            file.write_text(f"# a line\n{line}\nVONGTAY_PORT=8080\n", "utf-8")
            ran = await vongtay("area", "list", home=home)
            assert ran.status == 1 and f".env: {why}" in ran.complaint, ran
            assert "geheim" not in ran.complaint
        file.write_text("export VONGTAY_DATA_DIR=~/kept\nOTHER\n", "utf-8")
        away = {name: None for name in ("DATA_DIR", "PORT", "HOST")}
        ran = await vongtay("area", "list", home=home, **away)
        assert ran.status == 0 and f"{home.path / 'kept'}" in ran.err, ran
        file.write_bytes("VONGTAY_TIMEZONE=Việt".encode("utf-16"))
        ran = await vongtay("area", "list", home=home)
        assert ran.status == 1 and ".env" in ran.complaint
    finally:
        file.unlink()


async def test_the_example_file_names_every_setting_and_changes_nothing(home, tmp_path):
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    named = re.findall(r"^#?VONGTAY_(\w+)=", text, re.MULTILINE)
    assert sorted(named) == sorted(name.upper() for name in Settings.model_fields)
    for before, line in zip(text.splitlines(), text.splitlines()[1:], strict=False):
        if "VONGTAY_" in line.partition("=")[0]:
            assert before.startswith("# ") and len(before) > 12, line  # what it is for
    shown = dict(re.findall(r"^#?VONGTAY_(\w+)=(.*)$", text, re.MULTILINE))
    for name, field in Settings.model_fields.items():
        if shown[name.upper()] and not isinstance(field.default, Path) and field.default != "":
            assert shown[name.upper()] == str(field.default), name  # what holds without it
    bare = Home(tmp_path / "bare")
    (bare.path / ".env").write_text(text.replace("#VONGTAY_", "VONGTAY_"), encoding="utf-8")
    bare.settings = {"DATA_DIR": bare.data, "PORT": bare.settings["PORT"]}
    ran = await vongtay("area", "list", home=bare)
    assert ran.status == 0, ran
