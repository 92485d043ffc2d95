"""Somebody goes, with all that is theirs: here at once, and everywhere else as fast as it hears of it.

What others wrote stays theirs. What stays of the deeds is in the books, without the name.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from node.acts import direct, invites, posts, publish, responses, threads
from node.neighbourhood.activity import Happening
from node.neighbourhood.match import MatchState
from node.neighbourhood.post import Kind, State
from node.neighbourhood.refusal import Conflict, NotFound, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.response import LIVE, ResponseState
from node.neighbourhood.roles import Deed, Role, require
from node.storage import accounts, erasing, erasures, log, outbox, residents
from node.storage import invites as kept_invites
from node.storage import matches as kept_matches
from node.storage import posts as kept_posts
from node.storage import responses as kept_responses
from node.storage import threads as kept_threads
from node.storage.database import Transaction

RECEIPT_LASTS = timedelta(days=90)  # as long as a Delete is tried (30 days), and then some


@dataclass(frozen=True)
class Outlook:
    """What would go: how many posts, and how many agreements that run."""

    posts: int
    agreements: int


def erase(tx: Transaction, person: Resident, at: datetime) -> str:
    """Erase a person: the secret of the receipt, which names nobody. Only for oneself, or the node itself for
    whoever did not come back. Not the last operator.

    First whatever was agreed is undone, so that nobody waits for them; then every copy of their posts is
    asked to go; then all rows here (`storage.erasing`).
    """
    require(person, Deed.READ_OWN)
    residents.get(tx, person.id, at)  # gone already
    require_not_last(tx, person, at)
    for response_id in erasing.answers(tx, person.id):
        _take_back(tx, person, response_id, at)
    for asked in kept_invites.waiting_for(tx, person.id):
        if asked.live(at):
            invites.decline(tx, person, asked.id, at)
    own, shared = erasing.own_posts(tx, person.id), erasing.shared(tx, person.id)
    for message_id in erasing.messages(tx, person.id):
        threads.take_back(tx, person, message_id, at)
    for post_id in own:
        found = kept_posts.get(tx, post_id, lock=True)
        if found.state is not State.WITHDRAWN:
            posts.taken_down(tx, found, person.id, at)
    _take_back_words(tx, own, at)
    log.record(tx, Happening.ERASED, person.id, person.id, at)
    erasing.forget(tx, person.id, at)
    secret = secrets.token_urlsafe(24)
    erasures.add(tx, secret, shared, at, at + RECEIPT_LASTS)
    return secret


def require_not_last(tx: Transaction, person: Resident, at: datetime) -> None:
    """Refuse the last operator: without one nobody can let anybody in, or help."""
    if residents.holding(tx, Role.OPERATOR, at, lock=True) == [person.id]:
        raise Conflict(
            phrase("You are the last operator here. Give somebody else that role first, then you can go.")
        )


def outlook(tx: Transaction, person: Resident) -> Outlook:
    """What it comes to, to read before. Only of oneself."""
    require(person, Deed.READ_OWN)
    running = [one for one in kept_matches.of_resident(tx, person.id) if one.state is MatchState.AGREED]
    return Outlook(len(erasing.own_posts(tx, person.id)), len(running))


def receipt(tx: Transaction, secret: str, at: datetime) -> tuple[erasures.Receipt, list[erasures.Holder]]:
    """What became of the copies. Whoever has the secret; raises NotFound when its day is over."""
    found = erasures.by_secret(tx, secret, at)
    if found is None:
        raise NotFound(phrase("This receipt is not here, or no longer."))
    return found, erasures.holders(tx, found)


def _take_back(tx: Transaction, person: Resident, response_id: str, at: datetime) -> None:
    """An answer that still counts: whoever it was for hears that it is off. What is done stays done."""
    response = kept_responses.get(tx, response_id)
    post = kept_posts.get(tx, response.post_id)
    if post.kind is Kind.NOTICE and response.state is not ResponseState.WITHDRAWN:
        responses.withdraw(tx, person, response_id, at)
        return
    match = kept_matches.of_response(tx, response_id)
    done = match is not None and match.state is MatchState.DONE
    if response.state in LIVE and not done:
        responses.withdraw(tx, person, response_id, at)


def _take_back_words(tx: Transaction, own: list[str], at: datetime) -> None:
    """What accounts elsewhere were written about these posts goes there too; what they are told now tells no
    title."""
    for uri in erasing.direct_words(tx, own, at):
        sent = outbox.latest(tx, "Create", uri)
        to = accounts.by_actor(tx, str((sent.facts or {})["to"])) if sent is not None else None
        kept_threads.unsay(tx, uri)
        if to is not None:
            direct.unsay(tx, to.id, publish.words_gone(uri, at), at)
    erasing.unname(tx, own, at)
