"""Accounts on other software as programs meet them."""

from dataclasses import replace
from typing import Any

from node.acts import threads
from node.clock import now
from node.storage import accounts, posts
from node.storage.database import Transaction
from tests import elsewhere
from tests.api.programs import Answer, Here, path_of
from tests.elsewhere import HANDLE


async def answered(here: Here) -> tuple[Answer, str]:
    """Mo answers Bea's request from elsewhere; the answer's id."""
    post = await here.asks(audience="public")

    def answer(tx: Transaction) -> str:
        return elsewhere.answered(tx, posts.get(tx, post["id"]), now()).id

    return post, await here.database.writing(answer)


async def test_an_answer_says_which_account_it_comes_from(here: Here) -> None:
    post, key = await answered(here)
    for part in ("poster", "broker"):
        (found,) = (await here.get(part, f"{path_of(post)}/responses"))["items"]
        assert found["from"] == {"name": "Mo", "home": HANDLE}
    assert (await here.get("helper", f"{path_of(post)}/responses"))["items"] == []
    declined = await here.post("poster", f"/responses/{key}/decline", status=200)
    assert declined["from"]["home"] == HANDLE


async def test_so_does_a_message(here: Here) -> None:
    _, key = await answered(here)

    def write(tx: Transaction) -> None:
        account = elsewhere.account(tx, now(), "lia")
        assert not threads.wrote(tx, account, f"{account.actor}/1", key, "Niet van mij", now())
        mo = elsewhere.known(tx)
        assert threads.wrote(tx, mo, f"{mo.actor}/1", key, "Om tien uur.", now())

    await here.database.writing(write)
    await here.post("poster", f"/responses/{key}/messages", {"text": "Goed!"})
    mine, theirs = (await here.get("poster", f"/responses/{key}/messages"))["items"]
    assert mine["from"] == {"name": "Bea", "home": "Centrum"}
    assert theirs["from"] == {"name": "Mo", "home": HANDLE}


async def test_no_details_go_to_an_account(here: Here) -> None:
    post, key = await answered(here)
    await here.post("poster", "/matches", {"request": post["id"], "response": key})
    answer = await here.call("poster", "PUT", f"/responses/{key}/contact", json={"fields": ["email"]})
    assert answer.status_code == 409
    await here.post("poster", f"/responses/{key}/contact/show", status=404)
    assert await here.get("poster", f"/responses/{key}/contact") == {"fields": [], "seen": []}


async def test_an_agreement_with_an_account_is_made_and_done(here: Here) -> None:
    post, key = await answered(here)
    match = await here.post("poster", "/matches", {"request": post["id"], "response": key})
    assert await here.post("poster", f"/matches/{match['id']}/complete", status=200) == {
        **match,
        "state": "done",
    }
    await here.get("broker", "/board")
    export = await here.get("poster", "/me/export")
    assert export["posts"][0]["answers"][0]["name"] == "Mo"


# The supervisor's queue


async def waits(here: Here, **change: Any) -> tuple[Answer, str]:
    post = await here.asks(audience="public")

    def write(tx: Transaction) -> str:
        who = elsewhere.account(tx, now(), **{"known": False, **change})
        return elsewhere.wrote(tx, who, posts.get(tx, post["id"]), "Ik kan.", now())

    return post, await here.database.writing(write)


async def test_what_waits_says_who_wrote_what_and_why(here: Here) -> None:
    post, uri = await waits(here)
    queue = await here.get("supervisor", "/queue/replies")
    (reply,) = queue["items"]
    assert queue["next"] is None
    assert reply == {
        "id": reply["id"],
        "uri": uri,
        "post": post["id"],
        "text": "Ik kan.",
        "from": {"name": "Mo", "home": HANDLE},
        "profile": "https://social.example/@mo",
        "public": False,
        "why": "Nobody here knows this account yet.",
        "state": "waiting",
        "created": reply["created"],
    }
    assert await here.get("supervisor", "/queue") == {"items": [], "next": None}


async def test_a_reply_is_let_in_once(here: Here) -> None:
    post, _ = await waits(here)
    (reply,) = (await here.get("supervisor", "/queue/replies"))["items"]
    for _ in range(2):
        done = await here.post("supervisor", f"/replies/{reply['id']}/let-in", status=200)
        assert done["state"] == "let_in"
    assert len((await here.get("poster", f"{path_of(post)}/responses"))["items"]) == 1
    late = await here.post("supervisor", f"/replies/{reply['id']}/turn-away", status=200)
    assert late["state"] == "let_in"
    assert (await here.get("supervisor", "/queue/replies"))["items"] == []


async def test_a_reply_that_is_turned_away_keeps_no_words(here: Here) -> None:
    post, _ = await waits(here)
    (reply,) = (await here.get("supervisor", "/queue/replies"))["items"]
    away = await here.post("supervisor", f"/replies/{reply['id']}/turn-away", status=200)
    assert (away["state"], away["text"]) == ("turned_away", "")
    assert (await here.get("poster", f"{path_of(post)}/responses"))["items"] == []


async def test_a_reply_of_a_blocked_account_is_not_let_in(here: Here) -> None:
    await waits(here)
    (reply,) = (await here.get("supervisor", "/queue/replies"))["items"]

    def block(tx: Transaction) -> None:
        accounts.save(tx, replace(elsewhere.known(tx), blocked=True))

    await here.database.writing(block)
    await here.post("supervisor", f"/replies/{reply['id']}/let-in", status=409)
    await here.post("supervisor", "/replies/nothing/let-in", status=404)


async def test_many_replies_come_in_pages_newest_first(here: Here) -> None:
    for number in range(5):
        await waits(here, user=f"u{number}")
    first = await here.get("supervisor", "/queue/replies", limit=3)
    rest = await here.get("supervisor", "/queue/replies", limit=3, cursor=first["next"])
    homes = [reply["from"]["home"] for reply in first["items"] + rest["items"]]
    assert homes == [f"@u{number}@social.example" for number in (4, 3, 2, 1, 0)]
    assert rest["next"] is None
