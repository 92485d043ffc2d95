"""Share cards: how a link to a public post, or to us, looks where somebody puts it (the Open Graph protocol).

A program that asks for a card is a stranger: it gets what a stranger may see. Cards go when their post is
taken back or over.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response

from node.neighbourhood.audience import may_see
from node.neighbourhood.post import ANSWERABLE, Audience, Kind, Post, State
from node.neighbourhood.refusal import NotFound, phrase
from node.settings import Settings
from node.storage import nodes, posts
from node.storage.database import Transaction
from node.ui.cardbox import US
from node.ui.darkroom import Failed
from node.ui.door import Ui, Visitor
from node.ui.language import gettext, translate
from node.ui.words import category

DESCRIPTION = 200  # letters
HEADERS = {
    "Cache-Control": "public, max-age=300",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}
LOOKS = {Kind.REQUEST: "asks", Kind.OFFER: "gives"}


@dataclass(frozen=True)
class Shared:
    """What a link says of the page it leads to. `image`: its card, if there is one."""

    url: str
    title: str
    description: str
    image: str


def shareable(post: Post, at: datetime) -> bool:
    """Whether a card is drawn of it: everybody may see it, and it is not over."""
    running = post.state in ANSWERABLE or post.state is State.AGREED
    return may_see(None, post, at) and post.audience is Audience.PUBLIC and running and post.expires > at


def shared(node: Settings, post: Post | None, at: datetime) -> Shared | None:
    """What a link to this post says, or (None) one to us; nothing where not everybody may see the post."""
    if post is None:
        words = gettext("Ask for help, or help somebody. Close by and free.")
        return Shared(f"{node.origin}/", node.name, words, f"{node.origin}/cards/{US}.png")
    if post.audience is not Audience.PUBLIC or not may_see(None, post, at):
        return None
    version = sha256(f"{post.title}\n{post.category}\n{post.starts}".encode()).hexdigest()[:8]
    image = f"{node.origin}/cards/{post.id}.png?v={version}" if shareable(post, at) else ""
    text = " ".join(post.text.split())
    short = text if len(text) <= DESCRIPTION else f"{text[: DESCRIPTION - 1].rpartition(' ')[0]}…"
    said = ". ".join(filter(None, (_kind(post), short)))
    return Shared(f"{node.origin}/o/{post.id}", post.title, said, image)


async def card(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /cards/{post}.png: of a public post that is not over, or with `node` of ourselves; whoever asks."""
    key = request.path_params["post"]
    given = _us(ui.settings) if key == US else await ui.database.reading(_words, ui.settings, key, who.at)
    try:
        made = await ui.cards.card(key, given, who.at)
    except Failed:
        raise NotFound(phrase("This is not here, or no longer.")) from None
    return Response(made, headers=HEADERS, media_type="image/png")


async def sweep(ui: Ui, at: datetime) -> None:
    """The cards go of posts that are taken back, over, or no longer for everybody."""
    keys = ui.cards.drawn()
    for key in keys - await ui.database.reading(_still, keys, at):
        ui.cards.drop(key)


def _still(tx: Transaction, keys: set[str], at: datetime) -> set[str]:
    return {key for key, post in posts.known(tx, keys).items() if shareable(post, at)}


def _words(tx: Transaction, node: Settings, key: str, at: datetime) -> dict[str, str]:
    """What stands on a card: nobody's name. Raises NotFound."""
    post = posts.see(tx, None, key, at)
    if not shareable(post, at):
        raise NotFound(phrase("This is not here, or no longer."))
    home = nodes.known(tx, {post.node_id}).get(post.node_id) if post.node_id is not None else None
    area = node.name if post.own else home.name if home is not None else post.area.name
    place = f"{post.place}, {area}" if post.place and post.place != area else area
    return {
        "name": f"{node.name} · Buurtknoop",
        "look": LOOKS.get(post.kind, "plain"),
        "kind": _kind(post),
        "title": post.title,
        "place": place,
    }


def _us(node: Settings) -> dict[str, str]:
    return {
        "look": "gives",
        "title": node.name,
        "place": gettext("Ask for help, or help somebody. Close by and free."),
        "name": "Buurtknoop",
    }


def _kind(post: Post) -> str:
    """*Asked · Groceries*."""
    kinds = {
        Kind.REQUEST: phrase("Asked"),
        Kind.OFFER: phrase("Offered"),
        Kind.NOTICE: phrase("Notice"),
        Kind.EVENT: phrase("Activity"),
    }
    about = translate(category(post.category).word)
    return f"{translate(kinds[post.kind])} · {about}"
