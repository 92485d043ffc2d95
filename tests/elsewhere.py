"""Somebody with an account on other software, and our hub's advice: put there as if it had come over the
wire."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from node.acts import accounts, replies
from node.acts.replies import Told
from node.neighbourhood.account import Account
from node.neighbourhood.node import Follow
from node.neighbourhood.post import Post
from node.neighbourhood.response import Response
from node.storage import accounts as kept
from node.storage import advisories, responses
from node.storage.advisories import Advisory
from node.storage.database import Transaction

HANDLE = "@mo@social.example"


def account(tx: Transaction, at: datetime, user: str = "mo", **change: Any) -> Account:
    """Mo, whom a supervisor let in once, unless `change` says otherwise."""
    origin = "https://social.example"
    actor = f"{origin}/users/{user}"
    made = Account(
        id=uuid4().hex,
        actor=actor,
        origin=origin,
        kind="Person",
        handle=f"{user}@social.example",
        name=user.capitalize(),
        inbox=f"{actor}/inbox",
        met=at,
        shared_inbox=f"{origin}/inbox",
        url=f"{origin}/@{user}",
    )
    kept.add(tx, replace(made, **{"known": True, **change}))
    return replace(made, **{"known": True, **change})


def follower(tx: Transaction, at: datetime, user: str = "fa", **change: Any) -> Account:
    """Somebody who follows us."""
    follow = {"their_follow": Follow.ACCEPTED, "their_follow_uri": f"https://social.example/follows/{user}"}
    return account(tx, at, user, **{**follow, **change})


def asks_to_follow(tx: Transaction, at: datetime, user: str = "mo", **change: Any) -> Account:
    """Somebody whom nobody here knows asks to follow us."""
    follow = {"their_follow": Follow.PENDING, "their_follow_uri": f"https://social.example/follows/{user}"}
    return account(tx, at, user, **{"known": False, **follow, **change})


def advised(tx: Transaction, at: datetime, subject: str = "spam.example", **change: Any) -> Advisory:
    """Our hub advises to block a server."""
    made = Advisory(f"https://gemeente.example/ap/a/{subject}", subject, "Spam", at, None, advisories.OPEN)
    assert advisories.add(tx, replace(made, **change))
    return replace(made, **change)


def wrote(
    tx: Transaction, who: Account, post: Post | None, text: str, at: datetime, public: bool = False
) -> str:
    """They write about a post, or to the neighbourhood; the id of what they wrote."""
    uri = f"{who.actor}/statuses/{uuid4().hex}"
    about = [post.uri] if post is not None else []
    replies.arrived(tx, accounts.met(tx, who, {}, at) or who, Told(uri, about, public, text), at)
    return uri


def answered(tx: Transaction, post: Post, at: datetime, text: str = "Ik kan dinsdag.") -> Response:
    """Mo, whom we know, answers a public request or offer of ours in private."""
    uri = wrote(tx, kept.by_actor(tx, "https://social.example/users/mo") or account(tx, at), post, text, at)
    found = responses.by_uri(tx, uri)
    assert found is not None
    return found


def known(tx: Transaction, user: str = "mo") -> Account:
    """The account that was put there."""
    found = kept.by_actor(tx, f"https://social.example/users/{user}")
    assert found is not None
    return found
