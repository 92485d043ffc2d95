"""A request that nobody answers goes further, ring by ring: with consent, by day, and at most once a day."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from node.acts import matches, posts, release, responses, timers
from node.neighbourhood.activity import Happening
from node.neighbourhood.draft import PostChange
from node.neighbourhood.node import Membership, NodeKind
from node.neighbourhood.post import Audience, Post, State
from node.storage import nodes, tables
from node.storage import posts as kept
from node.storage.database import Transaction
from tests import town
from tests.acts.witness import happened, ledger, sent, story, told, written

NOON, HOUR, DAY = town.NOON, town.HOUR, town.DAY
SOON = timedelta(minutes=1)


def asked(tx: Transaction, cast: town.Cast, **change: Any) -> Post:
    """Bea asked her own neighbourhood, and lets it go further while nobody answers."""
    given = {"audience": "neighbourhood", "widen": True, **change}
    return posts.post(tx, cast.poster, town.asks(**given), NOON)


def hub(tx: Transaction) -> None:
    """We are a member of a hub."""
    town.neighbour(
        tx, "stad", kind=NodeKind.HUB, we_claim=False, membership=Membership.MEMBER, their_follow="none"
    )


def steps(tx: Transaction, post: Post, start: datetime, end: datetime) -> list[tuple[timedelta, Audience]]:
    """Let time pass; when the post went further since it was put up, and to whom."""
    found, at = [], start
    while at <= end:
        before = kept.get(tx, post.id).audience
        while timers.tick(tx, at):
            pass
        now = kept.get(tx, post.id)
        if now.audience is not before:
            found.append((at - NOON, now.audience))
            assert (now.state, now.released) == (State.RELEASED, at)
        at += 4 * HOUR
    return found


@story
def test_nobody_answers_so_next_door_sees_it_and_then_the_municipality(
    tx: Transaction, cast: town.Cast
) -> None:
    town.neighbour(tx)
    hub(tx)
    post = asked(tx, cast)
    assert sent(tx) == []
    found = steps(tx, post, NOON, NOON + 7 * DAY)
    assert found == [(3 * DAY, Audience.ADJACENT), (6 * DAY, Audience.MUNICIPALITY)]
    assert sent(tx) == ["Create to Noord", "Update to Noord", "Update to Stad"]
    assert told(tx, "Create")["audience"] == "adjacent"
    assert told(tx, "Update")["audience"] == "municipality"
    assert written(tx).count("released to Bea") == 2
    assert happened(tx, post.id) == [Happening.POSTED, Happening.RELEASED, Happening.RELEASED]
    assert ledger(tx, post) == ["Noord: asked", "Stad: asked"]


@story
def test_what_next_door_holds_hears_of_the_wider_ring_by_an_update(tx: Transaction, cast: town.Cast) -> None:
    town.neighbour(tx)
    hub(tx)
    post = asked(tx, cast, audience="adjacent", urgency="urgent")
    sent(tx)
    assert steps(tx, post, NOON, NOON + 4 * DAY) == [(DAY, Audience.MUNICIPALITY)]
    assert sent(tx) == ["Update to Noord", "Update to Stad"]
    assert told(tx, "Update")["updated"] > told(tx, "Create")["updated"]


@story
def test_without_neighbours_the_municipality_is_next(tx: Transaction, cast: town.Cast) -> None:
    hub(tx)
    post = asked(tx, cast)
    assert steps(tx, post, NOON, NOON + 7 * DAY) == [(3 * DAY, Audience.MUNICIPALITY)]


@story
def test_where_there_is_no_wider_ring_it_stays_and_waits_for_one(tx: Transaction, cast: town.Cast) -> None:
    post = asked(tx, cast)
    assert steps(tx, post, NOON, NOON + 5 * DAY) == []
    town.neighbour(tx)
    assert steps(tx, post, NOON + 5 * DAY, NOON + 9 * DAY) == [(5 * DAY + 20 * HOUR, Audience.ADJACENT)]


@story
def test_never_for_everybody(tx: Transaction, cast: town.Cast) -> None:
    town.neighbour(tx)
    hub(tx)
    post = asked(tx, cast, audience="municipality")
    assert steps(tx, post, NOON, NOON + 20 * DAY) == []


@story
def test_never_without_consent(tx: Transaction, cast: town.Cast) -> None:
    town.neighbour(tx)
    post = asked(tx, cast, widen=False)
    assert steps(tx, post, NOON, NOON + 9 * DAY) == []
    assert not release.widen(tx, kept.get(tx, post.id), NOON + 9 * DAY)
    posts.edit(tx, cast.poster, post.id, PostChange(widen=True), NOON + 9 * DAY)
    assert steps(tx, post, NOON + 9 * DAY, NOON + 10 * DAY) == [(9 * DAY, Audience.ADJACENT)]


@story
def test_consent_that_is_taken_back_counts_at_once(tx: Transaction, cast: town.Cast) -> None:
    town.neighbour(tx)
    post = asked(tx, cast)
    posts.edit(tx, cast.poster, post.id, PostChange(widen=False), NOON + 3 * DAY - SOON)
    assert steps(tx, post, NOON, NOON + 9 * DAY) == []


@story
def test_who_makes_it_smaller_does_not_want_it_to_go_further(tx: Transaction, cast: town.Cast) -> None:
    town.neighbour(tx)
    post = asked(tx, cast)
    steps(tx, post, NOON, NOON + 4 * DAY)
    posts.edit(tx, cast.poster, post.id, PostChange(audience="neighbourhood"), NOON + 4 * DAY)
    assert steps(tx, post, NOON + 4 * DAY, NOON + 12 * DAY) == []
    change = PostChange(audience="neighbourhood", widen=True)
    posts.edit(tx, cast.poster, post.id, change, NOON + 12 * DAY)
    [(_, ring)] = steps(tx, post, NOON + 12 * DAY, NOON + 16 * DAY)
    assert ring is Audience.ADJACENT


@story
def test_not_while_an_answer_waits_nor_once_it_is_agreed(tx: Transaction, cast: town.Cast) -> None:
    town.neighbour(tx)
    post = asked(tx, cast)
    answer = responses.answer(tx, cast.helper, post.id, "Ik kom.", NOON + DAY)
    assert steps(tx, post, NOON + DAY, NOON + 5 * DAY) == []
    match = matches.agree(tx, cast.poster, post.id, answer.id, NOON + 5 * DAY)
    assert steps(tx, post, NOON + 5 * DAY, NOON + 9 * DAY) == []
    matches.cancel(tx, cast.helper, match.id, NOON + 9 * DAY)
    found = steps(tx, post, NOON + 9 * DAY, NOON + 13 * DAY)
    assert found == [(12 * DAY, Audience.ADJACENT)]  # as long again as at first


@story
def test_who_widens_by_hand_is_not_overtaken(tx: Transaction, cast: town.Cast) -> None:
    town.neighbour(tx)
    hub(tx)
    post = asked(tx, cast)
    posts.edit(tx, cast.poster, post.id, PostChange(audience="adjacent"), NOON + 2 * DAY)
    assert steps(tx, post, NOON + 2 * DAY, NOON + 6 * DAY) == [(5 * DAY, Audience.MUNICIPALITY)]


@story
def test_never_at_night_by_the_clock_on_the_wall(tx: Transaction, cast: town.Cast) -> None:
    home = replace(tx.home, zone=ZoneInfo("Europe/Amsterdam"))
    here = Transaction(tx.connection, home)
    town.neighbour(tx)
    midnight = datetime(
        2027, 3, 25, 23, tzinfo=NOON.tzinfo
    )  # 00:00 there; the clock goes forward on the 28th
    post = posts.post(here, cast.poster, town.asks(audience="neighbourhood", widen=True), midnight)
    at = midnight
    while kept.get(tx, post.id).released is None:
        timers.tick(here, at)
        at += timedelta(minutes=30)
    released = kept.get(tx, post.id).released
    assert released == datetime(2027, 3, 29, 6, tzinfo=NOON.tzinfo)  # 08:00 in summer
    assert not release.widen(here, kept.get(tx, post.id), released.replace(hour=3))


@story
def test_a_node_that_was_off_catches_up_one_ring_a_day_and_by_day(tx: Transaction, cast: town.Cast) -> None:
    town.neighbour(tx)
    hub(tx)
    post = asked(tx, cast, urgency="urgent")
    back = NOON + 14 * DAY + 12 * HOUR  # midnight
    found = steps(tx, post, back, back + 3 * DAY)
    assert found == [
        (14 * DAY + 20 * HOUR, Audience.ADJACENT),
        (15 * DAY + 20 * HOUR, Audience.MUNICIPALITY),
    ]


@story
def test_it_goes_no_further_once_its_day_has_come(tx: Transaction, cast: town.Cast) -> None:
    town.neighbour(tx)
    post = asked(tx, cast, expires=NOON + 2 * DAY)
    assert steps(tx, post, NOON, NOON + 5 * DAY) == []
    assert kept.get(tx, post.id).state is State.EXPIRED


@story
def test_a_hub_asks_its_members(tx: Transaction, cast: town.Cast) -> None:
    there = Transaction(tx.connection, town.home("stad", NodeKind.HUB))
    town.neighbour(tx, "noord", we_claim=False, membership=Membership.MEMBER, hub=there.home.actor)
    post = asked(there, cast)
    while timers.tick(there, NOON + 3 * DAY):
        pass
    assert kept.get(tx, post.id).audience is Audience.MUNICIPALITY
    assert nodes.hub_actor(there) == there.home.actor
    assert sent(tx) == ["Create to Noord"]


@story
def test_a_tick_twice_at_the_same_moment_does_nothing_twice(tx: Transaction, cast: town.Cast) -> None:
    town.neighbour(tx)
    asked(tx, cast)
    for _ in range(3):
        timers.tick(tx, NOON + 3 * DAY)
    assert sent(tx) == ["Create to Noord"]
    assert sorted(written(tx)) == ["board to Mina", "released to Bea"]
    assert tx.run(select(tables.log.c.id).where(tables.log.c.what == Happening.RELEASED)).scalars().all()
