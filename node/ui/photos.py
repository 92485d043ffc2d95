"""Photos with what somebody writes: on a page of their own, one at a time, with words for who does not see
them. For a post that is up, and for one that is not posted yet."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response

from node.acts import photos as acts
from node.neighbourhood.photo import ALT_LENGTH, MOST, Photo
from node.neighbourhood.post import Kind, Post, require_running
from node.neighbourhood.refusal import Conflict, Invalid, NotFound, phrase
from node.neighbourhood.roles import Deed
from node.storage import drafts, photos, posts
from node.storage.database import Transaction
from node.ui import begun
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form
from node.ui.kinds import PATHS

SAID = {
    "added": phrase("The photo is with it."),
    "told": phrase("It is changed."),
    "removed": phrase("The photo is gone."),
}
WORDS, REMOVE = "words", "remove"
DEEDS = (WORDS, REMOVE)


@dataclass(frozen=True)
class Album:
    """The photos of one post, or of what was begun on the form with the key `draft`. `back`: where one came
    from."""

    title: str
    kind: Kind
    post_id: str | None
    draft: str | None
    action: str
    back: str
    photos: list[Photo]


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /o/{post}/photos. Only the poster."""
    return _show(ui, request, who, await _of_post(ui, who, request.path_params["post"]), Form())


async def begun_page(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /photos/{kind}: of what one began to write. Who posts, for themselves."""
    found = await _begun(ui, request, who)
    return go_to(PATHS[_kind(request)].make) if found is None else _show(ui, request, who, found, Form())


async def add(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """POST /o/{post}/photos: one more. Only the poster; every copy hears of it."""
    return await _add(ui, request, who, await _of_post(ui, who, request.path_params["post"]), form)


async def add_begun(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """POST /photos/{kind}: one more, with what one began to write."""
    found = await _begun(ui, request, who)
    if found is None:
        return go_to(PATHS[_kind(request)].make)
    return await _add(ui, request, who, found, form)


async def change(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """POST /photos/{photo}/{deed}: say what can be seen on it, or take it away. Only whose photo it is."""
    deed, key, by = request.path_params["deed"], request.path_params["photo"], who.required(Deed.POST)
    if deed == REMOVE:
        photo = await ui.database.writing(acts.remove, by, key, who.at)
        return go_to(f"{await _page_of(ui, photo)}?said=removed")
    if deed != WORDS:
        raise NotFound(phrase("This is not here, or no longer."))
    photo = await ui.database.writing(acts.describe, by, key, form["alt"], who.at)
    return go_to(f"{await _page_of(ui, photo)}?said=told")


async def _add(ui: Ui, request: Request, who: Visitor, album: Album, form: Form) -> Response:
    by, key = who.required(Deed.POST), uuid4().hex
    try:
        ui.photos.require_room()
        await ui.database.writing(acts.ask, by, album.post_id, album.draft, who.at)
        made = await ui.photos.make(form.file)
        photo = Photo(
            key, by.id, album.post_id, album.draft, form["alt"], made.width, made.height, made.size, who.at
        )
        ui.photos.keep(key, made)
        await ui.database.writing(acts.add, by, photo, who.at)
    except (Invalid, Conflict) as refused:
        ui.photos.drop(key)
        return _show(ui, request, who, album, *form.refused(refused))
    except BaseException:  # whatever it was, no file stays of what has no row
        ui.photos.drop(key)
        raise
    return go_to(f"{album.action}?said=added")


def _show(ui: Ui, request: Request, who: Visitor, album: Album, form: Form, status: int = 200) -> Response:
    said = SAID.get(request.query_params.get("said", ""), "") if status == 200 else ""
    values = {"album": album, "form": form, "said": said, "most": MOST, "letters": ALT_LENGTH}
    return ui.page(request, who, "photos.html", status, **values, has_room=ui.photos.has_room)


async def _of_post(ui: Ui, who: Visitor, post_id: str) -> Album:
    post, found = await ui.database.reading(_mine, who, post_id, who.at)
    url = f"/o/{post.id}"
    return Album(post.title, post.kind, post.id, None, f"{url}/photos", url, found)


def _mine(tx: Transaction, who: Visitor, post_id: str, at: datetime) -> tuple[Post, list[Photo]]:
    post = posts.see(tx, who.person, post_id, at)
    who.required(Deed.EDIT_POST, owner=post.author if post.own else None)
    require_running(post)
    return post, photos.of_post(tx, post.id)


async def _begun(ui: Ui, request: Request, who: Visitor) -> Album | None:
    """What this person began of this kind, with the photos of that form; None when there is nothing."""
    kind, by = _kind(request), who.required(Deed.POST)
    kept = await begun.of(ui, request, who, kind)
    if kept is None or not kept.fields.get("key"):
        return None
    draft = kept.fields["key"]
    found = await ui.database.reading(photos.begun, by.id, draft)
    title = kept.fields.get("title", "")
    return Album(title, kind, None, draft, f"/photos/{kind}", f"{PATHS[kind].make}?draft=1", found)


async def _page_of(ui: Ui, photo: Photo) -> str:
    """The page of photos that this one is, or was, on."""
    if photo.post_id is not None:
        return f"/o/{photo.post_id}/photos"
    return await ui.database.reading(_page_of_draft, photo)


def _page_of_draft(tx: Transaction, photo: Photo) -> str:
    kind = drafts.kind_of(tx, photo.owner, photo.draft or "")
    return f"/photos/{kind}" if kind is not None else "/mine"


def _kind(request: Request) -> Kind:
    try:
        return Kind(request.path_params["kind"])
    except ValueError:
        raise NotFound(phrase("This is not here, or no longer.")) from None
