"""Who wants a digest, how often, and when the next one is due."""

from datetime import datetime

from sqlalchemy import select

from node.neighbourhood.digest import Digest, Often
from node.storage.database import Transaction
from node.storage.tables import digests, residents


def of(tx: Transaction, resident_id: str) -> Digest:
    """What somebody chose; who chose nothing gets none."""
    chosen = select(digests.c.often, digests.c.hour, digests.c.due)
    row = tx.run(chosen.where(digests.c.resident_id == resident_id)).first()
    return Digest(*row) if row else Digest()


def keep(tx: Transaction, resident_id: str, wish: Digest) -> None:
    """Keep what somebody chose, over what they chose before."""
    row = tx.insert(digests).values(resident_id=resident_id, **vars(wish))
    tx.run(row.on_conflict_do_update(index_elements=["resident_id"], set_=vars(wish)))


def claim(tx: Transaction, at: datetime, limit: int) -> list[tuple[str, Digest]]:
    """Whose digest is to be made, the longest waiting first: people who are let in and can be written to.
    Locked, and without those that another worker has in hand."""
    joined = digests.join(residents, residents.c.id == digests.c.resident_id)
    columns = (digests.c.resident_id, digests.c.often, digests.c.hour, digests.c.due)
    due = select(*columns).select_from(joined).where(digests.c.due <= at, digests.c.often != Often.NEVER)
    due = due.where(residents.c.admitted.is_not(None), residents.c.email.is_not(None))
    found = tx.run(due.order_by(digests.c.due).limit(limit).with_for_update(of=digests, skip_locked=True))
    return [(row[0], Digest(*row[1:])) for row in found]
