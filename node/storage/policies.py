"""What the operator chose: who may follow, and so on (`neighbourhood.policy`)."""

from sqlalchemy import select

from node.neighbourhood.policy import Advice, Followers, Policy
from node.storage.database import Transaction
from node.storage.tables import policies

_MOVED_TO = "moved_to"


def current(tx: Transaction) -> Policy:
    """The policy as it stands; what was never chosen is as usual."""
    said = {row[0]: row[1] for row in tx.run(select(policies.c.name, policies.c.value))}
    usual = Policy()
    return Policy(
        followers=Followers(said.get("followers", usual.followers)),
        advice=Advice(said.get("advice", usual.advice)),
        a_minute=int(said.get("a_minute", usual.a_minute)),
    )


def moved_to(tx: Transaction) -> str | None:
    """The actor that we became, when this neighbourhood moved to another address."""
    return tx.run(select(policies.c.value).where(policies.c.name == _MOVED_TO)).scalar()


def set_moved_to(tx: Transaction, actor: str) -> None:
    tx.add_new(policies, name=_MOVED_TO, value=actor)


def save(tx: Transaction, policy: Policy) -> None:
    for name, value in vars(policy).items():
        if not tx.add_new(policies, name=name, value=str(value)):
            tx.run(policies.update().where(policies.c.name == name).values(value=str(value)))
