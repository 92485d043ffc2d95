"""Who elsewhere liked a post of ours, or passed it on: only counted, never a list of people."""

from sqlalchemy import and_, func, select

from node.storage.database import Transaction
from node.storage.tables import applause

LIKE, ANNOUNCE = "like", "announce"
COUNTED_MOST = 10_000  # of one post; more says nothing more


def add(tx: Transaction, post_id: str, actor: str, what: str, uri: str) -> bool:
    """Count somebody once; False when they were counted already, or enough were."""
    if sum(of_post(tx, post_id)) >= COUNTED_MOST:
        return False
    return tx.add_new(applause, post_id=post_id, actor=actor, what=what, uri=uri)


def take_back(tx: Transaction, actor: str, uri: str) -> bool:
    """Somebody undid theirs, by the id of it; False when there is none."""
    theirs = and_(applause.c.actor == actor, applause.c.uri == uri)
    return tx.run(applause.delete().where(theirs)).rowcount > 0


def take_back_of(tx: Transaction, actor: str, post_id: str, what: str) -> None:
    """Somebody undid theirs, by what it was about."""
    same = and_(applause.c.actor == actor, applause.c.post_id == post_id, applause.c.what == what)
    tx.run(applause.delete().where(same))


def forget(tx: Transaction, actor: str) -> None:
    """Nobody of that name is there any more."""
    tx.run(applause.delete().where(applause.c.actor == actor))


def of_post(tx: Transaction, post_id: str) -> tuple[int, int]:
    """How many liked a post, and how many passed it on."""
    statement = select(applause.c.what, func.count()).where(applause.c.post_id == post_id)
    found = {what: int(number) for what, number in tx.run(statement.group_by(applause.c.what))}
    return found.get(LIKE, 0), found.get(ANNOUNCE, 0)
