"""What happened to an order."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

import strawberry

from commerce_api.domain.actor import ActorKind
from commerce_api.domain.order import wording
from commerce_api.domain.permissions import Permission
from commerce_api.persistence.lists import Listed
from commerce_api.persistence.readers.orders import count_events, events_in
from commerce_api.persistence.sql import Row
from commerce_api.schema.context import Context
from commerce_api.schema.pagination import Connection, listed, number_of, page_of
from commerce_api.schema.permissions import requires
from commerce_api.schema.scalars import JSON


@strawberry.type(description="Something that happened to an order.")
class OrderEvent:
    sequence: int = strawberry.field(description="Counts from 1 within the order.")
    type: str = strawberry.field(description="What happened, such as `OrderPlaced`. More kinds may be added.")
    text: str | None = strawberry.field(
        description="The same in words for the customer, in the language of the request; null for what only staff see."
    )
    at: datetime = strawberry.field(description="When.")
    actor_kind: str = strawberry.field(description="GUEST, CUSTOMER, STAFF, APP or SYSTEM.")
    customer_visible: bool = strawberry.field(
        description="Whether the customer sees it too.", directives=[requires(Permission.READ_ORDERS)]
    )
    request_id: str = strawberry.field(
        description="The request that it happened in.", directives=[requires(Permission.READ_ORDERS)]
    )
    data: JSON = strawberry.field(
        description="What exactly; the fields depend on the type.", directives=[requires(Permission.READ_ORDERS)]
    )

    @classmethod
    def of(cls, row: Row, language: str) -> Self:
        return cls(
            sequence=row["sequence"],
            type=row["type"],
            text=wording.of_event(row["type"], language),
            at=row["at"],
            actor_kind=ActorKind(row["actor"]["kind"]),
            customer_visible=row["customer_visible"],
            request_id=row["request_id"],
            data=JSON(row["data"]),
        )


async def history_of(
    context: Context, order_id: UUID, arguments: tuple[Any, Any, Any, Any], *, whole: bool
) -> Connection[OrderEvent]:
    """`whole` is for whoever reads it as staff, not as the customer."""
    return await listed(
        context,
        (events_in, count_events),
        page_of(*arguments, of="history", width=1),
        Listed(chosen=whole, parent_id=order_id),
        (number_of,),
        lambda row: OrderEvent.of(row, context.scope.language),
        lambda row: [row["sequence"]],
    )
