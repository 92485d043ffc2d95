"""Moving house: somebody takes their name, wishes and offers from one neighbourhood to another.

The old node writes it all into one file and signs it; the new one takes the file in once. Nothing in it is
published without its owner looking at it.
"""

from datetime import datetime
from uuid import uuid4

from node.neighbourhood import wish
from node.neighbourhood.activity import Happening
from node.neighbourhood.digest import Often, checked
from node.neighbourhood.parcel import LASTS, OFFERS_MOST, Parcel
from node.neighbourhood.post import ANSWERABLE, Kind, Post, State
from node.neighbourhood.refusal import Conflict, Invalid, NotFound, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, require
from node.neighbourhood.wish import Search
from node.storage import digests, drafts, erasing, log, parcels, posts, residents, searches
from node.storage.database import Transaction

_GOING = (*ANSWERABLE, State.AGREED, State.PAUSED)


def pack(tx: Transaction, by: Resident, at: datetime) -> Parcel:
    """What they take along. Only of oneself."""
    require(by, Deed.READ_OWN)
    chosen = digests.of(tx, by.id)
    own = [posts.get(tx, post_id) for post_id in erasing.own_posts(tx, by.id)]
    going = [post for post in own if post.kind is Kind.OFFER and post.state in _GOING and post.expires > at]
    return Parcel(
        id=f"{tx.home.origin}#parcel-{uuid4().hex}",
        home=tx.home.actor,
        until=at + LASTS,
        name=by.name,
        mail=residents.email_of(tx, by.id) or "",
        language=by.language,
        digest=None if chosen.often is Often.NEVER else (chosen.often, str(chosen.hour)),
        searches=[_said(one) for one in searches.of(tx, by.id)],
        offers=[_fields(post) for post in going[:OFFERS_MOST]],
    )


def take_in(tx: Transaction, by: Resident, parcel: Parcel, at: datetime) -> None:
    """Give somebody what they brought. Only to whom it belongs, as their mail address says, and once. (That
    its node signed it, the door has looked.)"""
    require(by, Deed.READ_OWN)
    if parcel.home == tx.home.actor:
        raise Invalid({"file": phrase("This file is from here. Give it at your new neighbourhood.")})
    if parcel.mail != (residents.email_of(tx, by.id) or ""):
        raise Invalid({"file": phrase("This file is of somebody with another mail address.")})
    if not parcels.once(tx, parcel.id, parcel.until):
        raise Conflict(phrase("This file was used here already. It works once."))
    residents.set_language(tx, by.id, parcel.language)
    if parcel.digest:
        digests.keep(tx, by.id, checked(*parcel.digest, at, tx.home.zone))
    _wait_for(tx, by, parcel, at)
    parcels.put(tx, by.id, parcel.offers, at)
    log.record(tx, Happening.MOVED_IN, by.id, by.id, at)


def look_at(tx: Transaction, by: Resident, brought_id: str, at: datetime) -> None:
    """Go on with an offer that they brought: it is a draft from now on, to be looked at and posted. Only
    whose it is; an offer that was begun here is finished first, so that nothing typed is lost."""
    require(by, Deed.POST)
    if drafts.of(tx, by.id, Kind.OFFER, at) is not None:
        raise Conflict(phrase("You began another offer here. Post it first, or throw it away."))
    drafts.keep(tx, by.id, Kind.OFFER, _taken(tx, by, brought_id).fields, at)


def throw_away(tx: Transaction, by: Resident, brought_id: str) -> None:
    """It is not wanted here. Only whose it is."""
    require(by, Deed.READ_OWN)
    _taken(tx, by, brought_id)


def _taken(tx: Transaction, by: Resident, brought_id: str) -> parcels.Brought:
    found = parcels.take(tx, by.id, brought_id)
    if found is None:
        raise NotFound(phrase("This is not here, or no longer."))
    return found


def _wait_for(tx: Transaction, by: Resident, parcel: Parcel, at: datetime) -> None:
    there = searches.of(tx, by.id)
    for said in parcel.searches:
        made = Search(uuid4().hex, by.id, *wish.checked(*said), False, at)
        if len(there) < wish.MOST and not any(one.same(made) for one in there):
            searches.add(tx, made)
            there.append(made)


def _said(search: Search) -> tuple[str, str, str, str]:
    return search.words, search.kind or "", search.category or "", search.ring or ""


def _fields(post: Post) -> dict[str, str]:
    """As the form has them; who may see it and until when is chosen anew."""
    said = {"title": post.title, "text": post.text, "category": str(post.category)}
    return said | {"day_part": str(post.day_part), "repeats": str(post.repeats)}
