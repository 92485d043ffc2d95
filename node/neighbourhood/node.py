"""Nodes: our own (`Home`), the others we know (`Node`), and how near they stand to us."""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from enum import StrEnum

from node.neighbourhood.pace import USUAL, Pace


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
    """This node itself: where it lives, what it is called, and by which clock and at which pace it lives.

    `federates`: whether it speaks with others at all.
    """

    origin: str
    kind: NodeKind
    slug: str
    area: Area
    zone: tzinfo = UTC
    pace: Pace = USUAL
    federates: bool = True

    @property
    def is_hub(self) -> bool:
        return self.kind is NodeKind.HUB

    @property
    def actor(self) -> str:
        """The id of the Group that owns and signs everything this node sends."""
        return f"{self.origin}/ap/hub" if self.is_hub else f"{self.origin}/ap/buurt/{self.slug}"

    @property
    def application(self) -> str:
        """The id of the technical actor that signs what this node reads elsewhere."""
        return f"{self.origin}/ap/actor"

    @property
    def adjacent(self) -> str:
        """The id of the collection of neighbourhoods next door; posts for them are addressed to it."""
        return f"{self.actor}/adjacent"

    @property
    def directory(self) -> str:
        """The id of a hub's collection of members; posts for the municipality are addressed to it."""
        return directory_of(self.actor)

    def uri(self, letter: str, key: str) -> str:
        """The id of a thing of ours: `o` post, `a` activity, `m` message, `g` agreement, `p` party."""
        return f"{self.origin}/ap/{letter}/{key}"


def directory_of(hub: str) -> str:
    """The directory of the hub with this actor."""
    return f"{hub}/nodes"


def advisories_of(hub: str) -> str:
    """What the hub with this actor advises its members."""
    return f"{hub}/advisories"


class Follow(StrEnum):
    """How far a Follow in one direction has come."""

    NONE = "none"
    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Membership(StrEnum):
    """How far it has come with the hub that we share (`wire.md` 3).

    At a member the hub's own row says how we stand to it, and the row of another neighbourhood whether that
    stands in the hub's directory. At the hub a row says how that neighbourhood stands to us.
    """

    NONE = "none"
    ASKED = "asked"
    MEMBER = "member"
    REFUSED = "refused"


class Standing(StrEnum):
    """How another node stands to ours, in the words of the operator's page."""

    KNOWN = "known"
    ASKED = "asked"
    ASKS = "asks"
    ACTIVE = "active"
    MEMBER = "member"
    FOLLOWER = "follower"
    BLOCKED = "blocked"


@dataclass(frozen=True)
class Node:
    """Another server as we know it, and the border between us.

    `we_claim`: our operator said yes, so it stands in our `adjacent` collection. `they_claim`: we stand in
    theirs. `hub`: the hub that it names as its own. `membership_uri`: its Offer to our directory, or ours to
    its. `paused`: for a while nothing goes to it, and what it sends waits at its own end. `moved_to`: the
    actor that it says it is now, when that one says so too, and `moved`: since when we know.
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
    membership: Membership = Membership.NONE
    membership_uri: str | None = None
    hub: str | None = None
    directory: str | None = None
    blocked: bool = False
    paused: bool = False
    alarm: str | None = None
    fetched: datetime | None = None
    last_seen: datetime | None = None
    moved_to: str | None = None
    moved: datetime | None = None

    @property
    def leaves_for(self) -> str | None:
        """Where a node that our operator decides about says it lives now."""
        return self.moved_to if self.chosen and not self.blocked else None

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
    def member(self) -> bool:
        """Whether the municipality's posts go between us: our hub, a member of our hub, or of us as hub."""
        return self.membership is Membership.MEMBER and not self.blocked

    @property
    def partner(self) -> bool:
        """A node whose keys are pinned and for which messages wait long: neighbour, hub or fellow member."""
        return self.we_claim or self.membership in (Membership.ASKED, Membership.MEMBER)

    @property
    def chosen(self) -> bool:
        """A partner by a yes of operators: neighbour, hub or member of ours. (A fellow member is the hub's to
        know about.)"""
        return self.partner and (self.we_claim or self.membership_uri is not None)

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
        if self.active or (self.member and self.membership_uri is not None):  # it was asked, and accepted
            return Standing.ACTIVE
        if self.we_claim or (self.kind is NodeKind.HUB and self.membership is Membership.ASKED):
            return Standing.ASKED
        if self.asks:
            return Standing.ASKS
        if self.member:
            return Standing.MEMBER
        return Standing.FOLLOWER if self.their_follow is Follow.ACCEPTED else Standing.KNOWN
