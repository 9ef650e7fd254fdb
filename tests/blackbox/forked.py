"""The program, imported once and forked for each command.

A command spends a second on importing and a tenth on its work. Here a process imports the program
and then, for each line on stdin, forks a child that is given the line's arguments, environment,
directory and files for stdin, stdout and stderr, and runs the console script in it to its end.
`run` asks such a process, which it starts when it is first needed.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any, NoReturn

_one_at_a_time = threading.Lock()
_forking: subprocess.Popen[str] | None = None


def run(job: dict[str, Any]) -> int:
    """Run one command; its exit status, negative when a signal ended it."""
    global _forking
    with _one_at_a_time:
        if _forking is None:
            _forking = subprocess.Popen(
                [
                    sys.executable,
                    "-c",
                    "from tests.blackbox import forked; forked.fork_for_each_line()",
                ],
                cwd=Path(__file__).parents[2],
                env={k: v for k, v in os.environ.items() if not k.startswith("VONGTAY_")},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert _forking.stdin and _forking.stdout
        print(json.dumps(job), file=_forking.stdin, flush=True)
        return int(_forking.stdout.readline())


def _child(job: dict[str, Any]) -> NoReturn:
    signal.alarm(job["seconds"])
    os.environ.clear()
    os.environ.update(job["env"])
    os.chdir(job["cwd"])
    for number, (name, flags) in enumerate(
        (("in", os.O_RDONLY), ("out", os.O_WRONLY), ("err", os.O_WRONLY))
    ):
        os.dup2(os.open(job[name], flags), number)
    sys.argv = ["vongtay", *job["arguments"]]
    from bot.cli import main

    status: Any = 1
    try:
        main()
    except SystemExit as end:
        status = end.code
        if isinstance(status, str):
            print(status, file=sys.stderr)
            status = 1
    except BaseException:
        import traceback

        traceback.print_exc()
    streams: tuple[IO[str], ...] = (sys.stdout, sys.stderr)
    for stream in streams:
        stream.flush()
    os._exit(status or 0)


def fork_for_each_line() -> None:
    import aiohttp.web
    import alembic.command
    import asyncpg
    import telegram

    import bot.cli
    import bot.demo
    import bot.doctor
    import storage.opening

    assert alembic and aiohttp and asyncpg and telegram and bot and storage
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _child(json.loads(line))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
