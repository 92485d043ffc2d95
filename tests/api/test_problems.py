"""What does not work is said in one way, whatever it is, and never as a traceback."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Router

from node.api import problems
from node.api.operation import PREFIX
from node.api.routes import routes
from node.neighbourhood.refusal import Conflict, Invalid, NotAllowed, NotFound, Refusal, TooMany, phrase
from node.storage.database import Stopped
from tests.api.programs import Here, opened, said

JSON = {"content-type": "application/json"}
REASON = phrase("At most %(most)d letters.", most=3)


@pytest.fixture(scope="module")
async def here(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Here]:
    """One neighbourhood for all of these tests: hardly anything they try is done."""
    async with opened(tmp_path_factory.mktemp("centrum")) as here:
        yield here


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (NotAllowed(REASON), 403),
        (NotFound(REASON), 404),
        (Conflict(REASON), 409),
        (Refusal(REASON), 409),
        (Invalid({"title": REASON}), 422),
        (TooMany(REASON, 3600), 429),
        (problems.Unusable(400, REASON), 400),
        (HTTPException(408), 408),
        (Stopped("closed"), 503),
    ],
)
def test_every_refusal_has_its_status(failure: problems.Failure, status: int) -> None:
    answer = problems.answer(failure)
    assert answer.status_code == status
    assert answer.media_type == "application/problem+json"
    assert (b'"errors":{"title":"At most 3 letters."}' in answer.body) == (status == 422)
    assert ("retry-after" in answer.headers) == (status in (429, 503))


def test_too_often_says_how_long_to_wait() -> None:
    assert problems.answer(TooMany(REASON, 3600)).headers["retry-after"] == "3600"


@pytest.mark.parametrize(
    "path", ["", "/", "/v1", "/v1/", "/v1/nothing", "/v2/requests", "/v1/requests/", "/v1//"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
async def test_nothing_at_an_address(here: Here, path: str, method: str) -> None:
    said(await here.client.request(method, f"/api{path}"), 404)


@pytest.mark.parametrize("path", ["/campaigns", "/requests/a/b", "/posts"])
async def test_what_comes_later_is_simply_not_there(here: Here, path: str) -> None:
    await here.get("operator", path, 404)


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", "/requests", "GET, HEAD, POST"),
        ("DELETE", "/node", "GET, HEAD"),
        ("POST", "/requests/a", "DELETE, GET, HEAD, PATCH"),
        ("GET", "/responses/a/decline", "POST"),
        ("HEAD", "/responses/a/decline", "POST"),
        ("OPTIONS", "/me", "GET, HEAD"),
        ("TRACE", "/me", "GET, HEAD"),
    ],
)
async def test_a_method_that_is_not_done_here(here: Here, method: str, path: str, allow: str) -> None:
    refused = await here.call("operator", method, path)
    assert refused.status_code == 405
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["allow"] == allow


async def test_head_is_answered_as_get(here: Here) -> None:
    assert (await here.call(None, "HEAD", "/node")).status_code == 200


@pytest.mark.parametrize("key", ["nobody", "%00", "%ED%A0%80", "a" * 65, "..%2f", "%27%20OR%201", "١"])
async def test_an_id_that_is_none_of_ours(here: Here, key: str) -> None:
    await here.get("poster", f"/requests/{key}", 404)
    await here.delete("poster", f"/responses/{key}", 404)
    await here.post("broker", f"/matches/{key}/complete", status=404)


async def test_who_goes_away_in_between_leaves_nothing_behind(here: Here) -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send_nothing(message: Any) -> None:
        raise AssertionError("nobody is there")

    headers = {**JSON, **here.headers("poster")}
    scope = {
        "type": "http",
        "method": "POST",
        "path": f"{PREFIX}/requests",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "query_string": b"",
    }
    door = Router(routes(here.database, here.settings))
    before = await here.get("poster", "/requests")
    with pytest.raises(ClientDisconnect):  # what stands before every door knows it
        await door(scope, receive, send_nothing)
    assert await here.get("poster", "/requests") == before


async def test_a_node_that_stops_says_so(tmp_path: Path) -> None:
    async with opened(tmp_path) as here:
        post = await here.asks()
        await here.database.stop()
        refused = await here.call("poster", "PATCH", f"/requests/{post['id']}", json={"title": "Anders"})
        said(refused, 503)
        assert refused.headers["retry-after"]
