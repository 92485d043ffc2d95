"""What goes over the wire is proved and signed as `wire.md` 1 says, and tells nothing about a person."""

import re

from node.acts import matches
from node.clock import now
from node.federation import proofs
from node.federation.signatures import VerificationKey
from node.neighbourhood.response import ResponseState
from node.storage.tables import metadata
from tests.federation.town_of_nodes import Nodes, Place
from tests.federation.wire import Exchange

ID = re.compile(r"https://\w+\.example/ap/[oagp]/[0-9a-f]{32}(#primary|/proposal)?")


def keys_of(place: Place) -> dict[str, VerificationKey]:
    keys = (place.door.keys.group, place.door.keys.application)
    owners = (place.home.actor, place.home.application)
    return {
        key.key_id: VerificationKey(key.key_id, owner, key.private.public_key())
        for key, owner in zip(keys, owners, strict=True)
    }


async def everything_happens(some: Nodes) -> None:
    """A little of all that is ever said."""
    a, b, c = some
    post = await a.asks()
    response = await b.answers(post)
    match = await a.agrees(post, response)
    late = await a.asks("Nog een vraag")
    said = await c.answers(late)
    await a.heard(said)
    await a.edits(late, text="Nog iets")
    await a.database.writing(matches.cancel, a.cast.poster, match.id, now(), None)
    again = await b.answers(late, "Ik ook")
    await a.agrees(late, again)
    await c.heard(said, state=ResponseState.TAKEN)
    await b.takes_back(again)
    await a.withdraws(post)
    await a.ends(c)
    await b.loses(post)
    assert response.party != again.party
    await some.quiet()


async def test_every_activity_is_proved_once_and_the_same_for_all(trio: Nodes) -> None:
    await everything_happens(trio)
    keys = {name: key for place in trio for name, key in keys_of(place).items()}
    bodies: dict[str, set[bytes]] = {}
    for exchange in [e for e in trio.wire.log if e.method == "POST"]:
        said = exchange.said
        assert said["proof"]["@context"] == said["@context"]
        assert said["proof"]["verificationMethod"] == said["actor"] + "#ed25519-key"
        proofs.verify(proofs.read(said), keys[said["proof"]["verificationMethod"]])
        bodies.setdefault(said["id"], set()).add(exchange.body)
        assert ID.fullmatch(said["id"])
    assert {len(made) for made in bodies.values()} == {1}
    kinds = {e.kind for e in trio.wire.log if e.method == "POST"}
    assert kinds == {"Create", "Update", "Delete", "Offer", "Accept", "Reject", "Undo"}


def signed_as(exchange: Exchange) -> tuple[str, str]:
    """What the signature covers, and by whose key."""
    text = dict(exchange.headers)[b"signature-input"].decode()
    found = re.fullmatch(r'sig1=\(([^)]*)\);created=\d+;keyid="([^"]*)";alg="ed25519"', text)
    assert found, text
    return found[1], found[2]


async def test_posts_are_signed_by_the_group_and_reads_by_the_application(trio: Nodes) -> None:
    await everything_happens(trio)
    await trio.places[1].change("lookups", due=now())
    await trio.quiet()
    homes = {place.origin: place.home for place in trio}
    assert {e.method for e in trio.wire.log} == {"GET", "POST"}
    for exchange in trio.wire.log:
        covered, key = signed_as(exchange)
        home = homes[exchange.sender]
        if exchange.method == "POST":
            assert covered == '"@method" "@target-uri" "content-digest" "content-type"'
            assert key == f"{home.actor}#ed25519-key"
            assert exchange.path == "/inbox"
        else:
            assert covered == '"@method" "@target-uri"'
            assert key == f"{home.application}#ed25519-key"
        agent = dict(exchange.headers)[b"user-agent"].decode()
        assert re.fullmatch(rf"buurtknoop/[\d.]+ \(\+{exchange.sender}\)", agent)


async def test_V01_nothing_private_is_ever_on_the_wire(trio: Nodes) -> None:
    """Every value of every private column, looked for in every byte that went over the wire."""
    await everything_happens(trio)
    for place in trio:
        private = {
            value
            for table, columns in PRIVATE.items()
            for row in (await place.rows())[table]
            for name, value in zip(metadata.tables[table].c.keys(), row, strict=True)
            if name in columns and isinstance(value, str) and len(value) > 3
        }
        names = {one.name for one in place.cast.all().values()} - {"Bea", "Merel"}
        assert len(private) > 50
        for exchange in trio.wire.log:
            for value in private | names:
                assert value.encode() not in exchange.raw, (value, exchange.url)


PRIVATE = {
    "residents": {"id", "email"},
    "roles": {"resident_id"},
    "nodes": {"id"},
    "responses": {"resident", "node_id"},
    "posts": {"author", "node_id"},
    "letters": {"resident_id", "address"},
    "log": {"who"},
    "audit": {"seal", "who"},
}


async def test_who_stands_behind_a_post_is_not_linkable(trio: Nodes) -> None:
    a, b, c = trio
    one, other = await a.asks("Een"), await a.asks("Twee")
    first, second = await b.answers(one), await b.answers(other)
    parties = [one.party, other.party, first.party, second.party]
    assert len(set(parties)) == 4
    await b.takes_back(first)
    await a.heard(first, state=ResponseState.WITHDRAWN)
    assert (await b.answers(one, "Toch wel")).party == first.party, "one person under one post is one party"
    assert (await c.answers(one)).party not in parties


async def test_words_arrive_as_they_were_written(pair: Nodes) -> None:
    a, b = pair
    title = 'Tom & Jerry <script>alert("x")</script> \'s ochtends?'
    text = (
        "Een\u00a0vaste spatie, een smalle\u2009ook.\n\nTwee\tkolommen; gezin 👨‍👩‍👧, سلام، می‌خواهم, é, ﬁ, 🫨"
    )
    post = await a.asks(title, text=text)
    held = await b.holds(post)
    assert (held.title, held.text) == (title, text)
    await pair.quiet()
    said = pair.wire.said("Create", a.origin)[0]["object"]
    assert "<script>" not in said["content"]
    assert said["content"].count("<p>") == 3
    response = await b.answers(post, text)
    assert (await a.heard(response)).text == text
