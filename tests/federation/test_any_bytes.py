"""Whatever arrives at the inbox, a node answers it and keeps to itself what is its own (`security.md`, P23).

`BUURTKNOOP_EXAMPLES` says how much is tried; `python -m tests.fuzz inbox --minutes 60` goes on for an hour.
"""

import json
import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from node.clock import now
from node.federation.gate import Gate
from node.storage.database import Transaction
from node.storage.tables import metadata
from tests.federation import by_hand
from tests.federation.by_hand import TYPE, Raw
from tests.federation.liar import Document, Liar
from tests.federation.stillness import untouched
from tests.federation.town_of_nodes import Nodes, Place

MOST = int(os.environ.get("BUURTKNOOP_EXAMPLES", "20")) * 2
Lied = tuple[Nodes, Liar]
tries = settings(max_examples=MOST, deadline=None, database=None, suppress_health_check=list(HealthCheck))

HEADERS = (
    "signature signature-input content-digest digest date host content-type content-length "
    "content-encoding accept"
)
PATHS = "/inbox /inbox?x=1 /ap/buurt/centrum/inbox //inbox /inbox%00 /ap/actor/inbox /INBOX"


# Bytes


REQUESTS = st.tuples(
    st.sampled_from(["POST", "POST", "POST", "GET", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH"]),
    st.sampled_from(PATHS.split()),
    st.dictionaries(st.sampled_from(HEADERS.split()), st.binary(max_size=200), max_size=6),
    st.binary(max_size=500),
)


@tries
@given(requests=st.lists(REQUESTS, min_size=1, max_size=10))
async def test_P23_any_request_at_all(
    lied_to: Lied, requests: list[tuple[str, str, dict[str, bytes], bytes]]
) -> None:
    (place, _), _ = lied_to
    place.door.gate = Gate()  # a minute later
    async with untouched(place):
        for method, path, headers, body in requests:
            said = {
                "content-type": TYPE,
                **{name: value.decode("latin-1") for name, value in headers.items()},
            }
            response = await by_hand.knock(place, Raw(method, place.origin + path, said, body))
            assert response.status_code in (400, 401, 404, 405, 413, 415)
    assert not place.wire.broken


BODIES = st.binary(max_size=500) | st.text(max_size=200).map(str.encode)


@tries
@given(cuts=st.lists(st.tuples(BODIES, st.integers(0, 400)), min_size=1, max_size=5))
async def test_P23_any_bytes_well_signed(lied_to: Lied, cuts: list[tuple[bytes, int]]) -> None:
    """By a neighbour, whose signature is good: also a message that is cut off."""
    (place, _), liar = lied_to
    place.door.gate = Gate()
    whole = json.dumps(liar.activity("Create", liar.note())).encode()
    async with untouched(place):
        for body, cut in cuts:
            for said in (body, whole[:cut], whole[:cut] + body):
                assert (await liar.says(place, said)).status_code in (400, 401)
    assert not place.wire.broken


# Anything that looks like ActivityStreams

KINDS = (
    "Create Update Delete Undo Follow Accept Reject Offer Invite Join Leave Announce Like Flag Add "
    "Remove Move Block Note Event Article Question Tombstone Agreement Commitment Intent Proposal "
    "Group Person Application Collection OrderedCollection Hashtag Mention Image Place Link"
).split()
NAMES = (
    "id type actor object target result origin instrument to cc bto bcc audience attributedTo "
    "inReplyTo context content contentMap name nameMap summary source mediaType url published updated "
    "startTime endTime deleted tag attachment icon image location replies likes shares items "
    "orderedItems first next totalItems kind category urgency listingState party publishes purpose "
    "reciprocal stipulates satisfies availableQuantity hasNumericalValue hasUnit "
    "maximumAttendeeCapacity remainingAttendeeCapacity areaCode adjacentNodes directory hub inbox "
    "outbox endpoints sharedInbox followers featured publicKey publicKeyPem assertionMethod "
    "publicKeyMultibase controller owner proof proofValue signature @context @type @id movedTo "
    "alsoKnownAs formerType decide reason language href rel sensitive"
).split()
UNUSUAL = [
    None,
    True,
    False,
    0,
    -1,
    1,
    1.5,
    2**53,
    10**40,
    "",
    " ",
    "0",
    "1",
    "9" * 30,
    "nl",
    "<b>x</b>",
    "\u202e",
    "\x00",
    "😀",
]


def addresses(place: Place, liar: Liar) -> list[str]:
    """Of what is there, of what is not, and of what is nowhere."""
    own, group = place.origin, place.home.actor
    theirs = [
        liar.actor,
        liar.application,
        liar.key.key_id,
        liar.adjacent,
        liar.uri("o"),
        liar.origin,
        f"{liar.actor}/inbox",
    ]
    ours = [
        group,
        f"{group}/followers",
        place.home.adjacent,
        f"{own}/ap/actor",
        f"{own}/ap/o/{'0' * 32}",
        own,
    ]
    others = [
        "https://noord.example/ap/buurt/noord",
        "https://noord.example/ap/o/" + "1" * 32,
        "https://127.0.0.1/x",
    ]
    public = [
        "https://www.w3.org/ns/activitystreams#Public",
        "as:Public",
        "acct:lou@leugenaar.example",
        "https://[",
        "urn:x:y",
    ]
    return [*theirs, *ours, *others, *public]


def moments() -> st.SearchStrategy[str]:
    near = st.timedeltas(timedelta(days=-100), timedelta(days=100)).map(
        lambda much: (now() + much).isoformat()
    )
    return (
        near
        | st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat)
        | st.text("0123456789-:TZ+.", max_size=30)
    )


@cache
def things(known: tuple[str, ...]) -> st.SearchStrategy[Any]:
    """What somebody could put in any place."""
    leaf = (
        st.sampled_from(known)
        | st.sampled_from(KINDS)
        | st.sampled_from(UNUSUAL)
        | moments()
        | st.text(max_size=20)
    )
    return st.recursive(
        leaf,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6)
            | st.tuples(st.sampled_from(KINDS), inner, st.sampled_from(known)).map(
                lambda said: {"type": said[0], "object": said[1], "id": said[2]}
            )
        ),
        max_leaves=12,
    )


@st.composite
def activities(draw: st.DrawFn, place: Place, liar: Liar, known: tuple[str, ...]) -> Document:
    """One that its sender may say, as far as the form goes; then anything in a few places."""
    about: Any = draw(st.sampled_from([liar.note(), liar.group(), draw(things(known)), draw(things(known))]))
    change = draw(st.dictionaries(st.sampled_from(NAMES), things(known), max_size=5))
    if isinstance(about, dict):
        about = {**about, **draw(st.dictionaries(st.sampled_from(NAMES), things(known), max_size=4))}
    said = {**liar.activity(draw(st.sampled_from(KINDS)), about), **change}
    return {**said, "actor": liar.actor} if draw(st.booleans()) else said


def belongings(tx: Transaction) -> Counter[tuple[Any, ...]]:
    """The posts of this node and of its true neighbour, which an enemy may not change."""
    posts = metadata.tables["posts"]
    rows = tx.run(select(posts).where(posts.c.uri.not_like("%leugenaar%")))
    return Counter(tuple(row) for row in rows)


@pytest.fixture(scope="module")
async def known(lied_to: Lied) -> tuple[str, ...]:
    (place, _), liar = lied_to
    post = await place.asks(audience="public")
    return (*addresses(place, liar), post.uri, f"{post.uri}#primary", f"{post.uri}/proposal")


@tries
@given(data=st.data())
async def test_P23_anything_in_the_form_of_an_activity(
    lied_to: Lied, known: tuple[str, ...], data: st.DataObject
) -> None:
    (place, _), liar = lied_to
    place.door.gate = Gate()
    before = await place.database.reading(belongings)
    for said, proved in data.draw(
        st.lists(st.tuples(activities(place, liar, known), st.booleans()), min_size=1, max_size=5)
    ):
        try:
            response = await liar.says(place, said, proved=proved)
        except ValueError:
            continue  # it has no canonical form, so nobody can prove it
        assert response.status_code in (202, 400, 401)
    assert not place.wire.broken
    assert await place.database.reading(belongings) == before
    sent = {exchange.to for exchange in place.wire.log if exchange.sender == place.origin}
    assert sent <= {liar.origin, "https://noord.example"}
    place.wire.log.clear()
