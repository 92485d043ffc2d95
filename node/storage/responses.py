"""Answers to posts: at the post's home all of them, elsewhere those of our own people."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.engine import RowMapping

from node.neighbourhood.refusal import NotFound, phrase
from node.neighbourhood.response import LIVE, Response, ResponseState
from node.storage.database import Transaction
from node.storage.tables import posts, responses, voids


def add(tx: Transaction, response: Response) -> bool:
    """Keep a new answer; False when this party has one waiting already (`wire.md` 6)."""
    return tx.add_new(responses, **_values(response))


def save(tx: Transaction, response: Response) -> None:
    tx.run(responses.update().where(responses.c.id == response.id), _values(response))


def get(tx: Transaction, response_id: str, *, lock: bool = False) -> Response:
    """The answer with this id. Raises NotFound."""
    statement = select(responses).where(responses.c.id == response_id)
    row = tx.run(statement.with_for_update() if lock else statement).mappings().first()
    if row is None:
        raise NotFound(phrase("This answer is not here, or no longer."))
    return _response(row)


def known(tx: Transaction, response_ids: set[str]) -> dict[str, Response]:
    """The answers with these ids of ours, by id."""
    found = _all(tx, select(responses).where(responses.c.id.in_(response_ids))) if response_ids else []
    return {one.id: one for one in found}


def by_uri(tx: Transaction, uri: str, *, lock: bool = False) -> Response | None:
    """The answer whose Offer has this id."""
    statement = select(responses).where(responses.c.uri == uri)
    row = tx.run(statement.with_for_update() if lock else statement).mappings().first()
    return _response(row) if row else None


def by_answer(tx: Transaction, accept_uri: str) -> Response | None:
    """The answer of one of ours that this Accept of another node said yes to."""
    statement = select(responses).where(responses.c.answer == accept_uri)
    row = tx.run(statement.with_for_update()).mappings().first()
    return _response(row) if row else None


def of_post(tx: Transaction, post_id: str) -> list[Response]:
    """All answers to a post, newest first."""
    statement = select(responses).where(responses.c.post_id == post_id)
    return _all(tx, statement.order_by(responses.c.created.desc(), responses.c.id))


def page(
    tx: Transaction,
    post_id: str,
    resident_id: str | None,
    before: tuple[datetime, str] | None,
    limit: int,
    state: ResponseState | None = None,
) -> list[Response]:
    """The answers to a post, of everybody or of one person, newest first; those after `before`."""
    where = [responses.c.post_id == post_id]
    if state is not None:
        where.append(responses.c.state == state)
    if resident_id is not None:
        where.append(responses.c.resident == resident_id)
    if before is not None:
        created, last = before
        same = and_(responses.c.created == created, responses.c.id < last)
        where.append(or_(responses.c.created < created, same))
    order = (responses.c.created.desc(), responses.c.id.desc())
    return _all(tx, select(responses).where(*where).order_by(*order).limit(limit))


def pending(tx: Transaction, post_id: str) -> list[Response]:
    """The answers that still wait, oldest first."""
    waiting = and_(responses.c.post_id == post_id, responses.c.state == ResponseState.PENDING)
    return _all(tx, select(responses).where(waiting).order_by(responses.c.created, responses.c.id))


def coming(tx: Transaction, post_id: str) -> list[Response]:
    """Who said yes and was accepted, oldest first: of an event, who comes."""
    yes = and_(responses.c.post_id == post_id, responses.c.state == ResponseState.ACCEPTED)
    return _all(tx, select(responses).where(yes).order_by(responses.c.created, responses.c.id))


def accepted(tx: Transaction, post_id: str) -> int:
    """How many said yes and were accepted: of an event, how many come."""
    yes = and_(responses.c.post_id == post_id, responses.c.state == ResponseState.ACCEPTED)
    return int(tx.run(select(func.count()).select_from(responses).where(yes)).scalar_one())


def of_resident(
    tx: Transaction, resident_id: str, post_id: str | None = None, limit: int = 100
) -> list[Response]:
    """What one person answered, here or elsewhere, newest first."""
    statement = select(responses).where(responses.c.resident == resident_id)
    if post_id is not None:
        statement = statement.where(responses.c.post_id == post_id)
    return _all(tx, statement.order_by(responses.c.created.desc(), responses.c.id).limit(limit))


def live_of(tx: Transaction, resident_id: str, post_id: str) -> Response | None:
    """The answer of one of our people to a post that waits or was agreed, if there is one."""
    live = responses.c.state.in_(LIVE)
    theirs = and_(responses.c.resident == resident_id, responses.c.post_id == post_id, live)
    found = _all(tx, select(responses).where(theirs).limit(1))
    return found[0] if found else None


def live_of_party(tx: Transaction, post_id: str, party: str) -> Response | None:
    """The answer of one party to a post that waits or was agreed, if there is one."""
    theirs = and_(responses.c.post_id == post_id, responses.c.party == party, responses.c.state.in_(LIVE))
    found = _all(tx, select(responses).where(theirs).limit(1))
    return found[0] if found else None


def live_of_account(tx: Transaction, account_id: str) -> list[Response]:
    """The answers of an account of other software that wait or were agreed, newest first."""
    return [one for one in of_account(tx, account_id) if one.state in LIVE]


def of_account(tx: Transaction, account_id: str) -> list[Response]:
    """What an account of other software answered, newest first."""
    theirs = responses.c.account_id == account_id
    return _all(tx, select(responses).where(theirs).order_by(responses.c.created.desc(), responses.c.id))


def hand_over(tx: Transaction, from_account: str, to_account: str) -> None:
    """What one account answered is another's from now on. Its party stays: under each post it is the same
    person."""
    theirs = responses.c.account_id == from_account
    tx.run(responses.update().where(theirs).values(account_id=to_account))


def forget_words(tx: Transaction, account_id: str) -> None:
    """Nothing that an account answered is kept, also where it was dealt with already; only that it did."""
    tx.run(responses.update().where(responses.c.account_id == account_id).values(text=""))


def count_pending(tx: Transaction, post_ids: list[str]) -> dict[str, int]:
    """How many answers wait, per post."""
    waiting = and_(responses.c.post_id.in_(post_ids), responses.c.state == ResponseState.PENDING)
    statement = select(responses.c.post_id, func.count()).where(waiting).group_by(responses.c.post_id)
    return {row[0]: row[1] for row in tx.run(statement)}


def live_with(tx: Transaction, node_id: str) -> list[Response]:
    """The answers between our people and those of one other node that still count: waiting, or agreed."""
    there = or_(responses.c.node_id == node_id, posts.c.node_id == node_id)
    live = responses.c.state.in_(LIVE)
    joined = responses.join(posts, responses.c.post_id == posts.c.id)
    statement = select(responses).select_from(joined).where(there, live)
    return _all(tx, statement.order_by(responses.c.created, responses.c.id))


def void(tx: Transaction, uri: str, origin: str, at: datetime) -> None:
    """Remember an Undo that came before its Offer."""
    tx.add_new(voids, uri=uri, origin=origin, at=at)


def is_void(tx: Transaction, uri: str, origin: str) -> bool:
    """Whether the Offer was undone, by its own origin, before it came."""
    return tx.run(select(voids.c.uri).where(voids.c.uri == uri, voids.c.origin == origin)).first() is not None


def _all(tx: Transaction, statement: Any) -> list[Response]:
    return [_response(row) for row in tx.run(statement).mappings()]


def _values(response: Response) -> dict[str, Any]:
    return {column.name: getattr(response, column.name) for column in responses.c}


def _response(row: RowMapping) -> Response:
    return Response(**row)
