"""Administration from the machine itself: a command goes to the running node, else to its database.

The socket lies in the node's directory and only its owner may use it. One JSON line goes in, one comes back.
"""

import asyncio
import json
import logging
import os
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from node import settings
from node.neighbourhood.refusal import Refusal
from node.serving import resting
from node.settings import Settings
from node.trail import trail

if TYPE_CHECKING:  # a command that only speaks to a running node does without the database's libraries
    from node.storage.database import Database

NAME = "control.sock"
LONGEST_PATH = 100  # bytes: what every system takes for a socket
MOST_ASKED = 4 * 1024 * 1024  # bytes: a list of 20,000 blocks is the longest question
MOST_ANSWERED = 16 * 1024 * 1024
ASK_SECONDS = 10.0  # for the question to arrive
ANSWER_SECONDS = 60.0

_log = logging.getLogger("node.command.control")


def run(directory: Path, command: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Do one command of `administration`, and say what came of it. Raises Refusal and Wrong."""
    of_node = settings.read(directory)
    answer = ask(directory, command, arguments)
    return asyncio.run(_alone(of_node, command, arguments)) if answer is None else answer


def ask(directory: Path, command: str, arguments: dict[str, Any]) -> dict[str, Any] | None:
    """Have the running node do it; None when none runs here."""
    with socket.socket(socket.AF_UNIX) as line, _short(directory) as path:
        line.settimeout(ANSWER_SECONDS)
        try:
            line.connect(path)
        except (FileNotFoundError, ConnectionRefusedError):
            return None
        try:
            asked = json.dumps({"command": command, "arguments": arguments}, ensure_ascii=False)
            line.sendall(asked.encode() + b"\n")
            with line.makefile("rb") as stream:
                said = stream.readline(MOST_ANSWERED)
        except OSError:
            said = b""
    if not said.endswith(b"\n"):
        raise Refusal("the node stopped before it answered: look whether it was done, else try again")
    reply = json.loads(said)
    if "refused" in reply:
        raise Refusal(reply["refused"])
    answer: dict[str, Any] = reply["answer"]
    return answer


async def _alone(of_node: Settings, command: str, arguments: dict[str, Any]) -> dict[str, Any]:
    from node.command.administration import changes, perform
    from node.serving.opening import opened

    if changes(command):
        resting.require_awake(of_node.dir)
    async with opened(of_node) as database:
        return await perform(database, of_node, command, arguments)


@asynccontextmanager
async def listening(database: "Database", of_node: Settings) -> AsyncIterator[None]:
    """While this lasts the node takes commands. Whoever holds the database's lock owns the socket; with
    PostgreSQL, where several processes may be one node, whoever was first."""
    path = of_node.dir / NAME
    if not of_node.database.startswith("sqlite") and _taken(of_node.dir):
        yield
        return
    path.unlink(missing_ok=True)
    line = socket.socket(socket.AF_UNIX)
    with _short(of_node.dir) as short:
        line.bind(short)
    path.chmod(0o600)  # before anybody can connect
    ours = path.stat().st_ino

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reply = await _reply(reader, database, of_node)
        writer.write(json.dumps(reply).encode() + b"\n")
        try:
            await writer.drain()
            writer.close()
            await writer.wait_closed()
        except OSError:
            pass  # whoever asked has gone

    server = await asyncio.start_unix_server(answer, sock=line, limit=MOST_ASKED)
    try:
        yield
    finally:
        server.close()
        if path.exists() and path.stat().st_ino == ours:
            path.unlink(missing_ok=True)


def _taken(directory: Path) -> bool:
    """Whether another process takes the commands of this node."""
    with socket.socket(socket.AF_UNIX) as line, _short(directory) as path:
        try:
            line.connect(path)
        except OSError:
            return False
    return True


async def _reply(reader: asyncio.StreamReader, database: "Database", of_node: Settings) -> dict[str, Any]:
    from node.command.administration import perform

    try:
        async with asyncio.timeout(ASK_SECONDS):
            asked = json.loads(await reader.readline())
        return {"answer": await perform(database, of_node, asked["command"], asked["arguments"])}
    except Refusal as refusal:
        return {"refused": str(refusal)}
    except Exception as error:  # outermost: whoever asked is told, the log knows where
        _log.error("a command failed: %s", trail(error))
        return {"refused": "that did not work; the log of the node tells more"}


@contextmanager
def _short(directory: Path) -> Iterator[str]:
    """The socket's path; when that is too long for the system, by way of an open directory (Linux)."""
    path = str(directory.absolute() / NAME)
    if len(os.fsencode(path)) < LONGEST_PATH or not directory.is_dir():
        yield path
        return
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{handle}/{NAME}"
    finally:
        os.close(handle)
