"""Proofs: the vectors of FEP-8b32, W3C and RFC 8785, and whatever else somebody may pass off as one."""

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from node.federation import multikey, proofs
from node.federation.signatures import Refused, SigningKey, VerificationKey

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
A = "https://a.example/ap/buurt/a"
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SIGNING = SigningKey(f"{A}#ed25519-key", PRIVATE)
KEY = VerificationKey(f"{A}#ed25519-key", A, PRIVATE.public_key())
DOCUMENT: dict[str, Any] = {
    "@context": ["https://www.w3.org/ns/activitystreams", {"bk": "https://ns.buurtknoop.example/v1#"}],
    "id": "https://a.example/ap/a/7",
    "type": "Create",
    "actor": A,
    "object": {"type": "Note", "content": "<p>Wie doet boodschappen? ☂ é</p>", "tag": []},
}
PROVED = proofs.add(DOCUMENT, SIGNING, AT)


def verify(document: dict[str, Any], key: VerificationKey = KEY) -> None:
    proofs.verify(proofs.read(document), key)


def refused(document: dict[str, Any], words: str | None = None, key: VerificationKey = KEY) -> None:
    with pytest.raises(Refused, match=words) as caught:
        verify(document, key)
    assert caught.value.status == 401


def with_proof(**members: Any) -> dict[str, Any]:
    """The proved document with these members of its proof changed (None: taken out); its value stays."""
    proof = {
        **PROVED["proof"],
        **{name.replace("context", "@context"): value for name, value in members.items()},
    }
    return {**PROVED, "proof": {name: value for name, value in proof.items() if value is not None}}


def resigned(document: dict[str, Any], proof: dict[str, Any]) -> dict[str, Any]:
    """The document with this proof and a true value for it."""
    value = multikey.to_multibase(PRIVATE.sign(proofs.hashes(document, proof)))
    return {**document, "proof": {**proof, "proofValue": value}}


# Vectors


def feature(shared: Path) -> tuple[list[dict[str, Any]], str]:
    """The documents of FEP-8b32 in their order, and the whole text."""
    text = (shared / "vectors/fep/fep-8b32.feature").read_text()
    return [json.loads(block) for block in re.findall(r'"""(.*?)"""', text, re.DOTALL)], text


def secret(multibase: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(multikey.from_multibase(multibase)[2:])


def test_fep_8b32_signing(shared: Path) -> None:
    (document, signed, *_), text = feature(shared)
    (key_text,) = re.findall(r'secret key "(\w+)"', text)
    (key_id,) = re.findall(r'for key "(\S+)"', text)
    (time,) = re.findall(r'current time "(\S+)"', text)
    assert proofs.add(document, SigningKey(key_id, secret(key_text)), datetime.fromisoformat(time)) == signed


def test_fep_8b32_verifying(shared: Path) -> None:
    (_, _, signed, actor), _ = feature(shared)
    (method,) = actor["assertionMethod"]
    key = VerificationKey(method["id"], method["controller"], multikey.decode(method["publicKeyMultibase"]))
    assert proofs.read(signed).created == datetime(2023, 2, 24, 23, 36, 38, tzinfo=UTC)
    verify(signed, key)
    signed["object"]["content"] = "Hello, world"
    refused(signed, "does not fit", key)


def test_w3c_eddsa_jcs_2022(shared: Path) -> None:
    folder = shared / "vectors/vc-di-eddsa/TestVectors"
    vectors = {path.stem: path.read_text() for path in (folder / "eddsa-jcs-2022").iterdir()}
    document, config = (
        json.loads((folder / "unsigned.json").read_text()),
        json.loads(vectors["proofConfigJCS"]),
    )
    assert rfc8785.dumps(document).decode() == vectors["canonDocJCS"]
    assert rfc8785.dumps(config).decode() == vectors["proofCanonJCS"]
    both = proofs.hashes(document, config)
    assert both.hex() == vectors["combinedHashJCS"] == vectors["proofHashJCS"] + vectors["docHashJCS"]
    signed, pair = json.loads(vectors["signedJCS"]), json.loads((folder / "keyPair.json").read_text())
    assert proofs.hashes(signed, signed["proof"]) == both
    signature = multikey.from_multibase(signed["proof"]["proofValue"])
    assert signature.hex() == vectors["sigHexJCS"]
    assert multikey.to_multibase(signature) == vectors["sigBTC58JCS"]
    assert secret(pair["privateKeyMultibase"]).sign(both) == signature
    public = multikey.decode(pair["publicKeyMultibase"])
    assert isinstance(public, Ed25519PublicKey)
    public.verify(signature, both)


def test_w3c_a_key_that_is_no_web_address_is_refused_here(shared: Path) -> None:
    path = shared / "vectors/vc-di-eddsa/TestVectors/eddsa-jcs-2022/signedJCS.json"
    refused(json.loads(path.read_text()), "web address")


@pytest.mark.parametrize("name", ["arrays", "french", "structures", "unicode", "values", "weird"])
def test_rfc_8785(shared: Path, name: str) -> None:
    folder = shared / "vectors/rfc8785/testdata"
    expected = bytes.fromhex((folder / f"outhex/{name}.txt").read_text())
    assert rfc8785.dumps(json.loads((folder / f"input/{name}.json").read_text())) == expected


# What we make


def test_what_we_prove_is_believed_and_has_the_form_we_agreed() -> None:
    verify(PROVED)
    verify(json.loads(json.dumps(PROVED)))
    assert {**PROVED, "proof": None} == {**DOCUMENT, "proof": None}
    assert {name: value for name, value in PROVED["proof"].items() if name != "proofValue"} == {
        "@context": DOCUMENT["@context"],
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "created": "2026-11-22T12:00:00Z",
        "verificationMethod": f"{A}#ed25519-key",
        "proofPurpose": "assertionMethod",
    }
    claim = proofs.read(PROVED)
    assert (claim.key_id, claim.created) == (KEY.key_id, AT)


def test_proving_leaves_the_document_alone_and_replaces_what_was_there() -> None:
    given_document = {**DOCUMENT, "proof": {"x": 1}, "signature": {"type": "RsaSignature2017"}}
    before = json.dumps(given_document)
    assert proofs.add(given_document, SIGNING, AT) == PROVED
    assert json.dumps(given_document) == before


def test_the_time_is_written_in_utc() -> None:
    local = AT.astimezone(timezone(timedelta(hours=1)))
    assert proofs.add(DOCUMENT, SIGNING, local) == PROVED


def test_what_cannot_be_proved() -> None:
    bare = {name: value for name, value in DOCUMENT.items() if name != "@context"}
    for document in (bare, {**DOCUMENT, "n": float("nan")}, {**DOCUMENT, "n": 2**53}):
        with pytest.raises(ValueError, match=r"@context|canonical"):
            proofs.add(document, SIGNING, AT)
    with pytest.raises(ValueError, match="zone"):
        proofs.add(DOCUMENT, SIGNING, AT.replace(tzinfo=None))


# What we refuse


def test_another_key_than_the_one_named_is_refused() -> None:
    refused(PROVED, "not the key", VerificationKey(f"{A}#ed25519-key-2", A, KEY.public))
    stranger = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()
    refused(PROVED, "does not fit", VerificationKey(KEY.key_id, A, stranger))


@pytest.mark.parametrize(
    "proof", [None, [], "x", 7, [PROVED["proof"], PROVED["proof"]], [[PROVED["proof"]]], {}]
)
def test_there_must_be_one_proof(proof: object) -> None:
    refused({**PROVED, "proof": proof})
    refused(DOCUMENT, "one proof")


def test_one_proof_may_stand_alone_in_a_list() -> None:
    verify({**PROVED, "proof": [PROVED["proof"]]})


@pytest.mark.parametrize(
    "members",
    [
        {"type": "Ed25519Signature2020"},
        {"type": ["DataIntegrityProof"]},
        {"type": None},
        {"cryptosuite": "eddsa-rdfc-2022"},
        {"cryptosuite": None},
        {"proofPurpose": "authentication"},
        {"proofPurpose": None},
    ],
)
def test_other_kinds_of_proof_are_refused(members: dict[str, Any]) -> None:
    refused(with_proof(**members), "kind")


@pytest.mark.parametrize("name", ["expires", "domain", "challenge", "previousProof"])
def test_a_proof_that_narrows_its_own_use_is_refused(name: str) -> None:
    proof = {key: value for key, value in PROVED["proof"].items() if key != "proofValue"}
    verify(resigned(DOCUMENT, {**proof, "nonce": "x"}))
    refused(resigned(DOCUMENT, {**proof, name: "2030-01-01T00:00:00Z"}), "limits")


@pytest.mark.parametrize(
    "created",
    [
        None,
        "",
        7,
        "2026-11-22",
        "2026-11-22T12:00:00",
        "20261122T120000Z",
        "2026-W47-7T12:00:00Z",
        "2026-13-22T12:00:00Z",
        "2026-11-22T12:00:60Z",
        "2026-11-22T12:00:00+99:00",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "-001-01-01T00:00:00Z",
        "٢٠٢٦-11-22T12:00:00Z",
        "2026-11-22T12:00:00Z" + " " * 100_000,
    ],
)
def test_a_time_that_cannot_be_read(created: object) -> None:
    refused(resigned(DOCUMENT, {**PROVED["proof"], "created": created}))


@pytest.mark.parametrize(
    "created",
    [
        "2026-11-22T12:00:00.000Z",
        "2026-11-22T12:00:00.000000123Z",  # as Fedify writes it
        "2026-11-22T13:00:00+01:00",
        "2026-11-22t12:00:00z",
    ],
)
def test_the_same_time_in_other_spellings(created: str) -> None:
    document = resigned(DOCUMENT, {**PROVED["proof"], "created": created})
    verify(document)
    read = proofs.read(document).created
    assert (read, read.tzinfo) == (AT, UTC)


@pytest.mark.parametrize(
    "method",
    [
        None,
        7,
        {"id": A},
        "",
        "x",
        "did:key:z6Mk",
        "data:,x",
        "https://u@a.example/",
        "https://a.example/" + "x" * 2048,
    ],
)
def test_s23_a_key_id_that_is_not_a_web_address(method: object) -> None:
    refused(with_proof(verificationMethod=method), "key's id")


@pytest.mark.parametrize(
    "value", [None, 7, "", "z", "zz", "z0", "u" + "A" * 86, "z" + "2" * 1_000_000, "z" + "1" * 64]
)
def test_a_value_that_is_no_signature(value: object) -> None:
    refused(with_proof(proofValue=value))


def test_the_context_of_the_proof_is_how_that_of_the_document_begins() -> None:
    own = PROVED["proof"]["@context"]
    refused(with_proof(context=[*own, "https://c.example/v1"]), "@context")
    refused(with_proof(context=own[1:]), "@context")
    refused(with_proof(context="https://c.example/v1"), "@context")
    refused({name: value for name, value in PROVED.items() if name != "@context"}, "@context")
    proof = {name: value for name, value in PROVED["proof"].items() if name != "proofValue"}
    verify(resigned(DOCUMENT, {**proof, "@context": own[0]}))
    verify(resigned({**DOCUMENT, "@context": own[0]}, {**proof, "@context": own[:1]}))


def test_the_context_is_signed_as_it_stands_there() -> None:
    refused({**PROVED, "@context": [*DOCUMENT["@context"], "https://c.example/v1"]}, "does not fit")
    refused(with_proof(context=DOCUMENT["@context"][:1]), "does not fit")


def test_a_proof_without_context_is_read_as_it_stands() -> None:
    proof = {name: value for name, value in PROVED["proof"].items() if name not in ("proofValue", "@context")}
    verify(resigned(DOCUMENT, proof))
    refused(with_proof(context=None), "does not fit")


def test_a25_a_linked_data_signature_adds_nothing() -> None:
    verify({**PROVED, "signature": {"type": "RsaSignature2017", "signatureValue": "AAAA"}})
    refused({**DOCUMENT, "signature": {"type": "RsaSignature2017", "signatureValue": "AAAA"}}, "one proof")


def deep(levels: int) -> Any:
    nest: Any = []
    for _ in range(levels):
        nest = [nest]
    return nest


NOT_CANONICAL = {
    "nan": float("nan"),
    "infinite": float("inf"),
    "large": 2**53,
    "low": -(2**53),
    "huge": 10**5000,
    "half a character": "\ud800",
    "half a character in a name": {"\udc00": 1},
    "a name that is a number": {1: 1},
    "deep": deep(100_000),
    "not JSON": {1, 2},
}


@pytest.mark.parametrize("value", NOT_CANONICAL.values(), ids=list(NOT_CANONICAL))
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    refused({**PROVED, "x": value}, "canonical form")
    refused(with_proof(x=value), "canonical form")
    refused({**PROVED, "@context": value})
    refused({**with_proof(context=value), "@context": value})


# Whatever else may come

TEXT = json.dumps(PROVED).encode()


@settings(deadline=None, max_examples=400)
@given(st.integers(0, len(TEXT) - 1), st.integers(32, 126))
def test_one_changed_byte_anywhere_is_refused(position: int, to: int) -> None:
    try:
        document = json.loads(TEXT[:position] + bytes([to]) + TEXT[position + 1 :])
    except ValueError:
        return
    assume(document != PROVED)
    refused(document)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
MEMBERS = st.dictionaries(st.sampled_from([*PROVED["proof"], "expires"]), JSON, max_size=3)


@settings(deadline=None, max_examples=300)
@given(MEMBERS, st.dictionaries(st.sampled_from([*DOCUMENT, "proof"]), JSON, max_size=2))
def test_any_document_is_refused_and_nothing_worse(members: dict[str, Any], others: dict[str, Any]) -> None:
    document = {**PROVED, "proof": {**PROVED["proof"], **members}, **others}
    assume(document != PROVED)
    refused(document)
