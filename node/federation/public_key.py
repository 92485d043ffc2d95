"""Public keys as text: a Multikey (`z…`, FEP-521a), or PEM as `publicKeyPem` has it.

One key has one text here, so that two of them can be compared: Ed25519 as a Multikey, RSA as PEM (SPKI).
"""

from functools import lru_cache

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from node.federation import multikey

PublicKey = Ed25519PublicKey | RSAPublicKey

TEXT_AT_MOST = 2500  # signs: a key of 8,192 bits in PEM has 1,500
RSA_BITS = range(2048, 8193)
_EXPONENTS = range(3, 2**32, 2)
_REMEMBERED = 2000
_BEGINNINGS = ("-----BEGIN PUBLIC KEY-----", "-----BEGIN RSA PUBLIC KEY-----")


@lru_cache(maxsize=_REMEMBERED)
def decode(text: str) -> PublicKey:
    """The key behind a text, remembered for the next message by it. ValueError for whatever else it is.

    RSA keys that are too weak, or so great that one check would keep the node busy, are refused here: before
    anything is verified with them.
    """
    if len(text) > TEXT_AT_MOST:
        raise ValueError(f"A key has at most {TEXT_AT_MOST} signs.")
    return _checked(multikey.decode(text) if text.startswith("z") else _from_pem(text))


def encode(public: PublicKey) -> str:
    """The one text of this key."""
    return multikey.encode(public) if isinstance(public, Ed25519PublicKey) else pem(public)


def pem(public: RSAPublicKey) -> str:
    """The key as `publicKeyPem` shows it."""
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")


def is_ed25519(text: str) -> bool:
    """Whether a text as `encode` writes it is of an Ed25519 key."""
    return text.startswith("z")


def _from_pem(text: str) -> PublicKey:
    """SPKI or PKCS #1, with or without blanks around it."""
    text = text.strip()
    if not text.startswith(_BEGINNINGS):
        raise ValueError("This is neither a Multikey nor a public key in PEM.")
    try:
        public = load_pem_public_key(text.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ValueError("This PEM holds no key that can be read.") from error
    if not isinstance(public, Ed25519PublicKey | RSAPublicKey):
        raise ValueError("Only Ed25519 and RSA keys are read here.")
    return public


def _checked(public: PublicKey) -> PublicKey:
    if isinstance(public, RSAPublicKey):
        if public.key_size not in RSA_BITS:
            raise ValueError("An RSA key has 2,048 to 8,192 bits; this one has not.")
        if public.public_numbers().e not in _EXPONENTS:
            raise ValueError("The exponent of this RSA key is not one that is used.")
    return public
