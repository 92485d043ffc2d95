"""Every form is believed only from our own pages: each route against each way to forge one (U10, U11)."""

import re
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest
from starlette.routing import Route

from node.ui import seals
from node.ui.addresses import BY_SECRET, FORMS, WITH_FILE, WITH_PHOTO
from node.ui.routes import open_door, routes
from tests.ui import things, visits
from tests.ui.things import Rows, Things, Watch
from tests.ui.visits import FOREIGN, FORM, HTTPS, TOWN, Here

TOKEN = re.compile(r'name="token" value="([^"]*)"')
SEAL = "the-seal-of-this-browser"
ROUTES = [route for route, _ in FORMS]
DEEDS = {
    "/me/mail/searches/{search}/{deed}": "pause",
    "/o/{post}/{deed}": "extend",
    "/me/brought/{brought}/{deed}": "away",
    "/o/{post}/answers/{answer}/{deed}": "choose",
    "/queue/replies/{reply}/{deed}": "turn-away",
    "/desk/{person}/return/{deed}": "stop",
    "/photos/{photo}/{deed}": "words",
    "/talks/{answer}/thanks/{deed}": "show",
}
STEP, ROLE = "yes", "broker"
FIELDS = {  # what each form may need: all in one, for what a form does not know it leaves alone
    "category": "tuin",
    "title": "Wie snoeit?",
    "text": "De heg.",
    "urgency": "week",
    "audience": "adjacent",
    "places": "1",
    "name": "Noor",
    "email": "noor@example.org",
    "language": "en",
    "address": "https://oost.example",
    "uses": "1",
}


@dataclass(frozen=True)
class Case:
    """How a form comes in: its headers, and the seal in the cookie and in the form."""

    headers: dict[str, str]
    cookie: str | None = SEAL
    token: str | None = SEAL


OWN = "{origin}"  # stands for our own
SITE, ORIGIN = "sec-fetch-site", "origin"
FORGED = {
    "cross-site": Case({SITE: "cross-site", ORIGIN: "https://evil.example"}),
    "cross-site, our origin": Case({SITE: "cross-site", ORIGIN: OWN}),
    "cross-site, no origin": Case({SITE: "cross-site"}),
    "same-site": Case({SITE: "same-site", ORIGIN: "https://other.centrum.example"}),
    "same-site, our origin": Case({SITE: "same-site", ORIGIN: OWN}),
    "same-site, no origin": Case({SITE: "same-site"}),
    "typed in": Case({SITE: "none"}),
    "an unknown word": Case({SITE: "Same-Origin "}),
    "an empty word": Case({SITE: ""}),
    "two words": Case({SITE: "same-origin, cross-site"}),
    "our page, wrong origin": Case({SITE: "same-origin", ORIGIN: "https://evil.example"}),
    "our page, no origin to say": Case({SITE: "same-origin", ORIGIN: "null"}),
    "wrong origin": Case({ORIGIN: "https://evil.example"}),
    "wrong scheme": Case({ORIGIN: "ftp" + OWN}),
    "wrong port": Case({ORIGIN: OWN + "1"}),
    "longer host": Case({ORIGIN: OWN + ".evil.example"}),
    "with a path": Case({ORIGIN: OWN + "/"}),
    "in capitals": Case({ORIGIN: OWN.upper()}),
    "origin null": Case({ORIGIN: "null"}),
    "origin empty": Case({ORIGIN: ""}),
    "nothing said, no seal": Case({}, None, None),
    "nothing said, no cookie": Case({}, None),
    "nothing said, no seal in the form": Case({}, SEAL, None),
    "nothing said, empty seals": Case({}, "", ""),
    "nothing said, another seal": Case({}, SEAL, SEAL + "x"),
    "nothing said, a seal of other letters": Case({}, SEAL, "ﬁ é"),
}
BELIEVED = {
    "our page": Case({SITE: "same-origin", ORIGIN: OWN}, None, None),
    "our page, no origin": Case({SITE: "same-origin"}, None, None),
    "our origin": Case({ORIGIN: OWN}, None, None),
    "nothing said, the seal": Case({}),
}


@dataclass(frozen=True)
class World:
    here: Here
    things: Things
    watch: Watch
    before: Rows


@pytest.fixture(scope="module", params=[HTTPS, TOWN], ids=["https", "town"])
async def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    async with visits.opened(tmp_path_factory.mktemp("node"), request.param) as here:
        built = await things.built(here)
        with closing(Watch(here.database)) as watch:
            yield World(here, built, watch, await watch.rows())


async def sent(world: World, route: str, case: Case, part: str | None = "operator") -> tuple[int, str]:
    """Send a form; what it did is put back, and said."""
    here = world.here
    path = world.things.path(
        route, deed=DEEDS.get(route, ""), step=STEP, role=ROLE, wish="follow", choice="take", kind="request"
    )
    headers = {"content-type": FORM}
    for name, value in case.headers.items():
        headers[name] = value.replace(OWN, here.settings.origin).replace(OWN.upper(), HTTPS.upper())
    fields = FIELDS if case.token is None else {**FIELDS, "token": seals.masked(case.token)}
    async with here.browser(part) as browser:
        if case.cookie is not None:
            browser.cookies.set(here.cookie("seal"), case.cookie)
        answer = await browser.post(path, content=urlencode(fields), headers=headers)
    after = await world.watch.rows()
    if FOREIGN in answer.text:
        assert after == world.before
    elif after != world.before:
        await here.database.writing(things.put_back, world.before)
    return answer.status_code, FOREIGN if FOREIGN in answer.text else ""


@pytest.mark.parametrize("name", FORGED)
async def test_U10_U11_a_forged_form_does_nothing(world: World, name: str) -> None:
    heard = {route: await sent(world, route, FORGED[name]) for route in ROUTES}
    assert heard == dict.fromkeys(ROUTES, (403, FOREIGN))


@pytest.mark.parametrize("name", BELIEVED)
async def test_U10_U11_a_form_of_our_own_is_believed(world: World, name: str) -> None:
    heard = {route: await sent(world, route, BELIEVED[name]) for route in ROUTES}
    assert [route for route, (_, words) in heard.items() if words] == []
    assert {route: status for route, (status, _) in heard.items() if status >= 500} == {}


@pytest.mark.parametrize("route", ROUTES)
async def test_U10_U11_a_stranger_is_looked_at_the_same_way(world: World, route: str) -> None:
    """Also signing in: nobody is signed in as somebody else by a form of another site."""
    assert await sent(world, route, FORGED["cross-site"], None) == (403, FOREIGN)


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=x", "application/json", ""])
async def test_U10_U11_no_other_kind_of_body_is_read(world: World, kind: str) -> None:
    """A form of another site may send these without asking."""
    here = world.here
    for route in ROUTES:
        path = world.things.path(
            route, deed=DEEDS.get(route, ""), step=STEP, role=ROLE, wish="follow", choice="take", kind="offer"
        )
        async with here.browser("operator") as browser:
            answer = await browser.post(
                path, content=b"name=Noor", headers={**here.own_form, "content-type": kind}
            )
        with_file = route in {*WITH_FILE, *WITH_PHOTO} and kind.startswith("multipart")
        assert answer.status_code == (400 if with_file else 415)
    assert await here.database.reading(things.rows) == world.before


async def test_P16_more_fields_than_any_form_has_are_refused(world: World) -> None:
    body = "&".join(f"f{number}=x" for number in range(10_000))
    async with world.here.browser() as browser:
        answer = await browser.post("/signin", content=body, headers=world.here.own_form)
    assert answer.status_code == 400


async def test_P16_a_form_in_parts_is_not_read(world: World) -> None:
    """Nor are the heads of its parts, which have no end."""
    given = 0

    async def parts() -> AsyncIterator[bytes]:
        nonlocal given
        yield b"--x\r\n"
        while given < 10_000:
            given += 1
            yield b"x-more: y\r\n"

    headers = {**world.here.own_form, "content-type": "multipart/form-data; boundary=x"}
    async with world.here.browser() as browser:
        answer = await browser.post("/signin", content=parts(), headers=headers)
    assert answer.status_code == 415


@pytest.mark.parametrize("part", [None, "poster", "supervisor", "operator"])
async def test_P16_a_file_is_read_of_whom_the_table_names_and_within_the_limits(
    world: World, part: str | None
) -> None:
    body = b"--x\r\n" + b"x-more: y\r\n" * 50_000
    headers = {**world.here.own_form, "content-type": "multipart/form-data; boundary=x"}
    for route, (_, deed) in WITH_FILE.items():
        read = deed is None or part == "operator"  # who moves house has no account yet
        async with world.here.browser(part) as browser:
            answer = await browser.post(route, content=body, headers=headers)
        assert answer.status_code == (413 if read else 415)


async def test_U11_every_route_that_takes_a_form_is_guarded(world: World) -> None:
    """The pages have no other routes than those of the table; but for what the secret in an address alone
    allows, which reads no form."""
    ui = open_door(world.here.database, world.here.settings)
    posts = [r.path for r in routes(ui) if isinstance(r, Route) and r.methods and "POST" in r.methods]
    assert posts == [*ROUTES, *(path for path, _ in BY_SECRET)]
    others = [r for r in routes(ui) if not isinstance(r, Route) or not r.methods]
    assert others == []
    methods = {method for r in routes(ui) if isinstance(r, Route) for method in r.methods or ()}
    assert methods == {"GET", "HEAD", "POST"}


async def test_the_seal_of_a_browser_is_its_own(world: World) -> None:
    """It is made by chance, kept by the browser, and the same in every form of it."""
    here = world.here
    found = set()
    for _ in range(3):
        async with here.browser() as browser:
            page = await browser.get("/signin")
            seal = browser.cookies[here.cookie("seal")]
            again = await browser.get("/join")
            carried = [TOKEN.findall(one.text) for one in (page, again)]
            assert all(seals.is_of(one, seal) for of_page in carried for one in of_page)
            assert all(carried)
            assert not set(carried[0]) & set(carried[1]), "masked anew"
            assert seal not in page.text + again.text
            assert "set-cookie" not in again.headers
            assert len(seal) >= 32
            found.add(seal)
    assert len(found) == 3
