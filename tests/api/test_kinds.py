"""Notices and events in JSON: what they have that the others do not, and who reads what under them."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from node.clock import now
from tests.api.programs import Here, asked, path_of
from tests.town import DAY, HOUR

Answer = dict[str, Any]


def tomorrow(hours: int = 0) -> str:
    return (now() + DAY + hours * HOUR).isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def plans(here: Here, **change: Any) -> Answer:
    """Bea plans something for tomorrow."""
    begins = (now() + DAY).replace(microsecond=0)
    ends = begins + 2 * HOUR
    times = {"starts": begins.isoformat(), "ends": ends.isoformat(), "place": "Buurthuis De Spil"}
    return await here.post("poster", "/events", asked(**{**times, **change}))


async def tells(here: Here, **change: Any) -> Answer:
    return await here.post("poster", "/notices", asked(**change))


def moment(words: str) -> datetime:
    return datetime.fromisoformat(words)


async def test_an_event_has_a_time_and_a_place_and_the_others_do_not(here: Here) -> None:
    begins, ends = tomorrow(), tomorrow(3)
    made = await plans(here, starts=begins, ends=ends, places=12)
    assert (moment(made["starts"]), moment(made["ends"])) == (moment(begins), moment(ends))
    assert made["expires"] == made["ends"]
    assert (made["kind"], made["place"], made["audience"]) == ("event", "Buurthuis De Spil", "public")
    assert (made["places"], made["places_left"]) == (12, 12)
    assert await here.get(None, path_of(made)) == made
    for other in (await here.asks(), await here.offers(), await tells(here)):
        assert not {"starts", "ends", "place", "widen"} & set(other)


async def test_what_is_left_out_of_an_event_or_a_notice(here: Here) -> None:
    made = await here.post("poster", "/events", asked(starts=tomorrow()))
    assert moment(made["ends"]) - moment(made["starts"]) == timedelta(hours=2)
    assert (made["places"], made["places_left"], made["place"]) == (None, None, "")
    notice = await tells(here)
    assert (notice["kind"], notice["audience"], notice["state"]) == ("notice", "public", "open")
    assert (notice["places"], notice["places_left"]) == (None, None)
    assert timedelta(29.9) < moment(notice["expires"]) - now() < timedelta(30.1)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"starts": None}, "starts"),
        ({"starts": "tomorrow"}, "starts"),
        ({"starts": "2026-01-01T10:00:00"}, "starts"),
        ({"starts": "2001-01-01T10:00:00Z", "ends": "2001-01-01T11:00:00Z"}, "starts"),
        ({"starts": "9999-12-31T23:59:00Z", "ends": "9999-12-31T23:59:59Z"}, "starts"),
        ({"ends": "2001-01-01T10:00:00Z"}, "ends"),
        ({"places": -1}, "places"),
        ({"places": 100_000}, "places"),
        ({"place": "x" * 200}, "place"),
        ({"widen": True}, "widen"),
    ],
)
async def test_what_is_wrong_with_an_event_is_named(here: Here, change: dict[str, Any], field: str) -> None:
    body = asked(**{"starts": tomorrow(), "ends": tomorrow(2), **change})
    refused = await here.post("poster", "/events", body, 422)
    assert list(refused["errors"]) == [field]


@pytest.mark.parametrize("folder", ["requests", "offers", "notices"])
async def test_what_only_an_event_has_is_refused_elsewhere(here: Here, folder: str) -> None:
    times = {"starts": tomorrow(), "ends": tomorrow(1), "place": "Buurthuis"}
    refused = await here.post("poster", f"/{folder}", asked(**times), 422)
    assert set(refused["errors"]) == set(times)
    made = await here.post("poster", f"/{folder}", asked())
    refused = await here.patch("poster", path_of(made), times, 422)
    assert set(refused["errors"]) == set(times)


async def test_an_event_moves_grows_and_is_off(here: Here) -> None:
    made = await plans(here)
    later = await here.patch("poster", path_of(made), {"starts": tomorrow(5)})
    assert moment(later["ends"]) - moment(later["starts"]) == timedelta(hours=2)
    assert (await here.patch("poster", path_of(made), {"places": 3}))["places_left"] == 3
    assert (await here.patch("poster", path_of(made), {"places": None}))["places"] is None
    assert (await here.patch("poster", path_of(made), {"place": "De Brug"}))["place"] == "De Brug"
    refused = await here.patch("poster", path_of(made), {"starts": "9999-12-31T23:59:59Z"}, 422)
    assert list(refused["errors"]) == ["starts"]
    refused = await here.post("poster", "/events", asked(starts="9999-12-31T23:59:59Z"), 422)
    assert list(refused["errors"]) == ["starts"]
    await here.patch("poster", path_of(made), {"state": "paused"}, 422)
    assert (await here.patch("poster", path_of(made), {"state": "closed"}))["state"] == "closed"
    assert (await here.patch("poster", path_of(made), {"state": "open"}))["state"] == "open"


async def test_who_says_so_comes_while_there_is_place(here: Here) -> None:
    made = await plans(here, places=1)
    coming = await here.post("helper", f"{path_of(made)}/responses", {})
    assert (coming["state"], coming["text"]) == ("accepted", "")
    await here.post("other", f"{path_of(made)}/responses", {"text": "Ik ook"}, 409)
    assert (await here.get(None, path_of(made)))["places_left"] == 0
    for by, names in {"poster": ["Merel"], "broker": ["Merel"], "other": [], "helper": ["Merel"]}.items():
        found = (await here.get(by, f"{path_of(made)}/responses"))["items"]
        assert [one["from"]["name"] for one in found] == names, by
    await here.get(None, f"{path_of(made)}/responses", 401)
    await here.delete("helper", f"/responses/{coming['id']}")
    again = await here.post("other", f"{path_of(made)}/responses", {"text": "Ik ook"})
    assert (again["state"], again["text"]) == ("accepted", "Ik ook")
    await here.post("poster", "/matches", {"request": made["id"], "response": again["id"]}, 409)


async def test_what_is_said_under_a_notice_is_read_by_whoever_may_see_it(here: Here) -> None:
    public, near = await tells(here), await tells(here, audience="adjacent")
    for notice in (public, near):
        said = await here.post("helper", f"{path_of(notice)}/responses", {"text": "Die is van Jan."})
        assert said["state"] == "accepted"
    for part in (None, "outsider", *here.tokens):
        found = (await here.get(part, f"{path_of(public)}/responses"))["items"]
        assert [one["text"] for one in found] == ["Die is van Jan."], part
        status = 404 if part in (None, "outsider") else 200
        await here.get(part, f"{path_of(near)}/responses", status)


@pytest.mark.parametrize("part", ["poster", "supervisor"])
async def test_what_was_hidden_or_deleted_is_gone(here: Here, part: str) -> None:
    notice = await tells(here)
    one = await here.post("helper", f"{path_of(notice)}/responses", {"text": "Lelijk."})
    two = await here.post("helper", f"{path_of(notice)}/responses", {"text": "Vergissing."})
    for by in ("other", "broker", "operator", "helper"):
        await here.post(by, f"/responses/{one['id']}/decline", status=403)
    hidden = await here.post(part, f"/responses/{one['id']}/decline", status=200)
    assert hidden["state"] == "declined"
    await here.delete("other", f"/responses/{two['id']}", 403)
    await here.delete("helper", f"/responses/{two['id']}")
    for reader in (None, *here.tokens):
        assert (await here.get(reader, f"{path_of(notice)}/responses"))["items"] == [], reader


async def test_of_a_notice_elsewhere_one_reads_ones_own(here: Here) -> None:
    node = await here.next_door()
    held = await here.told(node, kind="notice", places=0, places_left=0)
    path = f"/notices/{held.id}/responses"
    said = await here.post("helper", path, {"text": "Gezien bij de brug."})
    assert [one["id"] for one in (await here.get("helper", path))["items"]] == [said["id"]]
    for part in ("other", "broker", "poster"):
        assert (await here.get(part, path))["items"] == []
    await here.get(None, path, 404)


async def test_a_request_says_whether_it_may_go_further(here: Here) -> None:
    made = await here.post("poster", "/requests", asked(widen=True))
    await here.patch("poster", path_of(made), {"widen": False})
    await here.post("poster", "/requests", asked(widen="yes"), 422)


async def test_one_comes_without_a_word(here: Here) -> None:
    made = await plans(here)
    answer = await here.post("helper", f"{path_of(made)}/responses")
    assert (answer["state"], answer["text"]) == ("accepted", "")
    await here.patch("poster", path_of(made), None, 415)
    request = await here.asks()
    await here.post("helper", f"{path_of(request)}/responses", status=415)


async def test_who_was_sent_away_does_not_come_back(here: Here) -> None:
    made = await plans(here, places=1)
    answer = await here.post("helper", f"{path_of(made)}/responses")
    await here.post("poster", f"/responses/{answer['id']}/decline", status=200)
    refused = await here.post("helper", f"{path_of(made)}/responses", status=409)
    assert refused["detail"] == "Whoever organises this let you know that you cannot come."
    assert (await here.get("other", path_of(made)))["places_left"] == 1


async def test_nothing_is_agreed_on_a_notice_or_an_event(here: Here) -> None:
    for made, why in ((await tells(here), "on a notice."), (await plans(here), "on an event: whoever")):
        answer = await here.post("helper", f"{path_of(made)}/responses", {"text": "Leuk."})
        pick = {"request": made["id"], "response": answer["id"]}
        refused = await here.post("poster", "/matches", pick, 409)
        assert refused["detail"].startswith(f"Nothing is agreed {why}")


async def test_what_would_count_for_nothing_is_refused(here: Here) -> None:
    notice = await tells(here, places=None)
    refused = await here.post("poster", "/notices", asked(places=3), 422)
    assert refused["errors"] == {"places": "A notice has no places."}
    assert "places" in (await here.patch("poster", path_of(notice), {"places": 3}, 422))["errors"]
    await here.patch("poster", path_of(notice), {"places": None, "title": "Toch"})

    times = {"starts": tomorrow(), "ends": tomorrow(2)}
    refused = await here.post("poster", "/events", asked(**times, expires=tomorrow(3)), 422)
    assert refused["errors"] == {"expires": "An event stays up until it ends. Leave this out."}
    event = await here.post("poster", "/events", asked(**times, expires=times["ends"]))
    different = {"ends": tomorrow(2), "expires": tomorrow(4)}
    assert "expires" in (await here.patch("poster", path_of(event), different, 422))["errors"]
    moved = await here.patch("poster", path_of(event), {"expires": tomorrow(1)})
    assert moved["ends"] == moved["expires"]
