"""How much of everything there is: for the operator, never for a person's page."""

from datetime import datetime

from sqlalchemy import ColumnElement, Table, func, select

from node.neighbourhood.match import MatchState
from node.neighbourhood.post import ANSWERABLE, Kind
from node.storage.database import Transaction
from node.storage.nodes import ACTIVE, MEMBER
from node.storage.tables import letters, lookups, matches, nodes, posts, residents


def figures(tx: Transaction, at: datetime) -> dict[str, int]:
    """The node in numbers."""
    own, is_open = posts.c.node_id.is_(None), posts.c.state.in_(ANSWERABLE) & (posts.c.expires > at)
    return {
        "residents": _count(tx, residents, residents.c.admitted.is_not(None)),
        "waiting": _count(tx, residents, residents.c.admitted.is_(None)),
        "requests": _count(tx, posts, own, posts.c.kind == Kind.REQUEST),
        "offers": _count(tx, posts, own, posts.c.kind == Kind.OFFER),
        "notices": _count(tx, posts, own, posts.c.kind == Kind.NOTICE),
        "events": _count(tx, posts, own, posts.c.kind == Kind.EVENT),
        "open": _count(tx, posts, own, is_open),
        "held": _count(tx, posts, ~own),
        "agreed": _count(tx, matches, matches.c.state == MatchState.AGREED),
        "done": _count(tx, matches, matches.c.state == MatchState.DONE),
        "neighbours": _count(tx, nodes, ACTIVE),
        "members": _count(tx, nodes, MEMBER),
    }


def stuck(tx: Transaction) -> dict[str, list[str]]:
    """What was tried and did not work, per sort, with the reason of each."""
    return {
        "letters": _errors(tx, letters),
        "lookups": _errors(tx, lookups),
    }


def _count(tx: Transaction, table: Table, *where: ColumnElement[bool]) -> int:
    return int(tx.run(select(func.count()).select_from(table).where(*where)).scalar_one())


def _errors(tx: Transaction, table: Table) -> list[str]:
    failed = (
        select(table.c.what, table.c.error).where(table.c.error.is_not(None)).order_by(table.c.id).limit(20)
    )
    return [f"{row[0]}: {row[1]}" for row in tx.run(failed)]
