"""A real node in a process of its own, as `python -m node serve` runs it, with a directory made for it."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, TypeVar

from node.command import founding
from node.serving.opening import opened
from node.settings import PREFIX, Settings
from node.storage.database import Database, Transaction
from tests.bench.figures import cpu_seconds

T = TypeVar("T")
START_SECONDS, QUIET_SECONDS = 60.0, 120.0
IDLE = 0.06  # CPU-seconds a second of a node that has nothing to do, and less


def made(place: Path, port: int, **more: Any) -> Settings:
    """A node's directory and settings; its database comes when it is first opened."""
    values = {"origin": f"http://localhost:{port}", "name": "Bench", "area": "BU90010000", "port": port}
    mail = {"mail_folder": "mail", "mail_from": "bench@bench.example"}
    return founding.write(place, {**values, "town": True, **mail, **more}, {})


def prepared(settings: Settings, work: Callable[[Transaction], T]) -> T:
    """Put things into the database of a node that does not run."""

    async def run() -> T:
        async with opened(settings) as database:
            return await database.writing(work)

    return asyncio.run(run())


def filled(settings: Settings, pieces: Iterator[Callable[[Transaction], None]]) -> None:
    """The same in many transactions."""

    async def run(database: Database) -> None:
        for piece in pieces:
            await database.writing(piece)

    async def whole() -> None:
        async with opened(settings) as database:
            await run(database)

    asyncio.run(whole())


@contextmanager
def serving(settings: Settings) -> Iterator[int]:
    """The node, running and answering; gives the id of its process."""
    with started(settings) as process:
        await_answer(settings.port, process)
        yield process.pid


@contextmanager
def started(settings: Settings) -> Iterator["subprocess.Popen[bytes]"]:
    """The node's process, ended when this is over."""
    command = [sys.executable, "-m", "node", "serve", "--dir", str(settings.dir)]
    log = settings.dir / "log"
    with (
        log.open("ab") as lines,
        subprocess.Popen(command, stdout=lines, stderr=lines, env=_environment()) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()


@contextmanager
def reference(*words: str) -> Iterator["subprocess.Popen[str]"]:
    """A process of `references.py`, with its words to say on stdout."""
    command = [sys.executable, "-m", "tests.bench.references", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=_environment()) as process:
        try:
            yield process
        finally:
            process.terminate()


def _environment() -> dict[str, str]:
    """Without settings of somebody else's, and without what only tests need."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    ways = [str(Path(__file__).parent / "installed"), plain.get("PYTHONPATH", "")]
    return {**plain, "PYTHONPATH": os.pathsep.join(filter(None, ways))}


def await_answer(port: int, process: "subprocess.Popen[Any]") -> None:
    """Return when the node gives its first 200."""
    end = time.monotonic() + START_SECONDS
    while not answers(port):
        if process.poll() is not None or time.monotonic() > end:
            raise SystemExit(f"what should listen on port {port} did not start")


def answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        time.sleep(0.005)
        return False
    finally:
        connection.close()


def await_quiet(*pids: int) -> None:
    """Wait until what the nodes do at their start (visit the neighbours, tidy up) is done."""
    end, before = time.monotonic() + QUIET_SECONDS, [cpu_seconds(pid) for pid in pids]
    while time.monotonic() < end:
        time.sleep(1.0)
        now = [cpu_seconds(pid) for pid in pids]
        if sum(now) - sum(before) <= IDLE * len(pids):
            return
        before = now
    raise SystemExit("a node does not come to rest")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as line:
        return int(line.getsockname()[1])
