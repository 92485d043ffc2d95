"""What a node lets in: followers elsewhere, whom it keeps out, and what its hub advises."""

from functools import partial

from node.acts import accounts as account_acts
from node.acts import advice as advice_acts
from node.api import blocks, followers
from node.api.lists import PageAsked
from node.api.operation import Operation
from node.neighbourhood.roles import Deed


def _follower(word: str, says: str, decision: followers.Decision) -> Operation:
    return Operation(
        method="POST",
        path=f"/followers/{{id}}/{word}",
        name=f"{word}Follower",
        says=says,
        does=partial(followers.decide, decision),
        deed=Deed.RUN_BORDERS,
        answers=followers.Follower,
        refuses=(409,),
    )


def _advice(word: str, says: str, decision: blocks.Decision) -> Operation:
    return Operation(
        method="POST",
        path=f"/advice/{{id}}/{word}",
        name=f"{word}Advice",
        says=says,
        does=partial(blocks.decide, decision),
        deed=Deed.RUN_BORDERS,
        answers=blocks.Advised,
    )


OPERATIONS: tuple[Operation, ...] = (
    Operation(
        method="GET",
        path="/followers",
        name="listFollowers",
        says="Accounts of other software that follow us, or ask to",
        does=followers.listing,
        deed=Deed.RUN_BORDERS,
        takes=followers.FollowersAsked,
        answers=followers.FollowerPage,
    ),
    _follower("admit", "Let an account follow us that asked to", account_acts.admit),
    _follower("refuse", "Do not let an account follow us, or no longer", account_acts.refuse),
    Operation(
        method="GET",
        path="/policy",
        name="showPolicy",
        says="What the node lets in",
        does=followers.policy,
        deed=Deed.RUN_BORDERS,
        answers=followers.LetIn,
    ),
    Operation(
        method="PATCH",
        path="/policy",
        name="changePolicy",
        says="Let in more, or less",
        also="Who follows already goes on following.",
        does=followers.choose,
        deed=Deed.RUN_BORDERS,
        takes=followers.NewPolicy,
        answers=followers.LetIn,
    ),
    Operation(
        method="GET",
        path="/blocks",
        name="listBlocks",
        says="Servers and accounts that are kept out, by subject",
        does=blocks.listing,
        deed=Deed.RUN_BORDERS,
        takes=PageAsked,
        answers=blocks.Blocks,
    ),
    Operation(
        method="POST",
        path="/blocks",
        name="putBlock",
        says="Keep a server or an account out",
        also="What stands of it here goes. One that is there already becomes this.",
        does=blocks.put,
        deed=Deed.RUN_BORDERS,
        takes=blocks.NewBlock,
        answers=blocks.Block,
        status=201,
    ),
    Operation(
        method="POST",
        path="/blocks/lift",
        name="liftBlock",
        says="Keep a server or an account out no more",
        does=blocks.lift,
        deed=Deed.RUN_BORDERS,
        takes=blocks.Lifted,
        answers=None,
        status=204,
        refuses=(404,),
    ),
    Operation(
        method="GET",
        path="/blocks/export",
        name="exportBlocks",
        says="The servers as a list that Mastodon reads",
        does=blocks.export,
        deed=Deed.RUN_BORDERS,
        answers=blocks.BlockFile,
    ),
    Operation(
        method="POST",
        path="/blocks/import",
        name="importBlocks",
        says="Take in a list of others: all of it, or nothing",
        also="What is kept out already stays as it is. With `look` it only says what it would do.",
        does=blocks.take_in,
        deed=Deed.RUN_BORDERS,
        takes=blocks.NewList,
        answers=blocks.Listed,
    ),
    Operation(
        method="GET",
        path="/advice",
        name="listAdvice",
        says="Whom our hub advises to block; at a hub what it advises itself",
        does=blocks.advised,
        deed=Deed.RUN_BORDERS,
        takes=PageAsked,
        answers=blocks.AdvicePage,
    ),
    Operation(
        method="POST",
        path="/advice",
        name="giveAdvice",
        says="At a hub: advise the members to block somebody",
        also="It is blocked here as well. 409 at a neighbourhood, and for what is advised already.",
        does=blocks.advise,
        deed=Deed.RUN_BORDERS,
        takes=blocks.NewAdvice,
        answers=blocks.Advised,
        status=201,
        refuses=(409,),
    ),
    Operation(
        method="DELETE",
        path="/advice/{id}",
        name="withdrawAdvice",
        says="At a hub: advise it no more, nor block it here",
        does=blocks.withdraw,
        deed=Deed.RUN_BORDERS,
        answers=None,
        status=204,
    ),
    _advice("take", "At a member: do as our hub advises", advice_acts.take),
    _advice("ignore", "At a member: do not do as our hub advises, or no longer", advice_acts.ignore),
)
