"""The keys that an actor names as its own in its document: `publicKey`, and `assertionMethod` (FEP-521a).

A key counts only when it names the actor as its owner in turn, on the same origin. Pure: nothing is fetched.
"""

from dataclasses import dataclass, field
from typing import Any

from node.federation import public_key
from node.federation.documents import listed, origin_of, uri_of

KEYS = 10  # of one actor
_TEXTS = {"publicKeyPem": "owner", "publicKeyMultibase": "controller"}  # and who says whose key it is


@dataclass(frozen=True)
class Keyring:
    """Keys by id, each in the one text it has here (`public_key`), and the ids of those that stand in a
    document of their own."""

    keys: dict[str, str] = field(default_factory=dict)
    elsewhere: tuple[str, ...] = ()


def of(document: dict[str, Any], owner: str) -> Keyring:
    """What the document of `owner` names. What cannot be read, is too weak or is of another origin is left
    out; of two keys with one id the first counts."""
    named = [item for name in ("publicKey", "assertionMethod") for item in listed(document.get(name))[:KEYS]]
    keys: dict[str, str] = {}
    elsewhere: list[str] = []
    for item in named[:KEYS]:
        found = _key(item)
        if found is not None and found[1] == owner:
            keys.setdefault(found[0], found[2])
        elif isinstance(item, str) and _has_own_document(item, owner):
            elsewhere.append(item)
    return Keyring(keys, tuple(elsewhere))


def in_document(document: dict[str, Any], key_id: str) -> tuple[str, str] | None:
    """The key in a document of its own, or in a part of its owner's that is served instead: owner and text.

    Nothing is proved yet: the owner's own document has to name it as well.
    """
    for item in [document, *listed(document.get("publicKey"))[:KEYS]]:
        found = _key(item)
        if found is not None and found[0] == key_id:
            return found[1], found[2]
    return None


def _key(item: Any) -> tuple[str, str, str] | None:
    """Id, owner and text of a key written out; None for anything else."""
    if not isinstance(item, dict) or (key_id := uri_of(item)) is None:
        return None
    for name, belongs in _TEXTS.items():
        if name == "publicKeyMultibase" and item.get("type") != "Multikey":
            continue
        owner, text = uri_of(item.get(belongs)), item.get(name)
        if owner is not None and isinstance(text, str):
            return _read(key_id, owner, text)
    return None


def _read(key_id: str, owner: str, text: str) -> tuple[str, str, str] | None:
    if origin_of(key_id) is None or origin_of(key_id) != origin_of(owner):
        return None
    try:
        return key_id, owner, public_key.encode(public_key.decode(text))
    except ValueError:
        return None


def _has_own_document(key_id: str, owner: str) -> bool:
    """Whether a key that is named by its id alone can be fetched: from the same origin, and not from here."""
    uri = uri_of(key_id)
    return uri is not None and origin_of(uri) == origin_of(owner) and uri.split("#")[0] != owner.split("#")[0]
