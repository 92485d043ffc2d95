"""Following us, or answering a public post, from one's own server: the way there, and how without it."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from node.acts import ways
from node.caller import caller
from node.neighbourhood.audience import may_see
from node.neighbourhood.handle import HANDLE_LENGTH, Handle, Way, checked_handle
from node.neighbourhood.post import Kind, Post
from node.neighbourhood.refusal import Invalid, NotFound, NotReachable, Refusal, TooMany, phrase
from node.storage import posts
from node.storage.database import Transaction
from node.ui.door import Ui, Visitor
from node.ui.forms import Form

KEY_LENGTH = 64


@dataclass(frozen=True)
class Found:
    """What their server said: the `link` to go on there, or nothing when it has none."""

    handle: Handle
    link: str | None


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /follow, and with ?post= to answer that post. Everybody; nothing is asked of anybody yet."""
    if not ui.settings.federation:
        return _shown(ui, request, who, None, Form())
    post = await ui.database.reading(_about, who, request.query_params.get("post", ""))
    return _shown(ui, request, who, post, Form())


async def ask(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """POST /follow: ask the server of the address that was typed for the way. Everybody, a few times a
    minute; nobody while this node speaks with no others."""
    if not ui.settings.federation:
        return _shown(ui, request, who, None, Form())
    post = await ui.database.reading(_about, who, form["post"])
    try:
        handle = checked_handle(form["address"])
        if handle.host == ui.settings.authority:
            raise Invalid({"address": phrase("This is our own server. Write the address of your account.")})
        await ui.database.writing(ways.count, caller(request, ui.settings.trusted_proxies), who.at)
        link = await ui.ask(Way(handle, post.uri if post is not None else None))
    except (Invalid, NotReachable, TooMany) as refused:
        return _again(ui, request, who, post, form, refused)
    return _shown(ui, request, who, post, form, found=Found(handle, link))


def _again(
    ui: Ui, request: Request, who: Visitor, post: Post | None, form: Form, refused: Refusal
) -> Response:
    shown = _shown(ui, request, who, post, *form.refused(refused))
    if isinstance(refused, TooMany):
        shown.headers["Retry-After"] = str(refused.wait)
    return shown


def _shown(
    ui: Ui,
    request: Request,
    who: Visitor,
    post: Post | None,
    form: Form,
    status: int = 200,
    found: Found | None = None,
) -> Response:
    values = {"post": post, "form": form, "found": found, "most": HANDLE_LENGTH}
    return ui.page(request, who, "follow.html", status, **values)


def _about(tx: Transaction, who: Visitor, key: str) -> Post | None:
    """The post that is to be answered; None for none. One that not everybody sees is not there."""
    if not key:
        return None
    found = posts.known(tx, {key}).get(key) if key.isalnum() and len(key) <= KEY_LENGTH else None
    if found is None or not answered_elsewhere(found, who):
        raise NotFound(phrase("This page is not here"))
    return found


def answered_elsewhere(post: Post, who: Visitor) -> bool:
    """Whether an account elsewhere can answer this post: ours, open, for everybody, and no event."""
    return (
        post.own and post.kind is not Kind.EVENT and post.answerable(who.at) and may_see(None, post, who.at)
    )
