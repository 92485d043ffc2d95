"""What somebody waits for: *tell me when there is something like this*."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from unicodedata import category as sign_of
from unicodedata import normalize

from node.neighbourhood.category import Category
from node.neighbourhood.following import Ring
from node.neighbourhood.node import Node
from node.neighbourhood.post import Kind, Post, unshowable
from node.neighbourhood.refusal import Invalid, Words, phrase

MOST = 10  # for one person
WORDS_LENGTH = 60


@dataclass(frozen=True)
class Search:
    """A search that somebody keeps. What is None or empty may be anything."""

    id: str
    resident_id: str
    words: str
    kind: Kind | None
    category: Category | None
    ring: Ring | None
    paused: bool
    created: datetime

    def same(self, other: "Search") -> bool:
        """Whether two people's or one person's searches look for the same."""
        return self.looks_for == other.looks_for

    @property
    def looks_for(self) -> tuple[str, Kind | None, Category | None, Ring | None]:
        return folded(self.words), self.kind, self.category, self.ring

    def finds(self, post: Post, ring: Ring | None) -> bool:
        """Whether a post whose home is so near is what is waited for. Who may see it is another question."""
        return (
            not self.paused
            and self.kind in (None, post.kind)
            and self.category in (None, post.category)
            and self.ring in (None, ring)
            and holds(self.words, (post.title, post.text))
        )


def ring_of(post: Post, home: Node | None) -> Ring | None:
    """How near a post's home is (`storage.posts.from_ring`); None for one that is neither next door nor in
    our municipality."""
    if post.own:
        return Ring.HERE
    if home is None:
        return None
    return Ring.NEXT_DOOR if home.active else Ring.TOWN if home.member else None


def folded(text: str) -> str:
    """A text as it is compared: without marks on its letters, and small."""
    return "".join(sign for sign in normalize("NFKD", text.casefold()) if sign_of(sign) != "Mn")


def holds(words: str, texts: Iterable[str]) -> bool:
    """Whether every one of these words is in the texts, also as part of a longer word."""
    wanted = folded(words).split()
    where = folded("\n".join(texts)) if wanted else ""
    return all(word in where for word in wanted)


def checked(
    words: str, kind: str, category: str, ring: str
) -> tuple[str, Kind | None, Category | None, Ring | None]:
    """A search as it was filled in: at least one thing is said."""
    words = " ".join(words.split())
    errors: dict[str, Words] = {}
    if len(words) > WORDS_LENGTH:
        errors["words"] = phrase("At most %(most)d letters.", most=WORDS_LENGTH)
    elif unshowable(words):
        errors["words"] = phrase("There is a sign in it that cannot be shown. Type it again.")
    for name, said, known in (("kind", kind, Kind), ("category", category, Category), ("where", ring, Ring)):
        if said and said not in [str(one) for one in known]:
            errors[name] = phrase("Choose one of the list.")
    if not errors and not (folded(words) or kind or category or ring):
        errors["words"] = phrase("Say what you wait for: a word, or one of the lists below.")
    if errors:
        raise Invalid(errors)
    found = Category(category) if category else None
    return words, Kind(kind) if kind else None, found, Ring(ring) if ring else None
