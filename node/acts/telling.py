"""Telling whoever answered a post what became of that: one of our own in a letter, somebody at another node
by an activity to that node, and an account of other software by a direct Note.
"""

from datetime import datetime

from node.acts import direct
from node.neighbourhood.account import Account
from node.neighbourhood.match import Match
from node.neighbourhood.post import Post
from node.neighbourhood.response import Reason, Response
from node.storage import letters, outbox, posts, spread
from node.storage.database import Transaction


def agreed(tx: Transaction, post: Post, response: Response, match: Match, at: datetime) -> None:
    """It is a deal."""
    if response.account_id is not None:
        direct.word(tx, response.account_id, post, response.uri, "agreed", at)
        return
    if response.node_id is None:
        letters.add(tx, "agreed", at, resident_id=response.resident, post=post.id)
        return
    facts = {"node": response.node_id, "agreement": match.uri, "post": post.uri}
    names = {"party": post.party, "name": post.author_name}
    outbox.send_to(tx, outbox.add(tx, "Accept", response.uri, {**facts, **names}, at), response.node_id)


def done(tx: Transaction, post: Post, response: Response, match: Match, at: datetime) -> None:
    """It worked out. One of our own reads that at the post, and gets no letter about it."""
    if response.account_id is not None:
        direct.word(tx, response.account_id, post, response.uri, "done", at)
    elif response.node_id is not None:
        facts = {"node": response.node_id, "done": True}
        outbox.send_to(tx, outbox.add(tx, "Update", match.uri, facts, at), response.node_id)


def welcomed(tx: Transaction, post: Post, response: Response, at: datetime) -> None:
    """There is place at our event. One of our own sees that at once; the others hear it."""
    facts = {"join": post.uri}
    if response.node_id is not None:
        accept = outbox.add(tx, "Accept", response.uri, {**facts, "node": response.node_id}, at)
        outbox.send_to(tx, accept, response.node_id)
    elif response.account_id is not None:
        accept = outbox.add(tx, "Accept", response.uri, {**facts, "to": response.party}, at)
        spread.to_account(tx, accept, response.account_id)


def let_go(tx: Transaction, response: Response, at: datetime, reason: str | None) -> None:
    """A yes that was given is undone."""
    if response.account_id is not None:
        post = posts.get(tx, response.post_id)
        direct.word(tx, response.account_id, post, response.uri, "called off", at)
        return
    if response.node_id is None:
        letters.add(tx, "called off", at, resident_id=response.resident, post=response.post_id)
        return
    accept = outbox.answer_to(tx, response.uri)
    if accept is not None:
        facts = {"node": response.node_id, **({"reason": reason} if reason else {})}
        outbox.send_to(tx, outbox.add(tx, "Undo", accept.uri, facts, at), response.node_id)


def refused(tx: Transaction, response: Response, reason: Reason, at: datetime) -> None:
    """This answer is not needed, thank you."""
    if response.account_id is not None:
        post = posts.get(tx, response.post_id)
        direct.word(tx, response.account_id, post, response.uri, reason, at)
    elif response.node_id is not None:
        reject(tx, response.node_id, response.uri, reason, at)
    else:
        letters.add(tx, "not needed", at, resident_id=response.resident, post=response.post_id, reason=reason)


def turned_down(tx: Transaction, account: Account, join_uri: str, at: datetime) -> None:
    """There is no place for somebody with an account elsewhere who wanted to come."""
    facts = {"to": account.actor, "reason": Reason.DECLINED}
    spread.to_account(tx, outbox.add(tx, "Reject", join_uri, facts, at), account.id)


def reject(tx: Transaction, node_id: str, offer_uri: str, reason: Reason, at: datetime) -> None:
    """Answer an Offer with no. It is kept, and sent again word for word if the Offer is repeated."""
    outbox.send_to(tx, outbox.add(tx, "Reject", offer_uri, {"node": node_id, "reason": reason}, at), node_id)
