"""Nodes: our own (`Home`), the others we know (`Node`), and how near they stand to us."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class NodeKind(StrEnum):
    """What a server is for: one neighbourhood, or a whole municipality."""

    NEIGHBOURHOOD = "neighbourhood"
    HUB = "hub"


@dataclass(frozen=True)
class Area:
    """A piece of the country: CBS code (`BU########` neighbourhood, `GM####` municipality) and its name."""

    code: str
    name: str


@dataclass(frozen=True)
class Home:
    """This node itself: where it lives and what it is called."""

    origin: str
    kind: NodeKind
    slug: str
    area: Area

    @property
    def actor(self) -> str:
        """The id of the Group that owns and signs everything this neighbourhood sends."""
        return f"{self.origin}/ap/buurt/{self.slug}"

    @property
    def application(self) -> str:
        """The id of the technical actor that signs what this node reads elsewhere."""
        return f"{self.origin}/ap/actor"

    @property
    def adjacent(self) -> str:
        """The id of the collection of neighbourhoods next door; posts for them are addressed to it."""
        return f"{self.actor}/adjacent"

    def uri(self, letter: str, key: str) -> str:
        """The id of a thing of ours: `o` post, `a` activity, `g` agreement, `p` party (`wire.md` 1.5)."""
        return f"{self.origin}/ap/{letter}/{key}"


class Follow(StrEnum):
    """How far a Follow in one direction has come."""

    NONE = "none"
    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Standing(StrEnum):
    """How another node stands to ours, in the words of the operator's page."""

    KNOWN = "known"
    ASKED = "asked"
    ASKS = "asks"
    ACTIVE = "active"
    FOLLOWER = "follower"
    BLOCKED = "blocked"


@dataclass(frozen=True)
class Node:
    """Another server as we know it, and the border between us.

    `we_claim`: our operator said yes, so it stands in our `adjacent` collection. `they_claim`: we stand in
    theirs.
    """

    id: str
    actor: str
    origin: str
    name: str
    kind: NodeKind
    area: str | None
    inbox: str
    outbox: str | None = None
    adjacent: str | None = None
    application: str | None = None
    url: str | None = None
    we_claim: bool = False
    they_claim: bool = False
    our_follow: Follow = Follow.NONE
    their_follow: Follow = Follow.NONE
    their_follow_uri: str | None = None
    blocked: bool = False
    alarm: str | None = None
    fetched: datetime | None = None
    last_seen: datetime | None = None

    @property
    def active(self) -> bool:
        """Neighbours for real: both Follows accepted, and each stands in the other's collection (`wire.md`
        2.4)."""
        return (
            not self.blocked
            and self.we_claim
            and self.they_claim
            and self.our_follow is Follow.ACCEPTED
            and self.their_follow is Follow.ACCEPTED
        )

    @property
    def asks(self) -> bool:
        """Waits for our operator: it follows us, names us as its neighbour, and is a neighbourhood itself."""
        return (
            self.their_follow is Follow.ACCEPTED
            and self.they_claim
            and self.area is not None
            and not self.we_claim
        )

    @property
    def standing(self) -> Standing:
        """The one word for how this node stands to ours."""
        if self.blocked:
            return Standing.BLOCKED
        if self.active:
            return Standing.ACTIVE
        if self.we_claim:
            return Standing.ASKED
        if self.asks:
            return Standing.ASKS
        return Standing.FOLLOWER if self.their_follow is Follow.ACCEPTED else Standing.KNOWN
