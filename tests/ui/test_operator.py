"""The operator's pages of people and invitations. Who else comes is in test_who_may.py."""

import re
from datetime import datetime
from typing import Any

import pytest

from node.acts import residents as acts
from node.clock import now
from node.neighbourhood.node import Follow
from node.neighbourhood.roles import Role
from node.storage import access, log, residents
from node.storage.database import Transaction
from tests.ui.visits import Here, words

NODES, PEOPLE, CODES = "/operator/neighbours", "/operator/people", "/operator/invitations"
ASKS: dict[str, Any] = {"we_claim": False, "our_follow": Follow.NONE}
STRANGE: dict[str, Any] = {
    "they_claim": False,
    "our_follow": Follow.NONE,
    "their_follow": Follow.NONE,
    "we_claim": False,
}


async def shown(here: Here, path: str = NODES) -> str:
    return words((await here.get("operator", path)).text)


# People


async def test_who_waits_comes_first_and_is_let_in(here: Here) -> None:
    page = await shown(here, PEOPLE)
    assert page.index("Wie wacht op toelating") < page.index("Otto") < page.index("Wie erbij hoort")
    assert page.index("Wie erbij hoort") < page.index("Bea")
    await here.post("operator", f"{PEOPLE}/{here.cast.outsider.id}/admit")
    assert (await person(here, "outsider")).admitted
    assert ("admitted", None) in await here.letters()
    assert "Er wacht niemand" in await shown(here, PEOPLE)
    await here.post("operator", f"{PEOPLE}/{here.cast.outsider.id}/admit")


async def test_no_mail_address_stands_on_a_page(here: Here) -> None:
    for path in (PEOPLE, f"{PEOPLE}/{here.cast.poster.id}", f"{PEOPLE}/{here.cast.outsider.id}"):
        assert "@example.org" not in await shown_main(here, path)


async def shown_main(here: Here, path: str) -> str:
    return (await here.get("operator", path)).text.partition("<main")[2].partition("</main>")[0]


async def test_putting_somebody_in(here: Here) -> None:
    values = {"name": "Noor", "email": "Noor@example.org", "language": "en"}
    answer = await here.post("operator", PEOPLE, 303, **values)
    assert "Noor" in await shown(here, answer.headers["location"])
    added = await here.database.reading(residents.by_email, "noor@example.org", now())
    assert added is not None
    assert added.admitted
    assert added.language == "en"
    page = (await here.post("operator", PEOPLE, 422, **values)).text
    assert "al een account" in page
    assert 'value="Noor"' in page
    await here.post("operator", PEOPLE, 303, name="Zonder", email=" ", language="nl")
    assert "Kies een naam" in (await here.post("operator", PEOPLE, 422, name=" ")).text


async def test_a_role_until_a_day_and_back(here: Here) -> None:
    path = f"{PEOPLE}/{here.cast.helper.id}"
    await here.post("operator", f"{path}/roles", 303, role="broker", until="2099-03-31")
    ((role, until),) = await grants(here, "helper")
    assert role is Role.BROKER
    assert until is not None
    assert until.isoformat() == "2099-03-31T21:59:59+00:00"
    assert "Makelaar , tot 31 maart 2099" in await shown(here, path)
    await here.post("operator", f"{path}/roles", 303, role="broker", until="")
    assert await grants(here, "helper") == [(Role.BROKER, None)]
    await here.post("operator", f"{path}/roles/broker/end")
    assert await grants(here, "helper") == []
    await here.post("operator", f"{path}/roles/broker/end", 404)
    await here.post("operator", f"{path}/roles/king/end", 404)


@pytest.mark.parametrize(
    ("role", "until", "field"),
    [
        ("", "", "role"),
        ("king", "", "role"),
        ("broker", "tomorrow", "until"),
        ("broker", "2020-01-01", "until"),
        ("broker", "0001-01-01", "until"),
        ("broker", "2099-02-30", "until"),
    ],
)
async def test_a_role_that_cannot_be_given(here: Here, role: str, until: str, field: str) -> None:
    path = f"{PEOPLE}/{here.cast.helper.id}/roles"
    page = (await here.post("operator", path, 422, role=role, until=until)).text
    assert f'id="{field}-error"' in page
    assert await grants(here, "helper") == []


async def test_the_last_day_of_all_can_be_given(here: Here) -> None:
    await here.post(
        "operator", f"{PEOPLE}/{here.cast.helper.id}/roles", 303, role="broker", until="9999-12-31"
    )
    await here.get("operator", f"{PEOPLE}/{here.cast.helper.id}")


async def test_U15_nobody_gives_a_role_to_themselves_and_the_last_operator_stays(here: Here) -> None:
    """U15."""
    mine = f"{PEOPLE}/{here.cast.operator.id}"
    page = await shown(here, mine)
    assert "Niemand geeft zichzelf een rol." in page
    assert "Welke rol?" not in page
    await here.post("operator", f"{mine}/roles", 403, role="supervisor")
    await here.post("operator", f"{mine}/roles/operator/end", 409)
    assert await grants(here, "operator") == [(Role.OPERATOR, None)]
    await here.post("operator", f"{PEOPLE}/{here.cast.outsider.id}/roles", 409, role="broker")


async def test_many_people_come_a_page_at_a_time(here: Here) -> None:
    def more(tx: Transaction, at: datetime) -> None:
        for number in range(40):
            acts.add(tx, here.cast.operator, f"Zus {number}", None, "nl", at)

    await here.database.writing(more, now())
    first = (await here.get("operator", PEOPLE)).text
    assert f'href="{PEOPLE}?from=30"' in first
    second = words((await here.get("operator", f"{PEOPLE}?from=30")).text)
    assert "Zus 9" in second
    assert "Wie wacht op toelating" not in second
    await here.get("operator", f"{PEOPLE}?from=999")


# Invitations


async def test_a_code_is_shown_once_and_lets_people_in(here: Here) -> None:
    assert "Er is nu geen code" in await shown(here, CODES)
    page = (await here.post("operator", CODES, 200, note="<b>Straatfeest</b>", uses="2")).text
    (code,) = re.findall(r'class="code"[^>]*>([A-Z2-9-]{14})<', page)
    assert f"{here.settings.origin}/join?code={code}" in page
    listed = (await here.get("operator", CODES)).text
    assert "&lt;b&gt;Straatfeest" in listed
    assert "voor nog 2 personen" in listed
    assert code not in listed
    assert code not in str(await here.rows())
    form = {"name": "Noor", "email": "noor@example.org", "code": code}
    await here.post(None, "/join", 303, **form)
    assert "voor nog 1 persoon" in (await here.get("operator", CODES)).text


@pytest.mark.parametrize("uses", ["", "0", "-1", "x", "1001", "9" * 30, "1.5", "²"])
async def test_for_how_many_has_to_be_a_number(here: Here, uses: str) -> None:
    page = (await here.post("operator", CODES, 422, note="Feest", uses=uses)).text
    assert 'id="uses-error"' in page
    assert 'value="Feest"' in page
    assert await here.database.reading(access.invitations_open, now()) == []


async def test_each_decision_stands_in_the_log(here: Here) -> None:
    await here.post("operator", f"{PEOPLE}/{here.cast.outsider.id}/admit")
    entries = await here.database.reading(log.of, here.cast.outsider.id)
    assert entries[-1].who == here.cast.operator.id


async def person(here: Here, part: str) -> Any:
    return await here.database.reading(residents.get, here.cast.all()[part].id, now())


async def grants(here: Here, part: str) -> list[tuple[Role, datetime | None]]:
    return await here.database.reading(residents.grants_of, here.cast.all()[part].id, now())
