"""Where hashtags, other servers and old links lead: the page of a tag, our short name, what is gone."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from node.acts import posts
from node.clock import now
from node.neighbourhood.category import Category
from node.neighbourhood.hashtag import hashtag
from node.neighbourhood.post import Audience, State
from node.storage import posts as kept
from tests import town
from tests.ui import visits
from tests.ui.doings import posted, said
from tests.ui.visits import Here


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    async with visits.opened(tmp_path) as here:
        yield here


def asks(title: str, **change: Any) -> Any:
    return town.asks(title, **{"audience": "public", **change})


async def test_a_hashtag_leads_to_what_is_open_under_it_in_any_capitals(here: Here) -> None:
    await posted(here, asks("Een lamp ophangen", category="klus-binnen"))
    await posted(here, asks("Een heg snoeien", category="tuin"))
    for tag in ("klusBinnen", "klusbinnen", "KLUSBINNEN"):
        page = await said(here, None, f"/tags/{tag}")
        assert "#klusBinnen" in page
        assert "Een lamp ophangen" in page
        assert "Een heg snoeien" not in page


async def test_under_buurthulp_stands_all_that_is_asked_and_offered(here: Here) -> None:
    await posted(here, asks("Een lamp ophangen"))
    await posted(here, town.offers("Ik snoei graag", audience="public"))
    await posted(here, town.tells("Kat gevonden", audience="public"))
    page = await said(here, None, "/tags/buurthulp")
    assert "Een lamp ophangen" in page
    assert "Ik snoei graag" in page
    assert "Kat gevonden" not in page
    assert "Kat gevonden" in await said(here, None, "/tags/dier")


@pytest.mark.parametrize("part", [None, "outsider", "poster", "operator"])
async def test_only_what_everybody_may_see_stands_there_whoever_looks(here: Here, part: str | None) -> None:
    await posted(here, asks("Voor iedereen"))
    await posted(here, asks("Voor de buren", audience="adjacent"))
    closed = await posted(here, asks("Al dicht"))
    await here.database.writing(posts.close, here.cast.poster, closed.id, now())
    page = await said(here, part, "/tags/boodschappen")
    assert "Voor iedereen" in page
    assert "Voor de buren" not in page
    assert "Al dicht" not in page


async def test_a_public_post_of_the_neighbours_stands_there_too(here: Here) -> None:
    def held(tx: Any) -> None:
        node = town.neighbour(tx)
        there = {"audience": Audience.PUBLIC, "expires": now() + town.DAY, "title": "Van hiernaast"}
        kept.add(tx, town.a_copy(node, **there))
        kept.add(tx, town.a_copy(node, **{**there, "title": "Verborgen", "state": State.HIDDEN}))

    await here.database.writing(held)
    page = await said(here, None, "/tags/boodschappen")
    assert "Van hiernaast" in page
    assert "Verborgen" not in page


async def test_many_posts_stand_on_more_than_one_page(here: Here) -> None:
    for number in range(23):
        await posted(here, asks(f"Vraag {number:02}"), ago=(50 - number) * town.HOUR)
    first = await here.get(None, "/tags/boodschappen")
    assert "Vraag 22" in first.text
    assert "Vraag 02" not in first.text
    (path,) = re.findall(r'href="(/tags/boodschappen\?before=[^"]+)"', first.text)
    further = await said(here, None, path)
    assert "Vraag 02" in further
    assert "Vraag 22" not in further


@pytest.mark.parametrize("category", list(Category))
async def test_every_category_has_its_page_also_when_nothing_is_open(here: Here, category: Category) -> None:
    page = await said(here, None, f"/tags/{hashtag(category)}")
    assert "Onder dit woord staat nu niets open" in page


@pytest.mark.parametrize("tag", ["nergens", "klus-binnen", "%20", "boodschappen%20", "%F0%9F%92%A5"])
async def test_a_word_that_we_do_not_use_has_no_page(here: Here, tag: str) -> None:
    await here.get(None, f"/tags/{tag}", 404)


async def test_our_short_name_leads_to_the_front_page(here: Here) -> None:
    for name in ("centrum", "Centrum"):
        answer = await here.get(None, f"/@{name}", 303)
        assert answer.headers["location"] == "/"
    await here.get(None, "/@noord", 404)


@pytest.mark.parametrize("part", [None, "outsider", "helper"])
async def test_a_public_post_that_was_taken_back_says_so(here: Here, part: str | None) -> None:
    post = await posted(here, asks("Geheimpje"))
    await here.database.writing(posts.withdraw, here.cast.poster, post.id, now())
    page = await said(here, part, f"/o/{post.id}", 410)
    assert "Dit is teruggenomen" in page
    assert "Geheimpje" not in page
    await here.get("poster", f"/o/{post.id}")


async def test_S28_one_that_was_not_public_reads_like_one_that_never_was(here: Here) -> None:
    for audience in ("adjacent", "neighbourhood"):
        post = await posted(here, asks("Geheimpje", audience=audience))
        await here.database.writing(posts.withdraw, here.cast.poster, post.id, now())
        for part in (None, "helper"):
            gone = await said(here, part, f"/o/{post.id}", 404)
            assert gone == await said(here, part, f"/o/{'0' * 32}", 404)
