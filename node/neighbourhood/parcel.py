"""Moving house: what somebody takes from one neighbourhood to another, as their old node wrote it down.

Only their own words and wishes are in it, and what they can read anyway. How far they are known does not
travel, nor do roles, telephone number and address: they are asked for anew where one lives.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from node.neighbourhood import wish
from node.neighbourhood.digest import HOURS, Often
from node.neighbourhood.draft import checked_category
from node.neighbourhood.fields import checked_words
from node.neighbourhood.language import checked_language
from node.neighbourhood.refusal import Invalid, phrase
from node.neighbourhood.resident import checked_email, checked_name
from node.neighbourhood.when import DayPart, Repeats

TYPE = "Parcel"
LASTS = timedelta(days=30)
LONGEST = 64 * 1024  # letters
OFFERS_MOST = 20
_SPOILT = phrase("This is no file of a neighbourhood, or something in it was changed. Fetch it once more.")
_OVER = phrase("This file is too old. Fetch a new one at your old neighbourhood.")
_CHOICES: dict[str, Any] = {"day_part": DayPart, "repeats": Repeats}


@dataclass(frozen=True)
class Parcel:
    """What is in it. `home`: the actor of the old node; `mail`: whose it is, empty for somebody without;
    `digest`: how often and at what hour; `searches`: words, kind, category and ring of each; `offers`: each
    as the fields of its form."""

    id: str
    home: str
    until: datetime
    name: str
    mail: str
    language: str
    digest: tuple[str, str] | None = None
    searches: list[tuple[str, str, str, str]] = field(default_factory=list)
    offers: list[dict[str, str]] = field(default_factory=list)


def spoilt() -> Invalid:
    """What whoever brings such a file reads: a liar learns no more from it."""
    return Invalid({"file": _SPOILT})


def written(parcel: Parcel, made: datetime) -> dict[str, Any]:
    """As it stands in the file, but for the proof."""
    return {
        "id": parcel.id,
        "type": TYPE,
        "attributedTo": parcel.home,
        "published": _stamp(made),
        "endTime": _stamp(parcel.until),
        "name": parcel.name,
        "mail": parcel.mail,
        "language": parcel.language,
        "digest": list(parcel.digest) if parcel.digest else [],
        "searches": [list(one) for one in parcel.searches],
        "offers": parcel.offers,
    }


def read(said: dict[str, Any], at: datetime) -> Parcel:
    """What a file says whose proof held. Every value is held against the rules of our own forms: the node
    that signed it may lie. Raises Invalid."""
    try:
        found = _read(said)
    except (KeyError, TypeError, ValueError, AttributeError, Invalid):
        raise spoilt() from None
    if not found.until - LASTS - timedelta(hours=1) <= at < found.until:
        raise Invalid({"file": _OVER})
    return found


def _read(said: dict[str, Any]) -> Parcel:
    if said["type"] != TYPE or not isinstance(said["attributedTo"], str):
        raise spoilt()
    digest = [str(one) for one in said["digest"]]
    if digest and (digest[0] not in list(Often) or digest[1] not in {str(hour) for hour in HOURS}):
        raise spoilt()
    return Parcel(
        id=_text(said["id"]),
        home=said["attributedTo"],
        until=datetime.fromisoformat(said["endTime"].replace("Z", "+00:00")),
        name=checked_name(_text(said["name"])),
        mail=checked_email(_text(said["mail"])) if said["mail"] else "",
        language=checked_language(_text(said["language"])),
        digest=(digest[0], digest[1]) if digest else None,
        searches=[_search(one) for one in said["searches"][: wish.MOST]],
        offers=[_offer(one) for one in said["offers"][:OFFERS_MOST]],
    )


def _search(said: list[Any]) -> tuple[str, str, str, str]:
    words, kind, category, ring = (_text(one) for one in said)
    wish.checked(words, kind, category, ring)
    return words, kind, category, ring


def _offer(said: dict[str, Any]) -> dict[str, str]:
    """The fields of a form; what our form does not know is left out."""
    title, text = checked_words(_text(said["title"]), _text(said["text"]))
    fields = {"title": title, "text": text, "category": str(checked_category(_text(said["category"])))}
    read_as: dict[str, Callable[[str], Any]] = {name: kind for name, kind in _CHOICES.items() if name in said}
    return fields | {name: str(kind(_text(said[name]))) for name, kind in read_as.items()}


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise spoilt()
    return value


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
