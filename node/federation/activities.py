"""Our messages, whole: what happened here, as ActivityStreams activities (`wire.md`). Pure: no I/O."""

from typing import Any

from node.federation import direct
from node.federation.objects import message, one, post, reply, tombstone
from node.federation.vocabulary import CONTEXT, PUBLIC, addressing
from node.neighbourhood.content import paragraph
from node.neighbourhood.node import Home, advisories_of, directory_of

_THANKS = {
    "taken": "Al geholpen, dank je wel.",
    "declined": "Deze keer niet, dank je wel.",
    "closed": "Het hoeft niet meer, dank je wel.",
    "unknown": "Deze vraag kennen wij niet.",
}
_ACTED_ON = "Dank je wel voor de melding. We hebben er iets aan gedaan."
_STAYS = "Dank je wel voor de melding. We hebben gekeken, en dit mag blijven staan."
BY_APPLICATION = "Flag"  # all else is said by the Group (`wire.md` 1.2)


def activity(
    home: Home, type: str, uri: str, object: str, facts: dict[str, Any], created: str, to: str
) -> dict[str, Any]:
    """One message of ours. `object` is what it is about, `to` the actor it goes to when it goes to one
    alone."""
    said = _SAYS[type](home, object, {"created": created, **facts}, to)
    actor = home.application if type == BY_APPLICATION else home.actor
    return {"@context": CONTEXT, "id": uri, "type": type, "actor": actor, "published": created, **said}


def _says_create(home: Home, object: str, facts: dict[str, Any], to: str) -> dict[str, Any]:
    if "direct" in facts:
        return {"to": [to], "object": direct.note(home, facts)}
    if "reply" in facts:
        return {"to": [to], "object": reply(home, object, facts, to)}
    if "context" in facts:
        return {"to": [to], "object": message(home, facts, to)}
    return _says_post(home, object, facts, to)


def _says_join(home: Home, object: str, facts: dict[str, Any], to: str) -> dict[str, Any]:
    return {"to": [to], "party": {"id": facts["party"], "name": facts["name"]}, "object": object}


def _says_post(home: Home, object: str, facts: dict[str, Any], to: str) -> dict[str, Any]:
    return {**addressing(home, facts["audience"], facts["hub"]), "object": post(home, facts)}


def _says_update(home: Home, object: str, facts: dict[str, Any], to: str) -> dict[str, Any]:
    if object == home.actor and "keys" in facts:
        whom = {"to": [PUBLIC], "cc": [f"{home.actor}/followers", to]}
        return {**whom, "object": facts["actor"]}
    if object == home.actor:
        return {"to": [to], "object": object}
    if "done" in facts:
        agreement = {"id": object, "type": "Agreement", "attributedTo": home.actor}
        return {"to": [to], "object": {**agreement, "listingState": "fulfilled"}}
    return _says_post(home, object, facts, to)


def _says_delete(home: Home, object: str, facts: dict[str, Any], to: str) -> dict[str, Any]:
    whom = addressing(home, facts["audience"], facts["hub"]) if "audience" in facts else {"to": [to]}
    return {**whom, "object": tombstone(facts["uri"], facts["former"], facts["deleted"])}


def _says_follow(home: Home, object: str, facts: dict[str, Any], to: str) -> dict[str, Any]:
    return {"to": [to], "object": object}


def _says_offer(home: Home, object: str, facts: dict[str, Any], to: str) -> dict[str, Any]:
    if "target" in facts:
        return {"to": [to], "object": object, "target": facts["target"]}
    commitment = {"type": "Commitment", "satisfies": f"{object}#primary", "resourceQuantity": one()}
    return {
        "to": [to],
        **({"inReplyTo": facts["invite"]} if facts.get("invite") else {}),
        "party": {"id": facts["party"], "name": facts["name"]},
        "source": {"content": facts["text"], "mediaType": "text/plain"},
        "content": paragraph(facts["text"]),
        **({"when": facts["when"]} if facts.get("when") else {}),
        "object": {"type": "Agreement", "stipulates": commitment},
    }


def _says_listed(home: Home, object: str, facts: dict[str, Any], to: str) -> dict[str, Any]:
    """Add to, or Remove from, a hub's directory, or what it advises: members read that there."""
    if "advisory" in facts:
        return {"to": [directory_of(home.actor)], "object": object, "target": advisories_of(home.actor)}
    return {"to": [directory_of(home.actor)], "object": object, "target": directory_of(home.actor)}


def _says_accept(home: Home, object: str, facts: dict[str, Any], to: str) -> dict[str, Any]:
    if "flag" in facts:
        return _says_outcome(object, facts, to, _ACTED_ON)
    if "receipts" in facts:
        return {"to": [to], "object": facts["receipts"]}
    if "follow" in facts:
        return {"to": [to], "object": {"id": object, "type": "Follow", "actor": to, "object": home.actor}}
    if "membership" in facts or "join" in facts:
        return {"to": [to], "object": object}
    agreement, primary = facts["agreement"], f"{facts['agreement']}#primary"
    satisfies = f"{facts['post']}#primary"
    commitment = {"type": "Commitment", "id": primary, "satisfies": satisfies, "resourceQuantity": one()}
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
    if "flag" in facts:
        return _says_outcome(object, facts, to, _STAYS)
    if "follow" in facts:
        return {"to": [to], "object": {"id": object, "type": "Follow", "actor": to, "object": home.actor}}
    reason = facts["reason"]
    content = paragraph(_THANKS.get(reason, reason))
    return {"to": [to], "object": object, "reason": reason, "content": content}


def _says_flag(home: Home, object: str, facts: dict[str, Any], to: str) -> dict[str, Any]:
    """What sort of thing is wrong; then, if there are any, a supervisor's words. Never the reporter's."""
    words = f": {facts['words']}" if facts["words"] else ""
    account = [facts["account"]] if "account" in facts else []  # other software wants to know of whom it is
    return {"to": [to], "object": [*account, object], "content": f"{facts['category']}{words}"}


def _says_outcome(object: str, facts: dict[str, Any], to: str, usual: str) -> dict[str, Any]:
    """What became of a Flag, in words without names."""
    words = facts["words"] or usual
    source = {"content": words, "mediaType": "text/plain"}
    return {"to": [to], "object": object, "source": source, "content": paragraph(words)}


def _says_announce(home: Home, object: str, facts: dict[str, Any], to: str) -> dict[str, Any]:
    """A member's public post, for who follows us as hub: its id alone, to be read at its home."""
    return {"to": [PUBLIC], "cc": [f"{home.actor}/followers"], "object": object}


def _says_undo(home: Home, object: str, facts: dict[str, Any], to: str) -> dict[str, Any]:
    if "announced" in facts:
        told = {"id": object, "type": "Announce", "actor": home.actor, "object": facts["announced"]}
        return {"to": [PUBLIC], "cc": [f"{home.actor}/followers"], "object": told}
    if "follow" in facts:
        return {"to": [to], "object": {"id": object, "type": "Follow", "actor": home.actor, "object": to}}
    reason = {"reason": facts["reason"]} if "reason" in facts else {}
    return {"to": [to], "object": object, **reason}


def _says_move(home: Home, object: str, facts: dict[str, Any], to: str) -> dict[str, Any]:
    """We live elsewhere now: whoever follows us follows that one (FEP-7628)."""
    followers = {"to": [PUBLIC], "cc": [f"{home.actor}/followers"]}
    return {**followers, "object": object, "target": facts["target"]}


def _says_invite(home: Home, object: str, facts: dict[str, Any], to: str) -> dict[str, Any]:
    return {"to": [to], "object": object, "target": facts["target"], "endTime": facts["ends"]}


_SAYS = {
    "Create": _says_create,
    "Update": _says_update,
    "Delete": _says_delete,
    "Follow": _says_follow,
    "Offer": _says_offer,
    "Invite": _says_invite,
    "Join": _says_join,
    "Accept": _says_accept,
    "Reject": _says_reject,
    "Undo": _says_undo,
    "Flag": _says_flag,
    "Announce": _says_announce,
    "Move": _says_move,
    "Add": _says_listed,
    "Remove": _says_listed,
}
