"""Our posts as others read them: a Note that carries FEP-0837's Proposal, or an Event. Pure: no I/O."""

from typing import Any

from node.federation.vocabulary import CONTEXT, PROFILE, VALUEFLOWS, addressing
from node.neighbourhood.content import (
    contents,
    is_public,
    page_of,
    paragraph,
    summaries,
    tags_of,
    warning,
    without_words,
)
from node.neighbourhood.hashtag import path_of
from node.neighbourhood.node import Home

_RHYTHM = {"when": "when", "day_part": "dayPart", "repeats": "repeats"}  # facts, and our terms for them


def post(home: Home, facts: dict[str, Any]) -> dict[str, Any]:
    """A post as it is delivered: a Note, or an Event. Our own nodes read all of it directly.

    A public one that is out of sight says no word of itself to anybody.
    """
    facts = without_words(facts)
    said = contents(home, facts)
    return {
        "id": facts["uri"],
        "type": type_of(facts),
        "attributedTo": home.actor,
        **addressing(home, facts["audience"], facts["hub"]),
        "name": facts["title"],
        "content": said[facts["language"]],
        "contentMap": said,
        "source": {"content": facts["text"], "mediaType": "text/plain"},
        "url": page_of(home, facts),
        "published": facts["created"],
        "updated": facts["updated"],
        "endTime": facts["expires"],
        "sensitive": warning(facts) is not None,
        "kind": facts["kind"],
        "category": facts["category"],
        "urgency": facts["urgency"],
        "decide": facts["decide"],
        "listingState": facts["listing_state"],
        "party": {"id": facts["party"], "name": facts["name"]},
        "location": _place(home, facts),
        **(_as_public(home, facts) if is_public(facts) else {}),
        **(_as_event(home, facts) if facts["kind"] == "event" else {}),
        **(_as_proposal(home, facts) if is_proposal(facts) else {}),
        **{term: facts[name] for name, term in _RHYTHM.items() if name in facts},
        **({"photos": facts["photos"]} if facts.get("photos") else {}),
        **_tags(home, facts),
    }


def type_of(facts: dict[str, Any]) -> str:
    """The ActivityStreams type of a post."""
    return "Event" if facts["kind"] == "event" else "Note"


def is_proposal(facts: dict[str, Any]) -> bool:
    """Whether it asks or offers something, so that FEP-0837 has words for it."""
    return facts["kind"] in ("request", "offer")


def _as_public(home: Home, facts: dict[str, Any]) -> dict[str, Any]:
    """What only people elsewhere need: where its conversation is, and what stands before it."""
    before = summaries(home, facts)
    more = {"summary": before[facts["language"]], "summaryMap": before} if before else {}
    uri, images = facts["uri"], [_image(home, one) for one in facts.get("images", ())]
    return {**more, "context": f"{uri}/context", "replies": f"{uri}/replies", "attachment": images}


def _image(home: Home, said: dict[str, Any]) -> dict[str, Any]:
    """A photo, as every server shows it; `name`: what can be seen on it, for who does not see it."""
    image = {"type": "Image", "mediaType": "image/jpeg", "url": home.origin + said["path"]}
    return image | ({"name": said["alt"]} if said["alt"] else {})


def _as_event(home: Home, facts: dict[str, Any]) -> dict[str, Any]:
    """Its time, and for how many there is room: none said, for all who want to come. What is public is told
    as FEP-8a8e has it; people of other software say on its page that they come."""
    room = {"maximumAttendeeCapacity": facts["places"], "remainingAttendeeCapacity": facts["places_left"]}
    time = {"startTime": facts["starts"], **(room if facts["places"] else {})}
    if not is_public(facts):
        return time
    joining = {"joinMode": "external", "externalParticipationUrl": page_of(home, facts)}
    return {**time, "timezone": str(home.zone), "organizers": None, **joining}


def _as_proposal(home: Home, facts: dict[str, Any]) -> dict[str, Any]:
    kind, category = facts["kind"], facts["category"]
    action = "transfer" if kind == "offer" and category == "spullen" else "deliverService"
    intent = _intent(home, facts["uri"], action, facts)
    return {"purpose": kind, "unitBased": facts["places"] > 1, "publishes": intent}


def _tags(home: Home, facts: dict[str, Any]) -> dict[str, Any]:
    """The hashtags of a public post, and the link to its twin (FEP-e232)."""
    words = tags_of(facts) if is_public(facts) else []
    tags = [{"type": "Hashtag", "name": f"#{word}", "href": home.origin + path_of(word)} for word in words]
    links = [_twin(facts)] if is_proposal(facts) else []
    return {"tag": [*tags, *links]} if tags or links else {}


def _twin(facts: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "Link",
        "mediaType": PROFILE,
        "href": f"{facts['uri']}/proposal",
        "rel": [f"{VALUEFLOWS}Proposal"],
        "name": facts["title"],
    }


def proposal(home: Home, facts: dict[str, Any]) -> dict[str, Any]:
    """The twin of a post, for software that looks for type Proposal (FEP-0837). Never delivered."""
    full = post(home, facts)
    keep = (
        "attributedTo",
        "to",
        "cc",
        "audience",
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
        **({"agreedFor": facts["agreed_for"]} if "agreed_for" in facts else {}),
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
