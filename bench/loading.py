"""How an empty database takes very many rows: what slows each row down is put off until all are there."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import asyncpg

_NEEDED = {"ix_variants_product_id_position"}
"""What is looked up while rows come in; beside what keeps rows apart."""
_INDEXES = """
SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE c.relnamespace = 'public'::regnamespace AND NOT i.indisunique
"""
_OF_SESSIONS = {
    "session_replication_role": "replica",  # no foreign key is looked after: what is made refers to what is made
    "synchronous_commit": "off",
    "statement_timeout": "0",
}
_OF_THE_SERVER = {"max_wal_size": "8GB", "checkpoint_timeout": "30min", "autovacuum": "off"}


@asynccontextmanager
async def unhindered(dsn: str) -> AsyncIterator[None]:
    """For those who connect meanwhile. All indexes are there again afterwards, and each setting is what it was."""
    raw = await asyncpg.connect(dsn)
    try:
        indexes = await _indexes(raw)
        for name in indexes:
            await raw.execute(f"DROP INDEX {name}")
        async with _set(raw):
            yield
        await raw.execute("SET maintenance_work_mem = '1GB'")
        for definition in indexes.values():
            await raw.execute(definition, timeout=None)
    finally:
        await raw.close()


async def _indexes(raw: asyncpg.Connection) -> Mapping[str, str]:
    """How to make those again that can be done without for a while."""
    return {name: definition for name, definition in await raw.fetch(_INDEXES) if name not in _NEEDED}


@asynccontextmanager
async def _set(raw: asyncpg.Connection) -> AsyncIterator[None]:
    database = await raw.fetchval("SELECT quote_ident(current_database())")
    commands = [(f"ALTER DATABASE {database}", name, value) for name, value in _OF_SESSIONS.items()]
    commands += [("ALTER SYSTEM", name, value) for name, value in _OF_THE_SERVER.items()]
    try:
        for command, name, value in commands:
            await raw.execute(f"{command} SET {name} = '{value}'")
        await raw.execute("SELECT pg_reload_conf()")
        yield
    finally:
        for command, name, _ in commands:
            await raw.execute(f"{command} RESET {name}")
        await raw.execute("SELECT pg_reload_conf()")
