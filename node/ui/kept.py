"""What is the same for many readers: looked up once, and good until something is committed, a second at most.

A second, because another process of this node may have changed something.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from time import monotonic
from typing import Generic, TypeVar

from node.storage.database import Database

T = TypeVar("T")

SECONDS = 1.0
MOST = 200


class Kept(Generic[T]):
    """One look for all who ask the same at the same time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._found: OrderedDict[Hashable, tuple[object, float, T]] = OrderedDict()
        self._looking = asyncio.Lock()

    async def get(self, key: Hashable, look: Callable[[], Awaitable[T]]) -> T:
        """What `look` found for this key, now or just before."""
        async with self._looking:
            as_now = self._database.change()
            change, until, found = self._found.get(key, (None, 0.0, None))
            if change is as_now and monotonic() < until and found is not None:
                return found
            made = await look()
            self._found[key] = as_now, monotonic() + SECONDS, made
            self._found.move_to_end(key)
            while len(self._found) > MOST:
                self._found.popitem(last=False)
            return made
