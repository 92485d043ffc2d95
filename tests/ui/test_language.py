from urllib.parse import urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from node.neighbourhood.refusal import phrase
from node.ui import language
from node.ui.forms import filled
from node.ui.language import Look, back, choose, gettext, ngettext, speaking, translate


@pytest.mark.parametrize(
    ("kept", "accepted", "own", "spoken"),
    [
        ("en", "nl", "nl", "en"),  # what was chosen wins
        (None, "en-GB,en;q=0.9,nl;q=0.8", "nl", "en"),
        (None, "fr, nl-BE;q=0.7, en;q=0.3", "en", "nl"),
        (None, "en;q=0.2, nl;q=0.9", "en", "nl"),
        (None, "en;q=0, nl;q=0.1", "en", "nl"),
        (None, "fr-FR, de;q=0.9", "en", "en"),  # the node's own
        (None, "*", "en", "en"),
        (None, None, "en", "en"),
        (None, "", "fr", "nl"),
        ("xx", None, "nl", "nl"),
        ("../../etc/passwd", ";;;,q=,en;q=9,-", "nl", "nl"),
        (None, "EN-us", "nl", "en"),
    ],
)
def test_the_language_a_page_speaks(kept: str | None, accepted: str | None, own: str, spoken: str) -> None:
    assert choose(kept, accepted, own) == spoken


def test_dutch_comes_first_and_english_is_always_there() -> None:
    assert list(language.languages())[:2] == ["nl", "en"]
    with speaking("en"):
        assert language.language().name == "English"
        assert language.language().direction == "ltr"


def test_a_marked_sentence_is_said_in_the_language_of_the_reader() -> None:
    words = phrase("At most %(most)d letters.", most=80)
    with speaking("en"):
        assert translate(words) == "At most 80 letters."
    with speaking("nl"):
        assert translate(words) == "Niet meer dan 80 letters."
        assert translate(phrase("Nobody yet")) == "Nog niemand"


def test_what_a_neighbour_wrote_is_not_translated() -> None:
    assert translate("Monday") == "Monday"
    assert translate("100 %") == "100 %"


def test_one_and_more() -> None:
    said = [ngettext("%(count)d response", "%(count)d responses", n) % {"count": n} for n in (0, 1, 2)]
    assert said == ["0 reacties", "1 reactie", "2 reacties"]
    with speaking("en"):
        assert ngettext("%(count)d response", "%(count)d responses", 1) == "%(count)d response"


def test_speaking_ends_also_when_something_goes_wrong() -> None:
    with speaking("en"):
        with pytest.raises(ValueError, match="wrong"), speaking("nl"):
            raise ValueError("wrong")
        assert gettext("Nobody yet") == "Nobody yet"


@pytest.mark.parametrize(
    ("cookie", "classes"),
    [
        (None, ""),
        ("dark", "bk-dark"),
        ("light-large", "bk-light bk-large"),
        ("large", "bk-large"),
        ("large-dark", "bk-dark bk-large"),
        ('"><script>', ""),
        ("dark x onload=1", ""),
    ],
)
def test_how_a_person_reads(cookie: str | None, classes: str) -> None:
    assert Look.kept(cookie).classes == classes
    assert Look.kept(Look.kept(cookie).cookie) == Look.kept(cookie)


@pytest.mark.parametrize("path", ["/", "/requests/1?na=2&q=a", "/buurt/%C3%A9", "/a//b", "/é"])
def test_one_returns_to_the_same_page(path: str) -> None:
    assert back(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r\nSet-Cookie: a=b",
        "https://evil.example/",
        "javascript:alert(1)",
        "evil.example",
        "",
        " /",
        "/ /evil.example",
        "/a\\b",
        "/" + "a" * 2000,
        None,
        b"/",
    ],
)
def test_one_never_returns_elsewhere(path: object) -> None:
    assert back(path) == "/"


async def keep(request: Request) -> Response:
    """What was chosen, without a node behind it."""
    form, look = await filled(request), request.cookies.get(language.LOOK_COOKIE)
    return language.remember(form.values, look, request.url.scheme == "https")


def site() -> httpx.AsyncClient:
    async def page(request: Request) -> PlainTextResponse:
        return PlainTextResponse(f"{request.cookies}")

    app = Starlette(routes=[Route("/choice", keep, methods=["POST"]), Route("/{rest:path}", page)])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://rietlanden.example")


async def test_a_choice_is_kept_for_a_year_and_one_is_back() -> None:
    async with site() as browser:
        answer = await browser.post("/choice", data={"language": "en", "back": "/requests/1?x=1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/requests/1?x=1")
    kept = answer.headers["set-cookie"].lower()
    assert kept.startswith("bk_lang=en;")
    assert all(w in kept for w in ("httponly", "samesite=lax", "path=/", "max-age=31536000"))
    assert "secure" not in kept


async def test_over_https_the_cookie_stays_there() -> None:
    async with site() as browser:
        answer = await browser.post("https://rietlanden.example/choice", data={"language": "nl"})
    assert "secure" in answer.headers["set-cookie"].lower()


async def test_day_and_letters_are_chosen_apart() -> None:
    async with site() as browser:
        for choice, kept in [
            ({"light": "dark"}, "dark"),
            ({"letters": "large"}, "dark-large"),
            ({"light": "device"}, "large"),
            ({"letters": "normal"}, None),
        ]:
            await browser.post("/choice", data=choice)
            assert Look.kept(browser.cookies.get("bk_look")) == Look.kept(kept)


@pytest.mark.parametrize(
    "data",
    [{"language": "xx"}, {"light": "pink"}, {"letters": "tiny"}, {"else": "1"}, {"back": "//evil.example"}],
)
async def test_what_is_not_on_the_page_changes_nothing(data: dict[str, str]) -> None:
    async with site() as browser:
        answer = await browser.post("/choice", data=data)
    assert (answer.status_code, urlsplit(answer.headers["location"]).path) == (303, "/")
    assert "set-cookie" not in answer.headers


async def test_a_choice_with_a_file_or_of_no_form_is_harmless() -> None:
    async with site() as browser:
        assert (await browser.post("/choice", files={"language": b"en"})).status_code == 415
        assert (await browser.post("/choice", content=b"{}")).status_code == 415
