"""Which neighbourhoods touch ours, as a map says. It only proposes: a border is made by two operators."""

from datetime import datetime
from typing import Any

from node.acts import areas as acts
from node.command.answers import Answer
from node.neighbourhood.outline import Outline
from node.neighbourhood.resident import console
from node.settings import Settings
from node.storage import borders, nodes
from node.storage.borders import Border
from node.storage.database import Transaction


def geo_import(tx: Transaction, settings: Settings, at: datetime, areas: list[dict[str, Any]]) -> Answer:
    kept = [Border(one["code"], one["name"], tuple(one["touches"]), one["year"]) for one in areas]
    acts.learn(tx, console(at), kept, at)
    return {"kept": len(kept), **geo_list(tx, settings, at)}


def geo_draw(tx: Transaction, settings: Settings, at: datetime, areas: list[dict[str, Any]]) -> Answer:
    kept = [Outline(one["code"], one["name"], one["rings"]) for one in areas]
    acts.draw(tx, console(at), kept, at)
    return {"kept": len(kept), "page": f"{settings.origin}/map"}


def geo_list(tx: Transaction, settings: Settings, at: datetime) -> Answer:
    known = {node.area: node for node in nodes.everyone(tx) if node.area}
    found = [
        {
            "code": border.code,
            "name": border.name,
            "year": border.year,
            "node": known[border.code].origin if border.code in known else None,
            "standing": known[border.code].standing if border.code in known else None,
        }
        for border in _near(tx, settings)
    ]
    return {"area": settings.area, "areas": found}


def _near(tx: Transaction, settings: Settings) -> list[Border]:
    """What touches a neighbourhood; for a hub the neighbourhoods of its municipality."""
    if settings.home.is_hub:
        return borders.everyone(tx)
    return borders.touching(tx, settings.area)
