"""A private key of this node, and the two that each of its actors has. They never show themselves."""

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from node.federation.message import Kind


@dataclass(frozen=True)
class SigningKey:
    """An Ed25519 key: for our own kind, and for proofs."""

    key_id: str
    private: Ed25519PrivateKey = field(repr=False)
    kind = Kind.ED25519

    def sign(self, text: bytes) -> bytes:
        return self.private.sign(text)


@dataclass(frozen=True)
class RsaKey:
    """An RSA key: for all other software."""

    key_id: str
    private: RSAPrivateKey = field(repr=False)
    kind = Kind.RSA

    def sign(self, text: bytes) -> bytes:
        return self.private.sign(text, PKCS1v15(), SHA256())


@dataclass(frozen=True)
class Pair:
    """What an actor of ours signs with at one moment."""

    ed25519: SigningKey
    rsa: RsaKey
