"""What others point us to: public posts of nodes that we know from nowhere else, read at their own home
(`federation.md` 7, rule 14).

Their home does not know that we hold one. So it is looked at again every day, and goes when it is not there
any more, or when whoever pointed to it takes that back. Each is a row of what has to be fetched.
"""

from datetime import datetime, timedelta

from node.acts import held
from node.neighbourhood.activity import Happening
from node.neighbourhood.audience import may_point, may_take
from node.neighbourhood.node import Node
from node.neighbourhood.post import Audience, Post
from node.storage import blocks, log, lookups, nodes, posts, tombstones
from node.storage.database import Transaction
from node.storage.lookups import Lookup

ANNOUNCED = "announced"
MOST = 2000  # that one node points us to at once
TRIES = 3  # to read one that is new here
DAYS = 7  # that the home of one that is here may be out of reach
EVERY = timedelta(days=1)
AGAIN = timedelta(minutes=2)
LATER = timedelta(minutes=1)


def heard(tx: Transaction, node: Node, uri: str, origin: str, announce_uri: str, at: datetime) -> None:
    """A node points us to something (`uri`, at `origin`): it is looked up, if we follow that node and do not
    know it yet. What was deleted, and what is of a home that we keep out, is not."""
    if not may_point(node) or tombstones.buried(tx, uri) or _is_kept_out(tx, origin):
        return
    here = _held(tx, uri)
    if here is not None and not _is_pointed_to(tx, uri):
        return
    if lookups.ending(tx, ANNOUNCED, f" {node.id}") < MOST:
        due = at if here is None else at + EVERY
        lookups.ask_once(tx, ANNOUNCED, f"{uri} {node.id}", announce_uri, due, at)


def taken_back(tx: Transaction, node: Node, announce_uri: str | None, uri: str | None, at: datetime) -> bool:
    """A node points to something no more, named by its Announce or by what that was about: our copy goes,
    unless another points there too. False when it did not."""
    found = lookups.by_asker(tx, ANNOUNCED, announce_uri) if announce_uri is not None else None
    if found is None and uri is not None:
        found = lookups.by_subject(tx, ANNOUNCED, f"{uri} {node.id}")
    if found is None or _pointer(found) != node.id:
        return False
    _let_go(tx, found, at)
    return True


def begin(tx: Transaction, lookup: Lookup, origin: str | None, at: datetime) -> bool:
    """Whether it is to be read now. If we do not follow any more who points there, or its home is one that we
    keep out, it goes; while its home rests it waits."""
    node = nodes.known(tx, {_pointer(lookup)}).get(_pointer(lookup))
    wanted = node is not None and may_point(node) and not tombstones.buried(tx, uri_of(lookup))
    if not wanted or origin is None or _is_kept_out(tx, origin):
        _let_go(tx, lookup, at)
        return False
    home = nodes.by_origin(tx, origin)
    if home is not None and home.paused:
        lookups.put_off(tx, lookup, at + EVERY)
        return False
    return True


def read(tx: Transaction, lookup: Lookup, home: Node, told: Post, at: datetime) -> None:
    """It was read at its home: kept as if that had sent it, and looked at again tomorrow, unless it is sent
    to us anyway. When that was taken back meanwhile, nothing is kept."""
    if not lookups.claim(tx, lookup):
        return
    if _is_kept_out(tx, home.origin) or told.audience is not Audience.PUBLIC:
        _let_go(tx, lookup, at)
        return
    held.take_in(tx, home, told, None, at, pointed=True)
    if _held(tx, told.uri) is None or may_take(home, Audience.PUBLIC):
        lookups.done(tx, lookup)
    else:
        lookups.again(tx, lookup, at + EVERY)


def gone(tx: Transaction, lookup: Lookup, for_good: bool, at: datetime) -> None:
    """It is not there for us, or not any more; `for_good`: and does not come back."""
    if for_good:
        tombstones.bury(tx, uri_of(lookup), at)
    _let_go(tx, lookup, at)


def unreached(tx: Transaction, lookup: Lookup, at: datetime) -> None:
    """Its home could not be asked. One that is here stays a week longer."""
    here = _held(tx, uri_of(lookup)) is not None
    if lookup.attempts + 1 >= (DAYS if here else TRIES):
        _let_go(tx, lookup, at)
    else:
        lookups.failed(tx, lookup, None, at + (EVERY if here else AGAIN))


def put_off(tx: Transaction, lookup: Lookup, at: datetime) -> None:
    """Its home was asked for enough just now."""
    lookups.put_off(tx, lookup, at + LATER)


def uri_of(lookup: Lookup) -> str:
    """What is pointed to."""
    return lookup.subject.partition(" ")[0]


def _pointer(lookup: Lookup) -> str:
    """Who points there: the id of its row."""
    return lookup.subject.partition(" ")[2]


def _held(tx: Transaction, uri: str) -> Post | None:
    """The post, while its words are here."""
    found = posts.by_uri(tx, uri)
    return found if found is not None and found.title != "" else None


def _is_pointed_to(tx: Transaction, uri: str) -> bool:
    return bool(lookups.about(tx, ANNOUNCED, f"{uri} "))


def _let_go(tx: Transaction, lookup: Lookup, at: datetime) -> None:
    """Nobody looks there again; when nobody else points there, the copy goes that came by that way alone."""
    uri = uri_of(lookup)
    here = posts.by_uri(tx, uri, lock=True)
    lookups.done(tx, lookup)
    if here is None or here.node_id is None or here.title == "" or _is_pointed_to(tx, uri):
        return
    home = nodes.get(tx, here.node_id)
    if not may_take(home, Audience.PUBLIC):
        log.record(tx, Happening.DELETED_ELSEWHERE, home.id, here.id, at)
        posts.erase(tx, here)


def _is_kept_out(tx: Transaction, origin: str) -> bool:
    """Whether we have nothing to do with a home, or somebody has to look first at what it says."""
    home = nodes.by_origin(tx, origin)
    if home is not None and (home.blocked or home.partner):
        return home.blocked
    return blocks.severity(tx, origin, home.actor if home is not None else None) is not None
