"""Requests and offers: asking, offering, changing one's mind, and coming to an end."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from node.acts import decision, publish
from node.neighbourhood import offer, request
from node.neighbourhood.activity import Happening
from node.neighbourhood.category import Category
from node.neighbourhood.match import MatchState
from node.neighbourhood.post import (
    ANSWERABLE,
    ERASED_AFTER,
    Decide,
    Kind,
    Post,
    PostDraft,
    State,
    Urgency,
    checked_audience,
    checked_choice,
    checked_expiry,
    checked_places,
    checked_words,
    later,
    require_running,
)
from node.neighbourhood.refusal import Conflict, Invalid, Words, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.response import Reason
from node.neighbourhood.roles import Deed, require
from node.storage import log, matches, posts, responses
from node.storage.database import Transaction

USUAL_EXPIRY: dict[Kind, timedelta] = {Kind.REQUEST: request.EXPIRY, Kind.OFFER: offer.EXPIRY}


@dataclass(frozen=True)
class PostChange:
    """What somebody wants different about a post; `None` means: as it is."""

    title: str | None = None
    text: str | None = None
    category: str | None = None
    audience: str | None = None
    urgency: str | None = None
    decide: str | None = None
    places: int | None = None
    expires: datetime | None = None


def post(tx: Transaction, by: Resident, draft: PostDraft, at: datetime) -> Post:
    """Put a request or an offer up, here and with everyone it is for. Any resident may."""
    require(by, Deed.POST)
    made = _checked(tx, by, draft, at)
    posts.add(tx, made)
    log.record(tx, Happening.POSTED, by.id, made.id, at)
    publish.create(tx, made, at)
    return made


def edit(tx: Transaction, by: Resident, post_id: str, change: PostChange, at: datetime) -> Post:
    """Change words, category, urgency, audience, places or end. Only the poster; every copy hears of it."""
    before = _mine(tx, by, post_id, at)
    require_running(before)
    after = _changed(before, change, at)
    if after == before:
        return before
    after = replace(after, updated=later(before.updated, at))
    if after.places != before.places:
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
    """Keep a post up as long again as is usual for its kind; one that expired is open again. Only the poster."""
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
    if before.state in ANSWERABLE:
        return before
    if before.state is State.AGREED:
        raise Conflict(phrase("Somebody is going to help. Say that it is done, or that it is off."))
    if before.state not in (State.CLOSED, State.PAUSED, State.EXPIRED):
        raise Conflict(phrase("This is no longer open."))
    expires = before.expires if before.expires > at + timedelta(days=1) else at + USUAL_EXPIRY[before.kind]
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


def _checked(tx: Transaction, by: Resident, draft: PostDraft, at: datetime) -> Post:
    errors: dict[str, Words] = {}
    key = uuid4().hex
    try:
        title, text = checked_words(draft.title, draft.text)
    except Invalid as wrong:
        errors |= wrong.errors
        title = text = ""
    if draft.category not in set(Category):
        errors["category"] = phrase("Choose what it is about.")
    if errors:
        raise Invalid(errors)
    places = checked_places(draft.places)
    return Post(
        id=key,
        uri=tx.home.uri("o", key),
        kind=draft.kind,
        title=title,
        text=text,
        category=Category(draft.category),
        audience=checked_audience(draft.audience),
        urgency=checked_choice(Urgency, draft.urgency, "urgency", Urgency.WEEK),
        state=State.OPEN,
        author_name=by.name,
        party=tx.home.uri("p", uuid4().hex),
        area=tx.home.area,
        created=at,
        updated=at,
        expires=checked_expiry(draft.expires, USUAL_EXPIRY[draft.kind], at),
        decide=checked_choice(Decide, draft.decide, "decide", Decide.CHOOSE),
        places=places,
        places_left=places,
        language=draft.language,
        author=by.id,
    )


def _changed(before: Post, change: PostChange, at: datetime) -> Post:
    title, text = checked_words(
        before.title if change.title is None else change.title,
        before.text if change.text is None else change.text,
    )
    if change.category is not None and change.category not in set(Category):
        raise Invalid({"category": phrase("Choose what it is about.")})
    places = before.places if change.places is None else checked_places(change.places)
    taken = before.places - before.places_left
    if places < taken:
        raise Invalid({"places": phrase("%(taken)d helpers are agreed already.", taken=taken)})
    return replace(
        before,
        title=title,
        text=text,
        category=before.category if change.category is None else Category(change.category),
        audience=before.audience if change.audience is None else checked_audience(change.audience),
        urgency=checked_choice(Urgency, change.urgency, "urgency", before.urgency),
        decide=checked_choice(Decide, change.decide, "decide", before.decide),
        places=places,
        places_left=places - taken,
        expires=before.expires
        if change.expires is None
        else checked_expiry(change.expires, USUAL_EXPIRY[before.kind], at),
    )


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
