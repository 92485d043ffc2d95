"""Only what says that it is an ActivityPub document is read as one (`security.md`, A15): what somebody put on
a server as a picture or a page is none."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.federation.guarded import Unreachable
from tests.federation.test_redirects import FAR, HOME, Way, opened

AS = "https://www.w3.org/ns/activitystreams"
READ = [
    "application/activity+json",
    "Application/Activity+JSON",
    "application/activity+json; charset=utf-8",
    f'application/activity+json; profile="{AS}"',
    f'application/ld+json; profile="{AS}"',
    f'application/ld+json;profile="{AS}"; charset=utf-8',
    f'application/ld+json; charset=utf-8; profile="{AS}"',
    f'application/ld+json; profile="{AS} https://w3id.org/security/v1"',
    f"application/ld+json; profile='{AS}'",
]
NOT_READ = [
    *(
        "",
        "text/html",
        "text/plain",
        "application/json",
        "application/jrd+json",
        "image/png",
        "application/ld+json",
    ),
    *(
        "application/octet-stream",
        "application/activity+jsonx",
        "xapplication/activity+json",
        "activity+json",
        "*/*",
    ),
    *(
        "application/activity+json, text/html",
        "text/html, application/activity+json",
        "application/activity+json/x",
    ),
    *(
        "text/html; application/activity+json",
        "text/html; x=application/activity+json",
        "application/ld+json; profile",
    ),
    *(
        f'text/html; profile="{AS}"',
        f'application/json; profile="{AS}"',
        f'application/ld+json; x="profile={AS}"',
    ),
    *(
        f'application/ld+json; profile="{AS}x"',
        f'application/ld+json; profile="x{AS}"',
        f'application/ld+json; xprofile="{AS}"',
    ),
]


@pytest.fixture
async def way(tmp_path: Path) -> AsyncIterator[Way]:
    async with opened(tmp_path, {"origin": HOME}) as found:
        yield found


@pytest.mark.parametrize("kind", READ)
async def test_A15_what_is_an_activitypub_document(way: Way, kind: str) -> None:
    way.web.stands(f"{FAR}/een", {"id": f"{FAR}/een"}, kind)
    assert await way.remote.document(f"{FAR}/een") == {"id": f"{FAR}/een"}


@pytest.mark.parametrize("kind", NOT_READ)
async def test_A15_what_is_none(way: Way, kind: str) -> None:
    way.web.stands(f"{FAR}/een", {"id": f"{FAR}/een"}, kind)
    with pytest.raises(Unreachable):
        await way.remote.document(f"{FAR}/een")


@pytest.mark.parametrize(
    "kind", ["text/html", "application/xrd+xml", "application/xml", "", "application/jrd+jsonx"]
)
async def test_webfinger_in_another_form_is_not_read(way: Way, kind: str) -> None:
    """Neither XML nor a page (of A18)."""
    way.web.stands(f"{FAR}/.well-known/webfinger?resource=acct%3Alou%40ver.example", {"links": []}, kind)
    with pytest.raises(Unreachable):
        await way.remote.webfinger(FAR, "acct:lou@ver.example")
    assert len(way.web.asked) == 1
