"""The way to the pictures: made one at a time, in a child process that may use little (`node.pictures`)."""

import asyncio
import os
import sys
from dataclasses import dataclass, field

from node.neighbourhood.refusal import TooMany, phrase

SECONDS = 10.0  # by the clock, however busy the machine is; of a processor the child has five
MOST = 4 * 1024 * 1024  # bytes of a picture
WAITING = 8  # who comes when so many wait is asked to come back
KEPT = ("PATH", "PYTHONPATH", "LANG", "LD_LIBRARY_PATH", "VIRTUAL_ENV")


class Failed(Exception):
    """No picture came: what it was to be made of was too much for the child, or the machine for both.
    `status`: what the child said of it at its end, if it came to say something."""

    def __init__(self, words: str, status: int | None = None) -> None:
        super().__init__(words)
        self.status = status


@dataclass
class Darkroom:
    """Where pictures are asked for. A Pi has memory for one of these at a time."""

    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _waiting: int = 0

    async def made(self, name: str, given: bytes) -> bytes:
        """What the program `name` makes of this. Raises Failed, and TooMany when too many wait already."""
        if self._waiting >= WAITING:
            raise TooMany(phrase("It is busy here. Try again in a moment."), 10)
        self._waiting += 1
        try:
            async with self._turn:
                return await _asked(name, given)
        finally:
            self._waiting -= 1


async def _asked(name: str, given: bytes) -> bytes:
    pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "node.pictures", name),
        stdin=pipe,
        stdout=pipe,
        stderr=nothing,
        env={key: os.environ[key] for key in KEPT if key in os.environ},  # it is to know no secret
        start_new_session=True,  # a group of its own: what is sent to that of the node does not reach it
    )
    try:
        async with asyncio.timeout(SECONDS):
            made, _ = await child.communicate(given)
    except TimeoutError:
        raise Failed(f"{name}: not within {SECONDS:.0f} seconds") from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode or not made or len(made) > MOST:
        raise Failed(f"{name}: ended with {child.returncode}", child.returncode)
    return made
