"""HTTP signatures: who sent this, and that nobody changed it, by either of two families.

Reading goes in two steps, so that no key is fetched for what would be refused anyway: `read` checks all that
needs no key and says which key is wanted; `verify` checks the signature with it. Status 400: this cannot be
read. Status 401: it can, but it does not prove who sent it. The address comes from the caller, who knows the
origin from the settings, and never from a Host header.
"""

import re
from dataclasses import InitVar, dataclass, field
from datetime import datetime
from typing import final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from node.federation import cavage, rfc9421
from node.federation.message import Fields, Headers, Kind, Refused, check_key_id, fields, header
from node.federation.own_key import SigningKey
from node.federation.public_key import PublicKey

__all__ = ["Claim", "Headers", "Refused", "SigningKey", "VerificationKey", "Verified", "check_key_id"]

_HERE = object()
_LABELLED = re.compile(r"[a-z*][a-z0-9_.*-]*=:")


@dataclass(frozen=True)
class VerificationKey:
    """Another node's key, and the actor that names it as its own: whoever fetched it has checked that."""

    key_id: str
    owner: str
    public: PublicKey


@final
@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody says they hold the key `key_id`. Nothing is proved yet. Only `read` makes one.

    `bases` are the texts that may have been signed, `kind` the kind of key where the message names one.
    """

    key_id: str
    kind: Kind | None
    signature: bytes = field(repr=False)
    bases: tuple[bytes, ...] = field(repr=False)
    here: InitVar[object]

    def __post_init__(self, here: object) -> None:
        _only_here(here)


@final
@dataclass(frozen=True, slots=True)
class Verified:
    """This actor said the message, as it is. Only this module makes one, so it was checked."""

    actor: str
    key_id: str
    here: InitVar[object]

    def __post_init__(self, here: object) -> None:
        _only_here(here)


def read(method: str, target_uri: str, headers: Headers, body: bytes, at: datetime) -> Claim:
    """Check all that needs no key. Refused(400) for what cannot be read, (401) for what proves nothing.

    A request with Signature-Input is signed by RFC 9421, any other by draft-cavage.
    """
    try:
        named = fields(headers)
        family = rfc9421 if _is_rfc9421(named) else cavage
        said = family.read(method, target_uri, named, body, at)
    except ValueError as error:
        raise Refused(400, str(error)) from error
    return Claim(said.key_id, said.kind, said.signature, said.bases, _HERE)


def verify(claim: Claim, key: VerificationKey) -> Verified:
    """The actor that signed. Refused(401) when this is not the key named, or the signature is not by it."""
    if key.key_id != claim.key_id:
        raise Refused(401, "This is not the key that the signature names.")
    if claim.kind not in (None, _kind(key.public)):
        raise Refused(401, "The signature says it is by another kind of key than this one is.")
    if not any(_fits(key.public, claim.signature, base) for base in claim.bases):
        raise Refused(401, "The signature does not fit the message, or is by another key.")
    return Verified(key.owner, key.key_id, _HERE)


def verify_proof(signature: bytes, proved: bytes, key: VerificationKey) -> Verified:
    """The actor that wrote a document, whoever handed it on: for `proofs.verify` alone. By Ed25519 only."""
    if _kind(key.public) is not Kind.ED25519 or not _fits(key.public, signature, proved):
        raise Refused(401, "The proof does not fit the document, or is by another key.")
    return Verified(key.owner, key.key_id, _HERE)


def _is_rfc9421(headers: Fields) -> bool:
    """Also with only half of what that needs: `rfc9421` says then what is missing."""
    if "signature-input" in headers:
        return True
    return _LABELLED.match(header(headers, "signature") or "") is not None


def _kind(public: PublicKey) -> Kind:
    return Kind.ED25519 if isinstance(public, Ed25519PublicKey) else Kind.RSA


def _fits(public: PublicKey, signature: bytes, text: bytes) -> bool:
    try:
        if isinstance(public, Ed25519PublicKey):
            public.verify(signature, text)
        else:
            public.verify(signature, text, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


def _only_here(here: object) -> None:
    if here is not _HERE:
        raise TypeError("Only checking a signature makes one of these.")
