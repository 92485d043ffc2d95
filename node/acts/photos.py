"""Photos with a post: put there, told in words, taken away. Only by whose post it is; every copy hears how
many there are."""

from dataclasses import replace
from datetime import datetime, timedelta

from node.acts import publish
from node.neighbourhood.activity import Happening
from node.neighbourhood.photo import (
    BYTES_OF_NODE,
    MOST,
    MOST_A_DAY,
    MOST_OF_NODE,
    MOST_OF_PERSON,
    Photo,
    checked_alt,
)
from node.neighbourhood.post import Post, later, require_running
from node.neighbourhood.refusal import Conflict, NotFound, TooMany, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, require
from node.storage import access, log, photos, posts
from node.storage.database import Transaction

A_DAY = timedelta(days=1)


def ask(tx: Transaction, by: Resident, post_id: str | None, draft: str | None, at: datetime) -> None:
    """May one more photo come, with this post, or with what was begun on the form with this key? Only of
    one's own, and so many: of a post, a person, a day, and of all together. It counts as one of the day."""
    if post_id is not None:
        _mine(tx, by, post_id, at)
    require(by, Deed.POST)
    if len(_there(tx, by, post_id, draft)) >= MOST:
        raise Conflict(phrase("There are %(most)d photos with this. That is as many as fit.", most=MOST))
    if access.tries_since(tx, "photo", by.id, at - A_DAY) >= MOST_A_DAY:
        raise TooMany(phrase("You sent many photos today. Try again tomorrow."), 3600)
    if photos.kept(tx, by.id)[0] >= MOST_OF_PERSON:
        raise Conflict(phrase("You have many photos here. Take some away first, from posts that are over."))
    number, size = photos.kept(tx)
    if number >= MOST_OF_NODE or size >= BYTES_OF_NODE:
        raise Conflict(phrase("There is no room for photos now. Your text is safe: post it without."))
    access.note_try(tx, "photo", by.id, at)


def add(tx: Transaction, by: Resident, photo: Photo, at: datetime) -> None:
    """One more photo, made and kept by now. Only with a post of one's own, or with what one began."""
    require(by, Deed.POST)
    before = _mine(tx, by, photo.post_id, at) if photo.post_id is not None else None
    if len(_there(tx, by, photo.post_id, photo.draft)) >= MOST:
        raise Conflict(phrase("There are %(most)d photos with this. That is as many as fit.", most=MOST))
    photos.add(tx, replace(photo, owner=by.id, alt=checked_alt(photo.alt), added=at))
    if before is not None:
        _changed(tx, by, before, at)


def describe(tx: Transaction, by: Resident, photo_id: str, words: str, at: datetime) -> Photo:
    """Say what can be seen on it, for who does not see it. Only whose photo it is."""
    photo, before = _own(tx, by, photo_id, at)
    alt = checked_alt(words)
    if alt != photo.alt:
        photos.describe(tx, photo.id, alt)
        if before is not None:
            _changed(tx, by, before, at)
    return photo


def remove(tx: Transaction, by: Resident, photo_id: str, at: datetime) -> Photo:
    """Take it away, everywhere. Only whose photo it is."""
    photo, before = _own(tx, by, photo_id, at)
    photos.drop(tx, photo.id)
    if before is not None:
        _changed(tx, by, before, at)
    return photo


def _own(tx: Transaction, by: Resident, photo_id: str, at: datetime) -> tuple[Photo, Post | None]:
    """A photo of this person, with its post if it is posted; for all others there is none."""
    require(by, Deed.POST)
    photo = photos.get(tx, photo_id)
    if photo.owner != by.id:
        raise NotFound(phrase("This is not here, or no longer."))
    return photo, _mine(tx, by, photo.post_id, at) if photo.post_id is not None else None


def _mine(tx: Transaction, by: Resident, post_id: str, at: datetime) -> Post:
    """A post of this person that can still be changed. (A copy has no photos here.)"""
    found = posts.see(tx, by, post_id, at, lock=True)
    require(by, Deed.EDIT_POST, found.author if found.own else None)
    require_running(found)
    return found


def _there(tx: Transaction, by: Resident, post_id: str | None, draft: str | None) -> list[Photo]:
    if post_id is not None:
        return photos.of_post(tx, post_id)
    return photos.begun(tx, by.id, draft or "")


def _changed(tx: Transaction, by: Resident, before: Post, at: datetime) -> None:
    """Who answered sees that the post changed, and so does every copy."""
    number = len(photos.of_post(tx, before.id))
    after = replace(before, photos=number, updated=later(before.updated, at))
    posts.save(tx, after)
    log.record(tx, Happening.EDITED, by.id, after.id, at)
    publish.update(tx, after, at)
