"""The table of this door: every operation, what it takes and answers, and who may do it."""

from functools import partial

from node.acts import matches as match_acts
from node.acts import nodes as node_acts
from node.api import copies, drafts, matches, me, nodes, posts, responses
from node.api.lists import PageAsked
from node.api.operation import Operation
from node.neighbourhood.post import Kind
from node.neighbourhood.roles import Deed


def _posts(kind: Kind, folder: str, a: str) -> tuple[Operation, ...]:
    """Requests and offers have the same operations."""
    one, name = f"/{folder}/{{id}}", kind.value.title()
    return (
        Operation(
            method="GET",
            path=f"/{folder}",
            name=f"list{name}s",
            says=f"The {folder} one may see",
            also="Without a token: what is public. A resident sees all that this node holds, but not what "
            "others have in draft or review, took back, or had hidden.",
            does=partial(posts.listing, kind),
            takes=posts.PostsAsked,
            answers=posts.Posts,
        ),
        Operation(
            method="POST",
            path=f"/{folder}",
            name=f"post{name}",
            says=f"Post {a}",
            does=partial(posts.make, kind),
            deed=Deed.POST,
            takes=drafts.NewPost,
            answers=posts.Post,
            status=201,
        ),
        Operation(
            method="GET",
            path=one,
            name=f"show{name}",
            says=f"One {kind}",
            also="What one may not see is answered as what does not exist.",
            does=partial(posts.show, kind),
            answers=posts.Post,
        ),
        Operation(
            method="PATCH",
            path=one,
            name=f"change{name}",
            says=f"Change {a}, close it or open it again",
            also="What is left out stays. All of it happens, or nothing. Every copy hears of it.",
            does=partial(posts.change, kind),
            deed=Deed.EDIT_POST,
            takes=drafts.PostChange,
            answers=posts.Post,
            refuses=(409,),
        ),
        Operation(
            method="DELETE",
            path=one,
            name=f"withdraw{name}",
            says=f"Take {a} back, here and everywhere",
            also="Agreements on it end, and every copy is asked to go. Doing it again changes nothing.",
            does=partial(posts.withdraw, kind),
            deed=Deed.EDIT_POST,
            answers=None,
            status=204,
        ),
        Operation(
            method="GET",
            path=f"{one}/responses",
            name=f"list{name}Responses",
            says=f"The answers to {a}",
            also="At its home the poster and a broker see all. Others, and elsewhere: one's own.",
            does=partial(responses.listing, kind),
            deed=Deed.READ_OWN,
            takes=PageAsked,
            answers=responses.Responses,
        ),
        Operation(
            method="POST",
            path=f"{one}/responses",
            name=f"answer{name}",
            says=f"Answer {a}",
            also="At the node where one lives. If the first yes decides, the answer may come back accepted.",
            does=partial(responses.make, kind),
            deed=Deed.ANSWER,
            takes=responses.NewResponse,
            answers=responses.Response,
            status=201,
            refuses=(409,),
        ),
        Operation(
            method="GET",
            path=f"{one}/copies",
            name=f"list{name}Copies",
            says=f"Where {a} is, and who confirmed",
            also="At its home only.",
            does=partial(copies.listing, kind),
            deed=Deed.SEE_COPIES,
            takes=PageAsked,
            answers=copies.Copies,
        ),
    )


_ANSWERS = (
    Operation(
        method="DELETE",
        path="/responses/{id}",
        name="withdrawResponse",
        says="Take one's own answer back",
        also="Also when it was agreed already. Doing it again changes nothing.",
        does=responses.withdraw,
        deed=Deed.WITHDRAW_ANSWER,
        answers=None,
        status=204,
        refuses=(409,),
    ),
    Operation(
        method="POST",
        path="/responses/{id}/decline",
        name="declineResponse",
        says="Say kindly no to an answer",
        does=responses.decline,
        deed=Deed.DECLINE_ANSWER,
        answers=responses.Response,
        refuses=(409,),
    ),
    Operation(
        method="GET",
        path="/matches",
        name="listMatches",
        says="The agreements in which one asks or helps",
        also="With `request`: on that post; whose post it is and a broker see all of them at its home.",
        does=matches.listing,
        deed=Deed.READ_OWN,
        takes=matches.MatchesAsked,
        answers=matches.Matches,
    ),
    Operation(
        method="POST",
        path="/matches",
        name="agree",
        says="Pick an answer: that is the agreement",
        also="At the post's home. 409 when somebody else was picked already.",
        does=matches.make,
        deed=Deed.AGREE,
        takes=matches.NewMatch,
        answers=matches.Match,
        status=201,
        refuses=(404, 409),
    ),
    Operation(
        method="POST",
        path="/matches/{id}/complete",
        name="completeMatch",
        says="It worked out",
        does=partial(matches.move, match_acts.complete),
        deed=Deed.COMPLETE,
        answers=matches.Match,
        refuses=(409,),
    ),
    Operation(
        method="POST",
        path="/matches/{id}/cancel",
        name="cancelMatch",
        says="It is off",
        also="The helper too may do this, at their own node.",
        does=partial(matches.move, match_acts.cancel),
        deed=Deed.CANCEL_AS_POSTER,
        answers=matches.Match,
        refuses=(409,),
    ),
)


def _border(name: str, says: str, decision: nodes.Decision, *refuses: int) -> Operation:
    return Operation(
        method="POST",
        path=f"/nodes/{{id}}/{name}",
        name=f"{name}Node",
        says=says,
        does=partial(nodes.decide, decision),
        deed=Deed.RUN_BORDERS,
        answers=nodes.Node,
        refuses=refuses,
    )


_NODES = (
    Operation(
        method="GET",
        path="/node",
        name="showNode",
        says="This node",
        does=nodes.about,
        answers=nodes.ThisNode,
    ),
    Operation(
        method="GET",
        path="/nodes",
        name="listNodes",
        says="The nodes known here, by name",
        does=nodes.listing,
        deed=Deed.SEE_NODES,
        takes=PageAsked,
        answers=nodes.Nodes,
    ),
    Operation(
        method="POST",
        path="/nodes",
        name="askNode",
        says="Want a node as neighbour",
        also="It is looked up first; then it stands in the list with `standing` asked.",
        does=nodes.ask,
        deed=Deed.RUN_BORDERS,
        takes=nodes.NewNode,
        answers=nodes.AskedNode,
        status=202,
        refuses=(409,),
    ),
    _border("accept", "Yes to a node that asks: neighbours from now on", node_acts.say_yes, 409),
    _border("refuse", "No to a node that asks", nodes.refuse, 409),
    _border("end", "No longer neighbours: our posts there are called back", node_acts.end),
    _border("block", "Have nothing to do with a node", node_acts.block),
    _border("unblock", "Lift a block; the border itself has to be asked for anew", node_acts.unblock),
)

_ME = Operation(
    method="GET",
    path="/me",
    name="showMe",
    says="Who the token stands for",
    does=me.show,
    deed=Deed.READ_OWN,
    answers=me.Me,
)

TABLE: tuple[Operation, ...] = (
    *_posts(Kind.REQUEST, "requests", "a request"),
    *_posts(Kind.OFFER, "offers", "an offer"),
    *_ANSWERS,
    *_NODES,
    _ME,
)
