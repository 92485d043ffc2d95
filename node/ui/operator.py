"""The operator's front page: all that is run here, with what waits in each."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from node.neighbourhood.node import Membership, NodeKind, Standing
from node.neighbourhood.refusal import Words, phrase
from node.neighbourhood.roles import Deed
from node.storage import (
    accounts,
    advisories,
    blocks,
    destinations,
    figures,
    lookups,
    nodes,
    ways_in,
    websites,
)
from node.storage.database import Transaction
from node.storage.destinations import PARKED
from node.ui.door import Ui, Visitor
from node.ui.words import Sign

NEIGHBOURS = Sign(phrase("Other nodes"), "share-2", phrase("Who is next door, and who asks."))
HUB = Sign(phrase("The hub"), "landmark", phrase("Join it, leave it, and who else is a member."))
MEMBERS = Sign(phrase("Members of the hub"), "landmark", phrase("Who is in, and who asks."))
FOLLOWERS = Sign(
    phrase("Followers elsewhere"), "globe", phrase("Accounts of other software: who may follow, who does.")
)
BLOCKS = Sign(phrase("Whom we keep out"), "lock", phrase("Servers and accounts, one by one or by a list."))
WEBSITES = Sign(
    phrase("Websites of the neighbourhood"),
    "globe",
    phrase("What residents' groups write themselves."),
)
DELIVERIES = Sign(phrase("What does not get through"), "send", phrase("Who does not answer, and why."))
PEOPLE = Sign(phrase("People"), "users", phrase("Who waits, who is in, and their roles."))
INVITATIONS = Sign(phrase("Invitations"), "user-plus", phrase("Codes that let people in at once."))
SETTINGS = Sign(phrase("Settings"), "wrench", phrase("As they are now, and where to change them."))
FIGURES = Sign(phrase("Figures"), "info", phrase("This Buurtknoop in numbers."))


@dataclass(frozen=True)
class Place:
    """One page for the operator; what waits there for the operator (`urgent`), and what else there is."""

    path: str
    sign: Sign
    urgent: list[Words]
    more: list[Words]


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /operator. Only an operator."""
    who.required(Deed.RUN_BORDERS, Deed.RUN_RESIDENTS)
    places = await ui.database.reading(_look, who)
    return ui.page(request, who, "operator.html", current="me", places=places)


async def numbers(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /operator/figures: numbers alone, no people. Only an operator."""
    who.required(Deed.RUN_RESIDENTS)
    found = await ui.database.reading(figures.figures, who.at)
    return ui.page(request, who, "figures.html", current="me", figures=found, words=COUNTED)


COUNTED = {
    "residents": phrase("people who are in"),
    "waiting": phrase("people who wait to be let in"),
    "requests": phrase("requests put up here"),
    "offers": phrase("offers put up here"),
    "notices": phrase("notices put up here"),
    "events": phrase("activities planned here"),
    "open": phrase("of ours that are open now"),
    "held": phrase("posts of others that we hold"),
    "agreed": phrase("agreements that run"),
    "done": phrase("agreements that worked out"),
    "neighbours": phrase("neighbourhoods next door"),
    "members": phrase("other nodes of the municipality"),
}


def _look(tx: Transaction, who: Visitor) -> list[Place]:
    hub = MEMBERS if tx.home.is_hub else HUB
    counted = figures.figures(tx, who.at)
    open_codes = len(ways_in.open_invitations(tx, who.at))
    shown = [] if tx.home.is_hub else [_place("/operator/websites", WEBSITES, _websites(tx))]
    return [
        _place("/operator/neighbours", NEIGHBOURS, _borders(tx)),
        _place("/operator/hub", hub, [*_hub(tx), *_advice(tx, who)]),
        _place("/operator/followers", FOLLOWERS, _followers(tx)),
        _place("/operator/blocks", BLOCKS, _blocks(tx)),
        *shown,
        _place("/operator/deliveries", DELIVERIES, _deliveries(tx)),
        _place(
            "/operator/people",
            PEOPLE,
            [
                (counted["waiting"], phrase("Waits to be let in: %(count)d", count=counted["waiting"]), True),
                (counted["residents"], phrase("People in: %(count)d", count=counted["residents"]), False),
            ],
        ),
        _place(
            "/operator/invitations",
            INVITATIONS,
            [(open_codes, phrase("Still usable: %(count)d", count=open_codes), False)],
        ),
        _place("/operator/settings", SETTINGS, []),
        _place("/operator/figures", FIGURES, []),
    ]


Count = tuple[int, Words, bool]  # how many, in words, and whether they wait for the operator


def _place(path: str, sign: Sign, counts: list[Count]) -> Place:
    told = [(words, urgent) for number, words, urgent in counts if number]
    return Place(path, sign, [w for w, urgent in told if urgent], [w for w, urgent in told if not urgent])


def _borders(tx: Transaction) -> list[Count]:
    known = nodes.everyone(tx)
    asks = sum(one.standing is Standing.ASKS for one in known)
    alarms = sum(one.alarm is not None for one in known)
    moved = sum(one.leaves_for is not None for one in known)
    near = sum(one.active for one in known)
    rests = sum(one.paused and not one.blocked for one in known)
    return [
        (alarms, phrase("Changed keys: %(count)d", count=alarms), True),
        (asks, phrase("Asks to be our neighbour: %(count)d", count=asks), True),
        (moved, phrase("Has moved: %(count)d", count=moved), True),
        (near, phrase("Next door: %(count)d", count=near), False),
        (rests, phrase("Paused: %(count)d", count=rests), False),
    ]


def _hub(tx: Transaction) -> list[Count]:
    members = sum(one.kind is not NodeKind.HUB for one in nodes.members(tx))
    if tx.home.is_hub:
        asks = sum(one.membership is Membership.ASKED for one in nodes.everyone(tx))
        return [
            (asks, phrase("Asks to be a member: %(count)d", count=asks), True),
            (members, phrase("Members: %(count)d", count=members), False),
        ]
    ours = nodes.hub(tx)
    looked = len(lookups.open_for(tx, "hub"))
    return [
        (int(ours is not None and ours.member), phrase("We are a member"), False),
        (int(ours is not None and not ours.member), phrase("We wait for its answer"), False),
        (looked, phrase("Being looked up"), False),
    ]


def _advice(tx: Transaction, who: Visitor) -> list[Count]:
    asked = 0 if tx.home.is_hub else advisories.waiting(tx, who.at)
    return [(asked, phrase("Advice to decide about: %(count)d", count=asked), True)]


def _followers(tx: Transaction) -> list[Count]:
    asks, follow = accounts.asking(tx), accounts.followers(tx)
    return [
        (asks, phrase("Asks to follow: %(count)d", count=asks), True),
        (follow, phrase("Follow us: %(count)d", count=follow), False),
    ]


def _blocks(tx: Transaction) -> list[Count]:
    listed = blocks.count(tx)
    return [(listed, phrase("On the list: %(count)d", count=listed), False)]


def _websites(tx: Transaction) -> list[Count]:
    shown = websites.everyone(tx)
    ill = sum(one.error is not None for one in shown)
    return [
        (ill, phrase("Cannot be read: %(count)d", count=ill), True),
        (len(shown), phrase("Shown: %(count)d", count=len(shown)), False),
    ]


def _deliveries(tx: Transaction) -> list[Count]:
    failing, parked = len(destinations.failing(tx)), destinations.count(tx, PARKED)
    waiting = destinations.count(tx, "pending")
    return [
        (failing, phrase("Does not answer: %(count)d", count=failing), True),
        (parked, phrase("Laid aside: %(count)d", count=parked), True),
        (waiting, phrase("Messages that wait: %(count)d", count=waiting), False),
    ]
