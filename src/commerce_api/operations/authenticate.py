"""Who is asking: one SQL statement for a request that brings a token, none for a guest; one more now and then for a key."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from commerce_api.adapters.tokens import TokenKind, token_hash
from commerce_api.domain.actor import Actor, ActorKind, Delegation
from commerce_api.domain.grants import Held, known, limited_to
from commerce_api.domain.ids import ChannelId, SessionId
from commerce_api.domain.origin import OrderingChannel
from commerce_api.domain.permissions import CUSTOMER, GUEST, STAFF_ENTRANCE, Permission
from commerce_api.persistence.readers import credentials
from commerce_api.persistence.sql import Database

NOTED_EVERY: Final = timedelta(minutes=5)
"""How often it is written down that a key was used."""


async def actor_of(
    database: Database, *, token: str | None, cart_token: str | None, staff: bool, at: datetime
) -> Actor | None:
    """The actor of a request to the shop or the staff address; None if the credentials are bad, expired or of the other one."""
    cart_token_hash = token_hash(cart_token) if cart_token else None
    if token is None:
        permissions = STAFF_ENTRANCE if staff else GUEST
        return Actor(kind=ActorKind.GUEST, permissions=permissions, cart_token_hash=cart_token_hash)
    if staff:
        return await _back_office(database, token, at)
    if token.startswith(TokenKind.SHOP_ASSISTED):
        return await _assisting(database, token, cart_token_hash, at)
    return await _customer(database, token, cart_token_hash, at)


async def _assisting(database: Database, token: str, cart_token_hash: bytes | None, at: datetime) -> Actor | None:
    """Staff with the permissions of the one whom they help, for as long as they may act for customers there."""
    row = await credentials.assisted_session(database, token_hash(token), at)
    if row is None:
        return None
    staff = holding(ActorKind.STAFF, row["staff_id"], credentials.held_of(row), row["session_id"])
    if not staff.may_in(Permission.ACT_FOR_CUSTOMERS, row["channel_id"]):
        return None
    return Actor(
        kind=ActorKind.STAFF,
        id=staff.id,
        permissions=CUSTOMER if row["customer_id"] else GUEST,
        session_id=staff.session_id,
        on_behalf_of=row["customer_id"],
        cart_token_hash=row["cart_token_hash"] or cart_token_hash,
        delegation=Delegation(
            session_id=row["id"], channel_id=row["channel_id"], source=OrderingChannel(row["source"])
        ),
    )


async def _customer(database: Database, token: str, cart_token_hash: bytes | None, at: datetime) -> Actor | None:
    if not token.startswith(TokenKind.SHOP_ACCESS):
        return None
    row = await credentials.customer_session(database, token_hash(token), at)
    return row and Actor(
        kind=ActorKind.CUSTOMER,
        id=row["customer_id"],
        permissions=CUSTOMER,
        session_id=SessionId(row["id"]),
        cart_token_hash=cart_token_hash,
    )


async def _back_office(database: Database, token: str, at: datetime) -> Actor | None:
    if token.startswith(TokenKind.STAFF_ACCESS):
        row = await credentials.staff_session(database, token_hash(token), at)
        return row and holding(ActorKind.STAFF, row["staff_id"], credentials.held_of(row), row["id"])
    if token.startswith(TokenKind.API_KEY):
        return await _program(database, token, at)
    return None


async def _program(database: Database, token: str, at: datetime) -> Actor | None:
    row = await credentials.api_key(database, token_hash(token), at)
    if row is None:
        return None
    if row["last_used_at"] is None or row["last_used_at"] < at - NOTED_EVERY:
        await credentials.note_use(database, row["id"], at)
    channels = None if row["channel_ids"] is None else frozenset(map(ChannelId, row["channel_ids"]))
    held = limited_to(known(row["permissions"]), credentials.held_of(row), channels)
    return holding(ActorKind.APP, row["id"], held)


def holding(kind: ActorKind, id: UUID, held: Held, session_id: SessionId | None = None) -> Actor:
    return Actor(
        kind=kind,
        id=id,
        permissions=held.everywhere,
        narrowed=held.narrowed,
        bounds=held.bounds,
        session_id=session_id,
    )
