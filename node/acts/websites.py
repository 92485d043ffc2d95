"""Websites of the neighbourhood's own, which join as they are: an operator names one, and what it tells is
shown beside the posts. It is never sent to others, and nobody answers it here: whoever wants to goes there.

Each is a row of what has to be fetched, due again after every reading.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit
from uuid import uuid4

from node.neighbourhood.activity import Happening
from node.neighbourhood.refusal import Conflict, Invalid, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, require
from node.neighbourhood.website import (
    GIVEN_UP,
    MOST,
    NAME,
    Entry,
    Website,
    checked_address,
    chosen,
    next_reading,
)
from node.storage import blocks, log, lookups, websites
from node.storage.database import Transaction
from node.storage.lookups import Lookup

WEBSITE = "website"


@dataclass(frozen=True)
class Told:
    """What came of reading one: where its feed was found, what that is called, and what stands in it."""

    feed: str
    name: str
    entries: Sequence[Entry]
    etag: str | None
    modified: str | None


def add(tx: Transaction, by: Resident, address: str, name: str, at: datetime) -> Website:
    """Show what a website tells from now on; without a name it gets the one that it gives itself. Only an
    operator."""
    require(by, Deed.RUN_BORDERS)
    address, name = checked_address(address), " ".join(name.split())
    if len(name) > NAME or not name.isprintable():
        raise Invalid({"name": phrase("Take a shorter name.")})
    if websites.count(tx) >= MOST:
        raise Conflict(phrase("There are as many websites as fit. Take one away first."))
    if _is_kept_out(tx, address):
        raise Invalid({"address": phrase("This server stands on our list of whom we keep out.")})
    website = Website(uuid4().hex, address, name or _host(address), at)
    if not websites.add(tx, website):
        raise Invalid({"address": phrase("This website is here already.")})
    lookups.ask(tx, WEBSITE, website.id, at, by.id)
    log.record(tx, Happening.WEBSITE_ADDED, by.id, website.id, at, address)
    return website


def remove(tx: Transaction, by: Resident, website_id: str, at: datetime) -> None:
    """Show it no more. Only an operator."""
    require(by, Deed.RUN_BORDERS)
    website = websites.get(tx, website_id)
    websites.remove(tx, website.id)
    log.record(tx, Happening.WEBSITE_REMOVED, by.id, website.id, at, website.address)


def begin(tx: Transaction, lookup: Lookup, at: datetime) -> Website | None:
    """Which is to be read now; None when it is not wanted any more, or kept out."""
    found = [one for one in websites.everyone(tx) if one.id == lookup.subject]
    if not found:
        lookups.done(tx, lookup)
        return None
    if _is_kept_out(tx, found[0].feed or found[0].address):
        websites.tell(tx, found[0].id, [])
        failed(tx, lookup, found[0], "kept out", None, at)
        return None
    return found[0]


def read(
    tx: Transaction, lookup: Lookup, website: Website, told: Told, wait: float | None, at: datetime
) -> None:
    """It was read: what it tells now is shown instead of what it told before."""
    if not lookups.claim(tx, lookup):
        return
    own_name = told.name if website.read is None and website.name == _host(website.address) else ""
    changed = replace(
        website,
        name=own_name or website.name,
        feed=told.feed,
        etag=told.etag,
        modified=told.modified,
        read=at,
        error=None,
        failing=None,
    )
    websites.save(tx, changed)
    websites.tell(tx, website.id, chosen(list(told.entries), at))
    lookups.again(tx, lookup, next_reading(at, 0, wait))


def unchanged(tx: Transaction, lookup: Lookup, website: Website, wait: float | None, at: datetime) -> None:
    """It has nothing new."""
    websites.save(tx, replace(website, read=at, error=None, failing=None))
    lookups.again(tx, lookup, next_reading(at, 0, wait))


def failed(
    tx: Transaction, lookup: Lookup, website: Website, error: str, wait: float | None, at: datetime
) -> None:
    """It could not be read: asked again later and later. Where its feed was is looked for anew, and after a
    month nothing of it is shown any more."""
    since = website.failing or at
    websites.save(tx, replace(website, feed=None, etag=None, modified=None, error=error[:300], failing=since))
    if at - since > GIVEN_UP:
        websites.tell(tx, website.id, [])
    lookups.failed(tx, lookup, None, next_reading(at, lookup.attempts + 1, wait))


def _host(address: str) -> str:
    return urlsplit(address).hostname or address


def _is_kept_out(tx: Transaction, address: str) -> bool:
    parts = urlsplit(address)
    return blocks.severity(tx, f"{parts.scheme}://{parts.netloc}".lower()) is not None
