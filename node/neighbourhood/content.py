"""What a post looks like on software that knows nothing of requests and offers: the words that it shows.

The door to other servers sends these words, and the pages show them before anything is posted: both from
here, so that what somebody sees beforehand is what goes out. Pure: no I/O.
Of HTML only what every server keeps: p, br, strong, a, and the span inside a hashtag.
"""

from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from node.neighbourhood import wording
from node.neighbourhood.category import known
from node.neighbourhood.hashtag import hashtags, path_of
from node.neighbourhood.node import Home
from node.neighbourhood.post import Audience, Kind
from node.neighbourhood.when import read

PAGE = "{page}"  # stands for the link, within the sentence that has one


@dataclass(frozen=True)
class Shown:
    """A post as other software shows it. `way`: the sentence with the link to its page (`PAGE`, which is
    called `page`), empty where there is none; `tags`: its hashtags."""

    head: str
    lines: list[str]
    parts: list[str]
    way: str
    page: str
    tags: list[str]


def is_public(facts: dict[str, Any]) -> bool:
    """Whether it is for people on any server; the rest goes to nodes of our own kind alone."""
    return bool(facts["audience"] == Audience.PUBLIC)


def page_of(home: Home, facts: dict[str, Any]) -> str:
    """The address of its page, for people."""
    return f"{home.origin}/o/{facts['page']}"


def tags_of(facts: dict[str, Any]) -> list[str]:
    """The hashtags of a public post."""
    return hashtags(Kind(facts["kind"]), known(facts["category"]))


def contents(home: Home, facts: dict[str, Any]) -> dict[str, str]:
    """The whole post as HTML, by language: first the one it was written in, then (of a public post) with the
    fixed words in the other. Software takes the first for the language of the post."""
    own, other = wording.spoken(facts["language"])
    said = {facts["language"]: _html(home, facts, own)}
    return {**said, other: _html(home, facts, other)} if is_public(facts) else said


def summaries(home: Home, facts: dict[str, Any]) -> dict[str, str]:
    """What stands before a public post, by language, in the same order; empty for nearly every one.

    Of an event: when and where, for some software shows no more than this and the name. Of anything else: a
    warning, if there is something in it that somebody may rather not come upon.
    """
    if not is_public(facts):
        return {}
    own, other = wording.spoken(facts["language"])
    if facts["starts"]:
        return {
            language: f"<p>{escape(at_a_glance(home, facts, words), quote=False)}</p>"
            for language, words in ((facts["language"], own), (other, other))
        }
    warns = warning(facts)
    said = {facts["language"]: own, other: other}
    return {language: wording.of(words).warnings[warns] for language, words in said.items()} if warns else {}


def without_words(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts of a post, without what it says when it is public and out of sight: other software shows what
    it gets, whatever else stands beside it. A node of ours that holds it keeps the words it has (`held`)."""
    if not is_public(facts) or facts["listing_state"] != "hidden":
        return facts
    own, _ = wording.spoken(facts["language"])
    bare = {"title": wording.of(own).out_of_sight, "text": "", "place": "", "photos": 0, "images": []}
    return {**facts, **bare}


def warning(facts: dict[str, Any]) -> str | None:
    """What to warn of, in a public post (`wording.warning`)."""
    return wording.warning(f"{facts['title']} {facts['text']}") if is_public(facts) else None


def shown(home: Home, facts: dict[str, Any], words: str) -> Shown:
    """A post as it is shown, with the fixed words in this language, one of ours."""
    public = is_public(facts)
    return Shown(
        head=" · ".join(_head(facts, words)),
        lines=[line for line in (facts["title"], _time(home, facts, words)) if line],
        parts=[part for part in facts["text"].split("\n\n") if part],
        way=_way(facts, words) if public else "",
        page=wording.of(words).page,
        tags=tags_of(facts) if public else [],
    )


def at_a_glance(home: Home, facts: dict[str, Any], words: str) -> str:
    """All that somebody needs who sees nothing else of an event but its name."""
    if facts["listing_state"] == "hidden":
        return wording.of(words).out_of_sight
    return f"{' · '.join(_head(facts, words))}: {_when(home, facts, words)}"


def paragraph(text: str) -> str:
    """Plain words as HTML, for software that shows no other."""
    return f"<p>{escape(text, quote=False).replace(chr(10), '<br>')}</p>"


def _html(home: Home, facts: dict[str, Any], words: str) -> str:
    if is_public(facts) and facts["listing_state"] == "hidden":
        return paragraph(wording.of(words).out_of_sight)
    said = shown(home, facts, words)
    below = "".join(f"<br>{escape(line, quote=False)}" for line in said.lines)
    text = "".join(paragraph(part) for part in said.parts)
    foot = _foot(home, facts, said) if is_public(facts) else ""
    return f"<p><strong>{escape(said.head, quote=False)}</strong>{below}</p>{text}{foot}"


def _head(facts: dict[str, Any], words: str) -> list[str]:
    """How it stands, what it is, what about, and where."""
    state = wording.state(facts["kind"], facts["listing_state"], words)
    what = [wording.of(words).kinds[facts["kind"]], wording.category(facts["category"], words)]
    return [*([state] if state else []), *what, facts["area_name"]]


def _way(facts: dict[str, Any], words: str) -> str:
    said = wording.of(words)
    return said.ways_in[facts["kind"]] if facts["listing_state"] == "open" else said.way_on


def _foot(home: Home, facts: dict[str, Any], said: Shown) -> str:
    """The way to its page, and its hashtags."""
    page = f'<a href="{escape(page_of(home, facts))}">{said.page}</a>'
    tags = (
        f'<a href="{escape(home.origin + path_of(tag))}" class="mention hashtag" rel="tag">'
        f"#<span>{tag}</span></a>"
        for tag in said.tags
    )
    return f"<p>{said.way.replace(PAGE, page)}</p><p>{' '.join(tags)}</p>"


def _time(home: Home, facts: dict[str, Any], words: str) -> str:
    """When an event is; on which days help is asked or offered, and how often; empty when that is open."""
    if facts["starts"]:
        return _when(home, facts, words)
    days, said = read(facts.get("when", "")), wording.of(words)
    parts = [
        wording.days(days, words) if days else "",
        said.day_parts.get(facts.get("day_part", ""), ""),
        said.repeats.get(facts.get("repeats", ""), ""),
    ]
    return said.comma.join(part for part in parts if part)


def _when(home: Home, facts: dict[str, Any], words: str) -> str:
    """By the clock of the neighbourhood, and where people meet if that is said."""
    begin, end = (datetime.fromisoformat(facts[name]).astimezone(home.zone) for name in ("starts", "expires"))
    where = f"{wording.of(words).comma}{facts['place']}" if facts["place"] else ""
    return f"{wording.period(begin, end, words)}{where}"
