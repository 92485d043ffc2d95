"""The commands for what does not get through, and for changed keys: what they do, and what they refuse."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from node import settings
from node.acts import posts
from node.clock import now
from node.serving.opening import opened
from node.storage import residents, tables
from node.storage.database import Transaction
from tests import town
from tests.roof.test_cli import Say, ask, say

__all__ = ["ask", "say"]
Ask = Callable[..., Any]
ADDRESS = "https://noord.example"


def fill(tx: Transaction) -> None:
    """Noord does not answer, its keys changed, and one message for it was laid aside."""
    town.neighbour(tx, "noord", alarm="keys changed")
    (operator,) = residents.everyone(tx, now())
    for title in ("Een", "Twee"):
        posts.post(tx, operator, town.asks(title), now())
    down = {"due": now() + town.HOUR, "attempts": 3, "error": f"{ADDRESS}: ConnectError"}
    tx.run(tables.destinations.update().values(**down))
    first = tables.deliveries.c.id == 1
    tx.run(tables.deliveries.update().where(first).values(state="parked", error="answered 400"))


async def filled(directory: Path) -> None:
    async with opened(settings.read(directory, {})) as database:
        await database.writing(fill)


def test_what_does_not_get_through_is_tried_again(ask: Ask, say: Say, made: Path) -> None:
    assert "0 messages wait to go out" in say("delivery", "list", "--dir", made)[1]
    asyncio.run(filled(made))
    found = ask("delivery", "list")
    (failing,), (parked,) = found["failing"], found["parked"]
    assert (failing["origin"], failing["tries"], failing["waiting"]) == (ADDRESS, 3, 1)
    assert (parked["type"], parked["error"], found["given_up"]) == ("Create", "answered 400", [])
    said = say("delivery", "list", "--dir", made)[1]
    assert "failing" in said
    assert f"parked    {parked['id']}  Create to {ADDRESS}  answered 400" in said
    assert ask("delivery", "now", "Noord")["name"] == "Noord"
    (now_due,) = ask("delivery", "list")["failing"]
    assert now_due["again"] < failing["again"]
    assert ask("delivery", "again", parked["id"]) == {"id": parked["id"]}
    assert ask("delivery", "list")["waiting"] == 2
    assert say("delivery", "again", parked["id"], "--dir", made)[0] == 1
    assert say("delivery", "now", "Nergens", "--dir", made)[0] == 1


def test_changed_keys_are_confirmed(ask: Ask, say: Say, made: Path) -> None:
    asyncio.run(filled(made))
    assert ask("node", "list")["nodes"][0]["alarm"] == "keys changed"
    assert ask("node", "confirm", ADDRESS)["alarm"] is None
    assert ask("node", "confirm", ADDRESS)["alarm"] is None
    assert say("node", "confirm", "Nergens", "--dir", made)[0] == 1
