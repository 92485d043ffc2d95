"""Plain pages about this node: who we are, the house rules, privacy, and who can use the pages."""

from starlette.requests import Request
from starlette.responses import Response

from node import __version__
from node.storage import nodes
from node.ui.door import Handling, Ui, Visitor


async def about(ui: Ui, request: Request, who: Visitor) -> Response:
    """Who we are, and what this program is. For everybody."""
    neighbours = await ui.database.reading(nodes.neighbours)
    return _plain(ui, request, who, "about.html", neighbours=[node.name for node in neighbours])


async def rules(ui: Ui, request: Request, who: Visitor) -> Response:
    """How we treat each other. For everybody."""
    return _plain(ui, request, who, "rules.html")


async def privacy(ui: Ui, request: Request, who: Visitor) -> Response:
    """What is kept, who sees it, and what goes to other neighbourhoods. For everybody."""
    return _plain(ui, request, who, "privacy.html")


async def accessibility(ui: Ui, request: Request, who: Visitor) -> Response:
    """Who can use these pages; what was checked, and what was not. For everybody."""
    return _plain(ui, request, who, "accessibility.html")


def _plain(ui: Ui, request: Request, who: Visitor, template: str, **values: object) -> Response:
    return ui.page(
        request, who, template, 200, Handling(may_keep=who.one_of_many), version=__version__, **values
    )
