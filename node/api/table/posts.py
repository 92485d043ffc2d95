"""Posts: the four kinds have the same operations."""

from functools import partial

from node.api import copies, drafts, posts, responses
from node.api.lists import PageAsked
from node.api.operation import Operation
from node.neighbourhood.post import Kind
from node.neighbourhood.roles import Deed

_OWN = "At its home the poster and a broker see all. Others, and elsewhere: one's own."
_FIRST = "If the first yes decides, the answer may come back accepted."
_WHO_READS = {
    Kind.REQUEST: _OWN,
    Kind.OFFER: _OWN,
    Kind.NOTICE: "At its home everybody who may see the notice reads them all. Elsewhere: one's own.",
    Kind.EVENT: f"Who comes. {_OWN}",
}
_WHAT_COMES = {
    Kind.REQUEST: _FIRST,
    Kind.OFFER: _FIRST,
    Kind.NOTICE: "It can be read at once, at the notice's home, by everybody who may see the notice.",
    Kind.EVENT: "It says that one comes. At the event's home it comes back accepted, or 409 when it is full.",
}


def _posts(kind: Kind, folder: str, a: str) -> tuple[Operation, ...]:
    """What can be done with one kind of post."""
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
            also=_WHO_READS[kind],
            does=partial(responses.listing, kind),
            deed=None if kind is Kind.NOTICE else Deed.READ_OWN,
            takes=PageAsked,
            answers=responses.Responses,
        ),
        Operation(
            method="POST",
            path=f"{one}/responses",
            name=f"answer{name}",
            says=f"Answer {a}",
            also=f"At the node where one lives. {_WHAT_COMES[kind]}",
            does=partial(responses.make, kind),
            deed=Deed.ANSWER,
            takes=responses.NewComing if kind is Kind.EVENT else responses.NewResponse,
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


OPERATIONS: tuple[Operation, ...] = (
    *_posts(Kind.REQUEST, "requests", "a request"),
    *_posts(Kind.OFFER, "offers", "an offer"),
    *_posts(Kind.NOTICE, "notices", "a notice"),
    *_posts(Kind.EVENT, "events", "an event"),
)
