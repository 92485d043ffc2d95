"""Answers of other nodes' people to our notices and events, as they arrive: who may, in one sentence each."""

from datetime import datetime
from typing import Any

from node.acts import attendance, comments
from node.federation import reading
from node.federation.documents import name_of, origin_of, uri_of, uris_of, words_of
from node.neighbourhood.node import Node
from node.storage.database import Transaction


def is_reply(note: Any) -> bool:
    """Whether a Note answers another: then it is no post."""
    return isinstance(note, dict) and uri_of(note.get("inReplyTo")) is not None


def reply(tx: Transaction, node: Node, activity: dict[str, Any], at: datetime) -> None:
    """A node that may hold a notice of ours may have one of its people answer it in public; it is not changed
    later."""
    note = activity["object"]
    uri, about, who = (
        uri_of(note),
        uri_of(note.get("inReplyTo")),
        _party(note, node) or _party(activity, node),
    )
    source = note.get("source")
    text = words_of(source.get("content"), reading.TEXT) if isinstance(source, dict) else None
    if activity.get("type") != "Create" or uri is None or about is None or who is None or text is None:
        return
    if origin_of(uri) == node.origin and uris_of(note.get("attributedTo")) == [node.actor]:
        comments.said(tx, node, uri, about, *who, text, at)


def join(tx: Transaction, node: Node, activity: dict[str, Any], at: datetime) -> None:
    """A node that may hold an event of ours may say that one of its people comes."""
    about, who = uri_of(activity.get("object")), _party(activity, node)
    if about is not None and who is not None:
        attendance.joined(tx, node, str(activity["id"]), about, *who, at)


def _party(said: dict[str, Any], node: Node) -> tuple[str, str] | None:
    """Who stands behind it: an id of that node's own, and a name."""
    party = said.get("party")
    if not isinstance(party, dict):
        return None
    who, name = uri_of(party), name_of(party.get("name"), 80)
    return (who, name) if who is not None and name is not None and origin_of(who) == node.origin else None
