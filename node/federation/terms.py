"""The words of our own in what we send: each with what it is on, what it holds, and what it means.

This is the only list of them: the contexts, the document at `/ns` and docs/federation.md follow it. Their
addresses never change, for they stand in what was signed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

NAMESPACE = "https://ns.buurtknoop.example/v1#"


@dataclass(frozen=True)
class Term:
    """One word. `on`: the types that have it. `holds`: what stands there; an *id* is the address of a
    thing."""

    name: str
    on: str
    holds: str
    means: str

    @property
    def alias(self) -> Any:
        """What a JSON-LD context says of it."""
        full = f"bk:{self.name}"
        return {"@id": full, "@type": "@id"} if self.holds.startswith("id") else full


OF_POSTS = (
    Term(
        "listingState",
        "Note, Event, Proposal, Agreement",
        "open, matched, fulfilled, closed, expired or hidden",
        "How a post stands. An Agreement only ever says fulfilled.",
    ),
    Term("areaCode", "Group, Place", "text", "The CBS code of a neighbourhood (BU…) or municipality (GM…)."),
    Term(
        "party",
        "Note, Event, Offer, Accept, Join",
        "an object with id and name",
        "Who stands behind it: a pseudonym, and an id fresh per person and post that cannot be fetched.",
    ),
    Term("kind", "Note, Event", "request, offer, notice or event", "What sort of post it is."),
    Term("category", "Note, Event", "one of the words under /ap/category/", "What a post is about."),
    Term("urgency", "Note, Event", "urgent, week or whenever", "How soon help is wanted."),
    Term("decide", "Note, Event", "choose or first", "Whether the poster picks who helps, or the first yes."),
    Term(
        "when",
        "Note, Offer",
        "a day (2030-05-31), or two with / between them; on an Offer a short text",
        "On which days a request or an offer is meant, left out for any day; on an Offer, when it suits.",
    ),
    Term("dayPart", "Note", "morning, afternoon or evening", "Which part of the day; left out for any."),
    Term("repeats", "Note", "weekly, fortnightly or monthly", "How often; left out for once."),
    Term("photos", "Note, Event", "a whole number", "How many photos its page shows; left out for none."),
    Term(
        "agreedFor",
        "Note",
        "a time",
        "In a message of two who agreed: when it is to be. The beginning of a day is some time that day.",
    ),
    Term(
        "reason",
        "Reject, Undo",
        "taken, closed, declined, unknown, or a short text",
        "Why not, or why not any more.",
    ),
    Term("maximumAttendeeCapacity", "Event", "a whole number", "For how many there is room."),
    Term("remainingAttendeeCapacity", "Event", "a whole number", "For how many there is room still."),
)
OF_ACTORS = (
    OF_POSTS[1],
    Term(
        "adjacentNodes", "Group", "id of a Collection", "The neighbourhoods next door, as its operator says."
    ),
    Term("hub", "Group", "id of a Group", "The hub of the municipality that a neighbourhood belongs to."),
    Term("directory", "Group", "id of a Collection", "The members of a hub."),
)
TERMS = (*OF_POSTS, *OF_ACTORS[1:])


def aliases(terms: Iterable[Term]) -> dict[str, Any]:
    """These words as a JSON-LD context names them."""
    return {term.name: term.alias for term in terms}


def document() -> dict[str, Any]:
    """All of them, as a JSON-LD context."""
    return {"@context": {"bk": NAMESPACE, **aliases(TERMS)}}


def page() -> str:
    """All of them, for people who write software."""
    rows = "".join(
        f'<tr id="{term.name}"><th><code>bk:{term.name}</code></th>'
        + "".join(f"<td>{escape(said)}</td>" for said in (term.on, term.holds, term.means))
        + "</tr>"
        for term in TERMS
    )
    return (
        '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>The words of Buurtknoop</title>'
        "<h1>The words of Buurtknoop</h1>"
        f"<p><code>bk:</code> stands for <code>{NAMESPACE}</code>. Programs get the same "
        "as JSON-LD here, when they ask for <code>application/ld+json</code>.</p>"
        f"<table><tr><th>word<th>on<th>holds<th>means</tr>{rows}</table></html>\n"
    )
