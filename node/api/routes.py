"""Every address of this door, made from the table; all else under /api is answered as not there."""

from starlette.routing import BaseRoute, Route

from node.api import problems
from node.api.door import Door
from node.api.openapi import OPERATIONS
from node.api.operation import PREFIX, Operation
from node.neighbourhood.contact import Fetch, out_of_reach
from node.neighbourhood.refusal import phrase
from node.settings import Settings
from node.storage.database import Database


def routes(database: Database, settings: Settings, fetch: Fetch = out_of_reach) -> list[BaseRoute]:
    """The addresses of this door. `fetch`: the way to what is released at another node."""
    addresses: dict[str, dict[str, Operation]] = {}
    for operation in OPERATIONS:
        addresses.setdefault(operation.path, {})[operation.method] = operation
    nowhere = problems.response(404, phrase("There is nothing at this address."))
    return [
        *(
            Route(PREFIX + path, Door(database, settings, methods, fetch), name=path)
            for path, methods in addresses.items()
        ),
        Route("/api", nowhere),
        Route("/api/{rest:path}", nowhere),
    ]
