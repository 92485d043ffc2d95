"""What a server made with Fedify reads of ours: who we are, our posts, and FEP-0837 in its own vocabulary."""

import pytest

from node.demo.place import Place
from tests.peers.conftest import Resident
from tests.peers.fedify import Fedify, NotDone


async def test_a_public_post_is_a_note(place: Place, there: Fedify, bea: Resident) -> None:
    post = await bea.asks("Wie doet boodschappen?")
    found = await there.looks(post["uri"])
    assert (found["class"], found["id"], found["name"]) == ("Note", post["uri"], "Wie doet boodschappen?")
    assert "Een zak aardappels." in found["content"]


async def test_the_twin_of_a_request_is_a_proposal(place: Place, there: Fedify, bea: Resident) -> None:
    post = await bea.asks("Wie doet boodschappen?", places=2)
    found = await there.looks(f"{post['uri']}/proposal")
    assert found == {
        "class": "Proposal",
        "id": f"{post['uri']}/proposal",
        "name": "Wie doet boodschappen?",
        "purpose": "request",
        "by": place.settings.home.actor,
        "unitBased": True,
        "action": "deliverService",
        "conformsTo": f"{place.origin}/ap/category/boodschappen",
        "quantity": "1",
        "unit": "one",
        "available": "2",
    }


async def test_what_is_not_public_cannot_be_read_with_a_signature_either(
    there: Fedify, bea: Resident
) -> None:
    post = await bea.asks("Wie kijkt naar mijn fiets?", audience="adjacent")
    with pytest.raises(NotDone, match="nothing to read"):
        await there.looks(post["uri"], by="ada")
