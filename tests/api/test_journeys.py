"""What neighbours do, done by programs: from asking to done, and every way it turns out otherwise."""

import asyncio
from datetime import timedelta

from node.clock import now
from node.neighbourhood.post import State
from tests.api.programs import Here, path_of
from tests.town import DAY


async def state_of(here: Here, post: dict[str, str]) -> str:
    return str((await here.get("poster", path_of(post)))["state"])


async def test_somebody_asks_is_answered_and_helped(here: Here) -> None:
    post = await here.asks()
    assert (post["state"], post["audience"], post["urgency"], post["decide"]) == (
        "open",
        "adjacent",
        "week",
        "choose",
    )
    merel, tariq = await here.answers("helper", post), await here.answers("other", post)
    assert (merel["state"], await state_of(here, post)) == ("pending", "responded")

    match = await here.agree(post, merel)
    assert match["state"] == "agreed"
    assert (match["request"], match["response"]) == (post["id"], merel["id"])
    assert await state_of(here, post) == "agreed"
    answers = await here.get("poster", f"{path_of(post)}/responses")
    assert {one["id"]: one["state"] for one in answers["items"]} == {
        merel["id"]: "accepted",
        tariq["id"]: "taken",
    }

    await here.post("poster", f"/matches/{match['id']}/complete", status=200)
    assert await state_of(here, post) == "done"


async def test_two_picks_make_one_agreement(here: Here) -> None:
    post = await here.asks()
    merel, tariq = await here.answers("helper", post), await here.answers("other", post)
    await here.agree(post, merel)
    late = {"request": post["id"], "response": tariq["id"]}
    assert (await here.post("broker", "/matches", late, 409))["detail"].startswith("Somebody already helps")
    again = {"request": post["id"], "response": merel["id"]}
    await here.post("poster", "/matches", again, 409)


async def test_two_at_once_make_one_agreement(here: Here) -> None:
    for _ in range(5):
        post = await here.asks()
        picks = [
            (who, {"request": post["id"], "response": (await here.answers(helper, post))["id"]})
            for who, helper in (("poster", "helper"), ("broker", "other"))
        ]
        done = await asyncio.gather(*(here.call(who, "POST", "/matches", json=pick) for who, pick in picks))
        assert sorted(answer.status_code for answer in done) == [201, 409]
        assert len((await here.get("broker", "/matches", request=post["id"]))["items"]) == 1


async def test_the_first_yes_has_it_if_so_wanted(here: Here) -> None:
    post = await here.asks(decide="first")
    assert (await here.answers("helper", post))["state"] == "accepted"
    assert await state_of(here, post) == "agreed"
    await here.post("other", f"{path_of(post)}/responses", {"text": "Ik ook."}, 409)


async def test_a_group_job_has_several_places(here: Here) -> None:
    post = await here.asks(places=2)
    for part in ("helper", "other"):
        await here.agree(post, await here.answers(part, post))
    shown = await here.get("poster", path_of(post))
    assert (shown["state"], shown["places"], shown["places_left"]) == ("agreed", 2, 0)
    assert len((await here.get("poster", "/matches", request=post["id"]))["items"]) == 2


async def test_an_offer_is_used_the_same_way(here: Here) -> None:
    post = await here.offers(category="tuin")
    assert post["kind"] == "offer"
    match = await here.agree(post, await here.answers("helper", post))
    assert match["request"] == post["id"]
    assert (await here.get("helper", "/matches"))["items"] == [match]


async def test_either_side_can_call_it_off(here: Here) -> None:
    for part in ("poster", "broker", "helper"):
        post = await here.asks()
        match = await here.agree(post, await here.answers("helper", post))
        assert (await here.post(part, f"/matches/{match['id']}/cancel", status=200))["state"] == "cancelled"
        assert await state_of(here, post) == "open"


async def test_a_helper_takes_the_answer_back(here: Here) -> None:
    post = await here.asks()
    merel = await here.answers("helper", post)
    await here.agree(post, merel)
    await here.delete("helper", f"/responses/{merel['id']}")
    await here.delete("helper", f"/responses/{merel['id']}")
    assert await state_of(here, post) == "open"
    assert (await here.get("helper", "/matches"))["items"][0]["state"] == "cancelled"


async def test_a_poster_says_kindly_no(here: Here) -> None:
    post = await here.asks()
    merel = await here.answers("helper", post)
    assert (await here.post("poster", f"/responses/{merel['id']}/decline", status=200))["state"] == "declined"
    assert await state_of(here, post) == "open"


async def test_an_answer_is_given_once(here: Here) -> None:
    post = await here.asks()
    await here.answers("helper", post)
    await here.post("helper", f"{path_of(post)}/responses", {"text": "Nog eens."}, 409)
    await here.post("poster", f"{path_of(post)}/responses", {"text": "Zelf."}, 409)


async def test_words_and_end_are_changed(here: Here) -> None:
    post = await here.asks()
    until = (now() + timedelta(days=40)).isoformat()
    change = {"title": " Wie  haalt  brood? ", "urgency": "urgent", "places": 3, "expires": until}
    changed = await here.patch("poster", path_of(post), change)
    assert (changed["title"], changed["urgency"], changed["places_left"]) == ("Wie haalt brood?", "urgent", 3)
    assert changed["text"] == post["text"]
    assert changed["updated"] > post["updated"]
    assert changed == await here.get("poster", path_of(post))


async def test_a_time_is_kept_in_utc_whatever_its_zone_was(here: Here) -> None:
    day = (now() + timedelta(days=3)).strftime("%Y-%m-%d")
    post = await here.asks(expires=f"{day}T12:00:00.123456+02:00")
    assert post["expires"] == f"{day}T10:00:00.123000Z"


async def test_a_post_is_closed_and_opened_again(here: Here) -> None:
    post = await here.asks()
    await here.answers("helper", post)
    assert (await here.patch("poster", path_of(post), {"state": "closed"}))["state"] == "closed"
    assert (await here.get("helper", f"{path_of(post)}/responses"))["items"][0]["state"] == "declined"
    assert (await here.patch("poster", path_of(post), {"state": "open"}))["state"] == "open"


async def test_an_offer_rests_for_a_while(here: Here) -> None:
    offer, request = await here.offers(), await here.asks()
    assert (await here.patch("poster", path_of(offer), {"state": "paused"}))["state"] == "paused"
    assert (await here.patch("poster", path_of(offer), {"state": "open"}))["state"] == "open"
    refused = await here.patch("poster", path_of(request), {"state": "paused"}, 422)
    assert set(refused["errors"]) == {"state"}


async def test_words_and_state_change_together_or_not_at_all(here: Here) -> None:
    post = await here.asks()
    both = await here.patch("poster", path_of(post), {"title": "Niet meer nodig", "state": "closed"})
    assert (both["title"], both["state"]) == ("Niet meer nodig", "closed")
    soon = (now() + timedelta(hours=5)).isoformat()
    opened = await here.patch("poster", path_of(post), {"state": "open", "expires": soon})
    assert opened["state"] == "open"
    assert opened["expires"] < (now() + timedelta(hours=6)).isoformat()

    await here.agree(post, await here.answers("helper", post))
    await here.patch("poster", path_of(post), {"title": "Toch niet", "state": "closed"}, 409)
    await here.patch("poster", path_of(post), {"title": "Toch niet", "state": "gone"}, 422)
    assert (await here.get("poster", path_of(post)))["title"] == "Niet meer nodig"


async def test_a_post_is_taken_back(here: Here) -> None:
    post = await here.asks()
    await here.delete("poster", path_of(post))
    await here.delete("poster", path_of(post))
    assert await state_of(here, post) == "withdrawn"
    await here.get("helper", path_of(post), 404)
    await here.patch("poster", path_of(post), {"title": "Toch"}, 409)


async def test_where_a_post_is(here: Here) -> None:
    node = await here.next_door()
    post = await here.asks()
    copies = await here.get("broker", f"{path_of(post)}/copies")
    (copy,) = copies["items"]
    assert copy["node"] == {"name": node.name, "url": node.url}
    assert copy["state"] == "asked"
    private = await here.asks(audience="neighbourhood")
    assert (await here.get("poster", f"{path_of(private)}/copies"))["items"] == []


async def test_a_request_of_the_neighbours_is_answered_here(here: Here) -> None:
    node = await here.next_door()
    held = await here.told(node)
    (post,) = (await here.get("helper", "/requests"))["items"]
    assert post["home"] == {"name": node.name, "url": node.origin, "own": False}
    assert (post["uri"], post["url"]) == (held.uri, f"https://centrum.example/o/{held.id}")
    assert post["area"] == {"code": node.area, "name": node.name}
    assert post["author"] == {"name": "Noor"}

    answer = await here.answers("helper", post)
    assert answer["from"] == {"name": "Merel", "home": "Centrum"}
    assert [r["id"] for r in (await here.get("helper", f"{path_of(post)}/responses"))["items"]] == [
        answer["id"]
    ]
    for part in ("broker", "operator", "other"):
        assert (await here.get(part, f"{path_of(post)}/responses"))["items"] == []
        await here.get(part, f"{path_of(post)}/copies", 403)
    pick = {"request": post["id"], "response": answer["id"]}
    await here.post("broker", "/matches", pick, 409)
    await here.post("helper", "/matches", pick, 403)
    await here.patch("broker", path_of(post), {"title": "Van ons"}, 403)
    await here.delete("operator", path_of(post), 403)
    await here.delete("helper", f"/responses/{answer['id']}")


async def test_a_copy_past_its_end_is_not_shown(here: Here) -> None:
    node = await here.next_door()
    gone = await here.told(node, created=now() - 2 * DAY, expires=now() - DAY)
    hidden = await here.told(node)
    later = {"id": hidden.id, "uri": hidden.uri, "updated": now() + DAY}
    await here.told(node, **later, state=State.HIDDEN)  # its home took it out of sight
    shown = await here.told(node, state=State.AGREED, expires=now() + DAY)
    assert [post["id"] for post in (await here.get("other", "/requests"))["items"]] == [shown.id]
    for post in (gone, hidden):
        await here.get("other", f"/requests/{post.id}", 404)


async def test_a_request_is_no_offer(here: Here) -> None:
    request, offer = await here.asks(), await here.offers()
    for wrong in (f"/offers/{request['id']}", f"/requests/{offer['id']}"):
        await here.get("poster", wrong, 404)
        await here.patch("poster", wrong, {"title": "Anders"}, 404)
        await here.delete("poster", wrong, 404)
        await here.get("poster", f"{wrong}/responses", 404)
        await here.get("poster", f"{wrong}/copies", 404)
        await here.post("helper", f"{wrong}/responses", {"text": "Ik kan."}, 404)


async def test_an_operator_keeps_the_borders(here: Here) -> None:
    asked = await here.post("operator", "/nodes", {"address": "https://zuid.example"}, 202)
    assert asked == {"address": "https://zuid.example", "node": None}
    node = await here.next_door(we_claim=False, our_follow="none")
    (known,) = (await here.get("helper", "/nodes"))["items"]
    assert (known["id"], known["standing"]) == (node.id, "asks")
    wanted = await here.post("operator", "/nodes", {"address": node.origin}, 202)
    assert wanted["node"]["standing"] == "asked"

    for deed, standing in (
        ("accept", "asked"),
        ("end", "asks"),
        ("refuse", "known"),
        ("block", "blocked"),
        ("unblock", "known"),
    ):
        moved = await here.post("operator", f"/nodes/{node.id}/{deed}", status=200)
        assert (deed, moved["standing"]) == (deed, standing)
    await here.post("operator", f"/nodes/{node.id}/refuse", status=409)
    await here.post("operator", "/nodes/nobody/accept", status=404)


async def test_this_node_and_oneself(here: Here) -> None:
    node = await here.get(None, "/node")
    assert node["actor"] == "https://centrum.example/ap/buurt/centrum"
    assert (node["acct"], node["area"], node["hub"]) == ("centrum@centrum.example", "BU00000001", None)
    me = await here.get("broker", "/me")
    assert (me["name"], me["roles"]) == ("Mina", ["broker"])
    assert (await here.get("outsider", "/me"))["roles"] == []
