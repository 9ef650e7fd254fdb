"""Promises 1 and 2 of the contract: the process may be killed at any moment.

A child process lives through a morning in the commune (story.py) and is killed at one moment of
it: right before or right after each of its commits, or right after the platform accepted a
message. It is started again, and must end where an undisturbed life ends: nothing lost, nothing
done twice. Only what the platform had accepted, and nobody could write down, may be said again.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import Queue

import pytest

from bot.demo import settle
from storage import crypto
from storage.database import Database
from tests.delivery import story
from tests.house import KEYS, START
from tests.postgres import in_a_thread, memory

PROCESSES = min(os.cpu_count() or 1, 4)


class Zygote:
    """A process that has imported everything and forks a victim for each job."""

    def __init__(self):
        command = [sys.executable, "-m", "tests.delivery.victim"]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ready(self):
        assert self.process.stdout.readline() == "ready\n"

    def live(self, **job):
        """One life; how it ended (0, or minus a signal's number)."""
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def end(self):
        self.process.stdin.close()
        self.process.wait(10)


@pytest.fixture(scope="module")
def zygotes():
    """As many as there are processors, to be taken and put back."""
    free, made = Queue(), [Zygote() for _ in range(PROCESSES)]
    for zygote in made:
        zygote.ready()
        free.put(zygote)
    yield free
    for zygote in made:
        zygote.end()


async def prepare(url):
    crypto.use(KEYS)
    database = Database(url)
    await database.write(partial(settle, now=START))
    await database.write(story.prepare)
    await database.close()


class Sqlite:
    """Databases that are files."""

    def __init__(self, migrated, folder):
        self.folder = folder
        shutil.copy(migrated, folder / "story")
        in_a_thread(prepare(f"sqlite:///{folder / 'story'}"))

    @contextmanager
    def copy(self, name, folder):
        """The URL of a copy of a kept database."""
        yield f"sqlite:///{shutil.copy(self.folder / name, folder / 'vongtay.sqlite3')}"

    def keep(self, url, name):
        """Keep a database as it is now."""
        shutil.copy(url.removeprefix("sqlite:///"), self.folder / name)

    def wait(self, url):
        """Until nothing of a dead process lingers in the database."""

    def end(self):
        """Nothing is left to do."""


class Postgres:
    """Databases of a server."""

    def __init__(self, server):
        self.server, self.kept = server, ["story"]
        server.run("CREATE DATABASE story TEMPLATE migrated")
        in_a_thread(prepare(server.url("story")))

    def copy(self, name, folder):
        return self.server.database(name)

    def keep(self, url, name):
        self.wait(url)
        self.server.run(f"CREATE DATABASE {name} TEMPLATE {self._name(url)}")
        self.kept.append(name)

    def wait(self, url):
        there = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{self._name(url)}'"
        wait_until(lambda: self.server.value(there) == 0)

    def _name(self, url):
        return url.split("?")[0].rsplit("/", 1)[1]

    def end(self):
        for name in self.kept:
            self.server.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module", params=("sqlite", "postgres"))
def databases(request, migrated_file, tmp_path_factory):
    if request.param == "sqlite":
        found = Sqlite(migrated_file, tmp_path_factory.mktemp("story"))
    else:
        found = Postgres(request.getfixturevalue("postgres"))
    yield found
    found.end()


class World:
    """What is outside of the process, at one moment."""

    def __init__(self, folder):
        self.folder = folder

    def read(self, name):
        """Every whole line: the life that writes them may be in the middle of its next one."""
        path = self.folder / name
        whole = path.read_text().rpartition("\n")[0] if path.exists() else ""
        return [json.loads(line) for line in whole.splitlines()]

    def last(self, name):
        return self.read(name)[-1]


@dataclass(frozen=True)
class Chapter:
    """The beginning of a round: a database and a world as they were, and how the round ended."""

    number: int
    database: str
    world: Path
    outline: dict  # of the end
    opened: int  # commits until the process was ready
    commits: int
    messages: int


class Lives:
    """Lives of processes, each on a copy of a chapter's database and world."""

    def __init__(self, databases, zygotes):
        self.databases, self.zygotes = databases, zygotes

    @contextmanager
    def begin(self, database, world=None):
        """(a function that lives, the world, the URL), all of which are gone in the end."""
        zygote = self.zygotes.get()
        folder = Path(tempfile.mkdtemp(prefix="vt-kill-", dir=memory()))
        try:
            if world:
                shutil.copytree(world, folder, dirs_exist_ok=True)
            with self.databases.copy(database, folder) as url:

                def live(start, until=0, kill=None, **more):
                    self.databases.wait(url)
                    job = {"url": url, "folder": str(folder), "start": start, "until": until}
                    end = zygote.live(**job, kill=kill, **more)
                    assert end in (0, -signal.SIGKILL), (kill, (folder / "trouble").read_text())
                    return end

                yield live, World(folder), url
        finally:
            shutil.rmtree(folder)
            self.zygotes.put(zygote)


@pytest.fixture(scope="module")
def lives(databases, zygotes):
    return Lives(databases, zygotes)


ROUNDS = len(story.ROUNDS)


@pytest.fixture(scope="module")
def whole(lives):
    """The outline of the whole story, lived through at a stretch."""
    with lives.begin("story") as (live, world, _):
        assert live(0, ROUNDS) == 0
        return world.last("outline")


@pytest.fixture(scope="module")
def chapters(databases, lives, tmp_path_factory):
    """The rounds, with a new start of the process before each."""
    found, shelf = [], tmp_path_factory.mktemp("chapters")
    with lives.begin("story") as (live, world, url):
        for number in range(ROUNDS):
            name = f"chapter_{number}"
            databases.keep(url, name)
            shutil.copytree(
                world.folder, shelf / name, ignore=shutil.ignore_patterns("vongtay.sqlite3*")
            )
            assert live(number, number + 1, apart=True) == 0
            counts = [world.last(what) for what in ("outline", "opened", "commits", "messages")]
            found.append(Chapter(number, name, shelf / name, *counts))
    return found


def faults(expected, world):
    """What is not as it would be had nobody been killed, in words; empty if all is well."""
    found, outline = [], world.last("outline")
    for table in sorted({*expected, *outline}):
        wanted, got = expected.get(table, []), outline.get(table, [])
        lost, more = Counter(wanted) - Counter(got), Counter(got) - Counter(wanted)
        found += [f"{table}: lost {line}" for line in lost]
        found += [f"{table}: too much {line}" for line in more]
        if not (lost or more) and wanted != got:
            found.append(f"{table}: in another order: {got}")
    allowed = Counter(world.read("unrecorded"))
    for once, times in Counter(message["once"] for message in world.read("accepted")).items():
        if times > 1 + allowed[once]:
            found.append(f"message {once} was said {times} times")
    acknowledged = Counter(world.read("acknowledged"))
    offered = {event["event_id"] for event in world.read("offered")}
    found += [f"{event} was never acknowledged" for event in offered - set(acknowledged)]
    found += [f"{event} was acknowledged twice" for event, n in acknowledged.items() if n > 1]
    return found


def test_the_undisturbed_story_is_the_whole_story(whole):
    for table in ("cases", "reports", "questions", "invitations"):
        assert len(whole[table]) == 1
    # One form is open still; of those that were sent a note is kept, for buttons pressed again.
    assert len([draft for draft in whole["drafts"] if "'sent'" not in draft]) == 1
    assert len(whole["drafts"]) == 4
    assert "'EMERGENCY', 'received'" in whole["cases"][0]
    assert "'Phải đủ 15 tuổi.', 'test:minh'" in whole["questions"][0]
    assert "['test:hoa', 'officer', 'DM-VL']" in whole["roles"]
    assert len(whole["audit"]) == 7 and len(whole["entries"]) == 3
    assert any("alarm" in line for line in whole["outbox"])
    assert len(whole["inbox"]) == sum(map(len, story.ROUNDS))
    assert len(whole["heard by lan"]) > 8


def test_a_new_start_between_the_rounds_changes_nothing(whole, chapters):
    assert chapters[-1].outline == whole
    assert sum(chapter.commits - chapter.opened for chapter in chapters) > 40
    assert sum(chapter.messages for chapter in chapters) > 30


@pytest.mark.parametrize("moment", ("before", "commit", "accept"))
def test_killed_at_any_moment_it_ends_where_it_would_have(lives, chapters, moment):
    """At every single commit, or acceptance, of the story, the opening of the database included."""
    points = []
    for chapter in chapters:
        first, last = (1, chapter.messages) if moment == "accept" else (1, chapter.commits)
        if chapter.number and moment != "accept":
            first = chapter.opened + 1
        points += [(chapter, number) for number in range(first, last + 1)]

    def killed_at(point):
        chapter, number = point
        with lives.begin(chapter.database, chapter.world) as (live, world, _):
            until = chapter.number + 1
            if live(chapter.number, until, [moment, number], apart=True) == 0:
                return "", False, False
            assert live(chapter.number + 1, until) == 0
            wrong = faults(chapter.outline, world)
            told = f"round {chapter.number}, {moment} {number}: {wrong[:6]}" if wrong else ""
            return told, True, bool(world.read("unrecorded"))

    with ThreadPoolExecutor(PROCESSES) as pool:
        ends = list(pool.map(killed_at, points))
    assert [wrong for wrong, _, _ in ends if wrong] == []
    died = [killed for _, killed, _ in ends].count(True)
    assert died > 0.95 * len(points)  # a sender may look for work once more in one life
    if moment == "accept":
        assert all(unrecorded for _, killed, unrecorded in ends if killed)


@pytest.mark.parametrize("seed", range(3))
def test_killed_again_and_again_it_ends_where_it_would_have(lives, whole, seed):
    dice = random.Random(seed)
    with lives.begin("story") as (live, world, _):
        starts = 0
        while live(starts, ROUNDS, [dice.choice(("before", "commit")), dice.randint(8, 25)]):
            starts += 1
            assert starts < 60
        assert starts > 2
        assert faults(whole, world) == []


@pytest.mark.parametrize("after", (0, 10, 60))
def test_asked_to_end_in_the_middle_of_work_it_ends_soon_and_loses_nothing(lives, after):
    """SIGTERM, as from systemd or Docker: clean, so that not even a message is said twice."""
    people = [f"chat-{n}" for n in range(12)]
    events = [[people[n % 12], f"e{n}"] for n in range(120)]
    with lives.begin("story") as (live, world, _), ThreadPoolExecutor(1) as other:
        life = other.submit(live, 0, serve=events)
        wait_until(lambda: world.read("acknowledged") and len(world.read("accepted")) >= after)
        begun = time.monotonic()
        os.kill(int((world.folder / "pid").read_text()), signal.SIGTERM)
        assert life.result(30) == 0
        assert time.monotonic() - begun < 8
        assert after <= len(world.read("accepted")) < len(events)

        assert live(1, serve=events) == 0
        said = Counter(message["address"] for message in world.read("accepted"))
        assert said == Counter({person: 10 for person in people})
        assert len({message["once"] for message in world.read("accepted")}) == len(events)


def wait_until(true, seconds=20):
    for _ in range(int(seconds / 0.005)):
        if true():
            return
        time.sleep(0.005)
    raise AssertionError("it never became so")
