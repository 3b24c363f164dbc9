"""Customers and what belongs to them, as far as the actor may see it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, Uuid, any_, bindparam, exists, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on

from commerce_api.domain.actor import Actor
from commerce_api.domain.address import Address
from commerce_api.domain.address_book import AddressEntry
from commerce_api.domain.customer import (
    Consent,
    ConsentKind,
    Customer,
    CustomerStatus,
    masked_entry,
    seen_by,
    unmasked,
)
from commerce_api.domain.ids import AddressId, ChannelId, CustomerId
from commerce_api.domain.permissions import Permission
from commerce_api.domain.value import value
from commerce_api.persistence.rows import among
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Connection, Row, Statement
from commerce_api.persistence.tables.customer_desk import customer_openings as openings
from commerce_api.persistence.tables.identity import addresses, consents, customers

_IDS = any_(bindparam("ids", type_=ARRAY(Uuid())))


def visible_customers() -> ColumnElement[bool]:
    """Oneself, or whom staff may find in their channels; filled by `visible_to`."""
    return or_(
        customers.c.id == bindparam("own_id", type_=Uuid()),
        bindparam("everywhere", type_=Boolean()),
        customers.c.channel_id == any_(bindparam("in_channels", type_=ARRAY(Uuid()))),
    )


def visible_to(actor: Actor, permission: Permission = Permission.FIND_CUSTOMERS) -> dict[str, Any]:
    """The values of `visible_customers`."""
    channels = actor.channels_with(permission)
    return {"own_id": actor.customer_id, "everywhere": channels is None, "in_channels": list(channels or ())}


def opened() -> ColumnElement[bool]:
    """Whether the one who asks has opened the customer; filled by `opener`."""
    mine = openings.c.customer_id == customers.c.id, openings.c.staff_id == bindparam("opener_id", type_=Uuid())
    return (
        exists().where(*mine, openings.c.until > bindparam("opened_still", type_=openings.c.until.type)).label("opened")
    )


def opener(actor: Actor, at: datetime) -> dict[str, Any]:
    """The values of `opened`."""
    return {"opener_id": actor.id, "opened_still": at}


def seen(actor: Actor, row: Row) -> Customer:
    """A row with `opened`, as far as the actor may see it."""
    return seen_by(actor, customer_of(row), opened=row["opened"])


_LIKES = Statement(select(customers.c.order_mail).where(customers.c.id == bindparam("id")))
_BY_EMAIL = Statement(select(customers).where(customers.c.email == bindparam("email")))
_CUSTOMERS = Statement(select(customers, opened()).where(customers.c.id == _IDS, visible_customers()))
_ADDRESSES = Statement(
    select(addresses, opened(), customers.c.channel_id)
    .select_from(addresses.join(customers))
    .where(addresses.c.customer_id == _IDS, visible_customers())
    .order_by(addresses.c.id)
)
_CONSENTS = Statement(
    select(consents)
    .select_from(consents.join(customers))
    .ext(distinct_on(consents.c.customer_id, consents.c.kind))
    .where(consents.c.customer_id == _IDS, visible_customers())
    .order_by(consents.c.customer_id, consents.c.kind, consents.c.at.desc(), consents.c.id.desc())
)
_COUNT = Statement(select(func.count()).select_from(customers).where(visible_customers()))
_EMAIL = Statement(select(customers.c.id, customers.c.email).where(among(customers.c.id)))


async def likes_order_mail(connection: Connection, id: UUID) -> bool:
    """Whether a customer wants to be told by mail what becomes of orders."""
    return bool(await connection.fetch_value(_LIKES, id=id))


async def email_of(connection: Connection, id: CustomerId) -> str:
    """Where a customer is written to."""
    return (await emails_of(connection, [id]))[id]


async def emails_of(connection: Connection, ids: Iterable[CustomerId]) -> Mapping[CustomerId, str]:
    return {row["id"]: row["email"] for row in await connection.fetch(_EMAIL, ids=list(ids))}


@value
class Addressee:
    """What a mail about an account has to know. Who is `known` has confirmed the address, or was written down by staff."""

    id: CustomerId
    first_name: str
    last_name: str
    language: str | None
    status: CustomerStatus
    known: bool


async def addressee(connection: Connection, email: str) -> Addressee | None:
    """For the worker only: whose address this is."""
    row = await connection.fetch_one(_BY_EMAIL, email=email)
    return row and Addressee(
        id=CustomerId(row["id"]),
        first_name=row["first_name"],
        last_name=row["last_name"],
        language=row["language"],
        status=CustomerStatus(row["status"]),
        known=row["email_verified_at"] is not None or row["made_by_staff"],
    )


async def customers_of(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, Customer]:
    async with scope.database.connection() as connection:
        values = {**visible_to(scope.actor), **opener(scope.actor, scope.at)}
        rows = await connection.fetch(_CUSTOMERS, ids=list(ids), **values)
    return {row["id"]: seen(scope.actor, row) for row in rows}


async def customer_page(scope: Scope, *, limit: int, backward: bool, position: UUID | None) -> list[Customer]:
    """All there are, newest first, read from the end if backward."""
    statement = select(customers, opened()).where(visible_customers()).limit(limit)
    statement = statement.order_by(customers.c.id if backward else customers.c.id.desc())
    if position is not None:
        statement = statement.where(customers.c.id > position if backward else customers.c.id < position)
    async with scope.database.connection() as connection:
        values = {**visible_to(scope.actor), **opener(scope.actor, scope.at)}
        rows = await connection.fetch(Statement(statement), **values)
    return [seen(scope.actor, row) for row in rows]


async def customer_count(scope: Scope) -> int:
    async with scope.database.connection() as connection:
        return int(await connection.fetch_value(_COUNT, **visible_to(scope.actor)))


async def addresses_of(scope: Scope, customer_ids: Sequence[UUID]) -> Mapping[UUID, list[AddressEntry]]:
    found: dict[UUID, list[AddressEntry]] = {id_: [] for id_ in customer_ids}
    values = {**visible_to(scope.actor), **opener(scope.actor, scope.at)}
    async with scope.database.connection() as connection:
        for row in await connection.fetch(_ADDRESSES, ids=list(customer_ids), **values):
            whole = unmasked(scope.actor, row["customer_id"], row["channel_id"], opened=row["opened"])
            found[row["customer_id"]].append(entry_of(row) if whole else masked_entry(entry_of(row)))
    return found


async def consents_of(scope: Scope, customer_ids: Sequence[UUID]) -> Mapping[UUID, list[Consent]]:
    """The ones in force: the latest of each kind."""
    found: dict[UUID, list[Consent]] = {id_: [] for id_ in customer_ids}
    visible = visible_to(scope.actor, Permission.READ_CUSTOMERS)
    async with scope.database.connection() as connection:
        for row in await connection.fetch(_CONSENTS, ids=list(customer_ids), **visible):
            found[row["customer_id"]].append(_consent(row))
    return found


def customer_of(row: Row) -> Customer:
    return Customer(
        id=CustomerId(row["id"]),
        email=row["email"],
        logon=row["logon"],
        email_verified_at=row["email_verified_at"],
        first_name=row["first_name"],
        last_name=row["last_name"],
        phone=row["phone"],
        language=row["language"],
        currency=row["currency"],
        order_mail=row["order_mail"],
        status=CustomerStatus(row["status"]),
        status_reason=row["status_reason"],
        terms_version=row["terms_version"],
        channel_id=ChannelId(row["channel_id"]),
        created_at=row["created_at"],
        revision=row["revision"],
    )


def entry_of(row: Row) -> AddressEntry:
    return AddressEntry(
        id=AddressId(row["id"]),
        address=Address(**row["address"]),
        default_shipping=row["default_shipping"],
        default_billing=row["default_billing"],
        revision=row["revision"],
    )


def _consent(row: Row) -> Consent:
    return Consent(
        kind=ConsentKind(row["kind"]),
        granted=row["granted"],
        version=row["version"],
        source=row["source"],
        at=row["at"],
    )
