"""This node's own keys: made once, kept in files that only the node may read, never anywhere else."""

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import time_ns

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from node.federation import multikey
from node.federation.signatures import SigningKey
from node.neighbourhood.node import Home

TICK = 100_000_000  # nanoseconds: two changes so close may leave the folder with the same time
SHOWN_AFTER = timedelta(days=31)  # what was signed with an old key may still be under way
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_LATER = re.compile(r"group-ed25519-(\d+)(?:\.(\d+))?\.pem")


class Unsafe(Exception):
    """A key that others on this machine could have read."""


@dataclass(frozen=True)
class Aged:
    """A key of the Group, and from when on it signs; None: it is only shown yet."""

    key: SigningKey
    since: datetime | None


class Keys:
    """The Group signs what the neighbourhood says; the Application signs what the node reads elsewhere.

    A new key of the Group is shown before it signs, and an old one for 31 days after (`wire.md` 1.9).
    """

    def __init__(
        self, group: Sequence[Aged], application: SigningKey, again: Callable[[], list[Aged]] | None = None
    ) -> None:
        self._kept = list(group)
        self.application = application
        self._again = again

    @property
    def _group(self) -> list[Aged]:
        """The keys as they are on disk now: they may have been changed by another process of this node."""
        if self._again is not None:
            self._kept = self._again()
        return self._kept

    @property
    def group(self) -> SigningKey:
        """The key that signs now."""
        return [aged.key for aged in self._group if aged.since is not None][-1]

    def group_at(self, moment: datetime) -> SigningKey:
        """The key that signed at that moment: what was said before a change is signed by the key of then."""
        return [aged.key for aged in self._group if aged.since is not None and aged.since <= moment][-1]

    def shown(self, at: datetime) -> list[SigningKey]:
        """The keys that the actor names as its own: the one that signs, those before it, one to come."""
        group = self._group
        ends = [aged.since for aged in group[1:]] + [None]
        pairs = zip(group, ends, strict=True)
        return [aged.key for aged, end in pairs if end is None or at < end + SHOWN_AFTER]


def load_or_make(directory: Path, home: Home) -> Keys:
    """The keys of the node in this directory; made when it has none. Raises Unsafe when a file is open to
    others."""
    folder = directory / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    application = SigningKey(f"{home.application}#ed25519-key", _key(folder / "application-ed25519.pem"))
    read = _Folder(folder, home)
    return Keys(read(), application, read)


class _Folder:
    """Reads the Group's keys of a folder, and again when something in it changed."""

    def __init__(self, folder: Path, home: Home) -> None:
        self._folder, self._home = folder, home
        self._changed = self._read_at = 0
        self._found: list[Aged] = []

    def __call__(self) -> list[Aged]:
        changed = self._folder.stat().st_mtime_ns
        if changed != self._changed or self._read_at < changed + TICK:
            self._changed, self._read_at = changed, time_ns()
            self._found = self._read()
        return self._found

    def _read(self) -> list[Aged]:
        name = f"{self._home.actor}#ed25519-key"
        first = Aged(SigningKey(name, _key(self._folder / "group-ed25519.pem")), BEGINNING)
        later = [
            Aged(SigningKey(f"{name}-{number}", _key(path)), since)
            for number, since, path in _later(self._folder)
        ]
        return [first, *later]


def prepare(directory: Path) -> None:
    """Make the next key of the Group: it is shown from now on, and signs nothing yet. Once is enough."""
    folder = directory / "keys"
    found = _later(folder)
    if not found or found[-1][1] is not None:
        number = found[-1][0] + 1 if found else 2
        _make(folder / f"group-ed25519-{number}.pem")


def begin(directory: Path, at: datetime) -> None:
    """From now on the newest key of the Group signs: what was said before stays with the key before."""
    folder = directory / "keys"
    number, since, path = _later(folder)[-1]
    if since is None:
        milliseconds = (at - BEGINNING) // timedelta(milliseconds=1)
        path.rename(folder / f"group-ed25519-{number}.{milliseconds}.pem")


def _later(folder: Path) -> list[tuple[int, datetime | None, Path]]:
    """The keys of the Group after the first: number, since when it signs, file."""
    found = []
    for path in folder.glob("group-ed25519-*.pem"):
        if named := _LATER.fullmatch(path.name):
            since = BEGINNING + timedelta(milliseconds=int(named[2])) if named[2] else None
            found.append((int(named[1]), since, path))
    return sorted(found)


def public(key: SigningKey) -> str:
    """The public half as a Multikey, for the actor document."""
    return multikey.encode(key.private.public_key())


def _key(path: Path) -> Ed25519PrivateKey:
    if not path.exists():
        _make(path)
    if path.stat().st_mode & 0o077:
        raise Unsafe(f"{path} can be read by others: run `chmod 600 {path}`, and think about making new keys")
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise Unsafe(f"{path} holds no Ed25519 key")
    return key


def _make(path: Path) -> None:
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
