"""Those who ask: many connections at once, each asking its next thing when the last was answered."""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import uvloop

WAIT_SECONDS = 60.0


@dataclass(frozen=True)
class Answer:
    """What came back: the status, the head as it came, the body, and how long it took."""

    status: int
    head: bytes
    body: bytes
    seconds: float

    def header(self, name: bytes) -> list[bytes]:
        found = [line.split(b":", 1) for line in self.head.split(b"\r\n")[1:] if b":" in line]
        return [value.strip() for key, value in found if key.lower() == name]


class Line:
    """One connection that is kept open."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def ask(self, request: bytes) -> Answer:
        began = time.monotonic()
        if self._reader is None or self._writer is None or self._reader.at_eof():
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        status, length = int(head[9:12]), _length(head)
        body = await self._reader.readexactly(length) if length else b""
        if b"\r\nconnection: close" in head.lower():
            self.close()
        return Answer(status, head, body, time.monotonic() - began)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._reader = self._writer = None


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line[:15].lower() == b"content-length:":
            return int(line[15:])
    return 0


def asked(port: int, requests: Iterable[bytes], connections: int) -> list[Answer]:
    """All these requests over so many connections, in order; an answer that never comes is an error."""
    answers: list[Answer] = run(lambda: ask_all(port, requests, connections))
    return answers


async def ask_all(port: int, requests: Iterable[bytes], connections: int) -> list[Answer]:
    found: list[Answer] = []
    waiting: Iterator[bytes] = iter(requests)

    async def one() -> None:
        line = Line(port)
        for request in waiting:
            answer = await line.ask(request)
            found.append(answer)
        line.close()

    async with asyncio.timeout(WAIT_SECONDS * 5), asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(one())
    return found


def run(work: Callable[[], Any]) -> Any:
    """Run a coroutine on a quick loop, so that those who ask cost less than who answers."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work())


def get(path: str, port: int, **headers: str) -> bytes:
    """A GET as bytes."""
    return _request("GET", path, port, headers, b"")


def post(path: str, port: int, body: bytes, **headers: str) -> bytes:
    """A POST as bytes; names of headers with _ for -."""
    return _request("POST", path, port, {**headers, "content_length": str(len(body))}, body)


def _request(method: str, path: str, port: int, headers: dict[str, str], body: bytes) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"host: localhost:{port}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body
