"""Where the files of photos are: two for each, in a folder of the node beside its database, never under the
name they came with (M06)."""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from node.neighbourhood import photo
from node.neighbourhood.refusal import Conflict, phrase
from node.ui.darkroom import Darkroom, Failed

FOLDER = "photos"
LARGE, SMALL = ".jpg", "-small.jpg"
ROOM = 0.10  # of a disk: with less of it free no photo is taken in any more, before anything else stops (M07)
GRACE = 900.0  # seconds: a file is written before its row
_WHY = {3: photo.too_large, 4: photo.unreadable, 5: photo.moving}  # what the child says at its end


def free(folder: Path) -> float:
    """Which part of the disk is free."""
    found = shutil.disk_usage(folder)
    return found.free / found.total


@dataclass(frozen=True)
class Made:
    """A photo as it is kept: two files, the large one `width` by `height`."""

    width: int
    height: int
    large: bytes
    small: bytes

    @property
    def size(self) -> int:
        """Bytes of both."""
        return len(self.large) + len(self.small)


@dataclass
class PhotoBox:
    """The photos of a node, in `folder`. `free` says which part of its disk is."""

    folder: Path
    darkroom: Darkroom
    free: Callable[[Path], float] = free

    @property
    def has_room(self) -> bool:
        """Whether photos are taken in at all."""
        return self.free(self.folder.parent) >= ROOM

    def require_room(self) -> None:
        """Refuse while the disk is nearly full: what people write goes before."""
        if not self.has_room:
            raise Conflict(phrase("There is no room for photos now. Your text is safe: post it without."))

    async def make(self, raw: bytes) -> Made:
        """What is kept of a file that was sent. Raises Invalid for what is no photo, TooMany when it is
        busy."""
        content = photo.content_of(raw)
        try:
            made = await self.darkroom.made(content, raw)
        except Failed as why:
            raise _WHY.get(why.status or 0, photo.unreadable)() from None
        head, _, files = made.partition(b"\n")
        said = json.loads(head)
        large = int(said["large"])
        return Made(int(said["width"]), int(said["height"]), files[:large], files[large:])

    def keep(self, key: str, made: Made) -> None:
        """Put both files down, for the node's eyes alone."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        for ending, content in ((LARGE, made.large), (SMALL, made.small)):
            path = self.folder / f"{key}{ending}"
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())

    def read(self, key: str, ending: str) -> bytes | None:
        """One file; None when it is not there."""
        try:
            return (self.folder / f"{key}{ending}").read_bytes()
        except FileNotFoundError:
            return None

    def drop(self, key: str) -> None:
        for ending in (LARGE, SMALL):
            (self.folder / f"{key}{ending}").unlink(missing_ok=True)

    def left_over(self, known: set[str], at: datetime) -> set[str]:
        """Of which photos there are files, and no row any more."""
        files = self.folder.glob("*") if self.folder.is_dir() else ()
        there = {path: path.name.removesuffix(LARGE).removesuffix("-small") for path in files}
        return {key for path, key in there.items() if key not in known and _is_old(path, at)}


def _is_old(path: Path, at: datetime) -> bool:
    try:
        return path.stat().st_mtime < at.timestamp() - GRACE
    except FileNotFoundError:
        return False
