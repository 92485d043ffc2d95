"""One of each, as it may come and go: for the document, and for whoever reads it."""

from datetime import UTC, datetime, timedelta

from msgspec import Struct

from node.api.blocks import (
    AdvicePage,
    Advised,
    Block,
    BlockFile,
    Blocks,
    Lifted,
    Listed,
    NewAdvice,
    NewBlock,
    NewList,
)
from node.api.board import Board, Columns, Item
from node.api.copies import Copies, Copy
from node.api.districts import Around, Districts, NewWish, OpenThere
from node.api.drafts import NewPost, PostChange
from node.api.example_export import EXPORT
from node.api.followers import Follower, FollowerPage, Following, LetIn, NewPolicy
from node.api.invites import Invite, Invites, NewInvite
from node.api.matches import Match, Matches, NewMatch
from node.api.me import Me
from node.api.nodes import AskedNode, NewNode, Node, NodeName, Nodes, Reason, ThisNode
from node.api.posts import Area, Author, Home, Post, Posts
from node.api.replies import Replies, Reply
from node.api.reports import (
    Case,
    Dismissed,
    Flagged,
    NewReport,
    Queue,
    Report,
    Reports,
    Said,
    Upheld,
)
from node.api.responses import From, NewComing, NewResponse, Response, Responses
from node.api.sayings import Saying, Sayings, TakenAway
from node.api.threads import (
    Contact,
    Message,
    Messages,
    NewDetails,
    NewMessage,
    Release,
    Released,
)
from node.neighbourhood.block import Block as Stored
from node.neighbourhood.block import Severity, Source
from node.neighbourhood.blocklist import written
from node.neighbourhood.category import Category
from node.neighbourhood.following import Ring, Wish
from node.neighbourhood.invite import InviteState
from node.neighbourhood.match import MatchState
from node.neighbourhood.node import NodeKind, Standing
from node.neighbourhood.policy import Advice, Followers
from node.neighbourhood.post import Audience, Decide, Kind, State, Urgency
from node.neighbourhood.report import ReportCategory, ReportState
from node.neighbourhood.response import ResponseState
from node.neighbourhood.roles import Role
from node.neighbourhood.saying import Where
from node.neighbourhood.when import DayPart, Repeats

_HERE, _THERE = "https://centrum.example", "https://haven.example"
_POST = "0d8a3a5c8d8f4b0e9d6a2f1b7c3e5a90"
_RESPONSE = "5b1f0c7e2a944f6d8e3b9a7c1d2e4f60"
_MATCH = "9c2e4a6b8d0f4135a7b9c1d3e5f70812"
_MESSAGE = "7a1c3e5b9d2f4c60817b3d5f9a0c2e14"
_OFFER = "4e6a8c0b2d1f4375a9b1c3d5e7f90214"
_INVITE = "6c8e0a2b4d1f4597a1b3c5d7e9f02436"
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
    when="2026-03-10",
    day_part=DayPart.MORNING,
    repeats=Repeats.WEEKLY,
)
_response = Response(
    id=_RESPONSE,
    post=_POST,
    text="Ik kan om tien uur.",
    by=From("Merel", "Haven"),
    state=ResponseState.PENDING,
    created=_TUESDAY,
    when="dinsdag om tien uur",
)
_message = Message(
    id=_MESSAGE,
    response=_RESPONSE,
    by=From("Merel", "Haven"),
    mine=False,
    text="Zal ik om elf uur komen?",
    created=_TUESDAY,
    deleted=False,
    changed=False,
)
_invite = Invite(
    id=_INVITE,
    request=_POST,
    offer=_OFFER,
    state=InviteState.PENDING,
    mine=False,
    response=None,
    created=_TUESDAY,
    expires=_TUESDAY + timedelta(days=3),
)
_item = Item(_post, 72, ["There is an answer that nobody chose. Who asked was reminded."], 1, 0)
_match = Match(_MATCH, _POST, _RESPONSE, MatchState.AGREED, _TUESDAY)
_node = Node(
    id=_NODE,
    name="Haven",
    kind=NodeKind.NEIGHBOURHOOD,
    url=_THERE,
    actor=f"{_THERE}/ap/buurt/haven",
    area="BU00000002",
    standing=Standing.ACTIVE,
    paused=False,
    moved_to=None,
    last_seen=_TUESDAY,
)
_around = Around(
    id=_NODE,
    node=NodeName("Haven", _THERE),
    near=Ring.NEXT_DOOR,
    wish=Wish.FOLLOW,
    shown=True,
    open=OpenThere(requests=3, offers=1, notices=0, events=2),
)
_MO = "https://social.example/users/mo"
_follower = Follower(
    _MATCH, _MO, "mo@social.example", "Mo", "https://social.example", Following.FOLLOWS, _TUESDAY
)
_block = Block("spam.example", Severity.BLOCK, "Spam", Source.OWN, _TUESDAY)
_advised = Advised(_MATCH, "spam.example", "Spam", "open", _TUESDAY, _APRIL)
_report = Report(
    id=_MATCH,
    post=_POST,
    response=None,
    message=None,
    category=ReportCategory.PRIVACY,
    text="Het huisnummer staat erin.",
    state=ReportState.OPEN,
    outcome="",
    created=_TUESDAY,
    decided=None,
)
_reply = Reply(
    id=_MATCH,
    uri="https://social.example/users/mo/statuses/1",
    post=_POST,
    text="Ik kan dinsdag.",
    by=From("Mo", "@mo@social.example"),
    profile="https://social.example/@mo",
    public=False,
    why="Nobody here knows this account yet.",
    state="waiting",
    created=_TUESDAY,
)
_saying = Saying(
    id=_MATCH,
    where=Where.ANSWER,
    post=_POST,
    response=_RESPONSE,
    message=None,
    by=From("Mo", "@mo@social.example"),
    text="Stuur eerst geld.",
    reports=[Said(ReportCategory.FRAUD, "Pas op.", "neighbour", _TUESDAY)],
    since=_TUESDAY,
)
_case = Case(
    id=_POST,
    post=_post,
    reports=[Said(ReportCategory.PRIVACY, "Het huisnummer staat erin.", "neighbour", _TUESDAY)],
    why=["1 of our own neighbours reported this."],
    since=_TUESDAY,
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
        NewComing(),
        Copies([Copy(NodeName("Haven", _THERE), "holds", _TUESDAY)], None),
        _match,
        Matches([_match], None),
        _invite,
        Invites([_invite], None),
        NewInvite(_POST, _OFFER),
        Board(Columns([], [], [_item], [], [], [])),
        NewMatch(_POST, _RESPONSE),
        _message,
        Messages([_message], None),
        NewMessage(_message.text),
        Release(["phone"]),
        Released(["phone"], [_TUESDAY]),
        Contact("Merel", "0199-00 12 34", None, None),
        NewDetails("0199-00 12 34", "Lindelaan 12"),
        _node,
        Nodes([_node], None),
        NewNode(_THERE),
        AskedNode(_THERE, _node),
        Reason("It is not in our municipality."),
        _around,
        Districts([_around], None),
        NewWish("follow"),
        EXPORT,
        _follower,
        FollowerPage([_follower], None),
        LetIn(Followers.OPEN, Advice.ASK, 300),
        NewPolicy(followers=Followers.ASK),
        _block,
        Blocks([_block], None),
        NewBlock("spam.example", Severity.BLOCK, "Spam"),
        Lifted("spam.example"),
        BlockFile(
            "".join(written([Stored(_block.subject, _block.severity, "Spam", _block.source, _TUESDAY)]))
        ),
        NewList("spam.example,suspend,false,false,Spam,false"),
        Listed(1, 0, 0, 0, 0, 0, [], 2, 1),
        _advised,
        AdvicePage([_advised], None),
        NewAdvice("spam.example", "Spam", _APRIL),
        _report,
        Reports([_report], None),
        NewReport("privacy", "Het huisnummer staat erin."),
        _case,
        Queue([_case], None),
        _reply,
        Replies([_reply], None),
        _saying,
        Sayings([_saying], None),
        TakenAway("Er wordt om geld gevraagd.", "Het is weg.", True),
        Upheld("ask", "Haal het huisnummer weg.", "De schrijver past het aan."),
        Dismissed("Dit mag gewoon."),
        Flagged("privacy", "Het huisnummer staat in de tekst."),
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
