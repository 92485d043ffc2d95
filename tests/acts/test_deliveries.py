"""What does not get through: an operator has it tried at once, or sent again."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from node.acts import deliveries, posts
from node.neighbourhood.refusal import NotAllowed, NotFound
from node.storage import deliveries as queue
from node.storage import destinations, tables
from node.storage.database import Transaction
from tests import town
from tests.acts.witness import refused, story

NOON, HOUR = town.NOON, town.HOUR


def down(tx: Transaction, origin: str, **change: Any) -> None:
    """That host did not answer three times, and sleeps for an hour."""
    values = {"due": NOON + HOUR, "attempts": 3, "error": f"{origin}: ConnectError", **change}
    tx.run(tables.destinations.update().where(tables.destinations.c.origin == origin).values(**values))


def due(tx: Transaction, origin: str) -> datetime | None:
    found = select(tables.destinations.c.due).where(tables.destinations.c.origin == origin)
    moment: datetime | None = tx.run(found).scalar_one()
    return moment


@story
def test_who_does_not_answer_is_tried_at_once(tx: Transaction, cast: town.Cast) -> None:
    noord, zuid = town.neighbour(tx, "noord"), town.neighbour(tx, "zuid")
    posts.post(tx, cast.poster, town.asks(), NOON - HOUR)
    posts.post(tx, cast.poster, town.asks("Nog iets"), NOON)
    for node in (noord, zuid):
        down(tx, node.origin)
    (first, second) = destinations.failing(tx)
    assert (first.name, first.waiting, first.tries, first.oldest) == ("Noord", 2, 3, NOON - HOUR)
    assert second.name == "Zuid"
    deliveries.try_now(tx, cast.operator, noord.id, NOON)
    deliveries.try_now(tx, cast.operator, noord.id, NOON)
    assert (due(tx, noord.origin), due(tx, zuid.origin)) == (NOON, NOON + HOUR)
    (claimed,) = queue.claim(tx, NOON, 10)
    assert (claimed.origin, claimed.attempts) == (noord.origin, 3), "it did not answer yet"


@story
def test_where_nothing_waits_nothing_happens(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx, "noord")
    deliveries.try_now(tx, cast.operator, noord.id, NOON)
    assert queue.claim(tx, NOON, 10) == []
    refused(tx, NotFound, deliveries.try_now, cast.operator, "nowhere", NOON)


@story
def test_what_was_laid_aside_is_sent_again(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx, "noord")
    posts.post(tx, cast.poster, town.asks(), NOON - HOUR)
    (message,) = queue.head(tx, noord.origin, NOON)
    queue.settle(tx, message.id, destinations.PARKED, "answered 400")
    assert queue.head(tx, noord.origin, NOON) == []
    (laid,) = destinations.laid_aside(tx, destinations.PARKED, 0, 10)
    assert (laid.type, laid.name, laid.error, laid.tries) == ("Create", "Noord", "answered 400", 1)
    deliveries.send_again(tx, cast.operator, laid.id, NOON)
    (again,) = queue.head(tx, noord.origin, NOON)
    assert (again.id, again.attempts, again.activity_id) == (message.id, 0, message.activity_id)
    assert due(tx, noord.origin) == NOON
    refused(tx, NotFound, deliveries.send_again, cast.operator, laid.id, NOON)


@story
def test_only_an_operator(tx: Transaction, cast: town.Cast) -> None:
    noord = town.neighbour(tx, "noord")
    for part, who in cast.all().items():
        if part != "operator":
            refused(tx, NotAllowed, deliveries.try_now, who, noord.id, NOON)
            refused(tx, NotAllowed, deliveries.send_again, who, 1, NOON)
