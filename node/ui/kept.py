"""What is the same for many readers: looked up once, and good until something is committed, a second at most.

A second, because another process of this node may have changed something.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass
from time import monotonic
from typing import Any, Generic, TypeVar

from node.storage.database import Database

T = TypeVar("T")

SECONDS = 1.0
MOST = 200


@dataclass(frozen=True)
class _Look(Generic[T]):
    """A look that was begun: over which state of the database, until when it is good, and what it finds."""

    change: object
    until: float
    found: asyncio.Task[T]

    def good(self, change: object) -> bool:
        done = self.found.done()
        broke = done and (self.found.cancelled() or self.found.exception() is not None)
        return self.change is change and monotonic() < self.until and not broke


class Kept(Generic[T]):
    """One look for all who ask the same at the same time; who asks something else does not wait for it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._looks: OrderedDict[Hashable, _Look[T]] = OrderedDict()

    async def get(self, key: Hashable, look: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What `look` found for this key, now or just before."""
        change, kept = self._database.change(), self._looks.get(key)
        if kept is None or not kept.good(change):
            kept = _Look(change, monotonic() + SECONDS, asyncio.create_task(look()))
            self._looks[key] = kept
            self._looks.move_to_end(key)
            while len(self._looks) > MOST:
                self._looks.popitem(last=False)
        return await asyncio.shield(kept.found)  # one reader who leaves takes it from nobody else
