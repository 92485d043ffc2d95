"""The actors of fediverse-pasture at one address: they probe a node, say to it what a test tells them, and
send it all that fediverse-pasture-inputs and funfedi-parsing-test-cases hold.

Run by the Python of .venv-peers in an empty directory: python pasture_server.py PORT. It says its origin when
it listens, and asks nothing of the web.
"""

import json
import sys
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import funfedi_parsing_test_cases as funfedi
import uvicorn
from bovine.jsonld import activitystreams_context
from fediverse_pasture.data_provider import DataProvider, bovine_actor_for_actor_data
from fediverse_pasture.runner import ActivitySender
from fediverse_pasture.server import BlueprintForActors
from fediverse_pasture.server.verify_actor import ActorVerifier
from fediverse_pasture.types import Message
from fediverse_pasture_inputs import available
from pyld import jsonld
from quart import Quart, request

PORT = int(sys.argv[1])
ORIGIN = f"http://127.0.0.1:{PORT}"
PUBLIC, AUTHOR = "https://www.w3.org/ns/activitystreams#Public", "http://pasture-one-actor/actor"

app = Quart(__name__)
app.json.sort_keys = False  # the first of several languages is the one that is read
cast = DataProvider.generate()
actors = [*cast.possible_actors, cast.one_actor]
got: list[
    dict[str, Any]
] = []  # what came into an inbox; at bob's, claire's, emily's and frank's bovine verified it


def known(url: str, options: dict[str, Any]) -> dict[str, Any]:
    """A JSON-LD context without asking the web for it: ActivityStreams in whole, all others empty."""
    context = activitystreams_context if url.endswith("ns/activitystreams") else {}
    kind = "application/ld+json"
    return {"contentType": kind, "contextUrl": None, "documentUrl": url, "document": {"@context": context}}


async def arrived(data: dict[str, Any]) -> None:
    got.append(data)


async def show() -> list[dict[str, Any]]:
    return got


async def probe() -> dict[str, Any]:
    """What each of the six actors may do at an actor of ours, as they found out."""
    said, message = await request.get_json(), Message()
    verifier = ActorVerifier(
        actor_list=actors, remote_uri=said["actor"], domain=f"127.0.0.1:{PORT}", message=message
    )
    return {"verdicts": await verifier.verify(), "steps": [str(step) for step in message.steps]}


async def say() -> dict[str, Any]:
    """Post an activity, signed by one of the actors: the status."""
    said = await request.get_json()
    async with aiohttp.ClientSession() as session:
        client, _ = await known_actor(said["by"], session)
        return {"status": await posted(client, said["inbox"], said["activity"])}


async def replay() -> list[dict[str, Any]]:
    """Send a whole collection, signed by the pasture's own actor: the name, the status and the activity of
    each. `about`: as private answers to these, in turn."""
    said, found = await request.get_json(), list[dict[str, Any]]()
    async with aiohttp.ClientSession() as session:
        client, actor = await known_actor("actor", session)
        async for name, activity in COLLECTIONS[said["which"]](actor, said["actor"]):
            about = said["about"][len(found) % len(said["about"])] if said["about"] else None
            if about is not None:
                activity = in_private(activity, said["actor"], about)
            status = await posted(client, said["inbox"], activity)
            found.append({"name": name, "status": status, "activity": activity, "about": about})
    return found


def in_private(activity: dict[str, Any], to: str, about: str) -> dict[str, Any]:
    """The same, but to nobody else, and about something."""
    private: dict[str, Any] = json.loads(json.dumps(activity).replace(PUBLIC, to))
    if isinstance(private.get("object"), dict):
        private["object"] = {"inReplyTo": about, **private["object"]}
    return private


async def known_actor(name: str, session: Any) -> tuple[Any, Any]:
    """One of the actors: as the one who signs, and as what is said of it."""
    data = next(actor for actor in actors if actor.actor_name == name)
    client, actor = bovine_actor_for_actor_data(f"{ORIGIN}/{name}", data)
    await client.init(session=session)
    return client, actor


async def posted(client: Any, inbox: str, activity: dict[str, Any]) -> int:
    async with await client.client.post(inbox, json.dumps(activity)) as answer:
        return int(answer.status)


class Caught:
    """Stands where the pasture's runner has its actor, and keeps what that would post."""

    activity: dict[str, Any]

    async def get(self, uri: str) -> dict[str, Any]:
        return {"inbox": uri}

    async def post(self, inbox: str, activity: dict[str, Any]) -> None:
        self.activity = activity


async def inputs(actor: Any, to: str) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """What fediverse-pasture-inputs holds, each as the Create that the pasture makes of it."""
    for name, data in sorted(available.items()):
        for number, example in enumerate(data.examples):
            caught = Caught()
            sender = ActivitySender.for_actor(caught, actor)
            sender.sleep_after_getting_inbox = False
            sender.init_create_note(lambda note, example=example: {**note, **example})
            await sender.send(to)
            own = json.dumps(caught.activity).replace(AUTHOR, f"{ORIGIN}/actor")
            yield f"{name} {number}", json.loads(own)


async def cases(actor: Any, to: str) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """What funfedi-parsing-test-cases holds."""
    environment = funfedi.Environment(actor.build(), to)
    for suite in (funfedi.activity_suite, funfedi.event_suite, funfedi.notes_suite, funfedi.poll_suite):
        for part, name in suite.names:
            yield (
                f"{suite.name}: {part}: {name}",
                suite.retrieve(part, name).maker.to_send(environment).activity,
            )


COLLECTIONS = {"inputs": inputs, "cases": cases}


CONTROL: list[tuple[str, str, Any]] = [
    ("GET", "got", show),
    ("POST", "probe", probe),
    ("POST", "say", say),
    ("POST", "replay", replay),
]


class Server(uvicorn.Server):
    """Says where it is once it listens."""

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        sys.stdout.write(f"{ORIGIN}\n")
        sys.stdout.flush()


jsonld.set_document_loader(known)
app.register_blueprint(BlueprintForActors(actors, on_inbox=arrived).blueprint)
for method, name, answer in CONTROL:
    app.add_url_rule(f"/control/{name}", view_func=answer, methods=[method])
Server(uvicorn.Config(app, host="127.0.0.1", port=PORT, log_level="error")).run()
