"""RSA keys of those who sign as most of the fediverse does.

To make one takes as long as a thousand checks, so a few serve for all: each sender names one by an id of its
own, and the node reads, keeps and checks them as if they were different.
"""

from functools import cache

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from node.federation import public_key
from node.federation.key_files import NAMES, RSA_BITS
from node.federation.message import Kind
from node.federation.own_key import RsaKey

KEYS = 50


def key(actor: str, number: int) -> RsaKey:
    """The key of the actor with this number."""
    return RsaKey(f"{actor}#{NAMES[Kind.RSA]}", _private(number % KEYS))


@cache
def pem(number: int) -> str:
    """Its public half, as `publicKeyPem` shows it."""
    return public_key.pem(_private(number % KEYS).public_key())


@cache
def _private(number: int) -> RSAPrivateKey:
    return rsa.generate_private_key(65537, RSA_BITS)
