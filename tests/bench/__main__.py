"""`python -m tests.bench`: what a node costs before anybody asks it anything. Figures are for this machine.

cold-start: CPU seconds from exec to the first answer 200, its database made before: 0.9 at most, 0.6 wanted.
idle-rss: memory of the full node with an empty database, after a minute at rest: 85 MB at most, 60 MB wanted.
"""

import argparse
import os
import platform
import socket
import statistics
import subprocess
import sys
import sysconfig
import time
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory

TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    asked.add_argument("--starts", type=int, default=5, help="how often to start (the median counts)")
    asked.add_argument("--seconds", type=float, default=60, help="how long to rest before memory is read")
    words = asked.parse_args()
    print(f"interpreter: {interpreter()}, {platform.machine()}, {os.cpu_count()} cores")
    with TemporaryDirectory() as place:
        node = Path(place) / "node"
        make(node)
        starts = [measure(node, 0) for _ in range(words.starts)]
        cpu, wall = (statistics.median(start[n] for start in starts) for n in (0, 1))
        print(f"cold-start: {cpu:.2f} CPU-s ({wall:.2f} s by the wall clock), median of {words.starts}")
        print(f"idle-rss: {measure(node, words.seconds)[2] / 1024:.1f} MB after {words.seconds:.0f} s")


def interpreter() -> str:
    """Builds differ by up to a factor two, so each figure says which it was."""
    options = sysconfig.get_config_var("CONFIG_ARGS") or ""
    how = "with" if "--enable-optimizations" in options else "without"
    name = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{name} (configured {how} --enable-optimizations, {platform.python_compiler()})"


def make(node: Path) -> None:
    words = ["--origin", "https://bench.example", "--name", "Bench", "--area", "BU90010000"]
    command = [
        sys.executable,
        "-m",
        "node",
        "init",
        "--dir",
        str(node),
        *words,
        "--operator",
        "bench@buurt.example",
    ]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)


def measure(node: Path, rest: float) -> tuple[float, float, int]:
    """Start it once: (CPU seconds and wall seconds until it answers, kB of memory after the rest)."""
    port = free_port()
    began = time.monotonic()
    command = [sys.executable, "-m", "node", "serve", "--dir", str(node), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            while not answers(port):
                if process.poll() is not None:
                    raise SystemExit("the node did not start")
            wall, cpu = time.monotonic() - began, cpu_seconds(process.pid)
            time.sleep(rest)
            return cpu, wall, resident(process.pid)
        finally:
            process.terminate()


def answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        time.sleep(0.005)
        return False
    finally:
        connection.close()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as line:
        return int(line.getsockname()[1])


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICKS


def resident(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")))


if __name__ == "__main__":
    main()
