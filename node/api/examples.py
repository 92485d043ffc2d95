"""One of each, as it may come and go: for the document, and for whoever reads it."""

from datetime import UTC, datetime

from msgspec import Struct

from node.api.copies import Copies, Copy
from node.api.drafts import NewPost, PostChange
from node.api.matches import Match, Matches, NewMatch
from node.api.me import Me
from node.api.nodes import AskedNode, NewNode, Node, NodeName, Nodes, ThisNode
from node.api.posts import Area, Author, Home, Post, Posts
from node.api.responses import From, NewResponse, Response, Responses
from node.neighbourhood.category import Category
from node.neighbourhood.match import MatchState
from node.neighbourhood.node import NodeKind, Standing
from node.neighbourhood.post import Audience, Decide, Kind, State, Urgency
from node.neighbourhood.response import ResponseState
from node.neighbourhood.roles import Role

_HERE, _THERE = "https://centrum.example", "https://haven.example"
_POST = "0d8a3a5c8d8f4b0e9d6a2f1b7c3e5a90"
_RESPONSE = "5b1f0c7e2a944f6d8e3b9a7c1d2e4f60"
_MATCH = "9c2e4a6b8d0f4135a7b9c1d3e5f70812"
_NODE = "3f5a7c9e1b2d4f60819a3b5c7d9e0f12"
_TUESDAY = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)
_APRIL = datetime(2026, 4, 2, 9, 30, tzinfo=UTC)

_post = Post(
    id=_POST,
    uri=f"{_HERE}/ap/o/{_POST}",
    kind=Kind.REQUEST,
    title="Wie haalt dinsdag mijn medicijnen?",
    text="De apotheek is om de hoek.",
    category=Category.GROCERIES,
    audience=Audience.ADJACENT,
    urgency=Urgency.WEEK,
    state=State.RESPONDED,
    author=Author("Bea"),
    area=Area("BU00000001", "Centrum"),
    home=Home("Centrum", _HERE, own=True),
    created=_TUESDAY,
    updated=_TUESDAY,
    expires=_APRIL,
    url=f"{_HERE}/o/{_POST}",
    decide=Decide.CHOOSE,
    places=1,
    places_left=1,
)
_response = Response(
    id=_RESPONSE,
    post=_POST,
    text="Ik kan om tien uur.",
    by=From("Merel", "Haven"),
    state=ResponseState.PENDING,
    created=_TUESDAY,
)
_match = Match(_MATCH, _POST, _RESPONSE, MatchState.AGREED, _TUESDAY)
_node = Node(
    id=_NODE,
    name="Haven",
    kind=NodeKind.NEIGHBOURHOOD,
    url=_THERE,
    actor=f"{_THERE}/ap/buurt/haven",
    area="BU00000002",
    standing=Standing.ACTIVE,
    last_seen=_TUESDAY,
)

EXAMPLES: dict[type[Struct], Struct] = {
    type(example): example
    for example in (
        _post,
        Posts([_post], None),
        NewPost(title=_post.title, text=_post.text, category="boodschappen", audience="adjacent"),
        PostChange(urgency="urgent", state="open"),
        _response,
        Responses([_response], None),
        NewResponse("Ik kan om tien uur."),
        Copies([Copy(NodeName("Haven", _THERE), "holds", _TUESDAY)], None),
        _match,
        Matches([_match], None),
        NewMatch(_POST, _RESPONSE),
        _node,
        Nodes([_node], None),
        NewNode(_THERE),
        AskedNode(_THERE, _node),
        ThisNode(
            kind=NodeKind.NEIGHBOURHOOD,
            name="Centrum",
            area="BU00000001",
            actor=f"{_HERE}/ap/buurt/centrum",
            acct="centrum@centrum.example",
            hub=None,
            version="0.1.0",
        ),
        Me(id=_NODE, name="Bea", roles=[Role.BROKER], language="nl", node=NodeName("Centrum", _HERE)),
    )
}
