"""What `make` does when there is nothing left to do."""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
FETCHED = "src/commerce_api/web/graphiql/vendor/fetched"


def test_a_second_demo_asks_neither_pip_nor_npm(tmp_path):
    for name in (
        "Makefile",
        "pyproject.toml",
        "requirements/main.txt",
        "requirements/node.txt",
        "tools/fetch_graphiql.py",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    for name in (".venv/main", ".venv/node", FETCHED):  # what the first run leaves behind
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()

    planned = subprocess.run(
        ["make", "--dry-run", "demo"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHON": "python3"},
        capture_output=True,
        text=True,
        check=True,
    )

    test, run = planned.stdout.splitlines()
    assert test.startswith(f"test -e {FETCHED} ||")
    assert run == ".venv/bin/python -m commerce_api demo"
