"""A node that uses an id twice, or answers without end: never an error, never a place given away (P23)."""

from typing import Any

from node.acts import posts
from node.clock import now
from node.neighbourhood.response import WAITING_OF_NODE
from tests import town
from tests.federation.liar import Liar
from tests.federation.town_of_nodes import Nodes, Place


async def a_reply(place: Place, liar: Liar) -> str:
    """It says something under a notice; the id of that Note."""
    notice = town.tells(audience="adjacent")
    told = await place.database.writing(posts.post, place.cast.poster, notice, now())
    note: dict[str, Any] = {
        "id": liar.uri(),
        "type": "Note",
        "attributedTo": liar.actor,
        "to": [place.home.actor],
        "inReplyTo": told.uri,
        "party": {"id": liar.uri("p"), "name": "Lou"},
        "source": {"content": "Ja", "mediaType": "text/plain"},
    }
    said = liar.activity("Create", note, to=[place.home.actor])
    assert (await liar.says(place, said)).status_code == 202
    return str(note["id"])


async def test_an_offer_under_the_id_of_a_note_is_dropped(lied_to: tuple[Nodes, Liar]) -> None:
    (place, *_), liar = lied_to
    uri, asked = await a_reply(place, liar), await place.asks("Wie?")
    before = await place.count("responses")
    assert (await liar.says(place, liar.offer(asked, id=uri))).status_code == 202
    assert await place.count("responses") == before


async def test_a_join_under_the_id_of_a_note_gets_no_place(lied_to: tuple[Nodes, Liar]) -> None:
    (place, *_), liar = lied_to
    uri = await a_reply(place, liar)
    plan = town.plans(at=now(), audience="adjacent", places=2)
    before = await place.letters("answered")
    event = await place.database.writing(posts.post, place.cast.poster, plan, now())
    join = liar.activity("Join", event.uri, id=uri, party={"id": liar.uri("p"), "name": "Lou"})
    assert (await liar.says(place, join)).status_code == 202
    rows = await place.rows()
    assert [row for row in rows["activities"] if uri in row] == []
    assert await place.letters("answered") == before


async def test_one_node_does_not_fill_a_posters_mailbox(pair: Nodes) -> None:
    """Each of its people is another party, or so it says."""
    a, _ = pair
    post = await a.asks(audience="public")
    liar = Liar(pair.wire)
    for _ in range(WAITING_OF_NODE + 3):
        assert (await liar.says(a, liar.offer(post))).status_code == 202
    assert len(await a.letters("answered")) == WAITING_OF_NODE
