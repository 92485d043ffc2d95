"""Requests and offers: asking, offering, changing one's mind, and coming to an end."""

import json
from dataclasses import replace
from datetime import datetime
from uuid import NAMESPACE_OID, uuid4, uuid5

from node.acts import decision, publish
from node.neighbourhood.activity import Happening
from node.neighbourhood.draft import USUAL_EXPIRY, PostChange, changed, opened
from node.neighbourhood.match import MatchState
from node.neighbourhood.post import (
    ANSWERABLE,
    ERASED_AFTER,
    Kind,
    Post,
    PostDraft,
    State,
    later,
    require_running,
)
from node.neighbourhood.refusal import Conflict, Invalid, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.response import Reason
from node.neighbourhood.roles import Deed, require
from node.storage import log, matches, posts, responses
from node.storage.database import Transaction


def post(tx: Transaction, by: Resident, draft: PostDraft, at: datetime, form: str = "") -> Post:
    """Put a request or an offer up, here and with everyone it is for. Any resident may.

    `form` is a secret of the form it was filled in on: the same words from the same form are posted once,
    however often its button was pressed. Other words from that form are another post.
    """
    require(by, Deed.POST)
    key = _key(by, draft, form)
    made = opened(draft, key, tx.home.uri("o", key), tx.home.uri("p", uuid4().hex), by, tx.home.area, at)
    if not posts.add_once(tx, made):
        return posts.get(tx, made.id)
    log.record(tx, Happening.POSTED, by.id, made.id, at)
    publish.create(tx, made, at)
    return made


def edit(tx: Transaction, by: Resident, post_id: str, change: PostChange, at: datetime) -> Post:
    """Change words, category, urgency, audience, places or end. Only the poster; every copy hears of it."""
    before = _mine(tx, by, post_id, at)
    require_running(before)
    after = changed(before, change, at)
    if after == before:
        return before
    after = replace(after, updated=later(before.updated, at))
    if before.state is State.EXPIRED and after.expires > before.expires:
        after = decision.reopened(tx, after, at)
    elif after.places != before.places:
        after = decision.settled(tx, after, at)
    if before.shared and not after.shared:
        after = _narrowed(tx, by, before, after, at)
    posts.save(tx, after)
    if after.places < before.places and after.places_left == 0:
        decision.refuse_pending(tx, after, at, Reason.TAKEN)
    if change.expires is not None and after.expires > before.expires:
        log.record(tx, Happening.EXTENDED, by.id, post_id, at)
    else:
        log.record(tx, Happening.EDITED, by.id, post_id, at)
    if after.shared and not before.shared:
        log.record(tx, Happening.WIDENED, by.id, post_id, at)
    publish.update(tx, after, at)
    return after


def extend(tx: Transaction, by: Resident, post_id: str, at: datetime) -> Post:
    """Keep a post up as long again as is usual for its kind; one that expired is open again. Only the
    poster."""
    before = _mine(tx, by, post_id, at)
    require_running(before)
    expires = max(before.expires, at + USUAL_EXPIRY[before.kind])
    after = replace(before, expires=expires, updated=later(before.updated, at))
    if before.state is State.EXPIRED:
        after = decision.reopened(tx, after, at)
    posts.save(tx, after)
    log.record(tx, Happening.EXTENDED, by.id, post_id, at)
    publish.update(tx, after, at)
    return after


def close(tx: Transaction, by: Resident, post_id: str, at: datetime) -> Post:
    """No longer needed: who still waits hears it kindly. Only the poster, and not while an agreement runs."""
    before = _mine(tx, by, post_id, at)
    require_running(before)
    if before.state is State.CLOSED:
        return before
    if any(match.state is MatchState.AGREED for match in matches.of_post(tx, post_id)):
        raise Conflict(phrase("Somebody is going to help. Say that it is done, or that it is off."))
    return _ended(tx, by.id, before, State.CLOSED, Happening.CLOSED, at)


def pause(tx: Transaction, by: Resident, post_id: str, at: datetime) -> Post:
    """Not now: an offer rests until it is opened again. Only the poster."""
    before = _mine(tx, by, post_id, at)
    require_running(before)
    if before.kind is not Kind.OFFER:
        raise Invalid({"state": phrase("Only an offer can be paused.")})
    if before.state is State.PAUSED:
        return before
    if before.state not in ANSWERABLE:
        raise Conflict(phrase("This is no longer open."))
    return _ended(tx, by.id, before, State.PAUSED, Happening.PAUSED, at)


def reopen(tx: Transaction, by: Resident, post_id: str, at: datetime) -> Post:
    """Open again what was closed, paused or expired. Only the poster."""
    before = _mine(tx, by, post_id, at)
    require_running(before)
    if before.state in ANSWERABLE and before.expires > at:
        return before
    if before.state is State.AGREED:
        raise Conflict(phrase("Somebody is going to help. Say that it is done, or that it is off."))
    if before.state not in (*ANSWERABLE, State.CLOSED, State.PAUSED, State.EXPIRED):
        raise Conflict(phrase("This is no longer open."))
    expires = before.expires if before.expires > at else at + USUAL_EXPIRY[before.kind]
    after = decision.reopened(tx, replace(before, expires=expires), at)
    posts.save(tx, after)
    log.record(tx, Happening.REOPENED, by.id, post_id, at)
    publish.update(tx, after, at)
    return after


def withdraw(tx: Transaction, by: Resident, post_id: str, at: datetime) -> Post:
    """Take a post back everywhere: agreements on it end, every copy is asked to go. Only the poster."""
    before = _mine(tx, by, post_id, at)
    if before.state is State.WITHDRAWN:
        return before
    decision.end_all(tx, before, by.id, at)
    after = decision.settled(tx, posts.get(tx, post_id), at).moved(State.WITHDRAWN, at)
    posts.save(tx, after)
    log.record(tx, Happening.WITHDRAWN, by.id, post_id, at)
    publish.delete(tx, after, at)
    return after


def expire(tx: Transaction, at: datetime) -> int:
    """The day has come for posts that nobody answered in time: closed everywhere. Done by the node itself."""
    due = posts.due_to_expire(tx, at)
    for before in due:
        _ended(tx, None, before, State.EXPIRED, Happening.EXPIRED, at)
    return len(due)


def recall(tx: Transaction, at: datetime) -> int:
    """Thirty days after the end the copies go (`wire.md` 4). Done by the node itself."""
    due = posts.due_to_recall(tx, at - ERASED_AFTER)
    for ended in due:
        publish.delete(tx, ended, at)
        posts.save(tx, replace(ended, uri=tx.home.uri("o", uuid4().hex)))
    return len(due)


def _mine(tx: Transaction, by: Resident, post_id: str, at: datetime) -> Post:
    found = posts.see(tx, by, post_id, at, lock=True)
    require(by, Deed.EDIT_POST, found.author)
    return found


def _key(by: Resident, draft: PostDraft, form: str) -> str:
    """The id of a new post; for the same words from the same form it is the same."""
    if not form:
        return uuid4().hex
    said = [by.id, form, draft.kind, draft.category, draft.title, draft.text]
    return uuid5(NAMESPACE_OID, json.dumps(said)).hex


def _narrowed(tx: Transaction, by: Resident, before: Post, after: Post, at: datetime) -> Post:
    """A smaller audience: the copies go, and the post stays here under a new id that nobody else knows."""
    if any(match for match in matches.of_post(tx, before.id)):
        raise Conflict(phrase("Somebody is going to help. Say that it is done, or that it is off."))
    decision.end_all(tx, before, by.id, at, elsewhere_only=True)
    publish.delete(tx, before, at)
    log.record(tx, Happening.NARROWED, by.id, before.id, at)
    waiting = responses.pending(tx, before.id)
    state = State.RESPONDED if waiting else State.OPEN if before.state in ANSWERABLE else before.state
    return replace(after, uri=tx.home.uri("o", uuid4().hex), state=state)


def _ended(
    tx: Transaction, who: str | None, before: Post, state: State, what: Happening, at: datetime
) -> Post:
    decision.refuse_pending(tx, before, at)
    after = before.moved(state, at)
    posts.save(tx, after)
    log.record(tx, what, who, before.id, at)
    publish.update(tx, after, at)
    return after
