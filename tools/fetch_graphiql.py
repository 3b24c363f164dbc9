"""Fetches the prebuilt files of GraphiQL and React from npm into the package, checked against the hashes below."""

import base64
import hashlib
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from node import command

TARGET = Path(__file__).parents[1] / "src/commerce_api/web/graphiql/vendor"

PACKAGES = {
    "graphiql@3.9.0": (
        "rJYFlHdBbug9+YbFSwRVvgfPjCayC7wHecZkx/qB4XLuQPFQZw/yB9pmHFtOJV6RiNBBHro3u1GdocKa3YcGRA==",
        ("graphiql.min.js", "graphiql.min.css"),
    ),
    "react@18.3.1": (
        "wS+hAgJShR0KhEvPJArfuPVN1+Hz1t0Y6n5jLrGQbkb4urgPE/0Rve+1kMB1v/oWgHgm4WIcV+i7F2pTVj+2iQ==",
        ("umd/react.production.min.js",),
    ),
    "react-dom@18.3.1": (
        "5m4nQKp+rZRb09LNH59GM4BxTh9251/ylbKIbpe7TpGxfJ+9kv6BLkLBXIjjspbgbnIBNqlI23tRnTWT0snUIw==",
        ("umd/react-dom.production.min.js",),
    ),
}


def fetch(package: str, integrity: str, files: tuple[str, ...], folder: Path) -> None:
    subprocess.run([*command("npm"), "pack", package, "--silent", "--pack-destination", folder], check=True, stdout=-3)
    (archive,) = folder.glob("*.tgz")
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if digest != integrity:
        raise SystemExit(f"{package} is not the expected file: sha512-{digest}")
    with tarfile.open(archive) as packed:
        for name in files:
            content = packed.extractfile(f"package/{name}")
            if content is None:
                raise SystemExit(f"{package} holds no {name}")
            (TARGET / Path(name).name).write_bytes(content.read())


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    for package, (integrity, files) in PACKAGES.items():
        with tempfile.TemporaryDirectory() as folder:
            fetch(package, integrity, files, Path(folder))
    sys.stdout.write(f"GraphiQL is in {TARGET}\n")


if __name__ == "__main__":
    main()
