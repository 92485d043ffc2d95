"""Long lists, a page at a time, by how many come before."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
PAGE = 30
MOST = 1_000_000_000


@dataclass(frozen=True)
class Slice(Generic[T]):
    """A piece of a list, and how long the whole is."""

    items: Sequence[T]
    start: int
    total: int

    @property
    def more(self) -> int | None:
        """Where the next piece begins, if there is one."""
        end = self.start + len(self.items)
        return end if self.items and end < self.total else None


def sliced(everything: Sequence[T], start: int) -> Slice[T]:
    """The piece that begins at `start`."""
    return Slice(everything[start : start + PAGE], start, len(everything))


def number(written: str | None) -> int:
    """A number from an address; 0 for what is none."""
    written = written or ""
    return min(int(written), MOST) if written.isascii() and written.isdigit() and len(written) < 12 else 0
