"""Work under way, each piece a task of its own: one slow host keeps nobody else waiting."""

import asyncio
import logging
from collections.abc import Coroutine
from time import monotonic
from typing import Any

from node.trail import trail

LOOK_EVERY = 1.0  # seconds: something may come from another process, or fall due
REST = 0.1  # seconds between two looks while one COMMIT follows the other; the first comes at once

log = logging.getLogger(__name__)


class Errands:
    """At most `most` pieces of work at once, each known by its name."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._looked = 0.0

    @property
    def free(self) -> int:
        """How many more may be begun."""
        return self._most - len(self._tasks)

    def begin(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        self._tasks[name] = asyncio.create_task(work, name=name)

    def under_way(self, name: str) -> bool:
        return name in self._tasks

    def count(self, beginning: str) -> int:
        """How many are under way whose names begin so."""
        return sum(name.startswith(beginning) for name in self._tasks)

    async def wait(self, change: asyncio.Event) -> None:
        """Until something was committed, a piece of work is finished, or a second went by."""
        changed = asyncio.create_task(change.wait())
        try:
            waiting = {changed, *self._tasks.values()}
            await asyncio.wait(waiting, timeout=LOOK_EVERY, return_when=asyncio.FIRST_COMPLETED)
        finally:
            changed.cancel()
        await self._rest()
        for name in [name for name, task in self._tasks.items() if task.done()]:
            error = self._tasks.pop(name).exception()
            if error is not None:
                log.error("%s broke: %s", name, trail(error))

    async def _rest(self) -> None:
        """Look no more than ten times a second: each look costs as much as taking in a message."""
        left = self._looked + REST - monotonic()
        if left > 0:
            await asyncio.sleep(left)
        self._looked = monotonic()

    async def stop(self) -> None:
        """Leave everything where it is: the rows behind it tell what is still to be done."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        self._tasks.clear()
