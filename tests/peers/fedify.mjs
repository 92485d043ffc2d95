// A small server on Fedify, for the tests: people who do what a test tells them over /control, and a list of all
// that came in. Start it with: node fedify.mjs PORT FIRST_KNOCK (rfc9421 or draft-cavage-http-signatures-12).

import { createServer } from "node:http";
import { createFederation, generateCryptoKeyPair, MemoryKvStore } from "@fedify/fedify";
import { Temporal } from "@js-temporal/polyfill";
import { signObject, signRequest, verifyObject, verifyRequest } from "@fedify/fedify/sig";
import {
  Accept, Activity, Announce, Block, Create, Delete, Endpoints, Event, Flag, Follow, Group, Like, Mention, Note, Person,
  Proposal, PUBLIC_COLLECTION, Reject, Tombstone, Undo, Update, isActor, lookupObject,
} from "@fedify/vocab";

const [port, firstKnock] = process.argv.slice(2);
const origin = `http://127.0.0.1:${port}`;

// Who lives here. Mien's actor document is shown to those who sign their question alone.
const people = {
  ada: { kind: Person, name: "Ada" },
  mien: { kind: Person, name: "Mien", shy: true },
  kring: { kind: Group, name: "De kring" },
};
// De kring says that it is a neighbourhood, next door to whoever is named here; Fedify has no words for that.
const adjacent = [];
const notes = new Map(); // what they wrote, by its last part
const requests = []; // what came in, and what was said to it
const heard = []; // the activities that Fedify believed
const refused = new Set(); // families of signatures that are answered 401

const federation = createFederation({ kv: new MemoryKvStore(), firstKnock, origin, allowPrivateAddress: true });

federation
  .setActorDispatcher("/people/{identifier}", async (context, who) => {
    const person = people[who];
    if (person === undefined) return null;
    const keys = await context.getActorKeyPairs(who);
    return new person.kind({
      id: context.getActorUri(who),
      preferredUsername: who,
      name: person.name,
      url: context.getActorUri(who),
      inbox: context.getInboxUri(who),
      outbox: context.getOutboxUri(who),
      followers: context.getFollowersUri(who),
      endpoints: new Endpoints({ sharedInbox: context.getInboxUri() }),
      publicKey: keys[0].cryptographicKey,
      assertionMethods: keys.map((key) => key.multikey),
    });
  })
  .setKeyPairsDispatcher((_, who) => (people[who].keys ??= makeKeys()))
  .authorize(async (context, who) => !people[who]?.shy || (await context.getSignedKey()) !== null);

federation.setOutboxDispatcher("/people/{identifier}/outbox", () => ({ items: [] }));
federation.setFollowersDispatcher("/people/{identifier}/followers", () => ({ items: [] }));
federation.setObjectDispatcher(Note, "/notes/{id}", (_, { id }) => notes.get(id) ?? null);

federation
  .setInboxListeners("/people/{identifier}/inbox", "/inbox")
  .on(Follow, async (context, follow) => {
    await hear(context, follow);
    const { identifier: who } = context.parseUri(follow.objectId);
    const accept = new Accept({ id: fresh(), actor: follow.objectId, object: follow, to: follow.actorId });
    await context.sendActivity({ identifier: who }, await follow.getActor(context), accept);
  })
  .on(Activity, hear);

async function hear(context, activity) {
  heard.push({
    type: activity.constructor.name,
    id: activity.id?.href,
    actor: activity.actorId?.href,
    object: activity.objectId?.href,
    of: (await activity.getObject({ ...context, suppressError: true }))?.constructor.name,
  });
}

async function makeKeys() {
  return [await generateCryptoKeyPair("RSASSA-PKCS1-v1_5"), await generateCryptoKeyPair("Ed25519")];
}

const fresh = () => new URL(`${origin}/said/${crypto.randomUUID()}`);
const address = (text) => (text ? new URL(text) : undefined);
const instant = () => Temporal.Now.instant();

// What a test may have somebody say: { by, to, ... } => an activity

function addressed({ open, to, by }, context) {
  const near = [address(to)].filter(Boolean);
  return open ? { to: PUBLIC_COLLECTION, ccs: [context.getFollowersUri(by), ...near] } : { tos: near };
}

function write(context, said) {
  const key = crypto.randomUUID();
  const mentions = said.to ? [new Mention({ href: new URL(said.to), name: said.mention ?? said.to })] : [];
  const note = new Note({
    id: context.getObjectUri(Note, { id: key }),
    attribution: context.getActorUri(said.by),
    content: said.content,
    replyTarget: address(said.replyTo),
    published: instant(),
    tags: mentions,
    ...addressed(said, context),
  });
  notes.set(key, note);
  return note;
}

const written = (url) => notes.get(url.split("/").at(-1));

function rewrite(said) {
  const key = said.object.split("/").at(-1);
  const note = notes.get(key).clone({ content: said.content, updated: instant() });
  notes.set(key, note);
  return note;
}

function takeBack({ object }) {
  const gone = new Tombstone({ id: new URL(object), formerType: undefined, deleted: instant() });
  notes.delete(object.split("/").at(-1));
  return gone;
}

const verbs = {
  follow: (_, said) => new Follow({ object: address(said.object) }),
  undo: (context, said) =>
    new Undo({
      object: new Follow({
        id: address(said.object),
        actor: context.getActorUri(said.by),
        object: address(said.to),
      }),
    }),
  accept: (_, said) => new Accept({ object: address(said.object) }),
  reject: (_, said) => new Reject({ object: address(said.object) }),
  create: (context, said) => new Create({ object: write(context, said), ...addressed(said, context) }),
  update: (context, said) => new Update({ object: rewrite(said), ...addressed(said, context) }),
  delete: (context, said) => new Delete({ object: takeBack(said), ...addressed(said, context) }),
  remove: (context, said) => new Delete({ object: context.getActorUri(said.by), to: PUBLIC_COLLECTION }),
  announce: (context, said) =>
    new Announce({ object: address(said.object), ...addressed({ ...said, open: true }, context) }),
  like: (_, said) => new Like({ object: address(said.object) }),
  flag: (_, said) => new Flag({ object: address(said.object), content: said.content }),
  block: (_, said) => new Block({ object: address(said.object) }),
};

async function say(verb, said) {
  const context = federation.createContext(new URL(origin));
  const recipient = await look(context, said.to, said.by);
  let activity = verbs[verb](context, said).clone({
    id: fresh(),
    actor: context.getActorUri(said.by),
    published: instant(),
  });
  if (said.spoiled) activity = await spoiled(context, said.by, activity);
  const options = { immediate: true, preferSharedInbox: said.shared ?? false };
  await context.sendActivity({ identifier: said.by }, recipient, activity, options);
  return { id: activity.id.href, object: activity.objectId?.href };
}

/** The activity with a proof, and with other words than were proved. */
async function spoiled(context, by, activity) {
  const { privateKey, multikey } = (await context.getActorKeyPairs(by))[1];
  const proved = await signObject(activity, privateKey, multikey.id, context);
  return proved.clone({ summary: "This was not proved." });
}

/** Post a document word for word, with a signature of Fedify's: for what its vocabulary has no words for. */
async function tell({ by, inbox, activity }) {
  const { privateKey, keyId } = (await federation.createContext(new URL(origin)).getActorKeyPairs(by))[0];
  const body = JSON.stringify({ "@context": "https://www.w3.org/ns/activitystreams", ...activity });
  const request = new Request(inbox, { method: "POST", body, ...activityJson });
  return { status: (await fetch(await signRequest(request, privateKey, keyId, { spec: firstKnock }))).status };
}

// What a test may ask

async function look(context, url, by) {
  const documentLoader = by ? await context.getDocumentLoader({ identifier: by }) : context.documentLoader;
  const found = await lookupObject(new URL(url), { documentLoader, contextLoader: context.contextLoader });
  if (found === null) throw new Error(`Fedify finds nothing to read at ${url}`);
  return found;
}

async function shown(object) {
  const known = { class: object.constructor.name, id: object.id?.href, name: object.name?.toString() };
  if (isActor(object)) return { ...known, ...(await shownActor(object)) };
  if (object instanceof Event) known.starts = object.startTime?.toString();
  if (object instanceof Proposal) return { ...known, ...(await shownProposal(object)) };
  return { ...known, content: object.content?.toString() };
}

async function shownActor(actor) {
  const multikeys = [];
  for await (const key of actor.getAssertionMethods({ crossOrigin: "throw" })) {
    multikeys.push({ id: key.id.href, owner: key.controllerId.href, algorithm: key.publicKey?.algorithm.name });
  }
  const rsa = await actor.getPublicKey();
  return {
    multikeys,
    key: rsa && { id: rsa.id.href, owner: rsa.ownerId.href, algorithm: rsa.publicKey?.algorithm.name },
    handle: actor.preferredUsername?.toString(),
    inbox: actor.inboxId?.href,
    shared: actor.endpoints?.sharedInbox?.href,
  };
}

async function shownProposal(proposal) {
  const intent = proposal.publishes;
  return {
    purpose: proposal.purpose,
    by: proposal.attributionId?.href,
    unitBased: proposal.unitBased,
    action: intent?.action,
    conformsTo: intent?.resourceConformsTo?.href,
    quantity: intent?.resourceQuantity?.numericalValue?.toString(),
    unit: intent?.resourceQuantity?.unit,
    available: intent?.availableQuantity?.numericalValue?.toString(),
  };
}

async function control(path, request) {
  const asked = request.method === "POST" ? await request.json() : {};
  if (path === "requests") return requests;
  if (path === "heard") return heard;
  if (path === "adjacent") return adjacent.push(asked.actor);
  if (path === "refuse") {
    refused.clear();
    for (const family of asked.families) refused.add(family);
    return {};
  }
  if (path === "look") return await shown(await look(federation.createContext(new URL(origin)), asked.url, asked.by));
  if (path === "tell") return await tell(asked);
  if (path in verbs) return await say(path, asked);
  throw new Error(`Nobody here can ${path}`);
}

// The door

async function answer(request) {
  const { pathname } = new URL(request.url);
  if (pathname.startsWith("/control/")) {
    try {
      return Response.json(await control(pathname.slice("/control/".length), request));
    } catch (error) {
      return Response.json({ error: String(error) }, { status: 502 });
    }
  }
  const family = familyOf(request.headers);
  const judgement = family && !refused.has(family) ? await judged(request.clone()) : {};
  const response = refused.has(family) ? new Response("Not so.", { status: 401 }) : await served(pathname, request);
  requests.push({ method: request.method, path: pathname, family, status: response.status, ...judgement });
  return response;
}

async function served(pathname, request) {
  if (pathname === "/people/kring/adjacent") return nextDoor();
  const response = await federation.fetch(request, {});
  return pathname === "/people/kring" && response.ok ? asNeighbourhood(await response.json()) : response;
}

const activityJson = { headers: { "content-type": "application/activity+json" } };
const asNeighbourhood = (group) => {
  const own = { areaCode: "BU90019999", adjacentNodes: `${group.id}/adjacent` };
  return Response.json({ ...group, ...own }, activityJson);
};
const nextDoor = () => {
  const collection = { id: `${origin}/people/kring/adjacent`, type: "Collection", items: adjacent };
  return Response.json({ "@context": "https://www.w3.org/ns/activitystreams", ...collection }, activityJson);
};

const familyOf = (headers) =>
  headers.has("signature-input") ? "rfc9421" : headers.has("signature") ? "draft-cavage" : null;

/** Whose key signed it, and whether its proof holds: Fedify asks for one of the two alone. */
async function judged(request) {
  const { documentLoader, contextLoader } = federation.createContext(new URL(origin));
  const options = { documentLoader, contextLoader };
  const key = (await verifyRequest(request.clone(), options))?.id?.href ?? null;
  if (request.method !== "POST") return { key };
  const activity = await request.json();
  const { signature, ...bare } = activity; // as Fedify does: a proof is not over a Linked Data signature
  const proved = "proof" in bare && (await verifyObject(Activity, bare, options)) !== null;
  return { key, proved, activity };
}

const server = createServer(async (incoming, outgoing) => {
  const body = [];
  for await (const piece of incoming) body.push(piece);
  const headers = new Headers();
  for (let at = 0; at < incoming.rawHeaders.length; at += 2) {
    headers.append(incoming.rawHeaders[at], incoming.rawHeaders[at + 1]);
  }
  const asks = incoming.method === "GET" || incoming.method === "HEAD";
  const request = new Request(new URL(incoming.url, origin), {
    method: incoming.method,
    headers,
    body: asks ? undefined : Buffer.concat(body),
  });
  const response = await answer(request).catch((error) => new Response(String(error), { status: 500 }));
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
});

server.listen(Number(port), "127.0.0.1", () => console.log(origin));
