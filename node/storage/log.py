"""What happened: the activity log in words that can be erased, and the audit chain in ids that cannot be
changed unseen."""

import hashlib
import json
from datetime import UTC, datetime

from sqlalchemy import func, select, text

from node.neighbourhood.activity import Entry, Happening
from node.storage.database import Prepared, Transaction
from node.storage.tables import audit, log

_FIRST_SEAL = "0" * 64
_LOG = Prepared(log.insert(), ("at", "what", "who", "subject", "why"))
_AUDIT = Prepared(audit.insert(), ("seq", "at", "what", "who", "subject", "seal"))
_LAST = Prepared(select(audit.c.seq, audit.c.seal).order_by(audit.c.seq.desc()).limit(1))
_CHAIN = 0x62_6B_61_75  # the advisory lock that keeps PostgreSQL's writers in a row


def record(
    tx: Transaction, what: Happening, who: str | None, subject: str, at: datetime, why: str | None = None
) -> None:
    """Write one happening in both books: in the log with its reason, in the audit chain as ids only."""
    tx.change(_LOG, {"at": at, "what": what, "who": who, "subject": subject, "why": why})
    if tx.connection.dialect.name == "postgresql":
        tx.run(text(f"SELECT pg_advisory_xact_lock({_CHAIN})"))
    last = tx.row(_LAST) or {"seq": 0, "seal": _FIRST_SEAL}
    row = {"seq": last["seq"] + 1, "at": at, "what": what.value, "who": who, "subject": subject}
    tx.change(_AUDIT, {**row, "seal": _seal(last["seal"], row)})


def of(tx: Transaction, subject: str) -> list[Entry]:
    """What happened to one thing, oldest first."""
    statement = select(log.c.at, log.c.what, log.c.who, log.c.subject, log.c.why).where(
        log.c.subject == subject
    )
    return [Entry(*row) for row in tx.run(statement.order_by(log.c.id))]


def last_why(tx: Transaction, what: Happening, node_id: str) -> str:
    """The reason that another node gave when it last did this to us; nothing when it gave none."""
    said = [entry for entry in of(tx, node_id) if entry.what is what and entry.who == node_id]
    return (said[-1].why or "") if said else ""


def broken_at(tx: Transaction) -> int | None:
    """The first number in the audit chain whose seal does not hold: edited, left out, or in another order."""
    seal, expected = _FIRST_SEAL, 1
    for row in tx.run(select(audit).order_by(audit.c.seq)).mappings():
        values = {name: row[name] for name in ("seq", "at", "what", "who", "subject")}
        seal = _seal(seal, values)
        if row["seq"] != expected or row["seal"] != seal:
            return expected
        expected += 1
    return None


def length(tx: Transaction) -> int:
    return int(tx.run(select(func.count()).select_from(audit)).scalar_one())


def _moment(value: datetime) -> str:
    """As it is kept: in UTC and whole milliseconds."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds")


def _seal(before: str, row: dict[str, object]) -> str:
    words = json.dumps([before, *row.values()], separators=(",", ":"), default=_moment)
    return hashlib.sha256(words.encode()).hexdigest()
