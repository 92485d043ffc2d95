"""The figures can be taken, and the page about them knows every row."""

import subprocess
import sys
from pathlib import Path

from tests.bench.__main__ import ROWS

CHECKOUT = Path(__file__).resolve().parents[2]


def test_a_row_can_be_measured() -> None:
    words = [sys.executable, "-m", "tests.bench", "--quick", "ceilings", "actor"]
    said = subprocess.run(words, cwd=CHECKOUT, check=True, capture_output=True, text=True).stdout
    assert "ceiling Ed25519 verify: " in said
    assert "actor: " in said


def test_every_row_stands_on_the_page() -> None:
    page = (CHECKOUT / "docs" / "performance.md").read_text("utf-8")
    assert [row for row in ROWS if f"`{row}`" not in page] == []
