"""What these tests stand on: a neighbourhood with its cast, and a program that speaks for any of them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.api.programs import Here, opened


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    """The neighbourhood *centrum*, with a token for everybody in it."""
    async with opened(tmp_path) as here:
        yield here
