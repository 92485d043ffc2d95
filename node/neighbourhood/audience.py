"""Who may see a post: the one visibility rule, for people and for nodes.

Reads that skip the acts use the same rule as SQL (`storage.posts.visible_to`); a test compares the two over
every standing.
"""

from datetime import datetime

from node.neighbourhood.node import Node
from node.neighbourhood.post import PRIVATE, Audience, Post, State
from node.neighbourhood.resident import Resident


def may_see(who: Resident | None, post: Post, at: datetime) -> bool:
    """Whether a person may see this post here and now; whoever may not is told that it does not exist.

    A stranger and somebody not let in yet see what is public. Residents see all that the node holds, but not
    what
    others have in draft or review, took back, or had hidden. A copy is not shown from its end on (`wire.md`
    4).
    """
    if post.own and who is not None and post.author == who.id:
        return True
    if post.state in PRIVATE or (not post.own and post.expires <= at):
        return False
    return post.audience is Audience.PUBLIC or (who is not None and who.admitted is not None)


def may_hold(node: Node | None, post: Post) -> bool:
    """Whether another node may have this post of ours; `None` is whoever asks unsigned, or is not known to
    us.

    A post that has been public and is withdrawn or hidden is given to nobody.
    """
    if not post.shared or post.state in (State.DRAFT, State.WITHDRAWN) or (node is not None and node.blocked):
        return False
    if post.audience is Audience.PUBLIC:
        return True
    return node is not None and node.active
