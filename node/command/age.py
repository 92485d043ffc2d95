"""Files that open with a passphrase, in the age format (age-encryption.org/v1, a scrypt stanza).

Written by an own, small implementation over `cryptography`, so that a backup can be opened without us too:
`age --decrypt`. What is read is checked piece by piece before it is handed out, and its end is sealed: a file
that was changed, or cut short, is refused with Broken.
"""

import os
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable
from io import RawIOBase
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

VERSION = b"age-encryption.org/v1\n"
PIECE = 64 * 1024  # bytes sealed together
SEAL = 16  # bytes that a seal adds
WORK = 17  # 2 to this power, times 1 kB of memory, for each guess of a passphrase
MOST_WORK = 18  # what is accepted of a file: more is too much for a small machine
LONGEST_LINE = 200
_ZERO = bytes(12)


class Broken(Exception):
    """This is not such a file, not with this passphrase, or not as it was written."""


class Sealing:
    """What is written into it opens, in `target`, with the passphrase alone. `finish` seals the end."""

    def __init__(self, target: BinaryIO, passphrase: str, work: int = WORK) -> None:
        self._target = target
        key, salt, nonce = os.urandom(16), os.urandom(16), os.urandom(16)
        wrapped = ChaCha20Poly1305(_wrapping(passphrase, salt, work)).encrypt(_ZERO, key, None)
        head = VERSION + b"-> scrypt %s %d\n%s\n---" % (_coded(salt), work, _coded(wrapped))
        target.write(head + b" " + _coded(_mac(key, head).finalize()) + b"\n" + nonce)
        self._box = _Pieces(key, nonce)
        self._rest = bytearray()

    def write(self, data: bytes) -> int:
        self._rest += data
        while len(self._rest) > PIECE:  # not the whole: what comes last is sealed as the last
            self._target.write(self._box.sealed(bytes(self._rest[:PIECE]), last=False))
            del self._rest[:PIECE]
        return len(data)

    def flush(self) -> None:
        """Nothing to do: a piece goes out when it is full."""

    def finish(self) -> None:
        """Seal the end. Without it the file counts as cut short."""
        self._target.write(self._box.sealed(bytes(self._rest), last=True))


class Opening(RawIOBase):
    """Read what stands in `source`. Raises Broken; what was read before that was right, but is not all.

    `seen` is told of every so many bytes of the source.
    """

    def __init__(
        self, source: BinaryIO, passphrase: str, seen: Callable[[int], object] = lambda count: None
    ) -> None:
        self._source = source
        self._seen = seen
        key = _opened(source, passphrase)
        nonce = source.read(16)
        if len(nonce) < 16:
            raise Broken("it is cut short")
        self._box = _Pieces(key, nonce)
        self._ready = b""
        self._ahead = source.read(PIECE + SEAL)
        self._end = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        target = memoryview(buffer).cast("B")
        while not self._ready and not self._end:
            self._ready = self._next()
        count = min(len(target), len(self._ready))
        target[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def _next(self) -> bytes:
        piece, self._ahead = self._ahead, self._source.read(PIECE + SEAL)
        self._seen(len(piece))
        self._end = not self._ahead
        try:
            return self._box.opened(piece, last=self._end)
        except InvalidTag:
            raise Broken("it was changed since it was written, or it is cut short") from None


class _Pieces:
    """A file in pieces, each sealed with its number and with whether it is the last (STREAM)."""

    def __init__(self, key: bytes, nonce: bytes) -> None:
        self._cipher = ChaCha20Poly1305(_derived(key, nonce, b"payload"))
        self._number = 0

    def sealed(self, piece: bytes, last: bool) -> bytes:
        return self._cipher.encrypt(self._place(last), piece, None)

    def opened(self, piece: bytes, last: bool) -> bytes:
        return self._cipher.decrypt(self._place(last), piece, None)

    def _place(self, last: bool) -> bytes:
        place = self._number.to_bytes(11, "big") + bytes([last])
        self._number += 1
        return place


def _opened(source: BinaryIO, passphrase: str) -> bytes:
    """The key of a file, from its head."""
    lines = [source.readline(LONGEST_LINE) for _ in range(4)]
    if lines[0] != VERSION:
        raise Broken("it is not a file that this program writes")
    words = lines[1].split()
    if len(words) != 4 or words[:2] != [b"->", b"scrypt"] or not words[3].isdigit():
        raise Broken("it does not open with a passphrase")
    if len(words[3]) > 2 or not 1 <= int(words[3]) <= MOST_WORK:
        raise Broken("it asks for more work than this machine does")
    salt, wrapped = _decoded(words[2], 16), _decoded(lines[2].strip(), 32)
    try:
        key = ChaCha20Poly1305(_wrapping(passphrase, salt, int(words[3]))).decrypt(_ZERO, wrapped, None)
    except InvalidTag:
        raise Broken("the passphrase is not the right one, or it was changed since it was written") from None
    start, _, mac = lines[3].rstrip(b"\n").partition(b" ")
    try:
        _mac(key, b"".join(lines[:3]) + start).verify(_decoded(mac, 32))
    except InvalidSignature:
        raise Broken("it was changed since it was written") from None
    return key


def _wrapping(passphrase: str, salt: bytes, work: int) -> bytes:
    name = b"age-encryption.org/v1/scrypt"
    return Scrypt(salt=name + salt, length=32, n=2**work, r=8, p=1).derive(passphrase.encode())


def _derived(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(key)


def _mac(key: bytes, head: bytes) -> HMAC:
    mac = HMAC(_derived(key, b"", b"header"), SHA256())
    mac.update(head)
    return mac


def _coded(raw: bytes) -> bytes:
    return b64encode(raw).rstrip(b"=")


def _decoded(text: bytes, length: int) -> bytes:
    try:
        raw = b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except (NotBase64, ValueError):
        raw = b""
    if len(raw) != length:
        raise Broken("it was changed since it was written")
    return raw
