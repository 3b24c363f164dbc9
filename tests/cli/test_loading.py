"""What a command loads decides how soon it is there, so each loads what it needs and no more."""

import subprocess
import sys

import pytest

_UNUSED = {"greenlet", "pygments", "rich"}
"""What libraries load when it is installed; see `commerce_api/__init__.py`."""
_HELP = "from commerce_api.cli import main; main(['--help'], standalone_mode=False)"
_ANSWER = """
from contextlib import suppress
from click import ClickException
from commerce_api.cli import main
with suppress(ClickException):
    main(["serve", "--host", "127.0.0.1", "--port", "none"], standalone_mode=False)
from commerce_api.cli.processes import load
load()
"""
_DO_TASKS = "import commerce_api.app, commerce_api.worker"


@pytest.mark.parametrize(
    ("program", "loaded", "left_out"),
    [
        (
            _HELP,
            {"click"},
            {"alembic", "asyncpg", "graphql", "jinja2", "sqlalchemy", "starlette", "strawberry", "uvicorn"},
        ),
        (
            _ANSWER,
            {"click", "strawberry", "uvicorn"},
            {"aiosmtplib", "alembic", "cryptography", "httpx", "jinja2", "nh3", "phonenumbers", "pydantic"} | _UNUSED,
        ),
        (_DO_TASKS, {"asyncpg"}, {"aiosmtplib", "alembic", "graphql", "jinja2", "starlette", "strawberry", "uvicorn"}),
    ],
)
def test_no_more_is_loaded_than_needed(program: str, loaded: set[str], left_out: set[str]) -> None:
    command = [sys.executable, "-c", f"{program}\nimport sys\nprint(*sys.modules)"]
    modules = subprocess.run(
        command, check=True, capture_output=True, text=True, env={"PYTHONPATH": "src"}
    ).stdout.split()
    assert loaded <= set(modules)
    assert left_out.isdisjoint(modules)
