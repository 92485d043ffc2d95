"""`doctor`: is the node well? What it finds it says in plain words, and what to do."""

import json
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from node import clock, settings
from node.command import control, outside
from node.command.keeping import LAST, lost_keys
from node.federation.keys import Unsafe, load_or_make
from node.neighbourhood.refusal import Refusal
from node.serving import resting, shift
from node.settings import FILE, Settings, Wrong
from node.storage import schema
from node.ui import theme

LEAST_FREE = 0.05  # of the disk
MOST_APART = timedelta(minutes=5)
BACKUP_WITHIN = timedelta(days=2)
ADVICE = {
    "failing": ". They are tried again by themselves; ask their operators when it lasts",
    "lookups": ". An address typed wrong: `buurtknoop node list` shows it, `node end ADDRESS` forgets it",
}
NOT_LOOKED_AT = "not looked at from outside: the node does not run"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    well: bool
    words: str


def examine(directory: Path) -> list[Finding]:
    """Look at everything; what cannot be looked at is a finding too."""
    try:
        of_node = settings.read(directory)
    except Wrong as error:
        return [Finding("settings", False, str(error))]
    return [Finding("settings", True, f"{of_node.name}, {of_node.origin}"), *_examined(of_node)]


def _examined(of_node: Settings) -> Iterator[Finding]:
    yield _files(of_node.dir)
    yield _keys(of_node)
    yield _disk(of_node.dir)
    yield _mail(of_node)
    yield _theme(of_node)
    yield _federation(of_node)
    yield _backup(of_node)
    try:
        heard = control.ask(of_node.dir, "condition", {})
        found = heard or control.run(of_node.dir, "condition", {})
    except Refusal as refusal:
        yield _clock(of_node, None)
        yield Finding("database", False, str(refusal))
        return
    seen = outside.look(of_node) if heard else None
    yield _clock(of_node, seen)
    yield _server(of_node, running=heard is not None)
    yield Finding("address", seen.well, seen.words) if seen else Finding("address", True, NOT_LOOKED_AT)
    yield from _database(found)


def _server(of_node: Settings, running: bool) -> Finding:
    if resting.moved(of_node.dir) is not None:
        return Finding("server", False, "it moved out, and is at rest: see `buurtknoop move out --help`")
    return Finding("server", True, "runs" if running else "does not run now: `buurtknoop serve` starts it")


def _theme(of_node: Settings) -> Finding:
    try:
        found = theme.of(of_node)
    except theme.Unfit as why:
        return Finding("theme", False, f"{of_node.theme} is not used, and our own look stays: {why}")
    if found is None:
        return Finding("theme", True, "our own look; a municipality can bring its own (docs/theme.md)")
    rest = f"; not understood, and left out: {', '.join(found.left)}" if found.left else ""
    return Finding("theme", True, f"{of_node.theme}: {len(found.taken)} tokens are used{rest}")


def _backup(of_node: Settings) -> Finding:
    """When the last one was made. Whether it is still there, and off this machine, no program can know."""
    if of_node.town:
        return Finding("backup", True, "a demo needs none")
    how = f"buurtknoop backup --dir {of_node.dir} --to FOLDER, every night (deploy/buurtknoop-backup.timer)"
    try:
        last = json.loads((of_node.dir / LAST).read_text("utf-8"))
        age = clock.now() - datetime.fromisoformat(last["at"])
    except FileNotFoundError:
        if _age(of_node.dir) < BACKUP_WITHIN:
            return Finding("backup", True, f"none yet, the node is new: {how}")
        return Finding("backup", False, f"none was ever made: {how}")
    except (ValueError, KeyError, TypeError):
        return Finding("backup", False, f"nobody can tell when the last was made: {how}")
    words = f"the last was made {age / timedelta(hours=1):.0f} hours ago: {last.get('file')}"
    if age < BACKUP_WITHIN:
        return Finding("backup", True, words)
    return Finding("backup", False, f"{words}. Make one: {how}")


def _age(directory: Path) -> timedelta:
    """How long the node is here: its keys were put down first, and stay as they are."""
    born = min((path.stat().st_mtime for path in (directory / "keys").glob("*.pem")), default=0.0)
    return clock.now() - datetime.fromtimestamp(born, UTC)


def _files(directory: Path) -> Finding:
    """What holds secrets is for the owner alone."""
    secret = [
        directory,
        *(directory / name for name in (FILE, "node.db", "keys") if (directory / name).exists()),
    ]
    for path in secret:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            right = "700" if path.is_dir() else "600"
            return Finding("files", False, f"others on this machine can read {path}: chmod {right} {path}")
    return Finding("files", True, "only their owner can read them")


def _keys(of_node: Settings) -> Finding:
    if lost_keys(of_node.dir):  # to look is not to make new ones
        return Finding("keys", False, "one is missing: other nodes know this one by its keys, put them back")
    try:
        load_or_make(of_node.dir, of_node.home)
    except (Unsafe, OSError, ValueError) as error:
        return Finding("keys", False, str(error))
    return Finding("keys", True, "there, and only their owner can read them")


def _clock(of_node: Settings, seen: outside.Look | None) -> Finding:
    """A Raspberry Pi has no clock of its own: after a power cut it may live in the past."""
    newest = max(path.stat().st_mtime for path in of_node.dir.iterdir() if path.is_file())
    written, at = datetime.fromtimestamp(newest, UTC), datetime.now(UTC)
    words = f"it is {at:%d-%m-%Y %H:%M} UTC here"
    if written > at + MOST_APART:
        words = f"{words}, but files were written at {written:%d-%m-%Y %H:%M}"
        return Finding("clock", False, f"{words}: set the time (timedatectl)")
    if seen and seen.date and seen.at and abs(seen.date - seen.at) > MOST_APART:
        words = f"{words}, but our own address says {seen.date:%d-%m-%Y %H:%M}"
        return Finding("clock", False, f"{words}: set the time (timedatectl)")
    moved = shift.kept(of_node)
    return Finding("clock", True, f"{words}, and the town lives {moved} ahead" if moved else words)


def _disk(directory: Path) -> Finding:
    disk = shutil.disk_usage(directory)
    words = f"{disk.free / 2**30:.1f} GB free of {disk.total / 2**30:.1f} GB"
    if disk.free < LEAST_FREE * disk.total:
        return Finding("disk", False, f"{words}: make room")
    return Finding("disk", True, words)


def _mail(of_node: Settings) -> Finding:
    if of_node.mail_folder:
        where = f"goes to files in {of_node.mail_folder}, not to people"
        return Finding("mail", of_node.town, where if of_node.town else f"{where}: set mail_host")
    if not of_node.mail_host:
        return Finding("mail", False, "nobody can sign in by mail: set mail_host")
    return Finding("mail", True, f"goes through {of_node.mail_host}")


def _federation(of_node: Settings) -> Finding:
    off = "off: it speaks with nobody else (setting `federation`); what is to be sent waits two weeks"
    return Finding(
        "federation", True, "on: it speaks with other nodes and servers" if of_node.federation else off
    )


def _database(found: dict[str, Any]) -> Iterator[Finding]:
    if found["schema"] == schema.newest():
        yield Finding("schema", True, f"{found['schema']}, the newest")
    else:
        yield Finding("schema", False, f"{found['schema']}, not {schema.newest()}: restart the node")
    alone = "nobody has the role: `buurtknoop role grant WHO operator`"
    yield Finding(
        "operator", found["operators"] > 0, str(found["operators"]) if found["operators"] else alone
    )
    for what, none in (
        ("failing", "every node we write to answers"),
        ("letters", "none failed"),
        ("lookups", "none failed"),
    ):
        name = "deliveries" if what == "failing" else what
        said = "; ".join(found[what]) + (ADVICE.get(what, "") if found[what] else "")
        yield Finding(name, not found[what], said or none)
    yield Finding("queue", True, f"{found['queue']} messages wait to be sent")
