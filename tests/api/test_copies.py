"""Where a post is, for whoever looks after it: each node once, and also when the post was taken back."""

import pytest

from node.clock import now
from node.storage import outbox, spread
from node.storage.database import Transaction
from tests import elsewhere
from tests.api.programs import Answer, Here, path_of


async def copies(here: Here, part: str, post: Answer) -> list[tuple[str, str]]:
    found = (await here.get(part, f"{path_of(post)}/copies"))["items"]
    return [(copy["node"]["name"], copy["state"]) for copy in found]


async def test_the_address_of_a_node_is_spelled_in_one_way(here: Here) -> None:
    await here.next_door(url="https://noord.example/")
    post = await here.asks()
    (node,) = (await here.get("poster", "/nodes"))["items"]
    (copy,) = (await here.get("poster", f"{path_of(post)}/copies"))["items"]
    assert (node["url"], copy["node"]["url"]) == ("https://noord.example", "https://noord.example")


async def test_who_looks_after_a_post_sees_where_it_is_after_it_was_taken_back(here: Here) -> None:
    await here.next_door()
    post = await here.asks()
    await here.delete("poster", path_of(post))
    for part in ("poster", "broker", "supervisor"):
        assert await copies(here, part, post) == [("Noord", "deletion_asked")]
    for part in ("helper", "operator", "outsider"):
        await here.get(part, f"{path_of(post)}/copies", 403 if part == "outsider" else 404)
    await here.get("broker", f"/offers/{post['id']}/copies", 404)


@pytest.mark.parametrize("late", [False, True])
async def test_a_node_stands_there_once_after_fewer_may_see_it(here: Here, late: bool) -> None:
    node = await here.next_door()
    post = await here.asks()
    await here.patch("poster", path_of(post), {"audience": "neighbourhood"})
    assert await copies(here, "poster", post) == [("Noord", "deletion_asked")]
    await here.patch("poster", path_of(post), {"audience": "adjacent"})

    def gone(tx: Transaction) -> None:
        outbox.reached(tx, post["uri"], node.id, "gone", now())

    if late:  # the other node confirms the old copy is gone after it was sent the new one
        await here.database.writing(gone)
    assert await copies(here, "poster", post) == [("Noord", "asked")]


async def test_who_may_not_see_where_it_is_hears_that(here: Here) -> None:
    post = await here.asks()
    refused = await here.get("helper", f"{path_of(post)}/copies", 403)
    assert refused["detail"] == "This is not for you to see."


async def test_servers_of_other_software_stand_there_too_and_confirm_nothing(here: Here) -> None:
    await here.next_door()
    await here.database.writing(lambda tx: elsewhere.follower(tx, now()))
    post = await here.asks(audience="public")
    assert sorted(await copies(here, "poster", post)) == [("Noord", "asked"), ("social.example", "asked")]
    first = await here.get("poster", f"{path_of(post)}/copies", limit=1)
    rest = await here.get("poster", f"{path_of(post)}/copies", limit=1, cursor=first["next"])
    found = {copy["node"]["name"]: copy for copy in [*first["items"], *rest["items"]]}
    assert rest["next"] is None
    assert found["social.example"]["node"]["url"] == "https://social.example"
    inbox = "https://social.example/inbox"
    await here.database.writing(lambda tx: spread.delivered(tx, post["uri"], inbox, now()))
    assert ("social.example", "delivered") in await copies(here, "poster", post)
    await here.delete("poster", path_of(post))
    assert ("social.example", "deletion_asked") in await copies(here, "broker", post)
