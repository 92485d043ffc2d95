"""A town's own time: how far its nodes live ahead of the true one, so that what takes days can be seen.

It stands in a file of the node's directory, in seconds. A node that is not of a town never looks there.
"""

import asyncio
import os
from datetime import timedelta

from node import clock
from node.settings import Settings

FILE = "clock"
MOST = timedelta(days=3660)
LOOK_SECONDS = 0.5


def kept(settings: Settings) -> timedelta:
    """How far ahead this node is to live: nothing, unless it is of a town and was moved."""
    if not settings.town:
        return timedelta()
    try:
        seconds = int((settings.dir / FILE).read_text("ascii")[:20])
    except (FileNotFoundError, ValueError):
        return timedelta()
    most = int(MOST.total_seconds())
    return timedelta(seconds=max(-most, min(most, seconds)))


def apply(settings: Settings) -> None:
    """Live by the time that is kept."""
    if settings.town:
        clock.set_ahead(kept(settings))


def keep(settings: Settings, by: timedelta) -> None:
    """Live that far ahead, also after a new start. Only in a town: whoever calls this has looked."""
    part = settings.dir / f".{FILE}.part"
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(str(int(by.total_seconds())))
    part.rename(settings.dir / FILE)
    clock.set_ahead(by)


async def follow(settings: Settings) -> None:
    """Where several processes are one node: live by what another of them was told."""
    while True:
        await asyncio.to_thread(apply, settings)
        await asyncio.sleep(LOOK_SECONDS)
