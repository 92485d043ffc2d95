"""Offers made by hand, and what is said to an Offer."""

from typing import Any

from tests.federation import by_hand
from tests.federation.liar import Liar
from tests.federation.town_of_nodes import Nodes, Place
from tests.federation.wire import Exchange, until_true


def answers_to(nodes: Nodes, offer_uri: str) -> list[Exchange]:
    """What was sent in answer to an Offer, in order."""
    found = [e for e in nodes.wire.log if e.kind in ("Accept", "Reject")]
    return [e for e in found if e.said["object"] == offer_uri]


async def reason_heard(nodes: Nodes, offer_uri: str) -> Any:
    await until_true(lambda: answers_to(nodes, offer_uri))
    (answer,) = answers_to(nodes, offer_uri)
    return answer.said.get("reason")


async def offered(nodes: Nodes, home: Place, by: Place, post_uri: str, **change: Any) -> str:
    """A yes that the other node's people could not say in a page: made by hand. Gives its id."""
    liar = Liar(nodes.wire)
    stub = await home.asks("Alleen voor de vorm", audience="neighbourhood")
    offer = liar.offer(stub)
    offer["object"]["stipulates"]["satisfies"] = f"{post_uri}#primary"
    offer |= {"actor": by.home.actor, "to": [home.home.actor], "id": by.home.uri("a", liar.uri()[-32:])}
    offer["party"] = {"id": by.home.uri("p", "1" * 32), "name": "Merel"}
    answer = await by_hand.posted(home, {**offer, **change}, by.door.keys.group)
    assert answer.status_code == 202
    return str(offer["id"])
