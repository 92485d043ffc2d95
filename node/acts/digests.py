"""Digests: what is new and open, in one letter a day or a week, for whoever wants it."""

from dataclasses import replace
from datetime import datetime

from node.acts import tidings
from node.neighbourhood.digest import Digest, checked, next_moment
from node.neighbourhood.post import Post
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, require
from node.storage import digests, follows, letters, posts, residents, told
from node.storage.database import Transaction

AT_ONCE = 25  # people, in one transaction
LOOKED_AT = 100  # of each ring, the newest


def choose(tx: Transaction, by: Resident, often: str, hour: str, at: datetime) -> Digest:
    """Say how often one wants a digest, and at what hour. Residents, each for themselves."""
    require(by, Deed.CHOOSE_MAIL)
    wish = checked(often, hour, at, tx.home.zone)
    digests.keep(tx, by.id, wish)
    return wish


def write_due(tx: Transaction, at: datetime) -> int:
    """Have the digests written whose time has come; says how many. With nothing new there is no letter. Done
    by the node itself."""
    due = digests.claim(tx, at, AT_ONCE)
    for resident_id, wish in due:
        digests.keep(tx, resident_id, replace(wish, due=next_moment(wish.often, wish.hour, at, tx.home.zone)))
        person = residents.get(tx, resident_id, at)
        found = [post for post in news(tx, person, at) if told.add(tx, person.id, post, at, waits=False)]
        if found:
            letters.add(tx, "digest", at, resident_id=person.id, posts=[post.id for post in found])
    return len(due)


def news(tx: Transaction, person: Resident, at: datetime) -> list[Post]:
    """What is open and was not told to somebody yet: our own, next door, then the districts they follow."""
    shown = [one.node.id for one in follows.districts(tx, person) if one.shown]
    wanted = posts.Filter(answerable=True, limit=LOOKED_AT)
    found = posts.listing(tx, person, replace(wanted, own=True), at)
    if shown:
        found += posts.listing(tx, person, replace(wanted, homes=shown), at)
    return told.new(tx, person.id, tidings.worth_telling(tx, person, found, at))
