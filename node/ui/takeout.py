"""All that is kept of somebody, in words: a page to read and to print, for that person alone.

Each part is a heading with lines under it; what a line says comes from the same rows as the file for
programs (`storage.export`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from node.neighbourhood.following import Wish
from node.neighbourhood.refusal import Words, phrase
from node.storage.export import Row
from node.ui.districts import SAID as WISHES
from node.ui.known import PROOFS
from node.ui.ledger import HAPPENED
from node.ui.letters import OFTEN
from node.ui.report import DECIDED, WRONG
from node.ui.roles import ROLES
from node.ui.searches import KINDS
from node.ui.words import CATEGORIES, REPLIES, STATES, category, state


@dataclass(frozen=True)
class Line:
    """One thing: when, what (words of ours and of people), the text that stands with it, and what belongs to
    it. `photo`: where the picture stands beside the page."""

    at: datetime | None
    said: tuple[Words | str, ...]
    text: str = ""
    photo: str = ""
    under: list["Line"] = field(default_factory=list)


@dataclass(frozen=True)
class Part:
    """A heading with its lines."""

    title: Words | str
    lines: list[Line]


def photo_path(key: str) -> str:
    """Where a photo stands in the parcel."""
    return f"photos/{key}.jpg"


def parts(kept: Row) -> list[Part]:
    """Everything, by subject; of what there is nothing of there is no heading. (Of the log what we have words
    for; all of it is in the file for programs.)"""
    kept = {**kept, "log": [row for row in kept["log"] if row["what"] in HAPPENED]}
    made = [Part(title, [line(row) for row in kept[name]]) for name, title, line in _PARTS]
    return [part for part in made if part.lines]


def _role(row: Row) -> Line:
    return Line(row["granted"], (ROLES[row["role"]].word,))


def _post(row: Row) -> Line:
    said = (row["title"], category(row["category"]).word, state(row["state"], row["kind"]).word)
    return Line(
        row["created"], said, row["text"], under=[_answer(one, one["name"]) for one in row["answers"]]
    )


def _given(row: Row) -> Line:
    return _answer(row, row["whose"], row["post"], mine=True)


def _photo(row: Row) -> Line:
    return Line(row["added"], (), row["alt"], photo_path(row["id"]))


def _thanks(row: Row) -> Line:
    return Line(row["shown"], (row["post"],))


def _answer(row: Row, *said: Words | str, mine: bool = False) -> Line:
    talk = [Line(one["created"], (YOU,) if one["mine"] else (), one["text"]) for one in row["conversation"]]
    when = (row["when"],) if row["when"] else ()
    stands = REPLIES["agreed" if row["state"] == "accepted" else row["state"]][0 if mine else 1]
    return Line(row["created"], (*said, *when, stands.word), row["text"], under=talk)


def _agreement(row: Row) -> Line:
    return Line(row["created"], (row["post"], REPLIES[row["state"]][0].word))


def _asked(row: Row) -> Line:
    return Line(row["created"], (row["post"],))


def _reported(row: Row) -> Line:
    said = (row["post"], WRONG[row["category"]].word, DECIDED[row["state"]].word)
    return Line(row["created"], said, "\n\n".join(filter(None, (row["text"], row["outcome"]))))


def _district(row: Row) -> Line:
    return Line(None, (row["district"], WISHES[row["wish"], row["wish"] is Wish.FOLLOW].word))


def _begun(row: Row) -> Line:
    words = (row["fields"].get(name, "") for name in ("title", "text"))
    return Line(row["at"], (KINDS[row["kind"]],), "\n\n".join(filter(None, words)))


def _brought(row: Row) -> Line:
    return Line(row["at"], (row["fields"]["title"],), row["fields"]["text"])


def _digest(row: Row) -> Line:
    return Line(None, (OFTEN[row["often"]].word,))


def _search(row: Row) -> Line:
    kind = (KINDS[row["kind"]],) if row["kind"] else ()
    about = (CATEGORIES[row["category"]].word,) if row["category"] else ()
    return Line(row["created"], (*((row["words"],) if row["words"] else ()), *kind, *about))


def _told(row: Row) -> Line:
    return Line(row["at"], (row["post"],))


def _made(row: Row) -> Line:
    return Line(row["created"], tuple(filter(None, (row.get("name", row.get("note", "")),))))


def _seen(row: Row) -> Line:
    return Line(row["at"], (PROOFS[row["what"]].word,))


def _vouch(row: Row) -> Line:
    return Line(row["said"], (row["name"],))


def _happened(row: Row) -> Line:
    return Line(row["at"], (HAPPENED[row["what"]],), row["why"] or "")


YOU = phrase("You")
_PARTS: list[tuple[str, Words | str, Callable[[Row], Any]]] = [
    ("roles", phrase("My roles"), _role),
    ("posts", phrase("What I ask and offer"), _post),
    ("answers", phrase("Where I answered"), _given),
    ("agreements", phrase("Agreed"), _agreement),
    ("thanks", phrase("Thank you!"), _thanks),
    ("photos", phrase("Photos"), _photo),
    ("invites", phrase("A broker asks you"), _asked),
    ("reports", phrase("What I reported"), _reported),
    ("drafts", STATES["draft"].word, _begun),
    ("brought", phrase("What I brought along"), _brought),
    ("districts", phrase("Districts"), _district),
    ("digests", phrase("My mail"), _digest),
    ("searches", phrase("What I wait for"), _search),
    ("told", phrase("What I read about in a mail"), _told),
    ("sessions", phrase("Where I am signed in"), _made),
    ("passkeys", phrase("My passkeys"), _made),
    ("paper", phrase("I got a letter with a code"), _made),
    ("returns", phrase("Coming back in person"), _made),
    ("tokens", phrase("For programs: tokens"), _made),
    ("invitations", phrase("Invitations"), _made),
    ("proofs", phrase("How far I am known"), _seen),
    ("vouches", phrase("Vouch for each other"), _vouch),
    ("log", phrase("What happened?"), _happened),
]
