"""What an activity of another node does here: one table, and who may in one sentence each (for people:
`roles.py`).

Nothing gets here unverified: a `Verified` is made by `signatures.verify` alone. What is not in the table, or
not allowed, or too late, is dropped: the sender hears 202 all the same (`wire.md` 1.8).
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from node.acts import (
    announcements,
    attendance,
    comments,
    held,
    hub,
    invites,
    matches,
    moving,
    nodes,
    responses,
    threads,
)
from node.federation import flags, reading, replies, talk
from node.federation import invites as asking
from node.federation.announcements import announced, elsewhere
from node.federation.documents import name_of, origin_of, uri_of, uris_of, words_of
from node.federation.signatures import Verified
from node.neighbourhood.audience import may_hold
from node.neighbourhood.node import Node, NodeKind, advisories_of
from node.neighbourhood.response import WHEN_LENGTH
from node.storage import lookups, outbox, posts
from node.storage.database import Transaction

Effect = Callable[[Transaction, Node, dict[str, Any], datetime], None]


def receive(
    tx: Transaction, node: Node, verified: Verified, activity: dict[str, Any], first: bool, at: datetime
) -> None:
    """Do what the activity says, once. An Offer or a Join that comes again is answered again, with the same
    words."""
    if verified.actor != node.actor:
        return
    kind = activity.get("type")
    if not first:
        if kind in ("Offer", "Join"):
            _answer_again(tx, node, str(activity["id"]), at)
        return
    thing = activity.get("object")
    inner = thing.get("type") if isinstance(thing, dict) else None
    effect = TABLE.get((str(kind), inner if isinstance(inner, str) else None)) or TABLE.get((str(kind), None))
    if effect is not None:
        effect(tx, node, activity, at)


def follow(tx: Transaction, node: Node, activity: dict[str, Any], at: datetime) -> None:
    """Any node that is not blocked may follow our Group."""
    if uri_of(activity.get("object")) == tx.home.actor:
        nodes.followed(tx, node, str(activity["id"]), at)


def create_or_update(tx: Transaction, node: Node, activity: dict[str, Any], at: datetime) -> None:
    """A neighbour, our hub and its members may send their own posts; the owner may change what it sent, while
    not blocked."""
    note = activity.get("object")
    if replies.is_reply(note):
        replies.reply(tx, node, activity, at)
        return
    if talk.is_message(note):
        talk.message(tx, node, activity, at)
        return
    told = reading.post(note, node, at) if isinstance(note, dict) else None
    if told is not None and not reading.is_home(tx.home, told.uri):
        held.take_in(tx, node, told, str(activity["id"]), at)


def delete(tx: Transaction, node: Node, activity: dict[str, Any], at: datetime) -> None:
    """The owner may take back what is its own, while not blocked."""
    uri = uri_of(activity.get("object"))
    if uri is None or origin_of(uri) != node.origin or uri == node.actor:
        return
    if not (comments.deleted(tx, node, uri, at) or threads.taken_back(tx, node, uri, at)):
        held.delete(tx, node, uri, str(activity["id"]), at)


def update_actor(tx: Transaction, node: Node, activity: dict[str, Any], at: datetime) -> None:
    """An actor may say that it changed; we look for ourselves, at its own address. New keys that stand in
    the message itself, signed with one we know, are kept."""
    thing = activity.get("object")
    if uri_of(thing) != node.actor:
        return
    said = reading.actor(thing, at) if isinstance(thing, dict) else None
    if said is not None and said.id == node.actor and said.keys:
        nodes.vouched(tx, node, said.keys, at)
    lookups.ask(tx, "actor", node.id, at)
    if not tx.home.is_hub and node.adjacent is not None:
        lookups.ask(tx, "adjacent", node.id, at)
    if node.active or node.member:
        lookups.ask(tx, "outbox", node.id, at)


def announce(tx: Transaction, node: Node, activity: dict[str, Any], at: datetime) -> None:
    """A neighbour, our hub, or whom else we follow may point us to a public post of somebody else; we read it
    at its own home."""
    uri = announced(activity)
    origin = elsewhere(tx.home, node, uri) if uri is not None else None
    if uri is not None and origin is not None:
        announcements.heard(tx, node, uri, origin, str(activity["id"]), at)


def agreement_done(tx: Transaction, node: Node, activity: dict[str, Any], at: datetime) -> None:
    """The home of a post may say that an agreement it made with one of ours is done; nothing else changes in
    one."""
    agreement = activity["object"]
    uri = uri_of(agreement)
    if uri is not None and origin_of(uri) == node.origin and agreement.get("listingState") == "fulfilled":
        matches.finished(tx, node, uri, at)


def offer_to_join(tx: Transaction, node: Node, activity: dict[str, Any], at: datetime) -> None:
    """A neighbourhood may offer itself to our directory, when we are a hub."""
    if uri_of(activity.get("object")) == node.actor and uri_of(activity.get("target")) == tx.home.directory:
        hub.offered(tx, node, str(activity["id"]), at)


def directory_changed(tx: Transaction, node: Node, activity: dict[str, Any], at: datetime) -> None:
    """Our own hub may say who came and went, and whom it advises to block; we read its lists ourselves."""
    if (
        node.member
        and node.kind is NodeKind.HUB
        and uri_of(activity.get("target")) == advisories_of(node.actor)
    ):
        lookups.ask(tx, "advisories", node.id, at)
    if node.member and node.directory is not None and uri_of(activity.get("target")) == node.directory:
        lookups.ask(tx, "directory", node.id, at)


def offer(tx: Transaction, node: Node, activity: dict[str, Any], at: datetime) -> None:
    """A node that may hold the post may say yes to it for one of its people."""
    agreement, party = activity["object"], activity.get("party")
    commitment = agreement.get("stipulates")
    satisfies = uri_of(commitment.get("satisfies")) if isinstance(commitment, dict) else None
    source = activity.get("source")
    text = words_of(source.get("content"), reading.TEXT) if isinstance(source, dict) else None
    if satisfies is None or not isinstance(party, dict) or text is None:
        return
    post_uri = satisfies.split("#")[0].removesuffix("/proposal")
    who, name = uri_of(party), name_of(party.get("name"), 80)
    if who is None or name is None or origin_of(who) != node.origin:
        return
    invited = uri_of(activity.get("inReplyTo"))
    suits = name_of(activity.get("when"), WHEN_LENGTH) or ""
    responses.offered(tx, node, str(activity["id"]), post_uri, who, name, text, at, invited, suits)


def accept(tx: Transaction, node: Node, activity: dict[str, Any], at: datetime) -> None:
    """Only the node that our Follow, Offer or post went to may accept it: told apart by what the object is
    here."""
    for uri in uris_of(activity.get("object"))[:100]:
        ours = outbox.by_uri(tx, uri)
        if ours is None:
            continue
        if ours.type == "Follow" and ours.object == node.actor:
            nodes.follow_accepted(tx, node, at)
        elif ours.type == "Offer" and ours.object == tx.home.actor:
            hub.accepted(tx, node, uri, at)
        elif ours.type == "Offer":
            result = activity.get("result")
            agreement = uri_of(result) if isinstance(result, dict) else None
            if agreement is not None and origin_of(agreement) == node.origin:
                matches.accepted(tx, node, uri, str(activity["id"]), agreement, at)
        elif ours.type == "Join":
            attendance.accepted(tx, node, uri, str(activity["id"]), at)
        elif ours.type == "Flag":
            flags.answer(tx, node, ours, activity, True, at)
        elif ours.post_uri is not None:
            state = "gone" if ours.type == "Delete" else "holds"
            _confirmed(tx, node, ours.post_uri, state, at)


def _confirmed(tx: Transaction, node: Node, post_uri: str, state: str, at: datetime) -> None:
    """A receipt counts from whoever was sent the post, or could have it through our hub."""
    if outbox.was_sent(tx, post_uri, node.id):
        outbox.reached(tx, post_uri, node.id, state, at)
        return
    post = posts.by_uri(tx, post_uri)
    if post is not None and node.member and may_hold(node, post):
        outbox.reached(tx, post_uri, node.id, state, at, post.id)


def reject(tx: Transaction, node: Node, activity: dict[str, Any], at: datetime) -> None:
    """Only the node that our Follow, Offer or Invite went to may say no to it."""
    uri = uri_of(activity.get("object"))
    ours = outbox.by_uri(tx, uri) if uri else None
    reason = words_of(activity.get("reason"), 200) or "declined"
    if ours is None or uri is None:
        return
    if ours.type == "Follow" and ours.object == node.actor:
        nodes.follow_rejected(tx, node, reason, at)
    elif ours.type == "Offer" and ours.object == tx.home.actor:
        hub.refused(tx, node, uri, reason, at)
    elif ours.type == "Flag":
        flags.answer(tx, node, ours, activity, False, at)
    elif ours.type in ("Offer", "Join"):
        matches.rejected(tx, node, uri, reason, at)
    elif ours.type == "Invite":
        invites.declined(tx, node, uri, reason, at)


def undo(tx: Transaction, node: Node, activity: dict[str, Any], at: datetime) -> None:
    """Each may undo only its own: its Follow, its Announce, its Offer, its Accept."""
    thing = activity.get("object")
    uri = uri_of(thing)
    if (isinstance(thing, dict) and thing.get("type") == "Follow") or uri == node.their_follow_uri:
        theirs = not isinstance(thing, dict) or uri_of(thing.get("actor")) in (None, node.actor)
        if theirs and uri in (None, node.their_follow_uri):
            nodes.unfollowed(tx, node, at)
        return
    about = announced(thing) if isinstance(thing, dict) and thing.get("type") == "Announce" else None
    if announcements.taken_back(tx, node, uri, about, at) or uri is None or origin_of(uri) != node.origin:
        return
    reason = words_of(activity.get("reason"), 200)
    if not matches.undone(tx, node, uri, at, reason):
        responses.undone(tx, node, uri, at, reason)


def move(tx: Transaction, node: Node, activity: dict[str, Any], at: datetime) -> None:
    """A neighbour may say that it lives at another address now; we look, and our operator decides (A19)."""
    target = uri_of(activity.get("target"))
    origin = elsewhere(tx.home, node, target) if target is not None else None
    if target is not None and origin is not None and uri_of(activity.get("object")) == node.actor:
        moving.hears(tx, node, target, origin, at)


def _answer_again(tx: Transaction, node: Node, offer_uri: str, at: datetime) -> None:
    answer = outbox.answer_to(tx, offer_uri)
    if answer is not None and (answer.facts or {}).get("node") == node.id:
        outbox.send_again(tx, answer, node.id, at)


TABLE: dict[tuple[str, str | None], Effect] = {
    ("Follow", None): follow,
    ("Create", "Note"): create_or_update,
    ("Update", "Note"): create_or_update,
    ("Create", "Event"): create_or_update,
    ("Update", "Event"): create_or_update,
    ("Update", "Agreement"): agreement_done,
    ("Update", "Group"): update_actor,
    ("Update", None): update_actor,
    ("Delete", None): delete,
    ("Announce", None): announce,
    ("Offer", "Agreement"): offer,
    ("Offer", None): offer_to_join,
    ("Join", None): replies.join,
    ("Invite", None): asking.invite,
    ("Add", None): directory_changed,
    ("Remove", None): directory_changed,
    ("Accept", None): accept,
    ("Reject", None): reject,
    ("Undo", None): undo,
    ("Move", None): move,
}
