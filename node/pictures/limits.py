"""What the process that makes pictures may use: a quarter of a gigabyte, five seconds, and no way out.

A picture is data that somebody made up, and what reads and draws it is large: should it be led astray, it can
neither open a file nor call anybody, for it can open nothing any more.
"""

import resource

MEMORY = 256 * 1024 * 1024  # bytes of address space
SECONDS = 5  # of a processor


def bound() -> None:
    """From here on: so much memory, so much time, no file larger than nothing, no process beside it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


def shut() -> None:
    """From here on nothing more can be opened: no file, no socket. What is needed is read by now."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
