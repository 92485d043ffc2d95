"""Which feeds there are: of all public posts, of one kind, of one category; each beside a page for people."""

from dataclasses import dataclass

from node.neighbourhood import hashtag
from node.neighbourhood.category import Category
from node.neighbourhood.post import Kind
from node.neighbourhood.refusal import phrase
from node.ui.words import CATEGORIES


@dataclass(frozen=True)
class Feed:
    """What a feed holds: posts of one kind, of one category, or all. `page`: the same for people."""

    path: str
    page: str
    word: str = ""
    kind: Kind | None = None
    category: Category | None = None


EVERYTHING = Feed("/feed.atom", "/")
_OF_KIND = {
    name: Feed(f"/feeds/{name}.atom", f"/{name}", word, kind)
    for kind, name, word in (
        (Kind.REQUEST, "requests", phrase("Requests")),
        (Kind.OFFER, "offers", phrase("Offers")),
        (Kind.NOTICE, "notices", phrase("Notices")),
        (Kind.EVENT, "events", phrase("Activities")),
    )
}
_OF_CATEGORY = {
    one.value: Feed(
        f"/feeds/{one.value}.atom", hashtag.path_of(hashtag.hashtag(one)), CATEGORIES[one].word, category=one
    )
    for one in Category
}


def feed_of(kind: str = "", category: str | None = None) -> Feed:
    """The feed of a list: of its kind, or of its category; of everything when it has neither."""
    return _OF_CATEGORY.get(category or "") or _OF_KIND.get(f"{kind}s") or EVERYTHING


def found(name: str) -> Feed | None:
    """The feed with this name in its address."""
    return _OF_KIND.get(name) or _OF_CATEGORY.get(name)
