"""Thank-yous as they are kept: which message is one, and who of the two lets others read it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.engine import RowMapping

from node.neighbourhood.post import PRIVATE, Kind
from node.neighbourhood.thanks import Thanks
from node.storage.database import Prepared, Transaction
from node.storage.tables import messages, posts, responses, thanks


@dataclass(frozen=True)
class Shown:
    """A thank-you that everybody may read, with the first names that the two chose. `of`: these two, its
    writer first."""

    message_id: str
    response_id: str
    post_id: str
    text: str
    at: datetime
    giver: str
    thanked: str
    of: tuple[str, str]


_WORDS = (messages.c.id, messages.c.text, messages.c.created)
_JOINED = thanks.join(messages, thanks.c.message_id == messages.c.id)
_JOINED = _JOINED.join(responses, thanks.c.response_id == responses.c.id)
_JOINED = _JOINED.join(posts, responses.c.post_id == posts.c.id)
_STANDS = and_(  # both said yes and live here, nothing was taken away, and the post is not out of sight
    thanks.c.giver_yes.is_not(None),
    thanks.c.thanked_yes.is_not(None),
    messages.c.text != "",
    posts.c.author.is_not(None),
    posts.c.node_id.is_(None),
    responses.c.resident.is_not(None),
    posts.c.hidden == False,
    *(posts.c.state != state for state in sorted(PRIVATE)),
)


def add(tx: Transaction, made: Thanks) -> bool:
    """Keep a new one; False when there is one on this answer already."""
    return tx.add_new(thanks, **vars(made))


def save(tx: Transaction, made: Thanks) -> None:
    tx.run(thanks.update().where(thanks.c.response_id == made.response_id), vars(made))


def of_answer(tx: Transaction, response_id: str) -> Thanks | None:
    """The thank-you on an answer, if there is one."""
    row = tx.run(select(thanks).where(thanks.c.response_id == response_id)).mappings().first()
    return Thanks(**row) if row else None


def on_post(tx: Transaction, post_id: str) -> frozenset[str]:
    """The answers to a post on which thank you was said."""
    joined = thanks.join(responses, thanks.c.response_id == responses.c.id)
    found = select(thanks.c.response_id).select_from(joined).where(responses.c.post_id == post_id)
    return frozenset(tx.run(found).scalars())


def drop(tx: Transaction, message_id: str) -> bool:
    """This message is no thank-you any more; False when it was none."""
    return tx.run(thanks.delete().where(thanks.c.message_id == message_id)).rowcount == 1


def newest(tx: Transaction, limit: int) -> list[Shown]:
    """What everybody may read, the newest first."""
    order = (messages.c.created.desc(), messages.c.id)
    return [_shown(row) for row in tx.run(_select().order_by(*order).limit(limit)).mappings()]


def stands(tx: Transaction, message_id: str) -> bool:
    """Whether everybody may read this message."""
    return tx.run(_select().where(messages.c.id == message_id)).first() is not None


def any_stands(tx: Transaction) -> bool:
    """Whether there is anything that everybody may read."""
    return tx.row(_ONE) is not None


def _select() -> Select[Any]:
    names = (posts.c.author_name, responses.c.name, posts.c.author, responses.c.resident)
    about = (thanks.c.response_id, posts.c.kind, posts.c.id.label("post_id"))
    return select(*_WORDS, *names, *about).select_from(_JOINED).where(_STANDS)


_ONE = Prepared(_select().limit(1))  # asked for every front page


def _shown(row: RowMapping) -> Shown:
    names, of = (row["author_name"], row["name"]), (row["author"], row["resident"])
    if row["kind"] is Kind.OFFER:
        names, of = names[::-1], of[::-1]
    return Shown(row["id"], row["response_id"], row["post_id"], row["text"], row["created"], *names, of)
