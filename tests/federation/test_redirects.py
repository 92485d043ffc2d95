"""Where a redirect may lead (`security.md`, X05, S29, A14): each hop is an address like any other, and who
answers at its end speaks for that place alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from node.clock import now
from node.federation import guarded, signatures
from node.federation.documents import origin_of
from node.federation.guarded import HOPS_MOST, Forbidden, Unreachable
from node.federation.keys import Keys, load_or_make
from node.federation.remote import Remote
from node.federation.signatures import VerificationKey
from node.settings import build
from tests.federation.by_hand import TYPE

HOME, FAR, OTHER = "https://centrum.example", "https://ver.example", "https://elders.example"
STATUSES = [301, 302, 303, 307, 308]


@dataclass
class Web(httpx.AsyncBaseTransport):
    """What stands where, and what was asked for."""

    places: dict[str, httpx.Response] = field(default_factory=dict)
    asked: list[httpx.Request] = field(default_factory=list)

    def leads(self, here: str, to: str, status: int = 302) -> None:
        self.places[here] = httpx.Response(status, headers={"location": to})

    def stands(self, here: str, document: object, kind: str = TYPE) -> None:
        self.places[here] = httpx.Response(200, json=document, headers={"content-type": kind})

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        found = self.places.get(str(request.url), httpx.Response(404))
        return httpx.Response(
            found.status_code, headers=found.headers.raw, stream=httpx.ByteStream(found.content)
        )

    @property
    def urls(self) -> list[str]:
        return [str(request.url) for request in self.asked]


@dataclass
class Way:
    """Our way out, to a web that lies."""

    remote: Remote
    keys: Keys
    web: Web


@pytest.fixture
async def way(tmp_path: Path) -> AsyncIterator[Way]:
    async with opened(tmp_path, {"origin": HOME}) as found:
        yield found


@asynccontextmanager
async def opened(directory: Path, own: dict[str, object]) -> AsyncIterator[Way]:
    settings = build({"name": "Centrum", "area": "BU00000001", **own}, directory)
    keys, web = load_or_make(directory, settings.home), Web()
    remote = Remote(settings, keys, web)
    yield Way(remote, keys, web)
    await remote.close()


@pytest.mark.parametrize("status", STATUSES)
async def test_S29_a_redirected_get_is_signed_anew_for_each_address(way: Way, status: int) -> None:
    way.web.leads(f"{FAR}/een", f"{OTHER}/twee?x=1", status)
    way.web.leads(f"{OTHER}/twee?x=1", "/drie", status)
    way.web.stands(f"{OTHER}/drie", {"id": f"{OTHER}/drie"})
    assert await way.remote.document(f"{FAR}/een") == {"id": f"{OTHER}/drie"}
    assert way.web.urls == [f"{FAR}/een", f"{OTHER}/twee?x=1", f"{OTHER}/drie"]
    own = way.keys.of_application().rsa
    key = VerificationKey(own.key_id, f"{HOME}/ap/actor", own.private.public_key())
    for request in way.web.asked:
        claim = signatures.read("GET", str(request.url), request.headers.raw, b"", now())
        assert signatures.verify(claim, key).actor == f"{HOME}/ap/actor"
        assert request.headers["host"] == request.url.host
    assert len({request.headers["signature"] for request in way.web.asked}) == 3


@pytest.mark.parametrize("status", STATUSES)
async def test_X05_a_post_is_never_led_on(way: Way, status: int) -> None:
    way.web.leads(f"{FAR}/inbox", f"{OTHER}/inbox", status)
    answer = await way.remote.post(f"{FAR}/inbox", b"{}")
    assert answer.status == status
    assert way.web.urls == [f"{FAR}/inbox"]


NOT_THERE = [
    *(
        "file:///etc/passwd",
        "ftp://ver.example/",
        "gopher://ver.example/",
        "data:,x",
        "javascript:1",
        "mailto:a@b.c",
    ),
    *(
        "http://ver.example/x",
        "//ver.example:8443/",
        "https://ver.example:80/",
        f"{HOME}/ap/actor",
        "//CENTRUM.example./",
    ),
    *(
        "https://a:b@elders.example/",
        "https://@elders.example/",
        "https://ver.example\\@elders.example/",
        "https://[::1/",
    ),
    *(
        "https://[v1.x]/",
        "https://a..example/",
        "https://127.1/",
        "https://0x7f.1/",
        "/" + "x" * 2048,
    ),
    *(
        "https://127。0。0。1/",
        "https://%31%32%37.0.0.1/",
        "\x00",
        "https://ver.example/\r\nX: y",
    ),
]


@pytest.mark.parametrize("to", NOT_THERE)
async def test_X05_a_redirect_leads_to_no_place_we_would_not_ask(way: Way, to: str) -> None:
    way.web.places[f"{FAR}/een"] = httpx.Response(302, headers=[(b"location", to.encode("utf-8"))])
    with pytest.raises(Unreachable):
        await way.remote.document(f"{FAR}/een")
    assert way.web.urls == [f"{FAR}/een"]


async def test_X05_also_in_a_town_nothing_leads_away_from_https(tmp_path: Path) -> None:
    async with opened(tmp_path, {"origin": "http://127.0.0.1:1", "town": True}) as way:
        way.web.leads("https://127.0.0.1:2/een", "http://127.0.0.1:2/een")
        with pytest.raises(Forbidden):
            await way.remote.document("https://127.0.0.1:2/een")
        assert way.web.urls == ["https://127.0.0.1:2/een"]


async def test_X05_the_last_of_three_hops_is_the_end(way: Way) -> None:
    for number in range(HOPS_MOST + 1):
        way.web.leads(f"{FAR}/{number}", f"{FAR}/{number + 1}")
    way.web.stands(f"{FAR}/{HOPS_MOST}", {})
    assert await way.remote.document(f"{FAR}/0") == {}
    way.web.asked.clear()
    way.web.leads(f"{FAR}/{HOPS_MOST}", f"{FAR}/{HOPS_MOST + 1}")
    way.web.stands(f"{FAR}/{HOPS_MOST + 1}", {})
    with pytest.raises(Unreachable):
        await way.remote.document(f"{FAR}/0")
    assert len(way.web.asked) == HOPS_MOST + 1


async def test_X05_round_in_a_circle(way: Way) -> None:
    way.web.leads(f"{FAR}/een", f"{FAR}/een")
    with pytest.raises(Unreachable):
        await way.remote.document(f"{FAR}/een")
    assert len(way.web.asked) == HOPS_MOST + 1


@pytest.mark.parametrize("places", [[], [f"{OTHER}/a", f"{OTHER}/b"]])
async def test_X05_a_redirect_to_nowhere_or_to_two_places(way: Way, places: list[str]) -> None:
    way.web.places[f"{FAR}/een"] = httpx.Response(302, headers=[("location", place) for place in places])
    with pytest.raises(Unreachable):
        await way.remote.document(f"{FAR}/een")
    assert len(way.web.asked) == 1


@pytest.mark.parametrize(
    ("says", "believed"),
    [(f"{OTHER}/een", True), (f"{FAR}/een", False), (None, False), (7, False), (f"{HOME}/ap/actor", False)],
)
async def test_A14_whoever_answers_at_the_end_speaks_for_that_place_alone(
    way: Way, says: object, believed: bool
) -> None:
    way.web.leads(f"{FAR}/een", f"{OTHER}/een")
    way.web.stands(f"{OTHER}/een", {} if says is None else {"id": says})
    if believed:
        assert (await way.remote.document(f"{FAR}/een"))["id"] == says
    else:
        with pytest.raises(Unreachable):
            await way.remote.document(f"{FAR}/een")


async def test_A13_a_document_of_another_origin_is_not_believed(way: Way) -> None:
    way.web.stands(f"{FAR}/een", {"id": f"{OTHER}/een"})
    with pytest.raises(Unreachable):
        await way.remote.document(f"{FAR}/een")


async def test_A14_what_is_for_our_eyes_alone_is_not_taken_from_elsewhere(way: Way) -> None:
    way.web.leads(f"{FAR}/contact", f"{OTHER}/contact")
    way.web.stands(f"{OTHER}/contact", {"phone": "06"}, "application/json")
    with pytest.raises(Unreachable):
        await way.remote.private(f"{FAR}/contact")


async def test_no_cookie_is_ever_sent_back(way: Way) -> None:
    way.web.places[f"{FAR}/een"] = httpx.Response(
        200, json={}, headers={"content-type": TYPE, "set-cookie": "a=b"}
    )
    for _ in range(2):
        await way.remote.document(f"{FAR}/een")
    assert not [request for request in way.web.asked if "cookie" in request.headers]


async def test_what_is_signed_is_what_is_asked(way: Way) -> None:
    """Another spelling of an address is asked for in our own."""
    way.web.stands(f"{FAR}/b", {})
    for uri in ("https://VER.example:443/a/../b", f"{FAR}./b#key"):
        assert await way.remote.document(uri) == {}
    assert way.web.urls == [f"{FAR}/b"] * 2
    for request in way.web.asked:
        assert request.headers["host"] == "ver.example"
        signatures.read("GET", f"{FAR}/b", request.headers.raw, b"", now())


async def test_X09_one_deadline_for_all_hops_together(tmp_path: Path) -> None:
    """No hop is slow enough by itself."""
    settings = build({"origin": HOME, "name": "Centrum", "area": "BU00000001"}, tmp_path)

    class Slow(Web):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await asyncio.sleep(0.2)
            return await super().handle_async_request(request)

    web = Slow()
    for number in range(HOPS_MOST):
        web.leads(f"{FAR}/{number}", f"{FAR}/{number + 1}")
    web.stands(f"{FAR}/{HOPS_MOST}", {})
    client = guarded.Client(settings, web, deadline=0.3)
    with pytest.raises(Unreachable, match="did not answer within"):
        await client.get(f"{FAR}/0", "*/*", lambda method, uri: {})
    await client.close()
    assert 1 <= len(web.asked) <= HOPS_MOST
    assert origin_of(web.urls[0]) == FAR
