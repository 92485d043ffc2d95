"""Threads: a poster and one helper write to each other, here or from node to node, and nobody else reads
it."""

import json
from dataclasses import replace
from datetime import datetime
from uuid import NAMESPACE_OID, uuid4, uuid5

from node.acts import alerts, allowance, decision, direct
from node.neighbourhood.account import Account
from node.neighbourhood.activity import Happening
from node.neighbourhood.node import Node
from node.neighbourhood.post import later
from node.neighbourhood.refusal import Conflict, NotFound, Refusal, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, require
from node.neighbourhood.saying import Saying
from node.neighbourhood.thread import (
    LATELY,
    TEXT_LENGTH,
    Message,
    Side,
    Thread,
    checked_message,
    require_open,
    require_pace,
)
from node.storage import accounts, letters, log, nodes, outbox, responses, sayings, thanks, tombstones
from node.storage import threads as kept
from node.storage.database import Transaction


def write(
    tx: Transaction,
    by: Resident,
    response_id: str,
    text: str,
    at: datetime,
    agreed_for: datetime | None = None,
    thanking: bool = False,
    form: str = "",
) -> Message:
    """Write to the other. One of the two, while the conversation is open. `agreed_for`: only through
    `acts.appointments`; `thanking`: only through `acts.thanks`.

    `form` is a secret of the form it was typed on: the same words from the same form are said once, however
    often they come, also when they were taken back in between.
    """
    thread = kept.see(tx, by, response_id, lock=True)
    require(by, Deed.WRITE, thread.owner)
    text = checked_message(text)
    key = _key(by, response_id, text, form)
    if form and (said := kept.known(tx, {key}).get(key)):
        return said
    _require_room(tx, thread, at)
    _require_way(tx, thread)
    message = _said(tx, thread, key, tx.home.uri("m", key), text, by.id, at, thanking)
    if thread.node_id is not None:
        facts = {"uri": message.uri, "context": thread.response.uri, "text": text}
        facts |= {"agreed_for": _stamp(agreed_for)} if agreed_for is not None else {}
        outbox.send_to(tx, outbox.add(tx, "Create", message.uri, facts, at), thread.node_id)
    elif thread.account_id is not None:
        before = kept.last_from(tx, response_id, thread.side.other) or thread.response.uri
        direct.message(tx, thread.account_id, thread.post, message.uri, before, text, at)
    kept.read(tx, by.id, response_id, message.created)
    return message


def arrived(tx: Transaction, node: Node, uri: str, offer_uri: str, text: str, at: datetime) -> None:
    """A message came. Only from the other home of the Offer it is about, while the conversation is open."""
    thread = kept.from_node(tx, node.id, offer_uri)
    if thread is None or tombstones.buried(tx, uri) or kept.by_uri(tx, uri) is not None:
        return
    try:
        text = checked_message(text)
        _require_room(tx, thread, at)
    except Refusal:
        return
    _said(tx, thread, uuid4().hex, uri, text, node.id, at)


def wrote(tx: Transaction, account: Account, uri: str, response_id: str, text: str, at: datetime) -> bool:
    """An account of other software wrote about its answer, to us alone. Only the one that gave it, while the
    conversation is open; False when it was not taken."""
    thread = kept.from_account(tx, account.id, response_id)
    if thread is None or tombstones.buried(tx, uri) or kept.by_uri(tx, uri) is not None:
        return False
    try:
        text = checked_message(text[:TEXT_LENGTH])
        _require_room(tx, thread, at)
    except Refusal:
        return False
    _said(tx, thread, uuid4().hex, uri, text, account.id, at)
    return True


def reworded(tx: Transaction, account: Account, uri: str, text: str, at: datetime) -> bool:
    """An account of other software changed a message that it wrote to us. Only its own, while the
    conversation is open; not what was taken back or away, nor what waits to be judged. False when nothing
    changed. Nobody is rung up for it."""
    message = kept.by_uri(tx, uri)
    if message is None or message.side is not Side.HELPER:
        return False
    thread = kept.from_account(tx, account.id, message.response_id)
    message = kept.get(tx, message.id)  # as it is now that the conversation is locked
    if thread is None or account.blocked or message.deleted is not None:
        return False
    if sayings.open_about(tx, Saying(thread.post, thread.response, message)):
        return False  # a supervisor is to read what was reported
    try:
        text = checked_message(text[:TEXT_LENGTH])
        require_open(thread, at)
    except Refusal:
        return False
    if text == message.text or not allowance.left(tx, account, "reworded", at):
        return False
    kept.save(tx, replace(message, text=text, changed=at))
    return True


def take_back(tx: Transaction, by: Resident, message_id: str, at: datetime) -> None:
    """Take a message of one's own back: its words go here, and at the other's node. Only who wrote it."""
    message = kept.get(tx, message_id)
    try:
        thread = kept.see(tx, by, message.response_id, lock=True)
    except NotFound:
        raise NotFound(phrase("This message is not here, or no longer.")) from None
    require(by, Deed.WRITE, thread.owner if thread.side is message.side else None)
    if message.deleted is None:
        taken_away(tx, thread, message, at)


def taken_away(tx: Transaction, thread: Thread, message: Message, at: datetime) -> None:
    """The words of a message go here; when its writer (the `side` of the thread) is one of ours, whoever got
    it elsewhere is asked to do the same. Only through `take_back` and `acts.sayings`."""
    _gone(tx, message, at)
    if thread.owner is None or (thread.node_id is None and thread.account_id is None):
        return
    kept.unsay(tx, message.uri)
    facts = {"uri": message.uri, "former": "Note", "deleted": _stamp(at)}
    if thread.node_id is not None:
        outbox.send_to(tx, outbox.add(tx, "Delete", message.uri, facts, at), thread.node_id)
    elif thread.account_id is not None:
        direct.unsay(tx, thread.account_id, facts, at)


def taken_back(tx: Transaction, node: Node, uri: str, at: datetime) -> bool:
    """A Delete of a message came. Only from the node that sent it; one that comes too early is kept. False
    when it is about no message."""
    message = kept.by_uri(tx, uri)
    if message is not None:
        if message.deleted is None:
            _gone(tx, message, at)
        return True
    if uri.startswith(f"{node.origin}/ap/m/"):
        tombstones.bury(tx, uri, at)
        return True
    return False


def unwritten(tx: Transaction, account: Account, uri: str, at: datetime) -> bool:
    """An account of other software deleted a message that it wrote to us. Only its own; False when it is no
    message."""
    message = kept.by_uri(tx, uri)
    if message is None:
        return False
    theirs = message.side is Side.HELPER and kept.from_account(tx, account.id, message.response_id)
    if theirs and message.deleted is None:
        _gone(tx, message, at)
    return True


def read(tx: Transaction, by: Resident, response_id: str, until: datetime) -> None:
    """Note until where one of the two has read: only for their own list."""
    thread = kept.see(tx, by, response_id)
    require(by, Deed.WRITE, thread.owner)
    kept.read(tx, by.id, response_id, until)


def _key(by: Resident, response_id: str, text: str, form: str) -> str:
    """The id of a new message; for the same words from the same form it is the same."""
    if not form:
        return uuid4().hex
    return uuid5(NAMESPACE_OID, json.dumps([by.id, response_id, form, text])).hex


def _said(
    tx: Transaction,
    thread: Thread,
    key: str,
    uri: str,
    text: str,
    who: str,
    at: datetime,
    thanking: bool = False,
) -> Message:
    """Keep a message after the ones before it, and let its reader know, once until they look; of a thank-you
    always."""
    before = kept.last(tx, thread.response.id)
    created = later(before, at) if before is not None else at
    message = Message(key, uri, thread.response.id, thread.side, text, created)
    waits = thread.other is not None and bool(kept.unread(tx, thread.other, thread.response.id))
    kept.add(tx, message)
    log.record(tx, Happening.WROTE, who, thread.response.id, at)
    if thread.other is not None and (thanking or not waits):
        if thread.response.account_id is not None and thread.side is Side.HELPER:
            alerts.to(tx, "wrote", at, thread.other, talk=thread.response.id)
        else:
            letter = "thanked" if thanking else "wrote"
            letters.add(tx, letter, at, resident_id=thread.other, talk=thread.response.id)
    return message


def _require_room(tx: Transaction, thread: Thread, at: datetime) -> None:
    require_open(thread, at)
    require_pace(*kept.counts(tx, thread.response.id, thread.side, at - LATELY))


def _require_way(tx: Transaction, thread: Thread) -> None:
    if thread.node_id is not None and nodes.get(tx, thread.node_id).blocked:
        raise Conflict(phrase("We have no contact with that neighbourhood any more."))
    if thread.account_id is not None and accounts.get(tx, thread.account_id).blocked:
        raise Conflict(phrase("We have no contact with that account any more."))


def _gone(tx: Transaction, message: Message, at: datetime) -> None:
    kept.save(tx, replace(message, text="", deleted=at))
    if thanks.drop(tx, message.id):
        decision.thanked_or_not(tx, responses.get(tx, message.response_id).post_id)


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
