"""The operator's pages: other nodes, people, invitations. Who else comes is in test_who_may.py."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from node.acts import nodes as borders
from node.acts import residents as acts
from node.clock import now
from node.neighbourhood.node import Follow, Node
from node.neighbourhood.roles import Role
from node.storage import access, log, lookups, nodes, residents, tables
from node.storage.database import Transaction
from tests import town
from tests.ui import visits
from tests.ui.visits import Here, words

NODES, PEOPLE, CODES = "/operator/neighbours", "/operator/people", "/operator/invitations"
ASKS: dict[str, Any] = {"we_claim": False, "our_follow": Follow.NONE}
STRANGE: dict[str, Any] = {
    "they_claim": False,
    "our_follow": Follow.NONE,
    "their_follow": Follow.NONE,
    "we_claim": False,
}


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    async with visits.opened(tmp_path) as here:
        yield here


async def next_door(here: Here, name: str = "noord", **change: Any) -> Node:
    return await here.database.writing(lambda tx: town.neighbour(tx, name, **change))


async def shown(here: Here, path: str = NODES) -> str:
    return words((await here.get("operator", path)).text)


async def sent(here: Here) -> list[str]:
    """What goes out to other nodes."""
    return await here.database.reading(lambda tx: list(tx.run(select(tables.activities.c.type)).scalars()))


# Other nodes


async def test_an_empty_page_offers_the_first_step(here: Here) -> None:
    page = await shown(here)
    assert "De lijn stopt bij onze eigen straat" in page
    assert "Vraag een buurtknoop" in page
    assert "Wie we kennen" not in page


@pytest.mark.parametrize(
    ("change", "word", "steps"),
    [
        ({}, "Buur", ["end", "block"]),
        (ASKS, "Vraagt ons", ["yes", "no", "block"]),
        ({"our_follow": Follow.PENDING, "they_claim": False}, "Gevraagd", ["end", "block"]),
        ({**ASKS, "they_claim": False}, "Volgt ons", ["yes", "block"]),
        ({**ASKS, "they_claim": False, "adjacent": None}, "Volgt ons", ["block"]),
        (STRANGE, "Bekend", ["yes", "block"]),
        ({"blocked": True}, "Geblokkeerd", ["unblock"]),
    ],
)
async def test_how_a_node_stands_is_a_word(
    here: Here, change: dict[str, Any], word: str, steps: list[str]
) -> None:
    node = await next_door(here, **change)
    page = (await here.get("operator", NODES)).text
    assert f"Noord {word} " in words(page)
    assert re.findall(rf'href="{NODES}/{node.id}/(\w+)"', page) == steps
    for step in steps:
        question = words((await here.get("operator", f"{NODES}/{node.id}/{step}")).text)
        assert "Noord" in question
        assert "Nee, ga terug" in question


async def test_a_changed_key_is_an_alarm(here: Here) -> None:
    await next_door(here, alarm="keys changed")
    await next_door(here, "aarde")
    page = await shown(here)
    assert "De sleutels zijn veranderd." in page
    assert page.index("Noord") < page.index("Aarde")


async def test_messages_that_do_not_arrive_are_shown(here: Here) -> None:
    node = await next_door(here, last_seen=now())
    values = {"origin": node.origin, "due": now() + town.HOUR, "attempts": 3, "fence": 3, "lease": None}
    row = {**values, "error": "<b>connection refused</b>"}
    await here.database.writing(lambda tx: tx.run(tables.destinations.insert(), row).rowcount)
    page = (await here.get("operator", NODES)).text
    assert "Onze berichten komen niet aan." in page
    assert "3 keer geprobeerd." in page
    assert "&lt;b&gt;connection refused" in page
    assert "Laatst van gehoord" in page


async def test_asking_a_node_is_looked_up(here: Here) -> None:
    answer = await here.post("operator", NODES, 303, address=" https://noord.example ")
    assert answer.headers["location"] == NODES
    (asked,) = await here.database.reading(lookups.open_for, "neighbour")
    assert (asked.subject, asked.asked_by) == ("https://noord.example", here.cast.operator.id)
    page = await shown(here)
    assert "We zoeken het op" in page
    assert "https://noord.example" in page
    await here.database.writing(lookups.failed, asked, "noord.example does not answer", now())
    assert "We proberen het opnieuw." in await shown(here)
    (asked,) = await here.database.reading(lookups.open_for, "neighbour")
    await here.database.writing(lookups.failed, asked, "noord.example does not answer", None)
    page = await shown(here)
    assert "Dat lukte niet." in page
    assert "Wat we hoorden: noord.example does not answer" in page
    await here.post("operator", f"{NODES}/lookups/{asked.id}/end")
    assert await here.database.reading(lookups.open_for, "neighbour") == []
    await here.post("operator", f"{NODES}/lookups/{asked.id}/end", 404)


async def test_only_a_typed_address_can_be_given_up(here: Here) -> None:
    await here.database.writing(lookups.ask, "outbox", "node-noord", now())
    await here.post("operator", f"{NODES}/lookups/1/end", 404)
    assert len(await here.database.reading(lookups.open_for, "outbox")) == 1


@pytest.mark.parametrize("address", ["", "  ", "two words", "x" * 501])
async def test_no_address_is_said_at_the_field(here: Here, address: str) -> None:
    page = (await here.post("operator", NODES, 422, address=address)).text
    assert 'aria-invalid="true"' in page
    assert f'value="{address}"' in page
    assert await here.database.reading(lookups.open_for, "neighbour") == []


async def test_asking_a_node_that_is_known_is_a_yes(here: Here) -> None:
    node = await next_door(here, **ASKS)
    await here.post("operator", NODES, 303, address=node.origin + "/")
    assert (await here.database.reading(nodes.get, node.id)).we_claim
    assert await sent(here) == ["Follow"]


async def test_yes(here: Here) -> None:
    node = await next_door(here, **ASKS)
    await here.post("operator", f"{NODES}/{node.id}/yes")
    after = await here.database.reading(nodes.get, node.id)
    assert (after.we_claim, after.our_follow) == (True, Follow.PENDING)
    await here.database.writing(borders.follow_accepted, after, now())
    assert "Noord Buur " in await shown(here)


async def test_no_with_a_reason(here: Here) -> None:
    node = await next_door(here, **ASKS)
    assert "Waarom niet?" in await shown(here, f"{NODES}/{node.id}/no")
    await here.post("operator", f"{NODES}/{node.id}/no", 303, reason="  Te ver\nweg. " + "x" * 300)
    (facts,) = await here.database.reading(
        lambda tx: list(tx.run(select(tables.activities.c.facts)).scalars())
    )
    assert facts["reason"].startswith("Te ver weg. xxx")
    assert len(facts["reason"]) == 200
    await here.post("operator", f"{NODES}/{node.id}/no", 409)


async def test_what_they_said_when_they_said_no(here: Here) -> None:
    node = await next_door(here, we_claim=True, our_follow=Follow.PENDING)
    await here.database.writing(borders.follow_rejected, node, "<i>Te ver</i>", now())
    page = (await here.get("operator", NODES)).text
    assert "Daar zeiden ze nee tegen ons: “&lt;i&gt;Te ver&lt;/i&gt;”" in page


async def test_end_block_and_unblock(here: Here) -> None:
    node = await next_door(here)
    await here.post("operator", f"{NODES}/{node.id}/end")
    assert not (await here.database.reading(nodes.get, node.id)).we_claim
    await here.post("operator", f"{NODES}/{node.id}/block")
    assert (await here.database.reading(nodes.get, node.id)).blocked
    await here.post("operator", f"{NODES}/{node.id}/yes", 409)
    await here.post("operator", f"{NODES}/{node.id}/unblock")
    assert not (await here.database.reading(nodes.get, node.id)).blocked


async def test_looking_at_a_question_decides_nothing(here: Here) -> None:
    node = await next_door(here, **ASKS)
    before = await here.rows()
    for step in ("yes", "no", "end", "block", "unblock"):
        await here.get("operator", f"{NODES}/{node.id}/{step}")
    assert await here.rows() == before


async def test_there_is_nothing_else_to_decide(here: Here) -> None:
    node = await next_door(here)
    for path in (f"{NODES}/{node.id}/explode", f"{NODES}/nobody/yes"):
        await here.get("operator", path, 404)
        await here.post("operator", path, 404)


async def test_a_name_of_another_node_is_never_markup(here: Here) -> None:
    """H04."""
    node = await next_door(here, "evil")
    await here.database.writing(nodes.save, replace(node, name='"><img src=x>'))
    for path in (NODES, f"{NODES}/{node.id}/block", "/about"):
        page = (await here.get("operator", path)).text
        assert "<img" not in page
        assert "&lt;img" in page


async def test_many_nodes_come_a_page_at_a_time(here: Here) -> None:
    for number in range(35):
        await next_door(here, f"buurt{number:02}")
    first = (await here.get("operator", NODES)).text
    assert first.count("<article") == 30
    assert f'href="{NODES}?from=30"' in first
    second = (await here.get("operator", f"{NODES}?from=30")).text
    assert second.count("<article") == 5
    assert "Buurt34" in second
    assert f'href="{NODES}"' in second
    for odd in ("-1", "x", "٣", "9" * 50, "1e3", "99"):
        await here.get("operator", NODES, params={"from": odd})


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


async def test_nobody_gives_a_role_to_themselves_and_the_last_operator_stays(here: Here) -> None:
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
