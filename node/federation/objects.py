"""Our posts as others read them: a Note that carries FEP-0837's Proposal, or an Event. Pure: no I/O."""

from datetime import datetime
from html import escape
from typing import Any

from node.federation.vocabulary import CONTEXT, PROFILE, VALUEFLOWS, addressing, paragraph
from node.neighbourhood.node import Home

_WANTED = {"request": "GEVRAAGD", "offer": "AANGEBODEN", "notice": "BERICHT", "event": "ACTIVITEIT"}


def post(home: Home, facts: dict[str, Any]) -> dict[str, Any]:
    """A post as it is delivered: a Note, or an Event. Our own nodes read all of it directly."""
    content = _content(home, facts)
    return {
        "id": facts["uri"],
        "type": type_of(facts),
        "attributedTo": home.actor,
        **addressing(home, facts["audience"], facts["hub"]),
        "name": facts["title"],
        "content": content,
        "contentMap": {facts["language"]: content},
        "source": {"content": facts["text"], "mediaType": "text/plain"},
        "url": f"{home.origin}/o/{facts['page']}",
        "published": facts["created"],
        "updated": facts["updated"],
        "endTime": facts["expires"],
        "sensitive": False,
        "kind": facts["kind"],
        "category": facts["category"],
        "urgency": facts["urgency"],
        "decide": facts["decide"],
        "listingState": facts["listing_state"],
        "party": {"id": facts["party"], "name": facts["name"]},
        "location": _place(home, facts),
        **(_as_event(facts) if facts["kind"] == "event" else {}),
        **(_as_proposal(home, facts) if is_proposal(facts) else {}),
    }


def type_of(facts: dict[str, Any]) -> str:
    """The ActivityStreams type of a post."""
    return "Event" if facts["kind"] == "event" else "Note"


def is_proposal(facts: dict[str, Any]) -> bool:
    """Whether it asks or offers something, so that FEP-0837 has words for it."""
    return facts["kind"] in ("request", "offer")


def _as_event(facts: dict[str, Any]) -> dict[str, Any]:
    """Its time, and for how many there is room: none said, for all who want to come."""
    room = {"maximumAttendeeCapacity": facts["places"], "remainingAttendeeCapacity": facts["places_left"]}
    return {"startTime": facts["starts"], **(room if facts["places"] else {})}


def _as_proposal(home: Home, facts: dict[str, Any]) -> dict[str, Any]:
    uri, kind, category = facts["uri"], facts["kind"], facts["category"]
    action = "transfer" if kind == "offer" and category == "spullen" else "deliverService"
    link = {
        "type": "Link",
        "mediaType": PROFILE,
        "href": f"{uri}/proposal",
        "rel": [f"{VALUEFLOWS}Proposal"],
        "name": facts["title"],
    }
    intent = _intent(home, uri, action, facts)
    return {"purpose": kind, "tag": [link], "unitBased": facts["places"] > 1, "publishes": intent}


def proposal(home: Home, facts: dict[str, Any]) -> dict[str, Any]:
    """The twin of a post, for software that looks for type Proposal (FEP-0837). Never delivered."""
    full = post(home, facts)
    keep = (
        "attributedTo",
        "to",
        "cc",
        "name",
        "content",
        "published",
        "updated",
        "endTime",
        "purpose",
        "location",
    )
    publishes = {**full["publishes"], "id": f"{facts['uri']}/proposal#primary"}
    twin = {name: full[name] for name in keep if name in full}
    more = {"unitBased": full["unitBased"], "listingState": full["listingState"], "publishes": publishes}
    return {"@context": CONTEXT, "id": f"{facts['uri']}/proposal", "type": "Proposal", **twin, **more}


def message(home: Home, facts: dict[str, Any], to: str) -> dict[str, Any]:
    """A message of a thread, for the other home of the Offer alone (`context`; `wire.md` 7)."""
    return {
        "id": facts["uri"],
        "type": "Note",
        "attributedTo": home.actor,
        "to": [to],
        "context": facts["context"],
        "content": paragraph(facts["text"]),
        "source": {"content": facts["text"], "mediaType": "text/plain"},
    }


def tombstone(uri: str, former: str, deleted: str) -> dict[str, Any]:
    """What is left of a post that was taken back."""
    return {"id": uri, "type": "Tombstone", "formerType": former, "deleted": deleted}


def reply(home: Home, uri: str, facts: dict[str, Any], to: str) -> dict[str, Any]:
    """A public answer to a notice: shown at its home, and nowhere else."""
    return {
        "id": uri,
        "type": "Note",
        "attributedTo": home.actor,
        "to": [to],
        "inReplyTo": facts["reply"],
        "party": {"id": facts["party"], "name": facts["name"]},
        "source": {"content": facts["text"], "mediaType": "text/plain"},
        "content": paragraph(facts["text"]),
    }


def one() -> dict[str, str]:
    """One of something, as FEP-0837 counts: in text."""
    return {"hasUnit": "one", "hasNumericalValue": "1"}


def _intent(home: Home, uri: str, action: str, facts: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "Intent",
        "id": f"{uri}#primary",
        "action": action,
        "resourceConformsTo": f"{home.origin}/ap/category/{facts['category']}",
        "resourceQuantity": one(),
        "availableQuantity": {"hasUnit": "one", "hasNumericalValue": str(facts["places_left"])},
    }


def _place(home: Home, facts: dict[str, Any]) -> dict[str, Any]:
    """Where: of an event the place where people meet, else the neighbourhood."""
    code = facts["area_code"]
    if facts["place"]:
        return {"type": "Place", "name": facts["place"], "areaCode": code}
    area = {"id": f"{home.origin}/ap/gebied/{code}", "name": facts["area_name"]}
    return {"type": "Place", **area, "areaCode": code}


def _content(home: Home, facts: dict[str, Any]) -> str:
    head = f"<strong>{_WANTED[facts['kind']]} · {escape(facts['category'])}</strong>"
    when = f"<br>{escape(_when(home, facts))}" if facts["starts"] else ""
    parts = [paragraph(part) for part in facts["text"].split("\n\n") if part]
    return f"<p>{head}<br>{escape(facts['title'])}{when}</p>{''.join(parts)}"


def _when(home: Home, facts: dict[str, Any]) -> str:
    begin = datetime.fromisoformat(facts["starts"]).astimezone(home.zone)
    where = f", {facts['place']}" if facts["place"] else ""
    return f"{begin:%d-%m-%Y %H:%M}{where}"
