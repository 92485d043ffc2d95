"""The macros: what they say, how they hang together for those who hear them, and that all is escaped."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from jinja2 import Environment, UndefinedError

from node.neighbourhood.language import SPOKEN
from node.neighbourhood.refusal import phrase
from node.ui.language import Look, speaking

Make = Callable[..., str]
Posts = Callable[..., object]
Show = Callable[..., str]
OWN_SCRIPT = re.compile(r'<script src="\{\{ asset\("[\w.-]+"\) \}\}" defer></script>')
EVIL = "<script>alert('1')</script>\" onmouseover=\"x"
VOID = {"input", "meta", "link", "br", "img"}


class Tags(HTMLParser):
    """The tags of a page with their attributes; `faults` if they do not close as they open."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.faults: list[str] = []
        self.feed(html)
        self.faults += self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"/{tag}")

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]

    def one(self, tag: str) -> dict[str, str | None]:
        (found,) = self.all(tag)
        return found


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def test_H05_no_template_needs_what_the_policy_forbids(ui: Path) -> None:
    for template in (ui / "templates").glob("*.html"):
        text = OWN_SCRIPT.sub("", template.read_text())
        text = text.replace(
            '<script src="{{ asset("enhance.js") }}" defer{{ script_words()|safe }}></script>', ""
        )
        assert not re.search(r"style=|<style|<script|javascript:|\bon[a-z]+=|data:|https?://", text), template


def test_every_template_is_sound(environment: Environment) -> None:
    for name in environment.list_templates():
        environment.get_template(name)


def test_a_name_that_is_not_known_is_an_error(environment: Environment, make: Make) -> None:
    with pytest.raises(UndefinedError):
        environment.get_template("layout.html").render()
    with pytest.raises(UndefinedError):
        make("{{ parts.icon('no-such-icon') }}")


def test_an_icon_is_hidden_from_readers_aloud(make: Make) -> None:
    icon = Tags(make('{{ parts.icon("phone") }}')).one("svg")
    assert icon["aria-hidden"] == "true"
    assert "turns" in make('{{ parts.icon("arrow-left") }}')


def test_a_card_tells_who_asks_what_where_and_since_when(make: Make, post: Posts) -> None:
    said = words(make("{{ parts.card(post, at) }}", post=post()))
    assert said == (
        "Miep vraagt Boodschappen Wie haalt donderdag mijn boodschappen? Ik kan even niet tillen. "
        "Het is één tas. De Rietlanden sinds gisteren Nog niemand "
        "Ik wil helpen : Wie haalt donderdag mijn boodschappen?"
    )
    with speaking("en"):
        assert "Miep asks Groceries" in words(make("{{ parts.card(post, at) }}", post=post()))


@pytest.mark.parametrize(
    ("changes", "thread"),
    [
        ({}, "card asks"),
        ({"kind": "offer"}, "card gives"),
        ({"state": "agreed"}, "card asks tied"),
        ({"kind": "notice"}, "card"),
    ],
)
def test_asking_offering_and_agreeing_look_different(
    make: Make, post: Posts, changes: dict[str, str], thread: str
) -> None:
    assert Tags(make("{{ parts.card(post, at) }}", post=post(**changes))).one("article")["class"] == thread


def test_a_post_from_next_door_says_so(make: Make, post: Posts) -> None:
    near = post(own=False, area="Oude Haven", nearness=phrase("next door"))
    assert "Oude Haven, naast ons" in words(make("{{ parts.card(post, at) }}", post=near))


def test_a_long_story_is_cut_and_an_empty_one_leaves_no_mark(make: Make, post: Posts) -> None:
    long = words(make("{{ parts.card(post, at) }}", post=post(text="een\n\n" + "woord " * 100)))
    assert "een woord" in long
    assert long.count("woord") < 30
    assert "…" in long
    assert Tags(make("{{ parts.card(post, at) }}", post=post(text="", responses=None))).faults == []


def test_one_s_own_post_is_looked_at_not_answered(make: Make, post: Posts) -> None:
    mine = words(make("{{ parts.card(post, at, mine=true) }}", post=post()))
    assert "Bekijk" in mine
    assert "Ik wil helpen" not in mine


def test_H04_what_a_neighbour_writes_never_becomes_markup(make: Make, post: Posts) -> None:
    evil = post(
        title=EVIL, text=EVIL, author=EVIL, area=EVIL, nearness=EVIL, own=False, category=EVIL, state=EVIL
    )
    made = Tags(make("{{ parts.card(post, at) }}", post=evil))
    assert made.all("script") == []
    assert made.faults == []
    made = Tags(
        make(
            """{{ parts.field("a", e, e, e, e) }}{{ parts.textarea("b", e, e, e, e) }}
            {{ parts.pick("c", e, e, e) }}{{ parts.facts([("eye", e, e)]) }}{{ parts.empty(e, e) }}
            {{ parts.tag(e, "eye") }}
            {{ parts.trouble(e, {"a": e}) }}{{ parts.confirm("/x", e, e, e, "/", token=e, fields={"a": e}) }}
            {{ parts.phone(e) }}{{ parts.back("/", e) }}{{ parts.choose("d", e, [(e, e)], value=e) }}
            {{ parts.seal(e) }}{{ parts.steps(1, [e, e]) }}{{ parts.code(e) }}{{ parts.pages(e, e) }}""",
            e=EVIL,
        )
    )
    assert made.all("script") == []
    assert made.faults == []
    assert not any("onmouseover" in attributes for _, attributes in made.found)


def test_a_field_hangs_together(make: Make) -> None:
    made = make(
        '{{ parts.field("email", "Je e-mail", "Zo hoor je het.", phrase, "miep.example", type="email") }}',
        phrase=phrase("There is an @ missing. Look at it once more."),
    )
    tags = Tags(made)
    field = tags.one("input")
    assert field["value"] == "miep.example"
    assert field["aria-invalid"] == "true"
    assert field["aria-describedby"] == "email-hint email-error"
    assert {a.get("id") for _, a in tags.found} >= {"email", "email-hint", "email-error"}
    assert tags.one("label")["for"] == "email"
    assert made.index("Er mist een @") < made.index("<input")


def test_a_field_without_fault_is_quiet(make: Make) -> None:
    field = Tags(make('{{ parts.field("name", "Je voornaam", most=60) }}')).one("input")
    assert field == {
        "id": "name",
        "name": "name",
        "type": "text",
        "dir": "auto",
        "value": "",
        "maxlength": "60",
    }
    assert "(mag leeg blijven)" in make('{{ parts.textarea("name", "Meer", optional=true) }}')


def test_a_story_that_was_typed_is_kept_with_its_lines(make: Make) -> None:
    made = make('{{ parts.textarea("text", "Vertel", value=story) }}', story="\n een\n</textarea>twee")
    assert '">\n\n een\n&lt;/textarea&gt;twee</textarea>' in made


def test_a_list_keeps_what_was_chosen(make: Make) -> None:
    options = Tags(make('{{ parts.choose("why", "Reden", [("a", "A"), ("b", "B")], value="b") }}')).all(
        "option"
    )
    assert [("selected" in o) for o in options] == [False, True]


def test_a_question_with_picks_hangs_together(make: Make) -> None:
    made = make(
        """{% call parts.group("Wie mag dit zien?", "audience", "Jij kiest.", "Kies er één.", title=true) %}
        {{ parts.pick("audience", "public", "Iedereen", "Ook daar.", checked=true, audience="public") }}
        {% endcall %}"""
    )
    tags = Tags(made)
    assert tags.faults == []
    assert tags.one("fieldset")["aria-describedby"] == "audience-hint audience-error"
    assert tags.one("fieldset")["class"] == "wrong"
    assert "checked" in tags.one("input")
    assert tags.one("label")["for"] == tags.one("input")["id"] == "audience-public"
    assert [c["class"] for c in tags.all("circle")] == ["on", "on", "on"]


def test_the_rings_fill_from_the_house_outward(make: Make) -> None:
    rings = [
        Tags(make("{{ parts.reach(a) }}", a=a)).all("circle")
        for a in ("neighbourhood", "adjacent", "municipality")
    ]
    assert [[c["class"] for c in r] for r in rings] == [
        ["off"] * 3,
        ["off", "off", "on"],
        ["off", "on", "on"],
    ]


def test_trouble_leads_to_the_fields(make: Make) -> None:
    made = make(
        "{{ parts.trouble(reason, errors) }}", reason="Kijk even.", errors={"title": phrase("Nobody yet")}
    )
    assert Tags(made).one("a")["href"] == "#title"
    assert 'role="alert"' in made
    assert words(made) == "Kijk even. Nog niemand"


def test_steps_say_where_one_is(make: Make) -> None:
    made = make('{{ parts.steps(2, ["Waarmee", "Vertel", "Wie ziet het"]) }}')
    items = Tags(made).all("li")
    assert [i.get("aria-current") for i in items] == [None, "step", None]
    assert items[0]["class"] == "done"
    assert Tags(made).one("ol")["aria-label"] == "Stap 2 van 3"
    assert words(made) == "Klaar: Waarmee 2 Vertel 3 Wie ziet het"


def test_the_line_tells_where_each_copy_is(make: Make) -> None:
    monday, now = datetime(2026, 5, 11, 7, 0, tzinfo=UTC), datetime(2026, 5, 13, 12, 0, tzinfo=UTC)
    copies = [
        SimpleNamespace(state="home", name="Oude Haven", here=True, at=monday),
        SimpleNamespace(state="gone", name="Het Veer", here=False, at=now),
    ]
    made = make("{{ parts.line(copies, at) }}", copies=copies)
    said = words(made)
    assert "Oude Haven (hier) Hier is het bericht thuis. Sinds maandag 11 mei, 9.00 uur" in said
    assert "Het Veer Kopie is weg. Bevestigd op woensdag 13 mei, 14.00 uur" in said
    assert [i.get("class") for i in Tags(made).all("li")] == [None, "gone"]


def test_facts_agenda_and_times(make: Make) -> None:
    made = make('{{ parts.facts([("lock", "Code", parts.code("K7M 4PX"))]) }}')
    assert '<dd><span class="code" dir="ltr">K7M 4PX</span></dd>' in made
    event = SimpleNamespace(
        title="Koffie", url="/e", starts=datetime(2026, 5, 14, 8, 0, tzinfo=UTC), place="De Waterlelie"
    )
    assert (
        words(make("{{ parts.agenda(event) }}", event=event)) == "do 14 mei Koffie 10.00 uur, De Waterlelie"
    )
    assert 'datetime="2026-05-14T08:00:00Z"' in make('{{ parts.time(when, "toen") }}', when=event.starts)


def test_an_empty_place_offers_the_first_step(make: Make) -> None:
    made = make('{% call parts.empty("Leeg.", "Begin klein.") %}{{ parts.go("/ask", "Vraag") }}{% endcall %}')
    assert words(made) == "Leeg. Begin klein. Vraag"
    assert Tags(make('{{ parts.empty("Leeg.", "Begin klein.") }}')).faults == []


def test_pages_lead_on_and_back(make: Make) -> None:
    assert make('{{ parts.pages("", "") }}').strip() == ""
    tags = Tags(make('{{ parts.pages("?na=3", "/") }}'))
    assert [(a["href"], a.get("rel")) for a in tags.all("a")] == [("/", None), ("?na=3", "next")]


def test_are_you_sure(make: Make) -> None:
    made = make(
        '{{ parts.confirm("/x", "Zeker?", "Weg.", "Ja", "/", stop=true, token="t", fields={"a": "b"}) }}'
    )
    tags = Tags(made)
    assert (tags.one("form")["method"], tags.one("form")["action"]) == ("post", "/x")
    assert {(i["name"], i["value"]) for i in tags.all("input")} == {("token", "t"), ("a", "b")}
    assert tags.one("button")["class"] == "btn stop"


def test_a_number_can_be_rung(make: Make) -> None:
    assert Tags(make('{{ parts.phone("+31 (0)199-00 12 34") }}')).one("a")["href"] == "tel:+310199001234"


def test_every_page_has_the_number_and_the_way_in_an_emergency(show: Show) -> None:
    made = show("error.html", status=404)
    said = words(made)
    assert said.count("0199-00 12 34") == 3
    assert "Bel 112 als iemand nu gevaar loopt." in said
    assert "113 of 0800-0113" in said
    assert [a["href"] for a in Tags(made).all("a")].count("tel:112") == 1


def test_a_node_without_a_number_has_no_empty_places(show: Show) -> None:
    made = show("error.html", status=404, node=SimpleNamespace(name="Het Veer", phone="", phone_hours=""))
    assert "Bel ons" not in words(made)
    assert Tags(made).faults == []


def test_the_page_says_its_language_and_offers_the_others(show: Show) -> None:
    dutch = Tags(show("error.html", status=404))
    assert dutch.one("html") == {"lang": "nl", "dir": "ltr"}
    assert [b.get("value") for b in dutch.all("button") if b.get("name") == "language"] == list(SPOKEN)[1:]
    assert {"type": "hidden", "name": "back", "value": "/requests?na=3"} in dutch.all("input")
    with speaking("en"):
        english = Tags(show("error.html", status=404))
    assert english.one("html")["lang"] == "en"
    with speaking("ar"):
        assert Tags(show("error.html", status=404)).one("html") == {"lang": "ar", "dir": "rtl"}


@pytest.mark.parametrize(
    ("more", "direction"),
    [
        ("", "auto"),
        (', type="email"', "ltr"),
        (', inputmode="tel"', "ltr"),
        (', inputmode="url"', "ltr"),
        (', inputmode="numeric"', "ltr"),
        (', type="date"', None),
    ],
)
def test_words_are_written_their_own_way_and_numbers_from_the_left(
    make: Make, more: str, direction: str | None
) -> None:
    field = Tags(make(f'{{{{ parts.field("x", "X"{more}) }}}}')).one("input")
    assert field.get("dir") == direction


@pytest.mark.parametrize(
    ("look", "classes", "offered"),
    [
        (Look(), None, ["dark", "light", "large"]),
        (Look("dark"), "bk-dark", ["dark", "light", "device", "large"]),
        (Look("light", True), "bk-light bk-large", ["dark", "light", "device", "normal"]),
    ],
)
def test_the_page_looks_as_it_was_chosen(
    show: Show, look: Look, classes: str | None, offered: list[str]
) -> None:
    tags = Tags(show("error.html", status=404, look=look))
    assert tags.one("html").get("class") == classes
    assert [b["value"] for b in tags.all("button") if b.get("name") in ("light", "letters")] == offered


def test_the_way_one_is_in_is_marked(show: Show) -> None:
    tags = Tags(show("error.html", status=404, current="offers", person=SimpleNamespace(name="Miep")))
    assert [a["href"] for a in tags.all("a") if "aria-current" in a] == ["/offers"]
    assert "/mine" in [a["href"] for a in tags.all("a")]
    assert "/signin" not in [a["href"] for a in tags.all("a")]


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 429, 500, 503, 418, "offline"])
def test_when_it_does_not_work_plain_words_say_what_to_do(show: Show, status: object) -> None:
    made = show("error.html", status=status)
    assert Tags(made).faults == []
    assert len(Tags(made).all("h1")) == 1
    assert "Naar de buurt" in words(made)
    assert ("Inloggen Liever" in words(made)) is (status == 403)


def test_a_refusal_says_its_own_reason(show: Show) -> None:
    made = show("error.html", status=409, reason=phrase("Somebody already helps with this. Thank you!"))
    assert "Er helpt al iemand. Dank je wel!" in words(made)
