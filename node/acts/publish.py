"""Telling other nodes about a post of ours: who gets it, and what it says at this moment.

Only what stands in `facts_of` can ever leave this node with a post: it is written by hand, field by field,
and holds no id of a person.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from node.neighbourhood.photo import Photo
from node.neighbourhood.post import ANSWERABLE, LISTING_STATE, Audience, Kind, Post, State
from node.neighbourhood.when import DayPart, Repeats
from node.storage import nodes, outbox, photos, spread, tombstones
from node.storage.database import Transaction
from node.storage.outbox import Activity


def facts_of(post: Post, hub: str | None, shown: Sequence[Photo] = ()) -> dict[str, Any]:
    """What other nodes are told of a post, in plain values. `hub`: the actor of the one it goes through;
    `shown`: its photos, which go with it when it is public, and else stay where they are."""
    return {
        "uri": post.uri,
        "page": post.id,
        "kind": str(post.kind),
        "title": post.title,
        "text": post.text,
        "category": str(post.category),
        "audience": str(post.audience),
        "hub": hub,
        "urgency": str(post.urgency),
        "listing_state": LISTING_STATE[post.state],
        "name": post.author_name,
        "party": post.party,
        "area_code": post.area.code,
        "area_name": post.area.name,
        "created": stamp(post.created),
        "updated": stamp(post.updated),
        "expires": stamp(post.expires),
        "decide": str(post.decide),
        "places": post.places,
        "places_left": post.places_left,
        "language": post.language,
        "starts": stamp(post.starts) if post.starts else None,
        "place": post.place,
        **_rhythm(post),
        **_photos(post, shown),
    }


def told(tx: Transaction, found: Sequence[Post]) -> list[dict[str, Any]]:
    """What other nodes are told of each of these."""
    hub, shown = nodes.hub_actor(tx), photos.of_posts(tx, [post.id for post in found if post.photos])
    return [facts_of(post, hub, shown.get(post.id, ())) for post in found]


def _photos(post: Post, shown: Sequence[Photo]) -> dict[str, Any]:
    """How many there are; of a public post, where each is, and what can be seen on it."""
    number = {"photos": post.photos} if post.photos else {}
    if not shown or post.audience is not Audience.PUBLIC:
        return number
    return number | {"images": [{"path": one.url, "alt": one.alt} for one in shown]}


def _rhythm(post: Post) -> dict[str, str]:
    """On which days and how often; nothing for any day, and for what is meant once."""
    said = {
        "when": str(post.when or ""),
        "day_part": "" if post.day_part is DayPart.ANY else str(post.day_part),
        "repeats": "" if post.repeats is Repeats.ONCE else str(post.repeats),
    }
    return {name: word for name, word in said.items() if word}


def create(tx: Transaction, post: Post, at: datetime) -> None:
    """Send a new post to every node its audience names, and enter each in the ledger."""
    if not post.shared:
        return
    _send(tx, "Create", post, at)


def update(tx: Transaction, post: Post, at: datetime) -> None:
    """Tell every copy what the post is now. A post that never left is sent as new, once it is open."""
    if not post.shared:
        return
    if outbox.first_of_post(tx, post.uri) is None:
        if post.state in ANSWERABLE:
            create(tx, post, at)
        return
    _send(tx, "Update", post, at)


def delete(tx: Transaction, post: Post, at: datetime) -> None:
    """Ask every node that ever got the post to throw its copy away; what still waits to be sent is not
    sent. Who asks for one that was public hears from now on that it is gone."""
    if outbox.first_of_post(tx, post.uri) is None:
        return
    outbox.drop_waiting(tx, post.uri)
    outbox.erase_words(tx, post.uri)
    facts = {**deletion(post, at), "audience": str(post.audience), "hub": nodes.hub_actor(tx)}
    activity = outbox.add(tx, "Delete", post.uri, facts, at, post.uri)
    outbox.send_to_holders(tx, activity, post.uri)
    spread.to_holders(tx, activity, post.uri)
    outbox.ask_deletion(tx, post.uri, at)
    spread.ask_deletion(tx, post.uri, at)
    if post.audience is Audience.PUBLIC:
        tombstones.bury(tx, post.uri, at)


def announce(tx: Transaction, post: Post, at: datetime) -> None:
    """Point whoever follows us as hub, and is no member, to a public post of one: they read it at its home
    (`wire.md` 3)."""
    if tx.home.is_hub and _is_for_all(post):
        _tell_followers(tx, outbox.add(tx, "Announce", post.uri, {}, at), at)


def announce_change(tx: Transaction, before: Post, after: Post, at: datetime) -> None:
    """A member's post became public, or is shown again; or it is out of sight."""
    if _is_for_all(after) and not _is_for_all(before):
        announce(tx, after, at)
    elif _is_for_all(before) and not _is_for_all(after):
        point_away(tx, before, at)


def point_away(tx: Transaction, post: Post, at: datetime) -> None:
    """Take back that we pointed to a post, if we did: it is not there for everybody any more."""
    told = outbox.latest(tx, "Announce", post.uri) if tx.home.is_hub else None
    if told is not None and outbox.latest(tx, "Undo", told.uri) is None:
        _tell_followers(tx, outbox.add(tx, "Undo", told.uri, {"announced": post.uri}, at), at)


def _is_for_all(post: Post) -> bool:
    """Whether everybody may read it at its home, as far as we know."""
    there = post.title != "" and post.state is not State.HIDDEN and not post.hidden
    return there and not post.own and post.audience is Audience.PUBLIC


def _tell_followers(tx: Transaction, activity: Activity, at: datetime) -> None:
    outbox.send_to_followers(tx, activity)
    spread.to_followers(tx, activity, None, at)


def deletion(post: Post, at: datetime) -> dict[str, Any]:
    """What a Delete says: nothing but that it was there, and is not."""
    former = "Event" if post.kind is Kind.EVENT else "Note"
    return {"uri": post.uri, "former": former, "deleted": stamp(at)}


def words_gone(uri: str, at: datetime) -> dict[str, Any]:
    """What the Delete of a message says that is no post."""
    return {"uri": uri, "former": "Note", "deleted": stamp(at)}


def delete_at(tx: Transaction, post: Post, node_id: str, at: datetime) -> None:
    """Ask one node that may no longer hold it to throw its copy away; what still waits for it is not sent.

    It is addressed to that node alone, so a hub does not pass it on to those who may keep theirs.
    """
    outbox.drop_waiting(tx, post.uri, node_id)
    activity = outbox.add(tx, "Delete", post.uri, deletion(post, at), at, post.uri)
    outbox.send_to(tx, activity, node_id)
    outbox.ask_deletion(tx, post.uri, at, node_id)


def _send(tx: Transaction, type: str, post: Post, at: datetime) -> None:
    (facts,) = told(tx, [post])
    activity = outbox.add(tx, type, post.uri, facts, at, post.uri)
    if LISTING_STATE[post.state] == "hidden":  # nobody gets it anew; who has it shows it no more
        outbox.send_to_holders(tx, activity, post.uri)
        spread.to_holders(tx, activity, post.uri)
        return
    outbox.ask_audience(tx, post.id, post.uri, post.audience, at)
    outbox.send_to_audience(tx, activity, post.audience)
    if post.audience is Audience.PUBLIC:
        outbox.send_to_readers(tx, activity, post.uri)
        spread.to_holders(tx, activity, post.uri)
        spread.to_followers(tx, activity, post.id, at)


def stamp(moment: datetime) -> str:
    """A time as it travels: RFC 3339 in UTC, in whole milliseconds."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
