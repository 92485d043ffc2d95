"""What is said on every page about a post: a word and its icon, never one without the other.

Codes are those of the contract and of the neighbourhood; a code from elsewhere that we do not know never
breaks a page.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from node.neighbourhood.category import Category, known
from node.neighbourhood.refusal import Words, phrase
from node.ui.language import gettext, ngettext, translate


@dataclass(frozen=True)
class Sign:
    """A word, the icon beside it, a short explanation, and its colour (a class of the style sheet)."""

    word: str
    icon: str
    hint: str = ""
    tone: str = ""


CATEGORIES = {
    Category.GROCERIES: Sign(phrase("Groceries"), "shopping-basket", phrase("carrying a bag")),
    Category.RIDES: Sign(phrase("Ride"), "car", phrase("to the doctor")),
    Category.ODD_JOBS: Sign(phrase("Odd job indoors"), "wrench", phrase("hanging a lamp")),
    Category.GARDEN: Sign(phrase("Garden"), "sprout", phrase("trimming the hedge")),
    Category.COMPANY: Sign(phrase("Company"), "coffee", phrase("coffee together")),
    Category.MEALS: Sign(phrase("Meal"), "utensils", phrase("a warm meal")),
    Category.COMPUTER: Sign(phrase("Computer"), "laptop", phrase("learning to video call")),
    Category.FORMS: Sign(phrase("Paperwork"), "file-text", phrase("reading a letter")),
    Category.LANGUAGE: Sign(phrase("Language"), "languages", phrase("practising Dutch")),
    Category.PETS: Sign(phrase("Pets"), "paw-print", phrase("walking the dog")),
    Category.CHILDCARE: Sign(phrase("Childcare"), "baby", phrase("an hour after school")),
    Category.THINGS: Sign(phrase("Things"), "package", phrase("borrowing a drill")),
    Category.OTHER: Sign(phrase("Something else"), "ellipsis", phrase("tell us in a moment")),
}
STATES = {
    "draft": Sign(phrase("Not posted yet"), "pencil"),
    "waiting": Sign(phrase("Out of sight"), "eye-off", tone="warn"),
    "open": Sign(phrase("Still open"), "circle-dashed", tone="open"),
    "released": Sign(phrase("Also next door"), "forward"),
    "responded": Sign(phrase("There are responses"), "message-circle"),
    "proposed": Sign(phrase("Proposed"), "hourglass", tone="warn"),
    "agreed": Sign(phrase("Agreed"), "handshake", tone="knot"),
    "done": Sign(phrase("It worked out"), "heart", tone="good"),
    "thanked": Sign(phrase("It worked out, with thanks"), "heart", tone="good"),
    "closed": Sign(phrase("Closed"), "minus"),
    "withdrawn": Sign(phrase("Taken back"), "undo-2"),
    "expired": Sign(phrase("Expired"), "clock"),
    "referred": Sign(phrase("To the district team"), "users"),
    "duplicate": Sign(phrase("Was posted twice"), "copy"),
    "solved_elsewhere": Sign(phrase("Solved in another way"), "circle-check", tone="good"),
    "paused": Sign(phrase("On hold"), "pause"),
    "hidden": Sign(phrase("Not visible now"), "eye-off", tone="warn"),
}
UNKNOWN = Sign(phrase("Unknown"), "minus")
NOBODY = Sign(phrase("Nobody yet"), "circle-dashed", tone="open")
ROOM = Sign(phrase("Still room"), "circle-check", tone="good")
PAST = Sign(phrase("It is over"), "clock")
URGENCIES = {
    "urgent": Sign(phrase("Today or tomorrow"), "hourglass"),
    "week": Sign(phrase("This week"), "calendar-days"),
    "whenever": Sign(phrase("There is no hurry"), "clock"),
}
COPIES = {
    "home": Sign(phrase("The post is at home here."), "house"),
    "asked": Sign(phrase("On its way."), "hourglass", tone="todo"),
    "delivered": Sign(phrase("Has arrived."), "check"),
    "holds": Sign(phrase("Has a copy."), "check"),
    "later": Sign(phrase("Not yet."), "landmark", tone="todo"),
    "deletion_asked": Sign(phrase("We asked to remove the copy."), "hourglass", tone="gone"),
    "gone": Sign(phrase("The copy is gone."), "x", tone="gone"),
}
ON_ITS_WAY = "on its way"
PASSED_ON = Sign(phrase("On its way"), "send")
REPLIES = {  # an answer, as who gave it reads it, and as who decides about it does
    "pending": (
        Sign(phrase("Waits for a choice"), "hourglass", tone="warn"),
        Sign(phrase("Waits for your choice"), "message-circle"),
    ),
    ON_ITS_WAY: (PASSED_ON,) * 2,
    "agreed": (Sign(phrase("Agreed"), "handshake", tone="knot"),) * 2,
    "done": (Sign(phrase("It worked out"), "heart", tone="good"),) * 2,
    "cancelled": (Sign(phrase("Called off"), "x"),) * 2,
    "declined": (Sign(phrase("Not this time"), "minus"), Sign(phrase("You said no kindly"), "minus")),
    "taken": (
        Sign(phrase("Somebody else was first"), "circle-check"),
        Sign(phrase("Somebody else was first"), "circle-check"),
    ),
    "withdrawn": (Sign(phrase("You took this back"), "undo-2"), Sign(phrase("Taken back"), "undo-2")),
}
COMMENTS = {  # what somebody said under a notice: nothing is agreed by it
    "pending": PASSED_ON,
    "accepted": Sign(phrase("Placed"), "check"),
    "declined": Sign(phrase("Hidden"), "eye-off"),
}
COMING = {
    "pending": PASSED_ON,
    "accepted": Sign(phrase("You come"), "check", tone="good"),
    "taken": Sign(phrase("It was full"), "minus"),
}
REACH = ("neighbourhood", "adjacent", "municipality", "public")
NEARNESS = {
    "adjacent": phrase("next door"),
    "one": phrase("one neighbourhood away"),
    "municipality": phrase("in our municipality"),
}


def category(code: str) -> Sign:
    return CATEGORIES[known(code)]


def state(code: str, kind: str = "request", responses: int | None = None) -> Sign:
    """How a post stands. An open offer has room; an open request says how many answered, if known."""
    if code == "open" and kind == "offer":
        return ROOM
    if code == "expired" and kind == "event":
        return PAST
    if code in ("open", "released", "responded") and kind == "request" and responses is not None:
        return _answered(responses) if responses else NOBODY
    return STATES.get(code, UNKNOWN)


def reply(code: str, agreement: str | None, own: bool, kind: str = "request") -> Sign:
    """How an answer stands, and what came of it: for who gave it (`own`), or for who decides about it."""
    said = {"notice": COMMENTS, "event": COMING}.get(kind, {}).get(code)
    if said is not None:
        return said
    came = agreement if agreement in ("done", "cancelled") and code != "withdrawn" else None
    came = came or ("agreed" if code == "accepted" else code)
    return REPLIES.get(came, (UNKNOWN, UNKNOWN))[0 if own else 1]


def urgency(code: str) -> Sign:
    return URGENCIES.get(code, URGENCIES["whenever"])


def copy(code: str) -> Sign:
    """Where one copy of a post stands: a bead on the line *where is it now?*"""
    return COPIES.get(code, UNKNOWN)


def audience(
    code: str,
    area: str = "",
    neighbours: Sequence[str] = (),
    town: str = "",
    fellows: Sequence[str] = (),
    kind: str = "request",
) -> Sign:
    """Who may see a post, with the names of the places if they are known.

    `fellows`: the neighbourhoods of the municipality that are not next door.
    """
    if code == "neighbourhood":
        word = phrase("Only %(area)s", area=area) if area else phrase("Only my neighbourhood")
        return Sign(word, "house", phrase("Your own neighbourhood."))
    if code == "adjacent":
        return Sign(phrase("Also the neighbourhoods next door"), "users", _next_door(neighbours, kind))
    if code == "municipality":
        word = phrase("All of %(town)s", town=town) if town else phrase("The whole municipality")
        return Sign(word, "landmark", _in_town(fellows))
    return Sign(phrase("Everyone"), "globe", phrase("Strangers too: on the internet and in search engines."))


def audience_at_hub(code: str, town: str = "", members: Sequence[str] = ()) -> Sign:
    """Who may see a post of a hub: it has no neighbourhood of its own, and nobody next door."""
    if code == "neighbourhood":
        word = phrase("Only people with an account here")
        return Sign(word, "house", phrase("Not the neighbourhoods: only whoever has an account at this hub."))
    if code != "municipality":
        return audience(code)
    word = phrase("All of %(town)s", town=town) if town else phrase("The whole municipality")
    if not members:
        hint = phrase("No neighbourhood is a member yet. When one is, it sees this too.")
    elif len(members) > NAMED:
        hint = phrase("All %(count)d neighbourhoods that are members.", count=len(members))
    else:
        hint = phrase("The neighbourhoods that are members: %(names)s.", names=listed(members))
    return Sign(word, "landmark", hint)


def _next_door(neighbours: Sequence[str], kind: str) -> Words:
    if kind not in ("request", "offer"):
        if not neighbours:
            return phrase("No neighbourhood is connected yet. When one is, it sees this too.")
        return phrase("Also for %(names)s.", names=listed(neighbours))
    return phrase("%(names)s. More chance of help.", names=listed(neighbours)) if neighbours else MORE_CHANCE


def _in_town(fellows: Sequence[str]) -> Words:
    if not fellows:
        return phrase("The neighbourhoods next door, and all others in the municipality.")
    if len(fellows) > NAMED:
        return phrase("The neighbourhoods next door, and all %(count)d others.", count=len(fellows))
    return phrase("The neighbourhoods next door, and also %(names)s.", names=listed(fellows))


MORE_CHANCE = phrase("More chance of help.")
NAMED = 8  # more neighbourhoods than this are counted


def rings(code: str) -> int:
    """How many of the three rings round the house are full: none for the neighbourhood, all for everyone."""
    return REACH.index(code) if code in REACH else 0


def who(kind: str, name: str) -> str:
    """*Miep asks*, *Ahmed offers*, *Femke tells*, *Organised by Femke*."""
    name = name or gettext("A neighbour")
    said = {
        "request": phrase("%(name)s asks", name=name),
        "offer": phrase("%(name)s offers", name=name),
        "event": phrase("Organised by %(name)s", name=name),
    }
    return translate(said.get(kind, phrase("%(name)s tells", name=name)))


def step(kind: str, code: str) -> str:
    """The one thing a neighbour can do with this post, as the text of its button."""
    if code in ("open", "released", "responded"):
        if kind == "request":
            return gettext("I want to help")
        if kind == "offer":
            return gettext("I would like this")
    return gettext("Read the notice") if kind == "notice" else gettext("Have a look")


def listed(names: Sequence[str]) -> str:
    """*Oude Haven*, *Oude Haven and Molenwijk*, *Oude Haven, Molenwijk and Het Veer*."""
    if len(names) < 2:
        return "".join(names)
    return gettext("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def _answered(responses: int) -> Sign:
    said = ngettext("%(count)d response", "%(count)d responses", responses) % {"count": responses}
    return Sign(said, "message-circle")


FOR_TEMPLATES = (audience, audience_at_hub, category, copy, reply, rings, state, step, urgency, who)
