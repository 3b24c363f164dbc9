"""Brings a database to the newest schema. Several processes may start at once: one migrates, the others wait for it.

Alembic is loaded when there is something to do: `persistence.revision` tells that without it.
"""

from typing import Any

from sqlalchemy import Connection, text

from commerce_api.persistence.revision import SCRIPTS

_LOCK = 7_236_111_401


def _config(connection: Connection) -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    return config


async def migrate(dsn: str, revision: str = "head") -> None:
    """Upgrade to `revision`; a no-op if it is there already."""
    from alembic import command

    await _run(dsn, lambda connection: command.upgrade(_config(connection), revision))


async def draft(dsn: str, message: str) -> None:
    """Write a new migration from the difference between the tables and the database."""
    from alembic import command

    await _run(dsn, lambda connection: command.revision(_config(connection), message, autogenerate=True))


async def downgrade(dsn: str, revision: str) -> None:
    from alembic import command

    await _run(dsn, lambda connection: command.downgrade(_config(connection), revision))


async def _run(dsn: str, work: Any) -> None:
    from sqlalchemy.ext.asyncio import create_async_engine

    engine = create_async_engine(dsn.replace("postgresql://", "postgresql+asyncpg://", 1))
    try:
        async with engine.begin() as connection:
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            await connection.run_sync(work)
    finally:
        await engine.dispose()
