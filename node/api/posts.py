"""Posts in JSON: requests, offers, notices and events. They differ in their folder, and in a few fields."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from node.acts import posts as acts
from node.api import bodies, drafts, lists
from node.api.lists import PageAsked
from node.api.operation import Call, Moment, Nothing
from node.neighbourhood import category, folding
from node.neighbourhood.category import Category as About
from node.neighbourhood.draft import PostChange
from node.neighbourhood.folding import MOST_TYPED
from node.neighbourhood.node import Node
from node.neighbourhood.post import Audience, Decide, Kind, State, Urgency
from node.neighbourhood.post import Post as Kept
from node.neighbourhood.refusal import NotFound, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.when import DayPart, Repeats
from node.settings import Settings
from node.storage import nodes, posts
from node.storage.database import Transaction
from node.storage.search import search


class Author(Struct):
    """Whose post it is: a first name or pseudonym, and nothing else."""

    name: str


class Area(Struct):
    """The neighbourhood a post comes from, by its CBS code."""

    code: str
    name: str


class Home(Struct):
    """The node that owns a post and decides about it. `own`: that is the one that answers here."""

    name: str
    url: str
    own: bool


class Post(Struct):
    """A post of any kind. `uri` is the same on every node; `id` and `url` are the answering node's.

    Of an event there are also `starts`, `ends` and `place`. Places of null: there is no limit. Of a request
    and an offer, where that was said: on which days (`when`: a day, or two with / between them), and how
    often.
    """

    id: str
    uri: str
    kind: Kind
    title: str
    text: str
    category: category.Category
    audience: Audience
    urgency: Urgency
    state: State
    author: Author
    area: Area
    home: Home
    created: Moment
    updated: Moment
    expires: Moment
    url: str
    decide: Decide
    places: int | None
    places_left: int | None
    starts: Moment | UnsetType = UNSET
    ends: Moment | UnsetType = UNSET
    place: str | UnsetType = UNSET
    when: str | UnsetType = UNSET
    day_part: DayPart | UnsetType = UNSET
    repeats: Repeats | UnsetType = UNSET


class Posts(Struct):
    """A page of posts, newest first."""

    items: list[Post]
    next: str | None


class PostsAsked(PageAsked, forbid_unknown_fields=True):
    """Which posts are wanted."""

    state: (
        Annotated[Literal["open"], Meta(description="Only those that somebody can still answer.")] | UnsetType
    ) = UNSET
    own: (
        Annotated[bool, Meta(description="true: of this neighbourhood alone; false: of the others alone.")]
        | UnsetType
    ) = UNSET
    mine: Annotated[bool, Meta(description="true: only one's own; needs a token.")] = False
    q: (
        Annotated[
            str,
            Meta(
                max_length=MOST_TYPED,
                description="Only those with all these words, or pieces of words, in title, place or text. "
                "A page may then hold fewer than `limit`, also none, while `next` leads on.",
            ),
        ]
        | UnsetType
    ) = UNSET
    category: About | UnsetType = UNSET
    urgency: Urgency | UnsetType = UNSET


def listing(kind: Kind, tx: Transaction, call: Call[PostsAsked]) -> Posts:
    """The posts that whoever asks may see."""
    asked = call.asked
    wanted = posts.Filter(
        kind=kind,
        own=drafts.said(asked.own),
        author=call.by.id if asked.mine else None,
        answerable=asked.state == "open",
        category=drafts.said(asked.category),
        urgency=drafts.said(asked.urgency),
        before=lists.before(asked),
        limit=asked.limit + 1,
    )
    found = search(tx, call.who, wanted, folding.asked(drafts.said(asked.q) or ""), call.at)
    shown, more = lists.page(found.posts, asked.limit, lambda post: lists.by_time(post.created, post.id))
    if more is None and found.further is not None:
        more = lists.written(lists.by_time(*found.further))
    return Posts(told(tx, call.settings, shown), more)


def make(kind: Kind, tx: Transaction, call: Call[drafts.NewPost]) -> Post:
    """Put a post up."""
    draft, wrong = drafts.draft(kind, call.asked, call.by.language), drafts.misplaced(kind, call.asked)
    return _one(tx, call.settings, bodies.together(wrong, acts.post, tx, call.by, draft, call.at))


def show(kind: Kind, tx: Transaction, call: Call[Nothing]) -> Post:
    """One post."""
    return _one(tx, call.settings, seen(tx, call.who, kind, call.key, call.at))


def change(kind: Kind, tx: Transaction, call: Call[drafts.PostChange]) -> Post:
    """Change a post: its words, its state, or both at once."""
    seen(tx, call.by, kind, call.key, call.at)
    wrong = drafts.misplaced(kind, call.asked)
    return _one(tx, call.settings, bodies.together(wrong, _changed, kind, tx, call))


def _changed(kind: Kind, tx: Transaction, call: Call[drafts.PostChange]) -> Kept:
    asked, by, at = call.asked, call.by, call.at
    edit = drafts.edit(kind, asked)
    post: Kept | None = None
    if asked.state == "open":  # first, for it may set the end anew
        post = acts.reopen(tx, by, call.key, at)
    if post is None or edit != PostChange():
        post = acts.edit(tx, by, call.key, edit, at)
    if asked.state == "closed":
        post = acts.close(tx, by, call.key, at)
    if asked.state == "paused":
        post = acts.pause(tx, by, call.key, at)
    return post


def withdraw(kind: Kind, tx: Transaction, call: Call[Nothing]) -> None:
    """Take a post back everywhere."""
    seen(tx, call.by, kind, call.key, call.at)
    acts.withdraw(tx, call.by, call.key, call.at)


def seen(tx: Transaction, who: Resident | None, kind: Kind, post_id: str, at: datetime) -> Kept:
    """The post, for whoever may see it and looks among its kind. Raises NotFound."""
    post = posts.see(tx, who, post_id, at)
    if post.kind is not kind:
        raise NotFound(phrase("This is not here, or no longer."))
    return post


def _one(tx: Transaction, settings: Settings, post: Kept) -> Post:
    return told(tx, settings, [post])[0]


def told(tx: Transaction, settings: Settings, found: list[Kept]) -> list[Post]:
    """The allow-list: field by field, nothing of a person but the name they chose."""
    homes = nodes.known(tx, {post.node_id for post in found if post.node_id is not None})
    return [
        Post(
            id=post.id,
            uri=post.uri,
            kind=post.kind,
            title=post.title,
            text=post.text,
            category=post.category,
            audience=post.audience,
            urgency=post.urgency,
            state=State.HIDDEN if post.hidden else post.state,
            author=Author(post.author_name),
            area=Area(post.area.code, post.area.name),
            home=_home(settings, homes, post),
            created=post.created,
            updated=post.updated,
            expires=post.expires,
            url=f"{settings.origin}/o/{post.id}",
            decide=post.decide,
            places=post.places or None,
            places_left=post.places_left if post.places else None,
            starts=post.starts or UNSET,
            ends=post.ends or UNSET,
            place=post.place if post.kind is Kind.EVENT else UNSET,
            when=str(post.when) if post.when else UNSET,
            day_part=UNSET if post.day_part is DayPart.ANY else post.day_part,
            repeats=UNSET if post.repeats is Repeats.ONCE else post.repeats,
        )
        for post in found
    ]


def _home(settings: Settings, homes: dict[str, Node], post: Kept) -> Home:
    if post.node_id is None:
        return Home(settings.name, settings.origin, own=True)
    home = homes[post.node_id]
    return Home(home.name, home.origin, own=False)
