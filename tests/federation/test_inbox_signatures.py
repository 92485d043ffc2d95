"""Signatures as they arrive at the inbox (`security.md`, S): refused before anything is stored or fetched."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import http_sf
import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from node.clock import now
from node.federation import rfc9421
from node.federation.message import fields
from node.federation.signatures import SigningKey
from tests.federation import by_hand
from tests.federation.by_hand import TYPE, Raw, Spoil
from tests.federation.liar import Liar
from tests.federation.stillness import untouched
from tests.federation.town_of_nodes import Nodes

Lied = tuple[Nodes, Liar]
USUAL = ("@method", "@target-uri", "content-digest", "content-type")


def resign(key: SigningKey, *components: str, url: str | None = None, **parameters: Any) -> Spoil:
    """Sign the request anew, over these components and with these parameters; None leaves one out."""

    def spoil(raw: Raw) -> None:
        usual = {"created": int(now().timestamp()), "keyid": key.key_id, "alg": "ed25519"}
        said = {name: value for name, value in {**usual, **parameters}.items() if value is not None}
        signed: rfc9421.Signed = ([(name, {}) for name in components or USUAL], said)
        headers = [(name.encode(), value.encode()) for name, value in raw.headers.items()]
        text = rfc9421.base(raw.method, url or raw.url, fields(headers), signed)
        raw.headers["signature-input"] = http_sf.ser({"sig1": signed})
        raw.headers["signature"] = http_sf.ser({"sig1": key.private.sign(text)})

    return spoil


def lacking(*names: str) -> Spoil:
    def spoil(raw: Raw) -> None:
        for name in names:
            raw.headers.pop(name)

    return spoil


def having(**headers: str) -> Spoil:
    """With these headers in place of its own; _ stands for -."""

    def spoil(raw: Raw) -> None:
        raw.headers.update({name.replace("_", "-"): value for name, value in headers.items()})

    return spoil


def at(url: str) -> Spoil:
    def spoil(raw: Raw) -> None:
        raw.url = url

    return spoil


async def refused(lied_to: Lied, spoil: Spoil | None = None, status: int = 401, **how: Any) -> None:
    """The neighbour's own post, spoiled like this, is refused; nothing is stored, nobody is asked."""
    (place, _), liar = lied_to
    async with untouched(place):
        response = await liar.says(place, liar.activity("Create", liar.note()), spoil=spoil, **how)
    assert response.status_code == status, response.text


async def believed(lied_to: Lied, spoil: Spoil | None = None, **how: Any) -> None:
    (place, _), liar = lied_to
    before = await place.count("posts")
    response = await liar.says(place, liar.activity("Create", liar.note()), spoil=spoil, **how)
    assert response.status_code == 202, response.text
    assert await place.count("posts") == before + 1


def minutes(number: int) -> int:
    return int((now() + timedelta(minutes=number)).timestamp())


async def test_s01_unsigned(lied_to: Lied) -> None:
    await refused(lied_to, lacking("signature", "signature-input"))
    await refused(lied_to, lacking("signature"))
    await refused(lied_to, lacking("signature-input"))


async def test_s02_another_body(lied_to: Lied) -> None:
    def spoil(raw: Raw) -> None:
        raw.body = raw.body.replace(b"gratis", b"Gratis")

    await refused(lied_to, spoil)


async def test_s03_digest_not_signed(lied_to: Lied) -> None:
    _, liar = lied_to
    await refused(lied_to, resign(liar.key, "@method", "@target-uri", "content-type"))


async def test_s04_no_digest(lied_to: Lied) -> None:
    await refused(lied_to, lacking("content-digest"))


@pytest.mark.parametrize("digest", ["md5=:1B2M2Y8AsgTpgAmY7PhCfg==:", "sha=:2jmj7l5rSw0yVb/vlWAYkK/YBwk=:"])
async def test_s05_only_a_weak_digest(lied_to: Lied, digest: str) -> None:
    _, liar = lied_to

    def spoil(raw: Raw) -> None:
        raw.headers["content-digest"] = digest
        resign(liar.key)(raw)

    await refused(lied_to, spoil)


@pytest.mark.parametrize("left", [("@method",), ("@target-uri",), ("@method", "@path")])
async def test_s07_s08_address_or_method_not_signed(lied_to: Lied, left: tuple[str, ...]) -> None:
    await refused(lied_to, resign(lied_to[1].key, *left, "content-digest", "content-type"))


async def test_s09_signed_for_another_node(lied_to: Lied) -> None:
    await refused(lied_to, resign(lied_to[1].key, url="https://other.example/inbox"))


async def test_s10_age(lied_to: Lied) -> None:
    await refused(lied_to, created=minutes(-61))
    await refused(lied_to, created=minutes(6))
    await believed(lied_to, created=minutes(-59))
    await believed(lied_to, created=minutes(4))


async def test_s10_date_and_created(lied_to: Lied) -> None:
    await refused(lied_to, having(date=format_datetime(now() - timedelta(minutes=5), usegmt=True)))
    await believed(lied_to, having(date=format_datetime(now(), usegmt=True)))


async def test_s11_s12_expired_or_without_time(lied_to: Lied) -> None:
    key = lied_to[1].key
    await refused(lied_to, resign(key, expires=minutes(-1)))
    await refused(lied_to, resign(key, created=None))
    await believed(lied_to, resign(key, expires=minutes(1)))


async def test_s13_a_replay_takes_effect_once(lied_to: Lied) -> None:
    (place, _), _ = lied_to
    kept: list[Raw] = []

    def keep(raw: Raw) -> None:
        kept.append(replace(raw, headers=dict(raw.headers)))

    await believed(lied_to, keep)
    async with untouched(place, "nodes.last_seen"):
        for _ in range(3):
            assert (await by_hand.knock(place, kept[0])).status_code == 202
        again = await asyncio.gather(*(by_hand.knock(place, kept[0]) for _ in range(10)))
    assert {response.status_code for response in again} == {202}


async def test_s15_signed_for_another_inbox(lied_to: Lied) -> None:
    (place, _), _ = lied_to
    await refused(lied_to, at(f"{place.home.actor}/inbox"))
    await refused(lied_to, at(f"{place.home.application}/inbox"))
    await believed(lied_to, path=place.home.actor.removeprefix(place.origin) + "/inbox")


async def test_s16_the_query_is_signed(lied_to: Lied) -> None:
    (place, _), liar = lied_to
    await refused(lied_to, at(f"{place.origin}/inbox?x=1"))
    await refused(lied_to, at(f"{place.origin}/inbox"), path="/inbox?x=1")
    parts = ("@method", "@authority", "@path", "content-digest", "content-type")
    await refused(lied_to, resign(liar.key, *parts), path="/inbox?x=1")
    await believed(lied_to, resign(liar.key, "@query", *parts), path="/inbox?x=1")
    await believed(lied_to, path="/inbox?x=1")


@pytest.mark.parametrize("name", ["Signature", "Signature-Input", "Content-Digest"])
async def test_s21_a_header_twice(lied_to: Lied, name: str) -> None:
    def spoil(raw: Raw) -> None:
        raw.headers[name] = raw.headers[name.lower()]

    await refused(lied_to, spoil, 400)


async def test_s21_folded(lied_to: Lied) -> None:
    await refused(lied_to, having(content_digest="sha-256=:AAAA:,\r\n sha-512=:AAAA:"), 400)


@pytest.mark.parametrize(
    "signature", ["sig1=:" + "A" * 65536 + ":", "sig1=:!!!:", "sig1=:AAAA", "sig2=:AAAA:", "", "\xe9"]
)
async def test_s23_a_signature_that_cannot_be_read(lied_to: Lied, signature: str) -> None:
    await refused(lied_to, having(signature=signature), 400)


@pytest.mark.parametrize(
    "key_id",
    [
        None,
        "https://leugenaar.example/" + "a" * 8192,
        "data:text/plain,x",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "/ap/actor#key",
        "leugenaar.example",
        "https://bea@leugenaar.example/ap#key",
        "https://leugenaar.example\\@centrum.example/ap#key",
        "https://[::1/ap#key",
        "https://:443/ap#key",
        "https://leugenaar.example:99999/ap#key",
    ],
)
async def test_s23_a_key_id_that_is_no_address(lied_to: Lied, key_id: str | None) -> None:
    await refused(lied_to, resign(lied_to[1].key, keyid=key_id), 400)


async def test_s25_a_thousand_bad_signatures_fetch_the_key_once(lied_to: Lied) -> None:
    (place, _), _ = lied_to
    stranger = Liar(place.wire, "vreemde")
    forged = SigningKey(stranger.key.key_id, Ed25519PrivateKey.generate())
    activity = stranger.activity("Follow", place.home.actor)
    before = await place.rows()
    together = await asyncio.gather(*(stranger.says(place, activity, key=forged) for _ in range(50)))
    assert {response.status_code for response in together} == {401}
    for _ in range(950):
        assert (await stranger.says(place, activity, key=forged, proved=False)).status_code == 401
    assert len(stranger.asked) == 1
    assert await place.rows() == before
    response = await stranger.says(place, activity)
    assert response.status_code == 202, "nobody is shut out by what others sign in its name"
    assert len(stranger.asked) == 1


async def test_s25_a_known_key_is_fetched_again_at_most_every_five_minutes(lied_to: Lied) -> None:
    (place, _), _ = lied_to
    stranger = Liar(place.wire, "bekende")
    activity = stranger.activity("Follow", place.home.actor)
    assert (await stranger.says(place, activity)).status_code == 202
    await place.change("keys", fetched=now() - timedelta(minutes=6))
    place.door.asked.clear()  # as after a restart
    forged = SigningKey(stranger.key.key_id, Ed25519PrivateKey.generate())
    for _ in range(50):
        assert (await stranger.says(place, activity, key=forged, proved=False)).status_code == 401
    assert len(stranger.asked) == 2


async def test_s25_a_new_name_for_the_same_document_fetches_nothing_more(lied_to: Lied) -> None:
    (place, _), _ = lied_to
    stranger = Liar(place.wire, "veelnamig")
    for number in range(20):
        forged = SigningKey(f"{stranger.actor}#key-{number}", Ed25519PrivateKey.generate())
        assert (await stranger.says(place, stranger.activity("Follow", "x"), key=forged)).status_code == 401
    assert len(stranger.asked) == 1


async def test_s26_a_blocked_node(lied_to: Lied) -> None:
    (place, _), _ = lied_to
    enemy = Liar(place.wire, "geblokkeerd")
    await enemy.says(place, enemy.activity("Follow", place.home.actor))
    await place.blocks(enemy)
    new = SigningKey(f"{enemy.origin}/nieuw#key", enemy.key.private)
    spelled = SigningKey(f"https://GEBLOKKEERD.example.:443/ap#{'k'}", enemy.key.private)
    async with untouched(place):
        for key in (enemy.key, enemy.reader, new, spelled):
            response = await enemy.says(place, enemy.activity("Create", enemy.note()), key=key)
            assert response.status_code == 403
        assert (await enemy.reads(place, f"{place.origin}/ap/o/{'0' * 32}")).status_code == 404


def seen_as(response: httpx.Response) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    return response.status_code, response.headers.raw, response.content


async def test_s28_what_one_may_not_read_is_as_if_it_never_was(lied_to: Lied) -> None:
    (place, _), liar = lied_to
    stranger = Liar(place.wire, "nieuwsgierig")
    adjacent = await place.asks("Alleen voor de buren")
    hidden = await place.asks("Alleen voor ons", audience="neighbourhood")
    never = f"{place.origin}/ap/o/{'0' * 32}"
    nobody = seen_as(await by_hand.knock(place, Raw("GET", never, {})))
    assert nobody[0] == 404
    forged = SigningKey(liar.reader.key_id, Ed25519PrivateKey.generate())
    before = await place.rows("nodes", "keys")
    for post, readers in ((adjacent, (stranger, forged)), (hidden, (stranger, forged, liar))):
        for url in (post.uri, f"{post.uri}/proposal"):
            assert seen_as(await by_hand.knock(place, Raw("GET", url, {"accept": TYPE}))) == nobody
            for reader in readers:
                key = reader if isinstance(reader, SigningKey) else reader.reader
                assert seen_as(await liar.reads(place, url, key)) == nobody
    assert await place.rows("nodes", "keys") == before
    assert (await liar.reads(place, adjacent.uri)).status_code == 200


@settings(max_examples=120, deadline=None)
@given(
    where=st.sampled_from(["body", "path", *USUAL[2:], "signature", "signature-input"]),
    position=st.integers(0, 5000),
    step=st.integers(1, 93),
)
async def test_one_changed_byte_anywhere_is_refused(
    lied_to: Lied, where: str, position: int, step: int
) -> None:
    (place, _), liar = lied_to

    def change(whole: str) -> str:
        """Another sign that can be seen in place of one; # and % would not arrive as they are."""
        there = position % len(whole)
        sign = chr(0x21 + (ord(whole[there]) - 0x21 + step) % 94)
        return (
            whole[:there]
            + (sign if sign not in "#%" else "!" if whole[there] == "~" else "~")
            + whole[there + 1 :]
        )

    def spoil(raw: Raw) -> None:
        if where == "body":
            there = position % len(raw.body)
            raw.body = raw.body[:there] + bytes([raw.body[there] ^ step]) + raw.body[there + 1 :]
        elif where == "path":
            raw.url = f"{place.origin}/{change('inbox')}"
        else:
            raw.headers[where] = change(raw.headers[where])

    before = await place.rows()
    response = await liar.says(place, liar.activity("Create", liar.note()), spoil=spoil)
    also = {"content-type": {415}, "path": {404, 405}}
    assert response.status_code in {400, 401} | also.get(where, set())
    assert await place.rows() == before
