"""The code in a sign-in mail: where one asked it lets in, elsewhere it only shows what to type there."""

import re
from datetime import timedelta

import httpx
import pytest

from node.acts import entering
from node.clock import now
from node.mail import message
from node.storage import access, letters, tables
from node.storage.database import Transaction
from tests.ui.visits import Here, said, words

BEA = "bea@example.org"


async def asked(here: Here, browser: httpx.AsyncClient, email: str = BEA) -> None:
    said(await browser.post("/signin", data={"email": email}, headers=here.own_form), 303)


async def arrived(here: Here) -> tuple[str, str]:
    """The mail that waits is written and goes out: the path of its link, and its code."""

    def write(tx: Transaction) -> str:
        found = ""
        for letter in letters.claim(tx, now() + timedelta(seconds=1), now()):
            made = message.written(tx, here.settings, letter, now())
            letters.sent(tx, letter.id)
            found = made.get_content() if made else ""
        return found

    text = await here.database.writing(write)
    link = re.search(r"https://centrum.example(/signin/\S+)", text)
    code = re.search(r"^(\d{3} \d{3})$", text, re.M)
    assert link
    assert code
    return link[1], code[1]


async def typed(here: Here, browser: httpx.AsyncClient, code: str, status: int) -> httpx.Response:
    return said(await browser.post("/signin/code", data={"code": code}, headers=here.own_form), status)


async def test_the_code_lets_in_where_one_asked(here: Here) -> None:
    async with here.browser() as browser:
        said(await browser.get("/signin", params={"next": "/mine"}), 200)
        data = {"email": BEA, "next": "/mine"}
        said(await browser.post("/signin", data=data, headers=here.own_form), 303)
        page = said(await browser.get("/signin/sent"), 200)
        assert 'autocomplete="one-time-code"' in page.text
        link, code = await arrived(here)
        answer = await typed(here, browser, code, 303)
        assert answer.headers["location"] == "/mine"
        begun = await here.database.reading(access.begun, answer.cookies[here.cookie("session")], now())
        assert begun is not None
        assert begun.owner == here.cast.poster.id
        assert begun.shared
        assert here.cookie("asked") not in browser.cookies
        said(await browser.get(link), 404)  # the link was used up with its code


async def test_U03_the_code_works_once_and_for_a_quarter_of_an_hour(here: Here) -> None:
    async with here.browser() as browser:
        await asked(here, browser)
        _, code = await arrived(here)
        kept = browser.cookies[here.cookie("asked")]
        await typed(here, browser, code, 303)
        browser.cookies.set(here.cookie("asked"), kept)
        await typed(here, browser, code, 422)
        await asked(here, browser)
        _, code = await arrived(here)

        def later(tx: Transaction) -> None:
            tx.run(tables.signin_links.update().values(expires=now()))

        await here.database.writing(later)
        await typed(here, browser, code, 422)


async def test_U03_a_newer_mail_ends_the_code_of_the_older(here: Here) -> None:
    async with here.browser() as first, here.browser() as second:
        await asked(here, first)
        _, older = await arrived(here)
        await asked(here, second)
        _, newer = await arrived(here)
        await typed(here, first, older, 422)
        await typed(here, second, newer, 303)


async def test_U03_neither_the_code_nor_what_the_browser_knows_is_kept(here: Here) -> None:
    async with here.browser() as browser:
        await asked(here, browser)
        before = str(await here.rows())
        _, code = await arrived(here)
        after = str(await here.rows())
        known = browser.cookies[here.cookie("asked")]
    for text in (before, after):
        assert known not in text
        assert code.replace(" ", "") not in text


async def test_U04_in_another_browser_the_link_shows_the_code_and_signs_nobody_in(here: Here) -> None:
    async with here.browser() as desk, here.browser() as phone:
        await asked(here, desk)
        link, code = await arrived(here)
        before = await here.rows()
        for _ in range(3):
            page = said(await phone.get(link), 200)
            assert code in words(page.text)
            assert "Bea" not in words(page.text)
            assert here.cookie("session") not in page.cookies
            assert f'action="{link}"' not in page.text
        refused = said(await phone.post(link, data={"own": "yes"}, headers=here.own_form), 403)
        assert here.cookie("session") not in refused.cookies
        assert await here.rows() == before, "nothing is used up"
        await typed(here, phone, code, 422)  # the code is for where one asked
        await typed(here, desk, code, 303)


async def test_U04_a_cookie_that_somebody_made_up_opens_nothing(here: Here) -> None:
    async with here.browser() as desk, here.browser() as other:
        await asked(here, desk)
        link, code = await arrived(here)
        stored = await here.database.reading(access.link_browser, link.removeprefix("/signin/"))
        assert stored is not None
        for invented in ("", "x", stored):
            other.cookies.set(here.cookie("asked"), invented)
            said(await other.post(link, headers=here.own_form), 403)
            await typed(here, other, code, 422)


async def test_U04_where_one_asked_the_link_still_has_its_button(here: Here) -> None:
    async with here.browser() as browser:
        await asked(here, browser)
        link, _ = await arrived(here)
        assert "Dag Bea!" in words(said(await browser.get(link), 200).text)
        said(await browser.post(link, headers=here.own_form), 303)


async def test_U04_so_does_the_link_of_who_joins(here: Here) -> None:
    async with here.browser() as browser, here.browser() as other:
        data = {"name": "Noor", "email": "noor@example.org", "language": "nl"}
        said(await browser.post("/join", data=data, headers=here.own_form), 303)
        link, code = await arrived(here)
        assert code in words(said(await other.get(link), 200).text)
        await typed(here, browser, code, 303)


async def test_U01_a_wrong_code_is_heard_the_same_whether_there_was_a_mail_or_not(here: Here) -> None:
    heard = []
    for email in (BEA, "nobody@example.org"):
        async with here.browser() as browser:
            await asked(here, browser, email)
            pages = []
            for _ in range(entering.CODE_TRIES):
                before = await here.rows()
                pages.append((await typed(here, browser, "000 000", 422)).text)
                after = await here.rows()
                assert [name for name in after if after[name] != before[name]] == ["tries"]
            pages.append((await typed(here, browser, "000 000", 429)).text)
            heard.append([re.sub(r'name="token" value="[^"]*"', "", page) for page in pages])
    assert heard[0] == heard[1]


async def test_U07_five_wrong_tries_end_the_code_also_for_who_knows_it(here: Here) -> None:
    async with here.browser() as browser:
        await asked(here, browser)
        link, code = await arrived(here)
        wrong = "111 111" if code != "111 111" else "222 222"
        for _ in range(entering.CODE_TRIES):
            await typed(here, browser, wrong, 422)
        await typed(here, browser, code, 429)
        said(await browser.post(link, headers=here.own_form), 303)  # whoever has the mail is in by its link


async def test_R11_twenty_wrong_codes_from_one_place_are_enough(here: Here) -> None:
    """Each time as another browser; somebody elsewhere signs in all the same."""
    async with here.browser(at=("198.51.100.9", 1)) as guesser:
        for number in range(entering.CODES_AN_HOUR + 1):
            guesser.cookies.set(here.cookie("asked"), f"browser {number}")
            await typed(here, guesser, "000000", 422 if number < entering.CODES_AN_HOUR else 429)
    async with here.browser() as browser:
        await asked(here, browser)
        _, code = await arrived(here)
        await typed(here, browser, code, 303)


@pytest.mark.parametrize("code", ["", " ", "12", "x" * 5000, "٣٤٥٦٧٨", '"><img'])
async def test_what_is_no_code_is_a_wrong_one(here: Here, code: str) -> None:
    async with here.browser() as browser:
        await asked(here, browser)
        await arrived(here)
        page = await typed(here, browser, code, 422)
        assert "Dit is niet de code" in page.text
        assert "<img" not in page.text


async def test_U08_the_code_begins_a_new_session_and_ends_the_old(here: Here) -> None:
    async with here.browser("helper") as browser:
        old = browser.cookies[here.cookie("session")]
        await asked(here, browser)
        _, code = await arrived(here)
        answer = await typed(here, browser, code, 303)
        assert answer.cookies[here.cookie("session")] != old
    assert await here.database.reading(access.session_owner, old, now()) is None


async def test_a_shared_computer_forgets_when_its_browser_closes(here: Here) -> None:
    answer = await here.post(None, await here.link(), 303)
    (session,) = [c for c in answer.headers.get_list("set-cookie") if "bk_session=" in c]
    assert "Max-Age" not in session
    assert "expires" not in session.lower()
    secret = answer.cookies[here.cookie("session")]
    at = now()
    assert await here.database.reading(access.begun, secret, at + timedelta(hours=3))
    assert await here.database.reading(access.begun, secret, at + entering.SHARED_LASTS) is None


async def test_a_shared_session_that_is_used_stays_shared(here: Here) -> None:
    def two_hours_ago(tx: Transaction) -> None:
        at = now() - timedelta(hours=2)
        until = at + entering.SHARED_LASTS
        access.add_session(tx, "library", here.cast.poster.id, until, at, shared=True)

    await here.database.writing(two_hours_ago)
    async with here.browser() as browser:
        browser.cookies.set(here.cookie("session"), "library")
        page = said(await browser.get("/me"), 200)
        assert "Max-Age" not in " ".join(c for c in page.headers.get_list("set-cookie") if "session" in c)
        assert "ook van anderen" in words(page.text)
    assert await here.database.reading(access.begun, "library", now() + timedelta(hours=3))
    assert await here.database.reading(access.begun, "library", now() + timedelta(hours=5)) is None


def test_a_code_belongs_to_its_link_alone() -> None:
    codes = {entering.code_of(f"link {number}") for number in range(200)}
    assert len(codes) > 190
    assert all(re.fullmatch(r"\d{6}", code) for code in codes)
    assert entering.code_of("link 1") == entering.code_of("link 1")
