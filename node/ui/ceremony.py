"""What a browser's passkey is asked to sign, and whether it did (Web Authentication, level 2).

A passkey is for one host alone: the node's own. The library that judges it is large, and read in when
somebody shows the first one.
"""

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from node.acts.passkeys import CHALLENGE_LASTS, Signed
from node.neighbourhood.refusal import Words, phrase
from node.neighbourhood.resident import Resident
from node.settings import Settings
from node.storage.passkeys import Passkey

LONGEST = 20_000  # letters of what a browser sends
ALGORITHMS = (-7, -257, -8)  # ES256, RS256, Ed25519 (RFC 9053)
_BROKEN = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError)
WRONG = phrase("This passkey does not fit here. Try it once more.")


class Unproved(Exception):
    """What was sent is no proof; the person reads no more than that, a liar learns nothing."""

    reason: Words = WRONG


@dataclass(frozen=True)
class Made:
    """A passkey that a device made just now."""

    credential: str
    public_key: bytes
    counter: int
    verified: bool


def possible(settings: Settings) -> bool:
    """Whether browsers make passkeys for this node: they do for a name, and not for a bare number."""
    try:
        ip_address(_host(settings))
    except ValueError:
        return True
    return False


def to_make(
    settings: Settings, person: Resident, challenge: str, known: Iterable[Passkey], verified: bool
) -> dict[str, Any]:
    """What `navigator.credentials.create` is asked. `verified`: the device has to know its owner."""
    return {
        "challenge": challenge,
        "rp": {"id": _host(settings), "name": settings.name},
        "user": {"id": person.id, "name": person.name, "displayName": person.name},
        "pubKeyCredParams": [{"type": "public-key", "alg": algorithm} for algorithm in ALGORITHMS],
        "excludeCredentials": [{"type": "public-key", "id": one.credential} for one in known],
        "authenticatorSelection": {
            "residentKey": "required",
            "requireResidentKey": True,
            "userVerification": _wish(verified),
        },
        "attestation": "none",
        "timeout": _milliseconds(),
    }


def to_sign(settings: Settings, challenge: str, verified: bool) -> dict[str, Any]:
    """What `navigator.credentials.get` is asked: any passkey of this node that the device has."""
    return {
        "challenge": challenge,
        "rpId": _host(settings),
        "userVerification": _wish(verified),
        "timeout": _milliseconds(),
    }


def challenge_in(sent: str) -> str:
    """Which challenge a browser says that it answers. Raises Unproved."""
    with _no_proof():
        return str(json.loads(_bytes(_read(sent)["response"]["clientDataJSON"]))["challenge"])


def credential_in(sent: str) -> str:
    """Which passkey a browser says that it used. Raises Unproved."""
    with _no_proof():
        return str(_read(sent)["id"])


def made(settings: Settings, sent: str, challenge: str, verified: bool) -> Made:
    """The passkey that a device made for this challenge, this host and this origin. Raises Unproved."""
    from webauthn import verify_registration_response

    with _no_proof():
        found = verify_registration_response(
            credential=sent,
            expected_challenge=_bytes(challenge),
            expected_rp_id=_host(settings),
            expected_origin=settings.origin,
            require_user_verification=verified,
        )
        return Made(_read(sent)["id"], found.credential_public_key, found.sign_count, found.user_verified)


def signed(settings: Settings, sent: str, challenge: str, passkey: Passkey, verified: bool) -> Signed:
    """That this passkey signed this challenge, for this host and origin, and further than it did before.
    Raises Unproved."""
    from webauthn import verify_authentication_response

    with _no_proof():
        owner = _read(sent)["response"].get("userHandle")
        if owner and _bytes(owner) != passkey.resident_id.encode():
            raise Unproved
        found = verify_authentication_response(
            credential=sent,
            expected_challenge=_bytes(challenge),
            expected_rp_id=_host(settings),
            expected_origin=settings.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.counter,
            require_user_verification=verified,
        )
        return Signed(passkey.credential, found.new_sign_count, found.user_verified)


@contextmanager
def _no_proof() -> Iterator[None]:
    """Whatever is odd about what was sent, it is no proof."""
    try:
        yield
    except _BROKEN:
        raise Unproved from None
    except Exception as error:  # outermost for the library: its own kinds, and those of what it reads with
        if type(error).__module__.partition(".")[0] not in ("webauthn", "cbor2", "cryptography"):
            raise
        raise Unproved from None


def _read(sent: str) -> dict[str, Any]:
    found = json.loads(sent) if len(sent) <= LONGEST else None
    if not isinstance(found, dict):
        raise Unproved
    return found


def _bytes(written: str) -> bytes:
    return urlsafe_b64decode(written + "=" * (-len(written) % 4))


def _host(settings: Settings) -> str:
    return urlsplit(settings.origin).hostname or ""


def _wish(verified: bool) -> str:
    return "required" if verified else "preferred"


def _milliseconds() -> int:
    return int(CHALLENGE_LASTS.total_seconds() * 1000)
