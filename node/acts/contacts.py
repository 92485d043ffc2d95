"""Contact details: kept for oneself alone, released to the other of an agreement, looked at, taken back.

They never stand in an activity, and are never kept by who looks (`wire.md` 7).
"""

from datetime import datetime, timedelta

from node.neighbourhood.activity import Happening
from node.neighbourhood.contact import Contact, Elsewhere, Release, checked_details, checked_fields
from node.neighbourhood.node import Node
from node.neighbourhood.refusal import Conflict, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, require
from node.neighbourhood.thread import Side, Thread
from node.storage import contacts as kept
from node.storage import letters, log, outbox, threads
from node.storage.database import Transaction

LOOKS_AN_HOUR = 60  # of one person's details, by the other: each is a line in the log


def keep(tx: Transaction, by: Resident, phone: str, address: str) -> None:
    """Write down one's own number and address; what is left empty is forgotten. Anybody, for themselves."""
    require(by, Deed.READ_OWN)
    kept.keep(tx, by.id, *checked_details(phone, address))


def release(tx: Transaction, by: Resident, response_id: str, fields: frozenset[str], at: datetime) -> Release:
    """Let the other see one's name and these details, until taken back. One of the two, while the agreement
    runs."""
    thread = threads.see(tx, by, response_id, lock=True)
    require(by, Deed.RELEASE_CONTACT, thread.owner)
    _require_agreed(thread)
    if thread.account_id is not None:
        raise Conflict(
            phrase("They have an account elsewhere: what you send there stays there. Ask for theirs.")
        )
    made = Release(response_id, thread.side, checked_fields(fields, kept.of(tx, by.id).known), at)
    kept.release(tx, made)
    log.record(tx, Happening.CONTACT_RELEASED, by.id, response_id, at, " ".join(made.fields))
    if thread.other is not None:
        letters.add(tx, "contact released", at, resident_id=thread.other, talk=response_id)
    return made


def take_back(tx: Transaction, by: Resident, response_id: str, at: datetime) -> None:
    """Let the other see nothing any more. It works at once: nothing was copied. One of the two, always."""
    thread = threads.see(tx, by, response_id, lock=True)
    require(by, Deed.RELEASE_CONTACT, thread.owner)
    if kept.end(tx, response_id, thread.side, at):
        log.record(tx, Happening.CONTACT_TAKEN_BACK, by.id, response_id, at)


def look(tx: Transaction, by: Resident, response_id: str, at: datetime) -> Contact | Elsewhere | None:
    """What the other lets one see: here, recorded; or where to ask for it. One of the two, while the
    agreement runs."""
    thread = threads.see(tx, by, response_id, lock=True)
    require(by, Deed.RELEASE_CONTACT, thread.owner)
    _require_agreed(thread)
    if thread.account_id is not None:
        return None
    if thread.node_id is None:
        return _shown(tx, thread, by.id, at)
    uri = thread.response.uri if thread.side is Side.POSTER else thread.response.answer
    return Elsewhere(thread.node_id, uri) if uri is not None else None


def looked_at(tx: Transaction, node: Node, uri: str, at: datetime) -> Contact | None:
    """Another node asks what was released under this Offer or Accept. Only the other home of the Offer,
    while it is released and the agreement runs; each look is recorded."""
    accept = outbox.by_uri(tx, uri)
    answers = accept is not None and accept.type == "Accept"
    thread = threads.from_node(tx, node.id, accept.object if accept is not None and answers else uri)
    if thread is None or thread.post.own is not answers:  # the poster's under the Accept, the helper's else
        return None
    if answers and not _is_latest(tx, thread, uri):
        return None
    return _shown(tx, thread, node.id, at)


def _is_latest(tx: Transaction, thread: Thread, accept_uri: str) -> bool:
    latest = outbox.answer_to(tx, thread.response.uri)
    return latest is not None and latest.uri == accept_uri


def _shown(tx: Transaction, thread: Thread, who: str, at: datetime) -> Contact | None:
    """What the other side of the thread released, with the look in the log."""
    released = kept.released(tx, thread.response.id, thread.side.other)
    owner = thread.other
    if released is None or owner is None or not thread.agreed or _looks(tx, thread, who, at) >= LOOKS_AN_HOUR:
        return None
    shown = kept.of(tx, owner).only(released.fields)
    log.record(tx, Happening.CONTACT_SEEN, who, thread.response.id, at, " ".join(shown.known))
    return shown


def _looks(tx: Transaction, thread: Thread, who: str, at: datetime) -> int:
    since = at - timedelta(hours=1)
    found = log.of(tx, thread.response.id)
    return sum(one.what is Happening.CONTACT_SEEN and one.who == who and one.at > since for one in found)


def _require_agreed(thread: Thread) -> None:
    if not thread.agreed:
        raise Conflict(phrase("This is possible while an agreement runs between you."))
