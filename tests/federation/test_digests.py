"""Digests: the body that arrives is the body that was sent (RFC 9530)."""

import json
from pathlib import Path

import http_message_signatures
import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.federation import digests

BODY = b'{"hello": "world"}'
SHA_256 = "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"
MD5, SHA_1 = "md5=:Sd/dVLAcvNLSq16eXua5uQ==:", "sha=:07CavjDP4u3/TungoUHJO/Wzr4c=:"


def check(field: str, body: bytes = BODY) -> None:
    digests.check(digests.read(field), body)


def sha_512(shared: Path) -> str:
    message = (shared / "vectors/rfc9421/rfc-test-request.txt").read_text()
    return next(line for line in message.splitlines() if "sha-512=" in line).removeprefix("Content-Digest: ")


def test_what_is_made_is_believed() -> None:
    assert digests.make(BODY) == SHA_256
    check(SHA_256)


def test_rfc_9421_message_with_sha_512(shared: Path) -> None:
    check(sha_512(shared))


def test_digests_of_another_program(shared: Path) -> None:
    requests = json.loads((shared / "vectors/field/fedify-2.3.6.json").read_text())["requests"]
    found = [
        (value, each["body"]) for each in requests for name, value in each["headers"] if "-digest" in name
    ]
    assert len(found) == 2
    for value, body in found:
        check(value, body.encode())


def test_all_strong_digests_must_agree(shared: Path) -> None:
    good, bad = sha_512(shared), SHA_256.replace("X48E", "AAAA")
    check(f"{SHA_256}, {good}, {MD5}")
    with pytest.raises(ValueError, match="digest differs"):
        check(f"{good}, {bad}")
    with pytest.raises(ValueError, match="digest differs"):
        check(f"{bad}, {good}")


@pytest.mark.parametrize(
    "field", [MD5, SHA_1, f"{MD5}, {SHA_1}", "", "crc32c=:AAAAAA==:", "SHA-256".lower() + "6=:AA==:"]
)
def test_s05_weak_and_unknown_digests_count_for_nothing(field: str) -> None:
    with pytest.raises(ValueError, match="no SHA-256 or SHA-512"):
        check(field)


@pytest.mark.parametrize(
    "field",
    [
        "sha-256",
        "sha-256=abc",
        'sha-256="abc"',
        "sha-256=:a:",
        "sha-256=(:YQ==:)",
        "SHA-256=abc",
        "sha-256=:é:",
        ",",
        "\0",
    ],
)
def test_what_cannot_be_read_is_refused(field: str) -> None:
    with pytest.raises(ValueError, match="not"):
        digests.read(field)


def test_s21_a_digest_that_stands_twice_in_one_header_is_refused() -> None:
    with pytest.raises(ValueError, match="not a proper structured field"):
        digests.read(f"{SHA_256.replace('X48E', 'AAAA')}, {SHA_256}")


@pytest.mark.parametrize("size", [0, 1, 31, 33])
def test_a_digest_of_another_length_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="digest differs"):
        digests.check({"sha-256": bytes(size)}, BODY)


@given(st.binary(), st.binary())
def test_only_the_same_body_is_believed(sent: bytes, received: bytes) -> None:
    field = digests.make(sent)
    assert field == http_message_signatures.ContentDigest.create(sent)
    if sent == received:
        check(field, received)
    else:
        with pytest.raises(ValueError, match="digest differs"):
            check(field, received)


@given(st.text() | st.text(alphabet='sha-256=:,;"()A/+ @?%1.'))
def test_any_text_is_read_or_refused(field: str) -> None:
    try:
        digests.check(digests.read(field), BODY)
    except ValueError:
        return
