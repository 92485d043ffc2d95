"""Opening a node's database: taken for this process alone, its schema brought to the newest step."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from node.neighbourhood.refusal import Refusal
from node.serving import shift
from node.settings import Settings
from node.storage import borders, schema
from node.storage.database import Database, InUse


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    """The database of this node, closed again at the end. Raises Refusal in plain words."""
    shift.apply(settings)
    database = Database(settings.database, settings.home)
    try:
        await database.start()
        await schema.prepare(database)
        if not await database.reading(borders.measured):  # a map of before distances were kept
            await database.writing(borders.measure)
        yield database
    except InUse:
        raise Refusal(f"another server works with this node ({settings.dir})") from None
    except schema.Newer as error:
        raise Refusal(str(error)) from None
    finally:
        await database.stop()
