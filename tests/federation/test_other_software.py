"""Who signs as most software does: from the id of a key to the actor whose key it is, believed no further."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from starlette.requests import Request

from node.clock import now
from node.federation import cavage, identity, multikey, public_key, rfc9421
from node.federation.identity import Unfetched
from node.federation.own_key import RsaKey
from node.storage import nodes
from tests.federation import by_hand, town_of_nodes
from tests.federation.by_hand import TYPE, Raw
from tests.federation.liar import Document, Liar
from tests.federation.town_of_nodes import Model, Nodes, Place
from tests.federation.wire import those, until_true

PRIVATE, ANOTHER = generate_private_key(65537, 2048), generate_private_key(65537, 2048)


class Stranger(Liar):
    """A server of other software, with one account and one RSA key."""

    def __init__(self, place: Place, name: str) -> None:
        super().__init__(place.wire, name)
        self.place = place
        self.person = f"{self.origin}/users/ria"
        self.main = RsaKey(f"{self.person}#main-key", PRIVATE)
        self.serve(self.person, self.document())

    def document(self, **change: object) -> Document:
        """Its account as it is served."""
        boxes = {name: f"{self.person}/{name}" for name in ("inbox", "outbox", "followers", "following")}
        key = self.key_document(self.main)
        return {"id": self.person, "type": "Person", **boxes, "publicKey": key, **change}

    def key_document(self, key: RsaKey, **change: object) -> Document:
        pem = public_key.pem(key.private.public_key())
        return {"id": key.key_id, "owner": self.person, "publicKeyPem": pem, **change}

    def elsewhere(self) -> None:
        """From now on its key has an address of its own."""
        self.main = RsaKey(f"{self.person}/main-key", PRIVATE)

    async def posts(self, key: RsaKey | None = None, newer: bool = False, **change: object) -> httpx.Response:
        """A message of its account, signed as most software does, or by RFC 9421."""
        said: Document = {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": self.uri(),
            "type": "Like",
        }
        said = {**said, "actor": self.person, "object": self.place.home.actor, **change}
        url, body, by = f"{self.place.origin}/inbox", json.dumps(said).encode(), key or self.main
        if newer:
            headers = rfc9421.sign("POST", url, body, TYPE, by, int(now().timestamp()))
        else:
            headers = cavage.sign("POST", url, body, TYPE, by, now())
        return await by_hand.knock(self.place, Raw("POST", url, headers, body))

    async def is_believed(self, key: RsaKey | None = None) -> bool:
        """Whether its account is, in either family."""
        answers = [(await self.posts(key, newer)).status_code for newer in (False, True)]
        assert set(answers) in ({202}, {401})
        return answers == [202, 202]


@pytest.fixture(scope="module")
async def resting(tmp_path_factory: pytest.TempPathFactory, two_neighbours: Model) -> AsyncIterator[Nodes]:
    """Centrum and Noord, who do nothing by themselves."""
    directory = tmp_path_factory.mktemp("resting")
    async with town_of_nodes.opened(directory, two_neighbours, started=False) as nodes:
        yield nodes


@pytest.fixture
def stranger(resting: Nodes, request: pytest.FixtureRequest) -> Stranger:
    """Somebody new for each test."""
    return Stranger(resting.places[0], f"x{abs(hash(request.node.name))}")


async def test_an_account_with_its_key_in_its_own_document(stranger: Stranger) -> None:
    assert await stranger.is_believed()
    assert stranger.asked == ["/users/ria"]


async def test_a_list_of_keys(stranger: Stranger) -> None:
    other = stranger.key_document(RsaKey(f"{stranger.person}#other", ANOTHER))
    stranger.serve(
        stranger.person, stranger.document(publicKey=[other, stranger.key_document(stranger.main)])
    )
    assert await stranger.is_believed()


async def test_an_rsa_key_among_the_multikeys(stranger: Stranger) -> None:
    method = {
        "id": stranger.main.key_id,
        "type": "Multikey",
        "controller": stranger.person,
        "publicKeyMultibase": multikey.encode(PRIVATE.public_key()),
    }
    stranger.serve(stranger.person, stranger.document(publicKey=None, assertionMethod=[method]))
    assert await stranger.is_believed()


async def test_a_key_with_an_address_of_its_own_where_a_part_of_the_actor_stands(stranger: Stranger) -> None:
    stranger.elsewhere()
    key = stranger.key_document(stranger.main)
    stub = {"id": stranger.person, "type": "Person", "preferredUsername": "ria", "publicKey": key}
    stranger.serve(stranger.main.key_id, stub)
    stranger.serve(stranger.person, stranger.document())
    assert await stranger.is_believed()
    assert stranger.asked == ["/users/ria/main-key", "/users/ria"]


@pytest.mark.parametrize("link", [True, False])
async def test_a_key_with_an_address_of_its_own_where_it_stands_alone(stranger: Stranger, link: bool) -> None:
    stranger.elsewhere()
    stranger.serve(stranger.main.key_id, stranger.key_document(stranger.main))
    if link:
        stranger.serve(stranger.person, stranger.document(publicKey=stranger.main.key_id))
    else:
        stranger.serve(stranger.person, stranger.document())
    assert await stranger.is_believed()


@pytest.mark.parametrize("query", [True, False])
async def test_s16_a_query_that_is_signed_and_one_that_is_not(stranger: Stranger, query: bool) -> None:
    said = {"id": stranger.uri(), "type": "Like", "actor": stranger.person, "object": "x"}
    url, body = f"{stranger.place.origin}/inbox?x=1", json.dumps(said).encode()
    headers = cavage.sign("POST", url, body, TYPE, stranger.main, now(), query=query)
    assert (await by_hand.knock(stranger.place, Raw("POST", url, headers, body))).status_code == 202
    other = Raw("POST", url.replace("/inbox?", "/ap/actor/inbox?"), headers, body)
    assert (await by_hand.knock(stranger.place, other)).status_code == 401


async def test_s09_the_host_of_a_request_says_nothing(stranger: Stranger) -> None:
    """What was signed for another host is for another host, whatever is in front of us."""
    url, body = "https://noord.example/inbox", b"{}"
    headers = cavage.sign("POST", url, body, TYPE, stranger.main, now())
    for host in ("noord.example", "centrum.example"):
        raw = Raw("POST", f"{stranger.place.origin}/inbox", {**headers, "host": host}, body)
        assert (await by_hand.knock(stranger.place, raw)).status_code in (400, 401)


async def test_A01_a_key_whose_owner_is_on_another_host(resting: Nodes, stranger: Stranger) -> None:
    victim = Stranger(stranger.place, "slachtoffer")
    thief = RsaKey(f"{stranger.origin}/key", ANOTHER)
    stranger.serve(thief.key_id, stranger.key_document(thief, owner=victim.person))
    assert (await stranger.posts(thief, actor=victim.person)).status_code in (401, 202)
    assert victim.asked == []
    stranger.serve(stranger.person, stranger.document(publicKey=stranger.key_document(thief)))
    thief = RsaKey(f"{stranger.person}#main-key", ANOTHER)
    document = stranger.document(publicKey=stranger.key_document(thief, owner=victim.person))
    stranger.serve(stranger.person, document)
    stranger.place.door.asked.clear()
    before = await stranger.place.rows()
    assert (await stranger.posts(thief, actor=victim.person)).status_code == 401
    assert await stranger.place.rows() == before


@pytest.mark.parametrize(
    "named", [None, [], "key of another name", "another key of this name", "link to another", "owner"]
)
async def test_A02_a_key_that_its_owner_does_not_name(stranger: Stranger, named: object) -> None:
    """Impersonation: a document says whose key it is, and the owner knows nothing of it."""
    stranger.elsewhere()
    stranger.serve(stranger.main.key_id, stranger.key_document(stranger.main))
    keys: dict[object, object] = {
        "key of another name": stranger.key_document(RsaKey(f"{stranger.person}#main-key", PRIVATE)),
        "another key of this name": stranger.key_document(RsaKey(stranger.main.key_id, ANOTHER)),
        "link to another": f"{stranger.person}/another-key",
        "owner": stranger.key_document(stranger.main, owner=f"{stranger.origin}/users/another"),
    }
    key = keys[named] if isinstance(named, str) else named
    stranger.serve(stranger.person, stranger.document(publicKey=key))
    before = await stranger.place.rows()
    assert not await stranger.is_believed()
    assert await stranger.place.rows() == before


async def test_A03_one_account_does_not_speak_for_another_of_its_host(stranger: Stranger) -> None:
    bob = f"{stranger.origin}/users/bob"
    assert (await stranger.posts()).status_code == 202
    before = await stranger.place.rows()
    for newer in (False, True):
        assert (await stranger.posts(newer=newer, actor=bob)).status_code == 401
    assert await stranger.place.rows() == before


async def test_S19_a_weak_or_great_key_is_never_used(stranger: Stranger) -> None:
    weak = generate_private_key(65537, 1024)
    key = RsaKey(stranger.main.key_id, weak)
    stranger.serve(stranger.person, stranger.document(publicKey=stranger.key_document(key)))
    assert not await stranger.is_believed(key)


async def test_S25_a_thousand_bad_signatures_for_one_key_fetch_it_once(stranger: Stranger) -> None:
    forged = RsaKey(stranger.main.key_id, ANOTHER)
    assert await stranger.is_believed()
    place = stranger.place
    place.door.asked.clear()
    place.door.known.clear()
    await place.change("keys", fetched=now() - timedelta(minutes=6))
    for _ in range(1000):
        assert (await stranger.posts(forged)).status_code == 401
    assert len(stranger.asked) == 2
    assert await stranger.is_believed()
    assert len(stranger.asked) == 2


async def test_S25_who_is_remembered_is_not_asked_again_for_a_day(stranger: Stranger) -> None:
    """Also when nothing of it is kept; and a signature that does not fit is cause to look at once in a
    while."""
    place = stranger.place
    forged, document = RsaKey(stranger.main.key_id, ANOTHER), stranger.person
    assert await stranger.is_believed()

    async def some_time_later(**ago: float) -> None:
        await place.database.writing(nodes.forget_keys, stranger.origin)
        place.door.known.clear()
        actor = place.door.asked.actors[document][1]
        place.door.asked.actors[document] = now() - timedelta(**ago), actor

    await some_time_later(hours=23)
    assert await stranger.is_believed()
    assert len(stranger.asked) == 1
    await some_time_later(minutes=4)
    assert (await stranger.posts(forged)).status_code == 401
    assert len(stranger.asked) == 1
    await some_time_later(minutes=6)
    for _ in range(10):
        assert (await stranger.posts(forged)).status_code == 401
    assert len(stranger.asked) == 2
    await some_time_later(hours=25)
    assert await stranger.is_believed()
    assert len(stranger.asked) == 3


async def test_a_new_key_under_the_old_name_is_found(stranger: Stranger) -> None:
    """As most software changes it: blindly."""
    assert await stranger.is_believed()
    new = RsaKey(stranger.main.key_id, ANOTHER)
    stranger.serve(stranger.person, stranger.document(publicKey=stranger.key_document(new)))
    assert (await stranger.posts(new)).status_code == 401, "not at once: it was asked just now"
    place = stranger.place
    await place.change("keys", fetched=now() - timedelta(minutes=6))
    place.door.known.clear()
    when, actor = place.door.asked.actors[stranger.person]
    place.door.asked.actors[stranger.person] = when - timedelta(minutes=6), actor
    assert await stranger.is_believed(new)
    assert not await stranger.is_believed()


@pytest.mark.parametrize(("status", "gone"), [(410, True), (404, False), (500, False), (200, False)])
async def test_X11_what_is_gone_is_told_from_what_is_not_there(
    stranger: Stranger, status: int, gone: bool
) -> None:
    stranger.serve(stranger.person, {"id": stranger.person, "type": "Tombstone"}, status)
    headers = cavage.sign("POST", f"{stranger.place.origin}/inbox", b"{}", TYPE, stranger.main, now())
    for _ in range(3):
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "method": "POST", "path": "/inbox", "query_string": b"", "headers": raw}
        said = await identity.claimed(stranger.place.door, Request(scope), b"{}")
        with pytest.raises(Unfetched) as caught:
            await identity.proved(stranger.place.door, said)
        assert (caught.value.status, caught.value.gone) == (401, gone)
    assert len(stranger.asked) == 1


async def test_what_a_stranger_says_at_once_is_all_believed(stranger: Stranger) -> None:
    place = stranger.place
    with place.wire.holding(those(None, place.origin, stranger.origin)) as held:
        said = [asyncio.create_task(stranger.posts()) for _ in range(5)]
        await until_true(lambda: len(held))
        held.release()
        answers = await asyncio.gather(*said)
    assert [answer.status_code for answer in answers] == [202] * 5
    assert len(stranger.asked) == 1
