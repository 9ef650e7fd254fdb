"""`vongtay demo`: a made-up commune, three phones on one page, no token."""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
import tomllib
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from bot import clock, logs
from bot.channels.web.pages import HEADERS, page
from bot.http import site, web_chat
from bot.running import Running, open_keyring
from bot.serve import serve
from bot.settings import Settings
from storage import areas, inbox, people, schema
from storage import web as shown
from storage.database import Database
from storage.records.areas import Area

COMMUNE = Path(__file__).parent / "demo_commune.toml"
PHONES = ("collaborator", "resident", "officer")
VISIT = 100  # messages to one phone
MARK = "demo-commune"  # a file of this name says that a folder is a demo's
DATABASE = "vongtay.sqlite3"
MADE = (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", "master.key")  # what a demo puts there


class NotADemo(Exception):
    """The folder holds something that no demo has made; nothing in it was touched."""


async def run(host: str, port: int, data: Path, fresh: bool) -> None:
    """Serve the demo until it is stopped.

    Raises OSError when the port is taken, NotADemo for a folder that is somebody's already.
    """
    logs.configure()
    await asyncio.to_thread(_prepare, data, fresh)
    settings = _settings(host, port, data)
    await asyncio.to_thread(open_keyring, settings)
    database = Database(settings.database)
    running = Running(settings, database)
    running.house.pushes_a_day = VISIT  # nobody stays until the next morning to read the rest
    await database.write(schema.upgrade)
    if await database.write(partial(settle, now=clock.now())):
        await database.write(partial(_greeted, now=clock.now()))
    name = host if host not in ("0.0.0.0", "::") else "127.0.0.1"

    def ready(real_port: int) -> None:
        running.house.public_url = f"http://{name}:{real_port}"
        print(f"Three phones: http://{name}:{real_port}/demo", flush=True)

    await serve(running, demo_site(running), host, port, ready)


def _prepare(data: Path, fresh: bool) -> None:
    if strange := _strange(data):
        raise NotADemo(
            f"{data} {strange}: nothing was touched. Choose another folder with --data FOLDER"
        )
    for name in MADE if fresh else ():
        (data / name).unlink(missing_ok=True)
    data.mkdir(parents=True, exist_ok=True)
    (data / MARK).touch()


def _strange(data: Path) -> str:
    """Why a folder is none of a demo; "" for a demo's, an empty one or none at all."""
    if not data.exists():
        return ""
    if not data.is_dir():
        return "is not a folder"
    if not (data / MARK).exists():
        found = next(data.iterdir(), None)
        return f"holds something that no demo made ({found.name})" if found else ""
    made_up = {area["code"] for area in _commune()["areas"]}
    return "holds the areas of a real installation" if _codes(data) - made_up else ""


def _codes(data: Path) -> set[str]:
    """The area codes in the database of a folder, if there is one that can be read."""
    path = data / DATABASE
    if not path.exists():
        return set()
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            return {code for (code,) in database.execute("SELECT code FROM areas")}
    except sqlite3.Error:  # killed before it was made
        return set()


def _commune() -> dict[str, Any]:
    made: dict[str, Any] = tomllib.loads(COMMUNE.read_text(encoding="utf-8"))
    return made


def _settings(host: str, port: int, data: Path) -> Settings:
    """The demo heeds no setting of the machine it runs on."""
    return Settings.model_construct(
        **{name: field.default for name, field in Settings.model_fields.items()}
        | {"host": host, "port": port, "data_dir": data}
    )


def demo_site(running: Running) -> web.Application:
    """The ordinary site, with the page of three phones and a chat for each."""
    app = site(running)
    chat = web_chat(running)
    for phone in PHONES:
        chat.mount(app, f"/demo/{phone}", partial(_address, phone))
    app.router.add_get("/demo", _three_phones)
    app.router.add_get("/demo/", _to_the_page)
    return app


async def _three_phones(request: web.Request) -> web.Response:
    language = "en" if request.query.get("lang") == "en" else "vi"
    body = page("demo.html", language)
    return web.Response(body=body, content_type="text/html", charset="utf-8", headers=HEADERS)


async def _to_the_page(request: web.Request) -> web.Response:
    raise web.HTTPFound("/demo")


async def _address(phone: str) -> str:
    return f"demo-{phone}"


def settle(connection: Connection, now: datetime) -> bool:
    """Make the commune and its people, once; returns whether they were made now."""
    if areas.every(connection):
        return False
    made = _commune()
    loaded = [
        (Area(**{k: v for k, v in area.items() if k != "succeeds"}), area.get("succeeds", []))
        for area in made["areas"]
    ]
    areas.load(connection, loaded)
    for person in made["people"]:
        address = f"demo-{person['phone']}"
        person_id, _ = people.welcome(connection, "web", address, "vi", now)
        people.change(connection, person_id, home_area="DM-VL", name=person.get("name"))
        for role, area in person.get("roles", ()):
            people.grant(connection, person_id, role, area, now)
        if person.get("roles"):
            people.change(connection, person_id, introduced_at=now)
    return True


def _greeted(connection: Connection, now: datetime) -> None:
    """Everybody has said hello, as a page does for whoever opens it first: what is sent out of the
    blue before that, the question of the week perhaps, would be all that they see."""
    for phone in PHONES:
        address, event_id = f"demo-{phone}", secrets.token_hex(16)
        said = {"id": event_id, "text": "/start"}
        index = inbox.sender_index("web", address)
        shown.show(connection, index, False, said, event_id, now)
        event = {**said, "address": address, "received": now.isoformat()}
        inbox.put(connection, [("web", event_id, address, event)], now)
