"""Posts of every kind: asking, offering, changing one's mind, and coming to an end."""

import json
from dataclasses import replace
from datetime import datetime
from uuid import NAMESPACE_OID, uuid4, uuid5

from node.acts import decision, pace, publish, review, searches, trust
from node.neighbourhood.activity import Happening
from node.neighbourhood.category import LOOKED_AT_FIRST
from node.neighbourhood.draft import USUAL_EXPIRY, PostChange, changed, opened
from node.neighbourhood.match import MatchState, state_after
from node.neighbourhood.post import (
    ANSWERABLE,
    ERASED_AFTER,
    RINGS,
    Kind,
    Post,
    PostDraft,
    State,
    later,
    require_running,
)
from node.neighbourhood.refusal import Conflict, Invalid, NotFound, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.response import Reason
from node.neighbourhood.roles import Deed, require
from node.neighbourhood.when import Days, Repeats
from node.storage import due, invites, log, matches, nodes, photos, posts, responses
from node.storage.database import Transaction

_RESTS = frozenset({State.CLOSED, State.SOLVED_ELSEWHERE, State.PAUSED, State.EXPIRED, State.REFERRED})


def post(tx: Transaction, by: Resident, draft: PostDraft, at: datetime, form: str = "") -> Post:
    """Put a post up, here and with everyone it is for. Any resident may.

    `form` is a secret of the form it was filled in on: the same words from the same form are posted once,
    however often its button was pressed. Other words from that form are another post. What is about
    childcare waits for a supervisor first.
    """
    require(by, Deed.POST)
    _require_known(tx, by, draft.kind, draft.category, at)
    key = _key(by, draft, form)
    party, in_hub = tx.home.uri("p", uuid4().hex), nodes.hub_actor(tx) is not None
    made = opened(draft, key, tx.home.uri("o", key), party, by, tx.home, in_hub, at)
    held = made.category in LOOKED_AT_FIRST
    made = replace(made, state=State.WAITING) if held else made
    made = replace(made, photos=len(photos.begun(tx, by.id, form))) if form else made
    if not posts.add_once(tx, made):
        return posts.get(tx, made.id)
    if made.photos:
        photos.attach(tx, by.id, form, made.id)
    log.record(tx, Happening.POSTED, by.id, made.id, at)
    if held:  # it is sent when a supervisor has looked
        review.ask(tx, made, by.id, at)
    else:
        publish.create(tx, made, at)
    pace.set_new(tx, made)
    searches.appeared(tx, made, at)
    return made


def edit(tx: Transaction, by: Resident, post_id: str, change: PostChange, at: datetime) -> Post:
    """Change words, category, urgency, audience, places or end. Only the poster; every copy hears of it."""
    before = _mine(tx, by, post_id, at)
    require_running(before)
    after = changed(before, change, tx.home, nodes.hub_actor(tx) is not None, at)
    if after == before:
        return before
    _require_known(tx, by, after.kind, after.category, at)
    after = replace(after, updated=later(before.updated, at))
    if before.state is State.EXPIRED and after.expires > before.expires:
        after = decision.reopened(tx, after, at)
    elif after.places != before.places:
        after = decision.settled(tx, after, at)
    narrower = RINGS.index(after.audience) < RINGS.index(before.audience)
    if before.state is State.WAITING and RINGS.index(after.audience) > RINGS.index(before.audience):
        raise Conflict(phrase("A supervisor looks at this. Until then it goes to nobody else."))
    if narrower and change.widen is None:
        after = replace(after, widen=False)
    if before.shared and narrower:
        after = _narrowed(tx, by, before, after, at)
    held = review.becomes_due(before, after)
    after = replace(after, state=State.WAITING) if held else after
    posts.save(tx, after)
    if after.places < before.places and after.places_left == 0:
        decision.refuse_pending(tx, after, at, Reason.TAKEN)
    _note_changes(tx, by, before, after, change, at)
    if held:
        review.ask(tx, after, by.id, at)
    pace.set_for(tx, after, at)
    publish.update(tx, after, at)
    searches.appeared(tx, after, at)
    return after


def _note_changes(
    tx: Transaction, by: Resident, before: Post, after: Post, change: PostChange, at: datetime
) -> None:
    longer = change.expires is not None and after.expires > before.expires
    log.record(tx, Happening.EXTENDED if longer else Happening.EDITED, by.id, after.id, at)
    if RINGS.index(after.audience) > RINGS.index(before.audience):
        log.record(tx, Happening.WIDENED, by.id, after.id, at)


def extend(tx: Transaction, by: Resident, post_id: str, at: datetime) -> Post:
    """Keep a post up as long again as is usual for its kind; one that expired is open again. A day that is
    past is named no more. Only the poster."""
    before = _mine(tx, by, post_id, at)
    require_running(before)
    if before.kind is Kind.EVENT:
        raise Conflict(phrase("An event ends when it is over. Change its time instead."))
    expires = max(before.expires, at + USUAL_EXPIRY[before.kind])
    after = replace(before, expires=expires, when=_to_come(tx, before, at), updated=later(before.updated, at))
    if before.state is State.EXPIRED:
        after = decision.reopened(tx, after, at)
    posts.save(tx, after)
    log.record(tx, Happening.EXTENDED, by.id, post_id, at)
    pace.set_for(tx, after, at)
    publish.update(tx, after, at)
    return after


def close(tx: Transaction, by: Resident, post_id: str, at: datetime) -> Post:
    """No longer needed: who still waits hears it kindly. Only the poster, and not while an agreement runs."""
    return _closed(tx, by, _mine(tx, by, post_id, at), State.CLOSED, at)


def solve_elsewhere(tx: Transaction, by: Resident, post_id: str, at: datetime) -> Post:
    """No longer needed, for help was found in another way: closed like any other, and said so. Only the
    poster, of a request."""
    before = _mine(tx, by, post_id, at)
    if before.kind is not Kind.REQUEST:
        raise NotFound(phrase("This is not here, or no longer."))
    return _closed(tx, by, before, State.SOLVED_ELSEWHERE, at)


def _closed(tx: Transaction, by: Resident, before: Post, state: State, at: datetime) -> Post:
    require_running(before)
    if before.state in (State.CLOSED, State.REFERRED, State.SOLVED_ELSEWHERE):
        return before
    if before.state is State.WAITING:  # closing it would show it again
        raise Conflict(phrase("A supervisor looks at this. You can change it, or take it back."))
    if any(match.state is MatchState.AGREED for match in matches.of_post(tx, before.id)):
        raise Conflict(phrase("Somebody is going to help. Say that it is done, or that it is off."))
    if before.kind is Kind.EVENT:  # it is off: who wanted to come hears it
        decision.end_all(tx, before, by.id, at)
        before = decision.settled(tx, before, at)
    return ended(tx, by.id, before, state, Happening.CLOSED, at)


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
    return ended(tx, by.id, before, State.PAUSED, Happening.PAUSED, at)


def reopen(tx: Transaction, by: Resident, post_id: str, at: datetime) -> Post:
    """Open again what was closed, paused, expired or handed to a professional. Only the poster."""
    before = _mine(tx, by, post_id, at)
    require_running(before)
    if before.state in ANSWERABLE and before.expires > at:
        return before
    if before.state is State.AGREED:
        raise Conflict(phrase("Somebody is going to help. Say that it is done, or that it is off."))
    if before.state not in (*ANSWERABLE, *_RESTS):
        raise Conflict(phrase("This is no longer open."))
    if before.kind is Kind.EVENT and before.expires <= at:
        raise Conflict(phrase("An event ends when it is over. Change its time instead."))
    expires = before.expires if before.expires > at else at + USUAL_EXPIRY[before.kind]
    after = replace(before, expires=expires, when=_to_come(tx, before, at))
    after = decision.reopened(tx, after, at)
    posts.save(tx, after)
    log.record(tx, Happening.REOPENED, by.id, post_id, at)
    pace.set_for(tx, after, at)
    publish.update(tx, after, at)
    return after


def withdraw(tx: Transaction, by: Resident, post_id: str, at: datetime) -> Post:
    """Take a post back everywhere: agreements on it end, every copy is asked to go. Only the poster."""
    before = _mine(tx, by, post_id, at)
    return before if before.state is State.WITHDRAWN else taken_down(tx, before, by.id, at)


def taken_down(tx: Transaction, before: Post, who: str, at: datetime) -> Post:
    """A post goes everywhere: its poster took it back, or a supervisor removed it."""
    decision.end_all(tx, before, who, at)
    after = decision.settled(tx, posts.get(tx, before.id), at).moved(State.WITHDRAWN, at)
    pace.save(tx, replace(after, photos=0), at)
    photos.drop_of_post(tx, before.id)
    log.record(tx, Happening.WITHDRAWN, who, before.id, at)
    publish.delete(tx, after, at)
    return after


def expire(tx: Transaction, at: datetime) -> int:
    """The day has come for posts that nobody answered in time: closed everywhere. Done by the node itself."""
    found = due.to_expire(tx, at)
    for before in found:
        ended(tx, None, before, State.EXPIRED, Happening.EXPIRED, at)
    return len(found)


def recall(tx: Transaction, at: datetime) -> int:
    """Thirty days after the end the copies go (`wire.md` 4). Done by the node itself."""
    found = due.to_recall(tx, at - ERASED_AFTER)
    for ended in found:
        publish.delete(tx, ended, at)
        posts.save(tx, replace(ended, uri=tx.home.uri("o", uuid4().hex)))
    return len(found)


def _to_come(tx: Transaction, post: Post, at: datetime) -> Days | None:
    """On which days help is wanted; none any more when those are over."""
    once = post.when is not None and post.repeats is Repeats.ONCE
    return None if once and post.when and post.when.over(tx.home.zone) <= at else post.when


def _require_known(tx: Transaction, by: Resident, kind: Kind, category: str, at: datetime) -> None:
    """Who offers to mind children is known; who asks for it may be new."""
    if kind is Kind.OFFER:
        trust.require_for(tx, by, category, at)


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
    state = before.state
    if state in ANSWERABLE and after.kind.agrees:
        waiting, asked = len(responses.pending(tx, before.id)), len(invites.waiting(tx, before.id))
        state = state_after(replace(before, released=None), 0, 0, waiting, asked)
    after = replace(after, uri=tx.home.uri("o", uuid4().hex), state=state, released=None)
    return after if after.kind.agrees else decision.settled(tx, after, at)


def ended(
    tx: Transaction,
    who: str | None,
    before: Post,
    state: State,
    what: Happening,
    at: datetime,
    why: str | None = None,
) -> Post:
    """A post comes to an end, for whoever decided so: who waits hears it kindly, and every copy too."""
    decision.refuse_pending(tx, before, at)
    after = before.moved(state, at)
    pace.save(tx, after, at)
    log.record(tx, what, who, before.id, at, why)
    publish.update(tx, after, at)
    return after
