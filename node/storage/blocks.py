"""Whom we do not let in: servers and accounts, looked up for every message that comes."""

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select

from node.neighbourhood.block import Block, Severity, subjects_of
from node.storage.database import Transaction
from node.storage.tables import blocks

PIECE = 1000  # names in one question
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


def there(tx: Transaction, subjects: Sequence[str]) -> set[str]:
    """Which of these are blocked or held already."""
    found: set[str] = set()
    for start in range(0, len(subjects), PIECE):
        piece = subjects[start : start + PIECE]
        found.update(tx.run(select(blocks.c.subject).where(blocks.c.subject.in_(piece))).scalars())
    return found


def add_all(tx: Transaction, made: Sequence[Block]) -> None:
    """Keep many at once; one that is there already stays as it is."""
    if made:
        tx.run(tx.insert(blocks).on_conflict_do_nothing(), [vars(block) for block in made])


def listing(tx: Transaction, after: str, limit: int, name: str = "", start: int = 0) -> list[Block]:
    """The blocks by subject with `name` in it, those after this one; of those, from `start`."""
    where = [blocks.c.subject > after, blocks.c.subject.contains(name, autoescape=True)]
    statement = select(blocks).where(*where).order_by(blocks.c.subject).offset(start).limit(limit)
    return [Block(**row) for row in tx.run(statement).mappings()]


def everyone(tx: Transaction) -> list[Block]:
    """All of them, by subject."""
    return [Block(**row) for row in tx.run(select(blocks).order_by(blocks.c.subject)).mappings()]


def count(tx: Transaction, name: str = "") -> int:
    """How many there are with `name` in their subject."""
    where = blocks.c.subject.contains(name, autoescape=True)
    return int(tx.run(select(func.count()).select_from(blocks).where(where)).scalar_one())
