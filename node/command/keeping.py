"""`backup`: a whole node into one file, also while it runs."""

import asyncio
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Any, Literal

from node import __version__, settings
from node.command import bundle, postgresql
from node.federation import keys
from node.neighbourhood.refusal import Refusal
from node.settings import FILE, Settings
from node.storage import schema
from node.storage.database import Database
from node.ui.photobox import FOLDER

DATABASE, DUMP = "node.db", "database.dump"
KEYS = ("group-ed25519.pem", "application-ed25519.pem")
LATER_KEYS = ["group-rsa.pem", "application-rsa.pem"]  # a node that ran only an older release has none yet
LAST = "last-backup"
SNAPSHOT = ".snapshot-"
ENDING = ".buurtknoop"
SHORTEST_PASSPHRASE = 12

Steps = Callable[[str, int], bundle.Seen]
"""Told what begins and how many bytes it is; gives what to call for every so many bytes done."""


def back_up(directory: Path, to: Path, passphrase: str, keep: int | None, steps: Steps) -> dict[str, Any]:
    """Write a backup, and note that there is one. Raises Refusal and Wrong."""
    of_node = settings.read(directory)
    path = named(of_node, to)
    said = pack(of_node, path, passphrase, "backup", steps)
    note = {"at": said["made"], "file": str(path.absolute()), "bytes": said["bytes"]}
    _note(directory / LAST, json.dumps(note))
    return {**said, "removed": _thin_out(of_node, path.parent, keep) if keep and to.is_dir() else []}


def named(of_node: Settings, to: Path) -> Path:
    """The file to write: in a folder it gets a name with the time in it."""
    if to.is_dir():
        return to / f"{_whose(of_node)}-{datetime.now(UTC):%Y%m%dT%H%M%S}Z{ENDING}"
    if to.exists():
        raise Refusal(f"{to} is there already: write another name, or a folder")
    if not to.parent.is_dir():
        raise Refusal(f"there is no folder {to.parent}")
    return to


def _whose(of_node: Settings) -> str:
    """What the names of a node's backups begin with: two nodes may be called the same, and share a folder."""
    return of_node.acct.replace(":", "-")


def pack(
    of_node: Settings, path: Path, passphrase: str, what: Literal["backup", "box"], steps: Steps
) -> dict[str, Any]:
    """All that a node is, in one file that the passphrase opens."""
    require_good(passphrase)
    if lost_keys(of_node.dir):  # to keep is not to make new ones
        raise Refusal("a key is missing: put it back first, other nodes know this one by its keys")
    try:
        own = keys.load_or_make(of_node.dir, of_node.home).group
    except keys.Unsafe as error:
        raise Refusal(str(error)) from None
    with _photos(of_node) as linked, _database(of_node, steps) as (kind, name, copy):
        contents: dict[str, bytes | Path] = {**dict(_files(of_node)), **linked(), name: copy}
        manifest = bundle.Manifest(
            what=what,
            made=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            program=__version__,
            origin=of_node.origin,
            actor=of_node.home.actor,
            name=of_node.name,
            area=of_node.area,
            key=keys.public(own),
            schema=_schema(of_node, copy) or "",
            database=kind,
            files=[bundle.piece(name, content) for name, content in contents.items()],
        )
        seen = steps("Packing", sum(one.size for one in manifest.files))
        bundle.write(path, passphrase, manifest, contents, own, seen)
    return {"file": str(path), "bytes": path.stat().st_size, **told(manifest)}


def told(manifest: bundle.Manifest) -> dict[str, Any]:
    """What a program hears of a file."""
    words = ("name", "origin", "actor", "area", "key", "schema", "made")
    return {**{word: getattr(manifest, word) for word in words}, "files": len(manifest.files)}


def require_good(passphrase: str) -> None:
    """A backup holds everything: who guesses its passphrase is the node."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise Refusal(
            f"the passphrase is too short: {SHORTEST_PASSPHRASE} letters or more, better five words"
        )


def lost_keys(directory: Path) -> list[str]:
    """The keys that a node cannot be without, and that are not there."""
    lost = [name for name in (*KEYS, *LATER_KEYS) if not (directory / "keys" / name).is_file()]
    return lost if lost != LATER_KEYS else []


def _files(of_node: Settings) -> Iterator[tuple[str, bytes]]:
    """Settings, keys, a town's clock, and the letters in a mail folder that lies in the node's directory."""
    here = of_node.dir
    folders = [here / "keys"]
    if of_node.mail_folder and here.resolve() in (here / of_node.mail_folder).resolve().parents:
        folders.append(here / of_node.mail_folder)
    kept = [here / FILE, here / "clock", *(path for folder in folders for path in sorted(folder.glob("*")))]
    for path in kept:
        if path.is_file() and not path.name.startswith("."):
            yield path.relative_to(here).as_posix(), path.read_bytes()


@contextmanager
def _photos(of_node: Settings) -> Iterator[Callable[[], dict[str, bytes | Path]]]:
    """The files of photos as they are now, and those that come until it is called: under second names, so
    that none is missing that the copy of the database knows. These are gone again afterwards."""
    _tidy(of_node.dir)
    there, room = of_node.dir / FOLDER, of_node.dir / f"{SNAPSHOT}{token_hex(4)}"
    room.mkdir(mode=0o700)

    def linked() -> dict[str, bytes | Path]:
        for path in sorted(there.glob("*.jpg")):
            with suppress(FileExistsError, FileNotFoundError):  # there already; taken away just now
                _link(path, room / path.name)
        return {f"{FOLDER}/{path.name}": path for path in sorted(room.iterdir())}

    try:
        linked()
        yield linked
    finally:
        shutil.rmtree(room)


def _link(path: Path, to: Path) -> None:
    """A second name for a file; where it lies on another disk, a second file."""
    try:
        os.link(path, to)
    except (FileExistsError, FileNotFoundError):
        raise
    except OSError:
        shutil.copyfile(path, to)


def _tidy(directory: Path) -> None:
    """What a backup left that was killed."""
    for left in directory.glob(f"{SNAPSHOT}*"):
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink()


@contextmanager
def _database(of_node: Settings, steps: Steps) -> Iterator[tuple[Literal["sqlite", "postgresql"], str, Path]]:
    """A copy of the database as it is at one moment, gone again afterwards."""
    copy = of_node.dir / f"{SNAPSHOT}{token_hex(4)}"
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    steps("Copying the database", 0)
    try:
        if of_node.database.startswith("sqlite"):
            _vacuum(Path(of_node.database.removeprefix("sqlite:///")), copy)
            yield "sqlite", DATABASE, copy
        else:
            postgresql.dump(of_node.database, copy)
            yield "postgresql", DUMP, copy
    finally:
        copy.unlink(missing_ok=True)


def _vacuum(path: Path, to: Path) -> None:
    """One unchanging view of the file, without what was deleted from it (SQLite: VACUUM INTO)."""
    if not path.exists():
        raise Refusal(f"there is no database at {path}")
    with closing(sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=30)) as source:
        source.execute("VACUUM INTO ?", (str(to),))


def _schema(of_node: Settings, copy: Path) -> str | None:
    if of_node.database.startswith("sqlite"):
        return schema_of(copy)
    return asyncio.run(_asked(of_node))


def schema_of(path: Path) -> str | None:
    """The schema of an SQLite file that no process works with."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as database:
        found = database.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(found[0]) if found else None


async def _asked(of_node: Settings) -> str | None:
    database = Database(of_node.database, of_node.home)
    try:
        return await database.reading(schema.current)
    finally:
        await database.stop()


def _thin_out(of_node: Settings, folder: Path, keep: int) -> list[str]:
    """Of this node's backups in a folder only the newest stay: their names carry the time."""
    ours = sorted(folder.glob(f"{_whose(of_node)}-????????T??????Z{ENDING}"))
    for old in ours[:-keep]:
        old.unlink()
    return [str(old) for old in ours[:-keep]]


def _note(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    part.rename(path)
