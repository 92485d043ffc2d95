"""What letters of time ask, with one button for each answer: *did it work out?* after an agreement, and *do
you still need it?* when the day is past."""

from starlette.requests import Request
from starlette.responses import Response

from node.neighbourhood.match import MatchState
from node.neighbourhood.post import State
from node.neighbourhood.roles import Deed
from node.storage import posts
from node.storage.database import Transaction
from node.ui import post
from node.ui.door import Ui, Visitor, go_to
from node.ui.post import View


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /o/{post}/outcome: every agreement that runs. Only the poster, or a broker, at the post's home."""
    view = await ui.database.reading(_look, who, request.path_params["post"])
    running = [answer for answer in view.answers or [] if answer.agreement is MatchState.AGREED]
    if not running:
        return go_to(view.card.url)
    return ui.page(request, who, "outcome.html", view=view, running=running)


async def still(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /o/{post}/still: of a request whose day is past. Only the poster."""
    view = await ui.database.reading(_own, who, request.path_params["post"])
    if not {"extend", "close"} & view.ways and view.post.state is not State.EXPIRED:
        return go_to(view.card.url)
    return ui.page(request, who, "still.html", view=view)


def _own(tx: Transaction, who: Visitor, post_id: str) -> View:
    found = posts.see(tx, who.person, post_id, who.at)
    who.required(Deed.EDIT_POST, owner=found.author if found.own else None)
    return post.look(tx, who, post_id)


def _look(tx: Transaction, who: Visitor, post_id: str) -> View:
    found = posts.see(tx, who.person, post_id, who.at)
    who.required(Deed.COMPLETE, owner=found.author if found.own else None)
    return post.look(tx, who, post_id)
