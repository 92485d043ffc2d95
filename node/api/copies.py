"""Where the copies of a post are, and who confirmed."""

from datetime import datetime
from typing import Literal

import msgspec
from msgspec import Struct

from node.api import lists, posts
from node.api.lists import PageAsked
from node.api.nodes import NodeName, address
from node.api.operation import Call, Moment
from node.neighbourhood.post import Kind, Post
from node.neighbourhood.refusal import NotAllowed, phrase
from node.neighbourhood.roles import Deed, may, require
from node.storage import outbox, spread
from node.storage import posts as kept
from node.storage.database import Transaction

CopyState = Literal["asked", "delivered", "holds", "deletion_asked", "gone"]


class Copy(Struct):
    """A post at another node: asked, delivered, holds (it confirmed), deletion_asked, gone (it confirmed).

    A server of other software confirms nothing: it never holds, and is never gone.
    """

    node: NodeName
    state: CopyState
    at: Moment


class Copies(Struct):
    """A page of copies: what happened last comes first."""

    items: list[Copy]
    next: str | None


def listing(kind: Kind, tx: Transaction, call: Call[PageAsked]) -> Copies:
    """Where a post is, and who confirmed. Only its own neighbourhood knows."""
    post = _followed(kind, tx, call)
    end = lists.before(call.asked)
    known = sorted([*outbox.copies_of(tx, post.id), *_elsewhere(tx, post)], key=_place, reverse=True)
    found = [copy for copy in known if end is None or _place(copy) < end]
    shown, more = lists.page(found, call.asked.limit, lambda copy: lists.by_time(*_place(copy)))
    return Copies([_shown(copy) for copy in shown], more)


def _followed(kind: Kind, tx: Transaction, call: Call[PageAsked]) -> Post:
    """The post, also when it was taken back or is out of sight: that is when it matters where it still is."""
    post = kept.get(tx, call.key)
    if post.own and post.kind is kind and may(call.by, Deed.SEE_COPIES, post.author):
        return post
    posts.seen(tx, call.by, kind, call.key, call.at)
    if not post.own:
        raise NotAllowed(phrase("Only the neighbourhood of this post knows where it is."))
    require(call.by, Deed.SEE_COPIES, post.author)
    return post


def _elsewhere(tx: Transaction, post: Post) -> list[outbox.Copy]:
    """On servers of other software."""
    return [outbox.Copy(one.host, one.origin, one.state, one.at) for one in spread.of_post(tx, post.id)]


def _place(copy: outbox.Copy) -> tuple[datetime, str]:
    return copy.at, copy.url


def _shown(copy: outbox.Copy) -> Copy:
    return Copy(NodeName(copy.name, address(copy.url)), msgspec.convert(copy.state, CopyState), copy.at)
