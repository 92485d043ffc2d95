"""What others point us to: wanted once, kept while somebody points there, on both databases."""

from datetime import timedelta
from typing import Any

from node.acts import announcements, held
from node.neighbourhood.activity import Happening
from node.neighbourhood.audience import may_point
from node.neighbourhood.node import Follow, Membership, Node, NodeKind
from node.neighbourhood.post import Audience, Post
from node.storage import lookups, posts
from node.storage.database import Transaction
from node.storage.lookups import Lookup
from tests import town
from tests.acts.witness import happened, story

NOON, DAY = town.NOON, town.DAY
NOBODY: dict[str, Any] = {
    "we_claim": False,
    "they_claim": False,
    "our_follow": Follow.NONE,
    "their_follow": Follow.NONE,
}


def wanted(tx: Transaction) -> list[Lookup]:
    return lookups.open_for(tx, announcements.ANNOUNCED)


def announced(tx: Transaction, by: Node, post: Post, number: int = 1) -> None:
    origin = post.uri.partition("/ap/")[0]
    announcements.heard(tx, by, post.uri, origin, f"{by.origin}/ap/a/{number}", NOON)


def far_away(tx: Transaction) -> tuple[Node, Node, Post]:
    """A neighbour, a node that is nothing to us, and what it put up for everybody."""
    near, far = town.neighbour(tx), town.neighbour(tx, "ver", **NOBODY)
    return near, far, town.a_copy(far, audience=Audience.PUBLIC)


@story
def test_a_post_is_wanted_once_and_looked_at_every_day(tx: Transaction, cast: town.Cast) -> None:
    near, far, post = far_away(tx)
    for number in (1, 2):
        announced(tx, near, post, number)
    (lookup,) = wanted(tx)
    assert (lookup.subject, lookup.asked_by, lookup.due) == (
        f"{post.uri} {near.id}",
        f"{near.origin}/ap/a/2",
        NOON,
    )
    assert announcements.begin(tx, lookup, far.origin, NOON)
    announcements.read(tx, lookup, far, post, NOON)
    assert posts.see(tx, None, post.id, NOON) == post
    assert [row.due for row in wanted(tx)] == [NOON + DAY]
    assert happened(tx, post.id) == [Happening.RECEIVED]


@story
def test_who_points_away_takes_the_copy_along_if_nobody_else_points_there(
    tx: Transaction, cast: town.Cast
) -> None:
    near, far, post = far_away(tx)
    other = town.neighbour(tx, "zuid")
    announced(tx, near, post)
    announcements.read(tx, wanted(tx)[0], far, post, NOON)
    announced(tx, other, post)
    assert [row.due for row in wanted(tx)] == [NOON + DAY] * 2
    assert not announcements.taken_back(tx, other, f"{near.origin}/ap/a/1", None, NOON)
    assert announcements.taken_back(tx, near, f"{near.origin}/ap/a/1", None, NOON)
    assert posts.by_uri(tx, post.uri) == post
    assert announcements.taken_back(tx, other, None, post.uri, NOON)
    assert posts.by_uri(tx, post.uri) is None
    assert wanted(tx) == []


@story
def test_an_id_in_other_letters_keeps_nothing_alive(tx: Transaction, cast: town.Cast) -> None:
    near, far, post = far_away(tx)
    announced(tx, near, post)
    announcements.read(tx, wanted(tx)[0], far, post, NOON)
    shouted = post.uri.replace("/ap/o/", "/AP/O/")
    announcements.heard(tx, near, shouted, far.origin, f"{near.origin}/ap/a/2", NOON)
    assert announcements.taken_back(tx, near, f"{near.origin}/ap/a/1", None, NOON)
    assert posts.by_uri(tx, post.uri) is None


@story
def test_what_is_not_wanted_any_more_is_not_kept(tx: Transaction, cast: town.Cast) -> None:
    near, far, post = far_away(tx)
    announced(tx, near, post)
    (lookup,) = wanted(tx)
    assert announcements.taken_back(tx, near, None, post.uri, NOON)
    announcements.read(tx, lookup, far, post, NOON)
    assert posts.by_uri(tx, post.uri) is None
    assert wanted(tx) == []


@story
def test_what_is_here_by_another_way_is_not_wanted_and_not_taken_away(
    tx: Transaction, cast: town.Cast
) -> None:
    near, other = town.neighbour(tx), town.neighbour(tx, "zuid")
    post = town.a_copy(other, audience=Audience.PUBLIC)
    held.take_in(tx, other, post, f"{other.origin}/ap/a/1", NOON)
    announced(tx, near, post)
    assert wanted(tx) == []
    assert not announcements.taken_back(tx, near, None, post.uri, NOON)
    assert posts.by_uri(tx, post.uri) == post


@story
def test_a_look_that_is_put_off_does_not_make_the_home_any_nearer(tx: Transaction, cast: town.Cast) -> None:
    """Else who points to so much that its home may not be asked now keeps a copy for ever."""
    near, far, post = far_away(tx)
    announced(tx, near, post)
    announcements.read(tx, wanted(tx)[0], far, post, NOON)
    for day in range(1, announcements.DAYS):
        announcements.put_off(tx, wanted(tx)[0], NOON + day * DAY)
        announcements.unreached(tx, wanted(tx)[0], NOON + day * DAY)
    assert posts.by_uri(tx, post.uri) == post
    announcements.put_off(tx, wanted(tx)[0], NOON + announcements.DAYS * DAY)
    announcements.unreached(tx, wanted(tx)[0], NOON + announcements.DAYS * DAY)
    assert posts.by_uri(tx, post.uri) is None
    assert wanted(tx) == []


@story
def test_what_comes_in_great_numbers_comes_last(tx: Transaction, cast: town.Cast) -> None:
    near, _, post = far_away(tx)
    announced(tx, near, post)
    lookups.ask(tx, "outbox", near.id, NOON + timedelta(seconds=1))
    lookups.ask(tx, "neighbour", "zuid.example", NOON + timedelta(seconds=2))
    found = [row.what for row in lookups.due(tx, NOON + DAY)]
    assert found == ["neighbour", "outbox", announcements.ANNOUNCED]


@story
def test_whom_we_follow_may_point_us_somewhere(tx: Transaction, cast: town.Cast) -> None:
    hub = {**NOBODY, "kind": NodeKind.HUB}
    followed = {**NOBODY, "our_follow": Follow.ACCEPTED}
    for number, (change, may) in enumerate(
        [
            ({}, True),
            (followed, True),
            ({**followed, "blocked": True}, False),
            (NOBODY, False),
            ({**NOBODY, "our_follow": Follow.PENDING}, False),
            ({**NOBODY, "our_follow": Follow.REJECTED}, False),
            ({**NOBODY, "their_follow": Follow.ACCEPTED, "they_claim": True}, False),
            ({**NOBODY, "membership": Membership.MEMBER}, False),
            ({**hub, "membership": Membership.MEMBER}, True),
            ({**hub, "membership": Membership.MEMBER, "blocked": True}, False),
            ({**hub, "membership": Membership.ASKED}, False),
        ]
    ):
        node = town.neighbour(tx, f"n{number}", **change)
        assert may_point(node) is may, change
        announced(tx, node, town.a_copy(town.neighbour(tx, f"ver{number}", **NOBODY)))
        pointers = {row.subject.partition(" ")[2] for row in wanted(tx)}
        assert (node.id in pointers) is may, change
