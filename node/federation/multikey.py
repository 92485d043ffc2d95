"""How a node publishes its key, so that all can check what it signed (FEP-521a: Multikey, base58btc)."""

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}
_ED25519, _RSA = b"\xed\x01", b"\x85\x24"  # what comes before the key itself: its kind
_KEY_BYTES = 32
_LETTERS_AT_MOST = 128  # the work grows with the square of the length; a signature needs 88
_KEY_LETTERS_AT_MOST = 1500  # an RSA key of 8,192 bits needs 1,420


def encode(public_key: Ed25519PublicKey | RSAPublicKey) -> str:
    """The key as it stands in an actor document: `z6Mk` and 44 letters more, or `z4MX` and many for RSA."""
    if isinstance(public_key, RSAPublicKey):
        return to_multibase(_RSA + public_key.public_bytes(Encoding.DER, PublicFormat.PKCS1))
    return to_multibase(_ED25519 + public_key.public_bytes_raw())


def decode(multikey: str) -> Ed25519PublicKey | RSAPublicKey:
    """The key that another node published.

    ValueError for whatever else it is: a secret key, another base or kind, a wrong length.
    """
    raw = from_multibase(multikey, _KEY_LETTERS_AT_MOST)
    if raw.startswith(_RSA):
        return _rsa(raw.removeprefix(_RSA))
    if not raw.startswith(_ED25519):
        raise ValueError(
            "This is not an Ed25519 public key, nor one of RSA: it does not begin with z6Mk or z4MX."
        )
    if len(raw) != len(_ED25519) + _KEY_BYTES:
        raise ValueError("An Ed25519 public key is 32 bytes long; this one is not.")
    return Ed25519PublicKey.from_public_bytes(raw[len(_ED25519) :])


def _rsa(der: bytes) -> RSAPublicKey:
    """PKCS #1, in the one spelling that DER has."""
    try:
        public = load_der_public_key(der)
    except (ValueError, UnsupportedAlgorithm):
        public = None
    if not isinstance(public, RSAPublicKey) or public.public_bytes(Encoding.DER, PublicFormat.PKCS1) != der:
        raise ValueError("This is not an RSA public key: what comes after its kind is not PKCS #1.")
    return public


def to_multibase(raw: bytes) -> str:
    """Bytes as `z` and base58btc: the form of keys and proofs. Each leading zero byte becomes a `1`."""
    number, letters = int.from_bytes(raw, "big"), ""
    while number:
        number, value = divmod(number, 58)
        letters = _ALPHABET[value] + letters
    zeros = len(raw) - len(raw.lstrip(b"\0"))
    return "z" + "1" * zeros + letters


def from_multibase(text: str, most: int = _LETTERS_AT_MOST) -> bytes:
    """The bytes behind `z` and base58btc. ValueError for another base, a strange letter, too many of them."""
    if not text.startswith("z"):
        raise ValueError("This is not base58btc: it does not begin with z.")
    if len(text) > most:
        raise ValueError(f"This is too long: at most {most} letters.")
    letters, number = text[1:], 0
    for letter in letters:
        if letter not in _VALUES:
            raise ValueError("There is a letter in it that base58btc does not have.")
        number = number * 58 + _VALUES[letter]
    zeros = len(letters) - len(letters.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")
