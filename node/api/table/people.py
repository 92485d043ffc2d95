"""Whoever asks: who they are here, what is kept of them, and which districts they want to see."""

from node.api import districts, export, me
from node.api.lists import PageAsked
from node.api.operation import Operation
from node.neighbourhood.roles import Deed

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        method="GET",
        path="/me",
        name="showMe",
        says="Who the token stands for",
        does=me.show,
        deed=Deed.READ_OWN,
        answers=me.Me,
    ),
    Operation(
        method="GET",
        path="/me/export",
        name="exportMe",
        says="Everything that this node keeps of oneself",
        also="As a file to keep. What others wrote is in it where they wrote it to oneself, under the name "
        "they chose; no detail of theirs, and nothing that opens anything.",
        does=export.show,
        deed=Deed.READ_OWN,
        answers=export.Export,
        file="my-buurtknoop.json",
    ),
    Operation(
        method="GET",
        path="/districts",
        name="listDistricts",
        says="The districts around, the nearest first, and which of them one sees",
        does=districts.listing,
        deed=Deed.CHOOSE_DISTRICTS,
        takes=PageAsked,
        answers=districts.Districts,
    ),
    Operation(
        method="PUT",
        path="/nodes/{id}/wish",
        name="wishNode",
        says="Follow a district, or mute it",
        also="For oneself alone. Without a word those next door are shown, the others are not.",
        does=districts.wish,
        deed=Deed.CHOOSE_DISTRICTS,
        takes=districts.NewWish,
        answers=districts.Around,
        refuses=(409,),
    ),
    Operation(
        method="DELETE",
        path="/nodes/{id}/wish",
        name="forgetWish",
        says="Neither follow a district nor mute it",
        also="Doing it again changes nothing.",
        does=districts.forget,
        deed=Deed.CHOOSE_DISTRICTS,
        answers=None,
        status=204,
    ),
)
