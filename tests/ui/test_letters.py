"""My mail: a digest, what I wait for, and the way out that needs no signing in."""

from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from node.acts import digests, residents, searches, tidings
from node.clock import now
from node.storage import digests as wishes
from node.storage import searches as kept
from node.storage.database import Transaction
from tests.ui.visits import FORM, Here, words


async def stop_of(here: Here, what: str = "digest", part: str = "poster") -> str:
    """Where the letter of somebody who wants both leads to stop it."""

    def make(tx: Transaction) -> str:
        digests.choose(tx, here.cast.all()[part], "daily", "9", now())
        searches.keep(tx, here.cast.all()[part], "fiets", "", "", "", now())
        return tidings.make_stop(tx, here.cast.all()[part], what, now())

    return f"/stop/{await here.database.writing(make)}"


async def wants(here: Here, part: str = "poster") -> list[bool]:
    """Whether somebody wants a digest, and what they wait for."""
    who = here.cast.all()[part].id
    return [await here.database.reading(tidings.wanted, who, what) for what in ("digest", "found")]


async def test_a_digest_is_chosen_and_said_so(here: Here) -> None:
    page = (await here.get("poster", "/me/mail")).text
    assert 'value="never" id="often-never" checked' in page
    answer = await here.post("poster", "/me/mail", often="weekly", hour="8")
    page = (await here.get("poster", answer.headers["location"])).text
    assert 'value="weekly" id="often-weekly" checked' in page
    assert '<option value="8" selected>' in page
    assert "We onthouden het." in words(page)
    assert 'href="/me/mail"' in (await here.get("poster", "/me")).text
    wish = await here.database.reading(wishes.of, here.cast.poster.id)
    assert wish.due is not None


async def test_a_wrong_choice_comes_back_with_words(here: Here) -> None:
    page = words((await here.post("poster", "/me/mail", 422, often="hourly", hour="3")).text)
    assert "Kies er één uit de lijst." in page


async def test_a_list_leads_to_waiting_for_something_like_it(here: Here) -> None:
    page = (await here.get("poster", "/offers?where=near")).text
    assert 'href="/me/mail/new?kind=offer&amp;where=near"' in page
    assert "/me/mail/new" not in (await here.get(None, "/offers")).text
    form = (await here.get("poster", "/me/mail/new?kind=offer&where=near")).text
    assert '<option value="offer" selected>' in form
    assert '<option value="near" selected>' in form
    answer = await here.post("poster", "/me/mail/searches", kind="offer", where="near", words="Bakfiets")
    mine = words((await here.get("poster", answer.headers["location"])).text)
    assert "We mailen je als er iets is. " in mine
    assert "Bakfiets Aanbod Alleen hiernaast" in mine
    assert "Bakfiets" not in (await here.get("helper", "/me/mail")).text


async def test_what_one_waits_for_rests_goes_on_goes_and_comes_back(here: Here) -> None:
    await here.post("poster", "/me/mail/searches", category="tuin", where="here")
    [one] = await here.database.reading(kept.of, here.cast.poster.id)
    for deed, said in (("pause", "Dat doen we even niet."), ("resume", "Het gaat verder.")):
        answer = await here.post("poster", f"/me/mail/searches/{one.id}/{deed}")
        assert said in words((await here.get("poster", answer.headers["location"])).text)
    gone = await here.post("poster", f"/me/mail/searches/{one.id}/end")
    page = unescape((await here.get("poster", gone.headers["location"])).text)
    assert "Je wacht nog nergens op" in words(page)
    [back] = [part for part in page.split('"') if part.startswith("/me/mail/new?")]
    fields = {name: value[0] for name, value in parse_qs(urlsplit(back).query).items()}
    assert fields == {"category": "tuin", "where": "here"}
    await here.post("poster", "/me/mail/searches", **fields)
    [again] = await here.database.reading(kept.of, here.cast.poster.id)
    assert again.looks_for == one.looks_for
    await here.post("poster", f"/me/mail/searches/{one.id}/end", 404)  # a second click


async def test_ten_is_enough_and_nothing_is_too_little(here: Here) -> None:
    page = words((await here.post("poster", "/me/mail/searches", 422, words=" ")).text)
    assert "Zeg waar je op wacht" in page
    page = (await here.post("poster", "/me/mail/searches", 422, words="fiets", where="mars")).text
    assert 'value="fiets"' in page
    for number in range(10):
        await here.post("poster", "/me/mail/searches", words=f"woord{number}")
    page = words((await here.post("poster", "/me/mail/searches", 409, words="te veel")).text)
    assert "Je hebt er al 10. Haal er eerst een weg." in page
    assert "/me/mail/new" not in (await here.get("poster", "/me/mail")).text


async def test_who_has_no_mail_address_reads_so(here: Here) -> None:
    person = await here.database.writing(residents.add, here.cast.operator, "Truus", None, "nl", now())
    sign_in = await here.database.writing(residents.make_lasting_link, person.id, now())
    async with here.browser() as browser:
        await browser.post(f"/signin/{sign_in}", data={"x": ""}, headers=here.own_form)
        assert "We hebben geen e-mailadres van je." in words((await browser.get("/me/mail")).text)


@pytest.mark.parametrize(("what", "left"), [("digest", [False, True]), ("found", [True, False])])
async def test_who_has_the_letter_stops_it_without_signing_in(
    here: Here, what: str, left: list[bool]
) -> None:
    path = await stop_of(here, what)
    page = (await here.get(None, path)).text
    assert "Je hoeft niet in te loggen." in words(page)
    assert await wants(here) == [True, True]  # a look changes nothing, also of a program (U02)
    async with here.browser() as browser:
        for _ in range(2):  # a second click
            answer = await browser.post(path, headers={"content-type": FORM})
            assert answer.status_code == 200
            assert "Het is gestopt" in words(answer.text)
            assert 'href="/me/mail"' in answer.text
    assert await wants(here) == left


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"List-Unsubscribe=One-Click", FORM),
        (
            b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
    ],
)
async def test_a_mail_program_stops_it_by_one_post_without_cookie_or_seal(
    here: Here, body: bytes, kind: str
) -> None:
    """RFC 8058: with the origin of its own, and nothing of ours."""
    path = await stop_of(here)
    headers = {"content-type": kind, "origin": "https://mail.example", "sec-fetch-site": "cross-site"}
    async with here.browser() as browser:
        answer = await browser.post(path, content=body, headers=headers)
    assert answer.status_code == 200
    assert await wants(here) == [False, True]


async def test_a_secret_that_stops_mail_does_nothing_else(here: Here) -> None:
    """Not of somebody else, no signing in, and not the way that the words beside it say."""
    path, before = await stop_of(here), await wants(here, "helper")
    async with here.browser() as browser:
        answer = await browser.post(
            path,
            data={"often": "daily", "what": "found", "resident": here.cast.helper.id},
            headers=here.own_form,
        )
        assert here.cookie("session") not in browser.cookies
        assert answer.status_code == 200
        assert (await browser.get("/me/mail")).status_code == 303
        secret = path.rpartition("/")[2]
        for other in (f"/signin/{secret}", "/stop/" + secret[:-1], "/stop/" + secret.swapcase(), "/stop/x"):
            assert (await browser.get(other)).status_code == 404
            assert (await browser.post(other, headers=here.own_form)).status_code == 404
    assert await wants(here) == [False, True]
    assert await wants(here, "helper") == before


async def test_the_stop_page_shows_nothing_of_whose_it_is(here: Here) -> None:
    page = (await here.get(None, await stop_of(here))).text
    for word in (here.cast.poster.name, "bea@example.org", here.cast.poster.id, "fiets"):
        assert word not in page
