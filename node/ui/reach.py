"""Who may see a post, in the names of the neighbourhoods: as choices, and as what is told of one."""

from dataclasses import dataclass, replace

from node.neighbourhood.audience import offered, usual
from node.neighbourhood.node import NodeKind
from node.neighbourhood.post import RINGS, Audience, Kind
from node.neighbourhood.refusal import Words, phrase
from node.storage import nodes
from node.storage.database import Transaction
from node.ui.words import NAMED, Sign, audience, audience_at_hub, listed


@dataclass(frozen=True)
class Reach:
    """How far a post can go from here. `town`: the name of the hub, or nothing; `fellows`: the neighbourhoods
    of the municipality that are not next door, at a hub (`hub`) all its members."""

    hub: bool
    area: str
    neighbours: list[str]
    town: str
    fellows: list[str]
    offered: tuple[Audience, ...]

    @property
    def names(self) -> str:
        """Those next door, in one breath."""
        return listed(self.neighbours)

    @property
    def others(self) -> str:
        """The rest of the municipality by name; nothing when they are too many, or none."""
        return listed(self.fellows) if len(self.fellows) <= NAMED else ""

    def choices(self, kind: Kind) -> list[tuple[Audience, Sign]]:
        """What somebody can choose, each with the names of who will see it."""
        if self.hub:
            return [(ring, audience_at_hub(ring, self.town, self.fellows)) for ring in self.offered]
        return [
            (ring, audience(ring, self.area, self.neighbours, self.town, self.fellows, kind))
            for ring in self.offered
        ]

    def further(self, audience: str) -> Words | None:
        """To whom a request goes on that nobody answers, with consent; None when there is nobody further
        (`acts.release.reachable`)."""
        near = self.names if audience == Audience.NEIGHBOURHOOD else ""
        town = self.town if audience in (Audience.NEIGHBOURHOOD, Audience.ADJACENT) else ""
        if near and town:
            return phrase(
                "If nobody answers, it may go on to %(names)s, and then to all neighbourhoods of %(town)s.",
                names=near,
                town=town,
            )
        if near:
            return phrase("If nobody answers, it may go on to %(names)s.", names=near)
        if town:
            return phrase("If nobody answers, it may go on to all neighbourhoods of %(town)s.", town=town)
        return None

    def staying(self, own: Audience) -> "Reach":
        """The same for a post that goes so far: it may stay so, also where nobody can choose that now."""
        return replace(self, offered=tuple(ring for ring in Audience if ring in (*self.offered, own)))

    def wider(self, before: Audience, after: Audience) -> bool:
        return RINGS.index(after) > RINGS.index(before)


def reach(tx: Transaction) -> Reach:
    """How far posts go from here, as the borders stand now."""
    if not tx.home.federates:
        return Reach(tx.home.is_hub, tx.home.area.name, [], "", [], offered(tx.home, False))
    hub, near = nodes.hub(tx), nodes.neighbours(tx)
    in_hub = nodes.hub_actor(tx) is not None
    town = hub.name if hub is not None and in_hub else ""
    there = {node.id for node in near}
    fellows = [m.name for m in nodes.members(tx) if m.kind is not NodeKind.HUB and m.id not in there]
    return Reach(
        hub=tx.home.is_hub,
        area=tx.home.area.name,
        neighbours=[node.name for node in near],
        town=tx.home.area.name if tx.home.is_hub else town,
        fellows=fellows,
        offered=offered(tx.home, in_hub),
    )


def first_choice(tx: Transaction, kind: Kind) -> Audience:
    """What is chosen already when nobody chose anything."""
    return usual(tx.home, kind)
