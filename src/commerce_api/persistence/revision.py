"""Which migration a database is at and which is the newest, without loading Alembic: every start and probe asks."""

import re
from pathlib import Path
from typing import Final

import asyncpg

SCRIPTS: Final = next(
    folder
    for folder in (Path(__file__).parents[1] / "alembic", Path(__file__).parents[3] / "alembic")
    if (folder / "env.py").exists()
)
"""In the package when installed, at the root of the project otherwise."""

_REVISION = re.compile(r"""^(?:down_)?revision = (?:["'](\w+)["']|None)$""", re.MULTILINE)


def newest() -> str:
    """The one revision that no other builds on."""
    revisions = [_REVISION.findall(path.read_text()) for path in (SCRIPTS / "versions").glob("*.py")]
    [head] = {revision for revision, _ in revisions} - {before for _, before in revisions}
    return str(head)


async def current(connection: asyncpg.Connection) -> str | None:
    """None for a database that nothing was done to."""
    if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
        return None
    revision: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
    return revision
