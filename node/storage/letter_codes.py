"""Letters with a code: whose, until when, and how often somebody typed it wrong. Only the hash of a code is
kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select

from node.storage.access import hashed
from node.storage.database import Transaction
from node.storage.tables import letter_codes, residents

KEPT = timedelta(days=30)  # after it was used or ended


@dataclass(frozen=True)
class LetterCode:
    """A letter that is out. `number` stands on it, and opens nothing."""

    number: str
    name: str
    created: datetime
    expires: datetime
    wrong: int
    ended: datetime | None


def add(
    tx: Transaction, number: str, code: str, owner: str, made_by: str, expires: datetime, at: datetime
) -> bool:
    """Keep a new letter; False when its number was given before."""
    values = {"resident_id": owner, "made_by": made_by, "created": at, "expires": expires, "wrong": 0}
    return tx.add_new(letter_codes, number=number, code_hash=hashed(f"{number} {code}"), **values)


def use(tx: Transaction, number: str, code: str, at: datetime) -> str | None:
    """Use a letter up, and say whose it was; None when it does not fit, or no longer works."""
    right = and_(letter_codes.c.code_hash == hashed(f"{number} {code}"), _open(at))
    row = and_(letter_codes.c.number == number, right)
    owner: str | None = tx.run(select(letter_codes.c.resident_id).where(row)).scalar()
    used = tx.run(letter_codes.update().where(row).values(used=at)).rowcount
    return owner if used else None


def wrong(tx: Transaction, number: str, most: int, at: datetime) -> bool:
    """Count a wrong code; True when this was the last that the letter takes."""
    row = and_(letter_codes.c.number == number, _open(at))
    tx.run(letter_codes.update().where(row).values(wrong=letter_codes.c.wrong + 1))
    over = and_(row, letter_codes.c.wrong >= most)
    return tx.run(letter_codes.update().where(over).values(ended=at)).rowcount == 1


def open_of(tx: Transaction, owner: str, at: datetime) -> str | None:
    """The number of somebody's letter that still works."""
    theirs = and_(letter_codes.c.resident_id == owner, _open(at))
    return tx.run(select(letter_codes.c.number).where(theirs)).scalar()


def end_of(tx: Transaction, owner: str, at: datetime) -> None:
    theirs = and_(letter_codes.c.resident_id == owner, _open(at))
    tx.run(letter_codes.update().where(theirs).values(ended=at))


def end(tx: Transaction, number: str, at: datetime) -> str | None:
    """End a letter, and say whose it was; None when it did not work any more."""
    row = and_(letter_codes.c.number == number, _open(at))
    owner: str | None = tx.run(select(letter_codes.c.resident_id).where(row)).scalar()
    return owner if tx.run(letter_codes.update().where(row).values(ended=at)).rowcount else None


def out(tx: Transaction, at: datetime) -> list[LetterCode]:
    """The letters that still work, and those that were locked lately; the newest first."""
    columns = [letter_codes.c[name] for name in ("created", "expires", "wrong", "ended")]
    joined = letter_codes.join(residents, letter_codes.c.resident_id == residents.c.id)
    shown = or_(_open(at), and_(letter_codes.c.ended > at - KEPT, letter_codes.c.wrong > 0))
    order = (letter_codes.c.created.desc(), letter_codes.c.number)
    found = select(letter_codes.c.number, residents.c.name, *columns).select_from(joined)
    return [LetterCode(*row) for row in tx.run(found.where(shown).order_by(*order))]


def forget(tx: Transaction, at: datetime) -> None:
    """Drop what has been of no use for a month."""
    tx.run(letter_codes.delete().where(letter_codes.c.expires < at - KEPT))


def _open(at: datetime) -> ColumnElement[bool]:
    unused = and_(letter_codes.c.used.is_(None), letter_codes.c.ended.is_(None))
    return and_(unused, letter_codes.c.expires > at)
