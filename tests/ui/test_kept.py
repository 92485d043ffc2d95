"""What is looked up once for many: each key by itself, and nothing that broke is kept."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from node.ui.kept import Kept
from tests import town


async def test_those_who_ask_the_same_share_a_look_and_others_do_not_wait_for_it(tmp_path: Path) -> None:
    go_on, looks = asyncio.Event(), []

    async def slow() -> str:
        looks.append("slow")
        await go_on.wait()
        return "found"

    async def quick() -> str:
        return "at once"

    async with town.opened(tmp_path) as database:
        kept = Kept[str](database)
        waiting = [asyncio.create_task(kept.get("a", slow)) for _ in range(3)]
        assert await kept.get("b", quick) == "at once"
        waiting[0].cancel()  # who leaves takes it from nobody else
        go_on.set()
        assert await asyncio.gather(*waiting[1:]) == ["found", "found"]
        assert looks == ["slow"]


async def test_what_broke_is_looked_up_again_and_what_changed_too(tmp_path: Path) -> None:
    answers: Iterator[ValueError | str] = iter([ValueError("no"), "first", "second"])

    async def look() -> str:
        answer = next(answers)
        if isinstance(answer, ValueError):
            raise answer
        return answer

    async with town.opened(tmp_path) as database:
        kept = Kept[str](database)
        with pytest.raises(ValueError, match="no"):
            await kept.get("a", look)
        assert [await kept.get("a", look) for _ in range(2)] == ["first", "first"]
        await database.writing(town.people)
        assert await kept.get("a", look) == "second"
