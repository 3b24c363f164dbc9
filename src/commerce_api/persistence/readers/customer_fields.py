"""What custom fields say of customers."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, literal_column, select

from commerce_api.domain.actor import Author
from commerce_api.domain.custom_field import CustomField
from commerce_api.domain.customer import unmasked
from commerce_api.domain.value import value
from commerce_api.persistence.readers.authors import author_of
from commerce_api.persistence.readers.custom_fields import field_of
from commerce_api.persistence.readers.customers import opened, opener, visible_customers, visible_to
from commerce_api.persistence.rows import among
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Statement
from commerce_api.persistence.tables.custom_fields import custom_fields
from commerce_api.persistence.tables.custom_fields import customer_fields as t
from commerce_api.persistence.tables.identity import customers


def outlived(at: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Whether something was said longer ago than its field keeps it; unknown of what is kept for ever."""
    return t.c.set_at + custom_fields.c.retention_days * literal_column("interval '24 hours'") <= at


_SAID = Statement(
    select(t, custom_fields, opened(), customers.c.channel_id)
    .select_from(t.join(custom_fields).join(customers))
    .where(
        among(t.c.customer_id),
        visible_customers(),
        outlived(bindparam("at", type_=t.c.set_at.type)).is_not(True),
    )
    .order_by(t.c.customer_id, custom_fields.c.position, custom_fields.c.code)
)


@value
class SaidOfCustomer:
    """`value` None: whoever asks sees the customer masked."""

    asked: CustomField
    value: Any = field(repr=False)
    set_at: datetime
    set_by: Author


async def fields_of_customers(scope: Scope, customer_ids: Sequence[UUID]) -> Mapping[UUID, list[SaidOfCustomer]]:
    """In the order of the fields, without what is over already but not deleted yet, or is not of its field's type any more."""
    found: dict[UUID, list[SaidOfCustomer]] = {id_: [] for id_ in customer_ids}
    values = {**visible_to(scope.actor), **opener(scope.actor, scope.at)}
    async with scope.database.connection() as connection:
        rows = await connection.fetch(_SAID, ids=list(customer_ids), at=scope.at, **values)
    for row in rows:
        asked = field_of(row)
        if asked.seen(by_staff=scope.actor.at_desk) and asked.type.problem_of(row["value"]) is None:
            whole = unmasked(scope.actor, row["customer_id"], row["channel_id"], opened=row["opened"])
            said = row["value"] if whole else None
            found[row["customer_id"]].append(
                SaidOfCustomer(asked=asked, value=said, set_at=row["set_at"], set_by=author_of(row["set_by"]))
            )
    return found
