"""Who may see a post: the one visibility rule, for people and for nodes.

Reads that skip the acts use the same rule as SQL (`storage.filter.visible_to`); a test compares the two over
every standing.
"""

from datetime import datetime

from node.neighbourhood.node import Follow, Home, Node, NodeKind
from node.neighbourhood.post import PRIVATE, Audience, Kind, Post
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
    if post.hidden or post.state in PRIVATE or (not post.own and post.expires <= at):
        return False
    return post.audience is Audience.PUBLIC or (who is not None and who.admitted is not None)


def may_hold(node: Node | None, post: Post) -> bool:
    """Whether another node may have this post of ours; `None` is whoever asks unsigned, or is not known to
    us.

    A post that has been public and is withdrawn or hidden is given to nobody.
    """
    if not post.shared or post.state in PRIVATE or (node is not None and node.blocked):
        return False
    if post.audience is Audience.PUBLIC:
        return True
    if node is None:
        return False
    return node.active or (post.audience is Audience.MUNICIPALITY and node.member)


def may_take(node: Node, audience: Audience) -> bool:
    """Whether we take a new post from this node: a neighbour's, one for the municipality that we share, or a
    public one of whom we follow."""
    follows = node.our_follow is Follow.ACCEPTED and not node.blocked
    shared = node.member and audience in (Audience.MUNICIPALITY, Audience.PUBLIC)
    return node.active or shared or (follows and audience is Audience.PUBLIC)


def may_point(node: Node) -> bool:
    """Whether we look at what this node points us to: a neighbour, our hub, or one that we follow, such as a
    hub that did not take us in. A hub itself follows nobody: it never points to what it was pointed to."""
    follows = node.our_follow is Follow.ACCEPTED and not node.blocked
    return follows or (node.member and node.kind is NodeKind.HUB)


def offered(home: Home, in_hub: bool) -> tuple[Audience, ...]:
    """The audiences that somebody can choose here: the municipality only through a hub (`wire.md` 4).
    A node that speaks with nobody has its own people, and whoever reads its pages."""
    if not home.federates:
        return (Audience.NEIGHBOURHOOD, Audience.PUBLIC)
    if home.is_hub:
        return (Audience.NEIGHBOURHOOD, Audience.MUNICIPALITY, Audience.PUBLIC)
    return tuple(ring for ring in Audience if in_hub or ring is not Audience.MUNICIPALITY)


def usual(home: Home, kind: Kind) -> Audience:
    """Who may see a post when nothing else was said: help is asked next door, the rest is for everybody."""
    if kind is not Kind.REQUEST:
        return Audience.PUBLIC
    if not home.federates:
        return Audience.NEIGHBOURHOOD
    return Audience.MUNICIPALITY if home.is_hub else Audience.ADJACENT
