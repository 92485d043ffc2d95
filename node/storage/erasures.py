"""The receipts of who erased themselves: a secret, and how it stands with the copies of what they shared."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from node.storage.access import hashed
from node.storage.database import Transaction
from node.storage.tables import copies, erasures, nodes, spread


@dataclass(frozen=True)
class Receipt:
    """When somebody erased themselves, until when that can be read here, and since when nothing is left in
    the bytes of the file (None: not yet, or on PostgreSQL, which sees to that itself)."""

    posts: list[str]
    at: datetime
    until: datetime
    swept: datetime | None


@dataclass(frozen=True)
class Holder:
    """A node, or a server of other software, that was asked to throw copies away: how many, and how many it
    said are gone. Other software says nothing."""

    name: str
    asked: int
    gone: int
    says: bool
    at: datetime


def add(tx: Transaction, secret: str, posts: list[str], at: datetime, until: datetime) -> None:
    values = {"posts": posts, "at": at, "until": until, "swept": None}
    tx.run(erasures.insert(), {"token_hash": hashed(secret), **values})


def by_secret(tx: Transaction, secret: str, at: datetime) -> Receipt | None:
    columns = (erasures.c.posts, erasures.c.at, erasures.c.until, erasures.c.swept)
    named = erasures.c.token_hash == hashed(secret)
    row = tx.run(select(*columns).where(named, erasures.c.until > at)).first()
    return Receipt(*row) if row else None


def holders(tx: Transaction, receipt: Receipt) -> list[Holder]:
    """Who was asked: the nodes by name, then other servers by theirs."""
    theirs = copies.c.post_id.in_(receipt.posts)
    joined = copies.join(nodes, copies.c.node_id == nodes.c.id)
    statement = select(nodes.c.name, nodes.c.origin, copies.c.state, copies.c.at).select_from(joined)
    found: dict[str, Holder] = {}
    for name, origin, state, at in tx.run(statement.where(theirs).order_by(nodes.c.name, nodes.c.origin)):
        found[origin] = _more(found.get(origin, Holder(name, 0, 0, True, at)), state == "gone", at)
    servers = select(spread.c.origin, spread.c.at).where(spread.c.post_id.in_(receipt.posts))
    for origin, at in tx.run(servers.order_by(spread.c.origin)):
        host = origin.partition("://")[2]
        found[origin] = _more(found.get(origin, Holder(host, 0, 0, False, at)), False, at)
    return list(found.values())


def to_sweep(tx: Transaction) -> bool:
    """Whether something of somebody may still stand in the bytes of the file."""
    return (
        tx.run(select(erasures.c.token_hash).where(erasures.c.swept.is_(None)).limit(1)).first() is not None
    )


def swept(tx: Transaction, until: datetime, at: datetime) -> None:
    """Nothing is left of those who were gone `until` then."""
    before = erasures.c.at <= until
    tx.run(erasures.update().where(before, erasures.c.swept.is_(None)).values(swept=at))


def forget(tx: Transaction, at: datetime) -> None:
    """Receipts go when their day is over, with the rows that they told of."""
    for posts in tx.run(select(erasures.c.posts).where(erasures.c.until <= at)).scalars().all():
        tx.run(copies.delete().where(copies.c.post_id.in_(posts)))
        tx.run(spread.delete().where(spread.c.post_id.in_(posts)))
    tx.run(erasures.delete().where(erasures.c.until <= at))


def _more(before: Holder, gone: bool, at: datetime) -> Holder:
    return Holder(before.name, before.asked + 1, before.gone + gone, before.says, max(before.at, at))
