"""Joining: with a code at once, without one later; and nobody learns who has an account."""

from datetime import datetime

from node.acts import residents as acts
from node.clock import now
from node.storage import residents
from node.storage.database import Transaction
from tests.ui.visits import Here, said, words

NEW = {"name": "Noor", "email": "noor@example.org", "language": "nl", "code": ""}


async def resident(here: Here, email: str) -> tuple[str, bool] | None:
    def look(tx: Transaction, at: datetime) -> tuple[str, bool] | None:
        found = residents.by_email(tx, email, at)
        return (found.name, found.admitted is not None) if found else None

    return await here.database.reading(look, now())


async def test_U05_without_a_code_one_waits(here: Here) -> None:
    """U05."""
    answer = await here.post(None, "/join", 303, **NEW)
    assert answer.headers["location"] == "/join/waiting"
    assert await resident(here, NEW["email"]) == ("Noor", False)
    assert await here.letters() == [("signin", NEW["email"])]
    assert "Iemand van de buurt laat je toe" in words((await here.get(None, "/join/waiting")).text)


async def test_with_a_code_one_is_in(here: Here) -> None:
    code = await here.invitation()
    typed = f" {code.lower().replace('-', ' ')} "
    page = (await here.get(None, f"/join?code={code}")).text
    assert f'value="{code}"' in page
    answer = await here.post(None, "/join", 303, **{**NEW, "code": typed})
    assert answer.headers["location"] == "/join/invited"
    assert await resident(here, NEW["email"]) == ("Noor", True)
    await here.post(None, "/join", 422, **{**NEW, "email": "two@example.org", "code": code})


async def test_U01_nobody_learns_who_has_an_account(here: Here) -> None:
    """U01."""
    codes = ["", await here.invitation(uses=2)]
    for code in codes:
        new = await here.post(
            None, "/join", 303, **{**NEW, "email": f"x{len(code)}@example.org", "code": code}
        )
        old = await here.post(None, "/join", 303, **{**NEW, "email": "bea@example.org", "code": code})
        assert new.headers["location"] == old.headers["location"]
        assert new.headers.keys() == old.headers.keys()
    assert await resident(here, "bea@example.org") == ("Bea", True)


async def test_U07_a_wrong_code_is_said_and_counted(here: Here) -> None:
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
    code = await here.invitation()
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
    code = await here.invitation()
    before = await here.rows()
    await here.get(None, f"/join?code={code}")
    page = (await here.get(None, "/join", params={"code": '"><script>' + "x" * 100})).text
    assert "<script>" not in page
    assert await here.rows() == before


async def test_who_has_an_account_uses_the_code_there(here: Here) -> None:
    code = await here.invitation()
    assert (await here.get("poster", "/join", 303)).headers["location"] == "/me"
    there = (await here.get("outsider", f"/join?code={code}", 303)).headers["location"]
    assert f'value="{code}"' in (await here.get("outsider", there)).text
    page = await here.post("outsider", "/me/code", 422, code="wrong")
    assert "Deze code kennen we niet" in page.text
    assert len((await here.rows())["tries"]) == 1
    await here.post("outsider", "/me/code", 303, code=code)
    assert await resident(here, "otto@example.org") == ("Otto", True)
