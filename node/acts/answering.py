"""What goes for every answer, whatever it answers: whose it is, who may give one, and where it is decided."""

from datetime import datetime
from uuid import uuid4

from node.neighbourhood.account import Account
from node.neighbourhood.audience import may_hold
from node.neighbourhood.block import Severity
from node.neighbourhood.node import Node
from node.neighbourhood.post import Post
from node.neighbourhood.refusal import Conflict, Refusal, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.response import LIVE, Response, ResponseState
from node.storage import blocks, outbox, posts
from node.storage import responses as kept
from node.storage.database import Transaction


def given(tx: Transaction, by: Resident, post: Post, text: str, at: datetime, when: str = "") -> Response:
    """A new answer by one of our own people, not kept yet; under its post they always have the same party
    id."""
    key = uuid4().hex
    return Response(
        id=key,
        uri=tx.home.uri("a", key),
        post_id=post.id,
        party=_party(tx, by, post),
        name=by.name,
        text=text,
        state=ResponseState.PENDING,
        created=at,
        resident=by.id,
        when=when,
    )


def arrived(post: Post, node: Node, uri: str, party: str, name: str, text: str, at: datetime) -> Response:
    """A new answer that came from another node, not kept yet."""
    key = uuid4().hex
    return Response(key, uri, post.id, party, name, text, ResponseState.PENDING, at, node_id=node.id)


def replied(post: Post, account: Account, uri: str, text: str, at: datetime) -> Response:
    """A new answer that came as a reply from an account of other software, not kept yet. Its party is its
    actor: everybody can look that up anyway."""
    key = uuid4().hex
    name, state = account.name or account.handle, ResponseState.PENDING
    return Response(key, uri, post.id, account.actor, name, text, state, at, account_id=account.id)


def may_answer(tx: Transaction, node: Node, post: Post) -> bool:
    """A node may answer what it may hold; a neighbour or fellow member also hears what became of what it once
    got. One that is held, and no partner, answers nothing: nobody looks at its answers first."""
    if not node.partner and blocks.severity(tx, node.origin, node.actor) is Severity.HOLD:
        return False
    knew = (node.active or node.member) and outbox.was_sent(tx, post.uri, node.id)
    return post.own and (may_hold(node, post) or knew)


def require_first(tx: Transaction, response: Response) -> None:
    """Refuse a second answer of the same party while the first still counts."""
    if any(r.party == response.party and r.state in LIVE for r in kept.of_post(tx, response.post_id)):
        raise Conflict(phrase("You have answered this already."))


def home_of(post: Post) -> str:
    """The node that decides about a post of another neighbourhood."""
    if post.node_id is None:
        raise Refusal(phrase("This post is our own."))
    return post.node_id


def lock_with_post(tx: Transaction, response_id: str) -> tuple[Post, Response]:
    """The post first, then its answer: always in this order, so that two acts never wait for each other."""
    post = posts.get(tx, kept.get(tx, response_id).post_id, lock=True)
    return post, kept.get(tx, response_id, lock=True)


def _party(tx: Transaction, by: Resident, post: Post) -> str:
    """The id that stands for this person under this post, and nowhere else (`wire.md` 1.6)."""
    before = kept.of_resident(tx, by.id, post.id, limit=1)
    return before[0].party if before else tx.home.uri("p", uuid4().hex)
