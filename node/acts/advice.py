"""Advice: a hub says whom its members had better block; each member's own policy says what becomes of that.

A hub can never change what a node holds: it can only ask (`federation.md` 3).
"""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from node.acts import blocks
from node.neighbourhood.activity import Happening, checked_why
from node.neighbourhood.block import Severity, Source, checked_subject, is_too_wide
from node.neighbourhood.node import Node, NodeKind
from node.neighbourhood.policy import Advice
from node.neighbourhood.refusal import Conflict, Invalid, NotFound, Refusal, phrase
from node.neighbourhood.resident import Resident, console
from node.neighbourhood.roles import Deed, require
from node.storage import advisories as kept
from node.storage import blocks as kept_blocks
from node.storage import log, outbox, policies
from node.storage.advisories import Advisory
from node.storage.database import Transaction


def advise(
    tx: Transaction, by: Resident, subject: str, summary: str, expires: datetime | None, at: datetime
) -> Advisory:
    """At a hub: advise the members to block somebody, and block them here. Only an operator."""
    require(by, Deed.RUN_BORDERS)
    if not tx.home.is_hub:
        raise Conflict(phrase("Only a hub gives advice."))
    subject, summary = checked_subject(subject), checked_why(summary)
    if expires is not None and expires <= at:
        raise Invalid({"until": phrase("Choose a day that is still to come.")})
    if any(one.subject == subject for one in kept.current(tx, at)):
        raise Conflict(phrase("This is advised already."))
    blocks.put(tx, by, subject, Severity.BLOCK, summary, at)
    uri = tx.home.uri("a", uuid4().hex)
    made = Advisory(uri, subject, summary, at, expires, kept.TAKEN)
    kept.add(tx, made)
    _tell(tx, "Add", made, at)
    log.record(tx, Happening.ADVISED, by.id, subject, at, summary or None)
    return made


def withdraw(tx: Transaction, by: Resident, uri: str, at: datetime) -> None:
    """At a hub: it is no longer advised, nor blocked here. Only an operator."""
    require(by, Deed.RUN_BORDERS)
    advisory = kept.by_uri(tx, uri)
    if advisory is None or not tx.home.is_hub:
        raise NotFound(phrase("This is not here, or no longer."))
    kept.remove(tx, uri)
    if kept_blocks.by_subject(tx, advisory.subject) is not None:
        blocks.lift(tx, by, advisory.subject, at)
    _tell(tx, "Remove", advisory, at)
    log.record(tx, Happening.ADVICE_WITHDRAWN, by.id, advisory.subject, at)


def listed(tx: Transaction, hub: Node, found: Collection[Advisory], at: datetime) -> None:
    """At a member: our own hub's list was read. What is new is taken, asked or ignored, as the policy says;
    what is no longer on it ends, with the block that it made."""
    if hub.kind is not NodeKind.HUB or not hub.member:
        return
    holds = {one.uri: one for one in _sound(found, at)}
    for gone in kept.current(tx, at):
        if gone.uri not in holds:
            _end(tx, gone, at)
    expire(tx, at)
    advice = policies.current(tx).advice
    for one in holds.values():
        new = kept.add(tx, one)
        if new and advice is Advice.AUTO:
            _take(tx, console(at), one, at)
        elif new and advice is Advice.IGNORE:
            kept.set_state(tx, one.uri, kept.IGNORED)


def _sound(found: Collection[Advisory], at: datetime) -> Iterator[Advisory]:
    """What still holds and names somebody, each in the one spelling in which it is blocked."""
    for one in found:
        if one.expires is not None and one.expires <= at:
            continue
        try:
            subject = checked_subject(one.subject)
        except Invalid:
            continue
        if not is_too_wide(subject):
            yield replace(one, subject=subject)


def expire(tx: Transaction, at: datetime) -> int:
    """Advice ends by itself when its time is over, at the hub and at each member."""
    over = kept.ended(tx, at)
    for one in over:
        if tx.home.is_hub:
            withdraw(tx, console(at), one.uri, at)
        else:
            _end(tx, one, at)
    return len(over)


def take(tx: Transaction, by: Resident, uri: str, at: datetime) -> None:
    """At a member: do as the hub advises. Only an operator."""
    require(by, Deed.RUN_BORDERS)
    _take(tx, by, _open(tx, uri), at)


def ignore(tx: Transaction, by: Resident, uri: str, at: datetime) -> None:
    """At a member: do not do as the hub advises, or no longer. Only an operator."""
    require(by, Deed.RUN_BORDERS)
    advisory = _open(tx, uri)
    if advisory.state == kept.IGNORED:
        return
    kept.set_state(tx, uri, kept.IGNORED)
    _lift(tx, by, advisory, at)
    log.record(tx, Happening.ADVICE_IGNORED, by.id, advisory.subject, at)


def _take(tx: Transaction, by: Resident, advisory: Advisory, at: datetime) -> None:
    before = kept_blocks.by_subject(tx, advisory.subject)
    source = Source.HUB if before is None else before.source  # what was ours stays when the advice ends
    try:
        if before is None or before.severity is not Severity.BLOCK:
            blocks.put(tx, by, advisory.subject, Severity.BLOCK, advisory.summary, at, source)
    except Refusal:  # it names ourselves, or nobody: nothing to do
        kept.set_state(tx, advisory.uri, kept.IGNORED)
        return
    kept.set_state(tx, advisory.uri, kept.TAKEN)
    log.record(tx, Happening.ADVICE_TAKEN, by.id, advisory.subject, at)


def _open(tx: Transaction, uri: str) -> Advisory:
    advisory = kept.by_uri(tx, uri)
    if advisory is None or tx.home.is_hub:
        raise NotFound(phrase("This is not here, or no longer."))
    return advisory


def _end(tx: Transaction, advisory: Advisory, at: datetime) -> None:
    kept.remove(tx, advisory.uri)
    _lift(tx, console(at), advisory, at)


def _lift(tx: Transaction, by: Resident, advisory: Advisory, at: datetime) -> None:
    """What the hub wanted ends; what our own operator wanted stays."""
    block = kept_blocks.by_subject(tx, advisory.subject)
    others = [one for one in kept.current(tx, at) if one.subject == advisory.subject]
    again = any(one.state == kept.TAKEN for one in others if one.uri != advisory.uri)
    if block is not None and block.source is Source.HUB and not again:
        blocks.lift(tx, by, advisory.subject, at)


def _tell(tx: Transaction, what: str, advisory: Advisory, at: datetime) -> None:
    facts = {"advisory": advisory.uri}
    outbox.send_to_members(tx, outbox.add(tx, what, advisory.uri, facts, at))
