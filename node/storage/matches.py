"""Agreements: made once, by one unique rule of the database (`tables.matches`)."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.engine import RowMapping

from node.neighbourhood.match import Match, MatchState
from node.neighbourhood.refusal import NotFound, phrase
from node.storage.database import Transaction
from node.storage.tables import matches, posts, responses


def add(tx: Transaction, match: Match) -> bool:
    """Keep a new agreement; False when its place, or its answer, has one already."""
    return tx.add_new(matches, **{column.name: getattr(match, column.name) for column in matches.c})


def save(tx: Transaction, match: Match) -> None:
    values = {column.name: getattr(match, column.name) for column in matches.c}
    tx.run(matches.update().where(matches.c.id == match.id), values)


def get(tx: Transaction, match_id: str, *, lock: bool = False) -> Match:
    """The agreement with this id. Raises NotFound."""
    statement = select(matches).where(matches.c.id == match_id)
    row = tx.run(statement.with_for_update() if lock else statement).mappings().first()
    if row is None:
        raise NotFound(phrase("This agreement is not here, or no longer."))
    return _match(row)


def by_uri(tx: Transaction, uri: str) -> Match | None:
    """The agreement with this ActivityPub id."""
    row = tx.run(select(matches).where(matches.c.uri == uri)).mappings().first()
    return _match(row) if row else None


def of_post(tx: Transaction, post_id: str) -> list[Match]:
    """The agreements on a post that were not cancelled."""
    statement = select(matches).where(matches.c.post_id == post_id, matches.c.state != MatchState.CANCELLED)
    return [_match(row) for row in tx.run(statement.order_by(matches.c.place)).mappings()]


def of_response(tx: Transaction, response_id: str) -> Match | None:
    """The agreement that an answer led to, unless it was cancelled."""
    live = and_(matches.c.response_id == response_id, matches.c.state != MatchState.CANCELLED)
    row = tx.run(select(matches).where(live)).mappings().first()
    return _match(row) if row else None


def newest_of_response(tx: Transaction, response_id: str) -> Match | None:
    """The last agreement on an answer, also one that was cancelled."""
    theirs = select(matches).where(matches.c.response_id == response_id)
    row = tx.run(theirs.order_by(matches.c.created.desc(), matches.c.id).limit(1)).mappings().first()
    return _match(row) if row else None


def of_resident(tx: Transaction, resident_id: str, limit: int = 100) -> list[Match]:
    """The agreements in which this person asks or helps, newest first."""
    theirs = or_(responses.c.resident == resident_id, posts.c.author == resident_id)
    joined = matches.join(responses, matches.c.response_id == responses.c.id).join(
        posts, matches.c.post_id == posts.c.id
    )
    statement = select(matches).select_from(joined).where(theirs)
    rows = tx.run(statement.order_by(matches.c.created.desc(), matches.c.id).limit(limit)).mappings()
    return [_match(row) for row in rows]


def page(
    tx: Transaction,
    resident_id: str | None,
    post_id: str | None,
    before: tuple[datetime, str] | None,
    limit: int,
) -> list[Match]:
    """Agreements of one person, on one post, or both, newest first; those after `before`."""
    joined = matches.join(responses, matches.c.response_id == responses.c.id).join(
        posts, matches.c.post_id == posts.c.id
    )
    statement = select(matches).select_from(joined)
    if resident_id is not None:
        theirs = or_(responses.c.resident == resident_id, posts.c.author == resident_id)
        statement = statement.where(theirs)
    if post_id is not None:
        statement = statement.where(matches.c.post_id == post_id)
    if before is not None:
        created, last = before
        same = and_(matches.c.created == created, matches.c.id < last)
        statement = statement.where(or_(matches.c.created < created, same))
    order = (matches.c.created.desc(), matches.c.id.desc())
    return [_match(row) for row in tx.run(statement.order_by(*order).limit(limit)).mappings()]


def count_since(tx: Transaction, since: datetime) -> int:
    """How many agreements were made here since then, and not called off."""
    made = and_(matches.c.created > since, matches.c.state != MatchState.CANCELLED)
    return int(tx.run(select(func.count()).select_from(matches).where(made)).scalar_one())


def _match(row: RowMapping) -> Match:
    values: dict[str, Any] = dict(row)
    return Match(**values)
