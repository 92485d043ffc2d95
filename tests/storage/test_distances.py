"""The distances that are kept are those of the map, seen from our own area."""

from node.storage import borders, tables
from node.storage.borders import Border
from node.storage.database import Database, Transaction


def _map(tx: Transaction, *names: str) -> None:
    """Areas in a row, our own first."""
    codes = [tx.home.area.code, *names]
    beside = zip(codes, [(), *((one,) for one in codes)], strict=False)
    borders.replace(tx, [Border(code, code, touches, "2025") for code, touches in beside])


async def test_a_map_is_measured_when_it_is_read_and_again_when_another_is(database: Database) -> None:
    await database.writing(_map, "BU1", "BU2")
    assert await database.reading(borders.away, ["BU1", "BU2", "BU9"]) == {"BU1": 1, "BU2": 2}
    await database.writing(_map, "BU2", "BU1")
    assert await database.reading(borders.away, ["BU1", "BU2", "BU9"]) == {"BU2": 1, "BU1": 2}
    assert await database.reading(borders.away, []) == {}


async def test_a_map_that_was_read_before_distances_were_kept_is_measured_at_the_start(
    database: Database,
) -> None:
    def forget(tx: Transaction) -> None:
        _map(tx, "BU1")
        tx.run(tables.distances.delete())

    assert await database.reading(borders.measured), "there is no map"
    await database.writing(forget)
    assert not await database.reading(borders.measured)
    await database.writing(borders.measure)
    assert await database.reading(borders.measured)
    assert await database.reading(borders.away, ["BU1"]) == {"BU1": 1}
