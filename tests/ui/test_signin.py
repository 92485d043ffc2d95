"""Signing in and joining: nobody learns who has an account, a look uses nothing up, each session is new."""

import logging
import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from node.acts import residents as acts
from node.clock import now
from node.neighbourhood.roles import Role
from node.storage import access, residents
from node.storage.database import Transaction
from tests import town
from tests.ui import visits
from tests.ui.visits import TOWN, Here, said, words

NEW = {"name": "Noor", "email": "noor@example.org", "language": "nl", "code": ""}


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    async with visits.opened(tmp_path) as here:
        yield here


async def link(here: Here, part: str = "poster", lasting: bool = False) -> str:
    make = acts.make_lasting_link if lasting else acts.make_link
    secret = await here.database.writing(make, here.cast.all()[part].id, now())
    return f"/signin/{secret}"


async def invited(here: Here, uses: int = 1) -> str:
    return await here.database.writing(acts.invite, here.cast.operator, "straat", uses, now())


def session_of(response: httpx.Response, here: Here) -> str:
    return response.cookies[here.cookie("session")]


# Asking for the mail


async def test_known_or_not_the_answer_and_the_work_are_the_same(here: Here) -> None:
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
async def test_three_mails_an_hour_to_one_address(here: Here, address: str) -> None:
    """R09."""
    for _ in range(acts.MAILS_AN_HOUR):
        await here.post(None, "/signin", 303, email=address)
    refused = await here.post(None, "/signin", 429, email=address.upper())
    assert refused.headers["retry-after"] == "3600"
    assert "over een uur" in words(refused.text)
    assert "0199-00 12 34" in refused.text
    assert len(await here.letters()) == acts.MAILS_AN_HOUR


async def test_ten_mails_an_hour_from_one_place_whatever_it_says_of_itself(here: Here) -> None:
    """R09, R03."""
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


async def test_looking_at_a_link_uses_nothing_up(here: Here) -> None:
    """U02: five looks, also by programs, then the button works, once."""
    path = await link(here)
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
    assert "Stuur mij de link" in again
    assert "Stuur mij de link" in words((await here.get(None, path, 404)).text)


async def test_a_newer_link_ends_the_older(here: Here) -> None:
    """U03."""
    older, newer = await link(here), await link(here)
    await here.get(None, older, 404)
    await here.post(None, older, 404)
    await here.post(None, newer)


async def test_a_link_lasts_a_quarter_of_an_hour(here: Here) -> None:
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
    path = await link(here, "operator", lasting=True)
    for _ in range(3):
        await here.get(None, path)
        assert session_of(await here.post(None, path), here)
    await link(here, "operator")
    await here.post(None, path)


async def test_the_session_is_new_and_the_old_one_ends(here: Here) -> None:
    """U08."""
    path = await link(here)
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
    path = await link(here)
    async with here.browser() as browser:
        browser.cookies.set(here.cookie("session"), "chosen by somebody else")
        answer = await browser.post(path, headers=here.own_form)
    assert session_of(answer, here) != "chosen by somebody else"
    owner = await here.database.reading(access.session_owner, "chosen by somebody else", now())
    assert owner is None


async def test_no_secret_stands_in_the_log(here: Here, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # that is the browser's own
    path = await link(here)
    await here.get(None, path)
    begun = session_of(await here.post(None, path), here)
    await here.post(None, path, 404)
    assert path.removeprefix("/signin/") not in caplog.text
    assert begun not in caplog.text


async def test_neither_secret_is_kept(here: Here, tmp_path: Path) -> None:
    path = await link(here)
    begun = session_of(await here.post(None, path), here)
    unused = await link(here, "helper")
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
    path = await link(here)
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
    answer = await here.post(None, await link(here), 303, next=path)
    assert answer.headers["location"] == "/"
    answer = await here.post(None, "/choice", 303, back=path, language="en")
    assert answer.headers["location"] == "/"


async def test_a_cookie_of_another_hand_leads_nowhere(here: Here) -> None:
    path = await link(here)
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


# Cookies


async def test_over_https_the_cookies_are_guarded(here: Here) -> None:
    """U09."""
    answer = await here.post(None, await link(here))
    (session,) = [c for c in answer.headers.get_list("set-cookie") if c.startswith("__Host-bk_session=")]
    parts = set(session.split("; ")[1:])
    assert {"HttpOnly", "Path=/", "SameSite=lax", "Secure", "Max-Age=2592000"} <= parts
    assert not any(part.startswith("Domain") for part in parts)
    page = await here.get(None, "/signin")
    (seal,) = page.headers.get_list("set-cookie")
    assert seal.startswith("__Host-bk_seal=")
    assert {"HttpOnly", "Path=/", "SameSite=lax", "Secure"} <= set(seal.split("; "))


async def test_in_a_demo_town_they_are_told_apart_by_port(tmp_path: Path) -> None:
    async with visits.opened(tmp_path, TOWN) as here:
        answer = await here.post(None, await link(here))
        (session,) = [c for c in answer.headers.get_list("set-cookie") if c.startswith("bk_session_8401=")]
        parts = set(session.split("; ")[1:])
        assert {"HttpOnly", "Path=/", "SameSite=lax"} <= parts
        assert "Secure" not in parts
        async with here.browser("poster") as browser:
            said(await browser.get("/me"), 200)


async def test_a_session_that_is_used_lasts(here: Here) -> None:
    """Once an hour it is extended; the browser keeps it as long as the server does."""
    assert await kept(here, timedelta(minutes=10)) == []
    (cookie,) = await kept(here, timedelta(hours=2))
    assert "Max-Age=2592000" in cookie
    assert await kept(here, acts.SESSION_LASTS + timedelta(minutes=1)) == []


async def kept(here: Here, ago: timedelta) -> list[str]:
    """The session's cookie as it is set anew when it was last used so long ago."""
    secret, at = f"used {ago} ago", now() - ago
    await here.database.writing(access.add_session, secret, here.cast.poster.id, at + acts.SESSION_LASTS, at)
    async with here.browser() as browser:
        browser.cookies.set(here.cookie("session"), secret)
        cookies = (await browser.get("/rules")).headers.get_list("set-cookie")
    return [cookie for cookie in cookies if "bk_session" in cookie]


# Signing out


async def test_signing_out_ends_the_session(here: Here) -> None:
    answer = await here.post("poster", "/signout")
    assert answer.headers["location"] == "/"
    assert 'bk_session=""' in answer.headers["set-cookie"]
    await here.get("poster", "/me", 303)
    await here.post(None, "/signout")


async def test_ended_anywhere_the_next_request_is_a_strangers(here: Here) -> None:
    """U12."""
    at = now()
    await here.database.writing(access.add_session, "phone", here.cast.poster.id, at + town.DAY, at)
    phone = access.session_id("phone")
    assert f"/me/sessions/{phone}/end" in (await here.get("poster", "/me")).text
    await here.post("helper", f"/me/sessions/{phone}/end", 404)
    await here.post("poster", f"/me/sessions/{phone}/end")
    assert await here.database.reading(access.session_owner, "phone", at) is None
    await here.post("poster", f"/me/sessions/{phone}/end", 404)
    await here.get("poster", "/me")


async def test_all_others_end_at_once(here: Here) -> None:
    """U12."""
    at = now()
    for name in ("phone", "tablet"):
        await here.database.writing(access.add_session, name, here.cast.poster.id, at + town.DAY, at)
    await here.post("poster", "/me/sessions/end")
    assert len(await here.database.reading(access.sessions_of, here.cast.poster.id, at)) == 1
    await here.get("poster", "/me")
    await here.get("helper", "/me")


async def test_a_changed_role_ends_the_sessions(here: Here) -> None:
    """U08, U12."""
    await here.get("helper", "/me")
    path = f"/operator/people/{here.cast.helper.id}/roles"
    await here.post("operator", path, 303, role="broker")
    await here.get("helper", "/me", 303)


# Joining


async def resident(here: Here, email: str) -> tuple[str, bool] | None:
    def look(tx: Transaction, at: datetime) -> tuple[str, bool] | None:
        found = residents.by_email(tx, email, at)
        return (found.name, found.admitted is not None) if found else None

    return await here.database.reading(look, now())


async def test_without_a_code_one_waits(here: Here) -> None:
    """U05."""
    answer = await here.post(None, "/join", 303, **NEW)
    assert answer.headers["location"] == "/join/waiting"
    assert await resident(here, NEW["email"]) == ("Noor", False)
    assert await here.letters() == [("signin", NEW["email"])]
    assert "Iemand van de buurt laat je toe" in words((await here.get(None, "/join/waiting")).text)


async def test_with_a_code_one_is_in(here: Here) -> None:
    code = await invited(here)
    typed = f" {code.lower().replace('-', ' ')} "
    page = (await here.get(None, f"/join?code={code}")).text
    assert f'value="{code}"' in page
    answer = await here.post(None, "/join", 303, **{**NEW, "code": typed})
    assert answer.headers["location"] == "/join/invited"
    assert await resident(here, NEW["email"]) == ("Noor", True)
    await here.post(None, "/join", 422, **{**NEW, "email": "two@example.org", "code": code})


async def test_nobody_learns_who_has_an_account(here: Here) -> None:
    """U01."""
    codes = ["", await invited(here, uses=2)]
    for code in codes:
        new = await here.post(
            None, "/join", 303, **{**NEW, "email": f"x{len(code)}@example.org", "code": code}
        )
        old = await here.post(None, "/join", 303, **{**NEW, "email": "bea@example.org", "code": code})
        assert new.headers["location"] == old.headers["location"]
        assert new.headers.keys() == old.headers.keys()
    assert await resident(here, "bea@example.org") == ("Bea", True)


async def test_a_wrong_code_is_said_and_counted(here: Here) -> None:
    """U07 in small: so many tries an hour, then none."""
    before = await here.rows()
    page = await here.post(None, "/join", 422, **{**NEW, "code": "wrong"})
    assert "Deze code kennen we niet" in page.text
    assert 'value="Noor"' in page.text
    assert 'value="noor@example.org"' in page.text
    after = await here.rows()
    assert [name for name in after if after[name] != before[name]] == ["tries"]
    for _ in range(acts.CODES_AN_HOUR - 1):
        await here.post(None, "/join", 422, **{**NEW, "code": "wrong"})
    code = await invited(here)
    await here.post(None, "/join", 429, **{**NEW, "code": code})
    async with here.browser(at=("198.51.100.9", 1)) as browser:
        answer = await browser.post("/join", data={**NEW, "code": code}, headers=here.own_form)
        said(answer, 303)


async def test_all_that_is_wrong_is_said_at_once(here: Here) -> None:
    page = (await here.post(None, "/join", 422, name="Jan 12345", email="jan", code="wrong")).text
    assert "Alleen een naam" in page
    assert "Er mist een @." in page
    assert 'value="wrong"' in page
    assert page.count('aria-invalid="true"') == 2
    assert (await here.rows())["tries"] == []


async def test_a_language_we_do_not_speak_becomes_our_own(here: Here) -> None:
    await here.post(None, "/join", 303, **{**NEW, "language": "<script>"})
    rows = (await here.rows())["residents"]
    assert [row[3] for row in rows if row[1] == "Noor"] == ["nl"]


async def test_the_code_of_a_link_is_only_filled_in(here: Here) -> None:
    code = await invited(here)
    before = await here.rows()
    await here.get(None, f"/join?code={code}")
    page = (await here.get(None, "/join", params={"code": '"><script>' + "x" * 100})).text
    assert "<script>" not in page
    assert await here.rows() == before


async def test_who_has_an_account_uses_the_code_there(here: Here) -> None:
    code = await invited(here)
    assert (await here.get("poster", "/join", 303)).headers["location"] == "/me"
    there = (await here.get("outsider", f"/join?code={code}", 303)).headers["location"]
    assert f'value="{code}"' in (await here.get("outsider", there)).text
    page = await here.post("outsider", "/me/code", 422, code="wrong")
    assert "Deze code kennen we niet" in page.text
    assert len((await here.rows())["tries"]) == 1
    await here.post("outsider", "/me/code", 303, code=code)
    assert await resident(here, "otto@example.org") == ("Otto", True)


# My own page


async def test_my_page_says_who_i_am(here: Here) -> None:
    until = now() + 30 * town.DAY
    add = (here.cast.operator, here.cast.poster.id, Role.BROKER, until, now())
    await here.database.writing(acts.grant, *add)
    await here.database.writing(access.add_session, "new", here.cast.poster.id, until, now())
    here.sessions["poster"] = "new"
    page = words((await here.get("poster", "/me")).text)
    assert "Bea" in page
    assert "Makelaar , tot " in page
    assert "Andere buurtknopen" not in page
    assert "Andere buurtknopen" in words((await here.get("operator", "/me")).text)
    waiting = words((await here.get("outsider", "/me")).text)
    assert "Je hoort er nog niet bij." in waiting
    assert "Uitnodigingscode" in waiting


async def test_a_token_is_shown_once_and_ends(here: Here) -> None:
    page = (await here.post("poster", "/me/tokens", 200, name="Kalender")).text
    secret = words(page).rpartition(" ")[2]
    assert secret.startswith("bk_")
    assert await here.database.reading(access.token_owner, secret) == here.cast.poster.id
    mine = (await here.get("poster", "/me")).text
    assert "Kalender" in mine
    assert secret not in mine
    (token,) = await here.database.reading(access.tokens_of, here.cast.poster.id)
    await here.post("helper", f"/me/tokens/{token.id}/end", 404)
    await here.post("poster", f"/me/tokens/{token.id}/end")
    assert await here.database.reading(access.token_owner, secret) is None
    await here.post("poster", "/me/tokens", 422, name=" ")


async def test_what_people_wrote_is_never_markup(here: Here) -> None:
    """H04."""
    evil = '"><img src=x>'
    await here.post("poster", "/me/tokens", 200, name=evil)
    await here.post("outsider", "/me/code", 422, code=evil)
    await here.post(None, "/join", 303, **{**NEW, "name": evil})
    secret = await here.database.reading(owner_named, evil)
    waiting = await here.database.writing(acts.make_link, secret, now())
    for part, path in (
        ("poster", "/me"),
        ("operator", "/operator/people"),
        ("operator", f"/operator/people/{secret}"),
        (None, f"/signin/{waiting}"),
    ):
        page = (await here.get(part, path)).text
        assert "<img" not in page
        assert "&lt;img" in page


def owner_named(tx: Transaction, name: str) -> str:
    return next(person.id for person in residents.everyone(tx, now()) if person.name == name)
