"""Customers for whom staff act: whether they may, and what is known beforehand."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from uuid import UUID

from sqlalchemy import Uuid, bindparam, exists, or_, select, union_all

from commerce_api.domain.actor import Actor
from commerce_api.domain.address import Address
from commerce_api.domain.assistance import Assistance, Assisted
from commerce_api.domain.customer import CustomerStatus
from commerce_api.domain.ids import CustomerId
from commerce_api.domain.permissions import Permission
from commerce_api.domain.value import value
from commerce_api.persistence.readers.customers import visible_customers, visible_to
from commerce_api.persistence.rows import among
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Connection, Row, Statement
from commerce_api.persistence.tables.cards import payment_methods
from commerce_api.persistence.tables.identity import addresses, api_keys, customers, staff

_actor = bindparam("actor_id", type_=Uuid())
_issuer = select(api_keys.c.created_by).where(api_keys.c.id == _actor).scalar_subquery()
_ASSISTED = Statement(
    select(
        customers.c.id,
        customers.c.status,
        customers.c.assistance_allowed,
        customers.c.assistance_with_cards,
        exists()
        .where(staff.c.email == customers.c.email, or_(staff.c.id == _actor, staff.c.id == _issuer))
        .label("own"),
    ).where(among(customers.c.id))
)
_mine = addresses.c.customer_id == customers.c.id
_card = (
    select(payment_methods.c.card_token)
    .where(payment_methods.c.customer_id == customers.c.id, payment_methods.c.is_default)
    .where(customers.c.assistance_with_cards)
)
_ACCOUNT = Statement(
    select(
        *(customers.c[name] for name in ("id", "email", "phone", "language", "currency")),
        select(addresses.c.address).where(_mine, addresses.c.default_shipping).scalar_subquery().label("shipping"),
        select(addresses.c.address).where(_mine, addresses.c.default_billing).scalar_subquery().label("billing"),
        _card.scalar_subquery().label("card_token"),
    ).where(customers.c.id == bindparam("id"), visible_customers())
)
_AGENT = Statement(
    union_all(
        select(staff.c.name).where(staff.c.id == _actor),
        select(api_keys.c.name).where(api_keys.c.id == _actor),
    )
)
_ASSISTANCE = Statement(
    select(customers.c.id, customers.c.assistance_allowed, customers.c.assistance_with_cards).where(
        among(customers.c.id), visible_customers()
    )
)


@value
class Account:
    """What an account knows for an order. The card is the one offered first, if the customer lets staff use it."""

    id: CustomerId
    email: str
    phone: str
    language: str | None
    currency: str | None
    shipping: Address | None
    billing: Address | None
    card_token: str | None = field(repr=False)


async def account_of(connection: Connection, customer_id: UUID, actor: Actor) -> Account | None:
    """None if it is not one for which the actor may act."""
    visible = visible_to(actor, Permission.ACT_FOR_CUSTOMERS)
    row = await connection.fetch_one(_ACCOUNT, id=customer_id, **visible)
    if row is None:
        return None
    places = {name: Address(**row[name]) if row[name] else None for name in ("shipping", "billing")}
    return Account(**{**dict(row), **places})


async def assisted(connection: Connection, customer_id: UUID, actor: Actor) -> Assisted:
    row = await connection.fetch_one(_ASSISTED, ids=[customer_id], actor_id=actor.id)
    if row is None:
        raise LookupError(f"there is no customer {customer_id}")
    return _assisted(row)


async def assisted_by_id(scope: Scope, customer_ids: Sequence[UUID]) -> Mapping[UUID, Assisted]:
    """For whoever sees something that is theirs."""
    async with scope.database.connection() as connection:
        rows = await connection.fetch(_ASSISTED, ids=list(customer_ids), actor_id=scope.actor.id)
    return {row["id"]: _assisted(row) for row in rows}


def _assisted(row: Row) -> Assisted:
    return Assisted(
        status=CustomerStatus(row["status"]),
        assistance=_assistance(row),
        own=row["own"],
    )


def _assistance(row: Row) -> Assistance:
    return Assistance(allowed=row["assistance_allowed"], with_cards=row["assistance_with_cards"])


async def assistance_of(scope: Scope, customer_ids: Sequence[UUID]) -> Mapping[UUID, Assistance]:
    async with scope.database.connection() as connection:
        rows = await connection.fetch(_ASSISTANCE, ids=list(customer_ids), **visible_to(scope.actor))
    return {row["id"]: _assistance(row) for row in rows}


async def agent_name(connection: Connection, actor_id: UUID | None) -> str:
    """Of a member of staff, or of an API key."""
    return await connection.fetch_value(_AGENT, actor_id=actor_id) or ""
