"""Somebody who looks on: what went out, what was written, what the log says, and that all is sound."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import select

from node.neighbourhood.activity import Happening
from node.neighbourhood.match import MatchState, state_after
from node.neighbourhood.post import ANSWERABLE, Post, State
from node.neighbourhood.refusal import Refusal
from node.neighbourhood.response import ResponseState
from node.storage import invites, log, matches, posts, responses
from node.storage import outbox as kept
from node.storage.database import Transaction
from node.storage.tables import activities, deliveries, letters, nodes, residents
from node.storage.tables import posts as all_posts
from tests import town
from tests.storage.conftest import Stage

Story = Callable[[Transaction, town.Cast], None]


class TheEnd(Exception):
    """Of a story: what happened in it is undone."""


def story(test: Story) -> Callable[[Stage], Awaitable[None]]:
    """A test told in one transaction, with the cast in it; at its end everything is sound, and undone."""

    def tell(tx: Transaction, cast: town.Cast) -> None:
        test(tx, cast)
        sound(tx)
        raise TheEnd

    async def told(stage: Stage) -> None:
        with pytest.raises(TheEnd):
            await stage.database.writing(tell, stage.cast)

    told.__name__, told.__doc__ = test.__name__, test.__doc__
    return told


def refused(tx: Transaction, kind: type[Refusal], act: Callable[..., Any], *args: Any) -> str:
    """Do what is to be refused, with everything it did undone, as the writer does; the reason it gave."""
    savepoint = tx.connection.begin_nested()
    with pytest.raises(Refusal) as refusal:
        act(tx, *args)
    savepoint.rollback()
    assert refusal.type is kind
    return str(refusal.value)


def sent(tx: Transaction) -> list[str]:
    """What was queued for other nodes since the last look, such as `Create to Noord`."""
    joined = deliveries.join(activities, deliveries.c.activity_id == activities.c.id)
    joined = joined.join(nodes, deliveries.c.origin == nodes.c.origin)
    statement = (
        select(activities.c.type, nodes.c.name).select_from(joined).where(deliveries.c.state == "pending")
    )
    rows = tx.run(statement.order_by(deliveries.c.id)).all()
    tx.run(deliveries.update().where(deliveries.c.state == "pending").values(state="done"))
    return [f"{what} to {name}" for what, name in rows]


def told(tx: Transaction, what: str) -> dict[str, Any]:
    """What the one message of this type says."""
    statement = select(activities.c.facts).where(activities.c.type == what)
    facts = tx.run(statement).scalars().all()
    assert len(facts) == 1, f"{len(facts)} messages of type {what}"
    assert isinstance(facts[0], dict)
    return facts[0]


def written(tx: Transaction) -> list[str]:
    """Which letters were asked for since the last look, such as `agreed to Merel`."""
    statement = select(letters.c.what, residents.c.name, letters.c.address)
    statement = statement.select_from(letters.outerjoin(residents, letters.c.resident_id == residents.c.id))
    rows = tx.run(statement.order_by(letters.c.id)).all()
    tx.run(letters.delete())
    return [f"{what} to {name or address}" for what, name, address in rows]


def happened(tx: Transaction, subject: str) -> list[Happening]:
    """What the log says of one thing, in order."""
    return [entry.what for entry in log.of(tx, subject)]


def ledger(tx: Transaction, post: Post) -> list[str]:
    """Where a post is, such as `Noord: asked`."""
    return [f"{copy.name}: {copy.state}" for copy in kept.copies_of(tx, post.id)]


def sound(tx: Transaction) -> None:
    """What is always true, whatever people and nodes did, in whatever order."""
    assert log.broken_at(tx) is None, "the audit chain is broken"
    for (post_id,) in tx.run(select(all_posts.c.id)).all():
        post = posts.get(tx, post_id)
        if post.own:
            _own_post_is_sound(tx, post)
    for post_id in tx.run(select(all_posts.c.id)).scalars().all():
        _answers_are_sound(tx, post_id)


def _own_post_is_sound(tx: Transaction, post: Post) -> None:
    if not post.kind.agrees:
        coming = responses.accepted(tx, post.id) if post.places else 0
        assert post.places_left == max(0, post.places - coming), f"{post.places_left} of {post.places}"
        return
    live = matches.of_post(tx, post.id)
    running = sum(match.state is MatchState.AGREED for match in live)
    waiting = len(responses.pending(tx, post.id))
    assert post.places_left + len(live) == post.places, f"{post.places_left} + {len(live)} != {post.places}"
    if post.state in ANSWERABLE or post.state in (State.AGREED, State.DONE):
        asked = len(invites.waiting(tx, post.id))
        assert post.state is state_after(post, running, len(live) - running, waiting, asked), post.state
    elif post.state is not State.WAITING:  # out of sight, its answers wait with it
        assert waiting == 0, f"{waiting} wait for a post that is {post.state}"
        assert invites.waiting(tx, post.id) == [], f"somebody is asked for a post that is {post.state}"
    assert post.state is not State.WITHDRAWN or running == 0
    left = kept.first_of_post(tx, post.uri) is not None
    assert post.shared or not left or post.state is State.WITHDRAWN, "what is not shared never left"


def _answers_are_sound(tx: Transaction, post_id: str) -> None:
    if not posts.get(tx, post_id).kind.agrees:
        return
    for response in responses.of_post(tx, post_id):
        match = matches.of_response(tx, response.id)
        assert (match is not None) == (response.state is ResponseState.ACCEPTED), response.state
