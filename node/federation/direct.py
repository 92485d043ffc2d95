"""A Note from our Group to one account of other software: a direct message, as it shows it. Pure: no I/O."""

from html import escape
from typing import Any

from node.neighbourhood.content import paragraph
from node.neighbourhood.node import Home

_WORDS = {
    "nl": {
        "agreed": "Afgesproken! Schrijf hier terug om de rest te regelen: dat leest alleen wie dit plaatste.",
        "done": "Het is gelukt. Dank je wel!",
        "called off": "De afspraak gaat helaas niet door. Dank je wel dat je er was.",
        "taken": "Iemand anders doet het al. Dank je wel!",
        "closed": "Het hoeft niet meer. Dank je wel!",
        "declined": "Deze keer niet, dank je wel.",
    },
    "en": {
        "agreed": "It is a deal! Write back here to settle the rest: only whoever posted this reads that.",
        "done": "It worked out. Thank you!",
        "called off": "I am sorry, it is off. Thank you for being there.",
        "taken": "Somebody else does it already. Thank you!",
        "closed": "It is no longer needed. Thank you!",
        "declined": "Not this time, thank you.",
    },
}


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
        "contentMap": {_language(facts): content},
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
    return f"{who}{paragraph(_WORDS[_language(facts)][facts['word']])}{about}"


def _language(facts: dict[str, Any]) -> str:
    return "nl" if facts["language"] == "nl" else "en"
