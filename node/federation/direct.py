"""A Note from our Group to one account of other software: a direct message, as it shows it. Pure: no I/O."""

from collections.abc import Mapping
from html import escape
from typing import Any

from node.neighbourhood.content import paragraph
from node.neighbourhood.node import Home
from node.neighbourhood.wording import of, spoken


def note(home: Home, facts: dict[str, Any]) -> dict[str, Any]:
    """What became of an answer, or what its poster writes. Addressed to that account alone, which is also
    mentioned: other software shows a Note to whom it mentions."""
    mention = {"type": "Mention", "href": facts["to"], "name": f"@{facts['handle']}"}
    content = _content(home, facts)
    return {
        "id": facts["direct"],
        "type": "Note",
        "attributedTo": home.actor,
        "to": [facts["to"]],
        "inReplyTo": facts["reply_to"],
        "published": facts["created"],
        "content": content,
        "contentMap": {_spoken(facts): content},
        "tag": [mention],
        "sensitive": False,
    }


def _content(home: Home, facts: dict[str, Any]) -> str:
    profile, handle = escape(facts["profile"]), escape(facts["handle"])
    page = f"{home.origin}/o/{facts['page']}"
    who = f'<p><a href="{profile}" class="u-url mention">@{handle}</a></p>'
    about = f'<p><a href="{page}">{escape(facts["title"])}</a></p>' if facts["title"] else ""
    if "text" in facts:
        return f"{who}<p><strong>{escape(facts['name'])}:</strong></p>{paragraph(facts['text'])}{about}"
    return f"{who}{paragraph(_answers(facts)[facts['word']])}{about}"


def _spoken(facts: dict[str, Any]) -> str:
    """The language of our words: that of the post they are about, if we speak it."""
    return spoken(facts["language"])[0]


def _answers(facts: dict[str, Any]) -> Mapping[str, str]:
    return of(_spoken(facts)).answers
