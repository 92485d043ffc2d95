"""The nodes that the tests of this room share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.federation import town_of_nodes
from tests.federation.town_of_nodes import Nodes


@pytest.fixture(scope="module")
async def three(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Nodes]:
    """Centrum, Noord and Zuid, all neighbours, for the tests of one file: each makes its own posts."""
    async with town_of_nodes.opened(tmp_path_factory.mktemp("three"), "centrum", "noord", "zuid") as nodes:
        await nodes.join(*nodes)
        yield nodes


@pytest.fixture
async def pair(tmp_path: Path) -> AsyncIterator[Nodes]:
    """Centrum and Noord, neighbours, for one test alone."""
    async with town_of_nodes.opened(tmp_path, "centrum", "noord") as nodes:
        await nodes.join(*nodes)
        yield nodes


@pytest.fixture
async def strangers(tmp_path: Path) -> AsyncIterator[Nodes]:
    """Centrum, Noord and Zuid, who have not heard of each other."""
    async with town_of_nodes.opened(tmp_path, "centrum", "noord", "zuid") as nodes:
        yield nodes
