"""`doctor`: is the node well? What it finds it says in plain words, and what to do."""

import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from node import clock, settings
from node.command import control
from node.command.control import NAME
from node.federation.keys import Unsafe, load_or_make
from node.neighbourhood.refusal import Refusal
from node.settings import FILE, Settings, Wrong
from node.storage import schema

LEAST_FREE = 0.05  # of the disk
MOST_AHEAD = timedelta(minutes=5)
KEYS = 2


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
    yield _clock(of_node.dir)
    yield _disk(of_node.dir)
    yield _mail(of_node)
    running = (of_node.dir / NAME).exists()
    try:
        found = control.run(of_node.dir, "condition", {})
    except Refusal as refusal:
        yield Finding("database", False, str(refusal))
        return
    yield Finding("server", True, "runs" if running else "does not run now: `buurtknoop serve` starts it")
    yield from _database(found)


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
    if len(list((of_node.dir / "keys").glob("*.pem"))) < KEYS:  # to look is not to make new ones
        return Finding("keys", False, "one is missing: other nodes know this one by its keys, put them back")
    try:
        load_or_make(of_node.dir, of_node.home)
    except (Unsafe, OSError, ValueError) as error:
        return Finding("keys", False, str(error))
    return Finding("keys", True, "there, and only their owner can read them")


def _clock(directory: Path) -> Finding:
    """A Raspberry Pi has no clock of its own: after a power cut it may live in the past."""
    newest = max(path.stat().st_mtime for path in directory.iterdir() if path.is_file())
    written, at = datetime.fromtimestamp(newest, UTC), clock.now()
    if written > at + MOST_AHEAD:
        words = f"it is {at:%d-%m-%Y %H:%M} UTC here, but files were written at {written:%d-%m-%Y %H:%M}"
        return Finding("clock", False, f"{words}: set the time (timedatectl)")
    return Finding("clock", True, f"{at:%d-%m-%Y %H:%M} UTC")


def _disk(directory: Path) -> Finding:
    disk = shutil.disk_usage(directory)
    words = f"{disk.free / 2**30:.1f} GB free of {disk.total / 2**30:.1f} GB"
    if disk.free < LEAST_FREE * disk.total:
        return Finding("disk", False, f"{words}: make room")
    return Finding("disk", True, words)


def _mail(of_node: Settings) -> Finding:
    if of_node.mail_folder:
        return Finding("mail", of_node.town, "goes to files, not to people: set mail_host")
    if not of_node.mail_host:
        return Finding("mail", False, "nobody can sign in by mail: set mail_host")
    return Finding("mail", True, f"goes through {of_node.mail_host}")


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
        yield Finding(name, not found[what], "; ".join(found[what]) or none)
    yield Finding("queue", True, f"{found['queue']} messages wait to be sent")
