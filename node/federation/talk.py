"""Messages of a thread, as they come in from the other home of an Offer (`wire.md` 7)."""

from datetime import datetime
from typing import Any

from node.acts import appointments, threads
from node.federation.documents import listed, moment_of, uri_of, uris_of, words_of
from node.neighbourhood.node import Node
from node.neighbourhood.thread import TEXT_LENGTH
from node.storage import threads as kept
from node.storage.database import Transaction


def is_message(note: Any) -> bool:
    """Whether a Note belongs to a thread: it has a `context`, and is neither a post nor a reply."""
    return isinstance(note, dict) and "context" in note and not {"kind", "inReplyTo"} & note.keys()


def message(tx: Transaction, node: Node, activity: dict[str, Any], at: datetime) -> None:
    """Only the other home of an Offer may write in the thread on it, its own words, and to us alone."""
    note, ours = activity["object"], [tx.home.actor]
    uri, offer_uri, source = uri_of(note), uri_of(note.get("context")), note.get("source")
    text = words_of(source.get("content"), TEXT_LENGTH + 1) if isinstance(source, dict) else None
    alone = all(uris_of(one.get("to")) == ours and not listed(one.get("cc")) for one in (activity, note))
    if uri is None or offer_uri is None or text is None or not alone or activity.get("type") != "Create":
        return
    if uri.startswith(f"{node.origin}/ap/m/") and uri_of(note.get("attributedTo")) == node.actor:
        known = kept.by_uri(tx, uri) is not None
        threads.arrived(tx, node, uri, offer_uri, text, at)
        moment = moment_of(note.get("agreedFor"))
        if moment is not None and not known:
            appointments.heard(tx, node, uri, offer_uri, moment, at)
