"""Reports about what people said, as programs meet them."""

from node.clock import now
from node.storage import posts
from node.storage.database import Transaction
from tests.api.programs import Here
from tests.elsewhere import account, wrote

REASON = {"reason": "Er wordt gescholden."}


async def talking(here: Here) -> tuple[str, str]:
    """Merel answered Bea and wrote to her: the ids of both."""
    answer = await here.answers("helper", await here.asks())
    said = await here.post("helper", f"/responses/{answer['id']}/messages", {"text": "Stuur eerst geld."})
    return answer["id"], said["id"]


async def test_a_message_reported_taken_away_and_heard(here: Here) -> None:
    answer, said = await talking(here)
    report = await here.post("poster", f"/messages/{said}/reports", {"category": "fraud", "text": "Pas op."})
    assert (report["response"], report["message"], report["state"]) == (answer, said, "open")
    assert (await here.get("poster", f"/responses/{answer}/messages"))["items"][0]["text"] == ""
    assert (await here.get("helper", f"/responses/{answer}/messages"))["items"][0]["text"] != ""
    assert await here.get("supervisor", "/queue") == {"items": [], "next": None}
    (case,) = (await here.get("supervisor", "/queue/said"))["items"]
    assert case == {
        "id": report["id"],
        "where": "message",
        "post": report["post"],
        "response": answer,
        "message": said,
        "from": {"name": "Merel", "home": "Centrum"},
        "text": "Stuur eerst geld.",
        "reports": [
            {"category": "fraud", "text": "Pas op.", "from": "neighbour", "created": report["created"]}
        ],
        "since": report["created"],
    }
    path = f"/queue/said/{report['id']}"
    await here.post("supervisor", f"{path}/uphold", {"reason": ""}, 422)
    await here.post("supervisor", f"{path}/uphold", {**REASON, "told": "Het is weg."}, 204)
    await here.post("supervisor", f"{path}/uphold", REASON, 404)
    (mine,) = (await here.get("poster", "/reports"))["items"]
    assert (mine["state"], mine["outcome"]) == ("upheld", "Het is weg.")
    (gone,) = (await here.get("helper", f"/responses/{answer}/messages"))["items"]
    assert (gone["text"], gone["deleted"]) == ("", True)


async def test_an_answer_that_may_stay_is_read_again(here: Here) -> None:
    answer, _ = await talking(here)
    report = await here.post("poster", f"/responses/{answer}/reports", {"category": "rude"})
    path = f"/requests/{report['post']}/responses"
    assert (await here.get("poster", path))["items"][0]["text"] == ""
    assert (await here.get("broker", path))["items"][0]["text"] == "Ik kan om tien uur."
    await here.post("supervisor", f"/queue/said/{report['id']}/dismiss", REASON, 204)
    assert (await here.get("poster", path))["items"][0]["text"] == "Ik kan om tien uur."


async def test_what_came_from_an_account_says_so_and_the_queue_has_pages(here: Here) -> None:
    made = await here.asks(audience="public")

    def write(tx: Transaction) -> None:
        for user in ("mo", "fa"):
            wrote(tx, account(tx, now(), user), posts.get(tx, made["id"]), "Stuur geld.", now())

    await here.database.writing(write)
    for one in (await here.get("poster", f"/requests/{made['id']}/responses"))["items"]:
        await here.post("poster", f"/responses/{one['id']}/reports", {"category": "fraud"})
    first = await here.get("supervisor", "/queue/said", limit=1)
    rest = await here.get("supervisor", "/queue/said", limit=1, cursor=first["next"])
    assert rest["next"] is None
    found = {case["from"]["home"]: case["where"] for case in (*first["items"], *rest["items"])}
    assert found == {"@mo@social.example": "answer", "@fa@social.example": "answer"}
