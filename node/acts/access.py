"""Ways in that end: a person's sessions, and the tokens of their programs."""

from node.neighbourhood.refusal import NotFound, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed, require
from node.storage import access
from node.storage.database import Transaction


def end_token(tx: Transaction, by: Resident, token_id: str) -> None:
    """A program can no longer act as this person. Only whose token it is."""
    require(by, Deed.READ_OWN)
    if not access.end_token(tx, by.id, token_id):
        raise NotFound(phrase("This token is not here, or no longer."))


def end_session(tx: Transaction, by: Resident, session_id: str) -> None:
    """Sign a browser out, from wherever one is. Only whose session it is."""
    require(by, Deed.READ_OWN)
    if not access.end_session_of(tx, by.id, session_id):
        raise NotFound(phrase("That device is signed out already."))


def end_other_sessions(tx: Transaction, by: Resident, session: str) -> None:
    """Sign every browser of this person out but the one at hand."""
    require(by, Deed.READ_OWN)
    access.end_other_sessions(tx, by.id, session)
