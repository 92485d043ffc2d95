"""The broker's desk for programs: the board, asking somebody to help, and what they answer."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from node.clock import now
from node.storage.tables import posts as every_post
from tests.api.programs import Answer, Here, asked, path_of

COLUMNS = ["new", "no_response", "responses", "proposed", "agreed", "aftercare"]


async def board(here: Here) -> dict[str, list[str]]:
    """The titles in each column."""
    found = await here.get("broker", "/board")
    assert list(found) == ["columns"]
    return {name: [item["post"]["title"] for item in items] for name, items in found["columns"].items()}


async def invites(here: Here, part: str) -> list[tuple[str, bool]]:
    return [(one["state"], one["mine"]) for one in (await here.get(part, "/invites"))["items"]]


async def inviting(here: Here, title: str = "Wie snoeit mijn heg?", **change: Any) -> tuple[Answer, Answer]:
    """Bea asks, and the broker asks Merel, who offers the same."""
    post = await here.asks(title=title, **change)
    offer = await here.post("helper", "/offers", asked(title="Ik snoei graag"))
    invite = await here.post("broker", "/invites", {"request": post["id"], "offer": offer["id"]})
    assert (invite["request"], invite["offer"], invite["state"]) == (post["id"], offer["id"], "pending")
    return post, invite


async def test_every_post_stands_in_its_column(here: Here) -> None:
    assert list(await board(here)) == COLUMNS
    await here.asks(title="Nieuw")
    answered = await here.asks(title="Beantwoord")
    await here.answers("other", answered)
    await inviting(here, "Gevraagd")
    agreed = await here.asks(title="Afgesproken")
    await here.agree(agreed, await here.answers("other", agreed))
    done = await here.asks(title="Gelukt")
    match = await here.agree(done, await here.answers("other", done))
    await here.post("poster", f"/matches/{match['id']}/complete", status=200)
    offer = await here.offers(title="Aanbod met reactie")
    await here.answers("other", offer)
    await here.offers(title="Aanbod")
    old = await here.asks(title="Oud", expires=(now() + timedelta(days=20)).isoformat())
    await here.database.writing(_grow_old, old["id"])
    assert await board(here) == {
        "new": ["Nieuw"],
        "no_response": ["Oud"],
        "responses": ["Beantwoord", "Aanbod met reactie"],
        "proposed": ["Gevraagd"],
        "agreed": ["Afgesproken"],
        "aftercare": ["Gelukt"],
    }
    [item] = (await here.get("broker", "/board"))["columns"]["no_response"]
    assert set(item) == {"post", "waiting_hours", "why", "responses", "invites"}
    assert (item["waiting_hours"], item["responses"], item["invites"]) == (60, 0, 0)
    assert item["why"] == ["No response in time."]
    assert item["post"] == await here.get("broker", path_of(old))


def _grow_old(tx: Any, post_id: str) -> None:
    created = tx.run(select(every_post.c.created).where(every_post.c.id == post_id)).scalar_one()
    old = every_post.update().where(every_post.c.id == post_id)
    tx.run(old.values(created=created - timedelta(hours=60)))


async def test_the_board_is_for_brokers(here: Here) -> None:
    for part in set(here.tokens) - {"broker"}:
        await here.get(part, "/board", 403)
    assert (await here.call(None, "GET", "/board")).status_code == 401


async def test_a_yes_to_an_invite_is_an_agreement(here: Here) -> None:
    post, invite = await inviting(here)
    assert await invites(here, "helper") == [("pending", True)]
    assert await invites(here, "broker") == [("pending", False)]
    for part in ("poster", "other", "supervisor", "outsider"):
        assert await invites(here, part) == []
    yes = await here.post("helper", f"/invites/{invite['id']}/accept", {"text": "Ik kom zaterdag."}, 200)
    assert yes["state"] == "accepted"
    [match] = (await here.get("poster", "/matches", request=post["id"]))["items"]
    assert (match["state"], match["response"]) == ("agreed", yes["response"])
    await here.post("helper", f"/invites/{invite['id']}/accept", {"text": "Nog eens."}, 409)
    assert (await board(here))["agreed"] == ["Wie snoeit mijn heg?"]


async def test_a_no_gives_the_request_back(here: Here) -> None:
    post, invite = await inviting(here)
    no = await here.post("helper", f"/invites/{invite['id']}/decline", status=200)
    assert no["state"] == "declined"
    await here.post("helper", f"/invites/{invite['id']}/decline", status=200)
    assert (await here.get("poster", path_of(post)))["state"] == "open"
    again = {"request": invite["request"], "offer": invite["offer"]}
    assert "said no" in (await here.post("broker", "/invites", again, 409))["detail"]


async def test_what_nobody_can_be_asked_for_is_said_in_words(here: Here) -> None:
    node = await here.next_door()
    offer = await here.told(node, kind="offer")
    post = await here.asks(audience="neighbourhood")
    body = {"request": post["id"], "offer": offer.id}
    assert "may go further" in (await here.post("broker", "/invites", body, 409))["detail"]
    for body in ({"request": post["id"]}, {"request": "?", "offer": offer.id}):
        await here.post("broker", "/invites", body, 422)
    nowhere = {"request": post["id"], "offer": "0" * 32}
    await here.post("broker", "/invites", nowhere, 404)


async def test_invites_come_in_pages(here: Here) -> None:
    for number in range(3):
        await inviting(here, f"Vraag {number}")
    first = await here.get("broker", "/invites", limit=2)
    rest = await here.get("broker", "/invites", limit=2, cursor=first["next"])
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)
    assert len({one["id"] for one in first["items"] + rest["items"]}) == 3
