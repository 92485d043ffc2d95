"""That nothing happened: what is kept stays as it was, and nobody else is asked anything."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.federation.town_of_nodes import Place

HEARD = ("seen", "nodes.last_seen")  # what may change when something is taken in and means nothing here


@asynccontextmanager
async def untouched(place: Place, *but: str) -> AsyncIterator[None]:
    """Meanwhile nothing is stored (but in these tables or columns), and nothing goes out from anybody."""
    before, sent = await place.rows(*but), len(place.wire.log)
    yield
    after = await place.rows(*but)
    assert {name for name in after if after[name] != before[name]} == set()
    assert [exchange.url for exchange in place.wire.log[sent:]] == []
