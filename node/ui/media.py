"""Photos as browsers and other servers get them: whoever may see the post may see its photos, and nobody else
(V04). Always a JPEG, whatever was asked for (A17), and nothing that runs (M05)."""

from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from node.neighbourhood.audience import may_see
from node.neighbourhood.photo import Photo
from node.neighbourhood.post import Audience, Post, State
from node.neighbourhood.refusal import NotFound, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, may
from node.storage import photos, posts
from node.storage.database import Transaction
from node.ui.door import Ui, Visitor
from node.ui.photobox import LARGE, SMALL

SAFE = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Content-Disposition": 'inline; filename="photo.jpg"',
}
FOR_ALL = {"Cache-Control": "public, max-age=600", "Cross-Origin-Resource-Policy": "cross-origin"}
FOR_SOME = {
    "Cache-Control": "private, no-store",
    "Vary": "Cookie",
    "Cross-Origin-Resource-Policy": "same-origin",
}


async def large(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /media/{photo}.jpg. Who may see the post."""
    return await _shown(ui, request, who, LARGE)


async def small(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /media/{photo}-small.jpg. Who may see the post."""
    return await _shown(ui, request, who, SMALL)


async def sweep(ui: Ui, at: datetime) -> None:
    """Photos go whose post is gone or over, or that nobody goes on with: first their rows, then their files
    (M08)."""
    await ui.database.writing(photos.forget, at)
    for key in ui.photos.left_over(await ui.database.reading(photos.ids), at):
        ui.photos.drop(key)


async def _shown(ui: Ui, request: Request, who: Visitor, ending: str) -> Response:
    key = request.path_params["photo"]
    for_all = await ui.database.reading(_for_all, who.person, key, who.at)
    found = ui.photos.read(key, ending)
    if found is None:
        raise NotFound(phrase("This is not here, or no longer."))
    return Response(found, headers=SAFE | (FOR_ALL if for_all else FOR_SOME), media_type="image/jpeg")


def _for_all(tx: Transaction, who: Resident | None, key: str, at: datetime) -> bool:
    """Whether everybody may see it. Raises NotFound when this person may not."""
    photo = photos.get(tx, key)
    post = posts.known(tx, {photo.post_id}).get(photo.post_id) if photo.post_id is not None else None
    if not _may_see(who, photo, post, at):
        raise NotFound(phrase("This is not here, or no longer."))
    return post is not None and post.audience is Audience.PUBLIC and may_see(None, post, at)


def _may_see(who: Resident | None, photo: Photo, post: Post | None, at: datetime) -> bool:
    """Who may see the post, and its supervisor while it waits; what is not posted yet, only who wrote it."""
    if post is None:
        return photo.post_id is None and who is not None and who.id == photo.owner
    looked_at = post.state is State.WAITING and may(who, Deed.MODERATE)
    return post.title != "" and (may_see(who, post, at) or looked_at)
