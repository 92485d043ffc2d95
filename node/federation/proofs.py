"""Proofs: what a node wrote stays its own, whoever hands it on (FEP-8b32, `eddsa-jcs-2022`).

The proof is over the whole document, its `@context` as it stands there: never interpreted, never fetched.
Every refusal is a Refused(401). Whether the key may speak for the author is for whoever looks it up.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import msgspec
import rfc8785

from node.federation import multikey, signatures
from node.federation.signatures import Refused, SigningKey, VerificationKey, Verified, check_key_id

_KIND = {"type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", "proofPurpose": "assertionMethod"}
PROOFS = 4  # of one document of other software
_GREAT = 2**53
_IN_ORDER = msgspec.json.Encoder(order="sorted")
_TEXT = frozenset({str})
_NARROWING = ("expires", "domain", "challenge", "previousProof")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


@dataclass(frozen=True)
class ProofClaim:
    """A document that says it was written by the holder of the key `key_id`. Nothing is proved yet."""

    key_id: str
    created: datetime
    hashes: bytes = field(repr=False)
    signature: bytes = field(repr=False)


def add(document: Mapping[str, Any], key: SigningKey, created: datetime) -> dict[str, Any]:
    """A copy of the document with our proof in it, without any proof or `signature` that it had.

    ValueError for a document without `@context` or without canonical form, and for a time without zone.
    """
    if "@context" not in document or created.tzinfo is None:
        raise ValueError("A document needs an @context to be proved, and its time a zone.")
    bare = {name: value for name, value in document.items() if name not in ("proof", "signature")}
    moment = created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    proof = {"@context": bare["@context"], **_KIND, "created": moment, "verificationMethod": key.key_id}
    value = multikey.to_multibase(key.private.sign(hashes(bare, proof)))
    return {**bare, "proof": {**proof, "proofValue": value}}


def read(document: Mapping[str, Any]) -> ProofClaim:
    """Check all that needs no key, and say which key is wanted.

    A Linked Data `signature` counts for nothing, on either side. A proof that narrows its own use (`expires`,
    `domain`, `challenge`, `previousProof`) is refused, because we would not keep to it.
    """
    try:
        return _read(document, _only_proof(document))
    except (ValueError, OverflowError, RecursionError) as error:
        raise Refused(401, f"The proof is not believed: {error}") from error


def is_read(document: Mapping[str, Any]) -> bool:
    """Whether the document's one proof is of the kind that is read here."""
    try:
        proof = _only_proof(document)
    except ValueError:
        return False
    return _is_ours(proof)


def apart(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The document with each of its proofs of that kind alone: other software adds to a proof that is there.

    Refused when there are more of them than anybody needs.
    """
    found = document.get("proof")
    ours = [proof for proof in (found if isinstance(found, list) else [found]) if _is_ours(proof)]
    if len(ours) > PROOFS:
        raise Refused(401, f"More than {PROOFS} proofs.")
    return [{**document, "proof": proof} for proof in ours]


def verify(claim: ProofClaim, key: VerificationKey) -> Verified:
    """Who wrote the document. Refused unless this key, the one it names, made its proof."""
    if key.key_id != claim.key_id:
        raise Refused(401, "This is not the key that the proof names.")
    return signatures.verify_proof(claim.signature, claim.hashes, key)


def hashes(document: Mapping[str, Any], proof: Mapping[str, Any]) -> bytes:
    """The 64 bytes that are signed: hash of the proof without value, then hash of the document without proof.

    ValueError for what has no canonical form (RFC 8785): NaN, whole numbers from 2^53 on, half characters,
    too much depth.
    """
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    bare = {name: value for name, value in document.items() if name not in ("proof", "signature")}
    try:
        return sha256(canonical(options)).digest() + sha256(canonical(bare)).digest()
    except (ValueError, RecursionError) as error:
        raise ValueError("something in it has no canonical form") from error


def canonical(document: Any) -> bytes:
    """The bytes of RFC 8785, by the quickest way that gives them. ValueError for what has none."""
    if _is_plain(document):
        return _IN_ORDER.encode(document)
    return rfc8785.dumps(document)


def _is_plain(document: Any) -> bool:
    """Whether JSON with its keys in order is the canonical form: no fraction, no great number, plain keys."""
    values = [document]
    for value in values:  # and what is in it, which comes after it
        kind = type(value)
        if kind is str or value is None or kind is bool:
            continue
        if kind is dict:
            if not (_TEXT.issuperset(map(type, value)) and all(map(str.isascii, value))):
                return False
            values.extend(value.values())
        elif kind is list:
            values.extend(value)
        elif kind is not int or not -_GREAT < value < _GREAT:
            return False
    return True


def _is_ours(proof: Any) -> bool:
    """Whether a proof is of the kind that is read here."""
    return isinstance(proof, dict) and all(proof.get(name) == value for name, value in _KIND.items())


def _only_proof(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document's one proof, also when it stands alone in a list."""
    proof = document.get("proof")
    if isinstance(proof, list) and len(proof) == 1:
        proof = proof[0]
    if not isinstance(proof, dict):
        raise ValueError("there must be one proof, neither more nor less")
    return proof


def _read(document: Mapping[str, Any], proof: dict[str, Any]) -> ProofClaim:
    if not _is_ours(proof):
        raise ValueError("it is of a kind that is not read here")
    if any(name in proof for name in _NARROWING):
        raise ValueError("it sets limits that are not read here")
    if "@context" in proof and not _begins_with(document.get("@context"), proof["@context"]):
        raise ValueError("its @context is not that of the document")
    key_id = check_key_id(proof.get("verificationMethod"))
    created, signature = _moment(proof.get("created")), _signature(proof.get("proofValue"))
    return ProofClaim(key_id, created, hashes(document, proof), signature)


def _begins_with(whole: Any, start: Any) -> bool:
    """Whether one `@context` is the other, or the other and more after it."""
    whole = whole if isinstance(whole, list) else [whole]
    start = start if isinstance(start, list) else [start]
    return bool(whole[: len(start)] == start)


def _moment(text: object) -> datetime:
    if not isinstance(text, str) or not _TIME.fullmatch(text):
        raise ValueError("it does not say when it was made")
    return datetime.fromisoformat(text.upper()).astimezone(UTC)


def _signature(text: object) -> bytes:
    if not isinstance(text, str) or len(signature := multikey.from_multibase(text)) != 64:
        raise ValueError("its value is not a signature of 64 bytes")
    return signature
