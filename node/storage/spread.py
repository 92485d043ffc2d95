"""The ledger for other software: which inboxes were sent a public post of ours, so that each is asked to
delete it when it goes. Such software confirms nothing: what is known ends with what was asked."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, bindparam, func, literal, select, true

from node.storage.accounts import FOLLOWS
from node.storage.database import Transaction
from node.storage.outbox import Activity, wake
from node.storage.prepared import Prepared
from node.storage.tables import accounts, deliveries, spread

INBOX = func.coalesce(accounts.c.shared_inbox, accounts.c.inbox)
"""One POST reaches all of a server, where it has a shared inbox."""


@dataclass(frozen=True)
class Server:
    """A server elsewhere that was sent a post."""

    origin: str
    state: str
    at: datetime

    @property
    def host(self) -> str:
        """What it is called: its name on the network."""
        return self.origin.partition("://")[2]


def to_followers(tx: Transaction, activity: Activity, post_id: str | None, at: datetime) -> None:
    """Queue a message for every account that follows us, once for each inbox; of a post, with its `post_id`,
    each is entered in the ledger."""
    if post_id is not None and activity.post_uri is not None:
        columns = ["post_uri", "post_id", "origin", "inbox", "state", "at"]
        row = [literal(activity.post_uri), literal(post_id), accounts.c.origin, INBOX, literal("asked")]
        asked = select(*row, literal(at, spread.c.at.type)).where(FOLLOWS).distinct()
        tx.run(tx.insert(spread).from_select(columns, asked).on_conflict_do_nothing())
    _queue(tx, activity, select(accounts.c.origin, INBOX).where(FOLLOWS).distinct())


def to_holders(tx: Transaction, activity: Activity, post_uri: str) -> None:
    """Queue a message for every inbox that was ever sent a post."""
    _queue(tx, activity, select(spread.c.origin, spread.c.inbox).where(spread.c.post_uri == post_uri))


def to_account(tx: Transaction, activity: Activity, account_id: str) -> None:
    """Queue a message for one account, in its own inbox."""
    _queue(tx, activity, select(accounts.c.origin, accounts.c.inbox).where(accounts.c.id == account_id))


def ask_deletion(tx: Transaction, post_uri: str, at: datetime) -> None:
    """Enter in the ledger that every server that was sent a post is asked to delete it."""
    tx.run(spread.update().where(spread.c.post_uri == post_uri).values(state="deletion_asked", at=at))


def delivered(tx: Transaction, post_uri: str, inbox: str, at: datetime) -> None:
    """A server took a post in."""
    tx.change(_DELIVERED, {"uri": post_uri, "to": inbox, "moment": at})


_asked = and_(spread.c.inbox == bindparam("to"), spread.c.state == "asked")
_DELIVERED = Prepared(
    spread.update()
    .where(spread.c.post_uri == bindparam("uri"), _asked)
    .values(state="delivered", at=bindparam("moment"))
)


def of_post(tx: Transaction, post_id: str) -> list[Server]:
    """The servers elsewhere that were sent a post, by name: each once, as the latest of its inboxes."""
    statement = select(spread.c.origin, spread.c.state, spread.c.at).where(spread.c.post_id == post_id)
    found = {row[0]: Server(*row) for row in tx.run(statement.order_by(spread.c.origin, spread.c.at))}
    return list(found.values())


def _queue(tx: Transaction, activity: Activity, inboxes: Select[tuple[str, str]]) -> None:
    """`inboxes`: origin and inbox of each."""
    to = inboxes.subquery()
    row = [literal(activity.id), to.c[0], to.c[1], literal("pending")]
    chosen = select(*row, literal(activity.created, deliveries.c.created.type), literal(0))
    chosen = chosen.where(true())  # without it SQLite takes ON CONFLICT for a join
    columns = ["activity_id", "origin", "inbox", "state", "created", "attempts"]
    tx.run(tx.insert(deliveries).from_select(columns, chosen).on_conflict_do_nothing())
    wake(tx, activity)
