"""Blocks: having nothing to do with a server or an account elsewhere, or looking at what it says first.

What was already sent there is called back as ever: a Delete goes to everybody who got the post.
"""

from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from node.acts import accounts as acts
from node.acts import nodes as borders
from node.neighbourhood.account import Account
from node.neighbourhood.activity import Happening, checked_why
from node.neighbourhood.block import Block, Severity, Source, checked_subject, subjects_of
from node.neighbourhood.node import Node
from node.neighbourhood.refusal import Invalid, NotFound, phrase
from node.neighbourhood.reply import ReplyState
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, require
from node.storage import accounts, log, nodes, replies
from node.storage import blocks as kept
from node.storage.database import Transaction


def put(
    tx: Transaction,
    by: Resident,
    subject: str,
    severity: str,
    why: str,
    at: datetime,
    source: Source = Source.OWN,
) -> Block:
    """Block a server or an account, or hold what it says. What stands of it here goes. Only an operator."""
    require(by, Deed.RUN_BORDERS)
    if severity not in set(Severity):
        raise Invalid({"severity": phrase("Choose one of these.")})
    subject = checked_subject(subject)
    if subject in subjects_of(tx.home.origin, tx.home.actor):
        raise Invalid({"subject": phrase("This is our own address.")})
    made = Block(subject, Severity(severity), checked_why(why), source, at, by.id)
    before = kept.by_subject(tx, subject)
    if kept.put(tx, made):
        log.record(tx, Happening.BLOCK_PUT, by.id, subject, at, made.why or None)
    for node in _nodes(tx, subject):
        if made.severity is Severity.BLOCK:
            borders.block(tx, by, node.id, at)
    if before is not None and before.severity is Severity.BLOCK:
        _let_speak(tx, by, subject, at)
    _apply(tx, subject, at)
    return made


def lift(tx: Transaction, by: Resident, subject: str, at: datetime) -> None:
    """Speak again with a server or an account; following has to be asked for anew. Only an operator."""
    require(by, Deed.RUN_BORDERS)
    if not kept.remove(tx, subject):
        raise NotFound(phrase("This is not here, or no longer."))
    log.record(tx, Happening.BLOCK_LIFTED, by.id, subject, at)
    _let_speak(tx, by, subject, at)
    _apply(tx, subject, at)


def _let_speak(tx: Transaction, by: Resident, subject: str, at: datetime) -> None:
    """The nodes that this was about are blocked no more, unless another block says so."""
    for node in _nodes(tx, subject):
        if node.blocked and kept.severity(tx, node.origin, node.actor) is not Severity.BLOCK:
            borders.unblock(tx, by, node.id, at)


def _apply(tx: Transaction, subject: str, at: datetime) -> None:
    """Make each account that this is about blocked or not, as all blocks together say."""
    for account in _accounts(tx, subject):
        blocked = kept.severity(tx, account.origin, account.actor) is Severity.BLOCK
        if blocked and not account.blocked:
            silence(tx, account, at)
            accounts.shut_out(tx, [account.id])
        elif account.blocked and not blocked:
            accounts.save(tx, replace(account, blocked=False))


def silence(tx: Transaction, account: Account, at: datetime) -> None:
    """What an account said here counts no more, and what of it waits is read by nobody."""
    acts.drop_answers(tx, account, at)
    for reply in replies.of_account(tx, account.id):
        if reply.state is ReplyState.WAITING:
            replies.save(tx, replace(reply, state=ReplyState.TURNED_AWAY, text="", decided=at))


def _nodes(tx: Transaction, subject: str) -> list[Node]:
    """The nodes that this is about; at most every node we know is looked at."""
    return [node for node in nodes.everyone(tx) if subject in subjects_of(node.origin, node.actor)]


def _accounts(tx: Transaction, subject: str) -> list[Account]:
    if "/" not in subject:
        return accounts.of_host(tx, subject)
    found = accounts.by_actor(tx, subject, lock=True)
    return [found] if found is not None and urlsplit(subject).path else []
