"""A memory of bounded size: what was used longest ago is forgotten first."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


def keep(memory: "OrderedDict[K, V]", key: K, value: V, most: int) -> None:
    """Remember this, as the newest of at most so many."""
    memory[key] = value
    memory.move_to_end(key)
    while len(memory) > most:
        memory.popitem(last=False)
