"""Public keys as others publish them: in each form that is used, and none that is weak or a burden."""

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from node.federation import keyring, multikey, public_key, reading

PRIVATE = rsa.generate_private_key(65537, 2048)
RSA = PRIVATE.public_key()
SMALL = Ed25519PrivateKey.from_private_bytes(bytes(range(32))).public_key()
SPKI = public_key.pem(RSA)
PKCS1 = RSA.public_bytes(Encoding.PEM, PublicFormat.PKCS1).decode()
A = "https://a.example/users/a"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", [SPKI, PKCS1, f"\n  {SPKI}\n\n", SPKI.replace("\n", "\r\n"), SPKI.strip(), multikey.encode(RSA)]
)
def test_one_rsa_key_has_one_text(text: str) -> None:
    assert public_key.decode(text) == RSA
    assert public_key.encode(public_key.decode(text)) == SPKI
    assert not public_key.is_ed25519(public_key.encode(RSA))


def test_one_ed25519_key_has_one_text() -> None:
    pem = SMALL.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    for text in (multikey.encode(SMALL), pem):
        assert public_key.encode(public_key.decode(text)) == multikey.encode(SMALL)
    assert public_key.is_ed25519(multikey.encode(SMALL))


def test_a_key_is_read_once() -> None:
    assert public_key.decode(SPKI) is public_key.decode(SPKI)


def numbers(bits: int, exponent: int) -> RSAPublicKey:
    return RSAPublicNumbers(exponent, (1 << bits - 1) | 1).public_key()


def forms(key: RSAPublicKey) -> list[str]:
    return [
        public_key.pem(key),
        key.public_bytes(Encoding.PEM, PublicFormat.PKCS1).decode(),
        multikey.encode(key),
    ]


@pytest.mark.parametrize("bits", [1024, 2047, 8193, 16384])
def test_S19_rsa_of_another_size_is_refused_before_anything_is_verified(bits: int) -> None:
    for text in forms(numbers(bits, 65537)):
        with pytest.raises(ValueError, match=r"bits|at most"):
            public_key.decode(text)


@pytest.mark.parametrize("exponent", [2**32 + 1, 2**33 + 1])
def test_S19_a_great_exponent_is_refused_before_anything_is_verified(exponent: int) -> None:
    for text in forms(numbers(2048, exponent)):
        with pytest.raises(ValueError, match="exponent"):
            public_key.decode(text)


def der(number: int) -> bytes:
    """A number, and how long it is, as DER has it."""
    raw = number.to_bytes(number.bit_length() // 8 + 1, "big")
    size = len(raw)
    return (b"\x02" + (bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2, "big"))) + raw


@pytest.mark.parametrize("exponent", [1, 2, 4, 65536, 2**64, 2**64 + 1, 2**2000 + 1])
def test_S19_an_exponent_that_no_library_makes(exponent: int) -> None:
    inner = der((1 << 2047) | 1) + der(exponent)
    raw = b"\x30\x82" + len(inner).to_bytes(2, "big") + inner
    with pytest.raises(ValueError, match=r"exponent|PKCS #1"):
        public_key.decode(multikey.to_multibase(b"\x85\x24" + raw))


def test_S19_what_is_allowed_at_the_edges() -> None:
    for key in (numbers(2048, 3), numbers(8192, 65537), numbers(2048, 2**32 - 1)):
        for text in forms(key):
            assert public_key.decode(text) == key


def other_keys() -> list[str]:
    curve = ec.generate_private_key(ec.SECP256R1())
    secret = PRIVATE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    old = PRIVATE.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
    pem = curve.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return [pem, secret, old, "", "x", SPKI[:-60], SPKI.replace("PUBLIC", "SECRET"), SPKI * 10, "z", "zzz"]


@pytest.mark.parametrize("text", other_keys())
def test_whatever_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        public_key.decode(text)


@given(st.text() | st.text().map(lambda text: f"-----BEGIN PUBLIC KEY-----\n{text}") | st.text("z123abc"))
def test_any_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        public_key.decode(text)


# As an actor's document names them


MAIN = {"id": f"{A}#main-key", "owner": A, "publicKeyPem": PKCS1}
METHOD = {
    "id": f"{A}#ed25519-key",
    "type": "Multikey",
    "controller": A,
    "publicKeyMultibase": multikey.encode(SMALL),
}
BOTH = {f"{A}#main-key": SPKI, f"{A}#ed25519-key": multikey.encode(SMALL)}


@pytest.mark.parametrize("main", [MAIN, [MAIN], [MAIN, MAIN]])
def test_both_places_alone_or_in_a_list(main: object) -> None:
    for method in (METHOD, [METHOD]):
        assert keyring.of({"publicKey": main, "assertionMethod": method}, A).keys == BOTH


@pytest.mark.parametrize(
    "change",
    [
        {"id": "https://b.example/users/b#main-key"},
        {"id": "main-key"},
        {"id": None},
        {"owner": f"{A}2"},
        {"owner": "https://b.example/users/b"},
        {"owner": None},
        {"publicKeyPem": "x"},
        {"publicKeyPem": None},
        {"publicKeyPem": public_key.pem(numbers(1024, 65537))},
    ],
)
def test_A01_A02_a_key_that_is_not_its_own_or_no_key(change: dict[str, object]) -> None:
    assert keyring.of({"publicKey": {**MAIN, **change}}, A) == keyring.Keyring()


def test_of_two_keys_with_one_id_the_first_counts() -> None:
    other = {**MAIN, "publicKeyPem": public_key.pem(numbers(2048, 3))}
    assert keyring.of({"publicKey": [MAIN, other]}, A).keys == {f"{A}#main-key": SPKI}


def test_ten_keys_at_most() -> None:
    many = [{**MAIN, "id": f"{A}#{number}"} for number in range(1000)]
    assert len(keyring.of({"publicKey": many, "assertionMethod": many}, A).keys) == 10


@pytest.mark.parametrize(
    ("named", "elsewhere"),
    [
        (f"{A}/main-key", (f"{A}/main-key",)),
        ("https://a.example/keys#1", ("https://a.example/keys#1",)),
        (f"{A}#main-key", ()),
        ("https://b.example/main-key", ()),
        ("javascript:1", ()),
        (7, ()),
    ],
)
def test_a_key_that_is_named_by_its_id(named: object, elsewhere: tuple[str, ...]) -> None:
    assert keyring.of({"publicKey": named}, A) == keyring.Keyring({}, elsewhere)


def test_what_a_server_says_that_it_reads() -> None:
    link = {"type": "Link", "href": "https://datatracker.ietf.org/doc/html/rfc9421"}
    actor = {"id": A, "type": "Person", "inbox": f"{A}/inbox", "publicKey": MAIN}
    for implements in (link, [link], link["href"]):
        said = {**actor, "generator": {"type": "Application", "implements": implements}}
        found = reading.actor(said, NOW)
        assert found is not None
        assert (found.reads_rfc9421, found.has_ed25519) == (True, False)
    others: list[object] = [None, "https://a.example/", {}, {"implements": [{"href": 7}, 8, None]}, []]
    for generator in others:
        found = reading.actor({**actor, "generator": generator}, NOW)
        assert found is not None
        assert not found.reads_rfc9421
