"""The operator's page of other nodes. Who else comes is in test_who_may.py."""

import re
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from node.acts import nodes as borders
from node.clock import now
from node.neighbourhood.node import Follow, Node
from node.storage import lookups, nodes, tables
from tests import town
from tests.ui.visits import Here, words

NODES, PEOPLE, CODES = "/operator/neighbours", "/operator/people", "/operator/invitations"
ASKS: dict[str, Any] = {"we_claim": False, "our_follow": Follow.NONE}
STRANGE: dict[str, Any] = {
    "they_claim": False,
    "our_follow": Follow.NONE,
    "their_follow": Follow.NONE,
    "we_claim": False,
}


async def next_door(here: Here, name: str = "noord", **change: Any) -> Node:
    return await here.database.writing(lambda tx: town.neighbour(tx, name, **change))


async def shown(here: Here, path: str = NODES) -> str:
    return words((await here.get("operator", path)).text)


async def sent(here: Here) -> list[str]:
    """What goes out to other nodes."""
    return await here.database.reading(lambda tx: list(tx.run(select(tables.activities.c.type)).scalars()))


async def test_an_empty_page_offers_the_first_step(here: Here) -> None:
    page = await shown(here)
    assert "De lijn stopt bij onze eigen straat" in page
    assert "Vraag een buurtknoop" in page
    assert "Wie we kennen" not in page


@pytest.mark.parametrize(
    ("change", "word", "steps"),
    [
        ({}, "Buur", ["end", "pause", "block"]),
        ({"paused": True}, "Buur Berichten gaan over en weer. Staat stil", ["end", "resume", "block"]),
        (ASKS, "Vraagt ons", ["yes", "no", "block"]),
        ({"our_follow": Follow.PENDING, "they_claim": False}, "Gevraagd", ["end", "block"]),
        ({**ASKS, "they_claim": False}, "Volgt ons", ["yes", "pause", "block"]),
        ({**ASKS, "they_claim": False, "adjacent": None}, "Volgt ons", ["pause", "block"]),
        (STRANGE, "Bekend", ["yes", "block"]),
        ({**STRANGE, "paused": True}, "Bekend", ["yes", "resume", "block"]),
        ({"blocked": True}, "Geblokkeerd", ["unblock"]),
    ],
)
async def test_how_a_node_stands_is_a_word(
    here: Here, change: dict[str, Any], word: str, steps: list[str]
) -> None:
    node = await next_door(here, **change)
    page = (await here.get("operator", NODES)).text
    assert f"Noord {word} " in words(page)
    assert re.findall(rf'href="{NODES}/{node.id}/(\w+)"', page) == steps
    for step in steps:
        question = words((await here.get("operator", f"{NODES}/{node.id}/{step}")).text)
        assert "Noord" in question
        assert "Nee, ga terug" in question


async def test_a_changed_key_is_an_alarm(here: Here) -> None:
    await next_door(here, alarm="keys changed")
    await next_door(here, "aarde")
    page = await shown(here)
    assert "De sleutels zijn veranderd." in page
    assert page.index("Noord") < page.index("Aarde")


async def test_messages_that_do_not_arrive_are_shown(here: Here) -> None:
    node = await next_door(here, last_seen=now())
    values = {"origin": node.origin, "due": now() + town.HOUR, "attempts": 3, "fence": 3, "lease": None}
    row = {**values, "error": "<b>connection refused</b>"}
    await here.database.writing(lambda tx: tx.run(tables.destinations.insert(), row).rowcount)
    page = (await here.get("operator", NODES)).text
    assert "Onze berichten komen niet aan." in page
    assert "3 keer geprobeerd." in page
    assert "&lt;b&gt;connection refused" in page
    assert "Laatst van gehoord" in page


async def test_asking_a_node_is_looked_up(here: Here) -> None:
    answer = await here.post("operator", NODES, 303, address=" https://noord.example ")
    assert answer.headers["location"] == NODES
    (asked,) = await here.database.reading(lookups.open_for, "neighbour")
    assert (asked.subject, asked.asked_by) == ("https://noord.example", here.cast.operator.id)
    page = await shown(here)
    assert "We zoeken het op" in page
    assert "https://noord.example" in page
    await here.database.writing(lookups.failed, asked, "noord.example does not answer", now())
    assert "We proberen het opnieuw." in await shown(here)
    (asked,) = await here.database.reading(lookups.open_for, "neighbour")
    await here.database.writing(lookups.failed, asked, "noord.example does not answer", None)
    page = await shown(here)
    assert "Dat lukte niet." in page
    assert "noord.example does not answer" in page
    await here.post("operator", f"{NODES}/lookups/{asked.id}/end")
    assert await here.database.reading(lookups.open_for, "neighbour") == []
    await here.post("operator", f"{NODES}/lookups/{asked.id}/end", 404)


async def test_only_a_typed_address_can_be_given_up(here: Here) -> None:
    await here.database.writing(lookups.ask, "outbox", "node-noord", now())
    await here.post("operator", f"{NODES}/lookups/1/end", 404)
    assert len(await here.database.reading(lookups.open_for, "outbox")) == 1


@pytest.mark.parametrize("address", ["", "  ", "two words", "x" * 501])
async def test_no_address_is_said_at_the_field(here: Here, address: str) -> None:
    page = (await here.post("operator", NODES, 422, address=address)).text
    assert 'aria-invalid="true"' in page
    assert f'value="{address}"' in page
    assert await here.database.reading(lookups.open_for, "neighbour") == []


async def test_asking_a_node_that_is_known_is_a_yes(here: Here) -> None:
    node = await next_door(here, **ASKS)
    await here.post("operator", NODES, 303, address=node.origin + "/")
    assert (await here.database.reading(nodes.get, node.id)).we_claim
    assert await sent(here) == ["Follow"]


async def test_yes(here: Here) -> None:
    node = await next_door(here, **ASKS)
    await here.post("operator", f"{NODES}/{node.id}/yes")
    after = await here.database.reading(nodes.get, node.id)
    assert (after.we_claim, after.our_follow) == (True, Follow.PENDING)
    await here.database.writing(borders.follow_accepted, after, now())
    assert "Noord Buur " in await shown(here)


async def test_no_with_a_reason(here: Here) -> None:
    node = await next_door(here, **ASKS)
    assert "Waarom niet?" in await shown(here, f"{NODES}/{node.id}/no")
    await here.post("operator", f"{NODES}/{node.id}/no", 303, reason="  Te ver\nweg. " + "x" * 300)
    (facts,) = await here.database.reading(
        lambda tx: list(tx.run(select(tables.activities.c.facts)).scalars())
    )
    assert facts["reason"].startswith("Te ver weg. xxx")
    assert len(facts["reason"]) == 200
    await here.post("operator", f"{NODES}/{node.id}/no", 409)


async def test_what_they_said_when_they_said_no(here: Here) -> None:
    node = await next_door(here, we_claim=True, our_follow=Follow.PENDING)
    await here.database.writing(borders.follow_rejected, node, "<i>Te ver</i>", now())
    page = (await here.get("operator", NODES)).text
    assert "Daar zeiden ze nee tegen ons: “&lt;i&gt;Te ver&lt;/i&gt;”" in page


async def test_end_block_and_unblock(here: Here) -> None:
    node = await next_door(here)
    await here.post("operator", f"{NODES}/{node.id}/end")
    assert not (await here.database.reading(nodes.get, node.id)).we_claim
    await here.post("operator", f"{NODES}/{node.id}/block")
    assert (await here.database.reading(nodes.get, node.id)).blocked
    await here.post("operator", f"{NODES}/{node.id}/yes", 409)
    await here.post("operator", f"{NODES}/{node.id}/unblock")
    assert not (await here.database.reading(nodes.get, node.id)).blocked


async def test_a_node_is_paused_and_goes_on(here: Here) -> None:
    node = await next_door(here)
    answer = await here.post("operator", f"{NODES}/{node.id}/pause")
    assert "Het staat stil." in await shown(here, answer.headers["location"])
    assert "Staat stil: 1" in await shown(here, "/operator")
    assert (await here.database.reading(nodes.get, node.id)).paused
    await here.post("operator", f"{NODES}/{node.id}/pause")
    await here.post("operator", f"{NODES}/{node.id}/resume")
    assert not (await here.database.reading(nodes.get, node.id)).paused
    assert "Staat stil" not in await shown(here)


async def test_looking_at_a_question_decides_nothing(here: Here) -> None:
    node = await next_door(here, **ASKS)
    before = await here.rows()
    for step in ("yes", "no", "end", "block", "unblock", "pause", "resume"):
        await here.get("operator", f"{NODES}/{node.id}/{step}")
    assert await here.rows() == before


async def test_there_is_nothing_else_to_decide(here: Here) -> None:
    node = await next_door(here)
    for path in (f"{NODES}/{node.id}/explode", f"{NODES}/nobody/yes"):
        await here.get("operator", path, 404)
        await here.post("operator", path, 404)


async def test_H04_a_name_of_another_node_is_never_markup(here: Here) -> None:
    node = await next_door(here, "evil")
    await here.database.writing(nodes.save, replace(node, name='"><img src=x>'))
    for path in (NODES, f"{NODES}/{node.id}/block", "/about"):
        page = (await here.get("operator", path)).text
        assert "<img" not in page
        assert "&lt;img" in page


async def test_many_nodes_come_a_page_at_a_time(here: Here) -> None:
    for number in range(35):
        await next_door(here, f"buurt{number:02}")
    first = (await here.get("operator", NODES)).text
    assert first.count("<article") == 30
    assert f'href="{NODES}?from=30"' in first
    second = (await here.get("operator", f"{NODES}?from=30")).text
    assert second.count("<article") == 5
    assert "Buurt34" in second
    assert f'href="{NODES}"' in second
    for odd in ("-1", "x", "٣", "9" * 50, "1e3", "99"):
        await here.get("operator", NODES, params={"from": odd})


GONE: dict[str, Any] = {"moved_to": "https://elders.example/ap/buurt/noord", "moved": now()}


async def test_a19_one_that_moved_stands_first_with_one_button(here: Here) -> None:
    node = await next_door(here, **GONE)
    await next_door(here, "aarde")
    page = await shown(here)
    assert "Noord is verhuisd naar https://elders.example/ap/buurt/noord." in page
    assert page.index("Noord") < page.index("Aarde")
    assert "Is verhuisd: 1" in await shown(here, "/operator")
    said = await here.post("operator", f"{NODES}/{node.id}/follow", 303)
    assert "De nieuwe wordt nu gevraagd" in await shown(here, said.headers["location"])
    asked = await here.database.reading(lookups.open_for, "neighbour")
    assert [one.subject for one in asked] == [GONE["moved_to"]]
    assert "is verhuisd naar" not in await shown(here)
    await here.post("operator", f"{NODES}/{node.id}/follow", 409)


@pytest.mark.parametrize("change", [{"blocked": True}, STRANGE])
async def test_a19_who_is_not_next_door_moves_without_a_button(here: Here, change: dict[str, Any]) -> None:
    node = await next_door(here, **GONE, **change)
    page = (await here.get("operator", NODES)).text
    assert "is verhuisd naar" not in words(page)
    assert f"{node.id}/follow" not in page
    await here.post("operator", f"{NODES}/{node.id}/follow", 409)
