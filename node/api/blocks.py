"""Whom the node keeps out, lists of others, and whom a hub advises to block; for an operator."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from node.acts import advice as advising
from node.acts import blocklist
from node.acts import blocks as acts
from node.api import lists
from node.api.lists import PageAsked
from node.api.operation import Call, Moment, Nothing
from node.neighbourhood.block import Block as Known
from node.neighbourhood.block import Severity, Source
from node.neighbourhood.blocklist import read, written
from node.neighbourhood.refusal import Invalid
from node.neighbourhood.resident import Resident
from node.storage import advisories
from node.storage import blocks as kept
from node.storage.advisories import Advisory
from node.storage.database import Transaction

Subject = Annotated[
    str,
    Meta(
        description="The name of a server (all under it too), or the address of an account.",
        max_length=2048,
        examples=["spam.example"],
    ),
]
Why = Annotated[str, Meta(max_length=200)]
_WORDS = {"until": "expires"}


class Block(Struct):
    """A server or an account that is kept out. `source` is who wanted it."""

    subject: str
    severity: Severity
    reason: str
    source: Source
    since: Moment


class Blocks(Struct):
    """A page of them, by subject."""

    items: list[Block]
    next: str | None


class NewBlock(Struct, forbid_unknown_fields=True):
    """Whom to keep out, how much, and why."""

    subject: Subject
    severity: Severity = Severity.BLOCK
    reason: Why = ""


class Lifted(Struct, forbid_unknown_fields=True):
    """Who is kept out no more."""

    subject: Subject


class BlockFile(Struct):
    """A list that other servers read: CSV, as Mastodon writes it. The servers, not the accounts."""

    csv: str


class NewList(Struct, forbid_unknown_fields=True):
    """A list of others, as CSV or a name on each line. `look`: only say what it would do."""

    list: Annotated[str, Meta(examples=["spam.example,suspend,false,false,Spam,false"])]
    look: bool = False


class Listed(Struct):
    """What a list did, or would do.

    `new`: servers that were not kept out yet; `known`: that are, and stay so. Left out are `ours` (it named
    ourselves), `noop`, `hidden` (stars in the name) and `unread` lines. `nodes`: addresses of nodes that are
    blocked by it; `accounts`: how many are shut out, and `followers` of those.
    """

    new: int
    known: int
    ours: int
    noop: int
    hidden: int
    unread: int
    nodes: list[str]
    accounts: int
    followers: int


class Advised(Struct):
    """Whom a hub advises to block. `state`: what came of it here (open, taken, ignored)."""

    id: str
    subject: str
    reason: str
    state: str
    since: Moment
    expires: Moment | None


class AdvicePage(Struct):
    """What is advised now, the newest first."""

    items: list[Advised]
    next: str | None


class NewAdvice(Struct, forbid_unknown_fields=True):
    """At a hub: whom its members had better block, why, and until when."""

    subject: Subject
    reason: Why = ""
    expires: Moment | None = None


def listing(tx: Transaction, call: Call[PageAsked]) -> Blocks:
    """Whom we keep out."""
    end = lists.ended(call.asked)
    found = kept.listing(tx, end[0] if end else "", call.asked.limit + 1)
    shown, more = lists.page(found, call.asked.limit, lambda one: (one.subject, ""))
    return Blocks([_shown(one) for one in shown], more)


def put(tx: Transaction, call: Call[NewBlock]) -> Block:
    """Keep somebody out."""
    asked = call.asked
    return _shown(acts.put(tx, call.by, asked.subject, asked.severity, asked.reason, call.at))


def lift(tx: Transaction, call: Call[Lifted]) -> None:
    """Keep somebody out no more."""
    acts.lift(tx, call.by, call.asked.subject.strip(), call.at)


def export(tx: Transaction, call: Call[Nothing]) -> BlockFile:
    """Our servers, as a list for others."""
    return BlockFile("".join(written(kept.everyone(tx))))


def take_in(tx: Transaction, call: Call[NewList]) -> Listed:
    """Take in a list of others, or look what it would do."""
    said = read(call.asked.list)
    if call.asked.look:
        found = blocklist.weighed(tx, said.wanted)
    else:
        found = blocklist.take_in(tx, call.by, said.wanted, call.at)
    return Listed(
        new=len(found.fresh),
        known=found.known,
        ours=found.ours,
        noop=said.noop,
        hidden=said.hidden,
        unread=said.unread,
        nodes=[one.origin for one in found.nodes],
        accounts=len(found.accounts),
        followers=found.followers,
    )


def advised(tx: Transaction, call: Call[PageAsked]) -> AdvicePage:
    """Whom our hub, or we as a hub, advise to block."""
    before = lists.before(call.asked)
    found = sorted(advisories.current(tx, call.at), key=_place, reverse=True)
    found = [one for one in found if before is None or _place(one) < before]
    shown, more = lists.page(found, call.asked.limit, lambda one: lists.by_time(one.created, one.key))
    return AdvicePage([_said(one) for one in shown], more)


def advise(tx: Transaction, call: Call[NewAdvice]) -> Advised:
    """At a hub: advise the members to block somebody."""
    asked = call.asked
    try:
        made = advising.advise(tx, call.by, asked.subject, asked.reason, asked.expires, call.at)
    except Invalid as refused:  # each door has its own word for the end
        raise Invalid({_WORDS.get(field, field): words for field, words in refused.errors.items()}) from None
    return _said(made)


Decision = Callable[[Transaction, Resident, str, datetime], None]


def decide(decision: Decision, tx: Transaction, call: Call[Nothing]) -> Advised:
    """Do as our hub advises, or not."""
    one = advisories.by_key(tx, call.key, call.at)
    decision(tx, call.by, one.uri, call.at)
    return _said(advisories.by_key(tx, call.key, call.at))


def withdraw(tx: Transaction, call: Call[Nothing]) -> None:
    """At a hub: advise it no more."""
    advising.withdraw(tx, call.by, advisories.by_key(tx, call.key, call.at).uri, call.at)


def _place(one: Advisory) -> tuple[datetime, str]:
    return one.created, one.key


def _shown(one: Known) -> Block:
    return Block(one.subject, one.severity, one.why, one.source, one.created)


def _said(one: Advisory) -> Advised:
    return Advised(one.key, one.subject, one.summary, one.state, one.created, one.expires)
