"""Customers, written under lock."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, delete, func, not_, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from commerce_api.domain.actor import ActorKind
from commerce_api.domain.customer import PROFILE, ConsentKind, Customer, seen_by
from commerce_api.domain.ids import CustomerId
from commerce_api.domain.permissions import Permission
from commerce_api.persistence.readers.credentials import Login
from commerce_api.persistence.readers.customers import customer_of, opened, opener, visible_customers, visible_to
from commerce_api.persistence.rows import insert_into
from commerce_api.persistence.sql import Connection, Statement
from commerce_api.persistence.stores import customer_keys
from commerce_api.persistence.tables.custom_fields import customer_fields
from commerce_api.persistence.tables.customer_desk import customer_openings
from commerce_api.persistence.tables.identity import addresses, consents
from commerce_api.persistence.tables.identity import customers as t
from commerce_api.persistence.unit_of_work import UnitOfWork

_same_login = (t.c.id == bindparam("customer_id"), t.c.password_hash == bindparam("known"))
_LOCK_LOGIN = Statement(
    select(t.c.id)
    .where(*_same_login, t.c.status == "ENABLED", or_(t.c.email_verified_at.is_not(None), t.c.made_by_staff))
    .with_for_update(read=True)
)
_STRENGTHEN = Statement(update(t).where(*_same_login).values(password_hash=bindparam("stronger")))
_GET = Statement(select(t).where(t.c.id == bindparam("id"), visible_customers()).with_for_update())
_OPENED = Statement(select(opened()).where(t.c.id == bindparam("customer_id")))
_OPEN = insert_into(customer_openings)
_given = (*PROFILE, "status", "status_reason", "terms_version")
_SAVE = Statement(
    update(t)
    .where(t.c.id == bindparam("customer_id"))
    .values(
        **{name: bindparam(name, type_=t.c[name].type) for name in _given},
        updated_at=bindparam("at"),
        revision=t.c.revision + 1,
    )
)
_TOUCH = Statement(
    update(t).where(t.c.id == bindparam("customer_id")).values(updated_at=bindparam("at"), revision=t.c.revision + 1)
)
_registered = ("email", "password_hash", "first_name", "last_name", "phone", "language", "terms_version", "updated_at")
_new = insert(t).values(
    {name: bindparam(name, type_=t.c[name].type) for name in ("id", "status", "channel_id", "created_at", *_registered)}
)
_REGISTER = Statement(
    _new.on_conflict_do_update(
        index_elements=["email"],
        set_={**{name: _new.excluded[name] for name in _registered[1:]}, "revision": t.c.revision + 1},
        where=and_(t.c.email_verified_at.is_(None), not_(t.c.made_by_staff)),
    ).returning(t.c.id)
)
_CLEAR_ADDRESSES = Statement(delete(addresses).where(addresses.c.customer_id == bindparam("customer_id")))
_CLEAR_FIELDS = Statement(delete(customer_fields).where(customer_fields.c.customer_id == bindparam("customer_id")))
_CLEAR_CONSENTS = Statement(delete(consents).where(consents.c.customer_id == bindparam("customer_id")))
_ADD_CONSENT = insert_into(consents)
_SET_PASSWORD = Statement(
    update(t)
    .where(t.c.id == bindparam("customer_id"), t.c.status == "ENABLED")
    .values(
        password_hash=bindparam("password_hash"),
        password_is_temporary=False,
        email_verified_at=func.coalesce(t.c.email_verified_at, bindparam("verified_at", type_=t.c.updated_at.type)),
        updated_at=bindparam("at"),
        revision=t.c.revision + 1,
    )
    .returning(t.c.email)
)
_VERIFY = Statement(
    update(t)
    .where(*_same_login, t.c.status == "ENABLED")
    .values(email_verified_at=bindparam("at"), revision=t.c.revision + 1)
)
_LOCK = Statement(select(t.c.id).where(t.c.id == bindparam("customer_id")).with_for_update(key_share=True))


async def lock_customer(connection: Connection, customer_id: CustomerId) -> None:
    """Whatever is done under this lock to the things of one customer comes one after the other."""
    await connection.fetch_value(_LOCK, customer_id=customer_id)


async def lock_login(connection: Connection, login: Login) -> bool:
    """Whether the account may sign in and still has this password; it stays so until the transaction ends. Whom staff wrote down
    need not have confirmed the address.
    """
    return await connection.fetch_value(_LOCK_LOGIN, customer_id=login.id, known=login.password_hash) is not None


async def strengthen(connection: Connection, login: Login, stronger: str) -> Login:
    """Keep the same password with a better hash, unless it was changed meanwhile."""
    changed = await connection.execute(_STRENGTHEN, customer_id=login.id, known=login.password_hash, stronger=stronger)
    return replace(login, password_hash=stronger) if changed else login


class CustomerStore:
    def __init__(self, uow: UnitOfWork) -> None:
        self._uow, self._connection = uow, uow.connection

    async def get(self, id: UUID | None, permission: Permission = Permission.MANAGE_CUSTOMERS) -> Customer | None:
        """Oneself, or one whom staff may treat by the permission; locked."""
        row = await self._connection.fetch_one(_GET, id=id, **visible_to(self._uow.by.actor, permission))
        return customer_of(row) if row else None

    async def seen(self, customer: Customer) -> Customer:
        """As far as the one who asks may see it."""
        by = self._uow.by
        row = await self._connection.fetch_one(_OPENED, customer_id=customer.id, **opener(by.actor, by.at))
        return seen_by(by.actor, customer, opened=bool(row and row["opened"]))

    async def open(self, customer_id: CustomerId, opening_id: UUID, reason: str, until: datetime) -> None:
        """For the member of staff who asks; programs see customers as they are."""
        by = self._uow.by
        if by.actor.kind is ActorKind.STAFF:
            said = {"staff_id": by.actor.id, "reason": reason, "opened_at": by.at, "until": until}
            await self._connection.execute(_OPEN, said, id=opening_id, customer_id=customer_id)

    async def save(self, customer: Customer, events: Sequence[Any]) -> Customer:
        if not events:
            return customer
        values = {name: getattr(customer, name) for name in _given}
        await self._connection.execute(_SAVE, values, customer_id=customer.id, at=self._uow.by.at)
        await customer_keys.refresh(self._connection, [customer.id])
        await self.record(customer.id, events)
        return replace(customer, revision=customer.revision + 1)

    async def touch(self, customer: Customer) -> Customer:
        """Let the revision grow: what belongs to the account has changed."""
        await self._connection.execute(_TOUCH, customer_id=customer.id, at=self._uow.by.at)
        return replace(customer, revision=customer.revision + 1)

    async def record(self, customer_id: UUID, events: Sequence[Any]) -> None:
        """Events of a customer whose row is locked."""
        await self._uow.events.record("CUSTOMER", customer_id, events)

    async def register(self, **values: Any) -> CustomerId | None:
        """A new customer, or one who never confirmed the address and begins again; None if it is somebody's already."""
        at = self._uow.by.at
        made: UUID | None = await self._connection.fetch_value(
            _REGISTER, status="ENABLED", created_at=at, updated_at=at, **values
        )
        if made is None:
            return None
        for what_was_begun in (_CLEAR_ADDRESSES, _CLEAR_FIELDS, _CLEAR_CONSENTS):
            await self._connection.execute(what_was_begun, customer_id=made)
        await customer_keys.refresh(self._connection, [made])
        return CustomerId(made)

    async def add_consent(
        self, customer_id: UUID, kind: ConsentKind, *, granted: bool, version: str, source: str
    ) -> None:
        await self._connection.execute(
            _ADD_CONSENT,
            id=self._uow.new_id(),
            customer_id=customer_id,
            kind=kind,
            version=version,
            granted=granted,
            source=source,
            at=self._uow.by.at,
        )

    async def set_password(self, customer_id: UUID, password_hash: str, *, proves_address: bool) -> str | None:
        """The account's address, or None if it is disabled. The row is locked from here on."""
        at = self._uow.by.at
        verified_at = at if proves_address else None
        email: str | None = await self._connection.fetch_value(
            _SET_PASSWORD, customer_id=customer_id, password_hash=password_hash, verified_at=verified_at, at=at
        )
        return email

    async def verify(self, login: Login) -> bool:
        """Whether the address is confirmed now, for an account that still has this password."""
        known = login.password_hash
        return await self._connection.execute(_VERIFY, customer_id=login.id, known=known, at=self._uow.by.at) == 1
