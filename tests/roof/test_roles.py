"""With PostgreSQL several processes are one node: who takes its commands, and by which clock they live."""

import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path

import pytest

from node.command import control
from node.settings import FILE
from tests.roof.conftest import command, free_port, in_town, until

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def shared_node(made: Path, postgresql: str) -> Path:
    """A node in PostgreSQL, in a town; it does not run."""
    in_town(made, 8099)
    more = f'database = "{postgresql.replace("+asyncpg", "")}"\ncontact = "hulp@buurt.example"\n'
    (made / FILE).write_text((made / FILE).read_text() + more)
    return made


@pytest.fixture
def start() -> Iterator[Start]:
    with ExitStack() as stack:
        started: list[subprocess.Popen[str]] = []

        def run(directory: Path, role: str, port: int) -> subprocess.Popen[str]:
            words = command("serve", "--dir", directory, "--role", role, "--port", port)
            process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            started.append(stack.enter_context(process))
            assert process.stdout
            assert process.stdout.readline(), process.communicate()[1]
            return process

        yield run
        for process in started:
            process.kill()


def page(port: int, path: str) -> str:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def stats(directory: Path) -> object:
    return control.ask(directory, "stats", {})


def test_the_worker_takes_the_commands(shared_node: Path, start: Start) -> None:
    web = start(shared_node, "web", free_port())
    assert stats(shared_node) is None
    assert control.run(shared_node, "stats", {})["residents"] == 0  # straight to the database
    worker = start(shared_node, "worker", free_port())
    assert stats(shared_node)
    web.send_signal(signal.SIGTERM)
    web.communicate()
    assert stats(shared_node)
    worker.send_signal(signal.SIGTERM)
    assert worker.communicate() == ("", "")
    assert worker.returncode == 0
    assert not (shared_node / control.NAME).exists()


def test_of_two_the_first_takes_them_and_keeps_them(shared_node: Path, start: Start) -> None:
    first, second = start(shared_node, "all", free_port()), start(shared_node, "worker", free_port())
    second.send_signal(signal.SIGTERM)
    second.communicate()
    assert stats(shared_node)
    third = start(shared_node, "worker", free_port())
    first.send_signal(signal.SIGTERM)
    first.communicate()
    assert stats(shared_node) is None  # the others do not fight over it
    assert control.run(shared_node, "stats", {})
    assert third.poll() is None


def test_all_of_them_live_by_the_same_clock(shared_node: Path, start: Start) -> None:
    port = free_port()
    start(shared_node, "worker", free_port())
    start(shared_node, "web", port)
    before = page(port, "/.well-known/security.txt")
    control.run(shared_node, "clock move", {"seconds": 30 * 86400})
    until(lambda: page(port, "/.well-known/security.txt") != before)
