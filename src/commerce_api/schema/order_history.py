"""What happened to an order."""

from datetime import datetime
from typing import Any, Final, Self
from uuid import UUID

import strawberry

from commerce_api.domain.actor import ActorKind
from commerce_api.domain.order import wording
from commerce_api.domain.permissions import Permission
from commerce_api.persistence.lists import Listed
from commerce_api.persistence.readers.channels import channels_by_id
from commerce_api.persistence.readers.order_history import HistoryCheck, HistoryChoice, count_events, events_in
from commerce_api.persistence.readers.order_versions import versions_by_number
from commerce_api.persistence.sql import Row
from commerce_api.schema.actors import name_of, subject_of
from commerce_api.schema.channel import Channel
from commerce_api.schema.context import Context, Info
from commerce_api.schema.errors import BadInput
from commerce_api.schema.node import key_of
from commerce_api.schema.order_differences import OrderDifference
from commerce_api.schema.order_versions import OrderVersion, Reading, differences_of
from commerce_api.schema.pagination import Connection, listed, number_of, page_of
from commerce_api.schema.permissions import requires
from commerce_api.schema.scalars import JSON

_STAFF: Any = [requires(Permission.READ_ORDERS)]
MOST_TYPES: Final = 50


@strawberry.input(description="Which events; all that is given must hold.")
class OrderHistoryFilterInput:
    types: list[str] | None = strawberry.field(default=None, description="Of one of these types, 50 at most.")
    actor_kinds: list[ActorKind] | None = strawberry.field(default=None, description="Done by one of these.")
    staff_id: strawberry.ID | None = strawberry.field(
        default=None, description="Done by this member of staff.", directives=_STAFF
    )
    customer_visible: bool | None = strawberry.field(
        default=None, description="Whether the customer sees it.", directives=_STAFF
    )

    def parse(self, *, whole: bool) -> HistoryChoice:
        staff_id = key_of(self.staff_id, "stf") if self.staff_id is not None else None
        if (self.staff_id is not None and staff_id is None) or len(self.types or ()) > MOST_TYPES:
            raise BadInput(f"`staffId` begins with `stf_`, and there are at most {MOST_TYPES} types.")
        return HistoryChoice(
            whole=whole,
            types=None if self.types is None else tuple(self.types),
            actor_kinds=None if self.actor_kinds is None else tuple(self.actor_kinds),
            actor_id=staff_id,
            customer_visible=self.customer_visible,
        )


@strawberry.type(description="Something that happened to an order.")
class OrderEvent:
    row: strawberry.Private[Row]
    read: strawberry.Private[Reading]
    sequence: int = strawberry.field(description="Counts from 1 within the order.")
    type: str = strawberry.field(description="What happened, such as `OrderPlaced`. More kinds may be added.")
    text: str | None = strawberry.field(
        description="The same in words for the customer, in the language of the request; null for what only staff see."
    )
    at: datetime = strawberry.field(description="When.")
    actor_kind: ActorKind = strawberry.field(description="Who did it.")
    on_behalf_of: strawberry.ID | None = strawberry.field(
        description="The customer for whom staff did it.", directives=_STAFF
    )
    customer_visible: bool = strawberry.field(description="Whether the customer sees it too.", directives=_STAFF)
    request_id: str = strawberry.field(description="The request that it happened in.", directives=_STAFF)
    data: JSON = strawberry.field(description="What exactly; the fields depend on the type.", directives=_STAFF)

    @strawberry.field(description="Who did it, if it was staff or an API key.", directives=_STAFF)
    async def actor_name(self, info: Info) -> str | None:
        return await name_of(info.context, self.row["actor"])

    @strawberry.field(description="The channel through which it was done; null for the system.", directives=_STAFF)
    async def channel(self, info: Info) -> Channel | None:
        id_ = self.row["channel_id"]
        found = await info.context.load(channels_by_id, id_) if id_ else None
        return Channel.of(found) if found else None

    @strawberry.field(description="The version that came of it, with the totals before and after; null if none did.")
    async def version(self, info: Info) -> OrderVersion | None:
        number = _version(self.row)
        found = await info.context.load(versions_by_number, (self.row["entity_id"], number)) if number else None
        return OrderVersion.of(found, self.read) if found else None

    @strawberry.field(
        description="What was before and what after, if a version came of it; empty for the first version."
    )
    async def changes(self, info: Info) -> list[OrderDifference]:
        number = _version(self.row) or 1
        of_it = number > 1 and await differences_of(info.context, self.row["entity_id"], number - 1, number)
        return of_it or []

    @classmethod
    def of(cls, row: Row, language: str, read: Reading) -> Self:
        return cls(
            row=row,
            read=read,
            sequence=row["sequence"],
            type=row["type"],
            text=wording.of_event(row["type"], language),
            at=row["at"],
            actor_kind=ActorKind(row["actor"]["kind"]),
            on_behalf_of=subject_of(row["actor"]),
            customer_visible=row["customer_visible"],
            request_id=row["request_id"],
            data=JSON(row["data"]),
        )


def _version(row: Row) -> int | None:
    """What changes what was agreed on tells the number of the version that it makes."""
    number: int | None = row["data"].get("version")
    return number


@strawberry.type(description="Whether an order's history is as it was written.")
class OrderHistoryCheck:
    ok: bool = strawberry.field(description="Whether each event and its place are as they were written.")
    checked: int = strawberry.field(description="How many events were looked at.")
    first_broken: int | None = strawberry.field(
        description="`sequence` of the first event that was changed afterwards, or is missing."
    )

    @classmethod
    def of(cls, check: HistoryCheck) -> Self:
        return cls(ok=check.first_broken is None, checked=check.checked, first_broken=check.first_broken)


async def history_of(
    context: Context,
    order_id: UUID,
    chosen: HistoryChoice,
    read: Reading,
    arguments: tuple[Any, Any, Any, Any],
) -> Connection[OrderEvent]:
    return await listed(
        context,
        (events_in, count_events),
        page_of(*arguments, of="history", width=1),
        Listed(chosen=chosen, parent_id=order_id),
        (number_of,),
        lambda row: OrderEvent.of(row, context.scope.language, read),
        lambda row: [row["sequence"]],
    )
