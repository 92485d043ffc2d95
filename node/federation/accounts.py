"""What an account of other software may do here: one table, and who may in one sentence each.

(For nodes of our own kind it is the table in `receiving`.) What is not in it is dropped: the sender hears 202
all the same, for an error makes other software try for days (`federation.md` 3).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from node.acts import accounts, attendance, replies, responses
from node.acts.replies import Told
from node.federation import flags, notes, reading
from node.federation.documents import origin_of, uri_of, uris_of
from node.federation.identity import Signer
from node.neighbourhood.account import Account
from node.neighbourhood.audience import may_hold
from node.neighbourhood.block import Severity
from node.neighbourhood.post import Post
from node.storage import accounts as kept
from node.storage import applause, blocks, nodes, posts
from node.storage.database import Transaction

Effect = Callable[[Transaction, Signer, dict[str, Any], datetime], None]


def receive(tx: Transaction, sender: Signer, activity: dict[str, Any], at: datetime) -> int:
    """Do what the activity says, or drop it: 202. 403 when its actor or its server is blocked. Whoever signed
    it is its actor: that was checked.

    What it does is the same however often it comes, by the ids of what it is about: no row says that it came.
    """
    if blocks.severity(tx, sender.origin, sender.verified.actor) is Severity.BLOCK:
        return 403
    effect = TABLE.get(str(activity.get("type")))
    if effect is not None:
        effect(tx, sender, activity, at)
    return 202


def vanished(tx: Transaction, actor: str, at: datetime) -> None:
    """An account says that it is deleted, and its address that it is gone for good."""
    account = kept.by_actor(tx, actor, lock=True)
    if account is not None:
        accounts.gone(tx, account, at)


def follow(tx: Transaction, sender: Signer, activity: dict[str, Any], at: datetime) -> None:
    """Any account may follow our Group, as far as the operator's policy lets it."""
    if uri_of(activity.get("object")) == tx.home.actor and (account := _met(tx, sender, at)) is not None:
        accounts.followed(tx, account, str(activity["id"]), at)


def create(tx: Transaction, sender: Signer, activity: dict[str, Any], at: datetime) -> None:
    """Any account may answer a public post of ours, or write to our Group; the rest it says is not for us."""
    note = activity.get("object")
    told = _told(tx, note, activity, sender)
    if told is not None and _is_for_us(tx, activity, note, told):
        account = _met(tx, sender, at)
        if account is not None:
            replies.arrived(tx, account, told, at)


def update(tx: Transaction, sender: Signer, activity: dict[str, Any], at: datetime) -> None:
    """An account may change what it wrote to us, and what it says of itself."""
    thing, account = activity.get("object"), _known(tx, sender)
    if account is None:
        return
    if uri_of(thing) == account.actor:
        said = reading.actor(thing, at) if isinstance(thing, dict) else None
        if said is not None and said.account is not None:
            accounts.met(tx, said.account, said.keys, at)
        return
    told = _told(tx, thing, activity, sender)
    if told is not None and _is_for_us(tx, activity, thing, told):
        replies.changed(tx, account, told, at)


def delete(tx: Transaction, sender: Signer, activity: dict[str, Any], at: datetime) -> None:
    """An account may delete what it wrote, and itself."""
    uri, account = uri_of(activity.get("object")), _known(tx, sender)
    if uri == sender.verified.actor:
        applause.forget(tx, uri)
    if uri is None or account is None or origin_of(uri) != account.origin:
        return
    if uri == account.actor:
        accounts.gone(tx, account, at)
    else:
        replies.taken_back(tx, account, uri, at)


def like(tx: Transaction, sender: Signer, activity: dict[str, Any], at: datetime) -> None:
    """Anybody may like a public post of ours: it is counted, once."""
    _applaud(tx, sender, activity, applause.LIKE)


def announce(tx: Transaction, sender: Signer, activity: dict[str, Any], at: datetime) -> None:
    """Anybody may pass a public post of ours on: it is counted, once. What else they announce is not read."""
    _applaud(tx, sender, activity, applause.ANNOUNCE)


def undo(tx: Transaction, sender: Signer, activity: dict[str, Any], at: datetime) -> None:
    """Each may undo only its own: its Follow, its Like, its Announce, its Join."""
    thing, actor = activity.get("object"), sender.verified.actor
    uri, account = uri_of(thing), _known(tx, sender)
    inner = thing if isinstance(thing, dict) else {}
    if uri_of(inner.get("actor")) not in (None, actor):
        return
    if account is not None and (inner.get("type") == "Follow" or uri == account.their_follow_uri):
        if uri in (None, account.their_follow_uri) or uri_of(inner.get("object")) == tx.home.actor:
            accounts.unfollowed(tx, account, at)
        return
    if uri is not None and (applause.take_back(tx, actor, uri) or origin_of(uri) != sender.origin):
        return
    post = posts.by_uri(tx, uri_of(inner.get("object")) or "")
    if post is not None and inner.get("type") in _APPLAUSE:
        applause.take_back_of(tx, actor, post.id, _APPLAUSE[inner["type"]])
    elif account is not None and uri is not None:
        responses.left(tx, account, uri, at)


def block(tx: Transaction, sender: Signer, activity: dict[str, Any], at: datetime) -> None:
    """An account may block us: it follows us no more, and we do not ask why."""
    account = _known(tx, sender)
    if account is not None and uri_of(activity.get("object")) == tx.home.actor:
        accounts.unfollowed(tx, account, at)


def join(tx: Transaction, sender: Signer, activity: dict[str, Any], at: datetime) -> None:
    """Any account may say that it comes to a public event of ours."""
    post = posts.by_uri(tx, uri_of(activity.get("object")) or "")
    if post is not None and post.own and may_hold(None, post) and (account := _met(tx, sender, at)):
        attendance.visited(tx, account, str(activity["id"]), post.uri, at)


def flag(tx: Transaction, sender: Signer, activity: dict[str, Any], at: datetime) -> None:
    """Any server may report a public post of ours; that fills the supervisor's queue, and does nothing else.
    Of a node of our own kind only its Application does (`flags`)."""
    if nodes.by_origin(tx, sender.origin) is None:
        flags.flag(tx, sender.origin, activity, at)


def move(tx: Transaction, sender: Signer, activity: dict[str, Any], at: datetime) -> None:
    """An account may say that it lives elsewhere now; we ask there whether that is so."""
    account, target = _known(tx, sender), uri_of(activity.get("target"))
    if account is None or target is None or uri_of(activity.get("object")) != account.actor:
        return
    origin = origin_of(target)
    if target != account.actor and origin is not None and origin != tx.home.origin:
        accounts.moves(tx, account, target, origin, at)


def _applaud(tx: Transaction, sender: Signer, activity: dict[str, Any], what: str) -> None:
    for uri in uris_of(activity.get("object"))[:1]:
        post = _ours(tx, uri)
        if post is not None:
            applause.add(tx, post.id, sender.verified.actor, what, str(activity["id"]))


def _ours(tx: Transaction, uri: str) -> Post | None:
    """A post of ours that everybody may know, by its id or its page."""
    page = f"{tx.home.origin}/o/"
    if not uri.startswith(f"{tx.home.origin}/"):
        return None
    post = posts.by_page(tx, uri.removeprefix(page)) if uri.startswith(page) else posts.by_uri(tx, uri)
    return post if post is not None and post.own and may_hold(None, post) else None


def _is_for_us(tx: Transaction, activity: dict[str, Any], note: Any, told: Told) -> bool:
    return _concerns(tx, activity, note) or any(_ours(tx, uri) for uri in told.about)


def _concerns(tx: Transaction, activity: dict[str, Any], note: Any) -> bool:
    """Whether it was written to our Group, or goes on about something of ours."""
    addressed = [
        uri for said in (activity, note) for field in ("to", "cc") for uri in uris_of(said.get(field))
    ]
    answered = uris_of(note.get("inReplyTo"))
    return tx.home.actor in addressed or any(uri.startswith(f"{tx.home.origin}/") for uri in answered)


def _told(tx: Transaction, note: Any, activity: dict[str, Any], sender: Signer) -> Told | None:
    """What a Note says, if it is whole and of its sender's own server; one by its id alone is not fetched. It
    is public when it says so itself, or the activity that it came in."""
    if not isinstance(note, dict) or origin_of(uri_of(note) or "") != sender.origin:
        return None
    told = notes.told(note, sender.verified.actor, tx.home.actor)
    return replace(told, public=told.public or notes.is_public(activity)) if told is not None else None


def _known(tx: Transaction, sender: Signer) -> Account | None:
    return kept.by_actor(tx, sender.verified.actor, lock=True)


def _met(tx: Transaction, sender: Signer, at: datetime) -> Account | None:
    """The account that sent it, kept from now on: it follows us, or said something to us."""
    known = _known(tx, sender)
    if known is not None or sender.fetched is None or sender.fetched.account is None:
        return known
    return accounts.met(tx, sender.fetched.account, sender.fetched.keys, at)


_APPLAUSE = {"Like": applause.LIKE, "Announce": applause.ANNOUNCE}
TABLE: dict[str, Effect] = {
    "Follow": follow,
    "Create": create,
    "Update": update,
    "Delete": delete,
    "Like": like,
    "Announce": announce,
    "Undo": undo,
    "Block": block,
    "Join": join,
    "Flag": flag,
    "Move": move,
}
