"""The front page and the whole lists: what each sees there, what is counted, and what an empty one says."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from node.acts import matches, posts, responses
from node.clock import now
from node.neighbourhood.post import Audience, Kind, State
from node.storage.database import Transaction
from tests import town
from tests.town import asks, offers
from tests.ui import next_door, visits
from tests.ui.visits import Here, words


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    async with visits.opened(tmp_path) as here:
        yield here


def titles(html: str) -> list[str]:
    """The titles of the cards, in order."""
    return re.findall(r'<h3 dir="auto"(?: lang="[a-z]+")?><a href="/o/[0-9a-f]+">(.*?)</a>', html)


async def busy(here: Here) -> None:
    """Two posts of our own, one of each kind, and two from next door."""

    def fill(tx: Transaction) -> None:
        at = now()
        posts.post(tx, here.cast.other, asks("Een rit naar het station"), at - timedelta(hours=3))
        posts.post(
            tx, here.cast.poster, offers("Ik snoei graag", audience="adjacent"), at - timedelta(hours=1)
        )
        haven = next_door.connected(tx)
        next_door.held(tx, haven, "Een lamp ophangen")
        next_door.held(tx, haven, "Soep over", kind=Kind.OFFER, created=at - timedelta(hours=5))
        next_door.held(tx, haven, "Klaar al", state=State.DONE)

    await here.database.writing(fill)


async def test_a_neighbour_sees_their_own_street_and_then_next_door(here: Here) -> None:
    await busy(here)
    page = await here.get("helper", "/")
    assert titles(page.text) == [
        "Ik snoei graag",
        "Een rit naar het station",
        "Een lamp ophangen",
        "Soep over",
    ]
    said = words(page.text)
    assert said.index("In Centrum") < said.index("Ik snoei graag") < said.index("Bij de buren hiernaast")
    assert "Oude Haven, naast ons" in said
    assert "Dit vragen en bieden ze aan in Oude Haven." in said
    assert 'href="/ask"' in page.text
    assert 'href="/offer"' in page.text


async def test_the_numbers_lead_to_just_as_many(here: Here) -> None:
    await busy(here)
    page = await here.get("helper", "/")
    links = re.findall(r'href="(/(?:requests|offers)\?where=\w+)">[^<]*\((\d+)\)', page.text)
    assert len(links) == 4
    for link, number in links:
        assert len(titles((await here.get("helper", link)).text)) == int(number) == 1


async def test_what_is_agreed_keeps_the_open_company_but_never_crowds_it_out(here: Here) -> None:
    def fill(tx: Transaction) -> None:
        at = now()
        for number in range(7):
            one = posts.post(tx, here.cast.poster, asks(f"Open {number}"), at - timedelta(days=1))
            assert one.state is State.OPEN
        for number in range(3):
            one = posts.post(
                tx, here.cast.poster, asks(f"Rond {number}", decide="first"), at - timedelta(hours=1)
            )
            responses.answer(tx, here.cast.helper, one.id, "Ja hoor.", at)

    await here.database.writing(fill)
    shown = titles((await here.get("helper", "/")).text)
    assert len(shown) == 6
    assert all(title.startswith("Open") for title in shown)


async def test_a_stranger_reads_no_neighbour_s_words_and_hears_how_to_join(here: Here) -> None:
    await busy(here)
    for path in ("/", "/requests", "/offers?show=all"):
        page = await here.get(None, path)
        assert titles(page.text) == []
        said = words(page.text)
        assert "Wat ze schrijven is alleen voor buren. Je ziet het als je bent ingelogd." in said
        assert "Of bel ons: 0199-00 12 34" in said
        assert 'href="/join"' in page.text
        assert 'href="/signin"' in page.text
        assert "Oude Haven" not in said


async def test_a_stranger_sees_what_is_for_everyone(here: Here) -> None:
    def fill(tx: Transaction) -> str:
        return next_door.held(tx, next_door.connected(tx), audience=Audience.PUBLIC).id

    held = await here.database.writing(fill)
    assert titles((await here.get(None, "/")).text) == ["Een lamp ophangen"]
    assert titles((await here.get("outsider", "/requests")).text) == ["Een lamp ophangen"]
    page = await here.get(None, f"/o/{held}")
    assert "Log in om te reageren." in words(page.text)
    assert "<textarea" not in page.text


async def test_who_is_not_let_in_yet_hears_so_with_a_way_on(here: Here) -> None:
    await busy(here)
    for path in ("/", "/requests", "/mine"):
        page = await here.get("outsider", path)
        assert titles(page.text) == []
        assert "Je bent er bijna, Otto." in words(page.text)
        assert 'href="/me"' in page.text
    assert 'href="/ask"' not in (await here.get("outsider", "/")).text


async def test_an_empty_street_offers_the_first_step(here: Here) -> None:
    page = await here.get("helper", "/")
    assert "De lijn hangt. Nu jij nog." in words(page.text)
    assert "Wij zijn nog niet verbonden met een andere buurt." in words(page.text)
    assert "/operator/neighbours" not in page.text
    assert "/operator/neighbours" in (await here.get("operator", "/")).text


async def test_quiet_neighbours_are_named(here: Here) -> None:
    await here.database.writing(next_door.connected)
    page = await here.get("helper", "/")
    assert "Wij zijn verbonden met Oude Haven." in words(page.text)


@pytest.mark.parametrize(
    ("path", "said", "step"),
    [
        ("/requests", "Niemand vraagt nu iets", "/ask"),
        ("/offers", "Niemand biedt nu iets aan", "/offer"),
        ("/requests?where=near", "Nog niemand hiernaast", "/requests?where=here"),
    ],
)
async def test_an_empty_list_says_what_could_be_here(here: Here, path: str, said: str, step: str) -> None:
    page = await here.get("helper", path)
    assert said in words(page.text)
    assert f'href="{step}"' in page.text


async def test_a_list_shows_here_next_door_or_both_and_what_is_over_if_asked(here: Here) -> None:
    await busy(here)
    own, near, over = "Een rit naar het station", "Een lamp ophangen", "Klaar al"
    assert set(titles((await here.get("helper", "/requests")).text)) == {near, own}
    assert titles((await here.get("helper", "/requests?where=here")).text) == [own]
    assert titles((await here.get("helper", "/requests?where=near")).text) == [near]
    assert set(titles((await here.get("helper", "/requests?where=near&show=all")).text)) == {near, over}
    chosen = re.findall(
        r'aria-current="true">.*?</svg>(.*?)</a>', (await here.get("helper", "/requests?where=near")).text
    )
    assert chosen == ["Alleen hiernaast", "Nog open"]


async def test_older_posts_follow_page_by_page_each_once(here: Here) -> None:
    def fill(tx: Transaction) -> None:
        at = now()
        for number in range(45):
            posts.post(tx, here.cast.other, asks(f"Vraag {number:02}"), at - timedelta(minutes=number // 3))

    await here.database.writing(fill)
    shown: list[str] = []
    path: str | None = "/requests?where=here"
    pages = 0
    while path:
        page = (await here.get("helper", path)).text
        shown += titles(page)
        pages += 1
        found = re.search(r'rel="next" href="([^"]+)"', page)
        path = found[1].replace("&amp;", "&") if found else None
        assert ("Terug naar de nieuwste" in page) is (pages > 1)
    assert pages == 3
    assert len(shown) == len(set(shown)) == 45
    assert {title[6] for title in shown[:9]} == {"0"}


@pytest.mark.parametrize(
    "query", ["where=moon", "show=x", "before=1", "before=99999999999999-a", "before=-1-a", "a=%00"]
)
async def test_an_address_with_nonsense_shows_the_list(here: Here, query: str) -> None:
    await here.get("helper", f"/requests?{query}")


async def test_thanks_are_given_only_when_nobody_can_guess_whose(here: Here) -> None:
    def agree(tx: Transaction, number: int) -> None:
        for _ in range(number):
            one = posts.post(tx, here.cast.poster, asks("Wie helpt?"), now())
            answer = responses.answer(tx, here.cast.helper, one.id, "Ik.", now())
            matches.agree(tx, here.cast.poster, one.id, answer.id, now())

    await here.database.writing(agree, 4)
    assert "Deze maand vonden buren elkaar" not in (await here.get("helper", "/")).text
    await here.database.writing(agree, 1)
    assert "Deze maand vonden buren elkaar 5 keer." in words((await here.get("helper", "/")).text)


async def test_H03_looking_changes_nothing(here: Here) -> None:
    await busy(here)
    before = await here.rows()
    for part in (None, *here.cast.all()):
        for path in ("/", "/requests?show=all", "/offers", "/mine"):
            async with here.browser(part) as browser:
                await browser.get(path)
    assert await here.rows() == before


async def test_the_pages_speak_english_too(here: Here) -> None:
    await busy(here)
    async with here.browser("helper") as browser:
        browser.cookies.set("bk_lang", "en")
        said = words((await browser.get("/")).text)
    assert "Hello neighbour!" in said
    assert "This is what they ask and offer in Oude Haven." in said


async def test_V06_a_page_is_kept_by_nobody(here: Here) -> None:
    for part in (None, "helper"):
        assert (await here.get(part, "/")).headers["cache-control"] == "private, no-store"


async def test_an_expired_post_says_so_before_the_clock_strikes(here: Here) -> None:
    def fill(tx: Transaction) -> str:
        at = now() - 40 * town.DAY
        return posts.post(tx, here.cast.poster, asks(), at).id

    post = await here.database.writing(fill)
    assert titles((await here.get("helper", "/requests")).text) == []
    assert "Verlopen" in words((await here.get("poster", f"/o/{post}")).text)
