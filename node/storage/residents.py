"""Residents, and the roles granted to them."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select

from node.neighbourhood.passkey import GRACE
from node.neighbourhood.refusal import NotFound, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Role
from node.storage.database import Transaction
from node.storage.tables import (
    digests,
    drafts,
    follows,
    invites,
    letter_codes,
    letters,
    passkeys,
    photos,
    posts,
    proofs,
    recoveries,
    reply_ways,
    reports,
    residents,
    responses,
    roles,
    searches,
    sessions,
    signin_links,
    stops,
    tokens,
    told,
    vouches,
)

_SELECT = select(*(residents.c[name] for name in ("id", "name", "language", "created", "admitted")))
# Asked for each page: built once.
_GET = _SELECT.where(residents.c.id == bindparam("resident"))
_ROLES = select(roles.c.role).where(
    roles.c.resident_id == bindparam("resident"),
    or_(roles.c.until.is_(None), roles.c.until > bindparam("now", type_=roles.c.until.type)),
)


def add(tx: Transaction, resident: Resident, email: str | None) -> bool:
    """Keep a new person; False when the mail address is somebody's already."""
    values = {name: getattr(resident, name) for name in ("id", "name", "language", "created", "admitted")}
    return tx.add_new(residents, **values, email=email)


def admit(tx: Transaction, resident_id: str, at: datetime) -> bool:
    """Let a person in; False when they were already."""
    waits = and_(residents.c.id == resident_id, residents.c.admitted.is_(None))
    return tx.run(residents.update().where(waits).values(admitted=at)).rowcount == 1


def founded(tx: Transaction) -> datetime | None:
    """When the first person came in; None while there is nobody."""
    first: datetime | None = tx.run(select(func.min(residents.c.created))).scalar()
    return first


def forget(tx: Transaction, resident_id: str) -> bool:
    """Remove an account that was never let in, with its ways in and its letters; False, and nothing is
    removed, when it was let in or something here is theirs."""
    theirs = (posts.c.author, responses.c.resident, invites.c.resident, reports.c.resident)
    waits = and_(residents.c.id == resident_id, residents.c.admitted.is_(None))
    locked = tx.run(select(residents.c.id).where(waits).with_for_update()).first()
    if locked is None or any(
        tx.run(select(one).where(one == resident_id).limit(1)).first() for one in theirs
    ):
        return False
    theirs_too = (
        passkeys,
        letter_codes,
        recoveries,
        proofs,
        vouches,
        digests,
        searches,
        told,
        stops,
        reply_ways,
    )
    for table in (sessions, signin_links, tokens, roles, follows, letters, *theirs_too):
        tx.run(table.delete().where(table.c.resident_id == resident_id))
    tx.run(drafts.delete().where(drafts.c.owner == resident_id))
    tx.run(photos.delete().where(photos.c.owner == resident_id))
    tx.run(residents.delete().where(waits))
    return True


def set_language(tx: Transaction, resident_id: str, language: str) -> None:
    tx.run(residents.update().where(residents.c.id == resident_id).values(language=language))


def get(tx: Transaction, resident_id: str, at: datetime) -> Resident:
    """The person with this id, with the roles held at that moment. Raises NotFound."""
    row = tx.run(_GET, {"resident": resident_id}).first()
    if row is None:
        raise NotFound(phrase("This person is not known here."))
    return _with_roles(tx, Resident(*row), at)


def by_email(tx: Transaction, email: str, at: datetime) -> Resident | None:
    row = tx.run(_SELECT.where(residents.c.email == email)).first()
    return _with_roles(tx, Resident(*row), at) if row else None


def email_of(tx: Transaction, resident_id: str) -> str | None:
    """Where to write to a person: for the mail door alone."""
    return tx.run(select(residents.c.email).where(residents.c.id == resident_id)).scalar()


def everyone(tx: Transaction, at: datetime) -> list[Resident]:
    """All people known here: those not let in yet first, then by name."""
    order = (residents.c.admitted.is_not(None), residents.c.name, residents.c.id)
    return _all_with_roles(tx, [Resident(*row) for row in tx.run(_SELECT.order_by(*order))], at)


def some(tx: Transaction, at: datetime, start: int, limit: int, name: str = "") -> list[Resident]:
    """A piece of `everyone`, in the same order; with `name` of those who are called so, or partly."""
    order = (residents.c.admitted.is_not(None), residents.c.name, residents.c.id)
    rows = tx.run(_SELECT.where(_called(name)).order_by(*order).offset(start).limit(limit))
    return _all_with_roles(tx, [Resident(*row) for row in rows], at)


def grants_of(tx: Transaction, resident_id: str, at: datetime) -> list[tuple[Role, datetime | None]]:
    """The roles a person holds now, and until when."""
    statement = select(roles.c.role, roles.c.until).where(roles.c.resident_id == resident_id, _lasting(at))
    return [(row[0], row[1]) for row in tx.run(statement.order_by(roles.c.granted, roles.c.role))]


def holding(tx: Transaction, role: Role, at: datetime, *, lock: bool = False) -> list[str]:
    """The ids of the people who hold a role now; with `lock` nobody loses it meanwhile."""
    statement = select(roles.c.resident_id).where(roles.c.role == role, _lasting(at))
    statement = statement.order_by(roles.c.resident_id)
    return list(tx.run(statement.with_for_update() if lock else statement).scalars())


def grant(tx: Transaction, resident_id: str, role: Role, until: datetime | None, at: datetime) -> None:
    """Give a role, or give it until another day. Its holder has some days to make a passkey."""
    values = {"granted": at, "until": until, "passkey_by": at + GRACE}
    if not tx.add_new(roles, resident_id=resident_id, role=role, **values):
        same = and_(roles.c.resident_id == resident_id, roles.c.role == role)
        tx.run(roles.update().where(same).values(values))


def passkey_by(tx: Transaction, resident_id: str, at: datetime) -> datetime | None:
    """Until when somebody may use the roles held now without a passkey: the last of their days."""
    held = and_(roles.c.resident_id == resident_id, _lasting(at))
    last: datetime | None = tx.run(select(func.max(roles.c.passkey_by)).where(held)).scalar()
    return last


def give_days(tx: Transaction, resident_id: str, until: datetime) -> None:
    """Somebody may use their roles without a passkey for some days more."""
    tx.run(roles.update().where(roles.c.resident_id == resident_id).values(passkey_by=until))


def end_role(tx: Transaction, resident_id: str, role: Role) -> bool:
    """Take a role back; False when it was not held."""
    same = and_(roles.c.resident_id == resident_id, roles.c.role == role)
    return tx.run(roles.delete().where(same)).rowcount == 1


def total(tx: Transaction, name: str = "") -> int:
    """How many people are known, let in or not; with `name` of those who are called so, or partly."""
    return int(tx.run(select(func.count()).select_from(residents).where(_called(name))).scalar_one())


def _called(name: str) -> ColumnElement[bool]:
    return residents.c.name.icontains(name, autoescape=True)


def _lasting(at: datetime) -> ColumnElement[bool]:
    return or_(roles.c.until.is_(None), roles.c.until > at)


def _with_roles(tx: Transaction, resident: Resident, at: datetime) -> Resident:
    held = tx.run(_ROLES, {"resident": resident.id, "now": at}).scalars()
    return replace(resident, roles=frozenset(held))


def _all_with_roles(tx: Transaction, people: list[Resident], at: datetime) -> list[Resident]:
    """The same for many, in one question: few people hold a role."""
    held: dict[str, set[Role]] = {}
    for resident_id, role in tx.run(select(roles.c.resident_id, roles.c.role).where(_lasting(at))):
        held.setdefault(resident_id, set()).add(role)
    return [replace(person, roles=frozenset(held.get(person.id, ()))) for person in people]
