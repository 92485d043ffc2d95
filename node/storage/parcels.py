"""Files of people who moved here, each taken in once, and the offers in them until somebody has looked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import and_, select

from node.storage.database import Transaction
from node.storage.tables import luggage, parcels

KEPT = timedelta(days=90)  # of what nobody looked at


@dataclass(frozen=True)
class Brought:
    """An offer from elsewhere, as the fields of its form."""

    id: str
    fields: dict[str, str]


def once(tx: Transaction, parcel_id: str, until: datetime) -> bool:
    """Whether this file comes for the first time."""
    return tx.add_new(parcels, id=parcel_id, until=until)


def put(tx: Transaction, resident_id: str, offers: Iterable[dict[str, str]], at: datetime) -> None:
    for fields in offers:
        tx.run(luggage.insert(), {"id": uuid4().hex, "resident_id": resident_id, "fields": fields, "at": at})


def of(tx: Transaction, resident_id: str) -> list[Brought]:
    """What somebody brought and did not look at yet."""
    theirs = select(luggage.c.id, luggage.c.fields).where(luggage.c.resident_id == resident_id)
    return [Brought(*row) for row in tx.run(theirs.order_by(luggage.c.at, luggage.c.id))]


def take(tx: Transaction, resident_id: str, brought_id: str) -> Brought | None:
    """Take one of them out; None when there is no such thing of theirs."""
    row = and_(luggage.c.id == brought_id, luggage.c.resident_id == resident_id)
    found = tx.run(select(luggage.c.id, luggage.c.fields).where(row)).first()
    return Brought(*found) if found and tx.run(luggage.delete().where(row)).rowcount else None


def forget(tx: Transaction, at: datetime) -> None:
    tx.run(parcels.delete().where(parcels.c.until <= at))
    tx.run(luggage.delete().where(luggage.c.at < at - KEPT))
