"""A website of the neighbourhood's own, read over the wire by a running node, politely."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from node.acts import blocks
from node.acts import websites as acts
from node.clock import now
from node.neighbourhood.refusal import Conflict, Invalid, NotAllowed
from node.neighbourhood.website import EVERY, GIVEN_UP, MOST, SELDOM, Website
from node.storage import lookups, websites
from tests.federation import town_of_nodes
from tests.federation.test_feeds import ATOM
from tests.federation.town_of_nodes import Model, Place
from tests.federation.wire import until

SITE = "https://bewoners.example"
PAGE = b"<html><head><link rel=alternate type=application/atom+xml href=/feed></head>Hallo</html>"


@dataclass
class Site:
    """A residents' website: what it answers at each path, and how it was asked."""

    answers: dict[str, Response] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)

    async def answer(self, request: Request) -> Response:
        self.asked.append(request)
        return self.answers.get(request.url.path, Response(status_code=404))

    @property
    def paths(self) -> list[str]:
        return [request.url.path for request in self.asked]


@pytest.fixture
async def place(tmp_path: Path, three_strangers: Model) -> AsyncIterator[Place]:
    async with town_of_nodes.opened(tmp_path, three_strangers) as nodes:
        yield nodes.places[0]


@pytest.fixture
def site(place: Place) -> Site:
    site = Site({"/": Response(PAGE, media_type="text/html"), "/feed": feed()})
    place.wire.apps[SITE] = Starlette(routes=[Route("/{path:path}", site.answer)])
    return site


def feed(words: str = ATOM, **headers: str) -> Response:
    return Response(words, headers={"etag": '"1"', **headers}, media_type="application/atom+xml")


async def added(place: Place, address: str = SITE, name: str = "") -> Website:
    return await place.database.writing(acts.add, place.cast.operator, address, name, now())


async def read(place: Place, website: Website) -> Website:
    """As it stands when it was read, or could not be."""

    async def was_tried() -> bool:
        [row] = await place.database.reading(lookups.about, "website", website.id)
        return row.due is not None and row.due > now() + EVERY / 2

    await until(was_tried)
    return await place.database.reading(websites.get, website.id)


async def again(place: Place, website: Website) -> Website:
    """The next time that it is read."""
    await place.change("lookups", due=now())
    return await read(place, website)


async def titles(place: Place) -> list[str]:
    found = await place.database.reading(websites.news, now() - timedelta(days=900), 99)
    return [entry.title for _, entry in found]


async def test_its_front_page_leads_to_its_news(place: Place, site: Site) -> None:
    website = await read(place, await added(place, "bewoners.example"))
    assert (website.name, website.feed, website.error) == ("Bewoners van Centrum", f"{SITE}/feed", None)
    assert "Zonder datum" in await titles(place)
    assert site.paths == ["/", "/feed"]
    for request in site.asked:
        assert request.headers["user-agent"].startswith("buurtknoop/")
        assert not {"signature", "signature-input", "cookie", "authorization"} & set(request.headers)


async def test_it_is_asked_only_whether_there_is_something_new(place: Place, site: Site) -> None:
    website = await read(place, await added(place))
    site.answers["/feed"] = Response(status_code=304)
    before = await titles(place)
    website = await again(place, website)
    assert site.asked[-1].headers["if-none-match"] == '"1"'
    assert (website.error, await titles(place)) == (None, before)
    site.answers["/feed"] = feed(ATOM.replace("Zonder datum", "Iets nieuws"), etag='"2"')
    website = await again(place, website)
    assert "Iets nieuws" in await titles(place)
    assert "Zonder datum" not in await titles(place)
    assert site.paths == ["/", "/feed", "/feed", "/feed"]


async def test_a_name_that_was_given_stays(place: Place, site: Site) -> None:
    website = await read(place, await added(place, name="  De   Bewoners "))
    assert website.name == "De Bewoners"


async def test_a_date_is_kept_from_when_it_was_first_seen(place: Place, site: Site) -> None:
    website = await read(place, await added(place))
    first = {one.title: one.at for _, one in await place.database.reading(websites.news, now() - GIVEN_UP, 9)}
    site.answers["/feed"] = feed(etag='"2"')
    await again(place, website)
    then = {one.title: one.at for _, one in await place.database.reading(websites.news, now() - GIVEN_UP, 9)}
    assert then["Zonder datum"] == first["Zonder datum"]


async def test_one_that_cannot_be_read_is_asked_later_and_later(place: Place, site: Site) -> None:
    site.answers.clear()
    website = await read(place, await added(place))
    assert website.error == "answered 404"
    for hours in (4, 8, 16, 24, 24):
        await again(place, website)
        [row] = await place.database.reading(lookups.about, "website", website.id)
        assert row.due is not None
        assert abs(row.due - now() - timedelta(hours=hours)) < timedelta(minutes=5)
        assert row.error is None  # it is told on the page of websites, not among the nodes
    site.answers |= {"/": Response(PAGE, media_type="text/html"), "/feed": feed()}
    assert (await again(place, website)).error is None


async def test_it_is_left_alone_for_as_long_as_it_says(place: Place, site: Site) -> None:
    site.answers["/"] = Response(status_code=503, headers={"retry-after": str(10 * 3600)})
    website = await read(place, await added(place))
    [row] = await place.database.reading(lookups.about, "website", website.id)
    assert row.due is not None
    assert timedelta(hours=9) < row.due - now() <= timedelta(hours=10)
    site.answers["/"] = Response(status_code=503, headers={"retry-after": "99999999"})
    await again(place, website)
    [row] = await place.database.reading(lookups.about, "website", website.id)
    assert row.due is not None
    assert row.due - now() <= SELDOM


async def test_what_it_told_is_shown_for_a_month_when_it_is_silent(place: Place, site: Site) -> None:
    website = await read(place, await added(place))
    site.answers.clear()
    await again(place, website)
    assert await titles(place)
    await place.change("websites", failing=now() - GIVEN_UP - timedelta(hours=1))
    await again(place, website)
    assert await titles(place) == []


@pytest.mark.parametrize(
    "to",
    [
        "http://bewoners.example/feed",
        "https://127.0.0.1/feed",
        "https://noord.example.:8443/",
        "file:///etc/passwd",
    ],
)
async def test_X05_it_leads_to_no_place_we_would_not_ask(place: Place, site: Site, to: str) -> None:
    site.answers["/"] = RedirectResponse(to)
    website = await read(place, await added(place))
    assert website.error
    assert site.paths == ["/"]


async def test_X08_nor_does_the_page(place: Place, site: Site) -> None:
    page = PAGE.replace(b"href=/feed", b"href=https://10.0.0.1/feed")
    site.answers["/"] = Response(page, media_type="text/html")
    assert (await read(place, await added(place))).error
    assert site.paths == ["/"]


async def test_a_page_without_a_feed_says_so(place: Place, site: Site) -> None:
    site.answers["/"] = Response("<html>Hallo</html>", media_type="text/html")
    assert "names no feed" in str((await read(place, await added(place))).error)


async def test_a_page_that_leads_to_a_page(place: Place, site: Site) -> None:
    site.answers["/feed"] = Response(PAGE, media_type="text/html")
    assert (await read(place, await added(place))).error
    assert site.paths == ["/", "/feed"]


async def test_one_that_was_taken_away_is_not_read(place: Place, site: Site) -> None:
    website = await read(place, await added(place))
    await place.database.writing(acts.remove, place.cast.operator, website.id, now())
    await place.change("lookups", due=now())

    async def is_forgotten() -> bool:
        return await place.database.reading(lookups.about, "website", website.id) == []

    await until(is_forgotten)
    assert (await titles(place), site.paths) == ([], ["/", "/feed"])


async def test_one_that_is_kept_out_is_not_read_and_not_shown(place: Place, site: Site) -> None:
    website = await read(place, await added(place))
    operator = place.cast.operator
    await place.database.writing(blocks.put, operator, "bewoners.example", "block", "", now())
    assert (await again(place, website)).error == "kept out"
    assert (await titles(place), len(site.asked)) == ([], 2)
    with pytest.raises(Invalid):
        await added(place, "https://nieuws.bewoners.example")


async def test_who_may_and_how_many(place: Place) -> None:
    for part in ("poster", "broker", "supervisor", "outsider"):
        with pytest.raises(NotAllowed):
            await place.database.writing(acts.add, getattr(place.cast, part), SITE, "", now())
    for number in range(MOST):
        await added(place, f"https://site{number}.example")
    with pytest.raises(Conflict):
        await added(place)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "geen adres",
        "ftp://x.example",
        "https://",
        "https://a:b@x.example",
        "x" * 3000,
        "https://x\n.example",
    ],
)
async def test_what_is_no_address(place: Place, address: str) -> None:
    with pytest.raises(Invalid):
        await added(place, address)


async def test_the_same_twice(place: Place, site: Site) -> None:
    await added(place, "bewoners.example")
    with pytest.raises(Invalid):
        await added(place, SITE)


async def test_nothing_of_it_goes_to_other_nodes(place: Place, site: Site) -> None:
    await read(place, await added(place))
    assert [e for e in place.wire.log if e.method == "POST"] == []
