"""Childcare is read by a supervisor before any neighbour reads it."""

from node.acts import moderation, posts, timers
from node.neighbourhood.activity import Happening
from node.neighbourhood.audience import may_see
from node.neighbourhood.draft import PostChange
from node.neighbourhood.post import Post, State
from node.neighbourhood.refusal import Conflict
from node.neighbourhood.roles import Role
from node.storage import posts as kept
from node.storage import reports, residents
from node.storage.database import Transaction
from tests import town
from tests.acts.witness import happened, refused, sent, story, written

NOON, DAY = town.NOON, town.DAY


def asked(tx: Transaction, cast: town.Cast, category: str = "oppas") -> Post:
    return posts.post(tx, cast.poster, town.asks("Wie past een uur op?", category=category), NOON)


@story
def test_V03_childcare_waits_and_nobody_gets_or_sees_it(tx: Transaction, cast: town.Cast) -> None:
    town.neighbour(tx)
    post = asked(tx, cast)
    assert post.state is State.WAITING
    assert sent(tx) == []
    assert [may_see(who, post, NOON) for who in (cast.poster, cast.helper, cast.broker, None)] == [
        True,
        False,
        False,
        False,
    ]
    assert written(tx) == ["held to Sjoerd"]
    assert happened(tx, post.id) == [Happening.POSTED, Happening.HELD]
    assert [one.post.id for one in reports.oldest(tx, cast.supervisor.id, 0, 10)] == [post.id]


@story
def test_it_is_sent_and_waits_for_help_from_when_a_supervisor_looked(
    tx: Transaction, cast: town.Cast
) -> None:
    town.neighbour(tx)
    post = asked(tx, cast)
    written(tx)
    later = NOON + 3 * DAY
    moderation.dismiss(tx, cast.supervisor, post.id, "Fijn dat je het vraagt.", "", later)
    assert kept.get(tx, post.id).state is State.OPEN
    assert sent(tx) == ["Create to Noord"]
    assert written(tx) == ["moderated to Bea"]
    while timers.tick(tx, later + DAY):
        pass
    assert written(tx) == [], "nobody waited yet while it was held"


@story
def test_a_post_that_becomes_childcare_goes_out_of_sight_everywhere(tx: Transaction, cast: town.Cast) -> None:
    town.neighbour(tx)
    post = asked(tx, cast, "gezelschap")
    assert sent(tx) == ["Create to Noord"]
    posts.edit(tx, cast.poster, post.id, PostChange(category="oppas"), NOON + DAY)
    assert kept.get(tx, post.id).state is State.WAITING
    assert sent(tx) == ["Update to Noord"]
    assert written(tx) == ["held to Sjoerd"]


@story
def test_V03_calling_it_something_else_does_not_let_it_out(tx: Transaction, cast: town.Cast) -> None:
    town.neighbour(tx)
    post = asked(tx, cast)
    posts.edit(tx, cast.poster, post.id, PostChange(category="gezelschap"), NOON + DAY)
    refused(tx, Conflict, posts.reopen, cast.poster, post.id, NOON + DAY)
    posts.extend(tx, cast.poster, post.id, NOON + DAY)
    assert kept.get(tx, post.id).state is State.WAITING
    assert sent(tx) == []


@story
def test_what_a_supervisor_let_through_may_be_reworded(tx: Transaction, cast: town.Cast) -> None:
    post = asked(tx, cast)
    moderation.dismiss(tx, cast.supervisor, post.id, "Goed.", "", NOON)
    posts.edit(tx, cast.poster, post.id, PostChange(text="Op woensdag."), NOON + DAY)
    assert kept.get(tx, post.id).state is State.OPEN


@story
def test_a_supervisor_does_not_look_at_their_own_and_then_the_operators_hear(
    tx: Transaction, cast: town.Cast
) -> None:
    post = posts.post(tx, cast.supervisor, town.asks(category="oppas"), NOON)
    refused(tx, Conflict, moderation.dismiss, cast.supervisor, post.id, "Goed.", "", NOON)
    operators = {residents.get(tx, one, NOON).name for one in residents.holding(tx, Role.OPERATOR, NOON)}
    assert set(written(tx)) == {f"nobody looks to {name}" for name in operators}
    assert operators


@story
def test_it_can_be_taken_back_while_it_waits(tx: Transaction, cast: town.Cast) -> None:
    town.neighbour(tx)
    post = asked(tx, cast)
    posts.withdraw(tx, cast.poster, post.id, NOON)
    assert kept.get(tx, post.id).state is State.WITHDRAWN
    assert sent(tx) == []
