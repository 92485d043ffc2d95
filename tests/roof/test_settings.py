"""Settings are read once, from one file and the environment; what is not understood is refused."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from node import settings
from node.command.founding import write
from node.neighbourhood.node import NodeKind
from node.settings import FILE, Secret, Settings, Wrong

LEAST = {"origin": "https://centrum.example", "name": "Centrum", "area": "BU00000001"}


def built(**more: Any) -> Settings:
    return settings.build({**LEAST, **more}, Path("/srv/node"))


def test_little_is_needed() -> None:
    here = built()
    assert here.kind is NodeKind.NEIGHBOURHOOD
    assert here.database == "sqlite:////srv/node/node.db"
    assert here.acct == "centrum@centrum.example"
    assert here.home.actor == "https://centrum.example/ap/buurt/centrum"
    assert here.secure


def test_the_environment_lies_over_the_file(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(
        'origin = "https://a.example"\nname = "A"\narea = "BU00000001"\nport = 8001\n'
    )
    here = settings.read(
        tmp_path, {"BUURTKNOOP_PORT": "8002", "BUURTKNOOP_MAIL_PASSWORD": "s3cret", "HOME": "/"}
    )
    assert (here.name, here.port) == ("A", 8002)
    assert here.mail_password.reveal() == "s3cret"


@pytest.mark.parametrize(
    "environment", [{"BUURTKNOOP_DEBUG": "1"}, {"BUURTKNOOP_": "1"}, {"BUURTKNOOP_DIR": "/"}]
)
def test_an_unknown_key_is_refused(tmp_path: Path, environment: dict[str, str]) -> None:
    write(tmp_path, LEAST, {})
    with pytest.raises(Wrong, match="unknown setting"):
        settings.read(tmp_path, environment)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"colour": "red"}, "colour"),
        ({"dir": "/"}, "dir"),
        ({"origin": "http://centrum.example"}, "use https"),
        ({"origin": "https://Centrum.example"}, "small letters"),
        ({"origin": "https://centrum.example/"}, "bare address"),
        ({"origin": "https://me@centrum.example?x"}, "bare address"),
        ({"origin": "gopher://centrum.example"}, "bare address"),
        ({"origin": ""}, "bare address"),
        ({"town": True}, "cannot be part of a demo town"),
        ({"area": "Centrum"}, "CBS code"),
        ({"name": ""}, "name"),
        ({"name": "x" * 81}, "at most 80"),
        ({"slug": "Het Veer"}, "slug"),
        ({"kind": "castle"}, "kind"),
        ({"port": "many"}, "port"),
        ({"mail_tls": "maybe"}, "starttls, tls or none"),
        ({"database": "mysql://x"}, "postgresql://"),
        ({"trusted_proxies": "127.0.0.1, proxy"}, "trusted_proxies: proxy is no address"),
        ({"pace": {"haste": "1h"}}, "pace: there is no haste"),
        ({"pace": {"release": ["1h"]}}, "pace: release: write 3 times"),
        ({"pace": "fast"}, "pace: write a table"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_in_words(values: dict[str, Any], says: str) -> None:
    with pytest.raises(Wrong, match=says):
        built(**values)


@pytest.mark.parametrize("missing", LEAST)
def test_what_is_missing_is_named(missing: str) -> None:
    with pytest.raises(Wrong, match=missing):
        settings.build({key: value for key, value in LEAST.items() if key != missing}, Path())


def test_a_town_may_use_http() -> None:
    here = built(origin="http://127.0.0.1:8401", town=True)
    assert not here.secure
    assert here.acct == "centrum@127.0.0.1:8401"


def test_a_broken_file_says_where(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("name = Centrum")
    with pytest.raises(Wrong, match="line 1"):
        settings.read(tmp_path, {})


def test_a_file_in_another_alphabet_says_so(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes('name = "Zoë"'.encode("latin-1"))
    with pytest.raises(Wrong, match="cannot be read"):
        settings.read(tmp_path, {})


def test_nothing_is_left_of_a_node_that_the_environment_forbids(tmp_path: Path) -> None:
    with pytest.raises(Wrong, match="port"):
        write(tmp_path / "node", LEAST, {"BUURTKNOOP_PORT": "many"})
    assert not (tmp_path / "node" / FILE).exists()


@pytest.mark.parametrize(
    ("contact", "url"),
    [
        ("olaf@centrum.example", "mailto:olaf@centrum.example"),
        ("https://centrum.example/ons", "https://centrum.example/ons"),
        ("aan de balie", ""),
        ("", ""),
    ],
)
def test_a_contact_is_a_mail_address_or_a_way(contact: str, url: str) -> None:
    assert built(contact=contact).contact_url == url


def test_a_password_does_not_print() -> None:
    here = built(mail_password="s3cret")
    assert "s3cret" not in f"{here} {here!r} {here.mail_password}"
    assert repr(Secret("")) == "Secret()"


@pytest.mark.parametrize(
    "name", ['Het "Veer"', "Zoë\\n", "'s-Graveland", "Büürt €", "Buurt 🌷", "a\tb", "x" * 80]
)
def test_what_is_written_is_read_again(tmp_path: Path, name: str) -> None:
    values = {**LEAST, "name": name, "town": False, "port": 8401}
    assert write(tmp_path / "deep" / "node", values, {}).name == name


def test_the_pace_is_a_table_with_the_environment_over_it(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(
        'origin = "https://a.example"\nname = "A"\narea = "BU00000001"\n\n'
        '[pace]\nnobody = "3d"\nday = "09:00-21:00"\n'
    )
    over = {"BUURTKNOOP_PACE_NOBODY": "4d", "BUURTKNOOP_PACE_RELEASE": "1h, 2h, 3h"}
    pace = settings.read(tmp_path, over).home.pace
    assert (pace.nobody, pace.day_begins, pace.release[2]) == (timedelta(days=4), 9, timedelta(hours=3))
    assert settings.read(tmp_path, {}).home.pace.nobody == timedelta(days=3)
    for wrong in ({"BUURTKNOOP_PACE_HASTE": "1h"}, {"BUURTKNOOP_PACE": "fast"}):
        with pytest.raises(Wrong, match="pace"):
            settings.read(tmp_path, wrong)
