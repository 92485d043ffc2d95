"""HTTP Message Signatures (RFC 9421), by Ed25519 or RSA: between our own nodes, and with whoever reads them.

Reading checks all that needs no key. ValueError: this cannot be read. Refused(401): it can, but it does not
prove who sent it.
"""

from base64 import b64encode
from datetime import datetime
from typing import Any

import http_sf

from node.federation import digests, structured
from node.federation.message import (
    ONE_LINE,
    Fields,
    Kind,
    Refused,
    Said,
    check_key_id,
    check_length,
    check_time,
    check_together,
    header,
    required,
    target,
)
from node.federation.own_key import RsaKey, SigningKey

Signed = tuple[list[Any], dict[str, Any]]  # one member of Signature-Input: the components, the parameters

_NAMES = {Kind.ED25519: "ed25519", Kind.RSA: "rsa-v1_5-sha256"}
_KINDS = {name: kind for kind, name in _NAMES.items()}
_COMPONENTS_AT_MOST = 32


def sign(
    method: str,
    target_uri: str,
    body: bytes | None,
    content_type: str | None,
    key: SigningKey | RsaKey,
    created: int,
) -> dict[str, str]:
    """The headers to add to a request of ours, names in small letters; `created` in seconds since 1970.

    ValueError for a body without content type, and for an address with a fragment or a sign outside ASCII.
    """
    headers = {}
    if body is not None:
        if content_type is None:
            raise ValueError("A body needs a content type.")
        headers = {"content-digest": digests.make(body), "content-type": content_type}
    values = {"@method": method, "@target-uri": target(target_uri).uri, **headers}
    names = " ".join(f'"{name}"' for name in values)
    said = f'({names});created={created};keyid="{key.key_id}";alg="{_NAMES[key.kind]}"'
    lines = [f'"{name}": {value}' for name, value in values.items()] + [f'"@signature-params": {said}']
    if not all(ONE_LINE.fullmatch(line) for line in lines):
        raise ValueError("There is a sign in the message that cannot be signed, or a header is folded.")
    signature = b64encode(key.sign("\n".join(lines).encode("ascii"))).decode("ascii")
    return {**headers, "signature-input": f"sig1={said}", "signature": f"sig1=:{signature}:"}


def read(method: str, target_uri: str, headers: Fields, body: bytes, at: datetime) -> Said:
    """What the one signature of a request says: by which key, and over which text."""
    label, signed, written = _input(headers)
    signature = _signature(headers, label)
    names, parameters = _names(signed), signed[1]
    key_id, kind = check_key_id(parameters.get("keyid")), _kind(parameters)
    check_length(signature, kind)
    _check_covers(names, method, target_uri, body)
    _check_time(parameters, header(headers, "date"), at.timestamp())
    if "content-digest" in names:
        digests.refuse_another(digests.read(required(headers, "content-digest")), body)
    return Said(key_id, kind, signature, (base(method, target_uri, headers, signed, written),))


def base(method: str, target_uri: str, headers: Fields, signed: Signed, written: str | None = None) -> bytes:
    """The text that is signed, line by line (RFC 9421, 2.5). `written`: what Signature-Input says, where that
    is spelled as it must be anyway.

    ValueError for a component we do not read and a header that is doubled, folded or too long; Refused(401)
    for a signed header that is not there.
    """
    derived = _derived(method, target_uri)
    values = {name: derived[name] if name in derived else required(headers, name) for name in _names(signed)}
    values["@signature-params"] = written or http_sf.ser({"s": signed}).removeprefix("s=")
    if not all(ONE_LINE.fullmatch(value) for value in values.values()):
        raise ValueError("There is a sign in the message that cannot be signed.")
    return "\n".join(f'"{name}": {value}' for name, value in values.items()).encode("ascii")


def _input(headers: Fields) -> tuple[str, Signed, str | None]:
    """The one signature's label, what it says that it covers, and its words where those are in order."""
    text = required(headers, "signature-input")
    members = structured.dictionary(text)
    if len(members) != 1:
        raise ValueError("There must be one signature, neither more nor less.")
    label, signed = members.popitem()
    if not isinstance(signed[0], list):
        raise ValueError("Signature-Input does not list what is signed.")
    return label, signed, structured.as_written(text)


def _signature(headers: Fields, label: str) -> bytes:
    """The signature's bytes. Another spelling of the same bytes is refused: one signature is one text."""
    text = required(headers, "signature")
    signature = structured.dictionary(text).get(label, (None,))[0]
    if not isinstance(signature, bytes) or f"{label}=:{b64encode(signature).decode('ascii')}:" != text:
        raise ValueError("Signature holds something else than the one signature that Signature-Input names.")
    return signature


def _names(signed: Signed) -> list[str]:
    """The components that are covered, in order. None may carry a parameter (;sf ;key ;bs ;req ;tr ;name)."""
    names = [name for name, _ in signed[0]]
    if any(parameters for _, parameters in signed[0]):
        raise ValueError("A signed component carries a parameter; none is read here.")
    if not all(isinstance(name, str) for name in names) or len(names) > _COMPONENTS_AT_MOST:
        raise ValueError("The list of signed components cannot be read.")
    if len(set(names)) != len(names):
        raise ValueError("A component is signed twice.")
    return names


def _kind(parameters: dict[str, Any]) -> Kind | None:
    """The kind of key that is named; None where it is left to the key. Never one that shares a secret."""
    if "alg" not in parameters:
        return None
    name = parameters["alg"]
    if not isinstance(name, str) or name not in _KINDS:
        raise Refused(401, "Only Ed25519 and RSA (rsa-v1_5-sha256) signatures are read here.")
    return _KINDS[name]


def _check_covers(names: list[str], method: str, target_uri: str, body: bytes) -> None:
    """Refuse a signature that leaves open what was asked, of whom, or with which body."""
    parts = {"@authority", "@path"} | ({"@query"} if "?" in target_uri else set())
    if "@method" not in names or not ("@target-uri" in names or parts <= set(names)):
        raise Refused(401, "The signature must cover the method and the whole address.")
    if (body or method not in ("GET", "HEAD")) and "content-digest" not in names:
        raise Refused(401, "The signature must cover the digest of the body.")


def _check_time(parameters: dict[str, Any], date: str | None, now: float) -> None:
    created, expires = parameters.get("created"), parameters.get("expires")
    if created is None:
        raise Refused(401, "The signature does not say when it was made.")
    if type(created) is not int or type(expires) not in (int, type(None)):
        raise ValueError("The times in the signature are not whole seconds.")
    check_time(created, expires, now)
    check_together(created, date)


def _derived(method: str, target_uri: str) -> dict[str, str]:
    """What the request itself says, by component (RFC 9421, 2.2)."""
    asked = target(target_uri)
    return {
        "@method": method,
        "@target-uri": asked.uri,
        "@authority": asked.authority,
        "@scheme": asked.scheme,
        "@path": asked.path,
        "@query": asked.query or "?",
    }
