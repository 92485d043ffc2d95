"""How another node stands to ours, and what the operator can decide about it, in plain words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from node.acts import moving
from node.acts import nodes as acts
from node.neighbourhood.node import Home, Node, NodeKind, Standing
from node.neighbourhood.refusal import NotFound, Words, phrase
from node.neighbourhood.roles import Deed
from node.storage import nodes
from node.ui.door import Ui, Visitor, go_to
from node.ui.forms import Form
from node.ui.words import Sign

REASON_LENGTH = 200
STANDINGS = {
    Standing.ASKS: Sign(phrase("Asks us"), "message-circle", phrase("It waits for our answer."), "warn"),
    Standing.ASKED: Sign(phrase("Asked"), "hourglass", phrase("We wait for its answer."), "warn"),
    Standing.ACTIVE: Sign(phrase("Neighbour"), "handshake", phrase("Posts go over and back."), "good"),
    Standing.MEMBER: Sign(phrase("In our municipality"), "landmark", phrase("It shares our hub.")),
    Standing.FOLLOWER: Sign(phrase("Follows us"), "eye", phrase("It hears what is for everyone.")),
    Standing.KNOWN: Sign(phrase("Known"), "circle-dashed", phrase("We met; there is no border.")),
    Standing.BLOCKED: Sign(phrase("Blocked"), "circle-x", phrase("We want nothing to do with it."), "bad"),
}
ORDER = list(STANDINGS)  # those who wait for somebody first
HUBS = {
    Standing.ACTIVE: Sign(phrase("Our hub"), "landmark", phrase("It carries posts further."), "good"),
    Standing.ASKED: Sign(phrase("Asked"), "hourglass", phrase("It decides whether we may join."), "warn"),
}
PAUSED = Sign(phrase("Paused"), "pause", phrase("Nothing goes over or back now."), "warn")
OURS = Sign(phrase("Member"), "landmark", phrase("What is for the municipality goes over and back."), "good")


@dataclass(frozen=True)
class Step:
    """Something the operator can decide about a node: its button, what happens then in plain words, and what
    is said when it was `done`.

    `asks`: the question for a reason, or nothing; `hint`: who reads that.
    """

    act: Callable[..., Node]
    word: Words
    icon: str
    title: Words
    then: list[Words]
    done: Words
    stop: bool = False
    asks: Words | str = ""
    hint: Words | str = ""


STEPS = {
    "yes": Step(
        acts.say_yes,
        phrase("Yes, become neighbours"),
        "handshake",
        phrase("Become neighbours with %(name)s?"),
        [
            phrase("If both sides said yes, you are neighbours. If not, its operator is asked now."),
            phrase("From then on, posts for “next door” go there, and theirs come here."),
            phrase("You can end it whenever you want."),
        ],
        phrase("You said yes. It hears it now."),
    ),
    "no": Step(
        acts.say_no,
        phrase("No, not now"),
        "x",
        phrase("Say no to %(name)s?"),
        [
            phrase("Its operator hears that you said no, and why."),
            phrase("No posts go over or back. You can say yes later."),
        ],
        phrase("You said no. Its operator hears it now."),
        asks=phrase("Why not?"),
        hint=phrase("The other operator reads this. One sentence is enough."),
    ),
    "end": Step(
        acts.end,
        phrase("End it"),
        "undo-2",
        phrase("No longer neighbours with %(name)s?"),
        [
            phrase("Our posts are called back: that node is asked to remove its copies."),
            phrase("Its posts go from our pages."),
            phrase("Agreements that neighbours made live on."),
            phrase("You can ask it again later."),
        ],
        phrase("The border is closed. It hears it now."),
        stop=True,
    ),
    "block": Step(
        acts.block,
        phrase("Block"),
        "circle-x",
        phrase("Block %(name)s?"),
        [
            phrase("Agreements between its people and ours end now; ours hear of it."),
            phrase("All that we hold of it goes, and whatever it sends is refused."),
            phrase("We do not tell it. It finds out when it knocks."),
        ],
        phrase("It is blocked. Whatever it sends is refused."),
        stop=True,
    ),
    "unblock": Step(
        acts.unblock,
        phrase("Lift the block"),
        "lock",
        phrase("Lift the block of %(name)s?"),
        [
            phrase("It can reach us again."),
            phrase("You are not neighbours by this: somebody has to ask first."),
        ],
        phrase("The block is lifted. It can reach us again."),
    ),
    "pause": Step(
        acts.pause,
        phrase("Pause"),
        "pause",
        phrase("Pause %(name)s for a while?"),
        [
            phrase("Nothing of ours goes there, and what it sends waits at its own end."),
            phrase("Nothing is lost: you stay what you are to each other, and what is here stays here."),
            phrase("What waits longer than two weeks is not sent any more."),
        ],
        phrase("It is paused. Nothing goes over or back until you go on."),
    ),
    "resume": Step(
        acts.resume,
        phrase("Go on"),
        "forward",
        phrase("Go on with %(name)s?"),
        [phrase("What waits for it goes out now, and what it sends is taken in again.")],
        phrase("We go on. What waited goes out now."),
    ),
    "follow": Step(
        moving.follow,
        phrase("Ask the new one"),
        "forward",
        phrase("Ask %(name)s at its new address?"),
        [
            phrase(
                "Its new address is asked to become neighbours, as any other: its operator has to say yes."
            ),
            phrase("The border with the old address ends now: our posts are called back there."),
            phrase("Its posts go from our pages."),
            phrase("Agreements that neighbours made live on."),
        ],
        phrase("The new one is asked now, and the border with the old one is closed."),
    ),
    "keys": Step(
        acts.confirm_keys,
        phrase("The new keys are good"),
        "check",
        phrase("Are the new keys of %(name)s good?"),
        [
            phrase("Ring its operator first, on a number that you had already. Did they change their keys?"),
            phrase("If so: we fetch the new keys, and listen to that node again."),
            phrase("If not: go back, and block it."),
        ],
        phrase("We fetch its new keys now."),
    ),
}


def sign(node: Node) -> Sign:
    """How a node stands to ours, as a word."""
    if node.kind is NodeKind.HUB and node.standing in HUBS:
        return HUBS[node.standing]
    if node.member and node.membership_uri is not None:  # of us, a hub
        return OURS
    return STANDINGS[node.standing]


def steps(node: Node, home: Home) -> list[str]:
    """What can be decided about a node, as it stands now. A hub has no neighbours: its members are decided
    about on a page of their own."""
    keys = ["keys"] if node.alarm is not None and not node.blocked else []
    rest = [] if node.blocked else ["resume"] if node.paused else ["pause"]
    if node.kind is NodeKind.HUB or home.is_hub:
        return [*keys, *rest, "unblock" if node.blocked else "block"]
    yes = ["yes"] if node.adjacent is not None else []
    gone = ["follow"] if node.leaves_for is not None else []
    some = rest if node.paused else []  # with whom nothing goes over or back there is nothing to pause
    return (
        keys
        + {
            Standing.ASKS: ["yes", "no", *some, "block"],
            Standing.ASKED: [*gone, "end", *some, "block"],
            Standing.ACTIVE: [*gone, "end", *rest, "block"],
            Standing.MEMBER: [*yes, *rest, "block"],
            Standing.FOLLOWER: [*yes, *rest, "block"],
            Standing.KNOWN: [*yes, *some, "block"],
            Standing.BLOCKED: ["unblock"],
        }[node.standing]
    )


async def explain(ui: Ui, request: Request, who: Visitor, ways: Mapping[str, Step], back: str) -> Response:
    """What the step of this address will do, before it does. Only an operator."""
    who.required(Deed.RUN_BORDERS)
    step = _chosen(request, ways)
    node = await ui.database.reading(nodes.get, request.path_params["node"])
    return sure(ui, request, who, node, step, back)


def sure(ui: Ui, request: Request, who: Visitor, node: Node, step: Step, back: str) -> Response:
    """Are you sure? The question, what happens then, and the way back."""
    title = phrase(step.title.text, name=node.name)
    values = {"node_there": node, "step": step, "title": title, "away": back, "most": REASON_LENGTH}
    return ui.page(request, who, "step.html", current="me", **values)


async def take(
    ui: Ui, request: Request, who: Visitor, form: Form, ways: Mapping[str, Step], back: str
) -> Response:
    """Take the step of this address. Only an operator."""
    by, step = who.required(Deed.RUN_BORDERS), _chosen(request, ways)
    words = [" ".join(form["reason"].split())[:REASON_LENGTH]] if step.asks else []
    await ui.database.writing(step.act, by, request.path_params["node"], *words, who.at)
    return go_to(f"{back}?said={request.path_params['step']}")


def was_done(request: Request, ways: Mapping[str, Step], code: int) -> Words | str:
    """What was just done, for the page that one came back to."""
    step = ways.get(request.query_params.get("said", "")) if code == 200 else None
    return step.done if step is not None else ""


def _chosen(request: Request, ways: Mapping[str, Step]) -> Step:
    step = ways.get(request.path_params["step"])
    if step is None:
        raise NotFound(phrase("This page is not here"))
    return step
