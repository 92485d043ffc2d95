"""A whole node in one file: a backup, or a moving box.

An age file (`age.py`) with a gzipped tar in it: `manifest.json` first, then `manifest.sig`, the Group's
signature over it, then each file that the manifest names, with the size and the SHA-256 that it says. Nothing
is believed before it was checked.
"""

import gzip
import io
import os
import shutil
import tarfile
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import IO, Literal

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from node.command.age import WORK, Broken, Opening, Sealing
from node.federation import multikey
from node.federation.signatures import SigningKey
from node.neighbourhood.refusal import Refusal
from node.serving.resting import sync

FORMAT = 1
SIGNED = b"buurtknoop bundle 1\n"  # before what is signed: this signature means nothing elsewhere
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
MOST_MANIFEST = 4 * 1024 * 1024  # bytes
SHELF = 1024 * 1024  # bytes handled at a time

Seen = Callable[[int], object]


class Piece(msgspec.Struct, frozen=True):
    """One file of the node: its path within the directory, its bytes and their SHA-256 (hexadecimal)."""

    name: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What is in the file, and of which node. `key` is the public half of the Group's key, as a Multikey."""

    what: Literal["backup", "box"]
    made: str
    program: str
    origin: str
    actor: str
    name: str
    area: str
    key: str
    schema: str
    database: Literal["sqlite", "postgresql"]
    files: list[Piece]
    format: int = FORMAT


def piece(name: str, content: bytes | Path) -> Piece:
    """The line of the manifest for one file."""
    found, size = sha256(), 0
    with _opened(content) as stream:
        while block := stream.read(SHELF):
            found.update(block)
            size += len(block)
    return Piece(name, size, found.hexdigest())


def write(
    path: Path,
    passphrase: str,
    manifest: Manifest,
    contents: Mapping[str, bytes | Path],
    key: SigningKey,
    seen: Seen,
    work: int = WORK,
) -> None:
    """Make the file: whole or not at all, for its owner's eyes. `seen` is told of bytes that are packed."""
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            sealing = Sealing(file, passphrase, work)
            _pack(sealing, manifest, contents, key, seen)
            sealing.finish()
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            raise Refusal(f"{path} is there already")
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    sync(path.parent)


def _pack(
    target: Sealing, manifest: Manifest, contents: Mapping[str, bytes | Path], key: SigningKey, seen: Seen
) -> None:
    said = msgspec.json.encode(manifest)
    signature = b64encode(key.private.sign(SIGNED + said))
    with (
        gzip.GzipFile(filename="", fileobj=target, mode="wb", compresslevel=4, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|") as tar,
    ):
        for name, content in {MANIFEST: said, SIGNATURE: signature, **contents}.items():
            with _opened(content) as stream:
                entry = tarfile.TarInfo(name)
                entry.size, entry.mode = stream.seek(0, os.SEEK_END), 0o600
                stream.seek(0)
                tar.addfile(entry, _Watched(stream, seen))


def unpack(path: Path, passphrase: str, into: Path, what: str, seen: Seen) -> Manifest:
    """Put all that is in the file into an empty directory, checked. Raises Refusal; what is there then is
    nothing to use."""
    try:
        with path.open("rb") as file, io.BufferedReader(Opening(file, passphrase, seen), SHELF) as opening:
            with gzip.GzipFile(fileobj=opening) as packed, tarfile.open(fileobj=packed, mode="r|") as tar:
                manifest = _unpacked(tar, into, what)
            while opening.read(SHELF):  # up to the seal at the end
                pass
    except (Broken, tarfile.TarError, gzip.BadGzipFile, EOFError, msgspec.MsgspecError) as error:
        raise Refusal(f"{path} cannot be used: {error}") from None
    return manifest


def _unpacked(tar: tarfile.TarFile, into: Path, what: str) -> Manifest:
    members = iter(tar)
    said = _small(tar, next(members, None), MANIFEST)
    signature = _small(tar, next(members, None), SIGNATURE)
    manifest = _signed(said, signature)
    if manifest.what != what:
        other = {"backup": "a backup: use restore", "box": "a moving box: use move in"}[manifest.what]
        raise Broken(f"it is {other}")
    if sum(one.size for one in manifest.files) > shutil.disk_usage(into).free:
        raise Broken("there is no room for it on this disk")
    named = {one.name: one for one in manifest.files}
    for member in members:
        wanted = named.pop(member.name, None)
        if wanted is None or not member.isreg() or member.size != wanted.size:
            raise Broken("it holds something that its list does not name")
        _put(tar, member, wanted, into)
    if named:
        raise Broken(f"{min(named)} is missing in it")
    return manifest


def _signed(said: bytes, signature: bytes) -> Manifest:
    manifest = msgspec.json.decode(said, type=Manifest)
    if manifest.format != FORMAT:
        raise Broken("it was made by a newer program: use that")
    try:
        key = multikey.decode(manifest.key)
        if not isinstance(key, Ed25519PublicKey):
            raise ValueError("a bundle is signed with the Group's Ed25519 key")
        key.verify(b64decode(signature), SIGNED + said)
    except (InvalidSignature, ValueError):
        raise Broken("its signature is not that of its node") from None
    return manifest


def _small(tar: tarfile.TarFile, member: tarfile.TarInfo | None, name: str) -> bytes:
    if member is None or member.name != name or not member.isreg() or member.size > MOST_MANIFEST:
        raise Broken("it holds no node")
    stream = tar.extractfile(member)
    return stream.read() if stream else b""


def _put(tar: tarfile.TarFile, member: tarfile.TarInfo, wanted: Piece, into: Path) -> None:
    """Write one file out, if its name stays within the directory and its content is what was promised."""
    parts = PurePosixPath(wanted.name).parts
    if not parts or any(part in ("/", "..") or "\0" in part for part in parts):
        raise Broken("it holds a file that would lie elsewhere")
    path = into.joinpath(*parts)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    found, stream = sha256(), tar.extractfile(member)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while stream and (block := stream.read(SHELF)):
            found.update(block)
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    if found.hexdigest() != wanted.sha256:
        raise Broken(f"{wanted.name} is not what it was")


@contextmanager
def _opened(content: bytes | Path) -> Iterator[IO[bytes]]:
    with io.BytesIO(content) if isinstance(content, bytes) else content.open("rb") as stream:
        yield stream


class _Watched:
    """A stream that tells how much was read from it."""

    def __init__(self, stream: IO[bytes], seen: Seen) -> None:
        self._stream, self._seen = stream, seen

    def read(self, size: int = -1) -> bytes:
        block = self._stream.read(size)
        self._seen(len(block))
        return block
