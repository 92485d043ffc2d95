"""Sessions: their cookies are guarded, they last while they are used, and they end everywhere at once."""

from datetime import timedelta
from pathlib import Path

from node.acts import residents as acts
from node.clock import now
from node.storage import access
from tests import town
from tests.ui import things, visits
from tests.ui.visits import TOWN, Here, said


async def test_U09_over_https_the_cookies_are_guarded(here: Here) -> None:
    """U09."""
    answer = await here.post(None, await here.link(), 303, own="yes")
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
        answer = await here.post(None, await here.link())
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
    (gone,) = await kept(here, acts.SESSION_LASTS + timedelta(minutes=1))
    assert "Max-Age=0" in gone, "and when it ended, the browser forgets it"


async def test_a_form_does_not_prolong_what_its_answer_does_not_tell_the_browser(here: Here) -> None:
    secret, at = "used two hours ago", now() - timedelta(hours=2)
    end = at + acts.SESSION_LASTS
    await here.database.writing(access.add_session, secret, here.cast.poster.id, end, at)
    async with here.browser() as browser:
        browser.cookies.set(here.cookie("session"), secret)
        answer = said(await browser.post("/choice", data={"language": "en"}, headers=here.own_form), 303)
        assert not [c for c in answer.headers.get_list("set-cookie") if "bk_session" in c]
        assert "Max-Age=2592000" in (await browser.get("/rules")).headers["set-cookie"], "the next page does"


async def kept(here: Here, ago: timedelta) -> list[str]:
    """The session's cookie as it is set anew when it was last used so long ago."""
    secret, at = f"used {ago} ago", now() - ago
    await here.database.writing(access.add_session, secret, here.cast.poster.id, at + acts.SESSION_LASTS, at)
    async with here.browser() as browser:
        browser.cookies.set(here.cookie("session"), secret)
        cookies = (await browser.get("/rules")).headers.get_list("set-cookie")
    return [cookie for cookie in cookies if "bk_session" in cookie]


async def test_signing_out_ends_the_session(here: Here) -> None:
    answer = await here.post("poster", "/signout")
    assert answer.headers["location"] == "/"
    assert 'bk_session=""' in answer.headers["set-cookie"]
    await here.get("poster", "/me", 303)
    await here.post(None, "/signout")


async def test_U12_ended_anywhere_the_next_request_is_a_strangers(here: Here) -> None:
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


async def test_U12_all_others_end_at_once(here: Here) -> None:
    """U12."""
    at = now()
    for name in ("phone", "tablet"):
        await here.database.writing(access.add_session, name, here.cast.poster.id, at + town.DAY, at)
    await here.post("poster", "/me/sessions/end")
    assert len(await here.database.reading(access.sessions_of, here.cast.poster.id, at)) == 1
    await here.get("poster", "/me")
    await here.get("helper", "/me")


async def test_U08_U12_a_changed_role_ends_the_sessions(here: Here) -> None:
    """U08, U12."""
    await here.get("helper", "/me")
    path = f"/operator/people/{here.cast.helper.id}/roles"
    await here.post("operator", path, 303, role="broker")
    await here.get("helper", "/me", 303)


async def test_U16_whose_role_ended_finds_nothing_of_it_any_more(here: Here) -> None:
    """Not what they read before either: it is not there, as for everybody."""
    built, broker = await things.built(here), here.cast.broker
    answer = built.path("/o/{post}/answers/{answer}/choose")
    await here.get("broker", answer)
    await here.get("broker", "/board")
    await here.post("operator", f"/operator/people/{broker.id}/roles/broker/end")
    await here.get("broker", answer, 404)  # the session ended with the role
    await here.database.writing(access.add_session, "new", broker.id, now() + town.DAY, now())
    here.sessions["broker"] = "new"
    await here.get("broker", answer, 404)
    await here.get("broker", "/board", 403)
    assert "Ik kan om tien uur." not in (await here.get("broker", built.path("/o/{post}"))).text
