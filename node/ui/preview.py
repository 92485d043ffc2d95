"""What others will see of a post, before it is posted: neighbours, the hub, and a stranger on another server.

The words for the stranger are the very ones that are sent (`neighbourhood.content`).
"""

from dataclasses import dataclass, replace

from node.acts import publish
from node.neighbourhood import wording
from node.neighbourhood.content import PAGE, Shown, at_a_glance, is_public, shown
from node.neighbourhood.draft import opened
from node.neighbourhood.node import Home
from node.neighbourhood.photo import Photo
from node.neighbourhood.post import Audience, Kind, Post, PostDraft, State
from node.neighbourhood.resident import Resident
from node.ui.cards import Card
from node.ui.door import Visitor
from node.ui.reach import Reach

NOBODY = "0" * 32  # no post has it: nothing is kept of what is only looked at


@dataclass(frozen=True)
class Preview:
    """What each of them sees. `hub`: its name, when it has the whole post; empty when nothing goes there.
    `stranger`: what other software shows, None for nothing; `glance`: of an event, for what shows no more
    than that and its name; `tongue`: the language of the fixed words around it."""

    card: Card
    hub: str
    stranger: Shown | None
    glance: str
    tongue: str

    @property
    def way(self) -> tuple[str, str]:
        """The sentence with the link, before and behind it."""
        before, _, behind = (self.stranger.way if self.stranger else "").partition(PAGE)
        return before, behind


def preview(
    home: Home, who: Visitor, draft: PostDraft, reach: Reach, photos: tuple[Photo, ...] = ()
) -> Preview:
    """As it stands when it is put up with this draft, in which nothing is wrong any more."""
    by = who.person or Resident("", "", draft.language, who.at)
    draft = replace(draft, places=None)  # asked on this very page
    made = opened(draft, NOBODY, home.uri("o", NOBODY), "", by, home, bool(reach.town), who.at)
    facts = publish.facts_of(made, None)
    own, _ = wording.spoken(made.language)
    public = is_public(facts)
    return Preview(
        card=replace(_card(home, made), photos=photos),
        hub=reach.town if made.audience in (Audience.MUNICIPALITY, Audience.PUBLIC) and not reach.hub else "",
        stranger=shown(home, facts, own) if public else None,
        glance=at_a_glance(home, facts, own) if public and facts["starts"] else "",
        tongue=own,
    )


def _card(home: Home, made: Post) -> Card:
    event = made.kind is Kind.EVENT
    return Card(
        kind=made.kind,
        title=made.title,
        text=made.text,
        category=made.category,
        author=made.author_name,
        area=home.area.name,
        own=True,
        nearness="",
        created=made.created,
        state=State.OPEN,
        responses=0,
        url="",
        mine=True,
        starts=made.starts,
        ends=made.ends,
        place=made.place or home.area.name if event else "",
        when=made.when,
        day_part=made.day_part,
        repeats=made.repeats,
        language=made.language,
    )
