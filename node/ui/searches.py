"""*Tell me when there is something like this*: a search is kept, paused, resumed and removed."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from node.acts import searches as acts
from node.neighbourhood.post import Kind
from node.neighbourhood.refusal import Conflict, Invalid, NotFound, Words, phrase
from node.neighbourhood.resident import Resident
from node.neighbourhood.roles import Deed
from node.neighbourhood.wish import WORDS_LENGTH, Search
from node.storage.database import Transaction
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form
from node.ui.posts import WHERE
from node.ui.reach import Reach, reach
from node.ui.words import CATEGORIES

PAGE = "/me/mail"
FIELDS = ("words", "kind", "category", "where")
KINDS = {
    Kind.REQUEST: phrase("Requests"),
    Kind.OFFER: phrase("Offers"),
    Kind.NOTICE: phrase("Notices"),
    Kind.EVENT: phrase("Activities"),
}
_WHERE = {ring: name for name, ring in WHERE.items()}

Do = Callable[[Transaction, Resident, str], object]
DEEDS: dict[str, Do] = {
    "pause": lambda tx, by, search: acts.pause(tx, by, search, True),
    "resume": lambda tx, by, search: acts.pause(tx, by, search, False),
    "end": acts.end,
}


async def new(ui: Ui, request: Request, who: Visitor) -> Response:
    """GET /me/mail/new: what to wait for; a list that one comes from is filled in."""
    query = request.query_params
    return await _asking(ui, request, who, Form({name: query.get(name, "")[:200] for name in FIELDS}))


async def keep(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Keep a search."""
    person = who.required(Deed.CHOOSE_MAIL)
    where = WHERE[form["where"]] if form["where"] in WHERE else form["where"] and "nowhere"
    said = form["words"], form["kind"], form["category"], str(where)
    try:
        await ui.database.writing(acts.keep, person, *said, who.at)
    except (Invalid, Conflict) as refused:
        return await _asking(ui, request, who, *form.refused(refused))
    return go_to(f"{PAGE}?said=waits#searches")


async def do(ui: Ui, request: Request, who: Visitor, form: Form) -> Response:
    """Let a search rest, go on, or go. Only whose it is."""
    deed = request.path_params["deed"]
    person = who.required(Deed.CHOOSE_MAIL)
    if deed not in DEEDS:
        raise NotFound(phrase("This page is not here"))
    done = await ui.database.writing(DEEDS[deed], person, request.path_params["search"])
    if isinstance(done, Search):
        return go_to(f"{PAGE}?{urlencode({'said': 'gone', **filled_in(done)})}#searches")
    return go_to(f"{PAGE}?said={deed}d#searches")


def filled_in(search: Search) -> dict[str, str]:
    """A search as its form has it."""
    where = _WHERE[search.ring] if search.ring else ""
    return {
        "words": search.words,
        "kind": search.kind or "",
        "category": search.category or "",
        "where": where,
    }


def places(around: Reach) -> list[tuple[str, Words]]:
    """How near it is to be, for a choice of the form."""
    found = [
        ("", phrase("Everywhere that I can see")),
        ("here", phrase("Only %(area)s", area=around.area)),
        ("near", phrase("Only next door")),
    ]
    if around.town:
        found.append(("town", phrase("The rest of %(town)s", town=around.town)))
    return found


@dataclass(frozen=True)
class Waited:
    """A search as its owner sees it. `name`: what it is called; `also`: what else it asks; `where`: how
    near."""

    id: str
    name: str
    also: list[str]
    where: Words
    paused: bool


def waited(search: Search, around: Reach) -> Waited:
    """A search in words: the first thing that was said is its name."""
    kind = KINDS[search.kind] if search.kind else None
    about = CATEGORIES[search.category].word if search.category else None
    said = [one for one in (about, kind) if one is not None]
    place = dict(places(around)).get(filled_in(search)["where"], phrase("Elsewhere in the municipality"))
    name, also = (search.words, said) if search.words else (said[0] if said else place, said[1:])
    return Waited(search.id, name, also, place, search.paused)


async def _asking(ui: Ui, request: Request, who: Visitor, form: Form, code: int = 200) -> Response:
    who.required(Deed.CHOOSE_MAIL)
    around = await ui.database.reading(reach)
    abouts = [(str(one), sign.word) for one, sign in CATEGORIES.items()]
    values = {
        "kinds": [(str(one), word) for one, word in KINDS.items()],
        "abouts": abouts,
        "places": places(around),
    }
    return ui.page(request, who, "mail-new.html", code, current="me", form=form, most=WORDS_LENGTH, **values)
