"""A request for a day that is past does not stay open as if nothing happened."""

from datetime import timedelta
from typing import Any

from node.acts import matches, posts, responses, timers
from node.neighbourhood.draft import PostChange
from node.neighbourhood.post import Audience, Post, State
from node.storage import posts as kept
from node.storage.database import Transaction
from tests import town
from tests.acts.witness import sent, story, written

NOON, HOUR, DAY = town.NOON, town.HOUR, town.DAY
NEXT = NOON + DAY  # its day is over thirteen hours before


def for_today(tx: Transaction, cast: town.Cast) -> Post:
    town.neighbour(tx)
    post = posts.post(tx, cast.poster, town.asks(when=f"{NOON:%Y-%m-%d}", audience="adjacent"), NOON)
    sent(tx), written(tx)
    return post


def asked(tx: Transaction) -> list[str]:
    return [one for one in written(tx) if one.startswith("day past")]


@story
def test_who_asked_is_asked_once_and_it_ends_three_days_later(tx: Transaction, cast: town.Cast) -> None:
    post = for_today(tx, cast)
    timers.tick(tx, NOON + 9 * HOUR)
    assert asked(tx) == []
    for minutes in (0, 1):
        timers.tick(tx, NEXT + timedelta(minutes=minutes))
    assert asked(tx) == ["day past to Bea"]
    assert sent(tx) == ["Update to Noord"], "copies end as soon"
    assert kept.get(tx, post.id).expires == NEXT + 3 * DAY
    timers.tick(tx, NEXT + 2 * DAY + HOUR)
    assert "ends tomorrow to Bea" in written(tx)
    timers.tick(tx, NEXT + 3 * DAY + HOUR)
    assert kept.get(tx, post.id).state is State.EXPIRED


@story
def test_kept_up_it_names_the_day_no_more_and_is_not_asked_again(tx: Transaction, cast: town.Cast) -> None:
    post = for_today(tx, cast)
    timers.tick(tx, NEXT)
    written(tx)
    after = posts.extend(tx, cast.poster, post.id, NEXT + HOUR)
    assert (after.when, after.expires) == (None, NEXT + HOUR + 30 * DAY)
    timers.tick(tx, NEXT + 5 * DAY)
    assert asked(tx) == []


@story
def test_a_day_that_is_still_to_come_stays_when_it_is_kept_up(tx: Transaction, cast: town.Cast) -> None:
    post = for_today(tx, cast)
    assert posts.extend(tx, cast.poster, post.id, NOON + HOUR).when == post.when


@story
def test_another_day_is_waited_for_and_asked_after_too(tx: Transaction, cast: town.Cast) -> None:
    post = for_today(tx, cast)
    timers.tick(tx, NEXT)
    written(tx)
    day = f"{NOON + 12 * DAY:%Y-%m-%d}"
    after = posts.edit(tx, cast.poster, post.id, PostChange(when=day), NEXT + HOUR)
    assert after.expires > NOON + 15 * DAY, "it is up until then, and until it is asked"
    timers.tick(tx, NEXT + 4 * DAY)
    assert kept.get(tx, post.id).state is State.OPEN
    timers.tick(tx, NOON + 13 * DAY)
    assert asked(tx) == ["day past to Bea"]


@story
def test_what_goes_further_at_the_same_moment_has_gone_further(tx: Transaction, cast: town.Cast) -> None:
    town.neighbour(tx)
    day: dict[str, Any] = {
        "when": f"{NOON:%Y-%m-%d}",
        "urgency": "urgent",
        "widen": True,
        "audience": "neighbourhood",
    }
    post = posts.post(tx, cast.poster, town.asks(**day), NOON - 20 * HOUR)
    timers.tick(tx, NOON + 20 * HOUR)  # the node was off: both are due
    found = kept.get(tx, post.id)
    assert (found.audience, found.state) == (Audience.ADJACENT, State.RELEASED)
    assert found.expires == NOON + 20 * HOUR + 3 * DAY


@story
def test_nobody_is_asked_when_somebody_helps(tx: Transaction, cast: town.Cast) -> None:
    post = for_today(tx, cast)
    yes = responses.answer(tx, cast.helper, post.id, "Ik kom.", NOON)
    matches.agree(tx, cast.poster, post.id, yes.id, NOON)
    timers.tick(tx, NEXT)
    assert asked(tx) == []
