"""Keys as they are published: FEP-521a, and whatever else somebody may send in their place."""

import json
import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from node.federation import multikey

PUBLIC = Ed25519PrivateKey.from_private_bytes(bytes(range(32))).public_key()


def scenarios(shared: Path) -> list[tuple[bytes, str]]:
    """The key in bytes and its Multikey, for each scenario of FEP-521a: Ed25519 first, then RSA."""
    feature = (shared / "vectors/fep/fep-521a.feature").read_text()
    raw = re.findall(r'as a hex string "([0-9a-f]+)"', feature)
    written = re.findall(r'"publicKeyMultibase": "(\w+)"', feature)
    return [(bytes.fromhex(key), text) for key, text in zip(raw, written, strict=True)]


def test_fep_521a_ed25519(shared: Path) -> None:
    raw, written = scenarios(shared)[0]
    assert multikey.encode(Ed25519PublicKey.from_public_bytes(raw)) == written
    key = multikey.decode(written)
    assert isinstance(key, Ed25519PublicKey)
    assert key.public_bytes_raw() == raw


def test_fep_521a_rsa(shared: Path) -> None:
    raw, written = scenarios(shared)[1]
    key = multikey.decode(written)
    assert isinstance(key, RSAPublicKey)
    assert key.public_bytes(Encoding.DER, PublicFormat.PKCS1) == raw
    assert multikey.encode(key) == written


@pytest.mark.parametrize("der", [b"", b"\x30\0", b"\x30\x80\0\0", bytes(300)])
def test_rsa_that_is_no_key_is_refused(der: bytes) -> None:
    with pytest.raises(ValueError, match="not PKCS #1"):
        multikey.decode(multikey.to_multibase(b"\x85\x24" + der))


def test_rsa_in_another_spelling_is_refused(shared: Path) -> None:
    key = multikey.decode(scenarios(shared)[1][1])
    assert isinstance(key, RSAPublicKey)
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(ValueError, match="not PKCS #1"):
        multikey.decode(multikey.to_multibase(b"\x85\x24" + spki))


def test_w3c_key_pair(shared: Path) -> None:
    pair = json.loads((shared / "vectors/vc-di-eddsa/TestVectors/keyPair.json").read_text())
    secret = multikey.from_multibase(pair["privateKeyMultibase"])
    assert secret[:2] == b"\x80\x26"
    public = Ed25519PrivateKey.from_private_bytes(secret[2:]).public_key()
    assert multikey.encode(public) == pair["publicKeyMultibase"]
    with pytest.raises(ValueError, match="not an Ed25519 public key"):
        multikey.decode(pair["privateKeyMultibase"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "does not begin with z"),
        ("6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", "does not begin with z"),
        ("uAVVGxKf2", "does not begin with z"),
        ("a6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", "not base58btc"),
        ("Z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", "not base58btc"),
        ("z", "does not begin with z6Mk"),
        ("z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2do0", "a letter in it"),
        ("z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doÉ", "a letter in it"),
        (" z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", "does not begin with z"),
        ("z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK\n", "a letter in it"),
        (multikey.to_multibase(b"\xed\x01" + bytes(31)), "this one is not"),
        (multikey.to_multibase(b"\xed\x01" + bytes(33)), "this one is not"),
        (multikey.to_multibase(b"\xec\x01" + bytes(32)), "not an Ed25519 public key"),
        (multikey.to_multibase(b"\0\xed\x01" + bytes(32)), "not an Ed25519 public key"),
        ("z" + "2" * 1_000_000, "too long"),
    ],
)
def test_anything_else_is_refused(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        multikey.decode(text)


def test_a_key_comes_back_as_it_went() -> None:
    written = multikey.encode(PUBLIC)
    assert written.startswith("z6Mk")
    assert multikey.decode(written) == PUBLIC


@given(st.binary(max_size=90))
def test_bytes_come_back_as_they_went(raw: bytes) -> None:
    assert multikey.from_multibase(multikey.to_multibase(raw)) == raw


@given(st.text(max_size=200) | st.from_regex(r"z[1-9A-HJ-NP-Za-km-z]{0,140}", fullmatch=True))
def test_any_text_is_one_key_in_one_spelling_or_refused(text: str) -> None:
    try:
        key = multikey.decode(text)
    except ValueError:
        return
    assert multikey.encode(key) == text
