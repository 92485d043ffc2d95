"""The way out of letters, without signing in: who has the letter has its secret, and can only stop it.

A GET shows a button and changes nothing, for programs that look at links come by (U02). The POST is believed
from anywhere: a mail program sends it by itself when its reader presses *unsubscribe* there (RFC 8058), with
no cookie and no seal. What it says beside its address is not read.
"""

from starlette.requests import Request
from starlette.responses import Response

from node.acts import tidings
from node.neighbourhood.letter import DIGEST
from node.neighbourhood.refusal import phrase
from node.ui.door import Ui, Visitor
from node.ui.words import Sign

WORDS = {
    False: Sign(phrase("the mails about what you wait for"), "search"),
    True: Sign(phrase("the overview of what is new"), "calendar-days"),
}


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /stop/{secret}: which letters it ends, and the button."""
    what = await ui.database.reading(tidings.ends, request.path_params["secret"], who.at)
    return ui.page(request, who, "stop.html", which=WORDS[what == DIGEST], stopped=False)


async def stop(ui: Ui, request: Request, who: Visitor) -> Response:
    """POST /stop/{secret}: it has stopped, and how to have it again. A second time says the same."""
    what = await ui.database.writing(tidings.stop, request.path_params["secret"], who.at)
    return ui.page(request, who, "stop.html", which=WORDS[what == DIGEST], stopped=True)
