"""Searches that people keep: when there is something like it they hear it by mail, the same day."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from node.acts import tidings
from node.neighbourhood import wish
from node.neighbourhood.post import Post
from node.neighbourhood.refusal import Conflict, NotFound, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, require
from node.neighbourhood.timers import is_day
from node.neighbourhood.wish import MOST, Search
from node.storage import letters, nodes, posts, residents, searches, told
from node.storage.database import Transaction

TOGETHER = timedelta(minutes=15)  # what is found within it is in one letter
AT_ONCE = 50  # people, in one transaction
IN_ONE = 50  # posts, in one letter


def keep(
    tx: Transaction, by: Resident, words: str, kind: str, category: str, ring: str, at: datetime
) -> Search:
    """Keep a search. Residents, for themselves; the same twice is kept once, and goes on if it rested."""
    require(by, Deed.CHOOSE_MAIL)
    made = Search(uuid4().hex, by.id, *wish.checked(words, kind, category, ring), False, at)
    theirs = searches.of(tx, by.id)
    for one in theirs:
        if one.same(made):
            searches.pause(tx, by.id, one.id, paused=False)
            return one
    if len(theirs) >= MOST:
        raise Conflict(phrase("You keep %(most)d of them already. Remove one first.", most=MOST))
    searches.add(tx, made)
    return made


def pause(tx: Transaction, by: Resident, search_id: str, paused: bool) -> None:
    """Let a search rest, or go on. Only whose it is."""
    require(by, Deed.CHOOSE_MAIL)
    if not searches.pause(tx, by.id, search_id, paused):
        raise NotFound(phrase("This is not here, or no longer."))


def end(tx: Transaction, by: Resident, search_id: str) -> Search:
    """Forget a search. Only whose it is."""
    require(by, Deed.CHOOSE_MAIL)
    found = next((one for one in searches.of(tx, by.id) if one.id == search_id), None)
    if found is None or not searches.end(tx, by.id, search_id):
        raise NotFound(phrase("This is not here, or no longer."))
    return found


def appeared(tx: Transaction, post: Post, at: datetime) -> None:
    """A post can be seen here from now on, or says something else than it did: note who waits for it. Done by
    the node itself, in the transaction that shows it."""
    if not searches.any_kept(tx):
        return
    found = searches.maybe(tx, post)
    ring = wish.ring_of(post, nodes.get(tx, post.node_id) if found and post.node_id else None)
    for resident_id in dict.fromkeys(one.resident_id for one in found if one.finds(post, ring)):
        person = residents.get(tx, resident_id, at)
        if tidings.worth_telling(tx, person, [post], at):
            told.add(tx, person.id, post, at, waits=True)


def write_found(tx: Transaction, at: datetime) -> int:
    """Have a letter written to each for whom something was found, all of a quarter of an hour (or of a night)
    in one; says to how many. Done by the node itself."""
    if not is_day(at, tx.home.pace, tx.home.zone):
        return 0
    waiting = told.waiting(tx, at - TOGETHER, AT_ONCE)
    for resident_id in waiting:
        found = _still_found(tx, resident_id, told.take(tx, resident_id, IN_ONE))
        if found:
            letters.add(tx, "found", at, resident_id=resident_id, posts=found)
    return len(waiting)


def _still_found(tx: Transaction, resident_id: str, post_ids: Sequence[str]) -> list[str]:
    """Those that somebody waits for yet: a search may have been paused, and a post changed. The others may
    be told in a digest."""
    known, kept = posts.known(tx, set(post_ids)), searches.of(tx, resident_id)
    homes = nodes.known(tx, {post.node_id for post in known.values() if post.node_id})
    found = []
    for post_id in post_ids:
        post = known.get(post_id)
        ring = wish.ring_of(post, homes.get(post.node_id or "")) if post else None
        if post is not None and any(one.finds(post, ring) for one in kept):
            found.append(post_id)
    told.untell(tx, resident_id, set(post_ids) - set(found))
    return found
