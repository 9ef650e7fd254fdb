"""The program as others meet it: started as a process, called by HTTP, written to by people.

    ran = await vongtay("area", "list", "--json", home=home)      # a command, to its end
    async with Serving(home) as server: ...                       # `vongtay serve`, on a free port
    browser = await Browser.opened(server.url)                    # somebody with the web chat open
    lan = Phone(telegram, 7); await lan.says("/start")            # somebody on Telegram

Nothing of the program is imported here. Commands run in forks of one process that has imported
it (see forked.py); servers, and what is asked of `really`, are started as an operator starts them.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import secrets
import signal
import socket
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import aiohttp

from tests.blackbox import forked

PROGRAM = Path(sys.executable).parent / "vongtay"
CODE = re.compile(r"VT-\d\d-[0-9A-HJKMNP-TV-Z]{6}")

AREAS = """\
code,name,kind,parent,valid_from,valid_to,succeeds
TT,Tỉnh Thử,province,,,,
TT-VL,Xã Vân Lĩnh,commune,TT,2025-07-01,,TT-OLD
TT-OLD,Xã Vân Nhạn cũ,commune,TT,,2025-06-30,
TT-VL-1,Thôn Phố Vị,village,TT-VL,,,
TT-VL-2,Thôn Đồng Thuỷ,village,TT-VL,2026-06-01,,TT-VL-8;TT-VL-9
TT-VL-3,Tổ dân phố 3,residential_group,TT-VL,,,
TT-VL-8,Thôn Ao Kham,village,TT-OLD,,2026-05-31,
TT-VL-9,Thôn Làng Cũ,village,TT-OLD,,2026-05-31,
"""


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Ran:
    """A command that has come to its end."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.status == 0, self
        return json.loads(self.out)

    @property
    def complaint(self) -> str:
        """The one line on stderr of a command that failed."""
        lines = self.err.splitlines()
        assert len(lines) == 1 and "Traceback" not in self.err, self.err
        assert self.out == "", self.out
        return lines[0]


class Home:
    """One installation: a data directory and settings."""

    def __init__(self, path: Path, **settings: object) -> None:
        self.path, self.data = path, path / "data"
        path.mkdir(parents=True, exist_ok=True)
        self.settings: dict[str, object] = {"DATA_DIR": self.data, "PORT": free_port()}
        self.settings |= {"HOST": "127.0.0.1", **settings}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.settings['PORT']}"

    def environment(self, **more: object) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("VONGTAY_", "COV"))}
        settings = {**self.settings, **more}
        named = {f"VONGTAY_{k}": str(v) for k, v in settings.items() if v is not None}
        return {**kept, **named, "NO_COLOR": "1", "COLUMNS": "100"}

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the database file holds, read beside whoever is writing."""
        file = self.data / "vongtay.sqlite3"
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10)) as database:
            return database.execute(query).fetchall()

    async def founded(self) -> Self:
        """With the areas of a commune loaded."""
        (self.path / "areas.csv").write_text(AREAS, encoding="utf-8")
        loaded = await vongtay("area", "load", "areas.csv", home=self)
        assert loaded.status == 0, loaded
        return self

    async def invited(self, role: str, area: str = "TT-VL", *more: str) -> dict[str, str]:
        """An invitation, as `vongtay member invite --json` prints it."""
        options = ("--role", role, "--area", area, "--json", *more)
        made: dict[str, str] = (await vongtay("member", "invite", *options, home=self)).json
        return made


async def vongtay(
    *arguments: object, home: Home, said: str = "", seconds: int = 30, **settings: object
) -> Ran:
    """Run a command of the program, `said` on its stdin, to its end."""
    with tempfile.TemporaryDirectory(prefix="vt-said-") as folder:
        files = {name: Path(folder) / name for name in ("in", "out", "err")}
        for file in files.values():
            file.write_text(said if file.name == "in" else "", encoding="utf-8")
        job = {name: str(file) for name, file in files.items()}
        job |= {"arguments": [*map(str, arguments)], "cwd": str(home.path), "seconds": seconds}
        job |= {"env": home.environment(**settings)}
        status = await asyncio.to_thread(forked.run, job)
        return Ran(status, *(files[name].read_text(encoding="utf-8") for name in ("out", "err")))


async def really(*arguments: object, home: Home, **settings: object) -> Ran:
    """As `vongtay`, by the installed console script in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        PROGRAM,
        *map(str, arguments),
        env=home.environment(**settings),
        cwd=home.path,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 30)
    return Ran(process.returncode or 0, out.decode(), err.decode())


class Serving:
    """A server process of the program; `async with` starts it and ends it politely.

    With `really` it is started as an operator starts it, otherwise forked.
    """

    def __init__(self, home: Home, *command: str, really: bool = False) -> None:
        self.home, self.url, self.really = home, home.url, really
        self.command = command or ("serve",)
        self._process: int | None = None
        self._started: asyncio.subprocess.Process | None = None
        self._log = home.path / "log.txt"

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, kind: object, *_: object) -> None:
        status = await self.stop()
        assert kind is not None or status in (0, None), f"{status}: {self.log}"

    async def start(self, ready: bool = True) -> float:
        """Start it, wait until it is ready; returns how many seconds that took."""
        begun = time.monotonic()
        self._log.touch()
        if self.really:
            with self._log.open("ab") as log:
                self._started = await asyncio.create_subprocess_exec(
                    PROGRAM,
                    *self.command,
                    env=self.home.environment(),
                    cwd=self.home.path,
                    stdout=log,
                    stderr=log,
                )
            self._process = self._started.pid
        else:
            job: dict[str, Any] = {"arguments": self.command, "env": self.home.environment()}
            job |= {"in": os.devnull, "out": str(self._log), "err": str(self._log)}
            job |= {"cwd": str(self.home.path)}
            self._process = await asyncio.to_thread(forked.start, job)
        if ready:
            await until(self._is_ready, 20)
        return time.monotonic() - begun

    async def _ended(self) -> int | None:
        if self._started:
            return self._started.returncode
        assert self._process
        return await asyncio.to_thread(forked.ended, self._process)

    async def _is_ready(self) -> bool:
        status = await self._ended()
        assert status is None, f"{status}: {self.log}"
        try:
            return (await get(f"{self.url}/readyz")).status == 200
        except aiohttp.ClientError:
            await asyncio.sleep(0.02)
            return False

    async def stop(self, how: int = signal.SIGTERM, seconds: float = 8) -> int | None:
        """End it; the exit status, None when it was not running."""
        if self._process is None:
            return None
        process, status = self._process, await self._ended()
        if status is None:
            os.kill(process, how)
        end = time.monotonic() + seconds
        while (status := await self._ended()) is None:
            if time.monotonic() > end:
                os.kill(process, signal.SIGKILL)
                raise AssertionError(f"it did not end: {self.log}")
            await asyncio.sleep(0.01)
        self._process = self._started = None
        return status

    async def kill(self) -> None:
        """End it as a power cut would."""
        await self.stop(signal.SIGKILL)

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    async def metric(self, name: str, **labels: str) -> float:
        """The value of a metric, summed over the labels that are not given."""
        total, text = 0.0, (await get(f"{self.url}/metrics")).text
        for line in text.splitlines():
            found = re.fullmatch(rf"{name}(?:{{(.*)}})? ([0-9.e+-]+)", line)
            has = dict(re.findall(r'(\w+)="([^"]*)"', (found[1] or "") if found else ""))
            if found and labels.items() <= has.items():
                total += float(found[2])
        return total


@dataclass
class Answer:
    """An HTTP answer that was read to its end."""

    status: int
    text: str
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.text)


async def get(url: str, method: str = "GET", **options: Any) -> Answer:
    """One request with nothing kept from earlier ones."""
    async with (
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session,
        session.request(method, url, allow_redirects=False, **options) as answer,
    ):
        body = await answer.read()
        text = body.decode("utf-8", "replace")
        return Answer(answer.status, text, answer.headers.copy(), body)


async def until(true: Callable[[], Any], seconds: float = 10.0) -> Any:
    """What `true` gives (or what it awaits) as soon as that is true."""
    end = time.monotonic() + seconds
    while True:
        found = true()
        if asyncio.iscoroutine(found):
            found = await found
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"never came true within {seconds} seconds")
        await asyncio.sleep(0.01)


class Phone:
    """Somebody on Telegram. `heard` are the messages that the bot has sent them, oldest first."""

    def __init__(self, telegram: Any, number: int) -> None:
        self.telegram, self.number = telegram, number

    @property
    def heard(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.telegram.sent(self.number)
        return found

    @property
    def texts(self) -> list[str]:
        return [message.get("text", "") for message in self.heard]

    @property
    def all(self) -> str:
        return "\n".join(self.texts)

    async def says(self, text: str, answers: int = 1) -> list[dict[str, Any]]:
        """Write; the messages that came back, once there are so many."""
        before = len(self.heard)
        self.telegram.text(self.number, text)
        return await self.hears(before + answers)

    async def presses(self, label: str, answers: int = 1) -> list[dict[str, Any]]:
        """Press the button of that label on the newest message that has one."""
        before = len(self.heard)
        for message in reversed(self.heard):
            for button in buttons(message):
                if button["text"].startswith(label):
                    self.telegram.press(self.number, message["message_id"], button["callback_data"])
                    return await self.hears(before + answers)
        raise AssertionError(f"no button {label!r}: {[labels(m) for m in self.heard]}")

    async def hears(self, count: int, seconds: float = 15) -> list[dict[str, Any]]:
        """Wait until so many messages have come in all; the new ones."""
        before = len(self.heard)
        await until(lambda: len(self.heard) >= count, seconds)
        return self.heard[min(before, count - 1) :]

    async def told(self, words: str, seconds: float = 15) -> dict[str, Any]:
        """The newest message that holds these words, when there is one."""

        def newest() -> Any:
            return next((m for m in reversed(self.heard) if words in m.get("text", "")), None)

        try:
            found: dict[str, Any] = await until(newest, seconds)
        except AssertionError:
            raise AssertionError(f"{words!r} never came, but: {self.texts}") from None
        return found


def buttons(message: dict[str, Any]) -> list[dict[str, str]]:
    """The buttons below a message of the bot on Telegram."""
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    return [button for row in rows for button in row]


def labels(message: dict[str, Any]) -> list[str]:
    return [button["text"] for button in buttons(message)]


class Browser:
    """Somebody on the web chat, by hand: a cookie and the calls that the page makes."""

    def __init__(self, url: str) -> None:
        self.url, self.cookie, self.set_cookie = url, "", ""

    @classmethod
    async def opened(cls, url: str, base: str = "") -> Self:
        """Somebody who opens the page for the first time."""
        browser = cls(url + base)
        page = await browser.asks("GET", "/")
        assert page.status == 200
        return browser

    async def asks(self, method: str, path: str, ours: bool = True, **options: Any) -> Answer:
        """A request with this browser's cookie; without `ours`, as another site would make it."""
        headers = {"Cookie": self.cookie} if self.cookie else {}
        headers |= {"X-Requested-With": "vongtay"} if ours else {}
        headers |= options.pop("headers", {})
        answer = await get(self.url + path, method, headers=headers, **options)
        # What belongs to the page of a one-time link goes to no other address.
        if "/once/" not in answer.headers.get("Set-Cookie", "/once/"):
            self.set_cookie = answer.headers["Set-Cookie"]
            self.cookie = self.set_cookie.split(";")[0]
        return answer

    async def posts(self, message_id: str = "", **message: Any) -> Answer:
        """One message of the page."""
        said = {"id": message_id or secrets.token_hex(16), **message}
        return await self.asks("POST", "/api/messages", json=said)

    async def says(self, text: str, answers: int = 1) -> list[dict[str, Any]]:
        """Write; the messages that the bot has answered, once there are so many."""
        return await self._sends(answers, text=text)

    async def presses(self, label: str, answers: int = 1) -> list[dict[str, Any]]:
        """Press the button of that label on the newest message that has one."""
        for message in reversed(await self.heard()):
            for button in message.get("buttons", ()):
                if button["label"].startswith(label):
                    value = {"value": button["value"], "label": button["label"]}
                    return await self._sends(answers, **value)
        raise AssertionError(f"no button {label!r}: {await self.heard()}")

    async def _sends(self, answers: int, **message: Any) -> list[dict[str, Any]]:
        posted = await self.posts(**message)
        assert posted.status == 200, posted
        number = posted.json["n"]

        async def answered() -> list[dict[str, Any]] | None:
            found = [message for message in await self.heard() if message["n"] > number]
            return found if len(found) >= answers else None

        found: list[dict[str, Any]] = await until(answered)
        return found

    async def history(self) -> list[dict[str, Any]]:
        answer = await self.asks("GET", "/api/history")
        assert answer.status == 200, answer
        found: list[dict[str, Any]] = answer.json["messages"]
        return found

    async def history_or_none(self) -> Answer | None:
        """The history, None when this browser is nobody."""
        answer = await self.asks("GET", "/api/history")
        return None if answer.status == 401 else answer

    async def heard(self) -> list[dict[str, Any]]:
        """What the bot has said on this page."""
        return [message for message in await self.history() if message["from"] == "bot"]

    async def upload(self, content: bytes, kind: str = "photo", file_id: str = "") -> Answer:
        file_id = file_id or secrets.token_hex(16)
        return await self.asks("POST", f"/api/files?kind={kind}&id={file_id}", data=content)


def everything_sent(telegram: Any) -> str:
    """All that was ever said to Telegram, as one text."""
    requests: Iterable[Any] = telegram.requests
    said = [json.dumps(r.params, ensure_ascii=False, default=str) for r in requests]
    return "\n".join(said)
