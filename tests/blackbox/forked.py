"""The program, imported once and forked for each command.

A command spends a second on importing and a tenth on its work. Here one process imports the program
and then, for each job on stdin, forks a child that runs the console script with the job's
arguments, environment, directory and files for stdin, stdout and stderr. `run`, `start` and `ended`
ask that process, which is started when it is first needed and ends, with its children, with us.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, NoReturn

_one_at_a_time = threading.Lock()
_forking: subprocess.Popen[str] | None = None


def run(job: dict[str, Any]) -> int:
    """Run a command to its end; its exit status, negative when a signal ended it."""
    return int(_ask(job | {"what": "run"}))


def start(job: dict[str, Any]) -> int:
    """Start a command; the number of its process."""
    return int(_ask(job | {"what": "start"}))


def ended(process: int) -> int | None:
    """The exit status of a process that was started, None while it runs."""
    status = _ask({"what": "ended", "process": process})
    return None if status is None else int(status)


def _ask(job: dict[str, Any]) -> Any:
    global _forking
    with _one_at_a_time:
        if _forking is None:
            work = "from tests.blackbox import forked; forked.work()"
            _forking = subprocess.Popen(
                [sys.executable, "-c", work],
                cwd=Path(__file__).parents[2],
                env={k: v for k, v in os.environ.items() if not k.startswith("VONGTAY_")},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            atexit.register(_forking.communicate)
        assert _forking.stdin and _forking.stdout
        print(json.dumps(job), file=_forking.stdin, flush=True)
        return json.loads(_forking.stdout.readline())


def work() -> None:
    """What the process does: a line in, a line out."""
    _import_all()
    running: dict[int, int | None] = {}
    for line in sys.stdin:
        job = json.loads(line)
        process = job.get("process") or _fork(job)
        running.setdefault(process, None)
        if running[process] is None and job["what"] != "start":
            found, status = os.waitpid(process, 0 if job["what"] == "run" else os.WNOHANG)
            running[process] = os.waitstatus_to_exitcode(status) if found else None
        print(process if job["what"] == "start" else json.dumps(running[process]), flush=True)
    for process, status in running.items():
        if status is None:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)


def _import_all() -> None:
    import aiohttp.web
    import alembic.command
    import apscheduler.schedulers.asyncio
    import asyncpg
    import telegram

    import bot.cli
    import bot.demo
    import bot.doctor
    import storage.opening

    assert alembic and aiohttp and apscheduler and asyncpg and telegram and bot and storage


def _fork(job: dict[str, Any]) -> int:
    sys.stdout.flush()
    return os.fork() or _child(job)


def _child(job: dict[str, Any]) -> NoReturn:
    if job["what"] == "run":
        signal.alarm(job["seconds"])
    os.environ.clear()
    os.environ.update(job["env"])
    os.chdir(job["cwd"])
    for number, name in enumerate(("in", "out", "err")):
        os.dup2(os.open(job[name], os.O_RDWR | (os.O_APPEND if number else 0)), number)
    sys.argv = ["vongtay", *job["arguments"]]
    from bot.cli import main

    status: Any = 1
    try:
        main()
    except SystemExit as end:
        status = end.code or 0
    except BaseException:
        import traceback

        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status if isinstance(status, int) else 1)
