"""The same on PostgreSQL: from asking to done, page by page, and what it would choke on."""

from pathlib import Path

from tests.api.programs import asked, opened, path_of


async def test_the_same_on_postgresql(tmp_path: Path, postgresql: str) -> None:
    async with opened(tmp_path, postgresql) as here:
        node = await here.next_door()
        await here.told(node)
        post, offer = await here.asks(places=2), await here.offers()
        for part in ("helper", "other"):
            await here.agree(post, await here.answers(part, post))
        matches = (await here.get("broker", "/matches", request=post["id"]))["items"]
        await here.post("poster", f"/matches/{matches[0]['id']}/cancel", status=200)
        assert (await here.get("poster", path_of(post)))["places_left"] == 1
        assert len((await here.get("poster", f"{path_of(post)}/copies"))["items"]) == 1

        first = await here.get("poster", "/requests", limit=1, state="open")
        second = await here.get("poster", "/requests", limit=1, state="open", cursor=first["next"])
        assert len(first["items"]) == len(second["items"]) == 1
        assert second["next"] is None
        for path in (f"{path_of(post)}/responses", "/matches"):
            page = await here.get("poster", path, limit=1)
            assert len((await here.get("poster", path, cursor=page["next"]))["items"]) == 1
        await here.delete("poster", path_of(offer))

        await here.get("poster", "/requests/%00", 404)
        await here.get("poster", "/matches", 422, request="\x00")
        await here.post("poster", "/requests", asked(title="\x00"), 422)
        await here.post("operator", "/nodes", {"address": "https://\x00.example"}, 422)
