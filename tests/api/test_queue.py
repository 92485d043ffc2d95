"""Reports and the queue as programs meet them."""

from node.acts import reports
from node.clock import now
from node.neighbourhood.report import ReportCategory
from tests.api.programs import Here, path_of


async def test_reported_upheld_and_heard(here: Here) -> None:
    post = await here.asks()
    report = await here.post("helper", f"{path_of(post)}/reports", {"category": "fraud", "text": "Pas op."})
    assert report == {
        "id": report["id"],
        "post": post["id"],
        "response": None,
        "message": None,
        "category": "fraud",
        "text": "Pas op.",
        "state": "open",
        "outcome": "",
        "created": report["created"],
        "decided": None,
    }
    queue = await here.get("supervisor", "/queue")
    (case,) = queue["items"]
    assert queue["next"] is None
    assert case == {
        "id": post["id"],
        "post": {**post, "state": "open"},
        "reports": [
            {"category": "fraud", "text": "Pas op.", "from": "neighbour", "created": report["created"]}
        ],
        "why": ["1 of our own neighbours reported this."],
        "since": report["created"],
    }
    body = {"what": "hide", "reason": "Oplichting.", "told": "Het is weg."}
    decided = await here.post("supervisor", f"/queue/{post['id']}/uphold", body, 200)
    assert (decided["post"]["state"], decided["reports"], decided["why"]) == (
        "waiting",
        [],
        ["It is out of sight."],
    )
    (mine,) = (await here.get("helper", "/reports"))["items"]
    assert (mine["state"], mine["outcome"]) == ("upheld", "Het is weg.")
    assert mine["decided"] is not None
    await here.get("helper", path_of(post), 404)
    back = await here.post("supervisor", f"/queue/{post['id']}/dismiss", {"reason": "Toch goed."}, 200)
    assert back["post"]["state"] == "open"
    assert (await here.get("supervisor", "/queue"))["items"] == []
    gone = {"what": "remove", "reason": "Reclame."}
    assert (await here.post("supervisor", f"/queue/{post['id']}/uphold", gone, 200))["post"]["state"] == (
        "withdrawn"
    )
    await here.get("supervisor", f"/queue/{post['id']}", 404)


async def test_what_cannot_be_used_is_said_per_field(here: Here) -> None:
    post = await here.asks()
    path, case = f"{path_of(post)}/reports", f"/queue/{post['id']}"
    assert "category" in (await here.post("helper", path, {"category": "ugly"}, 422))["errors"]
    assert "text" in (await here.post("helper", path, {"category": "other"}, 422))["errors"]
    await here.post("helper", path.replace("requests", "offers"), {"category": "spam"}, 404)
    for body, field in (
        ({"what": "hide"}, "reason"),
        ({"what": "hide", "reason": " "}, "reason"),
        ({"what": "burn", "reason": "x"}, "what"),
        ({"what": "hide", "reason": "x", "told": "Bel 0199-00 12 34"}, "told"),
    ):
        assert field in (await here.post("supervisor", f"{case}/uphold", body, 422))["errors"]
    await here.post("supervisor", f"{case}/flag", {"category": "spam", "text": "Kijk."}, 409)  # our own


async def test_another_nodes_post_is_hidden_here_and_flagged_there(here: Here) -> None:
    node = await here.next_door()
    held = await here.told(node)
    await here.post("helper", f"/requests/{held.id}/reports", {"category": "rude"})
    case = await here.post(
        "supervisor", f"/queue/{held.id}/flag", {"category": "rude", "text": "Er wordt gescholden."}, 200
    )
    assert case["post"]["home"]["own"] is False
    await here.post("supervisor", f"/queue/{held.id}/uphold", {"what": "remove", "reason": "x"}, 409)
    hidden = await here.post("supervisor", f"/queue/{held.id}/uphold", {"what": "hide", "reason": "x"}, 200)
    assert hidden["post"]["state"] == "hidden"
    assert hidden["why"] == ["It is out of sight."]
    await here.get("helper", f"/requests/{held.id}", 404)


async def test_what_is_not_shown_here_can_be_found_and_shown_again(here: Here) -> None:
    node = await here.next_door()
    held = [await here.told(node) for _ in range(3)]
    for post in held:
        await here.post("supervisor", f"/queue/{post.id}/uphold", {"what": "hide", "reason": "x"}, 200)
    assert (await here.get("supervisor", "/queue"))["items"] == []
    first = await here.get("supervisor", "/queue", hidden="true", limit=2)
    rest = await here.get("supervisor", "/queue", hidden="true", limit=2, cursor=first["next"])
    cases = first["items"] + rest["items"]
    assert {case["id"] for case in cases} == {post.id for post in held}
    assert {case["post"]["state"] for case in cases} == {"hidden"}
    back = await here.post("supervisor", f"/queue/{cases[0]['id']}/dismiss", {"reason": "Toch goed."}, 200)
    assert back["post"]["state"] == "open"
    assert len((await here.get("supervisor", "/queue", hidden="true"))["items"]) == 2
    await here.get("helper", "/queue", 403, hidden="true")


async def test_what_a_supervisor_wrote_to_another_node_stands_among_their_reports(here: Here) -> None:
    held = await here.told(await here.next_door())
    flag, words = f"/queue/{held.id}/flag", {"category": "rude", "text": "Er wordt gescholden."}
    for text in ("", "Bel 0199-00 12 34"):
        refused = await here.post("supervisor", flag, {**words, "text": text}, 422)
        assert list(refused["errors"]) == ["text"]
    case = await here.post("supervisor", flag, words, 200)
    assert case["reports"] == []
    assert (await here.get("supervisor", "/queue"))["items"] == []
    await here.post("supervisor", flag, words, 409)
    await here.post("supervisor", flag, {**words, "category": "spam"}, 200)
    found = (await here.get("supervisor", "/reports"))["items"]
    assert sorted((one["category"], one["state"]) for one in found) == [("rude", "open"), ("spam", "open")]


async def test_a_flag_of_another_node_stands_in_the_queue_by_its_name(here: Here) -> None:
    node, post = await here.next_door(), await here.asks()
    uri = f"{node.origin}/ap/a/1"
    words = ReportCategory.PRIVACY, "Er staat een nummer in."
    await here.database.writing(reports.flagged, node, node.origin, uri, [post["uri"]], *words, now())
    (case,) = (await here.get("supervisor", "/queue"))["items"]
    assert case["reports"][0]["from"] == "Noord"
    assert case["why"] == ["Noord asks us to look at it."]


async def test_a_long_queue_comes_in_pages_newest_first(here: Here) -> None:
    made = [await here.asks(title=f"Vraag {number}") for number in range(5)]
    for post in made:
        await here.post("helper", f"{path_of(post)}/reports", {"category": "spam"})
    first = await here.get("supervisor", "/queue", limit=3)
    rest = await here.get("supervisor", "/queue", limit=3, cursor=first["next"])
    titles = [case["post"]["title"] for case in first["items"] + rest["items"]]
    assert titles == [f"Vraag {number}" for number in (4, 3, 2, 1, 0)]
    assert rest["next"] is None
    page = await here.get("helper", "/reports", limit=2)
    assert len(page["items"]) == 2
    assert page["next"] is not None


async def test_nothing_in_the_queue_says_who_reported(here: Here) -> None:
    post = await here.asks()
    await here.post("helper", f"{path_of(post)}/reports", {"category": "spam", "text": "Reclame."})
    answer = await here.call("supervisor", "GET", "/queue")
    for secret in (here.cast.helper.id, here.cast.helper.name):
        assert secret not in answer.text
