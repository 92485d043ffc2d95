"""My own page: who I am, in words, and the tokens of my programs."""

from node.acts import residents as acts
from node.clock import now
from node.neighbourhood.roles import Role
from node.storage import access, residents
from node.storage.database import Transaction
from tests import town
from tests.ui.visits import Here, words

NEW = {"name": "Noor", "email": "noor@example.org", "language": "nl", "code": ""}


async def test_my_page_says_who_i_am(here: Here) -> None:
    until = now() + 30 * town.DAY
    add = (here.cast.operator, here.cast.poster.id, Role.BROKER, until, now())
    await here.database.writing(acts.grant, *add)
    await here.database.writing(access.add_session, "new", here.cast.poster.id, until, now())
    here.sessions["poster"] = "new"
    page = words((await here.get("poster", "/me")).text)
    assert "Bea" in page
    assert "Makelaar , tot " in page
    assert 'href="/operator"' not in (await here.get("poster", "/me")).text
    assert 'href="/operator"' in (await here.get("operator", "/me")).text
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


async def test_H04_what_people_wrote_is_never_markup(here: Here) -> None:
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
