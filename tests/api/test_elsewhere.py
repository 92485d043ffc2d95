"""Accounts on other software as programs meet them."""

from node.acts import threads
from node.clock import now
from node.storage import posts
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
