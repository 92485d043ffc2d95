"""The ways in, for whoever is at the machine: invitations that end, tokens, a demo's lasting links."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select

from node.storage.access import Token, hashed
from node.storage.database import Transaction
from node.storage.tables import invitations, signin_links, tokens

_ID_LENGTH = 8  # of an invitation's hash, as its name in a list


@dataclass(frozen=True)
class Invitation:
    """An invitation that can still be used. `id` names it in a list; it lets nobody in."""

    id: str
    note: str
    left: int
    until: datetime


def open_invitations(tx: Transaction, at: datetime) -> list[Invitation]:
    """Those that can still be used, the oldest first."""
    columns = [invitations.c[name] for name in ("code_hash", "note", "left", "expires")]
    valid = and_(invitations.c.left > 0, invitations.c.expires > at)
    rows = tx.run(select(*columns).where(valid).order_by(invitations.c.created, invitations.c.code_hash))
    return [Invitation(row[0][:_ID_LENGTH], row[1], row[2], row[3]) for row in rows]


def works(tx: Transaction, code: str, at: datetime) -> bool:
    """Whether a code still lets somebody in."""
    valid = and_(invitations.c.left > 0, invitations.c.expires > at, invitations.c.code_hash == hashed(code))
    return tx.run(select(invitations.c.left).where(valid)).first() is not None


def end_invitation(tx: Transaction, words: str, at: datetime) -> int:
    """End what can still be used and has this id, or this very code; says how many there were."""
    code = "".join(sign for sign in words.upper() if sign.isalnum())
    named = func.substr(invitations.c.code_hash, 1, _ID_LENGTH) == words.strip().lower()
    valid = and_(invitations.c.left > 0, invitations.c.expires > at)
    wanted = and_(valid, named | (invitations.c.code_hash == hashed(code)))
    return tx.run(invitations.update().where(wanted).values(left=0)).rowcount


def all_tokens(tx: Transaction) -> list[tuple[str, Token]]:
    """Every API token, with the id of the resident whose it is."""
    columns = [tokens.c[name] for name in ("resident_id", "id", "name", "created", "used")]
    rows = tx.run(select(*columns).order_by(tokens.c.created, tokens.c.id))
    return [(row[0], Token(row[1], row[2], row[3], row[4])) for row in rows]


def token(tx: Transaction, secret: str) -> Token:
    """The API token with this secret, as a list shows it."""
    columns = [tokens.c[name] for name in ("id", "name", "created", "used")]
    return Token(*tx.run(select(*columns).where(tokens.c.token_hash == hashed(secret))).one())


def extend_lasting(tx: Transaction, until: datetime) -> None:
    """The links of a demo's cast stay good for as long as that, whatever its clock says."""
    tx.run(signin_links.update().where(signin_links.c.lasting == True).values(expires=until))
