"""What other software writes: a Note as its words and whom it is for. Pure: no I/O.

Its HTML is not kept: the neighbourhood shows plain text, in which no mark of anybody's can do anything.
"""

import re
from html import escape, unescape
from typing import Any

import nh3

from node.acts.replies import Told
from node.federation.documents import listed, uri_of, uris_of, words_of
from node.federation.vocabulary import PUBLIC_NAMES

TYPES = {"Note", "Article", "Page", "Question", "Event", "Image", "Audio", "Video"}
TEXT = 64 * 1024
CHOICES, CHOICE = 100, 200  # of a poll, and the letters of one
ABOUT = 10  # addresses in one Note that are looked up
_HEADINGS = {f"h{level}" for level in range(1, 7)}
_LISTS = {"ul", "ol", "li", "dl", "dt", "dd"}
_PARTS = {"article", "aside", "details", "figcaption", "figure", "footer", "header", "main", "nav", "section"}
_BLOCKS = {"p", "div", "blockquote", "pre", "hr", "summary", "table", "tr"} | _HEADINGS | _LISTS | _PARTS
_MARKS = {"br": "\n", "td": " ", "th": " ", "img": "", **dict.fromkeys(_BLOCKS, "\r")}
_QUOTES = ("quote", "quoteUrl", "quoteUri", "_misskey_quote")
_PICTURE = re.compile(r'<img alt="([^"]*)">')
_MARK = re.compile(r"</?([a-z0-9]+)>")


def told(note: dict[str, Any], actor: str, group: str) -> Told | None:
    """What a Note says to us, or whatever else has words; None for what has none, and for a vote in a poll.

    `group`: our actor, whose mention at the beginning is left out.
    """
    uri, kinds = uri_of(note), {kind for kind in listed(note.get("type")) if isinstance(kind, str)}
    if uri is None or TYPES.isdisjoint(kinds) or uris_of(note.get("attributedTo")) != [actor]:
        return None
    text = _without_mention(_text(note), note, group)
    if not text or _is_vote(note):
        return None
    return Told(uri, _about(note), is_public(note), text)


def is_public(thing: dict[str, Any]) -> bool:
    """Whether it is addressed to everybody."""
    named = [item for field in ("to", "cc") for item in listed(thing.get(field))]
    return any(item in PUBLIC_NAMES for item in named if isinstance(item, str))


def plain(html: str) -> str:
    """HTML as plain text: its marks are gone, a picture is what it is said to show, every paragraph has lines
    of its own, and what cannot be seen is not hidden in an entity (P22)."""
    kept = nh3.clean(html, tags=set(_MARKS), attributes={"img": {"alt"}}, link_rel=None)
    kept = _PICTURE.sub(lambda found: escape(unescape(found[1])), kept)
    bare = unescape(_MARK.sub(lambda found: _MARKS[found[1]], kept))  # what looked like a mark is words
    return "\n".join(line for text in bare.split("\n") for line in _lines(text)).strip()


def _lines(text: str) -> list[str]:
    """Where a paragraph begins or ends a new line begins, but no empty one."""
    found = [" ".join((words_of(part, len(part)) or "").split()) for part in text.split("\r")]
    return [line for line in found if line] or [""]


def _text(note: dict[str, Any]) -> str:
    """A warning that stands before it, its title, its words, and what one may choose."""
    parts = [note.get("summary"), note.get("name"), _content(note)]
    shown = [plain(words) for part in parts if (words := words_of(part, TEXT))]
    return "\n\n".join(part for part in [*shown, _choices(note)] if part)


def _choices(note: dict[str, Any]) -> str:
    """What one may choose in a poll, each on a line."""
    listing = [choice for name in ("oneOf", "anyOf") for choice in listed(note.get(name))][:CHOICES]
    names = [words_of(choice.get("name"), CHOICE) for choice in listing if isinstance(choice, dict)]
    return "\n".join(plain(name) for name in names if name)


def _content(note: dict[str, Any]) -> Any:
    """Its own words, or the first of those that stand there by language."""
    content, by_language = note.get("content"), note.get("contentMap")
    if isinstance(content, str) or not isinstance(by_language, dict):
        return content
    return next(iter(by_language.values()), None)


def _is_vote(note: dict[str, Any]) -> bool:
    """Software answers a poll by a Note with one of its choices as name, and nothing else."""
    content = _content(note)
    wordless = not isinstance(content, str) or not content
    return (
        wordless
        and note.get("type") == "Note"
        and isinstance(note.get("name"), str)
        and bool(uris_of(note.get("inReplyTo")))
    )


def _about(note: dict[str, Any]) -> list[str]:
    """What it answers, else what it quotes or links to."""
    answered = note.get("inReplyTo")
    if found := [*uris_of(answered), *_linked(answered)]:
        return found[:ABOUT]
    quoted = [uri for name in _QUOTES for uri in uris_of(note.get(name))]
    return [*quoted, *_linked(note.get("tag"))][:ABOUT]


def _linked(value: Any) -> list[str]:
    """Where the links in it lead."""
    links = [item for item in listed(value) if isinstance(item, dict) and item.get("type") == "Link"]
    return uris_of([link.get("href") for link in links])


def _without_mention(text: str, note: dict[str, Any], group: str) -> str:
    """Other software begins an answer with the name of whom it answers."""
    for tag in listed(note.get("tag")):
        if isinstance(tag, dict) and tag.get("type") == "Mention" and tag.get("href") == group:
            name = words_of(tag.get("name"), 200) or ""
            for shown in (name, name.rpartition("@")[0]):
                if len(shown) > 1 and text.lower().startswith(shown.lower()):
                    return text[len(shown) :].lstrip(" ,:\n")
    return text
