"""What every store starts with as data: roles, and reasons of blocks, overrides and cancellations."""

from commerce_api.operations.block_reasons import put_shipped_block_reasons
from commerce_api.operations.cancel_reasons import put_shipped_cancel_reasons
from commerce_api.operations.override_reasons import put_shipped_override_reasons
from commerce_api.operations.roles import put_shipped_roles
from commerce_api.persistence.sql import Database


async def put_shipped(database: Database) -> None:
    """Put what a new version brings; what staff have changed since stays theirs."""
    await put_shipped_roles(database)
    await put_shipped_block_reasons(database)
    await put_shipped_override_reasons(database)
    await put_shipped_cancel_reasons(database)
