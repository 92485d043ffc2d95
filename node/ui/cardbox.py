"""Where share cards are kept once they are drawn: on disk, so many and no more."""

import json
import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from node.neighbourhood.refusal import TooMany, phrase
from node.ui.darkroom import Darkroom

FOLDER, US = "cards", "node"
MOST_KEPT = 200  # of about 60 kB
PER_MINUTE, MINUTE = 20, timedelta(minutes=1)  # drawn; who asks for one that is kept gets it


@dataclass
class CardBox:
    """The cards of a node, in `folder`, by what stands on them."""

    folder: Path
    darkroom: Darkroom = field(default_factory=Darkroom)
    _drawn: deque[datetime] = field(default_factory=deque)

    async def card(self, key: str, given: dict[str, str], at: datetime) -> bytes:
        """The card of a post (or of US) with these words. Raises TooMany, and Failed."""
        words = json.dumps(given, sort_keys=True).encode()
        path = self.folder / f"{key}.{sha256(words).hexdigest()[:16]}.png"
        if path.is_file():
            return path.read_bytes()
        self._count(at)
        made = await self.darkroom.made("card", words)
        self._keep(key, path, made)
        return made

    def drawn(self) -> set[str]:
        """Of which posts there are cards."""
        return {path.name.partition(".")[0] for path in self._kept()} - {US}

    def drop(self, key: str) -> None:
        """The cards of this post go."""
        for path in self._kept():
            if path.name.startswith(f"{key}."):
                path.unlink(missing_ok=True)

    def _keep(self, key: str, path: Path, made: bytes) -> None:
        """In the place of what it looked like before; the oldest go when there are too many."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self.drop(key)
        newest = sorted(self._kept(), key=lambda one: one.stat().st_mtime, reverse=True)
        for old in newest[MOST_KEPT - 1 :]:
            old.unlink(missing_ok=True)
        part = path.with_suffix(".part")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(made)
        part.rename(path)

    def _kept(self) -> Iterator[Path]:
        return self.folder.glob("*.png") if self.folder.is_dir() else iter(())

    def _count(self, at: datetime) -> None:
        while self._drawn and self._drawn[0] <= at - MINUTE:
            self._drawn.popleft()
        if len(self._drawn) >= PER_MINUTE:
            raise TooMany(phrase("It is busy here. Try again in a moment."), int(MINUTE.total_seconds()))
        self._drawn.append(at)
