"""What other software writes: a Note as its words and whom it is for. Pure: no I/O.

Its HTML is not kept: the neighbourhood shows plain text, in which no mark of anybody's can do anything.
"""

from html import unescape
from typing import Any

import nh3

from node.acts.replies import Told
from node.federation.documents import listed, uri_of, uris_of, words_of
from node.federation.vocabulary import PUBLIC_NAMES

TYPES = ("Note", "Article", "Page", "Question")
TEXT = 64 * 1024
ABOUT = 10  # addresses in one Note that are looked up
_BREAKS = ("<br>", "</p>", "</li>", "</blockquote>", "</h1>", "</h2>", "</h3>", "</pre>", "</div>")
_KEPT = {"br", "p", "li", "blockquote", "h1", "h2", "h3", "pre", "div"}


def told(note: dict[str, Any], actor: str, group: str) -> Told | None:
    """What a Note says to us; None for what is no Note, or a vote in a poll, or has no words.

    `group`: our actor, whose mention at the beginning is left out.
    """
    uri, kind = uri_of(note), note.get("type")
    if uri is None or kind not in TYPES or uris_of(note.get("attributedTo")) != [actor]:
        return None
    text = _without_mention(_text(note), note, group)
    if not text:
        return None
    named = [item for field in ("to", "cc") for item in listed(note.get(field))]
    public = any(item in PUBLIC_NAMES for item in named if isinstance(item, str))
    return Told(uri, _about(note), public, text)


def plain(html: str) -> str:
    """HTML as plain text: its marks are gone, and lines end where its paragraphs did."""
    kept = nh3.clean(html, tags=_KEPT, attributes={}, link_rel=None)
    for mark in _BREAKS:
        kept = kept.replace(mark, f"{mark}\n")
    bare = unescape(nh3.clean(kept, tags=set()))
    lines = (" ".join(line.split()) for line in bare.replace("\xa0", " ").split("\n"))
    return "\n".join(lines).strip()


def _text(note: dict[str, Any]) -> str:
    """A warning that stands before it, its title, and its words."""
    content = note.get("content")
    if not isinstance(content, str):
        by_language = note.get("contentMap")
        content = next(iter(by_language.values()), None) if isinstance(by_language, dict) else None
    parts = [note.get("summary"), note.get("name"), content]
    shown = (plain(words) for part in parts if (words := words_of(part, TEXT)))
    return "\n\n".join(part for part in shown if part)


def _about(note: dict[str, Any]) -> list[str]:
    """What it answers, else what it quotes or links to."""
    answered = uris_of(note.get("inReplyTo"))
    if answered:
        return answered[:ABOUT]
    quoted = [uri for name in ("quote", "quoteUrl", "quoteUri") for uri in uris_of(note.get(name))]
    tags = [tag for tag in listed(note.get("tag")) if isinstance(tag, dict) and tag.get("type") == "Link"]
    return [*quoted, *(uri for tag in tags if (uri := uri_of(tag.get("href"))))][:ABOUT]


def _without_mention(text: str, note: dict[str, Any], group: str) -> str:
    """Other software begins an answer with the name of whom it answers."""
    for tag in listed(note.get("tag")):
        if isinstance(tag, dict) and tag.get("type") == "Mention" and tag.get("href") == group:
            name = words_of(tag.get("name"), 200) or ""
            for shown in (name, name.rpartition("@")[0]):
                if len(shown) > 1 and text.lower().startswith(shown.lower()):
                    return text[len(shown) :].lstrip(" ,:\n")
    return text
