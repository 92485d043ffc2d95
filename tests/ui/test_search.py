"""Searching: one field that works without a script, and finds only what one may read."""

from typing import Any

import pytest
from starlette.datastructures import QueryParams

from node.acts import posts
from node.clock import now
from node.ui.search import EXCERPT, SHOWN, of_address
from tests import town
from tests.ui.doings import posted
from tests.ui.visits import Here


async def asks(here: Here, title: str, **change: Any) -> Any:
    return await posted(here, town.asks(title, **change))


async def said(here: Here, part: str | None, path: str) -> str:
    """The page itself, not its words alone."""
    return (await here.get(part, path)).text


async def test_a_word_finds_a_post_and_is_marked_in_it(here: Here) -> None:
    text = "Eerst een heel lang verhaal. " * 10 + "De bakfietsen staan in de schuur."
    await asks(here, "Mijn fietsen zijn stuk", text=text)
    await asks(here, "Heg snoeien")
    page = await said(here, "helper", "/posts?q=Fiets")
    assert "Mijn <mark>fietsen</mark> zijn stuk" in page
    assert "<mark>bakfietsen</mark>" in page
    assert "Heg snoeien" not in page
    assert 'value="Fiets"' in page
    shown = page.partition('dir="auto">…')[2].partition("</p>")[0]
    assert len(shown) < EXCERPT * 2


async def test_the_field_stands_on_the_front_page_and_on_the_lists_and_keeps_their_kind(here: Here) -> None:
    await asks(here, "Heg snoeien")
    front = await said(here, "helper", "/")
    assert 'action="/posts" method="get"' in front
    listed = await said(here, "helper", "/requests?where=here")
    assert '<input type="hidden" name="kind" value="request">' in listed
    assert '<input type="hidden" name="where" value="here">' in listed


async def test_choices_hold_together(here: Here) -> None:
    await asks(here, "Hond uitlaten", category="dier", urgency="urgent")
    await asks(here, "Hond en heg", category="tuin", urgency="week")
    await posted(here, town.tells("Hond gevonden"))
    closed = await asks(here, "Hond van gisteren", category="dier")
    await here.database.writing(posts.close, here.cast.poster, closed.id, now())

    async def found(query: str) -> set[str]:
        page = await said(here, "helper", f"/posts?q=hond&{query}")
        every = {"uitlaten", "en heg", "gevonden", "van gisteren"}
        return {words for words in every if f"</mark> {words}</a>" in page}

    assert await found("") == {"uitlaten", "en heg", "gevonden"}
    assert await found("kind=notice") == {"gevonden"}
    assert await found("category=dier") == {"uitlaten", "gevonden"}
    assert await found("urgency=week") == {"en heg"}
    assert await found("category=dier&show=all&kind=request") == {"uitlaten", "van gisteren"}
    assert await found("where=here&kind=&category=&urgency=&show=") == {"uitlaten", "en heg", "gevonden"}
    assert await found("where=near") == set()
    assert await found("where=elsewhere&kind=cake&urgency=never") == {"uitlaten", "en heg", "gevonden"}


async def test_when_nothing_is_found_only_ways_that_lead_somewhere_are_shown(here: Here) -> None:
    await asks(here, "Ladder lenen", category="spullen")
    page = await said(here, "helper", "/posts?q=ladder&where=near")
    assert "Niets gevonden" in page
    assert "Zoek in alle buurten" in page
    assert 'href="/posts?q=ladder"' in page
    assert "Kijk ook bij wat voorbij is" not in page
    two = await said(here, "helper", "/posts?q=ladder&where=near&category=tuin")
    assert "Zoek overal, ook bij wat voorbij is" in two
    none = await said(here, "helper", "/posts?q=zeilboot")
    assert "Stel een vraag" in none


@pytest.mark.parametrize("part", [None, "outsider"])
async def test_v04_who_is_not_let_in_finds_what_is_public_alone(here: Here, part: str | None) -> None:
    await asks(here, "Kanarie voor de buren")
    await asks(here, "Kanarie voor iedereen", audience="public")
    page = await said(here, part, "/posts?q=kanarie")
    assert "voor iedereen" in page
    assert "voor de buren" not in page
    only = await said(here, part, "/posts?q=buren&show=all")
    assert "Kanarie" not in only
    assert "Kijk ook" not in only  # nor is told that there would be something


async def test_a_long_answer_goes_on_on_the_next_page(here: Here) -> None:
    for number in range(SHOWN + 2):
        await asks(here, f"Soep nummer {number:02}")
    first = await said(here, "helper", "/posts?q=soep")
    assert first.count("nummer") == 2 * SHOWN  # in its title, and for those who hear the button
    link = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    second = await said(here, "helper", link)
    assert "nummer 01" in second
    assert "nummer 02" not in second
    assert 'href="/posts?q=soep"' in second


async def test_what_is_typed_is_shown_as_text_and_bounded(here: Here) -> None:
    page = await said(here, "helper", "/posts?q=%22%3E%3Cimg%20src%3Dx%3E%00%E2%80%AE" + "x" * 3000)
    assert "<img" not in page
    assert "\x00" not in page
    field = page.partition('type="search" value="')[2].partition('"')[0]
    assert "x" in field
    assert "x" * 100 not in field
    assert of_address(QueryParams(q="  een \n twee ")).q == "een twee"
    assert len(of_address(QueryParams(q="x" * 5000)).q) <= 100


async def test_v11_what_somebody_looks_for_is_written_down_nowhere(
    here: Here, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    before = {path: path.read_bytes() for path in here.settings.dir.iterdir() if path.is_file()}
    await said(here, "helper", "/posts?q=zeldzaamwoord")
    told = [record for record in caplog.records if not record.name.startswith(("httpx", "asyncio"))]
    assert not any("zeldzaamwoord" in record.getMessage() for record in told)
    assert not any(b"zeldzaamwoord" in path.read_bytes() for path in before)
