"""A passkey in software: it makes keys and signs with them as a telephone does, and lies when told to."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_bytes
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def written(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def read(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """One credential of one person. What is set here is what it says of itself, true or not."""

    origin: str
    host: str
    owner: str = ""
    verifies: bool = True
    counter: int = 0
    counts: bool = True
    id: bytes = field(default_factory=lambda: token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, options: dict[str, Any], **lie: Any) -> str:
        """What `navigator.credentials.create` gives, as our script writes it."""
        self.owner = options["user"]["id"]
        said = self._client("webauthn.create", options["challenge"], lie)
        data = self._data(ATTESTED, lie) + bytes(16) + len(self.id).to_bytes(2) + self.id + self._public()
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._sent({"clientDataJSON": written(said), "attestationObject": written(attested)})

    def sign(self, options: dict[str, Any], **lie: Any) -> str:
        """What `navigator.credentials.get` gives."""
        said = self._client("webauthn.get", options["challenge"], lie)
        self.counter += self.counts
        data = self._data(0, lie)
        signature = self.key.sign(data + sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": written(said),
            "authenticatorData": written(data),
            "signature": written(signature),
            "userHandle": written(lie.get("owner", self.owner).encode()),
        }
        return self._sent(response)

    def _client(self, what: str, challenge: str, lie: dict[str, Any]) -> bytes:
        said = {"type": what, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps({**said, **{name: lie[name] for name in said if name in lie}}).encode()

    def _data(self, flags: int, lie: dict[str, Any]) -> bytes:
        host = sha256(lie.get("host", self.host).encode()).digest()
        flags |= PRESENT | (VERIFIED if lie.get("verified", self.verifies) else 0)
        return host + bytes([flags]) + int(lie.get("counter", self.counter)).to_bytes(4)

    def _public(self) -> bytes:
        point = self.key.public_key().public_numbers()
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)})

    def _sent(self, response: dict[str, str]) -> str:
        named = written(self.id)
        return json.dumps({"id": named, "rawId": named, "type": "public-key", "response": response})
