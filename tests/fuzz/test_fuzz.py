"""The fuzzer runs, finds what is planted, and finds nothing else in a few seconds."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.fuzz.seeds import SEEDS, WORDS
from tests.fuzz.targets import TARGETS

CHECKOUT = Path(__file__).resolve().parent.parent.parent
SECONDS = 5
PLANTED = """
import sys
from pathlib import Path
from tests.fuzz import __main__ as fuzz, seeds, targets
def planted(data):
    assert not data.startswith(b"http:")
targets.TARGETS["planted"] = planted
seeds.SEEDS["planted"], seeds.WORDS["planted"] = [b"x"], ["http:"]
fuzz.cover("planted", 60, Path(sys.argv[1]))
"""
needs_atheris = pytest.mark.skipif(
    find_spec("atheris") is None, reason="atheris comes for Linux on x86_64, for CPython 3.11 to 3.14"
)


def test_every_target_has_something_to_begin_with() -> None:
    assert TARGETS.keys() == SEEDS.keys() == WORDS.keys()
    assert all(SEEDS.values())


@pytest.mark.parametrize("target", TARGETS)
def test_what_it_begins_with_is_read_or_refused(target: str) -> None:
    for seed in SEEDS[target]:
        for size in range(len(seed) + 1):
            TARGETS[target](seed[:size])


@needs_atheris
@pytest.mark.parametrize("target", TARGETS)
def test_a_few_seconds_find_nothing(target: str, tmp_path: Path) -> None:
    words = ["-m", "tests.fuzz", target, "--minutes", str(SECONDS / 60), "--keep", str(tmp_path)]
    done = subprocess.run([sys.executable, *words], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "number_of_executed_units" in done.stderr
    assert not [*tmp_path.glob("crash-*"), *tmp_path.glob("timeout-*"), *tmp_path.glob("oom-*")]


@needs_atheris
def test_what_is_planted_is_found(tmp_path: Path) -> None:
    words = [sys.executable, "-c", PLANTED, str(tmp_path)]
    done = subprocess.run(words, cwd=CHECKOUT, capture_output=True, check=False)
    assert done.returncode != 0
    (found,) = tmp_path.glob("crash-*")
    assert found.read_bytes().startswith(b"http:")
