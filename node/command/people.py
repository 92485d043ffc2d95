"""People from the machine itself: who is let in, their roles, their ways in. Done by name, as *console*."""

from datetime import date, datetime, timedelta

from node.acts import access as ways
from node.acts import passkeys
from node.acts import residents as people
from node.command.answers import Answer, iso
from node.neighbourhood.refusal import Conflict, NotFound, phrase
from node.neighbourhood.resident import Resident, console
from node.neighbourhood.roles import Role, last_moment
from node.settings import Settings
from node.storage import residents, ways_in
from node.storage.database import Transaction


def resident_list(tx: Transaction, settings: Settings, at: datetime) -> Answer:
    return {"residents": [_person(person) for person in residents.everyone(tx, at)]}


def resident_add(
    tx: Transaction, settings: Settings, at: datetime, name: str, email: str | None, language: str | None
) -> Answer:
    return _person(people.add(tx, console(at), name, email, language or settings.language, at))


def resident_admit(tx: Transaction, settings: Settings, at: datetime, who: str) -> Answer:
    return _person(people.admit(tx, console(at), find(tx, who, at).id, at))


def resident_link(tx: Transaction, settings: Settings, at: datetime, who: str, minutes: int) -> Answer:
    person, lasts = find(tx, who, at), timedelta(minutes=minutes)
    secret = people.make_link(tx, person.id, at, lasts)
    return {**_person(person), "link": f"{settings.origin}/signin/{secret}", "until": iso(at + lasts)}


def resident_forget_passkeys(tx: Transaction, settings: Settings, at: datetime, who: str) -> Answer:
    person = find(tx, who, at)
    return {**_person(person), "ended": passkeys.forget(tx, console(at), person.id, at)}


def role_list(tx: Transaction, settings: Settings, at: datetime) -> Answer:
    rows = [
        {"role": role, "id": person.id, "name": person.name, "until": iso(until)}
        for person in residents.everyone(tx, at)
        if person.roles
        for role, until in residents.grants_of(tx, person.id, at)
    ]
    return {"roles": sorted(rows, key=lambda row: (row["role"], row["name"]))}


def role_grant(
    tx: Transaction, settings: Settings, at: datetime, who: str, role: str, until: str | None
) -> Answer:
    person = find(tx, who, at)
    end = last_moment(date.fromisoformat(until), settings.home.zone) if until else None
    people.grant(tx, console(at), person.id, Role(role), end, at)
    return _person(residents.get(tx, person.id, at))


def role_end(tx: Transaction, settings: Settings, at: datetime, who: str, role: str) -> Answer:
    person = find(tx, who, at)
    people.end_role(tx, console(at), person.id, Role(role), at)
    return _person(residents.get(tx, person.id, at))


def invite_create(
    tx: Transaction, settings: Settings, at: datetime, note: str, uses: int, days: int
) -> Answer:
    lasts = timedelta(days=days)
    code = people.invite(tx, console(at), note, uses, at, lasts)
    return {"code": code, "uses": uses, "until": iso(at + lasts), "note": note}


def invite_list(tx: Transaction, settings: Settings, at: datetime) -> Answer:
    found = ways_in.open_invitations(tx, at)
    return {"invitations": [{**vars(one), "until": iso(one.until)} for one in found]}


def invite_end(tx: Transaction, settings: Settings, at: datetime, which: str) -> Answer:
    people.end_invitation(tx, console(at), which, at)
    return {"ended": True}


def token_create(tx: Transaction, settings: Settings, at: datetime, who: str, name: str) -> Answer:
    person = find(tx, who, at)
    secret = people.make_token(tx, person, name, at)
    made = ways_in.token(tx, secret)
    return {"id": made.id, "name": made.name, "resident": person.id, "of": person.name, "token": secret}


def token_list(tx: Transaction, settings: Settings, at: datetime, who: str | None) -> Answer:
    names = {person.id: person.name for person in residents.everyone(tx, at)}
    only = find(tx, who, at).id if who else None
    found = [(owner, one) for owner, one in ways_in.all_tokens(tx) if only in (None, owner)]
    return {
        "tokens": [
            {"id": one.id, "name": one.name, "created": iso(one.created), "used": iso(one.used)}
            | {"resident": owner, "of": names.get(owner, "")}
            for owner, one in found
        ]
    }


def token_end(tx: Transaction, settings: Settings, at: datetime, which: str) -> Answer:
    owners = {one.id: owner for owner, one in ways_in.all_tokens(tx)}
    if which not in owners:
        raise NotFound(phrase("This token is not here, or no longer."))
    ways.end_token(tx, residents.get(tx, owners[which], at), which)
    return {"id": which, "ended": True}


def find(tx: Transaction, who: str, at: datetime) -> Resident:
    """A person by id, mail address or name, when only one is called so."""
    by_email = residents.by_email(tx, who.strip().lower(), at)
    if by_email is not None:
        return by_email
    found = [person for person in residents.everyone(tx, at) if who in (person.id, person.name)]
    if len(found) > 1:
        raise Conflict(
            phrase(
                "%(number)d people are called %(name)s: write the id, or the mail address.",
                number=len(found),
                name=who,
            )
        )
    if not found:
        raise NotFound(phrase("Nobody here has the id, the mail address or the name %(who)s.", who=who))
    return found[0]


def _person(person: Resident) -> Answer:
    return {
        "id": person.id,
        "name": person.name,
        "admitted": iso(person.admitted),
        "roles": sorted(person.roles),
    }
