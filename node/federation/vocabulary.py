"""What we say to other nodes: our facts as ActivityStreams, with FEP-0837's fields (`wire.md`). Pure: no I/O.

`@context` is always these bytes: it is hashed with the rest by a proof, and nobody needs to fetch it.
"""

from html import escape
from typing import Any

from node.neighbourhood.node import Home
from node.neighbourhood.post import Audience

AS = "https://www.w3.org/ns/activitystreams"
PUBLIC = f"{AS}#Public"
MEDIA_TYPE = "application/activity+json"
PROFILE = f'application/ld+json; profile="{AS}"'
VALUEFLOWS = "https://w3id.org/valueflows/ont/vf#"
NAMESPACE = "https://ns.buurtknoop.example/v1#"

_URI = {"@type": "@id"}
CONTEXT: list[Any] = [
    AS,
    "https://w3id.org/security/data-integrity/v2",
    {
        "vf": VALUEFLOWS,
        "om2": "http://www.ontology-of-units-of-measure.org/resource/om-2/",
        "Proposal": "vf:Proposal",
        "Intent": "vf:Intent",
        "Agreement": "vf:Agreement",
        "Commitment": "vf:Commitment",
        "purpose": "vf:purpose",
        "publishes": "vf:publishes",
        "reciprocal": "vf:reciprocal",
        "stipulates": "vf:stipulates",
        "satisfies": {"@id": "vf:satisfies", **_URI},
        "unitBased": "vf:unitBased",
        "action": "vf:action",
        "resourceConformsTo": {"@id": "vf:resourceConformsTo", **_URI},
        "resourceQuantity": "vf:resourceQuantity",
        "availableQuantity": "vf:availableQuantity",
        "hasUnit": "om2:hasUnit",
        "hasNumericalValue": "om2:hasNumericalValue",
        "Hashtag": "as:Hashtag",
        "sensitive": "as:sensitive",
        "bk": NAMESPACE,
        "listingState": "bk:listingState",
        "areaCode": "bk:areaCode",
        "party": "bk:party",
        "kind": "bk:kind",
        "category": "bk:category",
        "urgency": "bk:urgency",
        "decide": "bk:decide",
        "reason": "bk:reason",
    },
]
_WANTED = {"request": "GEVRAAGD", "offer": "AANGEBODEN"}
_THANKS = {
    "taken": "Al geholpen, dank je wel.",
    "declined": "Deze keer niet, dank je wel.",
    "closed": "Het hoeft niet meer, dank je wel.",
    "unknown": "Deze vraag kennen wij niet.",
}


def activity(
    home: Home, type: str, uri: str, object: str, facts: dict[str, Any], created: str, to: str
) -> dict[str, Any]:
    """One message of ours. `object` is what it is about, `to` the actor it goes to when it goes to one
    alone."""
    said = _SAYS[type](home, object, facts, to)
    return {"@context": CONTEXT, "id": uri, "type": type, "actor": home.actor, "published": created, **said}


def addressing(home: Home, audience: str) -> dict[str, list[str]]:
    """Whom a post is for, as `to` and `cc` (`wire.md` 4)."""
    if audience == Audience.PUBLIC:
        return {"to": [PUBLIC], "cc": [f"{home.actor}/followers", home.adjacent]}
    return {"to": [home.adjacent]}


def note(home: Home, facts: dict[str, Any]) -> dict[str, Any]:
    """A post as a Note that carries FEP-0837's Proposal; our own nodes read it directly."""
    uri, kind, category = facts["uri"], facts["kind"], facts["category"]
    content = _content(facts)
    action = "transfer" if kind == "offer" and category == "spullen" else "deliverService"
    link = {
        "type": "Link",
        "mediaType": PROFILE,
        "href": f"{uri}/proposal",
        "rel": [f"{VALUEFLOWS}Proposal"],
        "name": facts["title"],
    }
    return {
        "id": uri,
        "type": "Note",
        "attributedTo": home.actor,
        **addressing(home, facts["audience"]),
        "name": facts["title"],
        "content": content,
        "contentMap": {facts["language"]: content},
        "source": {"content": facts["text"], "mediaType": "text/plain"},
        "url": f"{home.origin}/o/{facts['page']}",
        "published": facts["created"],
        "updated": facts["updated"],
        "endTime": facts["expires"],
        "sensitive": False,
        "tag": [link],
        "kind": kind,
        "purpose": kind,
        "category": category,
        "urgency": facts["urgency"],
        "decide": facts["decide"],
        "listingState": facts["listing_state"],
        "party": {"id": facts["party"], "name": facts["name"]},
        "location": _place(home, facts),
        "unitBased": facts["places"] > 1,
        "publishes": _intent(home, uri, action, facts),
    }


def proposal(home: Home, facts: dict[str, Any]) -> dict[str, Any]:
    """The twin of a post, for software that looks for type Proposal (FEP-0837). Never delivered."""
    full = note(home, facts)
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


def tombstone(uri: str, deleted: str) -> dict[str, Any]:
    """What is left of a post that was taken back."""
    return {"id": uri, "type": "Tombstone", "formerType": "Note", "deleted": deleted}


def _one() -> dict[str, str]:
    return {"hasUnit": "one", "hasNumericalValue": "1"}


def _intent(home: Home, uri: str, action: str, facts: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "Intent",
        "id": f"{uri}#primary",
        "action": action,
        "resourceConformsTo": f"{home.origin}/ap/category/{facts['category']}",
        "resourceQuantity": _one(),
        "availableQuantity": {"hasUnit": "one", "hasNumericalValue": str(facts["places_left"])},
    }


def _place(home: Home, facts: dict[str, Any]) -> dict[str, Any]:
    code = facts["area_code"]
    return {
        "type": "Place",
        "id": f"{home.origin}/ap/gebied/{code}",
        "name": facts["area_name"],
        "areaCode": code,
    }


def _content(facts: dict[str, Any]) -> str:
    head = f"<strong>{_WANTED[facts['kind']]} · {escape(facts['category'])}</strong>"
    text = "".join(
        f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in facts["text"].split("\n\n") if part
    )
    return f"<p>{head}<br>{escape(facts['title'])}</p>{text}"


def _paragraph(text: str) -> str:
    return f"<p>{escape(text).replace(chr(10), '<br>')}</p>"


def _says_post(home: Home, object: str, facts: dict[str, Any], to: str) -> dict[str, Any]:
    return {**addressing(home, facts["audience"]), "object": note(home, facts)}


def _says_update(home: Home, object: str, facts: dict[str, Any], to: str) -> dict[str, Any]:
    if object == home.actor:
        return {"to": [to], "object": object}
    return _says_post(home, object, facts, to)


def _says_delete(home: Home, object: str, facts: dict[str, Any], to: str) -> dict[str, Any]:
    return {**addressing(home, facts["audience"]), "object": tombstone(facts["uri"], facts["deleted"])}


def _says_follow(home: Home, object: str, facts: dict[str, Any], to: str) -> dict[str, Any]:
    return {"to": [to], "object": object}


def _says_offer(home: Home, object: str, facts: dict[str, Any], to: str) -> dict[str, Any]:
    commitment = {"type": "Commitment", "satisfies": f"{object}#primary", "resourceQuantity": _one()}
    return {
        "to": [to],
        "party": {"id": facts["party"], "name": facts["name"]},
        "source": {"content": facts["text"], "mediaType": "text/plain"},
        "content": _paragraph(facts["text"]),
        "object": {"type": "Agreement", "stipulates": commitment},
    }


def _says_accept(home: Home, object: str, facts: dict[str, Any], to: str) -> dict[str, Any]:
    if "receipts" in facts:
        return {"to": [to], "object": facts["receipts"]}
    if "follow" in facts:
        return {"to": [to], "object": {"id": object, "type": "Follow", "actor": to, "object": home.actor}}
    agreement, primary = facts["agreement"], f"{facts['agreement']}#primary"
    satisfies = f"{facts['post']}#primary"
    commitment = {"type": "Commitment", "id": primary, "satisfies": satisfies, "resourceQuantity": _one()}
    return {
        "to": [to],
        "object": object,
        "party": {"id": facts["party"], "name": facts["name"]},
        "result": {
            "type": "Agreement",
            "id": agreement,
            "attributedTo": home.actor,
            "stipulates": commitment,
        },
    }


def _says_reject(home: Home, object: str, facts: dict[str, Any], to: str) -> dict[str, Any]:
    reason = facts["reason"]
    content = _paragraph(_THANKS.get(reason, reason))
    return {"to": [to], "object": object, "reason": reason, "content": content}


def _says_undo(home: Home, object: str, facts: dict[str, Any], to: str) -> dict[str, Any]:
    if "follow" in facts:
        return {"to": [to], "object": {"id": object, "type": "Follow", "actor": home.actor, "object": to}}
    reason = {"reason": facts["reason"]} if "reason" in facts else {}
    return {"to": [to], "object": object, **reason}


_SAYS = {
    "Create": _says_post,
    "Update": _says_update,
    "Delete": _says_delete,
    "Follow": _says_follow,
    "Offer": _says_offer,
    "Accept": _says_accept,
    "Reject": _says_reject,
    "Undo": _says_undo,
}
