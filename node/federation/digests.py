"""Content-Digest (RFC 9530) and the older Digest (RFC 3230): that the text which arrives is the text which
was sent."""

import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping

import http_sf

from node.federation import structured
from node.federation.message import Refused

_STRONG = {"sha-256": hashlib.sha256, "sha-512": hashlib.sha512}


def make(body: bytes) -> str:
    """The header that goes with this body: `sha-256=:…:`."""
    return http_sf.ser({"sha-256": hashlib.sha256(body).digest()})


def read(field: str) -> dict[str, bytes]:
    """The digests in the header, by algorithm. ValueError when it cannot be read or names one twice."""
    values = {name: member[0] for name, member in structured.dictionary(field).items()}
    if not all(isinstance(value, bytes) for value in values.values()):
        raise ValueError("A digest is not written as bytes between colons.")
    return values


def make_old(body: bytes) -> str:
    """The header that goes with this body in a draft-cavage signature: `SHA-256=…`."""
    return f"SHA-256={b64encode(hashlib.sha256(body).digest()).decode('ascii')}"


def read_old(field: str) -> dict[str, bytes]:
    """The SHA-256 and SHA-512 digests in an older Digest header, by algorithm in small letters.

    Others count for nothing, and need not be read. ValueError when it cannot be, or one stands there twice.
    """
    found: dict[str, bytes] = {}
    for one in field.split(","):
        name, equals, value = one.strip(" \t").partition("=")
        name = name.lower()
        if not equals or name in found:
            raise ValueError("The Digest header cannot be read, or names an algorithm twice.")
        found[name] = b64decode(value, validate=True) if name in _STRONG else b""
    return {name: digest for name, digest in found.items() if name in _STRONG}


def refuse_another(digests: Mapping[str, bytes], body: bytes) -> None:
    """`check`, as a message is refused: Refused(401)."""
    try:
        check(digests, body)
    except ValueError as error:
        raise Refused(401, str(error)) from error


def check(digests: Mapping[str, bytes], body: bytes) -> None:
    """Refuse a body that is not the one the digests were made of.

    Each SHA-256 and SHA-512 must agree, and one of them must be there; others (MD5, SHA-1) count for nothing.
    ValueError otherwise.
    """
    strong = {name: digest for name, digest in digests.items() if name in _STRONG}
    if not strong:
        raise ValueError("There is no SHA-256 or SHA-512 digest.")
    for name, digest in strong.items():
        if not hmac.compare_digest(digest, _STRONG[name](body).digest()):
            raise ValueError("The body is not the one that was sent: its digest differs.")
