"""The broker's desk: the board, and asking somebody to help."""

from node.api import board, invites
from node.api.lists import PageAsked
from node.api.operation import Operation
from node.api.responses import NewResponse
from node.neighbourhood.roles import Deed

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        method="GET",
        path="/board",
        name="showBoard",
        says="The broker's board",
        also="This neighbourhood's own requests, and offers that somebody answered, by how they stand.",
        does=board.show,
        deed=Deed.SEE_BOARD,
        answers=board.Board,
    ),
    Operation(
        method="GET",
        path="/invites",
        name="listInvites",
        says="What one was asked to help with",
        also="A broker also sees what this neighbourhood asked others.",
        does=invites.listing,
        deed=Deed.READ_OWN,
        takes=PageAsked,
        answers=invites.Invites,
    ),
    Operation(
        method="POST",
        path="/invites",
        name="invite",
        says="Ask somebody who offers it to help with a request",
        also="At the home of the request, with an open offer of here or elsewhere. 409 when the helper's "
        "node does not see the request, when they were asked already, or said no.",
        does=invites.make,
        deed=Deed.INVITE_HELPER,
        takes=invites.NewInvite,
        answers=invites.Invite,
        status=201,
        refuses=(404, 409),
    ),
    Operation(
        method="POST",
        path="/invites/{id}/accept",
        name="acceptInvite",
        says="Yes, I want to help",
        also="At the node where one lives. It is agreed at once, unless somebody else was first.",
        does=invites.accept,
        deed=Deed.ANSWER_INVITE,
        takes=NewResponse,
        answers=invites.Invite,
        refuses=(409,),
    ),
    Operation(
        method="POST",
        path="/invites/{id}/decline",
        name="declineInvite",
        says="Not this time",
        does=invites.decline,
        deed=Deed.ANSWER_INVITE,
        answers=invites.Invite,
        refuses=(409,),
    ),
)
