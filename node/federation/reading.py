"""What other nodes say, as facts of ours: an actor document as a Node, a Note as a Post. Pure: no I/O."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar
from uuid import uuid4

from node.federation import keyring, public_key
from node.federation.documents import listed, moment_of, name_of, origin_of, uri_of, uris_of, words_of
from node.federation.vocabulary import PUBLIC_NAMES
from node.neighbourhood import event, language, photo
from node.neighbourhood.account import Account
from node.neighbourhood.category import known
from node.neighbourhood.node import Area, Home, Node, NodeKind, directory_of
from node.neighbourhood.post import HELD_STATE, PLACES_MOST, Audience, Decide, Kind, Post, State, Urgency
from node.neighbourhood.when import DayPart, Repeats, believed
from node.storage.advisories import OPEN, Advisory

NAME, TEXT = 500, 64 * 1024
_NO_USERNAME = re.compile(r"[^\w.-]+")
_KNOWN_AS = 10  # other ids of one actor
_KINDS = frozenset(Kind)
_URGENCIES = {word.value: word for word in Urgency}
_DAY_PARTS = {word.value: word for word in DayPart}
_REPEATS = {word.value: word for word in Repeats}
_DECIDES = {word.value: word for word in Decide}
_ACCOUNTS = ("Person", "Group", "Organization", "Service", "Application")

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True)
class Actor:
    """An actor as its own document says: its keys, and the node that it stands for or the account it is.

    A node of our own kind is a Group that has neighbours or a directory; an account is every other actor.
    `keys` is key id -> text, `elsewhere` the ids of keys that have a document of their own (`keyring`);
    `also_known_as`: under which ids it was known before, `moved_to`: under which it is now (FEP-7628);
    `reads_rfc9421`: it says that its server does (FEP-844e).
    """

    id: str
    type: str
    keys: dict[str, str]
    node: Node | None
    account: Account | None = None
    also_known_as: frozenset[str] = frozenset()
    elsewhere: tuple[str, ...] = ()
    reads_rfc9421: bool = False
    moved_to: str | None = None

    @property
    def has_ed25519(self) -> bool:
        """Whether one of its keys is of the kind that our own nodes sign with."""
        return any(public_key.is_ed25519(text) for text in self.keys.values())


def actor(document: dict[str, Any], at: datetime) -> Actor | None:
    """Read an actor document; None when it lacks what every actor needs, names things of another origin, or
    spells its own host in another way than all of us (A20)."""
    uri, kind, inbox = uri_of(document), document.get("type"), uri_of(document.get("inbox"))
    if uri is None or not isinstance(kind, str) or inbox is None:
        return None
    origin = origin_of(uri)
    if origin is None or origin_of(inbox) != origin or not f"{uri}/".startswith(f"{origin}/"):
        return None
    named = keyring.of(document, uri)
    ours = kind == "Group" and (
        _own(document, "adjacentNodes", origin) or _own(document, "directory", origin)
    )
    return Actor(
        id=uri,
        type=kind,
        keys=named.keys,
        node=_node(document, uri, origin, inbox, at) if ours else None,
        account=_account(document, uri, origin, inbox, at) if not ours and kind in _ACCOUNTS else None,
        also_known_as=frozenset(uris_of(document.get("alsoKnownAs"))[:_KNOWN_AS]),
        elsewhere=named.elsewhere,
        reads_rfc9421=_reads_rfc9421(document),
        moved_to=uri_of(document.get("movedTo")),
    )


def _reads_rfc9421(document: dict[str, Any]) -> bool:
    """Whether the software behind an actor names RFC 9421 among what it implements (FEP-844e)."""
    generator = document.get("generator")
    named = listed(generator.get("implements"))[:50] if isinstance(generator, dict) else []
    links = [item.get("href") if isinstance(item, dict) else item for item in named]
    return any(isinstance(link, str) and link.rstrip("/").lower().endswith("/rfc9421") for link in links)


def _node(document: dict[str, Any], uri: str, origin: str, inbox: str, at: datetime) -> Node:
    shared = document.get("endpoints")
    shared = uri_of(shared.get("sharedInbox")) if isinstance(shared, dict) else None
    area = document.get("areaCode")
    return Node(
        id=uuid4().hex,
        actor=uri,
        origin=origin,
        name=name_of(document.get("name"), 80) or name_of(document.get("preferredUsername"), 80) or origin,
        kind=NodeKind.HUB if _own(document, "directory", origin) else NodeKind.NEIGHBOURHOOD,
        area=words_of(area, 20),
        inbox=shared if shared and origin_of(shared) == origin else inbox,
        outbox=_own(document, "outbox", origin),
        adjacent=_own(document, "adjacentNodes", origin),
        hub=uri_of(document.get("hub")),
        directory=_own(document, "directory", origin),
        url=_own(document, "url", origin),
        fetched=at,
    )


def _account(document: dict[str, Any], uri: str, origin: str, inbox: str, at: datetime) -> Account:
    """Its handle is on the host of its own address: a name on another host is not taken from its own word."""
    shared = document.get("endpoints")
    shared = uri_of(shared.get("sharedInbox")) if isinstance(shared, dict) else None
    username = _username(document.get("preferredUsername")) or _username(uri.rstrip("/").rpartition("/")[2])
    return Account(
        id=uuid4().hex,
        actor=uri,
        origin=origin,
        kind=str(document["type"]),
        handle=f"{username or '_'}@{origin.partition('://')[2]}",
        name=name_of(document.get("name"), 80) or username or "_",
        inbox=inbox,
        met=at,
        shared_inbox=shared if shared and origin_of(shared) == origin else None,
        url=_own(document, "url", origin),
        fetched=at,
    )


def _username(said: Any) -> str:
    """The first half of a handle: letters and numbers, and nothing that makes another host of it (A18)."""
    return _NO_USERNAME.sub("", (name_of(said, 80) or "").lstrip("@").partition("@")[0])


def advisory(item: Any, hub: Node, at: datetime) -> Advisory | None:
    """A Block by our hub, as advice; None for anything else, and for one whose time is over."""
    if not isinstance(item, dict) or item.get("type") != "Block" or uri_of(item.get("actor")) != hub.actor:
        return None
    uri, subject = uri_of(item), uri_of(item.get("object"))
    if uri is None or subject is None or origin_of(uri) != hub.origin:
        return None
    ends = moment_of(item.get("endTime"))
    if ends is not None and ends <= at:
        return None
    summary = name_of(item.get("summary"), 200) or ""
    return Advisory(uri, subject, summary, moment_of(item.get("published")) or at, ends, OPEN)


def _own(document: dict[str, Any], name: str, origin: str) -> str | None:
    """A link of the document that stays on its own origin."""
    uri = uri_of(document.get(name))
    return uri if uri is not None and origin_of(uri) == origin else None


def is_post(note: dict[str, Any]) -> bool:
    """Whether this is something that nodes of our own kind write, at first sight."""
    return note.get("type") in ("Note", "Event") and note.get("kind") in list(Kind)


def post(note: dict[str, Any], node: Node, at: datetime) -> Post | None:
    """Read a Note or Event of another node as a copy to hold; None when it is not one of ours, or not for us.

    What the owner says of itself is believed within limits; a category we do not know is *other*.
    """
    uri, kind = uri_of(note), note.get("kind")
    updated, expires = (
        moment_of(note.get("updated")) or moment_of(note.get("published")),
        moment_of(note.get("endTime")),
    )
    audience = _audience(note, node)
    if (
        uri is None
        or not isinstance(kind, str)
        or kind not in _KINDS
        or updated is None
        or expires is None
        or audience is None
    ):
        return None
    if uris_of(note.get("attributedTo")) != [node.actor] or origin_of(uri) != node.origin:
        return None
    title, party = name_of(note.get("name"), NAME), note.get("party")
    if title is None or not isinstance(party, dict):
        return None
    created = moment_of(note.get("published")) or updated
    starts = moment_of(note.get("startTime")) if kind == Kind.EVENT else None
    if (kind == Kind.EVENT) != (note.get("type") == "Event") or (kind == Kind.EVENT and starts is None):
        return None
    places, left = _places(Kind(kind), note)
    rhythm = note if Kind(kind).agrees else {}
    return Post(
        id=uuid4().hex,
        uri=uri,
        kind=Kind(kind),
        title=title,
        text=_text(note),
        category=known(str(note.get("category"))),
        audience=audience,
        urgency=_choice(_URGENCIES, note.get("urgency"), Urgency.WEEK),
        state=_state(note),
        author_name=name_of(party.get("name"), 80) or "?",
        party=uri_of(party) or uri,
        area=_area(note, node),
        created=min(created, at),
        updated=min(updated, at + timedelta(minutes=5)),
        expires=expires,
        decide=_choice(_DECIDES, note.get("decide"), Decide.CHOOSE),
        places=places,
        places_left=left,
        language=_language(note),
        node_id=node.id,
        starts=starts,
        place=_venue(note) if kind == Kind.EVENT else "",
        when=believed(rhythm.get("when"), at),
        day_part=_choice(_DAY_PARTS, rhythm.get("dayPart"), DayPart.ANY),
        repeats=_choice(_REPEATS, rhythm.get("repeats"), Repeats.ONCE),
        photos=_photos(note),
    )


def _photos(note: dict[str, Any]) -> int:
    """How many there are at its home. None is fetched, and none is shown from there (H10)."""
    said = note.get("photos")
    return min(said, photo.MOST) if type(said) is int and said > 0 else 0


def _audience(note: dict[str, Any], node: Node) -> Audience | None:
    """Derived from the addressing: public, for the municipality of its home, or for its neighbours."""
    named = {item for item in [*listed(note.get("to")), *listed(note.get("cc"))] if isinstance(item, str)}
    if not named.isdisjoint(PUBLIC_NAMES):
        return Audience.PUBLIC
    hub = node.actor if node.kind is NodeKind.HUB else node.hub
    if hub is not None and directory_of(hub) in named:
        return Audience.MUNICIPALITY
    return Audience.ADJACENT if node.adjacent in named else None


def _text(note: dict[str, Any]) -> str:
    source = note.get("source")
    return (words_of(source.get("content"), TEXT) or "").strip() if isinstance(source, dict) else ""


def _state(note: dict[str, Any]) -> State:
    return HELD_STATE.get(str(note.get("listingState")), State.OPEN)


def _choice(words: dict[str, Word], word: Any, default: Word) -> Word:
    return words.get(word, default) if isinstance(word, str) else default


def _area(note: dict[str, Any], node: Node) -> Area:
    place = note.get("location")
    place = place if isinstance(place, dict) else {}
    code = words_of(place.get("areaCode"), 20) or node.area or ""
    return Area(code, (name_of(place.get("name"), 80) if "id" in place else None) or node.name)


def _venue(note: dict[str, Any]) -> str:
    """Where an event is: a place that is not just its neighbourhood."""
    place = note.get("location")
    return (name_of(place.get("name"), 200) or "") if isinstance(place, dict) and "id" not in place else ""


def _places(kind: Kind, note: dict[str, Any]) -> tuple[int, int]:
    """For how many there is room, and for how many still: 0 and 0 where there is no limit."""
    if kind is Kind.NOTICE:
        return 0, 0
    if kind is Kind.EVENT:
        room, left = note.get("maximumAttendeeCapacity"), note.get("remainingAttendeeCapacity")
        if not isinstance(room, int) or not 0 < room <= event.PLACES_MOST:
            return 0, 0
        return room, left if isinstance(left, int) and 0 <= left <= room else room
    publishes = note.get("publishes")
    quantity = publishes.get("availableQuantity") if isinstance(publishes, dict) else None
    value = quantity.get("hasNumericalValue") if isinstance(quantity, dict) else None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 4:
        left = min(int(value), PLACES_MOST)
    else:
        left = 0 if _state(note) in (State.AGREED, State.DONE) else 1
    return max(1, left), left


def _language(note: dict[str, Any]) -> str:
    """That in which it was written: the first that it is told in. Where none is said, we do not guess."""
    words = note.get("contentMap")
    return language.of_tag(next(iter(words), None)) if isinstance(words, dict) else language.UNKNOWN


def is_home(home: Home, uri: str) -> bool:
    """Whether an id is in our own space: nobody else may claim it (`federation.md` 7, rule 24)."""
    return origin_of(uri) == home.origin
