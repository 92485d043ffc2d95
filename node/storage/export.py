"""All that is kept of one person, as rows: for that person alone, to take along.

What others wrote is in it only where they wrote it to this person, under the name they chose; never an id, a
mail address, a telephone number or an address of somebody else, and no secret that opens anything.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, Table, or_, select

from node.neighbourhood.activity import Happening
from node.neighbourhood.post import Kind
from node.neighbourhood.refusal import NotFound, phrase
from node.neighbourhood.thread import Side
from node.storage import trust
from node.storage.database import Transaction
from node.storage.tables import (
    digests,
    drafts,
    follows,
    invitations,
    invites,
    letter_codes,
    log,
    luggage,
    matches,
    messages,
    nodes,
    passkeys,
    photos,
    posts,
    proofs,
    recoveries,
    releases,
    reports,
    residents,
    responses,
    roles,
    searches,
    sessions,
    thanks,
    tokens,
    told,
)

Row = dict[str, Any]
_NOT_TOLD = (Happening.REPORTED, Happening.REPORT_DECIDED)  # who reports stays unknown, even that it was done
_VOUCH = ("name", "given", "said", "accepted")
_POST = (
    *("id", "uri", "kind", "title", "text", "category", "audience", "urgency", "state", "created", "updated"),
    *("expires", "decide", "places", "places_left", "language", "ended", "starts", "place", "widen"),
    *("released", "author_name", "area_name", "when", "day_part", "repeats"),
)


def everything(tx: Transaction, resident_id: str) -> Row:
    """All of it, by subject."""
    posts = [_post(tx, row) for row in own_posts(tx, resident_id)]
    answers = [_talk(tx, row, Side.HELPER) for row in answers_given(tx, resident_id)]
    agreed = agreements(tx, resident_id)
    got = [answer for post in posts for answer in post["answers"]]
    return {
        "account": account(tx, resident_id),
        "roles": grants(tx, resident_id),
        "posts": posts,
        "answers": answers,
        "agreements": agreed,
        "thanks": thanked(tx, resident_id),
        "invites": invited(tx, resident_id),
        "reports": reported(tx, resident_id),
        "districts": districts(tx, resident_id),
        "drafts": begun(tx, resident_id),
        "brought": brought(tx, resident_id),
        "photos": shown(tx, resident_id),
        **by_mail(tx, resident_id),
        **ways_in(tx, resident_id),
        **known(tx, resident_id),
        **on_paper(tx, resident_id),
        "log": story(tx, resident_id, [row["id"] for row in (*posts, *answers, *agreed, *got)]),
    }


def account(tx: Transaction, resident_id: str) -> Row:
    """Who somebody is here. Raises NotFound."""
    columns = ("id", "name", "email", "phone", "address", "language", "created", "admitted", "seen")
    found = _rows(tx, _of(residents, columns).where(residents.c.id == resident_id))
    if not found:
        raise NotFound(phrase("This person is not known here."))
    return found[0]


def grants(tx: Transaction, resident_id: str) -> list[Row]:
    """Every role they were given that was not taken back, also past its end."""
    return _rows(tx, _of(roles, ("role", "granted", "until")).where(roles.c.resident_id == resident_id))


def own_posts(tx: Transaction, resident_id: str) -> list[Row]:
    """What they put up, oldest first."""
    theirs = posts.c.author == resident_id, posts.c.node_id.is_(None)
    found = _rows(tx, _of(posts, _POST).where(*theirs).order_by(posts.c.created, posts.c.id))
    return [{**row, "when": str(row["when"] or "")} for row in found]


def answers_given(tx: Transaction, resident_id: str) -> list[Row]:
    """What they answered, with the title of what it was to."""
    joined = responses.join(posts, responses.c.post_id == posts.c.id)
    to = (posts.c.title.label("post"), posts.c.author_name.label("whose"))
    statement = _of(responses, ("id", "text", "when", "state", "created", "decided"), *to).select_from(joined)
    return _rows(tx, statement.where(responses.c.resident == resident_id).order_by(responses.c.created))


def answers_got(tx: Transaction, post_id: str) -> list[Row]:
    """What others answered to one post of theirs, under the name they chose."""
    statement = _of(responses, ("id", "name", "text", "when", "state", "created", "decided"))
    return _rows(tx, statement.where(responses.c.post_id == post_id).order_by(responses.c.created))


def thread(tx: Transaction, response_id: str, side: Side) -> list[Row]:
    """What was written on one answer; `mine` is what this side wrote."""
    statement = _of(messages, ("side", "text", "created", "deleted", "changed"))
    found = _rows(tx, statement.where(messages.c.response_id == response_id).order_by(messages.c.created))
    return [{**row, "mine": row["side"] is side} for row in found]


def released(tx: Transaction, response_id: str, side: Side) -> list[Row]:
    """Which details this side let the other see, and until when: their own yes, and no detail itself."""
    ours = releases.c.response_id == response_id, releases.c.side == side
    return _rows(tx, _of(releases, ("fields", "released", "ended")).where(*ours))


def agreements(tx: Transaction, resident_id: str) -> list[Row]:
    """In which they ask or help."""
    joined = matches.join(responses, matches.c.response_id == responses.c.id)
    joined = joined.join(posts, matches.c.post_id == posts.c.id)
    helps = (responses.c.resident == resident_id).label("helps")
    columns = ("id", "state", "created", "ended", "agreed_for")
    statement = _of(matches, columns, posts.c.title.label("post"), helps)
    theirs = or_(responses.c.resident == resident_id, posts.c.author == resident_id)
    found = _rows(tx, statement.select_from(joined).where(theirs).order_by(matches.c.created))
    return [{**row, "helps": bool(row["helps"])} for row in found]


def thanked(tx: Transaction, resident_id: str) -> list[Row]:
    """The thank-yous that they wrote or got, and since when they let everybody read them: their own yes. The
    words stand in the conversation."""
    joined = thanks.join(responses, thanks.c.response_id == responses.c.id)
    joined = joined.join(posts, responses.c.post_id == posts.c.id)
    helps = (responses.c.resident == resident_id).label("helps")
    columns = (thanks.c.giver_yes, thanks.c.thanked_yes, posts.c.kind, posts.c.title.label("post"), helps)
    theirs = or_(responses.c.resident == resident_id, posts.c.author == resident_id)
    found = _rows(tx, select(*columns).select_from(joined).where(theirs).order_by(thanks.c.message_id))
    return [_thank(row, bool(row["helps"]) is (row["kind"] is Kind.OFFER)) for row in found]


def _thank(row: Row, given: bool) -> Row:
    return {"post": row["post"], "given": given, "shown": row["giver_yes" if given else "thanked_yes"]}


def invited(tx: Transaction, resident_id: str) -> list[Row]:
    """When a broker asked them to help, and what they said."""
    joined = invites.join(posts, invites.c.post_id == posts.c.id)
    statement = _of(invites, ("state", "created", "expires", "decided"), posts.c.title.label("post"))
    theirs = statement.select_from(joined).where(invites.c.resident == resident_id)
    return _rows(tx, theirs.order_by(invites.c.created))


def reported(tx: Transaction, resident_id: str) -> list[Row]:
    """What they reported, and what came of it."""
    joined = reports.join(posts, reports.c.post_id == posts.c.id)
    columns = ("category", "text", "state", "created", "decided", "outcome")
    statement = _of(reports, columns, posts.c.title.label("post")).select_from(joined)
    return _rows(tx, statement.where(reports.c.resident == resident_id).order_by(reports.c.created))


def districts(tx: Transaction, resident_id: str) -> list[Row]:
    """Which districts they follow or mute."""
    joined = follows.join(nodes, follows.c.node_id == nodes.c.id)
    statement = _of(follows, ("wish",), nodes.c.name.label("district")).select_from(joined)
    return _rows(tx, statement.where(follows.c.resident_id == resident_id).order_by(nodes.c.name))


def begun(tx: Transaction, resident_id: str) -> list[Row]:
    """What they began to write and did not post."""
    theirs = _of(drafts, ("kind", "fields", "at")).where(drafts.c.owner == resident_id)
    return _rows(tx, theirs.order_by(drafts.c.kind))


def brought(tx: Transaction, resident_id: str) -> list[Row]:
    """Offers from where they lived before, which they did not look at yet."""
    theirs = _of(luggage, ("fields", "at")).where(luggage.c.resident_id == resident_id)
    return _rows(tx, theirs.order_by(luggage.c.at, luggage.c.id))


def shown(tx: Transaction, resident_id: str) -> list[Row]:
    """The photos they put with their posts, or with what they began: each is at `/media/` and its id."""
    columns = ("id", "post_id", "alt", "width", "height", "added")
    return _rows(tx, _of(photos, columns).where(photos.c.owner == resident_id).order_by(photos.c.added))


def by_mail(tx: Transaction, resident_id: str) -> dict[str, list[Row]]:
    """What they want to hear by mail, and which posts they were told of."""
    wish = _of(digests, ("often", "hour")).where(digests.c.resident_id == resident_id)
    waits = _of(searches, ("words", "kind", "category", "ring", "paused", "created"))
    joined = told.join(posts, told.c.post_id == posts.c.id)
    of = _of(told, ("at",), posts.c.title.label("post")).select_from(joined)
    return {
        "digests": _rows(tx, wish),
        "searches": _rows(
            tx, waits.where(searches.c.resident_id == resident_id).order_by(searches.c.created)
        ),
        "told": _rows(
            tx, of.where(told.c.resident_id == resident_id, posts.c.title != "").order_by(told.c.at)
        ),
    }


def ways_in(tx: Transaction, resident_id: str) -> dict[str, list[Row]]:
    """Where they are signed in, their programs, the invitations they made: nothing that opens anything."""
    opened = _of(sessions, ("created", "seen", "expires")).where(sessions.c.resident_id == resident_id)
    keys = _of(tokens, ("name", "created", "used")).where(tokens.c.resident_id == resident_id)
    codes = _of(invitations, ("note", "left", "created", "expires"))
    made = codes.where(invitations.c.made_by == resident_id)
    return {
        "sessions": _rows(tx, opened.order_by(sessions.c.created)),
        "tokens": _rows(tx, keys.order_by(tokens.c.created)),
        "invitations": _rows(tx, made.order_by(invitations.c.created)),
    }


def known(tx: Transaction, resident_id: str) -> dict[str, list[Row]]:
    """Their passkeys by name, what was seen of them at the desk, and who vouches for whom."""
    keys = _of(passkeys, ("name", "created", "used")).where(passkeys.c.resident_id == resident_id)
    seen = _of(proofs, ("what", "at")).where(proofs.c.resident_id == resident_id)
    given = [{**vars(one), "given": True} for one in trust.given(tx, resident_id)]
    got = [{**vars(one), "given": False} for one in trust.got(tx, resident_id)]
    return {
        "passkeys": _rows(tx, keys.order_by(passkeys.c.created)),
        "proofs": _rows(tx, seen.order_by(proofs.c.at, proofs.c.what)),
        "vouches": [{name: row[name] for name in _VOUCH} for row in (*given, *got)],
    }


def on_paper(tx: Transaction, resident_id: str) -> dict[str, list[Row]]:
    """The letters with a code that were printed for them, and when they came back in person, or began to."""
    letters = _of(letter_codes, ("created", "expires", "used", "ended"))
    letters = letters.where(letter_codes.c.resident_id == resident_id)
    back = _of(recoveries, ("email", "ended"), recoveries.c.opened.label("created"))
    back = back.where(recoveries.c.resident_id == resident_id)
    returns = [{**row, "email": row["email"] or ""} for row in _rows(tx, back.order_by(recoveries.c.opened))]
    return {
        "paper": _rows(tx, letters.order_by(letter_codes.c.created)),
        "returns": [{name: row[name] for name in ("email", "created", "ended")} for row in returns],
    }


def story(tx: Transaction, resident_id: str, subjects: Iterable[str]) -> list[Row]:
    """What the log says of them and of what is theirs (`subjects`). Who else did it is not told, nor why."""
    wanted = log.c.subject.in_([resident_id, *subjects])
    statement = _of(log, ("at", "what", "who", "subject", "why"))
    found = _rows(tx, statement.where(wanted, log.c.what.not_in(_NOT_TOLD)).order_by(log.c.id))
    return [_line(row, row.pop("who") == resident_id) for row in found]


def _post(tx: Transaction, row: Row) -> Row:
    answers = answers_got(tx, row["id"])
    return {**row, "answers": [_talk(tx, one, Side.POSTER) for one in answers]}


def _talk(tx: Transaction, row: Row, side: Side) -> Row:
    """An answer, with what was written on it and which details this side let the other see."""
    said = {"conversation": thread(tx, row["id"], side), "released": released(tx, row["id"], side)}
    return {**row, **said}


def _line(row: Row, mine: bool) -> Row:
    return {**row, "mine": mine, "why": row["why"] if mine else None}


def _of(table: Table, columns: Iterable[str], *more: Any) -> Select[Any]:
    return select(*(table.c[name] for name in columns), *more)


def _rows(tx: Transaction, statement: Select[Any]) -> list[Row]:
    return [{str(name): value for name, value in row.items()} for row in tx.run(statement).mappings()]
