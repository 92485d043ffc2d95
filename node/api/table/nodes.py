"""This node, the others, and the borders between."""

from functools import partial

from node.acts import hub as hub_acts
from node.acts import moving
from node.acts import nodes as node_acts
from node.api import nodes
from node.api.lists import PageAsked
from node.api.operation import Operation
from node.neighbourhood.roles import Deed


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


def _member(word: str, name: str, says: str, decision: nodes.Explained) -> Operation:
    return Operation(
        method="POST",
        path=f"/nodes/{{id}}/{word}",
        name=name,
        says=says,
        also="With a reason, or `{}`.",
        does=partial(nodes.explain, decision),
        deed=Deed.RUN_BORDERS,
        takes=nodes.Reason,
        answers=nodes.Node,
        refuses=(409,),
    )


OPERATIONS: tuple[Operation, ...] = (
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
    _border("pause", "For a while nothing goes to a node, nor is taken from it", node_acts.pause),
    _border("resume", "Go on with a node that was paused", node_acts.resume),
    _border("follow", "A neighbour moved: ask its new address, and end the old border", moving.follow, 409),
    _border("confirm", "Its operator was rung, and its new keys are good", node_acts.confirm_keys),
    Operation(
        method="POST",
        path="/hub",
        name="joinHub",
        says="Ask a hub to take us in",
        also="It is looked up first; its operator decides. 409 at a hub, and while there is a hub already.",
        does=nodes.join,
        deed=Deed.RUN_BORDERS,
        takes=nodes.NewNode,
        answers=nodes.AskedNode,
        status=202,
        refuses=(409,),
    ),
    Operation(
        method="DELETE",
        path="/hub",
        name="leaveHub",
        says="Leave the hub: what others hold through it is called back",
        does=nodes.leave,
        deed=Deed.RUN_BORDERS,
        answers=None,
        status=204,
        refuses=(409,),
    ),
    _border("admit", "At a hub: take in a neighbourhood that asks", hub_acts.admit, 409),
    _member(
        "refuse-membership", "refuseMembership", "At a hub: no to a neighbourhood that asks", hub_acts.refuse
    ),
    _member("expel", "expelNode", "At a hub: put a member out", hub_acts.expel),
    _border("unblock", "Lift a block; the border itself has to be asked for anew", node_acts.unblock),
)
