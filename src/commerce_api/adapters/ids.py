"""The only maker of ids and secrets."""

import secrets
from uuid import UUID

from asyncpg.pgproto import pgproto
from uuid_utils import uuid7


def new_id() -> UUID:
    """A UUIDv7: ids made later sort later. It is of the kind that ids read from the database have: these are compared, hashed and
    written in C.
    """
    made: UUID = pgproto.UUID(uuid7().bytes)
    return made


def new_secret() -> str:
    """256 random bits, safe in a URL."""
    return secrets.token_urlsafe(32)
