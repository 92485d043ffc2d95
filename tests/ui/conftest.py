"""What the tests of the pages stand on: the environment templates are made in, and pages made of the kit."""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment

from node.neighbourhood.when import Days
from node.ui import language, templating
from node.ui.assets import Assets
from tests.conftest import JOURNEYS
from tests.ui import visits
from tests.ui.readers import Album
from tests.ui.visits import Here

AT = datetime(2026, 5, 13, 12, 30, tzinfo=UTC)  # Wednesday, 14.30 in the neighbourhood


@dataclass(frozen=True)
class Post:
    kind: str = "request"
    title: str = "Wie haalt donderdag mijn boodschappen?"
    text: str = "Ik kan even niet tillen. Het is één tas."
    category: str = "boodschappen"
    author: str = "Miep"
    area: str = "De Rietlanden"
    own: bool = True
    nearness: str = ""
    created: datetime = AT - timedelta(days=1)
    state: str = "open"
    responses: int | None = 0
    url: str = "/requests/1"
    when: Days | None = None
    day_part: str = "any"
    repeats: str = "once"
    photos: tuple[Any, ...] = ()
    photos_there: int = 0
    language: str = "nl"


@dataclass(frozen=True)
class Node:
    name: str = "De Rietlanden"
    phone: str = "0199-00 12 34"
    phone_hours: str = "Maandag tot en met vrijdag, 9 tot 12 uur."


@pytest.fixture(scope="session")
def assets() -> Assets:
    return Assets()


@pytest.fixture(scope="session")
def environment(assets: Assets) -> Environment:
    return templating.environment(assets)


@pytest.fixture
def make(environment: Environment) -> Callable[..., str]:
    """What the given piece of a template makes of the macros."""

    def made(source: str, **values: object) -> str:
        return environment.from_string('{% import "parts.html" as parts %}' + source).render(at=AT, **values)

    return made


@pytest.fixture
def at() -> datetime:
    return AT


@pytest.fixture
def node() -> Node:
    return Node()


@pytest.fixture
def post() -> Callable[..., Post]:
    def changed(**changes: Any) -> Post:
        return replace(Post(), **changes)

    return changed


@pytest.fixture
def show(environment: Environment) -> Callable[..., str]:
    """A whole page, of a node with a number unless it says otherwise."""

    def shown(name: str, **values: object) -> str:
        return environment.get_template(name).render({"node": Node(), "here": "/requests?na=3"} | values)

    return shown


@pytest.fixture(autouse=True)
def dutch() -> Iterator[None]:
    with language.speaking("nl"):
        yield


@pytest.fixture(scope="session")
def ui() -> Path:
    return Path(language.__file__).parent


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    """The neighbourhood *centrum* as people with a browser meet it."""
    async with visits.opened(tmp_path) as here:
        yield here


@pytest.fixture
def album(request: pytest.FixtureRequest) -> Album:
    """For the pictures of this journey, instead of those of the time before."""
    return Album(JOURNEYS / request.node.name.removeprefix("test_").replace("[", "/").rstrip("]"))
