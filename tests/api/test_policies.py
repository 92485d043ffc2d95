"""What a node lets in, for programs: followers, blocks, lists, advice. Who may is in test_who.py."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from node.clock import now
from node.neighbourhood.node import Follow
from node.storage import accounts, blocks, nodes
from node.storage.advisories import Advisory
from node.storage.database import Transaction
from tests import town
from tests.api import programs
from tests.api.programs import Here
from tests.elsewhere import advised, asks_to_follow

POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.postgresql)
HEAD = "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n"


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[Here]:
    async with programs.opened(tmp_path, kind="hub", area="GM0000", name="Waterhoven") as here:
        yield here


@pytest.fixture(params=["sqlite", POSTGRESQL])
async def both(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Here]:
    """On each database."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgresql")
    async with programs.opened(tmp_path, url) as here:
        yield here


async def test_followers_come_a_page_at_a_time(both: Here) -> None:
    def fill(tx: Transaction) -> None:
        for number in range(5):
            asks_to_follow(tx, now(), f"f{number}", their_follow=Follow.ACCEPTED)
        asks_to_follow(tx, now(), "mo")

    await both.database.writing(fill)
    seen: list[str] = []
    cursor: dict[str, Any] = {}
    while True:
        page = await both.get("operator", "/followers", limit=2, **cursor)
        seen += [one["handle"] for one in page["items"]]
        assert {one["state"] for one in page["items"]} == {"follows"}
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert sorted(seen) == [f"f{number}@social.example" for number in range(5)]
    (mo,) = (await both.get("operator", "/followers", asking="true"))["items"]
    assert (mo["handle"], mo["server"], mo["state"]) == (
        "mo@social.example",
        "https://social.example",
        "asks",
    )
    assert (await both.post("operator", f"/followers/{mo['id']}/admit", status=200))["state"] == "follows"
    assert (await both.post("operator", f"/followers/{mo['id']}/refuse", status=200))["state"] == "no"
    await both.post("operator", "/followers/nobody/admit", status=404)


async def test_a_policy_changes_where_it_is_said(here: Here) -> None:
    usual = {"followers": "open", "advice": "ask", "a_minute": 300}
    assert await here.get("operator", "/policy") == usual
    after = await here.patch("operator", "/policy", {"followers": "closed", "a_minute": 60})
    assert after == {**usual, "followers": "closed", "a_minute": 60} == await here.get("operator", "/policy")
    for wrong in ({"followers": "king"}, {"a_minute": 9}, {"a_minute": 10_001}, {"advice": None}, {"x": 1}):
        refused = await here.patch("operator", "/policy", wrong, 422)
        assert set(refused["errors"]) == set(wrong)


async def test_blocks_are_put_listed_and_lifted(both: Here) -> None:
    actor = "https://social.example/users/" + "m" * 1900
    subjects = [actor, *(f"s{number}.example" for number in range(4))]
    for subject in subjects:
        made = await both.post("operator", "/blocks", {"subject": subject.upper().lower(), "reason": "Spam"})
        assert (made["severity"], made["source"], made["reason"]) == ("block", "own", "Spam")
    seen: list[str] = []
    cursor: dict[str, Any] = {}
    while True:
        page = await both.get("operator", "/blocks", limit=1, **cursor)
        seen += [one["subject"] for one in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert sorted(seen) == sorted(subjects)
    await both.post("operator", "/blocks/lift", {"subject": actor}, 204)
    await both.post("operator", "/blocks/lift", {"subject": actor}, 404)
    held = await both.post("operator", "/blocks", {"subject": "s0.example", "severity": "hold"})
    assert held["severity"] == "hold"
    for wrong, field in (
        ({"subject": "two words"}, "subject"),
        ({"subject": "x.example", "severity": "x"}, "severity"),
    ):
        assert field in (await both.post("operator", "/blocks", wrong, 422))["errors"]


async def test_a_list_goes_out_and_in(both: Here) -> None:
    def known(tx: Transaction) -> None:
        town.neighbour(tx)
        asks_to_follow(tx, now(), their_follow=Follow.ACCEPTED)

    await both.database.writing(known)
    text = (
        HEAD
        + "noord.example,suspend,,,Weg,\nsocial.example,suspend,,,,\nrude.example,silence,,,,\nnl,suspend\n"
    )
    looked = await both.post("operator", "/blocks/import", {"list": text, "look": True}, 200)
    assert looked == {
        "new": 3,
        "known": 0,
        "ours": 0,
        "noop": 0,
        "hidden": 0,
        "unread": 1,
        "nodes": ["https://noord.example"],
        "accounts": 1,
        "followers": 1,
    }
    assert await both.database.reading(blocks.count) == 0
    assert await both.post("operator", "/blocks/import", {"list": text}, 200) == looked
    assert (await both.database.reading(nodes.get, "node-noord")).blocked
    assert await both.database.reading(accounts.followers) == 0
    again = await both.post("operator", "/blocks/import", {"list": text}, 200)
    assert (again["new"], again["known"]) == (0, 3)
    listed = (await both.get("operator", "/blocks/export"))["csv"]
    assert listed.startswith(HEAD)
    assert "noord.example,suspend,false,false,Weg,false\n" in listed


@pytest.mark.parametrize("text", ["a.example\n" * 20_002, 'a.example\nb.example,suspend,,,"open'])
async def test_C10_a_list_that_cannot_be_read_does_nothing(here: Here, text: str) -> None:
    refused = await here.post("operator", "/blocks/import", {"list": text}, 422)
    assert set(refused["errors"]) == {"list"}
    assert await here.database.reading(blocks.count) == 0


async def test_C10_a_list_larger_than_a_body_is_refused(here: Here) -> None:
    await here.post("operator", "/blocks/import", {"list": "spam.example\n" * 25_000}, 413)


async def test_advice_of_our_hub_is_taken_or_not(here: Here) -> None:
    def give(tx: Transaction) -> list[Advisory]:
        return [advised(tx, now(), f"s{number}.example") for number in range(3)]

    given = await here.database.writing(give)
    page = await here.get("operator", "/advice", limit=2)
    rest = await here.get("operator", "/advice", cursor=page["next"])
    shown = [*page["items"], *rest["items"]]
    assert {one["id"] for one in shown} == {one.key for one in given}
    key = shown[0]["id"]
    assert (await here.post("operator", f"/advice/{key}/take", status=200))["state"] == "taken"
    assert (await here.get("operator", "/blocks"))["items"][0]["source"] == "hub"
    assert (await here.post("operator", f"/advice/{key}/ignore", status=200))["state"] == "ignored"
    assert (await here.get("operator", "/blocks"))["items"] == []
    await here.post("operator", "/advice/nothing/take", status=404)
    await here.post("operator", "/advice", {"subject": "spam.example"}, 409)


async def test_a_hub_advises_and_takes_it_back(hub: Here) -> None:
    end = (now() + town.DAY).isoformat()
    made = await hub.post(
        "operator", "/advice", {"subject": "Spam.example", "reason": "Spam", "expires": end}
    )
    assert (made["subject"], made["reason"]) == ("spam.example", "Spam")
    assert made["expires"] is not None
    await hub.post("operator", "/advice", {"subject": "spam.example"}, 409)
    await hub.post("operator", f"/advice/{made['id']}/take", status=404)
    await hub.delete("operator", f"/advice/{made['id']}")
    await hub.delete("operator", f"/advice/{made['id']}", 404)
    assert (await hub.get("operator", "/blocks"))["items"] == []
    past = {"subject": "spam.example", "expires": "2020-01-01T00:00:00Z"}
    assert "expires" in (await hub.post("operator", "/advice", past, 422))["errors"]


async def test_a_node_rests_and_goes_on(here: Here) -> None:
    node = await here.next_door()
    assert (await here.post("operator", f"/nodes/{node.id}/pause", status=200))["paused"] is True
    assert (await here.get("operator", "/nodes"))["items"][0]["paused"] is True
    assert (await here.post("operator", f"/nodes/{node.id}/resume", status=200))["paused"] is False
