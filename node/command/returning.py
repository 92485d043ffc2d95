"""`restore` and `move in`: a node comes out of a file, in a directory where nothing is yet.

All is unpacked and checked beside its place first. The settings come into place last: until then it is no
node.
"""

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import msgspec

from node import clock, settings
from node.command import bundle, postgresql
from node.command.keeping import DATABASE, DUMP, Steps, lost_keys, schema_of, told
from node.federation import keys
from node.neighbourhood.refusal import Refusal
from node.serving.opening import opened
from node.serving.resting import sync
from node.settings import FILE, Settings
from node.storage import figures, lookups, nodes, schema
from node.storage.database import Database, Transaction

ROOM = ".returning"
LEFT = (f"{DATABASE}.lock", f"{DATABASE}-wal", f"{DATABASE}-shm", DUMP)


def bring_back(source: Path, directory: Path, passphrase: str, steps: Steps) -> dict[str, Any]:
    """A node from its backup. Its neighbours are asked what they posted since. Raises Refusal and Wrong."""
    return _take_in(source, directory, passphrase, "backup", None, steps)


def move_in(source: Path, directory: Path, passphrase: str, key: str | None, steps: Steps) -> dict[str, Any]:
    """A node from its moving box, whole and signed by that node; `key` says which key that has to be."""
    return _take_in(source, directory, passphrase, "box", key, steps)


def _take_in(
    source: Path, directory: Path, passphrase: str, what: str, key: str | None, steps: Steps
) -> dict[str, Any]:
    with _room(directory) as room:
        seen = steps("Checking", source.stat().st_size)
        manifest = bundle.unpack(source, passphrase, room, what, seen)
        if key is not None and key != manifest.key:
            raise Refusal(f"this box is signed by another node: its key is {manifest.key}")
        of_node = _checked(room, manifest)
        steps("Looking through the database", 0)
        numbers = asyncio.run(_woken(room, of_node, manifest, asks=what == "backup"))
        _settle(room, directory, of_node)
    return {"dir": str(directory), "numbers": numbers, **told(manifest)}


@contextmanager
def _room(directory: Path) -> Iterator[Path]:
    """A place to unpack in, within the directory that it is for: what goes wrong leaves nothing."""
    if directory.exists() and any(directory.iterdir()):
        raise Refusal(f"{directory} is not empty: choose a directory where nothing is yet")
    made = not directory.exists()
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    room = directory / ROOM
    try:
        room.mkdir(mode=0o700)
        yield room
    except BaseException:  # also Ctrl-C: what is half unpacked goes
        shutil.rmtree(room, ignore_errors=True)
        if made:
            directory.rmdir()
        raise


def _checked(room: Path, manifest: bundle.Manifest) -> Settings:
    """The settings of what was unpacked, once it is clear that all of it belongs together."""
    for needed in (FILE, DATABASE if manifest.database == "sqlite" else DUMP):
        if not (room / needed).is_file():
            raise Refusal(f"{needed} is missing in it")
    of_node = settings.read(room)
    if (of_node.origin, of_node.home.actor) != (manifest.origin, manifest.actor):
        raise Refusal(
            f"it says it is {manifest.origin}, but its settings (or the environment) say {of_node.origin}"
        )
    if lost_keys(room):
        raise Refusal("a key is missing in it")
    if keys.public(keys.load_or_make(room, of_node.home).group) != manifest.key:
        raise Refusal("it was signed with another key than the one in it")
    if manifest.schema > schema.newest():
        raise Refusal(
            f"it has schema {manifest.schema}, this program knows up to {schema.newest()}: use a newer one"
        )
    kind = of_node.database.partition(":")[0]
    if kind != manifest.database:
        raise Refusal(f"it holds a database of {manifest.database}, its settings name one of {kind}")
    if manifest.database == "sqlite":
        _check_file(room, of_node)
    return of_node


def _check_file(room: Path, of_node: Settings) -> None:
    file, wanted = room / DATABASE, _wanted(of_node)
    with closing(sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)) as database:
        try:
            found = database.execute("PRAGMA integrity_check(1)").fetchone()[0]
        except sqlite3.DatabaseError as error:
            found = str(error)
    if found != "ok":
        raise Refusal(f"the database in it is damaged: {found}")
    if (schema_of(file) or "") > schema.newest():
        raise Refusal(f"its database is of a newer program; this one knows up to schema {schema.newest()}")
    if not _within(room, wanted) and wanted.exists():
        raise Refusal(f"there is a database at {wanted} already: the settings want it there")


async def _woken(room: Path, of_node: Settings, manifest: bundle.Manifest, asks: bool) -> dict[str, int]:
    """Open the database, bring it to the newest schema, and see what is in it; the file stays as it was."""
    if manifest.database == "sqlite":
        of_node = msgspec.structs.replace(of_node, database=f"sqlite:///{room / DATABASE}")
    else:
        await _fill(of_node, room / DUMP)
    async with opened(of_node) as database:
        if asks:
            await database.writing(_ask_neighbours)
        return await database.reading(figures.figures, clock.now())


async def _fill(of_node: Settings, dump: Path) -> None:
    database = Database(of_node.database, of_node.home)
    try:
        found = await database.reading(schema.current)
    finally:
        await database.stop()
    if found is not None:
        raise Refusal("there is a node in that PostgreSQL database already: make an empty one (createdb)")
    await asyncio.to_thread(postgresql.load, of_node.database, dump)


def _ask_neighbours(tx: Transaction) -> None:
    """What others posted since the backup was made, and who is in our hub by now: read it again."""
    for node in nodes.everyone(tx):
        if node.active or node.member:
            lookups.ask(tx, "outbox", node.id, clock.now())
    hub = nodes.hub(tx)
    if hub is not None and hub.member:
        lookups.ask(tx, "directory", hub.id, clock.now())


def _settle(room: Path, directory: Path, of_node: Settings) -> None:
    """Everything into its place, the settings last."""
    for name in [*LEFT, *(path.name for path in room.glob("*.before-*"))]:
        (room / name).unlink(missing_ok=True)
    wanted = _wanted(of_node) if of_node.database.startswith("sqlite") else room / DATABASE
    if not _within(room, wanted) and wanted != directory.absolute() / DATABASE:
        shutil.move(room / DATABASE, wanted)
    for path in sorted(room.iterdir(), key=lambda path: path.name == FILE):
        path.rename(directory / path.name)
    room.rmdir()
    directory.chmod(0o700)
    sync(directory)


def _wanted(of_node: Settings) -> Path:
    return Path(os.path.abspath(of_node.database.removeprefix("sqlite:///")))  # noqa: PTH100  (not through links)


def _within(room: Path, path: Path) -> bool:
    return room.absolute() in path.parents
