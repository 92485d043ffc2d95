"""Answers and agreements."""

from functools import partial

from node.acts import matches as match_acts
from node.api import matches, responses
from node.api.operation import Operation
from node.neighbourhood.roles import Deed

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        method="DELETE",
        path="/responses/{id}",
        name="withdrawResponse",
        says="Take one's own answer back",
        also="Also when it was agreed already. A public answer is deleted. Doing it again changes nothing.",
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
        also="A public answer to a notice is hidden; a supervisor may do that too.",
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
