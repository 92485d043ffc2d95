"""Passkeys: made, named, ended, used to come in; and every way of lying with one."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from node.acts import passkeys as acts
from node.acts import residents
from node.clock import now
from node.neighbourhood.passkey import FRESH, GRACE
from node.neighbourhood.resident import console
from node.neighbourhood.roles import Role
from node.storage import access, passkeys, tables
from node.storage import residents as people
from node.storage.database import Transaction
from tests import town
from tests.ui.authenticator import Authenticator
from tests.ui.visits import TOWN, Here, opened, said, words

Lie = dict[str, Any]
HOST = "centrum.example"
LIES: dict[str, Lie] = {
    "another origin": {"origin": "https://centrum.example.evil.example"},
    "the same host over http": {"origin": "http://centrum.example"},
    "another port": {"origin": "https://centrum.example:8443"},
    "another host": {"host": "evil.example"},
    "a challenge of its own": {"challenge": "A" * 43},
    "no challenge": {"challenge": ""},
    "what was asked for something else": {"type": "webauthn.payment"},
}


class Person:
    """Somebody at their browser, with a device that has passkeys."""

    def __init__(self, here: Here, browser: httpx.AsyncClient) -> None:
        self.here, self.browser = here, browser
        self.device = Authenticator(here.settings.origin, HOST)

    async def asked(self, path: str) -> Any:
        """What the page's script is told to ask of the device."""
        answer = said(await self.browser.post(path, data={}, headers=self.here.own_form), 200)
        assert answer.headers["cache-control"] == "private, no-store"
        return answer.json()["publicKey"]

    async def send(self, path: str, credential: str, **fields: str) -> httpx.Response:
        data = {"credential": credential, **fields}
        return await self.browser.post(path, data=data, headers=self.here.own_form)

    async def makes(self, name: str = "mijn telefoon", **lie: Any) -> httpx.Response:
        options = await self.asked("/me/passkeys/new")
        return await self.send("/me/passkeys", self.device.make(options, **lie), name=name)

    async def comes_in(self, **lie: Any) -> httpx.Response:
        options = await self.asked("/signin/challenge")
        return await self.send("/signin/passkey", self.device.sign(options, **lie), next="/mine")

    async def proves(self, **lie: Any) -> httpx.Response:
        options = await self.asked("/me/passkeys/challenge")
        return await self.send("/me/passkeys/prove", self.device.sign(options, **lie))

    def leaves(self) -> None:
        """Signed out here, as far as the browser knows."""
        self.browser.cookies.delete(self.here.cookie("session"))


People = Callable[..., Any]


@pytest.fixture
async def person(here: Here) -> AsyncIterator[People]:
    """People at their browsers, each with a seal as every visitor has."""
    browsers: list[httpx.AsyncClient] = []

    async def at_home(part: str | None = None) -> Person:
        browser = here.browser(part)
        browsers.append(browser)
        await browser.get("/rules")
        return Person(here, browser)

    yield at_home
    for browser in browsers:
        await browser.aclose()


def session_of(answer: httpx.Response, here: Here) -> str:
    return answer.cookies[here.cookie("session")]


async def test_somebody_makes_a_passkey_and_comes_in_with_it(here: Here, person: People) -> None:
    bea = await person("poster")
    assert said(await bea.makes(), 303).headers["location"] == "/me/passkeys?said=made"
    assert "mijn telefoon" in words((await bea.browser.get("/me/passkeys")).text)
    assert ("way in made", None) in await here.letters()
    bea.leaves()
    answer = said(await bea.comes_in(), 303)
    assert answer.headers["location"] == "/mine"
    begun = await here.database.reading(access.begun, session_of(answer, here), now())
    assert begun is not None
    assert begun.owner == here.cast.poster.id
    assert begun.verified is not None
    assert begun.shared, "nobody said that it is a device of their own"
    mine = words((await bea.browser.get("/me")).text)
    assert "Met een passkey." in mine


async def test_a_device_of_ones_own_keeps_the_session(here: Here, person: People) -> None:
    bea = await person("poster")
    await bea.makes()
    bea.leaves()
    options = await bea.asked("/signin/challenge")
    answer = said(await bea.send("/signin/passkey", bea.device.sign(options), own="yes"), 303)
    assert "Max-Age=2592000" in " ".join(answer.headers.get_list("set-cookie"))


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
async def test_U13_nobody_makes_a_passkey_with_a_lie(here: Here, person: People, lie: Lie) -> None:
    bea = await person("poster")
    assert "past hier niet" in words(said(await bea.makes(**lie), 400).text)
    assert await here.database.reading(passkeys.of, here.cast.poster.id) == []


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
async def test_U13_nobody_comes_in_with_a_lie(here: Here, person: People, lie: Lie) -> None:
    bea = await person("poster")
    await bea.makes()
    bea.leaves()
    answer = said(await bea.comes_in(**lie), 400)
    assert here.cookie("session") not in answer.cookies
    assert "past hier niet" in words(answer.text)
    said(await bea.comes_in(), 303)  # and the truth still lets in: nobody is locked out


async def test_U13_a_challenge_is_answered_once(here: Here, person: People) -> None:
    bea = await person("poster")
    await bea.makes()
    options = await bea.asked("/signin/challenge")
    bea.leaves()
    sent = bea.device.sign(options)
    said(await bea.send("/signin/passkey", sent), 303)
    bea.leaves()
    said(await bea.send("/signin/passkey", sent), 400)
    said(await bea.send("/signin/passkey", bea.device.sign(options)), 400)


async def test_U13_a_lie_uses_the_challenge_up(here: Here, person: People) -> None:
    bea = await person("poster")
    await bea.makes()
    bea.leaves()
    options = await bea.asked("/signin/challenge")
    said(await bea.send("/signin/passkey", bea.device.sign(options, host="evil.example")), 400)
    said(await bea.send("/signin/passkey", bea.device.sign(options)), 400)


async def test_U13_a_challenge_is_for_its_own_browser_person_and_purpose(here: Here, person: People) -> None:
    bea, merel, stranger = await person("poster"), await person("helper"), await person()
    await bea.makes()
    elsewhere = await stranger.asked("/signin/challenge")
    bea.leaves()
    said(await bea.send("/signin/passkey", bea.device.sign(elsewhere)), 400)
    to_make = await merel.asked("/me/passkeys/new")
    bea.browser.cookies.set(here.cookie("session"), here.sessions["poster"])
    said(await bea.send("/me/passkeys", bea.device.make(to_make), name="x"), 400)
    to_prove = await bea.asked("/me/passkeys/challenge")
    bea.leaves()
    said(await bea.send("/signin/passkey", bea.device.sign(to_prove)), 400)


async def test_U13_a_challenge_is_too_old_after_five_minutes(here: Here, person: People) -> None:
    bea = await person("poster")
    await bea.makes()
    bea.leaves()
    options = await bea.asked("/signin/challenge")
    ago = now() - acts.CHALLENGE_LASTS

    def old(tx: Transaction) -> None:
        tx.run(tables.challenges.update().values(expires=ago))

    await here.database.writing(old)
    said(await bea.send("/signin/passkey", bea.device.sign(options)), 400)


async def test_U13_anothers_passkey_is_not_mine(here: Here, person: People) -> None:
    """Signed by the helper's key, said to be the poster's; and the helper's own, said to be of the poster."""
    bea, merel = await person("poster"), await person("helper")
    await bea.makes()
    await merel.makes()
    merel.leaves()
    said(await merel.comes_in(owner=here.cast.poster.id), 400)
    merel.device.id = bea.device.id
    said(await merel.comes_in(owner=here.cast.poster.id), 400)
    unknown = await person()
    unknown.device.owner = here.cast.poster.id
    said(await unknown.comes_in(), 400)


async def test_U13_nobody_proves_with_the_passkey_of_another(here: Here, person: People) -> None:
    vera, merel = await person("operator"), await person("helper")
    await merel.makes()
    await vera.makes()
    vera.device, mine = merel.device, vera.device
    assert (await vera.proves()).status_code == 400
    assert (await vera.proves(owner=here.cast.operator.id)).status_code == 400
    vera.device = mine
    assert (await vera.proves()).json() == {"ok": True}


async def test_U13_a_copy_that_signed_less_often_lets_nobody_in(here: Here, person: People) -> None:
    bea = await person("poster")
    await bea.makes()
    for _ in range(3):
        bea.leaves()
        said(await bea.comes_in(), 303)
    bea.leaves()
    for counter in (3, 2, 0):
        said(await bea.comes_in(counter=counter), 400)
    said(await bea.comes_in(counter=9), 303)


async def test_a_passkey_that_never_counts_works_again_and_again(here: Here, person: People) -> None:
    bea = await person("poster")
    bea.device.counts = False
    await bea.makes()
    for _ in range(3):
        bea.leaves()
        said(await bea.comes_in(), 303)


async def test_U13_who_holds_a_role_has_to_be_known_to_the_device(here: Here, person: People) -> None:
    """A neighbour may do without; who holds a role may not, and is told no more than a liar is."""
    vera, bea = await person("operator"), await person("poster")
    said(await vera.makes(verified=False), 400)
    said(await vera.makes(), 303)
    vera.leaves()
    said(await vera.comes_in(verified=False), 400)
    assert vera.browser.cookies.get(here.cookie("session")) is None
    vera.browser.cookies.set(here.cookie("session"), here.sessions["operator"])
    assert (await vera.proves(verified=False)).status_code == 400
    said(await bea.makes(verified=False), 303)
    bea.leaves()
    said(await bea.comes_in(verified=False), 303)


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "{}",
        "[]",
        "null",
        "x" * 30_000,
        "[" * 10_000,
        '{"response": {"clientDataJSON": "%%%"}}',
        '{"id": 1}',
    ],
)
async def test_U13_what_is_no_passkey_at_all(here: Here, person: People, sent: str) -> None:
    bea = await person("poster")
    for path in ("/me/passkeys", "/me/passkeys/prove", "/signin/passkey"):
        said(await bea.send(path, sent, name="x"), 400)


async def test_U13_half_a_passkey_is_none(here: Here, person: People) -> None:
    """Well begun, and broken in one place: a byte gone, a byte changed, a part left out."""
    bea = await person("poster")
    await bea.makes()
    bea.leaves()
    ways: list[Callable[[str], str]] = [
        lambda sent: sent.replace('"signature": "', '"signature": "AAAA'),
        lambda sent: sent.replace('"authenticatorData": "', '"authenticatorData": "AAAA'),
        lambda sent: sent.replace('"authenticatorData"', '"other"'),
        lambda sent: sent.replace('"signature"', '"other"'),
        lambda sent: sent.replace('"rawId": "', '"rawId": "AAAA'),
        lambda sent: sent.replace('"public-key"', '"password"'),
    ]
    for broken in ways:
        options = await bea.asked("/signin/challenge")
        said(await bea.send("/signin/passkey", broken(bea.device.sign(options))), 400)


async def test_R11_asking_without_end_is_refused_and_locks_nobody_else_out(
    here: Here, person: People
) -> None:
    bea = await person("poster")
    await bea.makes()
    bea.leaves()
    async with here.browser(at=("198.51.100.9", 1)) as stranger:
        for number in range(acts.CHALLENGES_AN_HOUR + 1):
            status = 200 if number < acts.CHALLENGES_AN_HOUR else 429
            said(await stranger.post("/signin/challenge", data={}, headers=here.own_form), status)
    said(await bea.comes_in(), 303)


async def test_a_passkey_is_named_and_ended_by_its_owner_alone(here: Here, person: People) -> None:
    bea = await person("poster")
    await bea.makes()
    (mine,) = await here.database.reading(passkeys.of, here.cast.poster.id)
    for part in ("helper", "operator"):
        await here.post(part, f"/me/passkeys/{mine.id}/name", 404, name="van mij")
        await here.post(part, f"/me/passkeys/{mine.id}/end", 404)
    await here.post("poster", f"/me/passkeys/{mine.id}/name", 422, name=" ")
    await here.post("poster", f"/me/passkeys/{mine.id}/name", name='"><img>')
    page = (await here.get("poster", "/me/passkeys")).text
    assert "<img" not in page
    await here.post("poster", f"/me/passkeys/{mine.id}/end")
    bea.leaves()
    said(await bea.comes_in(), 400)


async def test_the_last_way_in_stays(here: Here, person: People) -> None:
    def no_mail(tx: Transaction) -> None:
        here_is = tables.residents.c.id == here.cast.poster.id
        tx.run(tables.residents.update().where(here_is).values(email=None))

    bea = await person("poster")
    await bea.makes()
    await here.database.writing(no_mail)
    (mine,) = await here.database.reading(passkeys.of, here.cast.poster.id)
    refused = await here.post("poster", f"/me/passkeys/{mine.id}/end", 409)
    assert "je laatste manier" in words(refused.text)


# Roles


async def test_C09_what_an_operator_decides_asks_for_a_passkey_of_the_last_ten_minutes(
    here: Here, person: People
) -> None:
    vera = await person("operator")
    await vera.makes()
    assert (await vera.proves()).json() == {"ok": True}
    typed = {"name": "Noor", "email": "", "language": "nl"}
    send = {"data": typed, "headers": here.own_form}
    said(await vera.browser.post("/operator/people", **send), 303)
    await here.database.writing(_shown_ago, "operator", here.sessions["operator"], FRESH)
    before = await here.rows()
    page = said(await vera.browser.post("/operator/people", **send), 403)
    assert await here.rows() == before
    assert 'data-proof="/me/passkeys/prove"' in page.text
    assert 'name="name" value="Noor"' in page.text, "what was filled in goes along"
    said(await vera.browser.get("/operator/people"), 200)
    assert (await vera.proves()).json() == {"ok": True}
    said(await vera.browser.post("/operator/people", **send), 303)


async def test_C09_neither_a_key_for_programs_nor_another_passkey_is_made_without_one(
    here: Here, person: People
) -> None:
    vera = await person("operator")
    await vera.makes()
    await here.database.writing(_shown_ago, "operator", here.sessions["operator"], FRESH)
    (mine,) = await here.database.reading(passkeys.of, here.cast.operator.id)
    for path in ("/me/tokens", "/me/passkeys/new", "/me/passkeys", f"/me/passkeys/{mine.id}/end"):
        await here.post("operator", path, 403, name="x")
    assert "laat eerst" in words((await here.get("operator", "/me/passkeys")).text).lower()


def _shown_ago(tx: Transaction, part: str, session: str, ago: Any) -> None:
    access.verify_session(tx, session, now() - ago)


async def test_roles_rest_until_the_passkey_is_shown(here: Here, person: People) -> None:
    """Whoever reads an operator's mail is no operator by that."""
    vera = await person("operator")
    await vera.makes()
    await here.database.writing(lambda tx: access.end_sessions_of(tx, here.cast.operator.id))
    answer = said(await vera.browser.post(await here.link("operator"), headers=here.own_form), 303)
    assert session_of(answer, here)
    page = said(await vera.browser.get("/operator"), 403)
    assert "Ben jij het?" in words(page.text)
    said(await vera.browser.post("/operator/people", data={"name": "Noor"}, headers=here.own_form), 403)
    assert "rusten" in words(said(await vera.browser.get("/me"), 200).text)
    await vera.proves()
    said(await vera.browser.get("/operator"), 200)


async def test_who_holds_a_role_is_led_to_a_passkey_and_never_locked_out(here: Here, person: People) -> None:
    """At once, after an upgrade, everything goes on; after a fortnight the role rests until there is one."""
    vera = await person("operator")
    said(await vera.browser.get("/operator"), 200)
    assert "heb je een passkey nodig" in words((await vera.browser.get("/me/passkeys")).text)
    await here.database.writing(lambda tx: people.give_days(tx, here.cast.operator.id, now() - town.DAY))
    page = said(await vera.browser.get("/operator"), 403)
    assert 'href="/me/passkeys"' in page.text
    said(await vera.makes(), 303)
    said(await vera.browser.get("/operator"), 403)
    await vera.proves()
    said(await vera.browser.get("/operator"), 200)


async def test_the_last_passkey_of_a_role_stays_and_another_operator_helps_who_lost_it(
    here: Here, person: People
) -> None:
    mark = await person("broker")
    await mark.makes()
    await mark.proves()
    (only,) = await here.database.reading(passkeys.of, here.cast.broker.id)
    refused = await here.post("broker", f"/me/passkeys/{only.id}/end", 409)
    assert "Maak eerst een andere" in words(refused.text)
    lost = f"/operator/people/{here.cast.broker.id}/passkeys/end"
    await here.post("broker", lost, 403)
    await here.post("operator", f"/operator/people/{here.cast.operator.id}/passkeys/end", 403)
    await here.post("operator", lost)
    assert await here.database.reading(passkeys.of, here.cast.broker.id) == []
    by = await here.database.reading(people.passkey_by, here.cast.broker.id, now())
    assert by is not None
    assert by > now() + GRACE - town.DAY


async def test_a_demo_town_asks_nobody_for_a_passkey(tmp_path: Any) -> None:
    async with opened(tmp_path, TOWN) as here:
        await here.database.writing(lambda tx: people.give_days(tx, here.cast.operator.id, now() - town.DAY))
        await here.get("operator", "/operator")
        await here.post("operator", "/operator/people", name="Noor")
        assert "passkey.js" not in (await here.get(None, "/signin")).text
        assert "alleen een nummer" in words((await here.get("operator", "/me/passkeys")).text)


async def test_a_new_role_begins_with_days_to_make_a_passkey(here: Here) -> None:
    at = now()
    await here.database.writing(residents.grant, console(at), here.cast.helper.id, Role.BROKER, None, at)
    assert await here.database.reading(people.passkey_by, here.cast.helper.id, at) == at + GRACE
