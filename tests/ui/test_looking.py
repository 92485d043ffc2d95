"""Looking changes nothing (H03): everybody opens all they can reach, and the tables are as they were."""

import re
from dataclasses import dataclass
from html import unescape

import pytest

from node.clock import now
from node.storage import access
from node.storage.database import Transaction
from node.ui.addresses import PAGES
from tests import town
from tests.ui import things
from tests.ui.things import Rows, Things
from tests.ui.visits import Here

NOT_LOOKED_FOR = {"seen", "expires"}  # of a session, and of whose it is: when it was last used
MOST = 400


def without_use(rows: Rows) -> Rows:
    used = {
        name: [{k: v for k, v in row.items() if k not in NOT_LOOKED_FOR} for row in rows[name]]
        for name in ("sessions", "residents")
    }
    return {**rows, **used}


def seeds(built: Things) -> list[str]:
    """Every page of the table, with what there is."""
    more = {"deed": "close", "step": "block", "name": "centrum", "tag": "boodschappen", "choice": "take"}
    more |= {"kind": "offer"}
    answers = [built.path("/o/{post}/answers/{answer}/{deed}", deed=d) for d in ("choose", "decline", "back")]
    return [*(built.path(path, **more) for path, _ in PAGES), *answers, built.path("/o/{copy}")]


@dataclass(frozen=True)
class Walk:
    """What was seen on the way: page -> status."""

    seen: dict[str, int]

    @property
    def broken(self) -> dict[str, int]:
        return {path: status for path, status in self.seen.items() if status not in (200, 302, 303)}


async def walked(here: Here, part: str | None, starts: list[str], before: Walk | None = None) -> Walk:
    """Open every page, then every page it leads to; what was seen on a walk before this one is known."""
    seen = dict(before.seen) if before else {}
    todo = list(starts)
    async with here.browser(part) as browser:
        while todo and len(seen) < MOST:
            path = todo.pop(0)
            if path in seen:
                continue
            answer = await browser.get(path)
            seen[path] = answer.status_code
            found = [answer.headers["location"]] if "location" in answer.headers else []
            found += re.findall(r'href="([^"]*)"', answer.text)
            ours = [unescape(link).partition("#")[0] for link in found]
            todo += [link for link in ours if link.startswith("/") and link not in seen]
    assert not todo
    return Walk(seen)


@pytest.mark.parametrize("part", [None, *town.NAMES, "outsider"])
async def test_H03_looking_changes_nothing_and_every_link_leads_somewhere(
    here: Here, part: str | None
) -> None:
    """First from the front page on, whoever one is; then by typing every address there is."""
    built = await things.built(here)
    await here.database.writing(used_long_ago)
    before = await here.database.reading(things.rows)
    walk = await walked(here, part, ["/"])
    assert walk.broken == {}
    walk = await walked(here, part, seeds(built), walk)
    assert len(walk.seen) > len(PAGES)
    assert without_use(await here.database.reading(things.rows)) == without_use(before)
    if part == "operator":
        assert await here.database.reading(things.rows) != before  # the check can fail: the session was used


def used_long_ago(tx: Transaction) -> None:
    """Every session was last used some hours ago, so that looking makes it last longer."""
    for part in [*town.NAMES, "outsider"]:
        at = now() - 3 * town.HOUR
        access.keep_session(tx, f"session of {part}", at + town.DAY, at)


async def test_H03_no_other_way_of_asking_changes_anything(here: Here) -> None:
    built = await things.built(here)
    before = await here.database.reading(things.rows)
    async with here.browser("operator") as browser:
        for path in seeds(built):
            for method in ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"):
                answer = await browser.request(method, path, headers=here.own_form)
                assert answer.status_code < 500
    assert await here.database.reading(things.rows) == before


async def test_V06_a_page_is_never_kept_by_a_cache(here: Here) -> None:
    """V06: what one person sees, the next does not."""
    built = await things.built(here)
    for part in ("poster", None):
        async with here.browser(part) as browser:
            for path in seeds(built):
                answer = await browser.get(path)
                if answer.status_code in (200, 403, 404):
                    assert answer.headers["cache-control"] == "private, no-store"
                    assert "Cookie" in answer.headers["vary"]
