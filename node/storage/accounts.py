"""Accounts of other software that follow us or wrote to us."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.engine import RowMapping

from node.neighbourhood.account import Account
from node.neighbourhood.block import subjects_of
from node.neighbourhood.node import Follow
from node.neighbourhood.refusal import NotFound, phrase
from node.storage.database import Transaction
from node.storage.tables import accounts, keys, replies, responses

PIECE = 1000  # ids in one question
FOLLOWS = and_(accounts.c.their_follow == Follow.ACCEPTED, accounts.c.blocked == False)
"""`Account.follows` as SQL."""


def add(tx: Transaction, account: Account) -> bool:
    """Keep an account met for the first time; False when its actor is known already."""
    return tx.add_new(accounts, **vars(account))


def save(tx: Transaction, account: Account) -> None:
    tx.run(accounts.update().where(accounts.c.id == account.id), vars(account))


def get(tx: Transaction, account_id: str, *, lock: bool = False) -> Account:
    """The account with this id of ours. Raises NotFound."""
    statement = select(accounts).where(accounts.c.id == account_id)
    row = tx.run(statement.with_for_update() if lock else statement).mappings().first()
    if row is None:
        raise NotFound(phrase("This account is not known here."))
    return _account(row)


def by_actor(tx: Transaction, actor: str, *, lock: bool = False) -> Account | None:
    statement = select(accounts).where(accounts.c.actor == actor)
    row = tx.run(statement.with_for_update() if lock else statement).mappings().first()
    return _account(row) if row else None


def named(tx: Transaction, account_ids: set[str]) -> dict[str, Account]:
    """The accounts with these ids of ours, by id."""
    found = tx.run(select(accounts).where(accounts.c.id.in_(account_ids))).mappings() if account_ids else ()
    return {row["id"]: _account(row) for row in found}


def of_host(tx: Transaction, host: str) -> list[Account]:
    """The accounts on a host or one of its subdomains."""
    same = [f"{scheme}://{host}" for scheme in ("https", "http")]
    below = accounts.c.origin.endswith(f".{host}", autoescape=True)
    rows = tx.run(select(accounts).where(accounts.c.origin.in_(same) | below)).mappings()
    return [_account(row) for row in rows]


def reached(tx: Transaction, subjects: Collection[str]) -> list[Account]:
    """The accounts, not blocked yet, that a block of any of these hosts or actors would reach."""
    wanted, origins = set(subjects), tx.run(select(accounts.c.origin).distinct()).scalars()
    hosts = [one for one in origins if not wanted.isdisjoint(subjects_of(one))]
    actors = [one for one in subjects if "/" in one]
    found: dict[str, Account] = {}
    for column, values in ((accounts.c.origin, hosts), (accounts.c.actor, actors)):
        for start in range(0, len(values), PIECE):
            piece = column.in_(values[start : start + PIECE])
            rows = tx.run(select(accounts).where(piece, accounts.c.blocked == False)).mappings()
            found.update((row["id"], _account(row)) for row in rows)
    return list(found.values())


def shut_out(tx: Transaction, account_ids: Sequence[str]) -> None:
    """Block many: none of them follows us any more."""
    none = {"blocked": True, "known": False, "their_follow": Follow.NONE, "their_follow_uri": None}
    for start in range(0, len(account_ids), PIECE):
        piece = account_ids[start : start + PIECE]
        tx.run(accounts.update().where(accounts.c.id.in_(piece)).values(**none))


def who_spoke(tx: Transaction, account_ids: Sequence[str]) -> set[str]:
    """Which of these ever answered or wrote something here."""
    found: set[str] = set()
    for start in range(0, len(account_ids), PIECE):
        piece = account_ids[start : start + PIECE]
        for said in (responses.c.account_id, replies.c.account_id):
            found.update(tx.run(select(said).where(said.in_(piece)).distinct()).scalars())
    return found


def called(tx: Transaction, words: str) -> list[Account]:
    """The accounts with this id of ours, this address, or this handle."""
    same = [accounts.c.id == words, accounts.c.actor == words, accounts.c.handle == words.removeprefix("@")]
    return [_account(row) for row in tx.run(select(accounts).where(or_(*same)).limit(PIECE)).mappings()]


def following(
    tx: Transaction, state: Follow, before: tuple[datetime, str] | None, limit: int, start: int = 0
) -> list[Account]:
    """The accounts that follow us, or ask to, the newest first; those after `before`, from `start`."""
    where = [accounts.c.their_follow == state]
    if before is not None:
        met, last = before
        same = and_(accounts.c.met == met, accounts.c.id < last)
        where.append((accounts.c.met < met) | same)
    order = (accounts.c.met.desc(), accounts.c.id.desc())
    rows = tx.run(select(accounts).where(*where).order_by(*order).offset(start).limit(limit)).mappings()
    return [_account(row) for row in rows]


def followers(tx: Transaction, origin: str | None = None) -> int:
    """How many accounts follow us, of all servers or of one."""
    where = [FOLLOWS] if origin is None else [FOLLOWS, accounts.c.origin == origin]
    return int(tx.run(select(func.count()).select_from(accounts).where(*where)).scalar_one())


def asking(tx: Transaction) -> int:
    """How many accounts wait for the operator."""
    waits = accounts.c.their_follow == Follow.PENDING
    return int(tx.run(select(func.count()).select_from(accounts).where(waits)).scalar_one())


def met_since(tx: Transaction, moment: datetime, origin: str | None = None) -> int:
    """How many accounts were met for the first time since then, of all servers or of one."""
    where = [accounts.c.met > moment]
    if origin is not None:
        where.append(accounts.c.origin == origin)
    return int(tx.run(select(func.count()).select_from(accounts).where(*where)).scalar_one())


def forget_keys(tx: Transaction, actor: str) -> None:
    """Forget the keys of one actor."""
    tx.run(keys.delete().where(keys.c.owner == actor))


def _account(row: RowMapping) -> Account:
    values: dict[str, Any] = dict(row)
    return Account(**values)
