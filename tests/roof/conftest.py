"""What the tests of the roof stand on: a node made by `init`, and the program as people start it."""

import os
import random
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from time import monotonic, sleep

import pytest

from node.settings import FILE

OPERATOR = "olaf@example.org"
Run = Callable[..., subprocess.CompletedProcess[str]]


def free_port(count: int = 1) -> int:
    """The first of `count` ports in a row that nobody uses, and that no connection out is given."""
    while True:
        first = random.randrange(10_000, 32_000)
        if all(is_free(port) for port in range(first, first + count)):
            return first


def is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "node", *map(str, words)]


@pytest.fixture(scope="session")
def run() -> Run:
    """`run("stats", "--dir", made)`: the program in a process of its own, with nobody at the keyboard."""

    def start(*words: object, cwd: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command(*words),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            cwd=cwd,
            env={**os.environ, **more},
        )

    return start


@pytest.fixture(scope="session")
def _pattern(tmp_path_factory: pytest.TempPathFactory, run: Run) -> Path:
    directory = tmp_path_factory.mktemp("pattern") / "node"
    words = ["--origin", "https://centrum.example", "--name", "Centrum", "--area", "BU00000001"]
    done = run("init", "--dir", directory, *words, "--operator", OPERATOR)
    assert done.returncode == 0, done.stderr
    return directory


@pytest.fixture
def made(_pattern: Path, tmp_path: Path) -> Path:
    """The directory of a new node."""
    directory = tmp_path / "made"
    shutil.copytree(_pattern, directory)
    return directory


def in_town(directory: Path, port: int) -> str:
    """Make it a node of a demo town, on this port; its address."""
    path = directory / FILE
    origin = f"http://127.0.0.1:{port}"
    text = path.read_text().replace("https://centrum.example", origin)
    path.write_text(text + f"town = true\nport = {port}\nmail_folder = 'mail'\n")
    return origin


class Running:
    """A node that runs as a process."""

    def __init__(self, directory: Path, *words: object) -> None:
        self.directory, self.port = directory, free_port()
        self.origin = in_town(directory, self.port)
        self.process = subprocess.Popen(
            command("serve", "--dir", directory, *words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.said = self.process.stdout.readline()
        if not self.said:
            pytest.fail(f"the node did not start:\n{self.process.communicate()[1]}")

    def get(self, path: str) -> tuple[int, dict[str, str], bytes]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def stop(self, number: int) -> tuple[int, str]:
        """Send it a signal: (its status, what it said on stderr)."""
        self.process.send_signal(number)
        _, said = self.process.communicate(timeout=20)
        return self.process.returncode, said


@pytest.fixture
def serving(made: Path) -> Iterator[Running]:
    """A new node that runs, and listens."""
    node = Running(made)
    yield node
    if node.process.poll() is None:
        node.process.kill()
    node.process.communicate()


def until(done: Callable[[], object], seconds: float = 10) -> None:
    """Wait for something to be so, at most for a while."""
    end = monotonic() + seconds
    while not done():
        assert monotonic() < end, "it did not come about"
        sleep(0.02)
