"""*Did it work out?* What the mail after an agreement leads to: yes, not yet, or no, with one button each."""

from starlette.requests import Request
from starlette.responses import Response

from node.neighbourhood.match import MatchState
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


def _look(tx: Transaction, who: Visitor, post_id: str) -> View:
    found = posts.see(tx, who.person, post_id, who.at)
    who.required(Deed.COMPLETE, owner=found.author if found.own else None)
    return post.look(tx, who, post_id)
