"""Lists: newest first, a page at a time, each thing once, whatever happens in between."""

from typing import Any

from node.acts import posts
from node.clock import now
from node.storage.database import Transaction
from tests import town
from tests.api.programs import Here, asked, path_of


async def pages(here: Here, part: str, path: str, limit: int, **query: Any) -> list[list[dict[str, Any]]]:
    """All pages of a list."""
    found = []
    cursor: dict[str, Any] = {}
    while True:
        page = await here.get(part, path, limit=limit, **query, **cursor)
        assert set(page) == {"items", "next"}
        found.append(page["items"])
        if page["next"] is None:
            return found
        cursor = {"cursor": page["next"]}


async def posted(here: Here, many: int) -> list[str]:
    """Requests made within three milliseconds, so that many share a moment; newest first."""
    at = now()

    def make(tx: Transaction) -> list[str]:
        moments = [at + n % 3 * (town.HOUR / 3_600_000) for n in range(many)]
        made = [
            posts.post(tx, here.cast.poster, town.asks(f"nr {n}"), moment) for n, moment in enumerate(moments)
        ]
        return [post.id for post in sorted(made, key=lambda post: (post.created, post.id), reverse=True)]

    return await here.database.writing(make)


async def test_every_post_comes_once_newest_first(here: Here) -> None:
    ids = await posted(here, 23)
    found = await pages(here, "helper", "/requests", 5)
    assert [len(page) for page in found] == [5, 5, 5, 5, 3]
    assert [post["id"] for page in found for post in page] == ids
    assert [post["id"] for post in (await here.get("helper", "/requests"))["items"]] == ids[:20]
    assert len((await here.get("helper", "/requests", limit=100))["items"]) == 23


async def test_a_full_last_page_has_no_next(here: Here) -> None:
    await posted(here, 4)
    assert [len(page) for page in await pages(here, "helper", "/requests", 2)] == [2, 2]


async def test_what_comes_in_between_does_not_shift_a_page(here: Here) -> None:
    ids = await posted(here, 4)
    first = await here.get("helper", "/requests", limit=2)
    await here.asks()
    await here.delete("poster", f"/requests/{ids[1]}")  # the cursor stands on it
    second = await here.get("helper", "/requests", limit=2, cursor=first["next"])
    assert [post["id"] for post in second["items"]] == ids[2:]


async def test_filters(here: Here) -> None:
    node = await here.next_door()
    held = await here.told(node)
    mine, agreed, closed = await here.asks(), await here.asks(), await here.asks()
    theirs = await here.post("other", "/requests", asked())
    offer = await here.offers()
    await here.agree(agreed, await here.answers("helper", agreed))
    await here.patch("poster", path_of(closed), {"state": "closed"})

    async def ids(part: str, **query: Any) -> list[str]:
        return [post["id"] for post in (await here.get(part, "/requests", **query))["items"]]

    everything = [theirs["id"], closed["id"], agreed["id"], mine["id"], held.id]
    assert await ids("poster") == everything
    assert await ids("poster", own="true") == everything[:4]
    assert await ids("poster", own="false") == [held.id]
    assert await ids("poster", mine="true") == [closed["id"], agreed["id"], mine["id"]]
    assert await ids("poster", mine="false") == everything
    assert await ids("poster", state="open") == [theirs["id"], mine["id"], held.id]
    assert await ids("poster", state="open", own="true", mine="true") == [mine["id"]]
    assert await ids("outsider", mine="true") == []
    assert [post["id"] for post in (await here.get("poster", "/offers"))["items"]] == [offer["id"]]


async def test_answers_come_in_pages_too(here: Here) -> None:
    post = await here.asks()
    parts = ("helper", "other", "operator", "booster", "connector")
    made = [(await here.answers(part, post))["id"] for part in parts]
    found = await pages(here, "broker", f"{path_of(post)}/responses", 2)
    assert [len(page) for page in found] == [2, 2, 1]
    assert {answer["id"] for page in found for answer in page} == set(made)
    times = [answer["created"] for page in found for answer in page]
    assert times == sorted(times, reverse=True)


async def test_agreements_come_in_pages_too(here: Here) -> None:
    post = await here.asks(places=4)
    other = await here.asks()
    tried = ((post, "helper"), (post, "other"), (post, "operator"), (other, "helper"))
    made = [(await here.agree(one, await here.answers(part, one)))["id"] for one, part in tried]

    async def ids(part: str, **query: str) -> list[list[str]]:
        return [[match["id"] for match in page] for page in await pages(here, part, "/matches", 3, **query)]

    assert {one for page in await ids("poster") for one in page} == set(made)
    assert [len(page) for page in await ids("poster")] == [3, 1]
    assert sorted(*await ids("helper")) == sorted([made[0], made[3]])
    assert await ids("broker") == [[]]
    assert sorted(*await ids("broker", request=post["id"])) == sorted(made[:3])
    assert await ids("helper", request=post["id"]) == [[made[0]]]
    assert await ids("outsider", request=post["id"]) == [[]]
    assert await ids("helper", request="nobody") == [[]]


async def test_nodes_and_copies_come_in_pages_too(here: Here) -> None:
    for name in ("west", "oost", "noord"):
        await here.next_door(name)
    found = await pages(here, "helper", "/nodes", 2)
    assert [[node["name"] for node in page] for page in found] == [["Noord", "Oost"], ["West"]]
    post = await here.asks()
    copies = await pages(here, "poster", f"{path_of(post)}/copies", 2)
    assert [len(page) for page in copies] == [2, 1]
    assert {copy["node"]["name"] for page in copies for copy in page} == {"Noord", "Oost", "West"}


async def test_a_cursor_is_for_its_own_list(here: Here) -> None:
    for _ in range(2):
        await here.asks()
        await here.offers()
    page = await here.get("poster", "/requests", limit=1)
    for path in ("/offers", "/matches", "/nodes", "/districts", "/reports"):
        refused = await here.get("poster", path, 422, cursor=page["next"])
        assert refused["errors"] == {"cursor": "Take `next` of the page before, as it is."}
    assert len((await here.get("poster", "/requests", cursor=page["next"]))["items"]) == 1


async def test_words_a_category_and_how_soon_narrow_a_list(here: Here) -> None:
    heg = await here.post("poster", "/requests", asked(title="Wie snoeit de heg?", category="tuin"))
    hond = await here.post("poster", "/requests", asked(title="Wie laat de hond uit?", urgency="urgent"))

    async def titles(part: str | None, **query: Any) -> list[str]:
        return [post["title"] for post in (await here.get(part, "/requests", **query))["items"]]

    assert await titles("helper", q="HEGGEN snoei") == [heg["title"]]
    assert await titles("helper", q="wie", limit=1) == [hond["title"]]
    assert [len(page) for page in await pages(here, "helper", "/requests", 1, q="wie")] == [1, 1]
    assert await titles("helper", category="tuin") == [heg["title"]]
    assert await titles("helper", urgency="urgent") == [hond["title"]]
    assert await titles("helper", q="wie", urgency="urgent", category="tuin") == []
    assert await titles("outsider", q="heg") == []  # not for everybody, and not let in yet
    await here.delete("poster", path_of(heg))
    assert await titles("poster", q="heg") == []


async def test_a_question_is_bounded(here: Here) -> None:
    await here.get("helper", "/requests", 422, q="x" * 101)
    await here.get("helper", "/requests", 422, category="koken")
