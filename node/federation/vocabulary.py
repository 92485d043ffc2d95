"""The words we speak with other nodes: ActivityStreams, FEP-0837's fields, and a few of our own (`wire.md`).

`@context` is always these bytes: it is hashed with the rest by a proof, and nobody needs to fetch it.
"""

from typing import Any

from node.federation.terms import NAMESPACE, OF_POSTS, aliases
from node.neighbourhood.node import Home, directory_of
from node.neighbourhood.post import Audience

AS = "https://www.w3.org/ns/activitystreams"
PUBLIC = f"{AS}#Public"
PUBLIC_NAMES = {PUBLIC, "as:Public", "Public"}
MEDIA_TYPE = "application/activity+json"
PROFILE = f'application/ld+json; profile="{AS}"'
VALUEFLOWS = "https://w3id.org/valueflows/ont/vf#"
EVENTS = "https://w3id.org/fep/8a8e/"

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
        "timezone": f"{EVENTS}timezone",
        "organizers": {"@id": f"{EVENTS}organizers", **_URI},
        "joinMode": f"{EVENTS}joinMode",
        "externalParticipationUrl": {"@id": f"{EVENTS}externalParticipationUrl", **_URI},
        "bk": NAMESPACE,
        **aliases(OF_POSTS),
    },
]


def addressing(home: Home, audience: str, hub: str | None) -> dict[str, Any]:
    """Whom a post is for, as `to` and `cc` (`wire.md` 4). `hub`: the one through which it goes on.

    What is public is also for our Group as `audience`, for software that sorts by group (FEP-1b12).
    """
    near = [] if home.is_hub else [home.adjacent]
    town = [] if hub is None else [directory_of(hub)] if home.is_hub else [hub, directory_of(hub)]
    if audience == Audience.PUBLIC:
        cc = [f"{home.actor}/followers", *near, *town]
        return {"to": [PUBLIC], "cc": cc, "audience": home.actor}
    return {"to": [*near, *town] if audience == Audience.MUNICIPALITY else near}
