"""Copies of other nodes' posts: taken in, changed and thrown away as their homes say."""

from dataclasses import replace
from datetime import datetime

from node.acts import matches, publish, searches
from node.neighbourhood.activity import Happening
from node.neighbourhood.audience import may_take
from node.neighbourhood.node import Node
from node.neighbourhood.post import RINGS, Audience, Post, State
from node.storage import due, log, posts, seen, tombstones
from node.storage.database import Transaction


def take_in(
    tx: Transaction,
    node: Node,
    told: Post,
    activity_uri: str | None,
    at: datetime,
    read: datetime | None = None,
    pointed: bool = False,
) -> None:
    """A Create or an Update of a post by its owner: keep it if it is news. New here only from a node from
    which we take posts for that audience (`audience.may_take`), or when somebody whom we follow `pointed` to
    it and it is public. Without `activity_uri` nobody hears that it is here.

    What was deleted stays so, unless we saw it at its home after that (`read`: when we began to look there):
    the border opened again. Of two Updates the newest `updated` wins; id, owner and kind never change,
    and it is never for fewer (`wire.md` 4). Of a post past its end we still hear that it is done; its words
    go at once.
    """
    held = posts.by_uri(tx, told.uri, lock=True)
    if tombstones.buried(tx, told.uri, since=read):
        return
    over = told.expires <= at
    welcome = _is_welcome(node, told.audience, pointed) and not over
    if read is not None and welcome:
        tombstones.unbury(tx, told.uri)
    if held is None:
        if welcome and told.state is not State.HIDDEN:
            posts.add(tx, told)
            publish.announce(tx, told, at)
            log.record(tx, Happening.RECEIVED, node.id, told.id, at)
            searches.appeared(tx, told, at)
            _owe_receipt(tx, node, activity_uri, at)
        return
    erased = held.title == ""
    news = told.updated > held.updated or (erased and welcome and told.updated == held.updated)
    audience = _audience(node, held, told)
    if held.node_id != node.id or held.kind is not told.kind or audience is None or not news:
        return
    changed = replace(told, id=held.id, created=held.created, party=held.party, hidden=held.hidden)
    changed = replace(changed, audience=audience)
    if told.state is State.HIDDEN and not erased:  # out of sight it says nothing: the words stay as they were
        changed = replace(changed, title=held.title, text=held.text, place=held.place, photos=held.photos)
    if erased and not welcome:  # who helped hears that it is done; the words stay away
        matches.fulfilled(tx, changed, at)
        return
    posts.save(tx, changed)
    log.record(tx, _what_changed(held, changed), node.id, held.id, at)
    matches.fulfilled(tx, changed, at)
    if over:
        posts.erase(tx, changed)
        return
    publish.announce_change(tx, held, changed, at)
    searches.appeared(tx, changed, at)
    if erased:
        _owe_receipt(tx, node, activity_uri, at)


def _is_welcome(node: Node, audience: Audience, pointed: bool) -> bool:
    if pointed and audience is Audience.PUBLIC and not node.blocked:
        return True
    return may_take(node, audience)


def _owe_receipt(tx: Transaction, node: Node, activity_uri: str | None, at: datetime) -> None:
    if activity_uri is not None:
        seen.owe_receipt(tx, node.id, activity_uri, at)


def _audience(node: Node, held: Post, told: Post) -> Audience | None:
    """For whom a post is that changed: never for fewer, else the change means nothing (None). But a home that
    left our hub can no longer name the municipality: what it shares with us next door stays as it was."""
    if RINGS.index(told.audience) >= RINGS.index(held.audience):
        return told.audience
    left = held.audience is Audience.MUNICIPALITY and told.audience is Audience.ADJACENT
    return held.audience if left and node.active and not node.member else None


def _what_changed(before: Post, after: Post) -> Happening:
    """Whether it says something else than before, or only stands otherwise: agreed, done, open again."""
    stands = {name: getattr(before, name) for name in ("state", "places_left", "updated")}
    same = replace(after, **stands) == before
    return Happening.MOVED_ELSEWHERE if same else Happening.CHANGED_ELSEWHERE


def delete(tx: Transaction, node: Node, uri: str, activity_uri: str, at: datetime) -> None:
    """The owner took a post back: the copy goes, nothing revives it, and its home hears that it is gone."""
    held = posts.by_uri(tx, uri, lock=True)
    if held is not None and held.node_id != node.id:
        return
    tombstones.bury(tx, uri, at)
    if held is not None:
        log.record(tx, Happening.DELETED_ELSEWHERE, node.id, held.id, at)
        publish.point_away(tx, held, at)
        posts.erase(tx, held)
    seen.owe_receipt(tx, node.id, activity_uri, at)


def expire(tx: Transaction, at: datetime) -> int:
    """A copy past its end is thrown away, also when its home is dead: the holder's duty (`wire.md` 4)."""
    found = due.to_erase(tx, at)
    for held in found:
        posts.erase(tx, held)
    return len(found)


def drop_all(tx: Transaction, node: Node, at: datetime) -> None:
    """Throw away all that we hold for a node."""
    for held in posts.held_from(tx, node.id):
        publish.point_away(tx, held, at)
        posts.erase(tx, held)


def drop_beyond(tx: Transaction, node: Node) -> None:
    """Throw away what we hold for a node and may no longer: it is not a neighbour, or not a fellow member."""
    for held in posts.held_from(tx, node.id):
        if held.audience is not Audience.PUBLIC and not may_take(node, held.audience):
            posts.erase(tx, held)
