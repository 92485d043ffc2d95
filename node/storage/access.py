"""The ways in: invitation codes, sign-in links, sessions and API tokens. Only their hashes are kept."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, func, or_, select

from node.storage import idle
from node.storage.database import Transaction
from node.storage.tables import challenges, invitations, sessions, signin_links, tokens, tries

SEEN_EVERY = timedelta(hours=1)  # how often a session's or token's last use is written down
_ID_LENGTH = 16  # of a session's hash, as its name in a list
# Asked for each page: built once.
_SESSION = select(
    *(sessions.c[name] for name in ("resident_id", "seen", "shared", "verified", "notice"))
).where(
    sessions.c.token_hash == bindparam("hash"),
    sessions.c.expires > bindparam("now", type_=sessions.c.expires.type),
)


@dataclass(frozen=True)
class Token:
    """An API token as its owner sees it in a list."""

    id: str
    name: str
    created: datetime
    used: datetime | None


@dataclass(frozen=True)
class Session:
    """A browser that somebody is signed in with. `id` names it in a list; it opens nothing."""

    id: str
    created: datetime
    seen: datetime
    shared: bool
    way: str


@dataclass(frozen=True)
class Begun:
    """A session that runs: whose, when it was last used, whether other people use this browser too, and when
    its owner showed a passkey in it."""

    owner: str
    seen: datetime
    shared: bool
    verified: datetime | None
    notice: bool  # somebody wants to come back as its owner

    def to_note(self, at: datetime) -> bool:
        """Whether this use should be written down."""
        return self.seen < at - SEEN_EVERY


def hashed(secret: str) -> str:
    """What is kept of a secret: enough to know it again, too little to use it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def add_invitation(
    tx: Transaction, code: str, made_by: str | None, note: str, uses: int, expires: datetime, at: datetime
) -> bool:
    """Keep a new invitation; False when this code is there already."""
    values = {"made_by": made_by, "note": note, "left": uses, "expires": expires, "created": at}
    return tx.add_new(invitations, code_hash=hashed(code), **values)


def use_invitation(tx: Transaction, code: str, at: datetime) -> bool:
    """Take one use of an invitation; False when there is no such code, or it is used up or past its day."""
    valid = and_(invitations.c.code_hash == hashed(code), invitations.c.left > 0, invitations.c.expires > at)
    return tx.run(invitations.update().where(valid).values(left=invitations.c.left - 1)).rowcount == 1


def invitations_open(tx: Transaction, at: datetime) -> list[tuple[str, int, datetime]]:
    """The invitations that can still be used: (note, uses left, until)."""
    columns = (invitations.c.note, invitations.c.left, invitations.c.expires)
    valid = and_(invitations.c.left > 0, invitations.c.expires > at)
    return [
        (row[0], row[1], row[2])
        for row in tx.run(select(*columns).where(valid).order_by(invitations.c.created))
    ]


def add_link(
    tx: Transaction,
    secret: str,
    resident_id: str,
    expires: datetime,
    at: datetime,
    lasting: bool = False,
    browser: str | None = None,
    code: str = "",
) -> None:
    """A sign-in link; a new one makes those before it useless, but for a demo's lasting ones.

    `browser`: the hash of what the browser that asked knows; only there it works, and so does its `code`.
    """
    older = and_(signin_links.c.resident_id == resident_id, signin_links.c.lasting == False)
    tx.run(signin_links.delete().where(older))
    values = {"resident_id": resident_id, "created": at, "expires": expires, "lasting": lasting}
    bound = {"browser": browser, "code_hash": _code(browser, code) if browser else None}
    tx.run(signin_links.insert(), {"token_hash": hashed(secret), **values, **bound})


def _code(browser: str, code: str) -> str:
    return hashed(f"{browser} {code}")


def link_browser(tx: Transaction, secret: str) -> str | None:
    """The browser that a link was asked in; None when it works in any, or is not there."""
    named = signin_links.c.token_hash == hashed(secret)
    return tx.run(select(signin_links.c.browser).where(named)).scalar()


def use_code(tx: Transaction, browser: str, code: str, at: datetime) -> str | None:
    """Use a link up by its code, in the browser that asked, and say whose it was."""
    same = and_(signin_links.c.browser == browser, signin_links.c.code_hash == _code(browser, code))
    valid = and_(same, signin_links.c.expires > at)
    owner: str | None = tx.run(select(signin_links.c.resident_id).where(valid)).scalar()
    return owner if owner is not None and tx.run(signin_links.delete().where(valid)).rowcount else None


def link_owner(tx: Transaction, secret: str, at: datetime) -> str | None:
    """Whose link this is, if it can still be used. Looking does not use it up."""
    valid = and_(signin_links.c.token_hash == hashed(secret), signin_links.c.expires > at)
    return tx.run(select(signin_links.c.resident_id).where(valid)).scalar()


def use_link(tx: Transaction, secret: str, at: datetime) -> str | None:
    """Use a link up, and say whose it was."""
    owner = link_owner(tx, secret, at)
    if owner is not None:
        used = and_(signin_links.c.token_hash == hashed(secret), signin_links.c.lasting == False)
        gone = tx.run(signin_links.delete().where(used)).rowcount
        if (
            not gone
            and not tx.run(
                select(signin_links.c.lasting).where(signin_links.c.token_hash == hashed(secret))
            ).scalar()
        ):
            return None
    return owner


def add_session(
    tx: Transaction,
    secret: str,
    resident_id: str,
    expires: datetime,
    at: datetime,
    *,
    shared: bool = False,
    way: str = "mail",
    verified: datetime | None = None,
    notice: bool = False,
) -> None:
    values = {"resident_id": resident_id, "created": at, "seen": at, "expires": expires}
    values |= {"shared": shared, "way": way, "verified": verified, "notice": notice}
    tx.run(sessions.insert(), {"token_hash": hashed(secret), **values})
    idle.seen(tx, resident_id, at)


def begun(tx: Transaction, secret: str, at: datetime) -> Begun | None:
    """The session with this secret, while it runs."""
    row = tx.run(_SESSION, {"hash": hashed(secret), "now": at}).first()
    return Begun(*row) if row else None


def session_owner(tx: Transaction, secret: str, at: datetime) -> tuple[str, bool] | None:
    """Whose session this is, and whether its last use should be written down."""
    found = begun(tx, secret, at)
    return (found.owner, found.to_note(at)) if found else None


def verify_session(tx: Transaction, secret: str, at: datetime) -> None:
    """Its owner showed a passkey in it just now."""
    tx.run(sessions.update().where(sessions.c.token_hash == hashed(secret)).values(verified=at))


def keep_session(tx: Transaction, secret: str, expires: datetime, at: datetime) -> None:
    this = sessions.c.token_hash == hashed(secret)
    tx.run(sessions.update().where(this).values(seen=at, expires=expires))
    idle.seen(tx, select(sessions.c.resident_id).where(this).scalar_subquery(), at)


def end_session(tx: Transaction, secret: str) -> None:
    tx.run(sessions.delete().where(sessions.c.token_hash == hashed(secret)))


def end_sessions_of(tx: Transaction, resident_id: str) -> None:
    tx.run(sessions.delete().where(sessions.c.resident_id == resident_id))


def session_id(secret: str) -> str:
    """The name of a session in its owner's list."""
    return hashed(secret)[:_ID_LENGTH]


def sessions_of(tx: Transaction, resident_id: str, at: datetime) -> list[Session]:
    """Where a person is signed in now, the last used first."""
    columns = [sessions.c[name] for name in ("token_hash", "created", "seen", "shared", "way")]
    theirs = select(*columns).where(sessions.c.resident_id == resident_id, sessions.c.expires > at)
    rows = tx.run(theirs.order_by(sessions.c.seen.desc(), sessions.c.token_hash))
    return [Session(row[0][:_ID_LENGTH], *row[1:]) for row in rows]


def end_session_of(tx: Transaction, resident_id: str, id: str) -> bool:
    """End one session of a person; False when there is no such session of theirs."""
    named = func.substr(sessions.c.token_hash, 1, _ID_LENGTH) == id
    theirs = and_(sessions.c.resident_id == resident_id, named)
    return tx.run(sessions.delete().where(theirs)).rowcount > 0


def end_other_sessions(tx: Transaction, resident_id: str, secret: str) -> None:
    """End every session of a person but this one."""
    others = and_(sessions.c.resident_id == resident_id, sessions.c.token_hash != hashed(secret))
    tx.run(sessions.delete().where(others))


def add_token(tx: Transaction, secret: str, token_id: str, resident_id: str, name: str, at: datetime) -> None:
    values = {"id": token_id, "resident_id": resident_id, "name": name, "created": at}
    tx.run(tokens.insert(), {"token_hash": hashed(secret), **values})


def token_owner(tx: Transaction, secret: str) -> str | None:
    return tx.run(select(tokens.c.resident_id).where(tokens.c.token_hash == hashed(secret))).scalar()


def token_use(tx: Transaction, secret: str, at: datetime) -> tuple[str, bool] | None:
    """Whose API token this is, and whether its last use should be written down."""
    row = tx.run(
        select(tokens.c.resident_id, tokens.c.used).where(tokens.c.token_hash == hashed(secret))
    ).first()
    return (row[0], row[1] is None or row[1] < at - SEEN_EVERY) if row else None


def keep_token(tx: Transaction, secret: str, at: datetime) -> None:
    """Note that a token was used just now, for its owner to see."""
    this = tokens.c.token_hash == hashed(secret)
    tx.run(tokens.update().where(this).values(used=at))
    idle.seen(tx, select(tokens.c.resident_id).where(this).scalar_subquery(), at)


def tokens_of(tx: Transaction, resident_id: str) -> list[Token]:
    columns = (tokens.c.id, tokens.c.name, tokens.c.created, tokens.c.used)
    statement = select(*columns).where(tokens.c.resident_id == resident_id)
    return [Token(*row) for row in tx.run(statement.order_by(tokens.c.created))]


def end_token(tx: Transaction, resident_id: str, token_id: str) -> bool:
    theirs = and_(tokens.c.id == token_id, tokens.c.resident_id == resident_id)
    return tx.run(tokens.delete().where(theirs)).rowcount == 1


def note_try(tx: Transaction, what: str, who: str, at: datetime) -> None:
    """Note that something was tried; `who` (an address, an IP) is kept as a hash, for a day."""
    tx.run(tries.insert(), {"what": what, "who": hashed(who), "at": at})


def tries_since(tx: Transaction, what: str, who: str | None, since: datetime) -> int:
    """How often it was tried since then, by one or (None) by everybody."""
    same = and_(tries.c.what == what, tries.c.at > since)
    if who is not None:
        same = and_(same, tries.c.who == hashed(who))
    return int(tx.run(select(func.count()).select_from(tries).where(same)).scalar_one())


def forget(tx: Transaction, at: datetime) -> None:
    """Drop what is past its day."""
    tx.run(tries.delete().where(tries.c.at < at - timedelta(days=1)))
    tx.run(sessions.delete().where(sessions.c.expires <= at))
    tx.run(signin_links.delete().where(signin_links.c.expires <= at))
    tx.run(challenges.delete().where(challenges.c.expires <= at))
    over = or_(invitations.c.expires <= at, invitations.c.left <= 0)
    tx.run(invitations.delete().where(over, invitations.c.expires < at - timedelta(days=30)))
