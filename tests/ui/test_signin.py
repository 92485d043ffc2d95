"""Signing in by a mailed link: nobody learns who has an account, a look uses nothing up."""

import logging
import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from node.acts import residents as acts
from node.clock import now
from node.storage import access
from tests.ui.visits import Here, said, words


def session_of(response: httpx.Response, here: Here) -> str:
    return response.cookies[here.cookie("session")]


# Asking for the mail


async def test_U01_known_or_not_the_answer_and_the_work_are_the_same(here: Here) -> None:
    """U01."""
    answers = []
    for address in ("bea@example.org", "nobody@example.org"):
        before = await here.rows()
        answers.append(await here.post(None, "/signin", 303, email=address))
        after = await here.rows()
        assert [name for name in after if after[name] != before[name]] == ["tries", "letters"]
    assert [answer.headers["location"] for answer in answers] == ["/signin/sent"] * 2
    assert answers[0].headers.keys() == answers[1].headers.keys()
    assert await here.letters() == [("signin", "bea@example.org"), ("signin", "nobody@example.org")]
    said_then = words((await here.get(None, "/signin/sent")).text)
    assert "Als we dit adres kennen, is er nu een mail onderweg." in said_then
    assert "0199-00 12 34" in said_then


async def test_a_mistake_is_said_at_the_field_and_what_was_typed_stays(here: Here) -> None:
    page = (await here.post(None, "/signin", 422, email='bea"><img', next="/mine")).text
    assert "Er mist een @." in page
    assert 'value="bea&#34;&gt;&lt;img"' in page
    assert 'name="next" value="/mine"' in page
    assert await here.letters() == []


@pytest.mark.parametrize("address", ["bea@example.org", "nobody@example.org"])
async def test_R09_three_mails_an_hour_to_one_address(here: Here, address: str) -> None:
    for _ in range(acts.MAILS_AN_HOUR):
        await here.post(None, "/signin", 303, email=address)
    refused = await here.post(None, "/signin", 429, email=address.upper())
    assert refused.headers["retry-after"] == "3600"
    assert "over een uur" in words(refused.text)
    assert "0199-00 12 34" in refused.text
    assert len(await here.letters()) == acts.MAILS_AN_HOUR


async def test_R09_R03_ten_mails_an_hour_from_one_place_whatever_it_says_of_itself(here: Here) -> None:
    async with here.browser(at=("198.51.100.9", 1)) as browser:
        for number in range(acts.MAILS_AN_HOUR_PER_CALLER + 1):
            status = 303 if number < acts.MAILS_AN_HOUR_PER_CALLER else 429
            spoofed = {**here.own_form, "x-forwarded-for": f"203.0.113.{number}"}
            data = {"email": f"p{number}@example.org"}
            said(await browser.post("/signin", data=data, headers=spoofed), status)
    await here.post(None, "/signin", 303, email="elsewhere@example.org")


async def test_our_own_proxy_tells_people_apart(here: Here) -> None:
    async with here.browser(at=("127.0.0.1", 1)) as browser:
        for number in range(acts.MAILS_AN_HOUR_PER_CALLER + 1):
            through = {**here.own_form, "x-forwarded-for": f"203.0.113.{number}"}
            said(await browser.post("/signin", data={"email": f"p{number}@a.nl"}, headers=through), 303)


# The link


async def test_U02_looking_at_a_link_uses_nothing_up(here: Here) -> None:
    """U02: five looks, also by programs, then the button works, once."""
    path = await here.link()
    before = await here.rows()
    for _ in range(5):
        page = await here.get(None, path)
        assert "Dag Bea!" in words(page.text)
        assert here.cookie("session") not in page.cookies
    async with here.browser() as browser:
        await browser.head(path)
    assert await here.rows() == before
    assert session_of(await here.post(None, path), here)
    again = words((await here.post(None, path, 404)).text)
    assert "Deze link is al gebruikt, of hij is te oud." in again
    assert "Stuur mij de mail" in again
    assert "Stuur mij de mail" in words((await here.get(None, path, 404)).text)


async def test_U03_a_newer_link_ends_the_older(here: Here) -> None:
    """U03."""
    older, newer = await here.link(), await here.link()
    await here.get(None, older, 404)
    await here.post(None, older, 404)
    await here.post(None, newer)


async def test_U03_a_link_lasts_a_quarter_of_an_hour(here: Here) -> None:
    """U03."""
    ago = now() - acts.LINK_LASTS
    secret = await here.database.writing(acts.make_link, here.cast.poster.id, ago)
    await here.get(None, f"/signin/{secret}", 404)
    await here.post(None, f"/signin/{secret}", 404)


@pytest.mark.parametrize("secret", ["x", "x" * 3000, "%00", "a%2Fb", "%F0%9F%99%82"])
async def test_a_link_that_never_was(here: Here, secret: str) -> None:
    before = await here.rows()
    await here.get(None, f"/signin/{secret}", 404)
    await here.post(None, f"/signin/{secret}", 404)
    assert await here.rows() == before


async def test_a_link_of_a_demo_works_again_and_again(here: Here) -> None:
    path = await here.link("operator", lasting=True)
    for _ in range(3):
        await here.get(None, path)
        assert session_of(await here.post(None, path), here)
    await here.link("operator")
    await here.post(None, path)


async def test_U08_the_session_is_new_and_the_old_one_ends(here: Here) -> None:
    """U08."""
    path = await here.link()
    async with here.browser("helper") as browser:
        await browser.get("/me")
        old = browser.cookies[here.cookie("session")]
        assert "ingelogd als Merel" in words((await browser.get(path)).text)
        answer = said(await browser.post(path, headers=here.own_form), 303)
        new = session_of(answer, here)
        assert new != old
    async with here.browser() as browser:
        browser.cookies.set(here.cookie("session"), old)
        said(await browser.get("/me"), 303)
        browser.cookies.set(here.cookie("session"), new)
        assert "Bea" in words(said(await browser.get("/me"), 200).text)


async def test_a_session_nobody_began_is_not_taken_over(here: Here) -> None:
    """Session fixation: a secret that an attacker put in the browser never becomes somebody's."""
    path = await here.link()
    async with here.browser() as browser:
        browser.cookies.set(here.cookie("session"), "chosen by somebody else")
        answer = await browser.post(path, headers=here.own_form)
    assert session_of(answer, here) != "chosen by somebody else"
    owner = await here.database.reading(access.session_owner, "chosen by somebody else", now())
    assert owner is None


async def test_no_secret_stands_in_the_log(here: Here, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # that is the browser's own
    path = await here.link()
    await here.get(None, path)
    begun = session_of(await here.post(None, path), here)
    await here.post(None, path, 404)
    assert path.removeprefix("/signin/") not in caplog.text
    assert begun not in caplog.text


async def test_neither_secret_is_kept(here: Here, tmp_path: Path) -> None:
    path = await here.link()
    begun = session_of(await here.post(None, path), here)
    unused = await here.link("helper")
    rows = str(await here.rows())
    for secret in (path, begun, unused):
        assert secret.removeprefix("/signin/") not in rows


# Where one goes after


OURS = ["/mine", "/o/abc?said=posted", "/requests?where=near&show=all", "/o/a%20b", "/o/é"]
ELSEWHERE = [
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example/",
    "/\t/evil.example",
    "javascript:alert(1)",
    "evil.example",
    "",
    " /mine",
    "/mine\r\nSet-Cookie: a=b",
    "/" * 3000,
]


async def journey(here: Here, wanted: str) -> str:
    """Ask for the mail from a page one wanted, then come back through the link, in the same browser."""
    path = await here.link()
    async with here.browser() as browser:
        page = said(await browser.get("/signin", params={"next": wanted}), 200)
        form = field(page.text, "next")
        said(
            await browser.post("/signin", data={"email": "a@b.nl", "next": form}, headers=here.own_form), 303
        )
        kept = field(said(await browser.get(path), 200).text, "next")
        answer = said(await browser.post(path, data={"next": kept}, headers=here.own_form), 303)
        assert here.cookie("next") not in browser.cookies
    return answer.headers["location"]


def field(html: str, name: str) -> str:
    return unescape(re.findall(rf'<input type="hidden" name="{name}" value="([^"]*)"', html)[0])


@pytest.mark.parametrize("path", OURS)
async def test_one_goes_on_to_where_one_wanted(here: Here, path: str) -> None:
    assert httpx.URL(await journey(here, path)) == httpx.URL(path)


@pytest.mark.parametrize("path", ELSEWHERE)
async def test_one_never_goes_elsewhere(here: Here, path: str) -> None:
    assert await journey(here, path) == "/"


@pytest.mark.parametrize("path", ELSEWHERE)
async def test_no_form_leads_elsewhere(here: Here, path: str) -> None:
    answer = await here.post(None, await here.link(), 303, next=path)
    assert answer.headers["location"] == "/"
    answer = await here.post(None, "/choice", 303, back=path, language="en")
    assert answer.headers["location"] == "/"


async def test_a_cookie_of_another_hand_leads_nowhere(here: Here) -> None:
    path = await here.link()
    async with here.browser() as browser:
        browser.cookies.set(here.cookie("next"), "//evil.example")
        assert 'name="next" value="/"' in (await browser.get(path)).text


@pytest.mark.parametrize(
    "path", ["/me", "/mine", "/operator/people?from=30", "/o/x&next=//evil.example/edit"]
)
async def test_who_is_not_signed_in_comes_back_after(here: Here, path: str) -> None:
    answer = await here.get(None, path, 404 if path.startswith("/o/") else 303)
    if answer.status_code == 303:
        asked = urlsplit(answer.headers["location"])
        assert asked.path == "/signin"
        assert parse_qs(asked.query) == {"next": [path]}
