"""What waits to be sent, and for how long: as the tests of delivery look at it."""

from sqlalchemy import select

from node.clock import now
from node.neighbourhood.post import Post
from node.storage.tables import deliveries as rows
from node.storage.tables import destinations
from tests.federation.town_of_nodes import Place
from tests.federation.wire import until


async def states(place: Place) -> list[str]:
    return await place.database.reading(
        lambda tx: list(tx.run(select(rows.c.state).order_by(rows.c.id)).scalars())
    )


async def waits(place: Place, other: Place) -> tuple[int, float]:
    """How often this host was tried in vain, and in how many seconds it is tried again."""
    found = select(destinations.c.attempts, destinations.c.due).where(destinations.c.origin == other.origin)
    attempts, due = await place.database.reading(lambda tx: tx.run(found).one())
    return attempts, (due - now()).total_seconds() if due else 0.0


async def failed(place: Place, other: Place, times: int) -> None:
    """Wait until a host was tried in vain so often."""

    async def look() -> bool:
        return (await waits(place, other))[0] == times

    await until(look)


async def time_goes_by(place: Place) -> None:
    await place.change("destinations", due=now())


async def gets(place: Place, *posts: Post) -> None:
    for post in posts:
        await place.holds(post)
