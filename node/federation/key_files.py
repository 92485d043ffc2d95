"""This node's own keys on disk: made once, in files that only the node may read, never anywhere else.

The first key of a kind is `group-rsa.pem`; a later one `group-rsa-2.pem` while it is only shown, and once it
signs `group-rsa-2.<milliseconds since 1970>.pem`.
"""

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Generic, TypeVar
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from node.federation.message import Kind
from node.federation.own_key import RsaKey, SigningKey

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
RSA_BITS = 2048
K = TypeVar("K", SigningKey, RsaKey)
_LATER = {kind: re.compile(rf"group-{kind}-(\d+)(?:\.(\d+))?\.pem") for kind in Kind}
NAMES = {Kind.ED25519: "ed25519-key", Kind.RSA: "main-key"}
"""What stands behind the # of a key's id: all software expects `main-key` of RSA."""


class Unsafe(Exception):
    """A key that others on this machine could have read."""


@dataclass(frozen=True)
class Aged(Generic[K]):
    """A key of the Group, and from when on it signs; None: it is only shown yet."""

    key: K
    since: datetime | None


@dataclass(frozen=True)
class Later:
    """A file with a key after the first of its kind: its number, and since when it signs."""

    number: int
    since: datetime | None
    path: Path


def ed25519(folder: Path, actor: str) -> list[Aged[SigningKey]]:
    """The Group's keys for our own kind, oldest first."""
    named = _named(folder, actor, Kind.ED25519)
    return [Aged(SigningKey(key_id, ed25519_in(path)), since) for key_id, since, path in named]


def rsa_keys(folder: Path, actor: str) -> list[Aged[RsaKey]]:
    """The Group's keys for all other software, oldest first."""
    named = _named(folder, actor, Kind.RSA)
    return [Aged(RsaKey(key_id, rsa_in(path)), since) for key_id, since, path in named]


def _named(folder: Path, actor: str, kind: Kind) -> list[tuple[str, datetime | None, Path]]:
    """Key id, since when it signs, and file."""
    name = f"{actor}#{NAMES[kind]}"
    first: tuple[str, datetime | None, Path] = (name, BEGINNING, folder / f"group-{kind}.pem")
    return [first, *((f"{name}-{one.number}", one.since, one.path) for one in later(folder, kind))]


def later(folder: Path, kind: Kind) -> list[Later]:
    """The keys of the Group after the first, oldest first."""
    found = []
    for path in folder.glob(f"group-{kind}-*.pem"):
        if named := _LATER[kind].fullmatch(path.name):
            since = BEGINNING + timedelta(milliseconds=int(named[2])) if named[2] else None
            found.append(Later(int(named[1]), since, path))
    return sorted(found, key=lambda one: (one.number, one.path.name))


def ed25519_in(path: Path) -> Ed25519PrivateKey:
    """The key in this file, made when there is none. Raises Unsafe."""
    key = load_pem_private_key(_bytes(path, Kind.ED25519), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise Unsafe(f"{path} holds no Ed25519 key")
    return key


def rsa_in(path: Path) -> RSAPrivateKey:
    """The key in this file, made when there is none. Raises Unsafe.

    It is not proved again to be sound at each start, which takes as long as a hundred signatures: nobody but
    this node writes it.
    """
    text = _bytes(path, Kind.RSA)
    key = load_pem_private_key(text, password=None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, RSAPrivateKey):
        raise Unsafe(f"{path} holds no RSA key")
    return key


def make(path: Path, kind: Kind) -> None:
    """A new key in a new file, for this node's eyes alone: whole, or not there. Raises FileExistsError."""
    new = Ed25519PrivateKey.generate() if kind is Kind.ED25519 else rsa.generate_private_key(65537, RSA_BITS)
    pem = new.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    unnamed = path.with_name(f".{uuid4().hex}")
    handle = os.open(unnamed, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        os.link(unnamed, path)
    finally:
        unnamed.unlink()


def _bytes(path: Path, kind: Kind) -> bytes:
    if not path.exists():
        with suppress(FileExistsError):  # of two processes that begin together one is first
            make(path, kind)
    if path.stat().st_mode & 0o077:
        raise Unsafe(f"{path} can be read by others: run `chmod 600 {path}`, and think about making new keys")
    return path.read_bytes()
