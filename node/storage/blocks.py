"""Whom we do not let in: servers and accounts, looked up for every message that comes."""

from sqlalchemy import bindparam, func, select

from node.neighbourhood.block import Block, Severity, subjects_of
from node.storage.database import Transaction
from node.storage.tables import blocks

_OF = select(blocks.c.severity).where(blocks.c.subject.in_(bindparam("subjects", expanding=True)))


def put(tx: Transaction, block: Block) -> bool:
    """Keep a block; one that is there already becomes this. False when nothing changed but its date."""
    before = by_subject(tx, block.subject)
    if before is None:
        return tx.add_new(blocks, **vars(block))
    tx.run(blocks.update().where(blocks.c.subject == block.subject), vars(block))
    return before.severity is not block.severity


def remove(tx: Transaction, subject: str) -> bool:
    """Lift a block; False when there was none."""
    return tx.run(blocks.delete().where(blocks.c.subject == subject)).rowcount > 0


def by_subject(tx: Transaction, subject: str) -> Block | None:
    row = tx.run(select(blocks).where(blocks.c.subject == subject)).mappings().first()
    return Block(**row) if row else None


def severity(tx: Transaction, origin: str, actor: str | None = None) -> Severity | None:
    """How much an origin, or one actor of it, is kept out; None when it is not."""
    found = set(tx.run(_OF, {"subjects": subjects_of(origin, actor)}).scalars())
    return Severity.BLOCK if Severity.BLOCK in found else Severity.HOLD if found else None


def listing(tx: Transaction, after: str, limit: int) -> list[Block]:
    """The blocks by subject, those after this one."""
    statement = select(blocks).where(blocks.c.subject > after).order_by(blocks.c.subject).limit(limit)
    return [Block(**row) for row in tx.run(statement).mappings()]


def count(tx: Transaction) -> int:
    """How many there are."""
    return int(tx.run(select(func.count()).select_from(blocks)).scalar_one())
