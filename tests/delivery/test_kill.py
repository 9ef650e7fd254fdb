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
from functools import partial
from pathlib import Path
from queue import Queue

import pytest

from bot.demo import settle
from storage import crypto
from storage.database import Database
from tests.conftest import in_a_thread, memory
from tests.delivery import story
from tests.house import KEYS, START

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
    """Copies of a prepared file."""

    def __init__(self, migrated, folder):
        self.file = shutil.copy(migrated, folder / "story.sqlite3")
        in_a_thread(prepare(f"sqlite:///{self.file}"))

    @contextmanager
    def database(self, folder):
        yield f"sqlite:///{shutil.copy(self.file, folder / 'vongtay.sqlite3')}"

    def settled(self, url):
        """Whether nothing of a dead process lingers in the database."""
        return True


class Postgres:
    """Copies of a prepared database."""

    def __init__(self, server):
        self.server = server
        server.run("CREATE DATABASE story TEMPLATE migrated")
        in_a_thread(prepare(server.url("story")))

    def database(self, folder):
        return self.server.database("story")

    def settled(self, url):
        name = url.split("?")[0].rsplit("/", 1)[1]
        there = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}'"
        return self.server.value(there) == 0

    def end(self):
        self.server.run("DROP DATABASE story WITH (FORCE)")


@pytest.fixture(scope="module", params=("sqlite", "postgres"))
def databases(request, migrated_file, tmp_path_factory):
    if request.param == "sqlite":
        yield Sqlite(migrated_file, tmp_path_factory.mktemp("story"))
    else:
        found = Postgres(request.getfixturevalue("postgres"))
        yield found
        found.end()


class Life:
    """What is left of the world after a process has lived through the story, killed or not."""

    def __init__(self, folder):
        self.folder = folder

    def read(self, name):
        path = self.folder / name
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    @property
    def outline(self):
        return self.read("outline")[-1]


def live(databases, zygotes, kills, check):
    """Live through the story, once more after each of these kills; then `check` what is left."""
    zygote = zygotes.get()
    folder = Path(tempfile.mkdtemp(prefix="vt-kill-", dir=memory()))
    try:
        with databases.database(folder) as url:
            ends = []
            for start, kill in enumerate([*kills, None]):
                wait_until(partial(databases.settled, url))
                ends.append(zygote.live(url=url, folder=str(folder), start=start, kill=kill))
                if ends[-1] == 0:
                    break
                trouble = folder / "trouble"
                assert ends[-1] == -signal.SIGKILL, (kill, trouble.read_text())
            return check(Life(folder), ends)
    finally:
        shutil.rmtree(folder)
        zygotes.put(zygote)


def wait_until(true, seconds=10):
    for _ in range(int(seconds / 0.005)):
        if true():
            return
        time.sleep(0.005)
    raise AssertionError("it never became so")


@pytest.fixture(scope="module")
def undisturbed(databases, zygotes):
    """(outline, how many commits, how many messages) of a life without a kill."""

    def look(life, ends):
        assert ends == [0]
        return life.outline, life.read("commits")[0], len(life.read("accepted"))

    return live(databases, zygotes, [], look)


def faults(undisturbed, life, ends):
    """What is not as it would be had nobody been killed, in words; empty if all is well."""
    expected, _, _ = undisturbed
    found = [f"it ended with {ends[-1]}"] if ends[-1] else []
    for table in sorted({*expected, *life.outline}):
        wanted, got = expected.get(table, []), life.outline.get(table, [])
        lost, more = Counter(wanted) - Counter(got), Counter(got) - Counter(wanted)
        found += [f"{table}: lost {line}" for line in lost]
        found += [f"{table}: too much {line}" for line in more]
        if not (lost or more) and wanted != got:
            found.append(f"{table}: in another order: {got}")
    allowed = Counter(life.read("unrecorded"))
    for once, times in Counter(message["once"] for message in life.read("accepted")).items():
        if times > 1 + allowed[once]:
            found.append(f"message {once} was said {times} times")
    acknowledged = Counter(life.read("acknowledged"))
    offered = {event["event_id"] for event in life.read("offered")}
    found += [f"{event} was never acknowledged" for event in offered - set(acknowledged)]
    found += [f"{event} was acknowledged twice" for event, n in acknowledged.items() if n > 1]
    return found


def test_the_undisturbed_story_is_the_whole_story(undisturbed):
    outline, commits, messages = undisturbed
    assert 40 < commits < 120 and messages > 30
    for table in ("cases", "reports", "questions", "drafts", "invitations"):
        assert len(outline[table]) == 1
    assert "'EMERGENCY', 'received'" in outline["cases"][0]
    assert "'Phải đủ 15 tuổi.', 'test:minh'" in outline["questions"][0]
    assert "['test:hoa', 'officer', 'DM-VL']" in outline["roles"]
    assert len(outline["audit"]) == 5 and len(outline["entries"]) == 3
    assert any("alarm" in line for line in outline["outbox"])
    assert len(outline["inbox"]) == sum(map(len, story.ROUNDS))


@pytest.mark.parametrize("moment", ("before", "commit", "accept"))
def test_killed_at_any_moment_it_ends_where_it_would_have(databases, zygotes, undisturbed, moment):
    """At every single commit, or acceptance, of the story."""
    _, commits, messages = undisturbed
    numbers = range(1, (messages if moment == "accept" else commits) + 1)

    def killed_at(number):
        def look(life, ends):
            return number, ends, faults(undisturbed, life, ends), life.read("unrecorded")

        return live(databases, zygotes, [[moment, number]], look)

    with ThreadPoolExecutor(PROCESSES) as pool:
        lives = list(pool.map(killed_at, numbers))
    wrong = [f"killed at {moment} {number}: {found[:6]}" for number, _, found, _ in lives if found]
    assert wrong == []
    killed = [number for number, ends, _, _ in lives if ends == [-signal.SIGKILL, 0]]
    assert len(killed) >= len(numbers) - 5  # how much goes into one commit varies a little
    unrecorded = [number for number, _, _, unsaid in lives if unsaid]
    if moment == "accept":
        assert unrecorded == killed  # that is what this moment means


@pytest.mark.parametrize("seed", range(4))
def test_killed_again_and_again_it_ends_where_it_would_have(databases, zygotes, undisturbed, seed):
    dice = random.Random(seed)
    kills = [[dice.choice(("before", "commit")), dice.randint(8, 25)] for _ in range(60)]

    def look(life, ends):
        assert ends[-1] == 0 and len(ends) > 3, ends
        return faults(undisturbed, life, ends)

    assert live(databases, zygotes, kills, look) == []
