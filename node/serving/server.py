"""`serve`: one node behind one port, until it is told to stop; then it finishes what it was doing."""

import asyncio
import ctypes
import gc
import logging
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
import uvloop

from node import settings
from node.command import control
from node.federation import keys
from node.neighbourhood.refusal import Refusal
from node.serving import app, resting
from node.serving.connection import Connection
from node.serving.opening import opened
from node.settings import Settings

KEEP_ALIVE_SECONDS = 30
M_ARENA_MAX = -8  # mallopt(3)
WAITING_MOST = 1024  # connections that the system holds until we take them

Say = Callable[[str], None]


def serve(directory: Path, host: str | None, port: int | None, role: str, patience: int, say: Say) -> bool:
    """Run the node of this directory; False when something broke. Raises Refusal and Wrong."""
    of_node = settings.read(directory)
    if role != "all" and of_node.database.startswith("sqlite"):
        raise Refusal(f"--role {role} needs PostgreSQL: an SQLite file takes one process (leave --role out)")
    resting.require_awake(directory)
    _speak()
    _share_memory()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_serve(of_node, host or of_node.host, port or of_node.port, role, patience, say))


async def _serve(of_node: Settings, host: str, port: int, role: str, patience: int, say: Say) -> bool:
    try:
        own = keys.load_or_make(of_node.dir, of_node.home)
    except keys.Unsafe as error:
        raise Refusal(str(error)) from None
    async with opened(of_node) as database:
        line = _line(host, port)
        server = Server(
            _config(of_node, patience), lambda: say(f"{of_node.name} listens on {_address(line)}")
        )
        server.config.app = app.build(of_node, database, own, role, server.give_up)
        if role != "web":
            async with control.listening(database, of_node):
                await server.serve(sockets=[line])
        else:
            await server.serve(sockets=[line])
    return not server.gave_up


class Server(uvicorn.Server):
    """uvicorn, which tells when it listens, and ends with status 0 when it was asked to end."""

    def __init__(self, config: uvicorn.Config, listens: Callable[[], None]) -> None:
        super().__init__(config)
        self.gave_up = False
        self._listens = listens

    def give_up(self) -> None:
        """Something broke for good: stop, as if asked to, and let the process say so."""
        self.gave_up = self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        _settle()
        self._listens()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield  # they stay caught until the database is closed


def _config(of_node: Settings, patience: int) -> uvicorn.Config:
    return uvicorn.Config(
        "",
        http=Connection,
        ws="none",
        lifespan="on",
        interface="asgi3",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # `node.caller` reads them, where it counts
        backlog=WAITING_MOST,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=patience,
    )


def _line(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=WAITING_MOST)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        raise Refusal(
            f"cannot listen on {host} port {port}: {why}. Choose others with --host and --port"
        ) from None


def _address(line: socket.socket) -> str:
    host, port = line.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _share_memory() -> None:
    """All threads take their memory from two heaps. By itself glibc gives each thread one of its own, which
    keeps what it once had: 5 MB of a busy node. Other C libraries have no such thing."""
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        library.mallopt(M_ARENA_MAX, 2)


def _settle() -> None:
    """What is there by now stays. Looking through all of it again and again for cycles that nobody needs any
    more was a sixth of what a message costs."""
    gc.collect()
    gc.freeze()


def _speak() -> None:
    """What is logged goes to stderr: our own from INFO on, of others only what is wrong."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    logging.getLogger("node").setLevel(logging.INFO)
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
