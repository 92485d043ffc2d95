"""Why people are trusted: what was seen of them, and who vouches for whom."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Update, and_, func, or_, select

from node.neighbourhood.trust import Level, Proof, levels, own_level
from node.storage.database import Transaction
from node.storage.tables import proofs, residents, roles, vouches


@dataclass(frozen=True)
class Vouch:
    """Somebody's word for somebody: with the name of the other of the two."""

    person: str
    name: str
    said: datetime
    accepted: datetime | None


def prove(tx: Transaction, resident_id: str, what: Proof, by: str, at: datetime) -> bool:
    """Write down what was seen of somebody; False when it stands there already."""
    return tx.add_new(proofs, resident_id=resident_id, what=what, by=by, at=at)


def unprove(tx: Transaction, resident_id: str, what: Proof) -> bool:
    row = and_(proofs.c.resident_id == resident_id, proofs.c.what == what)
    return tx.run(proofs.delete().where(row)).rowcount == 1


def proofs_of(tx: Transaction, resident_id: str) -> list[tuple[Proof, datetime]]:
    rows = tx.run(select(proofs.c.what, proofs.c.at).where(proofs.c.resident_id == resident_id))
    return sorted((row[0], row[1]) for row in rows)


def everybody(tx: Transaction, at: datetime) -> dict[str, Level]:
    """How far each resident is known who is known further than by a mail address."""
    seen: dict[str, set[Proof]] = defaultdict(set)
    for resident_id, what in tx.run(select(proofs.c.resident_id, proofs.c.what)):
        seen[resident_id].add(what)
    lasting = or_(roles.c.until.is_(None), roles.c.until > at)
    holders = set(tx.run(select(roles.c.resident_id).where(lasting)).scalars())
    said = [tuple(row) for row in tx.run(_RUNNING)]
    people = {*seen, *holders, *(person for _, person in said)}
    own = {one: own_level(seen[one], one in holders) for one in people}
    return levels(own, [(row[0], row[1]) for row in said])


def level(tx: Transaction, resident_id: str, at: datetime) -> Level:
    return everybody(tx, at).get(resident_id, Level.MAIL)


def vouch(tx: Transaction, voucher: str, resident_id: str, at: datetime) -> bool:
    """Keep somebody's word, until the other says yes; False when they gave it before."""
    return tx.add_new(vouches, voucher=voucher, resident_id=resident_id, said=at)


def accept(tx: Transaction, voucher: str, resident_id: str, at: datetime) -> bool:
    return tx.run(_asked(voucher, resident_id).values(accepted=at)).rowcount == 1


def decline(tx: Transaction, voucher: str, resident_id: str, at: datetime) -> bool:
    """No, thank you: the row stays, so that nobody asks again and again."""
    return tx.run(_asked(voucher, resident_id).values(declined=at)).rowcount == 1


def withdraw(tx: Transaction, voucher: str, resident_id: str) -> bool:
    """Somebody takes their word back; False when there is none, or the other said no to it."""
    row = and_(_pair(voucher, resident_id), vouches.c.declined.is_(None))
    return tx.run(vouches.delete().where(row)).rowcount == 1


def given(tx: Transaction, voucher: str) -> list[Vouch]:
    """For whom somebody vouches, or offered to."""
    return _with_names(tx, vouches.c.resident_id, vouches.c.voucher == voucher)


def got(tx: Transaction, resident_id: str) -> list[Vouch]:
    """Who vouches for somebody, or offered to."""
    return _with_names(tx, vouches.c.voucher, vouches.c.resident_id == resident_id)


def called(tx: Transaction, name: str) -> list[str]:
    """The residents who are in and are called exactly so, capitals or not."""
    same = and_(func.lower(residents.c.name) == name.lower(), residents.c.admitted.is_not(None))
    return list(tx.run(select(residents.c.id).where(same).limit(2)).scalars())


_RUNNING = select(vouches.c.voucher, vouches.c.resident_id).where(vouches.c.accepted.is_not(None))


def _pair(voucher: str, resident_id: str) -> ColumnElement[bool]:
    return and_(vouches.c.voucher == voucher, vouches.c.resident_id == resident_id)


def _asked(voucher: str, resident_id: str) -> Update:
    waits = and_(vouches.c.accepted.is_(None), vouches.c.declined.is_(None))
    return vouches.update().where(_pair(voucher, resident_id), waits)


def _with_names(tx: Transaction, other: Column[Any], theirs: ColumnElement[bool]) -> list[Vouch]:
    columns = (other, residents.c.name, vouches.c.said, vouches.c.accepted)
    found = select(*columns).select_from(vouches.join(residents, other == residents.c.id))
    shown = found.where(theirs, vouches.c.declined.is_(None)).order_by(vouches.c.said, other)
    return [Vouch(*row) for row in tx.run(shown)]
