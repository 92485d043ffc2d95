"""The hub on the pages: the whole town on its front page, its members, and joining and leaving one."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.acts import hub as acts
from node.acts import posts
from node.clock import now
from node.neighbourhood.node import Membership, Node
from node.neighbourhood.post import Audience
from node.storage import lookups, nodes
from node.storage import posts as kept
from node.storage.database import Transaction
from node.ui import hub
from tests import town
from tests.ui import next_door, visits
from tests.ui.test_districts import TOWN, page
from tests.ui.test_neighbours import sent
from tests.ui.test_pages_home import titles
from tests.ui.visits import HUB, Here, words

PATH = "/operator/hub"


@pytest.fixture
async def town_hub(tmp_path: Path) -> AsyncIterator[Here]:
    """The hub of the municipality, with the cast in it."""
    async with visits.opened(tmp_path, **HUB) as here:
        yield here


async def shown(here: Here, path: str = PATH) -> str:
    return words(await page(here, path, "operator"))


async def filled(here: Here) -> dict[str, Node]:
    """Three members: West with five posts, Oost with one that is public, Noord with none."""

    def fill(tx: Transaction) -> dict[str, Node]:
        found = {name: town.member(tx, name) for name in ("west", "oost", "noord")}
        for number in range(5):
            next_door.held(tx, found["west"], f"West {number}", **TOWN)
        next_door.held(tx, found["oost"], "Oost 0", audience=Audience.PUBLIC)
        posts.post(tx, here.cast.other, town.asks("Van de gemeente"), now())
        return found

    return await here.database.writing(fill)


async def test_the_front_page_of_a_hub_is_the_whole_town(town_hub: Here) -> None:
    await filled(town_hub)
    html = await page(town_hub)
    said = words(html)
    assert "Find your neighbourhood" in said
    assert re.findall(r'rel="noreferrer">(\w+)</a></h3>', html) == ["Noord", "Oost", "West"]
    assert "5 posts are open" in said
    assert "Nothing is open now" in said
    assert titles(html)[:2] == ["Van de gemeente", "Oost 0"]
    assert sum(title.startswith("West") for title in titles(html)) == 3
    assert "All of it (5)" in said
    assert "In Waterhoven 7 posts wait for somebody now." in said


async def test_nothing_for_next_door_is_on_it(town_hub: Here) -> None:
    """A hub offers no such audience, and takes in no such post: whatever it holds, the page shows none."""
    await filled(town_hub)
    held = await town_hub.database.reading(
        lambda tx: kept.listing(tx, town_hub.cast.helper, kept.Filter(limit=100), now())
    )
    assert {post.audience for post in held} == {Audience.MUNICIPALITY, Audience.PUBLIC}
    compose = (await town_hub.get("helper", "/ask?step=4")).text
    assert 'value="adjacent"' not in compose


async def test_a_stranger_sees_what_is_public_of_the_town(town_hub: Here) -> None:
    await filled(town_hub)
    html = (await town_hub.get(None, "/")).text
    assert titles(html) == ["Oost 0"]
    assert "/districts" not in html
    assert "/operator" not in html


async def test_followed_ones_come_first_and_muted_ones_not_at_all(town_hub: Here) -> None:
    found = await filled(town_hub)
    await town_hub.post("helper", f"/districts/{found['west'].id}/follow")
    await town_hub.post("helper", f"/districts/{found['oost'].id}/mute")
    html = await page(town_hub)
    assert {title.split()[0] for title in titles(html)} == {"Van", "West"}
    assert "muted by you" in words(html)
    await town_hub.post("helper", f"/districts/{found['oost'].id}/neither")
    after = [title.split()[0] for title in titles(await page(town_hub))]
    assert after == ["Van", "West", "West", "West", "Oost"]


async def test_a_hub_without_members_says_what_could_be_there(town_hub: Here) -> None:
    said = words(await page(town_hub, part="operator"))
    assert "No neighbourhood has joined yet" in said
    assert "Who asks to be a member?" in said
    assert "Nobody asks now" in await shown(town_hub)
    assert "No other node yet" in await shown(town_hub, "/operator/neighbours")


async def test_many_neighbourhoods_come_a_page_at_a_time(town_hub: Here) -> None:
    def fill(tx: Transaction) -> None:
        for number in range(20):
            next_door.held(tx, town.member(tx, f"wijk{number:02}"), f"Uit {number:02}", **TOWN)

    await town_hub.database.writing(fill)
    first, second = titles(await page(town_hub)), titles(await page(town_hub, "/?from=12"))
    assert (len(first), len(second)) == (12, 8)
    assert first + second == [f"Uit {number:02}" for number in range(20)]


# At the hub: its members


async def asks(here: Here, **change: object) -> Node:
    return await here.database.writing(
        lambda tx: town.member(
            tx, "west", membership=Membership.ASKED, membership_uri="https://x/1", **change
        )
    )


async def test_who_asks_is_taken_in(town_hub: Here) -> None:
    west = await asks(town_hub)
    assert "West" in await shown(town_hub)
    assert "All members hear that it joined." in await shown(town_hub, f"{PATH}/{west.id}/admit")
    await town_hub.post("operator", f"{PATH}/{west.id}/admit")
    await town_hub.post("operator", f"{PATH}/{west.id}/admit")
    assert (await town_hub.database.reading(nodes.get, west.id)).member
    said = await shown(town_hub)
    assert said.index("Who is in") < said.index("West")
    assert "Members: 1" in await shown(town_hub, "/operator")


async def test_who_does_not_name_us_yet_is_taken_in_a_minute_later(town_hub: Here) -> None:
    west = await asks(town_hub, hub="https://elders.example/ap/hub")
    assert "It does not name us as its hub yet." in await shown(town_hub)
    await town_hub.post("operator", f"{PATH}/{west.id}/admit", 409)
    assert not (await town_hub.database.reading(nodes.get, west.id)).member


async def test_who_asks_hears_no_and_why(town_hub: Here) -> None:
    west = await asks(town_hub)
    assert "Asks to be a member: 1" in await shown(town_hub, "/operator")
    await town_hub.post("operator", f"{PATH}/{west.id}/refuse", 303, reason=" Niet\nhier. ")
    after = await town_hub.database.reading(nodes.get, west.id)
    assert after.membership is Membership.REFUSED
    assert "Reject" in await sent(town_hub)
    await town_hub.post("operator", f"{PATH}/{west.id}/refuse", 409)


async def test_a_member_is_put_out(town_hub: Here) -> None:
    west = (await filled(town_hub))["west"]
    assert "What we hold of it goes" in await shown(town_hub, f"{PATH}/{west.id}/expel")
    await town_hub.post("operator", f"{PATH}/{west.id}/expel", 303, reason="Spam")
    assert "West" not in await shown(town_hub)
    assert all(not title.startswith("West") for title in titles(await page(town_hub)))


async def test_only_an_operator_decides_about_members(town_hub: Here) -> None:
    west = await asks(town_hub)
    before = await town_hub.rows()
    for part in {None, *town_hub.cast.all()} - {"operator"}:
        for step in hub.STEPS:
            await town_hub.get(part, f"{PATH}/{west.id}/{step}", 403 if part else 303)
            await town_hub.post(part, f"{PATH}/{west.id}/{step}", 403)
        await town_hub.get(part, PATH, 403 if part else 303)
    assert await town_hub.rows() == before


async def test_a_hub_joins_no_other(town_hub: Here) -> None:
    await town_hub.post("operator", PATH, 409, address="https://ander.example")
    await town_hub.post("operator", f"{PATH}/leave", 409)
    assert "Join a hub" not in await shown(town_hub)


# At a neighbourhood: its hub


async def test_joining_by_an_address(here: Here) -> None:
    assert "Join a hub" in await shown(here)
    await here.post("operator", PATH, 422, address="nowhere")
    await here.post("operator", PATH, 303, address="https://gemeente.example")
    (asked,) = await here.database.reading(lookups.open_for, "hub")
    assert asked.subject == "https://gemeente.example"
    assert "We are looking it up" in await shown(here)
    answer = await here.post("operator", f"/operator/neighbours/lookups/{asked.id}/end", 303, back="hub")
    assert answer.headers["location"] == PATH
    assert await here.database.reading(lookups.open_for, "hub") == []


async def test_waiting_then_a_member_then_out(here: Here) -> None:
    ours = await here.database.writing(lambda tx: town.hub(tx, membership=Membership.ASKED))
    assert "We wait for its answer. Its operator decides." in await shown(here)
    assert "Take the question back" in await shown(here)
    again = await here.post("operator", PATH, 409, address="https://ander.example")
    assert "Gemeente" in again.text
    await here.database.writing(acts.accepted, ours, ours.membership_uri or "", now())
    await here.database.writing(town.member, "west")
    said = await shown(here)
    assert "We are a member" in said
    assert said.index("Who else is a member") < said.index("West")
    assert "are called back from the hub" in await shown(here, f"{PATH}/leave")
    await here.post("operator", f"{PATH}/leave")
    assert not (await here.database.reading(nodes.get, ours.id)).member
    assert "Join a hub" in await shown(here)
    await here.post("operator", f"{PATH}/leave", 409)


async def test_a_no_is_told_with_its_reason(here: Here) -> None:
    ours = await here.database.writing(lambda tx: town.hub(tx, membership=Membership.ASKED))
    await here.database.writing(acts.refused, ours, ours.membership_uri or "", "Niet <hier>", now())
    html = await page(here, PATH, "operator")
    assert "Gemeente said no." in words(html)
    assert "“Niet &lt;hier&gt;”" in html
    assert "Join a hub" in words(html)


async def test_a_hub_and_fellow_members_stand_among_the_other_nodes(here: Here) -> None:
    await here.database.writing(town.hub)
    west = await here.database.writing(town.member, "west")
    html = await page(here, "/operator/neighbours", "operator")
    assert "Our hub" in words(html)
    assert "In our municipality" in words(html)
    assert re.findall(rf'href="/operator/neighbours/{west.id}/(\w+)"', html) == ["yes", "pause", "block"]
