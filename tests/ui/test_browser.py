"""Every part in a real browser: for everybody, on a small phone, by day and by night, without scripts."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
import uvicorn
from jinja2 import Environment
from playwright.async_api import Browser, Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from node.neighbourhood.refusal import phrase
from node.ui import language, words
from node.ui.assets import Assets
from tests.ui.shades import Shade, faults_in
from tests.ui.test_language import keep

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
SHADES = [Shade(320, "dark"), Shade(320, "light"), Shade(1280, "light"), Shade(1280, "dark")]
CHOSEN = [Shade(320, "light"), Shade(1280, "light")]  # whoever chose the night has it by day
PARTS = """{% extends "layout.html" %}
{% import "parts.html" as parts %}{% from "drawings.html" import street %}
{% block main %}<div class="hello"><div class="wrap">{{ street() }}<div class="words"><h1>Onderdelen</h1>
<div class="tiles"><a class="tile asks" href="#">{{ parts.icon("hand-helping") }}Ik vraag hulp</a>
<a class="tile gives" href="#">{{ parts.icon("hand-heart") }}Ik help graag</a></div></div></div></div>
<div class="wrap page">{{ parts.back("/", "Terug naar de buurt") }}
<h2>Kaarten</h2><ul class="cards">{% for post in posts %}<li>{{ parts.card(post, at) }}</li>{% endfor %}</ul>
{{ parts.pages("?na=3", "/") }}
<p>{% for code in states %}{{ parts.chip(code) }}{% endfor %}{{ parts.chip("open", "offer") }}</p>
<h2>Agenda</h2><ul class="dates">{{ parts.agenda(event) }}</ul>
{% for look in ("", "good", "warn", "bad") %}{% call parts.note(look) %}
<p><b>Even</b> <a href="#">kijken</a>.</p>{% endcall %}{% endfor %}
{% call parts.empty("De lijn hangt. Nu jij nog.", "Begin klein.") %}
{{ parts.go("#", "Bied iets aan") }}{% endcall %}
{{ parts.trouble("Kijk even.", {"title": "Te lang."}) }}
{{ parts.steps(2, ["Waarmee", "Vertel", "Wie ziet het", "Nakijken"]) }}
<form>{{ parts.field("title", "Je vraag", "In één zin.", "Te lang.", "abc") }}
{{ parts.textarea("text", "Vertel iets meer", optional=true) }}
{{ parts.choose("why", "Reden", [("a", "A")]) }}
{% call parts.group("Wie mag dit zien?", "audience", error="Kies er één.") %}{% for code in reach %}
{% set sign = audience(code, "Burgemeester van Tuyllkwartier-Noordoost", ["Oude Haven"], "Waterhoven") %}
{{ parts.pick("audience", code, sign.word, sign.hint, checked=loop.first, audience=code) }}
{% endfor %}{% endcall %}
{% call parts.group("Waar gaat het over?", "category", wide=true) %}{% for code, sign in categories.items() %}
{{ parts.pick("category", code, sign.word, sign.hint, sign.icon, type="checkbox") }}{% endfor %}{% endcall %}
<div class="acts">{{ parts.button("Verder", "send") }}{{ parts.button("Haal weg", "trash-2", "stop") }}
{{ parts.go("#", "Terug", "arrow-left", "bare") }}</div></form>
{{ parts.facts([("eye", "Wie mag dit zien", "Iedereen"), ("lock", "Code", parts.code("K7M 4PX"))]) }}
{{ parts.line(copies, at) }}</div>{% endblock %}"""


@pytest.fixture
async def site(
    environment: Environment, assets: Assets, post: Callable[..., object], at: object, node: object
) -> AsyncIterator[str]:
    """The address of a node that shows all parts at /, and an error at /404."""
    long = "Donaudampfschifffahrtsgesellschaftskapitänsmützenreparatur"
    event = SimpleNamespace(title="Koffie", url="#", starts=at, place="De Waterlelie")
    given = {
        "node": node,
        "at": at,
        "event": event,
        "posts": [
            post(),
            post(kind="offer", category="tuin", author="Ahmed"),
            post(state="agreed", title=long, text=long * 4, author=long, area=long),
            post(kind="notice", category="dier", own=False, area="Oude Haven", nearness=phrase("next door")),
            post(kind="offer", title="أقصّ لك سياج الحديقة", text="عندي وقت يوم الثلاثاء.", author="أحمد"),
        ],
        "states": [*words.STATES, "unknown"],
        "reach": words.REACH,
        "categories": words.CATEGORIES,
        "copies": [SimpleNamespace(state=s, name="Het Veer", here=s == "home", at=at) for s in words.COPIES],
    }
    parts, error = environment.from_string(PARTS), environment.get_template("error.html")

    async def page(request: Request) -> HTMLResponse:
        look = language.Look.kept(request.cookies.get(language.LOOK_COOKIE))
        spoken = language.choose(
            request.cookies.get(language.COOKIE), request.headers["accept-language"], "nl"
        )
        template = error if request.url.path == "/404" else parts
        with language.speaking(spoken):
            html = template.render(
                given, look=look, here=f"{request.url.path}?{request.url.query}", status=404
            )
        return HTMLResponse(html, headers={"Content-Security-Policy": POLICY})

    routes = [assets.route(), Route("/choice", keep, methods=["POST"]), Route("/{path:path}", page)]
    config = uvicorn.Config(Starlette(routes=routes), port=0, log_level="error", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - it tells nobody
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}/"
    server.should_exit = True
    await running


@contextmanager
def quiet(page: Page, site: str) -> Iterator[None]:
    """The browser complains of nothing, and asks nothing of another host."""
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("request", lambda request: None if request.url.startswith(site) else heard.append(request.url))
    page.on("requestfailed", lambda request: heard.append(request.url))
    yield
    assert heard == []


@pytest.mark.parametrize(("cookie", "shades"), [("", SHADES), ("dark-large", CHOSEN)])
async def test_everybody_can_use_every_part(
    browser: Browser, site: str, cookie: str, shades: list[Shade]
) -> None:
    async with await browser.new_context(locale="nl-NL") as context:
        await context.add_cookies([{"name": "bk_look", "value": cookie, "url": site}])
        page = await context.new_page()
        with quiet(page, site):
            for path in ("", "404"):
                await page.goto(site + path)
                assert await faults_in(page, shades) == {}
                loaded = await page.evaluate("[...document.fonts].map(font => font.status)")
                assert loaded.count("loaded") >= 2


async def test_language_day_and_letters_are_chosen_without_a_script(browser: Browser, site: str) -> None:
    async with await browser.new_context(java_script_enabled=False, locale="nl-NL") as context:
        page = await context.new_page()
        await page.goto(site + "requests?na=3")
        await page.get_by_role("button", name="English").click()
        assert page.url == site + "requests?na=3"
        assert await page.locator("html").get_attribute("lang") == "en"
        await page.get_by_role("button", name="Large letters").click()
        await page.get_by_role("button", name="Dark").click()
        assert await page.locator("html").get_attribute("class") == "bk-dark bk-large"
        assert not await page.get_by_role("button", name="Dark").is_visible()
        await page.get_by_role("button", name="As on my device").click()
        await page.get_by_role("button", name="Normal letters").click()
        assert await page.locator("html").get_attribute("class") is None
        assert page.url == site + "requests?na=3"


async def test_the_first_key_leads_past_the_menu(browser: Browser, site: str) -> None:
    async with await browser.new_context(locale="nl-NL") as context:
        page = await context.new_page()
        await page.goto(site)
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.textContent") == "Naar de inhoud"
        await page.keyboard.press("Enter")
        assert await page.evaluate("document.activeElement.id") == "content"
