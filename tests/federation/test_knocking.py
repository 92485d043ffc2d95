"""How a request of ours is signed: as agreed for our own kind, for others in the form that they read."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from node.clock import now
from node.federation import knocking, reading, signatures
from node.federation.guarded import Gone, Unreachable
from node.federation.keys import Keys, load_or_make
from node.federation.knocking import Form, Knocking
from node.federation.own_key import RsaKey, SigningKey
from node.federation.reading import Actor
from node.federation.remote import Remote
from node.federation.signatures import Refused, VerificationKey
from node.settings import build
from tests.federation.town_of_nodes import Nodes
from tests.federation.wire import those

HOME, THERE = "https://centrum.example", "https://ver.example"
WHEN = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
USUAL = [Form.CAVAGE, Form.RSA]


@dataclass
class Picky(httpx.AsyncBaseTransport):
    """A server that reads some forms of signatures, and truly checks them; others it refuses."""

    keys: Keys
    reads: set[Form] = field(default_factory=set)
    status: int = 200
    refusal: int = 401
    heard: list[Form] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        form = self._form(request, await request.aread())
        self.heard.append(form)
        if form not in self.reads:
            return httpx.Response(self.refusal, stream=httpx.ByteStream(b""))
        kind, body = {"content-type": "application/activity+json"}, json.dumps({"id": str(request.url)})
        return httpx.Response(self.status, headers=kind, stream=httpx.ByteStream(body.encode()))

    def _form(self, request: httpx.Request, body: bytes) -> Form:
        url = str(request.url)
        claim = signatures.read(request.method, url, request.headers.raw, body, now())
        group, application = self.keys.of_group(), self.keys.of_application()
        ours: dict[str, SigningKey | RsaKey] = {
            key.key_id: key for pair in (group, application) for key in (pair.ed25519, pair.rsa)
        }
        named = ours[claim.key_id]
        key = VerificationKey(claim.key_id, "us", named.private.public_key())
        signatures.verify(claim, key)
        if isinstance(named, SigningKey):
            return Form.ED25519
        if "signature-input" in request.headers:
            return Form.RSA
        return Form.CAVAGE if self._whole(request, body, key) else Form.CAVAGE_PATH

    def _whole(self, request: httpx.Request, body: bytes, key: VerificationKey) -> bool:
        """Whether the query is signed too: it is, when another one does not fit."""
        other = str(request.url.copy_with(query=b"other"))
        try:
            signatures.verify(signatures.read(request.method, other, request.headers.raw, body, now()), key)
        except Refused:
            return True
        return not request.url.query


@dataclass
class Way:
    """Our way out, to one server."""

    remote: Remote
    there: Picky
    kin: set[str]


@pytest.fixture
async def way(tmp_path: Path) -> AsyncIterator[Way]:
    settings = build({"origin": HOME, "name": "Centrum", "area": "BU00000001"}, tmp_path)
    keys = load_or_make(tmp_path, settings.home)
    there, kin = Picky(keys), set[str]()

    async def ours(origin: str) -> bool:
        return origin in kin

    remote = Remote(settings, keys, there, ours=ours)
    yield Way(remote, there, kin)
    await remote.close()


def actor(origin: str = THERE, rfc9421: bool = True, ed25519: bool = True, ours: bool = False) -> Actor:
    """An actor as its document says."""
    uri = f"{origin}/ap/buurt/ver"
    method = {
        "id": f"{uri}#key",
        "type": "Multikey",
        "controller": uri,
        "publicKeyMultibase": "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
    }
    said = {
        "id": uri,
        "type": "Group" if ours else "Person",
        "inbox": f"{uri}/inbox",
        "assertionMethod": [method] if ed25519 else [],
        "generator": {"implements": [{"href": "https://www.rfc-editor.org/rfc/rfc9421"}] if rfc9421 else []},
        **({"adjacentNodes": f"{uri}/adjacent"} if ours else {}),
    }
    found = reading.actor(said, WHEN)
    assert found is not None
    return found


async def test_a_stranger_hears_what_nearly_all_read(way: Way) -> None:
    way.there.reads = {Form.CAVAGE}
    await way.remote.document(f"{THERE}/actor")
    assert (await way.remote.post(f"{THERE}/inbox", b"{}")).status == 200
    assert way.there.heard == [Form.CAVAGE, Form.CAVAGE]


@pytest.mark.parametrize("refusal", [400, 401])
async def test_who_does_not_believe_it_hears_a_second_knock_once(way: Way, refusal: int) -> None:
    way.there.reads, way.there.refusal = {Form.RSA}, refusal
    for _ in range(3):
        assert (await way.remote.post(f"{THERE}/inbox", b"{}")).status == 200
        await way.remote.document(f"{THERE}/actor")
    assert way.there.heard == [*USUAL, *USUAL, *4 * [Form.RSA]]


async def test_who_leaves_out_the_query_is_tried_without(way: Way) -> None:
    way.there.reads = {Form.CAVAGE_PATH}
    for _ in range(2):
        await way.remote.document(f"{THERE}/outbox?page=1")
    assert way.there.heard == [Form.CAVAGE, Form.CAVAGE_PATH, Form.CAVAGE_PATH]


async def test_who_changed_its_mind_is_found_again(way: Way) -> None:
    way.there.reads = {Form.RSA}
    await way.remote.post(f"{THERE}/inbox", b"{}")
    way.there.reads = {Form.CAVAGE}
    await way.remote.post(f"{THERE}/inbox", b"{}")
    await way.remote.post(f"{THERE}/inbox", b"{}")
    assert way.there.heard == [*USUAL, Form.RSA, Form.CAVAGE, Form.CAVAGE]


async def test_who_believes_nothing_is_not_asked_for_ever(way: Way) -> None:
    assert (await way.remote.post(f"{THERE}/inbox", b"{}")).status == 401
    assert way.there.heard == USUAL
    way.there.heard.clear()
    with pytest.raises(Unreachable, match="401"):
        await way.remote.document(f"{THERE}/actor?x=1")
    assert way.there.heard == [Form.CAVAGE, Form.CAVAGE_PATH, Form.RSA]


@pytest.mark.parametrize("status", [202, 403, 404, 410, 429, 500])
async def test_any_other_answer_is_an_answer(way: Way, status: int) -> None:
    way.there.reads, way.there.status = {Form.CAVAGE}, status
    assert (await way.remote.post(f"{THERE}/inbox", b"{}")).status == status
    assert way.there.heard == [Form.CAVAGE]


async def test_a_bad_message_is_not_said_in_another_form_where_this_one_was_believed(way: Way) -> None:
    way.there.reads = {Form.CAVAGE}
    await way.remote.post(f"{THERE}/inbox", b"{}")
    way.there.status = 400
    assert (await way.remote.post(f"{THERE}/inbox", b"{")).status == 400
    assert way.there.heard == [Form.CAVAGE, Form.CAVAGE]


async def test_what_is_gone_for_good_is_said_so(way: Way) -> None:
    way.there.reads, way.there.status = {Form.CAVAGE}, 410
    with pytest.raises(Gone):
        await way.remote.document(f"{THERE}/actor")
    way.there.status = 404
    with pytest.raises(Unreachable) as caught:
        await way.remote.document(f"{THERE}/actor")
    assert not isinstance(caught.value, Gone)


async def test_who_names_it_is_spoken_to_in_the_newer_way_at_once(way: Way) -> None:
    way.there.reads = {Form.ED25519, Form.RSA}
    way.remote.met(actor())
    await way.remote.post(f"{THERE}/inbox", b"{}")
    way.remote.met(actor("https://rsa.example", ed25519=False))
    await way.remote.post("https://rsa.example/inbox", b"{}")
    assert way.there.heard == [Form.ED25519, Form.RSA]


async def test_who_names_it_and_does_not_read_it_is_tried_as_all_are(way: Way) -> None:
    way.there.reads = {Form.CAVAGE}
    way.remote.met(actor())
    await way.remote.post(f"{THERE}/inbox", b"{}")
    await way.remote.post(f"{THERE}/inbox", b"{}")
    assert way.there.heard == [Form.ED25519, Form.CAVAGE, Form.CAVAGE]


async def test_our_own_kind_hears_nothing_else(way: Way) -> None:
    """Not even when it does not believe us: another key would be cause for alarm there (A22)."""
    way.remote.met(actor(ours=True))
    way.kin.add("https://bekend.example")
    for origin in (THERE, "https://bekend.example"):
        assert (await way.remote.post(f"{origin}/inbox", b"{}")).status == 401
        with pytest.raises(Unreachable):
            await way.remote.document(f"{origin}/ap/actor")
    assert set(way.there.heard) == {Form.ED25519}
    assert len(way.there.heard) == 4


async def test_what_worked_is_remembered_for_a_week() -> None:
    at = [0.0]
    known = Knocking(seconds=lambda: at[0])
    known.worked(f"{THERE}/inbox", True, Form.RSA)
    assert await known.forms(f"{THERE}/other", True) == [Form.RSA, Form.CAVAGE]
    assert await known.forms(f"{THERE}/other", False) == USUAL, "reading is another matter"
    at[0] = 7 * 24 * 3600 - 1.0
    assert (await known.forms(f"{THERE}/other", True))[0] is Form.RSA
    at[0] += 2
    assert await known.forms(f"{THERE}/other", True) == USUAL


async def test_an_origin_that_was_not_ours_is_looked_up_again_later() -> None:
    at, asked = [0.0], []

    async def ours(origin: str) -> bool:
        asked.append(origin)
        return len(asked) > 1

    known = Knocking(ours, lambda: at[0])
    for _ in range(5):
        assert await known.forms(f"{THERE}/x", True) == USUAL
    assert asked == [THERE]
    at[0] = knocking.LOOK_AGAIN + 1
    for _ in range(5):
        assert await known.forms(f"{THERE}/x", True) == [Form.ED25519]
    assert asked == [THERE, THERE]


async def test_R06_origins_without_number_are_not_all_remembered() -> None:
    async def ours(origin: str) -> bool:
        return origin.endswith("0")

    known = Knocking(ours)
    for number in range(15_000):
        known.worked(f"https://x{number}.example/inbox", True, Form.RSA)
        if number % 10 == 0:
            await known.forms(f"https://x{number}", True)
            await known.forms(f"https://y{number}1", True)
    sizes = [len(memory) for memory in (known._kin, known._not_kin, known._worked)]
    assert max(sizes) <= knocking.REMEMBERED


async def test_nodes_of_ours_speak_as_agreed_also_after_a_restart(pair: Nodes) -> None:
    a, b = pair
    await b.holds(await a.asks("Eerst"))
    a = await pair.restart(a)
    a.start()
    pair.wire.log.clear()
    await b.holds(await a.asks("Daarna"))
    await pair.quiet()
    sent = [exchange for exchange in pair.wire.log if those(None, a.origin, b.origin)(exchange)]
    assert sent
    for exchange in sent:
        said = dict(exchange.headers)
        assert b'alg="ed25519"' in said[b"signature-input"]
        assert b"digest" not in said
