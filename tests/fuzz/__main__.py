"""`python -m tests.fuzz TARGET --minutes 60`: what others send, made up, for as long as you like.

Targets: signatures, activities, addresses (atheris, which looks at which lines are reached), inbox
(Hypothesis, over a whole node) and api (schemathesis, over our OpenAPI document). The status is 0 when
nothing was found; what was found is left in the directory that is named at the start, or printed.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import mkdtemp

from tests.fuzz.seeds import SEEDS, WORDS

CHECKOUT = Path(__file__).resolve().parent.parent.parent
ROUNDS = {"inbox": "tests/federation/test_any_bytes.py", "api": "tests/api/test_conformance.py"}
MEMORY = 2048  # MiB
HANG = 10  # seconds for one input, after which the fuzzer says that it hangs


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    asked.add_argument("target", choices=[*SEEDS, *ROUNDS])
    asked.add_argument("--minutes", type=float, default=60.0)
    asked.add_argument("--keep", type=Path, help="a directory for what it learned, to go on with another day")
    words = asked.parse_args()
    seconds = max(1, round(words.minutes * 60))
    if words.target in ROUNDS:
        sys.exit(rounds(words.target, seconds))
    cover(words.target, seconds, words.keep or Path(mkdtemp(prefix="buurtknoop-fuzz-")))


def rounds(target: str, seconds: int) -> int:
    """Round after round, each by another chance and longer than the one before."""
    end, examples = time.monotonic() + seconds, 100
    while time.monotonic() < end:
        print(f"{target}: a round of size {examples}", flush=True)
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", ROUNDS[target]],
            cwd=CHECKOUT,
            env={**os.environ, "BUURTKNOOP_EXAMPLES": str(examples)},
            check=False,
        )
        if done.returncode:
            return done.returncode
        examples = min(2 * examples, 20_000)
    return 0


def cover(target: str, seconds: int, directory: Path) -> None:
    """Hand over to atheris, which ends the process."""
    import atheris

    begun = directory / target
    begun.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(SEEDS[target]):
        (begun / f"seed{number}").write_bytes(seed)
    words = directory / f"{target}.words"
    words.write_text("\n".join(f'"{_written(word)}"' for word in WORDS[target]), "ascii")
    print(f"{target}: what is found is left in {directory}", flush=True)
    with atheris.instrument_imports(include=["node", "http_sf", "rfc8785"]):
        from tests.fuzz.targets import TARGETS
    limits = [f"-max_total_time={seconds}", f"-rss_limit_mb={MEMORY}", f"-timeout={HANG}", "-max_len=8192"]
    told = [f"-dict={words}", f"-artifact_prefix={directory}/", "-print_final_stats=1", "-verbosity=0"]
    atheris.Setup([sys.argv[0], *limits, *told, str(begun)], TARGETS[target])
    atheris.Fuzz()


def _written(word: str) -> str:
    """A word as libFuzzer's dictionaries have it."""
    return "".join(
        chr(byte) if 32 < byte < 127 and byte not in b'"\\' else f"\\x{byte:02x}" for byte in word.encode()
    )


if __name__ == "__main__":
    main()
