"""What a fuzzer begins with: one of each thing that others send, and the words that count in them."""

import json

THEIRS = "https://leugenaar.example"
GROUP = f"{THEIRS}/ap/buurt/leugenaar"
NEAR = f"{GROUP}/adjacent"

_NOTE = {
    "id": f"{THEIRS}/ap/o/1",
    "type": "Note",
    "attributedTo": GROUP,
    "to": [NEAR],
    "name": "Wie wil er een fiets?",
    "source": {"content": "Echt waar.", "mediaType": "text/plain"},
    "published": "2026-01-01T00:00:00Z",
    "updated": "2026-01-01T00:00:00Z",
    "endTime": "2199-01-01T00:00:00Z",
    "startTime": "2190-01-01T00:00:00+01:00",
    "kind": "offer",
    "category": "spullen",
    "urgency": "week",
    "listingState": "open",
    "party": {"id": f"{THEIRS}/ap/p/1", "name": "Lou"},
    "publishes": {"availableQuantity": {"hasUnit": "one", "hasNumericalValue": "1"}},
    "location": {"id": f"{THEIRS}/x", "name": "Hier", "areaCode": "BU00000009"},
    "maximumAttendeeCapacity": 3,
    "contentMap": {"nl": "<p>x</p>"},
    "tag": [{"type": "Hashtag", "name": "#fiets"}],
}
_ACTOR = {
    "@context": ["https://www.w3.org/ns/activitystreams"],
    "id": GROUP,
    "type": "Group",
    "inbox": f"{GROUP}/inbox",
    "outbox": f"{GROUP}/outbox",
    "name": "De Leugen",
    "adjacentNodes": NEAR,
    "endpoints": {"sharedInbox": f"{THEIRS}/inbox"},
    "assertionMethod": [
        {
            "id": f"{GROUP}#ed25519-key",
            "type": "Multikey",
            "controller": GROUP,
            "publicKeyMultibase": "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
        }
    ],
    "publicKey": {"id": f"{GROUP}#main-key", "owner": GROUP, "publicKeyPem": "-----BEGIN PUBLIC KEY-----"},
}
_CREATE = {
    "@context": ["https://www.w3.org/ns/activitystreams"],
    "id": f"{THEIRS}/ap/a/1",
    "type": "Create",
    "actor": GROUP,
    "object": _NOTE,
    "proof": {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "proofPurpose": "assertionMethod",
        "created": "2026-01-01T00:00:00Z",
        "verificationMethod": f"{GROUP}#ed25519-key",
        "proofValue": "z" + "3" * 87,
    },
}
_NEW = (
    'inbox\nsignature-input: sig1=("@method" "@target-uri" "content-digest" "content-type");created='
    f'1767323045;keyid="{GROUP}#ed25519-key";alg="ed25519"\n'
    f"signature: sig1=:{'A' * 86}==:\ncontent-type: x/y\n"
    "content-digest: sha-256=:RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=:\n\n{}"
)
_OLD = (
    f'inbox\nsignature: keyId="{GROUP}#main-key",algorithm="rsa-sha256",headers="(request-target) '
    f'host date digest",signature="{"A" * 342}=="\n'
    "host: centrum.example\ndate: Fri, 02 Jan 2026 03:04:05 GMT\n"
    "digest: SHA-256=RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=\n\n{}"
)
_ADDRESSES = [
    *(
        "https://example.org/x?y#z",
        "https://EXAMPLE.org.:443/",
        "https://[2001:db8::1]:8443/x",
        "https://127.0.0.1/",
    ),
    *(
        "https://xn--strae-oqa.example/",
        "https://a:b@example.org\\@x/",
        "http://example.org%2e/",
        "64:ff9b::7f00:1",
    ),
    *(
        "::ffff:127.0.0.1",
        "fe80::1%eth0",
        "8.8.8.8",
        "2026-01-02T03:04:05.678+01:00",
        "Merel\u202e\u200d",
        "http://p://\u017f",
    ),
]
SEEDS: dict[str, list[bytes]] = {
    "signatures": [
        _NEW.encode(),
        _OLD.encode(),
        b"sha-256=:AA==:\nz6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
    ],
    "activities": [
        json.dumps(thing).encode()
        for thing in (_CREATE, _NOTE, {**_NOTE, "type": "Event", "kind": "event"}, _ACTOR)
    ],
    "addresses": [address.encode() for address in _ADDRESSES],
}
WORDS: dict[str, list[str]] = {
    "signatures": [
        *(
            "signature-input:",
            "signature:",
            "content-digest:",
            "digest:",
            "date:",
            "host:",
            "keyid=",
            "keyId=",
            "created=",
        ),
        *(
            "expires=",
            "alg=",
            "algorithm=",
            "headers=",
            "@method",
            "@target-uri",
            "@authority",
            "@path",
            "@query",
            "hs2019",
        ),
        *(
            "(request-target)",
            "(created)",
            "(expires)",
            "sha-256=:",
            "SHA-256=",
            "ed25519",
            "rsa-sha256",
            ";sf",
            ";key",
            "sig1=",
        ),
    ],
    "activities": sorted(
        {
            *_NOTE,
            *_ACTOR,
            *_CREATE,
            "Event",
            "Offer",
            "@graph",
            "1e999",
            "null",
            "true",
            "\\ud800",
            "[[[[",
            '{"a":',
        }
    ),
    "addresses": [
        *(
            "https://",
            "http://",
            "://",
            "@",
            "\\",
            ":443",
            ":80",
            "[::1]",
            "%2e",
            "xn--",
            "0x",
            "127.1",
            "::ffff:",
            "fe80::",
        ),
        *("64:ff9b::", "2002:", "/../", "T00:00:00Z", "+99:00", "-0001-", "\u3002", "\uff0e", "\u202e"),
    ],
}
