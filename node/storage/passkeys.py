"""Passkeys, and what they are asked to sign. Of a passkey only its public half is kept."""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, and_, func, select

from node.storage.access import hashed
from node.storage.database import Transaction
from node.storage.tables import challenges, passkeys

_COLUMNS = ("id", "resident_id", "credential", "public_key", "counter", "verified", "name", "created", "used")


@dataclass(frozen=True)
class Passkey:
    """A passkey as this node knows it. `credential`: its own id, in base64url; `counter`: how often it
    signed, when it counts; `verified`: it knew its owner (finger, face or PIN) when it was made."""

    id: str
    resident_id: str
    credential: str
    public_key: bytes
    counter: int
    verified: bool
    name: str
    created: datetime
    used: datetime | None = None


def add(tx: Transaction, made: Passkey) -> bool:
    """Keep a new passkey; False when this very one is kept already."""
    values = {name: getattr(made, name) for name in _COLUMNS}
    return tx.add_new(passkeys, **{**values, "public_key": b64encode(made.public_key).decode()})


def of(tx: Transaction, resident_id: str) -> list[Passkey]:
    """Somebody's, the oldest first."""
    theirs = _SELECT.where(passkeys.c.resident_id == resident_id)
    return [_passkey(row) for row in tx.run(theirs.order_by(passkeys.c.created, passkeys.c.id)).mappings()]


def by_credential(tx: Transaction, credential: str) -> Passkey | None:
    row = tx.run(_SELECT.where(passkeys.c.credential == credential)).mappings().first()
    return _passkey(row) if row else None


def there(tx: Transaction, resident_id: str) -> bool:
    """Whether somebody has one that knew them."""
    theirs = and_(passkeys.c.resident_id == resident_id, passkeys.c.verified == True)
    return tx.run(select(passkeys.c.id).where(theirs).limit(1)).first() is not None


def count(tx: Transaction, resident_id: str) -> int:
    theirs = passkeys.c.resident_id == resident_id
    return int(tx.run(select(func.count()).select_from(passkeys).where(theirs)).scalar_one())


def used(tx: Transaction, id: str, counter: int, at: datetime) -> bool:
    """Note that it signed; False when it signed as far already. One that does not count stays at nought."""
    forward = passkeys.c.counter < counter if counter else passkeys.c.counter == 0
    row = and_(passkeys.c.id == id, forward)
    return tx.run(passkeys.update().where(row).values(counter=counter, used=at)).rowcount == 1


def rename(tx: Transaction, resident_id: str, id: str, name: str) -> bool:
    theirs = and_(passkeys.c.resident_id == resident_id, passkeys.c.id == id)
    return tx.run(passkeys.update().where(theirs).values(name=name)).rowcount == 1


def end(tx: Transaction, resident_id: str, id: str) -> bool:
    theirs = and_(passkeys.c.resident_id == resident_id, passkeys.c.id == id)
    return tx.run(passkeys.delete().where(theirs)).rowcount == 1


def end_all(tx: Transaction, resident_id: str) -> int:
    return tx.run(passkeys.delete().where(passkeys.c.resident_id == resident_id)).rowcount


def ask(
    tx: Transaction,
    challenge: str,
    what: str,
    resident_id: str | None,
    browser: str,
    expires: datetime,
) -> None:
    """Keep what a browser was asked to have signed: as a hash, and to be signed once."""
    values = {"what": what, "resident_id": resident_id, "browser": hashed(browser), "expires": expires}
    tx.run(challenges.insert(), {"hash": hashed(challenge), **values})


def take(
    tx: Transaction, challenge: str, what: str, resident_id: str | None, browser: str, at: datetime
) -> bool:
    """Take a challenge away, whatever becomes of it; False when it was not asked of this person, in this
    browser, for this, or is too old."""
    row = tx.run(select(challenges).where(challenges.c.hash == hashed(challenge))).mappings().first()
    if row is None or not tx.run(challenges.delete().where(challenges.c.hash == row["hash"])).rowcount:
        return False
    same = (row["what"], row["resident_id"], row["browser"]) == (what, resident_id, hashed(browser))
    return same and row["expires"] > at


_SELECT = select(*(passkeys.c[name] for name in _COLUMNS))


def _passkey(row: RowMapping) -> Passkey:
    return Passkey(**{**row, "public_key": b64decode(row["public_key"])})
