"""Who asks: a token, and nothing but a token."""

import pytest

from node.acts import residents as acts
from node.clock import now
from node.neighbourhood.roles import Role
from node.storage import access, residents
from node.storage.database import Transaction
from tests.api.programs import Here, asked, said


async def test_without_a_token_one_is_asked_to_sign_in(here: Here) -> None:
    refused = await here.call(None, "POST", "/requests", json=asked())
    said(refused, 401)
    assert refused.headers["www-authenticate"] == 'Bearer realm="buurtknoop"'
    await here.get(None, "/requests", 401, mine="true")
    await here.get(None, "/me", 401)


@pytest.mark.parametrize(
    "words",
    [
        "Bearer bk_nobody",
        "Bearer",
        "Bearer ",
        "Bearer a b",
        "Basic YTpi",
        "bk_nobody",
        "Bearer " + "a" * 300,
        "",
    ],
)
async def test_a_token_that_is_not_ours(here: Here, words: str) -> None:
    for path in ("/me", "/node", "/requests"):
        refused = await here.call(None, "GET", path, headers={"Authorization": words})
        said(refused, 401)
        assert "invalid_token" in refused.headers["www-authenticate"]


async def test_two_tokens_at_once_are_none(here: Here) -> None:
    twice = [("Authorization", f"Bearer {here.tokens['poster']}")] * 2
    said(await here.client.get("/api/v1/me", headers=twice), 401)


async def test_the_word_bearer_may_be_written_as_one_likes(here: Here) -> None:
    words = {"Authorization": f"bEARER  {here.tokens['poster']}"}
    assert said(await here.call(None, "GET", "/me", headers=words), 200)["name"] == "Bea"


async def test_a_session_counts_for_nothing_here(here: Here) -> None:
    def sign_in(tx: Transaction) -> str:
        link = acts.make_link(tx, here.cast.poster.id, now())
        return acts.sign_in(tx, link, None, now())[0]

    session = await here.database.writing(sign_in)
    for name in ("session", "__Host-session", "buurtknoop"):
        cookie = {"Cookie": f"{name}={session}"}
        said(await here.call(None, "GET", "/me", headers=cookie), 401)
        said(await here.call(None, "POST", "/requests", json=asked(), headers=cookie), 401)
    said(await here.call(None, "GET", "/me", headers={"Authorization": f"Bearer {session}"}), 401)


async def test_an_ended_token_is_over_at_the_next_call(here: Here) -> None:
    def end(tx: Transaction) -> None:
        (token,) = access.tokens_of(tx, here.cast.poster.id)
        assert access.end_token(tx, here.cast.poster.id, token.id)

    await here.get("poster", "/me")
    await here.database.writing(end)
    await here.get("poster", "/me", 401)
    await here.post("poster", "/requests", asked(), 401)


async def test_a_role_counts_as_long_as_it_is_held(here: Here) -> None:
    cast = here.cast
    await here.post("broker", "/nodes", {"address": "https://zuid.example"}, 403)
    await here.get("operator", "/me")

    def hand_over(tx: Transaction) -> None:
        acts.grant(tx, cast.operator, cast.broker.id, Role.OPERATOR, None, now())
        operator = residents.get(tx, cast.broker.id, now())
        acts.end_role(tx, operator, cast.operator.id, Role.OPERATOR, now())

    await here.database.writing(hand_over)
    await here.post("broker", "/nodes", {"address": "https://zuid.example"}, 202)
    await here.post("operator", "/nodes", {"address": "https://zuid.example"}, 403)


async def test_the_use_of_a_token_is_noted_for_its_owner(here: Here) -> None:
    async def used() -> object:
        tokens = await here.database.reading(access.tokens_of, here.cast.helper.id)
        return tokens[0].used

    assert await used() is None
    await here.get("helper", "/node")
    first = await used()
    assert first is not None
    await here.get("helper", "/node")
    assert await used() == first


async def test_who_is_not_let_in_yet_is_told_so(here: Here) -> None:
    refused = await here.post("outsider", "/requests", asked(), 403)
    assert "let in" in refused["detail"]
    await here.post("outsider", "/requests", {"nonsense": 1}, 403)
