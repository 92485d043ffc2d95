"""This node's own keys: which of them signs, and which are shown.

Each actor has two: Ed25519 for our own kind and for proofs, RSA for all other software.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import time_ns
from typing import TypeVar

from node.federation import key_files, multikey
from node.federation.key_files import BEGINNING, NAMES, Aged, Unsafe
from node.federation.message import Kind
from node.federation.own_key import Pair, RsaKey, SigningKey
from node.neighbourhood.node import Home

__all__ = ["BEGINNING", "Aged", "Keys", "OfGroup", "Unsafe", "begin", "load_or_make", "prepare", "public"]

TICK = 100_000_000  # nanoseconds: two changes so close may leave the folder with the same time
SHOWN_AFTER = timedelta(days=31)  # what was signed with an old key may still be under way
K = TypeVar("K", SigningKey, RsaKey)


@dataclass(frozen=True)
class OfGroup:
    """The Group's keys of both kinds, each oldest first."""

    ed25519: Sequence[Aged[SigningKey]]
    rsa: Sequence[Aged[RsaKey]]


class Keys:
    """The Group signs what the neighbourhood says; the Application signs what the node reads elsewhere.

    A new key of the Group is shown before it signs, and an old one for 31 days after (`wire.md` 1.9). The two
    kinds change apart from each other.
    """

    def __init__(self, group: OfGroup, application: Pair, again: Callable[[], OfGroup] | None = None) -> None:
        self._kept = group
        self._application = application
        self._again = again

    @property
    def _group(self) -> OfGroup:
        """The keys as they are on disk now: they may have been changed by another process of this node."""
        if self._again is not None:
            self._kept = self._again()
        return self._kept

    @property
    def application(self) -> SigningKey:
        """The key of the Application for our own kind."""
        return self._application.ed25519

    @property
    def group(self) -> SigningKey:
        """The key of the Group that signs now."""
        return _newest(self._group.ed25519)

    def group_at(self, moment: datetime) -> SigningKey:
        """The key that signed at that moment: what was said before a change is signed by the key of then."""
        return _at(self._group.ed25519, moment)

    def of_group(self, moment: datetime | None = None) -> Pair:
        """What the Group signs with now, or signed with at that moment."""
        group = self._group
        if moment is None:
            return Pair(_newest(group.ed25519), _newest(group.rsa))
        return Pair(_at(group.ed25519, moment), _at(group.rsa, moment))

    def of_application(self) -> Pair:
        """What the Application signs with."""
        return self._application

    def beside(self, key: SigningKey) -> Pair:
        """A key of ours with the RSA key that its actor has now."""
        mine = key.key_id == self._application.ed25519.key_id
        return Pair(key, self._application.rsa if mine else _newest(self._group.rsa))

    def shown(self, at: datetime) -> list[SigningKey]:
        """The keys that the actor names as its own: the one that signs, those before it, one to come."""
        return _shown(self._group.ed25519, at)

    def rsa_shown(self, at: datetime) -> list[RsaKey]:
        """The same of its RSA keys: the one that signs is `of_group().rsa`."""
        return _shown(self._group.rsa, at)

    def all_shown(self, at: datetime) -> list[SigningKey | RsaKey]:
        """Of both kinds."""
        return [*self.shown(at), *self.rsa_shown(at)]


def _newest(keys: Sequence[Aged[K]]) -> K:
    return [aged.key for aged in keys if aged.since is not None][-1]


def _at(keys: Sequence[Aged[K]], moment: datetime) -> K:
    return [aged.key for aged in keys if aged.since is not None and aged.since <= moment][-1]


def _shown(keys: Sequence[Aged[K]], at: datetime) -> list[K]:
    ends = [aged.since for aged in keys[1:]] + [None]
    pairs = zip(keys, ends, strict=True)
    return [aged.key for aged, end in pairs if end is None or at < end + SHOWN_AFTER]


def load_or_make(directory: Path, home: Home) -> Keys:
    """The keys of the node in this directory; made when it has none. Raises Unsafe when a file is open to
    others."""
    folder = directory / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    application = Pair(
        SigningKey(
            f"{home.application}#{NAMES[Kind.ED25519]}",
            key_files.ed25519_in(folder / "application-ed25519.pem"),
        ),
        RsaKey(f"{home.application}#{NAMES[Kind.RSA]}", key_files.rsa_in(folder / "application-rsa.pem")),
    )
    read = _Folder(folder, home)
    return Keys(read(), application, read)


class _Folder:
    """Reads the Group's keys of a folder, and again when something in it changed."""

    def __init__(self, folder: Path, home: Home) -> None:
        self._folder, self._home = folder, home
        self._changed = self._read_at = 0
        self._found = OfGroup([], [])

    def __call__(self) -> OfGroup:
        changed = self._folder.stat().st_mtime_ns
        if changed != self._changed or self._read_at < changed + TICK:
            self._changed, self._read_at = changed, time_ns()
            actor = self._home.actor
            self._found = OfGroup(
                key_files.ed25519(self._folder, actor), key_files.rsa_keys(self._folder, actor)
            )
        return self._found


def prepare(directory: Path, kind: Kind = Kind.ED25519) -> None:
    """Make the next key of the Group: it is shown from now on, and signs nothing yet. Once is enough."""
    folder = directory / "keys"
    found = key_files.later(folder, kind)
    if not found or found[-1].since is not None:
        number = found[-1].number + 1 if found else 2
        key_files.make(folder / f"group-{kind}-{number}.pem", kind)


def begin(directory: Path, at: datetime, kind: Kind = Kind.ED25519) -> None:
    """From now on the newest key of that kind signs: what was said before stays with the key before."""
    folder = directory / "keys"
    newest = key_files.later(folder, kind)[-1]
    if newest.since is None:
        milliseconds = (at - BEGINNING) // timedelta(milliseconds=1)
        newest.path.rename(folder / f"group-{kind}-{newest.number}.{milliseconds}.pem")


def public(key: SigningKey | RsaKey) -> str:
    """The public half as a Multikey, for the actor document."""
    return multikey.encode(key.private.public_key())
