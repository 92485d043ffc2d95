"""Accounts of other software: following us, and ceasing to (`federation.md` 3).

What they get is public anyway, so that a Follow is accepted at once, unless the operator wants to look first
or too many come at a time.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from node.acts import alerts, allowance, responses
from node.neighbourhood.account import (
    FOLLOWERS_OF_ORIGIN,
    MOVES_EVERY,
    NEW_AN_HOUR,
    NEW_AN_HOUR_OF_ORIGIN,
    Account,
)
from node.neighbourhood.activity import Happening
from node.neighbourhood.block import Severity
from node.neighbourhood.node import Follow
from node.neighbourhood.policy import Followers
from node.neighbourhood.refusal import Conflict, phrase
from node.neighbourhood.reply import ReplyState
from node.neighbourhood.resident import Resident
from node.neighbourhood.response import ResponseState
from node.neighbourhood.roles import Deed, Role, require
from node.storage import accounts as kept
from node.storage import (
    applause,
    blocks,
    log,
    lookups,
    nodes,
    outbox,
    policies,
    replies,
    spread,
    threads,
)
from node.storage import responses as kept_responses
from node.storage.database import Transaction

HOUR = timedelta(hours=1)
ROWS_AN_HOUR = 5 * NEW_AN_HOUR  # beyond that a new account is not even kept


def met(tx: Transaction, found: Account, keys: dict[str, str], at: datetime) -> Account | None:
    """An actor was fetched from its own origin, and follows or writes: keep what it says of itself. None when
    so many new ones come that we keep no more of them."""
    known = kept.by_actor(tx, found.actor, lock=True)
    if known is None:
        if kept.met_since(tx, at - HOUR) >= ROWS_AN_HOUR:
            return None
        if not kept.add(tx, found):  # another request of the same account came first
            return kept.by_actor(tx, found.actor, lock=True)
        account = found
    else:
        ours = ("id", "met", "their_follow", "their_follow_uri", "known", "blocked", "moved")
        account = replace(found, **{name: getattr(known, name) for name in ours})
        kept.save(tx, account)
    nodes.keep_keys(tx, account.actor, account.origin, keys, at)
    return account


def followed(tx: Transaction, account: Account, follow_uri: str, at: datetime) -> None:
    """An account follows us: accepted at once, or after an operator looked, as the policy says. The same
    Follow again gets the same answer."""
    if account.blocked or not allowance.left(tx, account, "followed", at):
        return
    before = account.their_follow
    state = before if before in (Follow.ACCEPTED, Follow.PENDING) else _answer(tx, account, at)
    kept.save(tx, replace(account, their_follow=state, their_follow_uri=follow_uri))
    if state is Follow.ACCEPTED:
        _say(tx, account, "Accept", follow_uri, at)
    elif state is Follow.REJECTED:
        _say(tx, account, "Reject", follow_uri, at)
    elif before is not Follow.PENDING:
        log.record(tx, Happening.FOLLOW_ASKED, account.id, account.id, at)
        if kept.asking(tx) == 1:  # told once: the others stand beside it when the operator looks
            alerts.to_role(tx, Role.OPERATOR, "follow asked", at)


def unfollowed(tx: Transaction, account: Account, at: datetime) -> None:
    """An account follows us no more: it undid its Follow, or blocked us."""
    if account.their_follow is not Follow.NONE:
        kept.save(tx, replace(account, their_follow=Follow.NONE, their_follow_uri=None))


def admit(tx: Transaction, by: Resident, account_id: str, at: datetime) -> Account:
    """Let an account follow us that asked to. Only an operator."""
    return _decided(tx, by, account_id, Follow.ACCEPTED, at)


def refuse(tx: Transaction, by: Resident, account_id: str, at: datetime) -> Account:
    """Do not let an account follow us, or no longer. Only an operator; it hears so."""
    return _decided(tx, by, account_id, Follow.REJECTED, at)


def gone(tx: Transaction, account: Account, at: datetime) -> None:
    """An account was deleted, by itself: all that it said here goes, and nobody writes to it any more."""
    for reply in replies.of_account(tx, account.id):
        replies.save(tx, replace(reply, state=ReplyState.GONE, text="", decided=reply.decided or at))
    drop_answers(tx, account, at)
    kept_responses.forget_words(tx, account.id)
    threads.forget(tx, account.id, at)
    applause.forget(tx, account.actor)
    kept.forget_keys(tx, account.actor)
    bare = replace(account, name="", their_follow=Follow.NONE, their_follow_uri=None, known=False)
    kept.save(tx, bare)


def moves(tx: Transaction, account: Account, target: str, origin: str, at: datetime) -> None:
    """An account says that it lives at another address (`target`, of `origin`): we look. Not at a server
    that is blocked, one move at a time, and none within a month of the last."""
    if _moved_lately(account, at) or lookups.begins(tx, "move", f"{account.id} "):
        return
    blocked = blocks.severity(tx, origin, target) is Severity.BLOCK
    if not blocked and allowance.left(tx, account, "moved", at):
        lookups.ask(tx, "move", f"{account.id} {target}", at)


def moved(tx: Transaction, account_id: str, found: Account, keys: dict[str, str], at: datetime) -> None:
    """An account lives elsewhere now, as both the old and the new one say: its conversations go on with the
    new one. At most once in thirty days; who is blocked stays so. Following us has to be asked for anew."""
    account = kept.get(tx, account_id, lock=True)
    if _moved_lately(account, at) or account.blocked or found.actor == account.actor:
        return
    if blocks.severity(tx, found.origin, found.actor) is Severity.BLOCK:
        return
    new = met(tx, found, keys, at)
    if new is None or new.blocked:
        return
    kept_responses.hand_over(tx, account.id, new.id)
    kept.save(tx, replace(new, moved=at, known=new.known or account.known))
    kept.save(tx, replace(account, moved=at, their_follow=Follow.NONE, their_follow_uri=None))
    log.record(tx, Happening.MOVED_AWAY, account.id, new.id, at)


def drop_answers(tx: Transaction, account: Account, at: datetime) -> None:
    """What an account answered no longer counts."""
    for response in kept_responses.of_account(tx, account.id):
        if response.state in (ResponseState.PENDING, ResponseState.ACCEPTED):
            responses.unsaid(tx, account, response.id, at)


def _decided(tx: Transaction, by: Resident, account_id: str, state: Follow, at: datetime) -> Account:
    require(by, Deed.RUN_BORDERS)
    account = kept.get(tx, account_id, lock=True)
    if account.their_follow_uri is None or account.their_follow is Follow.NONE:
        raise Conflict(phrase("This account does not follow us."))
    if account.blocked:
        raise Conflict(phrase("This account is blocked. Lift the block first."))
    if account.their_follow is state:
        return account
    after = replace(account, their_follow=state)
    kept.save(tx, after)
    admitted = state is Follow.ACCEPTED
    _say(tx, account, "Accept" if admitted else "Reject", account.their_follow_uri, at)
    what = Happening.FOLLOWER_ADMITTED if admitted else Happening.FOLLOWER_REFUSED
    log.record(tx, what, by.id, account.id, at)
    return after


def _moved_lately(account: Account, at: datetime) -> bool:
    return account.moved is not None and at - account.moved < MOVES_EVERY


def _answer(tx: Transaction, account: Account, at: datetime) -> Follow:
    """What the policy makes of a new Follow. When a flood of new accounts comes, all wait (R04)."""
    policy = policies.current(tx)
    if policy.followers is Followers.CLOSED:
        return Follow.REJECTED
    flood = kept.met_since(tx, at - HOUR) > NEW_AN_HOUR
    flood = flood or kept.met_since(tx, at - HOUR, account.origin) > NEW_AN_HOUR_OF_ORIGIN
    flood = flood or kept.followers(tx, account.origin) >= FOLLOWERS_OF_ORIGIN
    held = blocks.severity(tx, account.origin, account.actor) is Severity.HOLD
    asks = policy.followers is Followers.ASK or flood or held
    return Follow.PENDING if asks and not account.known else Follow.ACCEPTED


def _say(tx: Transaction, account: Account, what: str, follow_uri: str, at: datetime) -> None:
    facts = {"follow": follow_uri, "to": account.actor}
    spread.to_account(tx, outbox.add(tx, what, follow_uri, facts, at), account.id)
