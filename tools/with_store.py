"""Runs a command beside a demonstration store of its own.

`python tools/with_store.py COMMAND ARGUMENT...`
The command finds the store's address in the variable STORE. The store is gone when the command has ended.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def store(**settings: str) -> Iterator[str]:
    """The address of a demonstration store on a free port, with a new database."""
    bare = {name: text for name, text in os.environ.items() if not name.startswith(("COMMERCE_", "DATABASE_"))}
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(
            [sys.executable, "-m", "commerce_api", "demo", "--port", "0"],
            cwd=folder,
            env={**bare, "PYTHONPATH": str(ROOT / "src"), "COMMERCE_RATE_LIMIT": "0", **settings},
            stderr=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        try:
            yield _address(process)
        finally:
            process.terminate()
            _, rest = process.communicate(timeout=60)
            sys.stderr.write("".join(line for line in rest.splitlines(keepends=True) if "error" in line.lower()))


def _address(process: "subprocess.Popen[str]") -> str:
    said = ""
    for line in process.stderr or ():
        said += line
        if found := re.search(r"(http://127\.0\.0\.1:\d+)/graphql", line):
            return found[1]
    raise SystemExit(f"the store did not start:\n{said}")


def main() -> None:
    with store() as address:
        ended = subprocess.run(sys.argv[1:], env={**os.environ, "STORE": address}, check=False)
    raise SystemExit(ended.returncode)


if __name__ == "__main__":
    main()
