"""What is open under a hashtag: where the hashtags of our posts lead from anywhere."""

from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from node.neighbourhood import hashtag
from node.neighbourhood.category import Category
from node.neighbourhood.post import Post
from node.neighbourhood.refusal import NotFound, phrase
from node.storage import posts
from node.storage.database import Transaction
from node.ui.cards import Card, cards
from node.ui.door import Handling, Ui, Visitor
from node.ui.marks import after, mark

SHOWN = 20


@dataclass(frozen=True)
class Tag:
    """A hashtag, and the category it stands for; without one it stands for all that is asked and offered."""

    name: str
    category: Category | None

    def url(self, before: Post | None = None) -> str:
        """The address of its page, or of the next one."""
        return hashtag.path_of(self.name) + (f"?before={mark(before)}" if before else "")


@dataclass(frozen=True)
class Tagged:
    cards: list[Card]
    more: Post | None  # the last one shown, when there are more


async def page(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /tags/{tag}. Everybody may, and everybody sees the same: what is public and open. No such page for
    words that we do not use."""
    tag = _tag(request.path_params["tag"])
    before = after(request.query_params.get("before", ""))
    found = await ui.database.reading(look, who, tag, before)
    values = {"tag": tag, "found": found, "further": before is not None}
    return ui.page(request, who, "tag.html", 200, Handling(may_keep=who.one_of_many), **values)


def look(tx: Transaction, who: Visitor, tag: Tag, before: tuple[datetime, str] | None = None) -> Tagged:
    asked = posts.Filter(
        category=tag.category,
        agreeing=tag.category is None,
        answerable=True,
        before=before,
        limit=SHOWN + 1,
    )
    found = posts.listing(tx, None, asked, who.at)
    shown = found[:SHOWN]
    return Tagged(cards(tx, who.person, shown, who.at), shown[-1] if len(found) > SHOWN else None)


def _tag(word: str) -> Tag:
    if word.lower() == hashtag.HELP:
        return Tag(hashtag.HELP, None)
    category = hashtag.category_of(word)
    if category is None:
        raise NotFound(phrase("This page is not here"))
    return Tag(hashtag.hashtag(category), category)
