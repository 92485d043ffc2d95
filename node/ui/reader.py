"""Who reads, for the script and the worker in the browser: enough to tell one account from another.

What a browser keeps to be read without a line, and what somebody typed and could not send, belongs to one
account. When another reads, or nobody is signed in any more, it is thrown away (V06).
"""

from functools import lru_cache
from hashlib import sha256

from node.neighbourhood.resident import Resident

READER = "Buurtknoop-Reader"  # of every page: who reads, in which language, and `keep` if it may be kept
NOBODY = "-"
FORGET = {"Clear-Site-Data": '"storage"'}


def mark_of(person: Resident | None) -> str:
    """A word for this account; it says nothing about whose it is."""
    return _mark(person.id) if person is not None else NOBODY


@lru_cache(maxsize=500)
def _mark(resident: str) -> str:
    return sha256(f"reader {resident}".encode()).hexdigest()[:16]
