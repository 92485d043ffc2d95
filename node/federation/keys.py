"""This node's own keys: made once, kept in files that only the node may read, never anywhere else."""

import os
from dataclasses import dataclass
from pathlib import Path

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


class Unsafe(Exception):
    """A key that others on this machine could have read."""


@dataclass(frozen=True)
class Keys:
    """The Group signs what the neighbourhood says; the Application signs what the node reads elsewhere."""

    group: SigningKey
    application: SigningKey


def load_or_make(directory: Path, home: Home) -> Keys:
    """The keys of the node in this directory; made when it has none. Raises Unsafe when a file is open to
    others."""
    folder = directory / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Keys(
        SigningKey(f"{home.actor}#ed25519-key", _key(folder / "group-ed25519.pem")),
        SigningKey(f"{home.application}#ed25519-key", _key(folder / "application-ed25519.pem")),
    )


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
