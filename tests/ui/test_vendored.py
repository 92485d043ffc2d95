import tomllib
from hashlib import sha256
from pathlib import Path


def test_what_others_made_is_as_they_made_it(ui: Path) -> None:
    packages = tomllib.loads((ui / "static" / "vendored.toml").read_text())["package"]
    for package in packages:
        assert package["name"]
        assert package["version"][0].isdigit()
        assert package["licence"]
        for path, digest in package["files"].items():
            assert sha256((ui / path).read_bytes()).hexdigest() == digest, path
        assert any("LICENSE" in path for path in package["files"])


def test_nothing_of_others_is_carried_unnamed(ui: Path) -> None:
    packages = tomllib.loads((ui / "static" / "vendored.toml").read_text())["package"]
    named = {path for package in packages for path in package["files"]}
    own = {"tokens.css", "buurtknoop.css", "favicon.svg", "favicon.ico", "touch.png", "vendored.toml"}
    own |= {"enhance.js", "worker.js", "passkey.js", "icon-192.png", "icon-512.png"}
    carried = {f.relative_to(ui).as_posix() for f in (ui / "static").rglob("*") if f.is_file()}
    assert carried - {f"static/{name}" for name in own} == {p for p in named if p.startswith("static/")}
