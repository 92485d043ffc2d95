"""A measured node is as somebody installs it: what only the tests brought in is not there.

Where pygments and rich are, httpx loads its command line: 3.5 MB that no node needs.
"""

import sys

for name in ("pygments", "rich"):
    sys.modules[name] = None  # type: ignore[assignment]  # the documented way to say that it is not there
