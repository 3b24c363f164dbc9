"""Versions of an order: what was agreed on, each time that it changed."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Self, TypeAlias
from uuid import UUID

import strawberry

from commerce_api.domain.actor import ActorKind
from commerce_api.domain.permissions import Permission
from commerce_api.persistence.lists import Listed
from commerce_api.persistence.readers import order_versions as questions
from commerce_api.persistence.readers.channels import channels_by_id
from commerce_api.persistence.sql import Row
from commerce_api.schema.actors import name_of, subject_of
from commerce_api.schema.channel import Channel
from commerce_api.schema.context import Context, Info
from commerce_api.schema.notify import EmailChoice
from commerce_api.schema.order_differences import OrderDifference, between
from commerce_api.schema.pagination import Connection, listed, number_of, page_of
from commerce_api.schema.permissions import requires
from commerce_api.schema.scalars import Money

if TYPE_CHECKING:
    from commerce_api.schema.order import Order

_Order: TypeAlias = Annotated["Order", strawberry.lazy("commerce_api.schema.order")]
Reading: TypeAlias = Callable[[questions.Past], "Order"]
"""How an order that was is made into one that clients see; handed in by that type itself."""

_STAFF: Any = [requires(Permission.READ_ORDERS)]


@strawberry.type(description="An order as it was agreed on at some time.")
class OrderVersion:
    row: strawberry.Private[Row]
    read: strawberry.Private[Reading]
    number: int = strawberry.field(description="Counts from 1 within the order.")
    committed_at: datetime = strawberry.field(description="Since when it held.")
    actor_kind: ActorKind = strawberry.field(description="Who made it.")
    total_before: Money | None = strawberry.field(description="What the order cost before; null for the first version.")
    total: Money = strawberry.field(description="What it cost from then on.")
    balance_delta: Money = strawberry.field(
        description="How much more there was to pay because of it; negative if there was less."
    )
    on_behalf_of: strawberry.ID | None = strawberry.field(
        description="The customer for whom staff made it.", directives=_STAFF
    )
    reason: str = strawberry.field(
        description="Why: the code of a reason, or what whoever made it has said; may be empty.", directives=_STAFF
    )
    comment: str = strawberry.field(description="What was said about it; may be empty.", directives=_STAFF)
    notify: EmailChoice = strawberry.field(  # type: ignore[valid-type]  # made by a call
        description="Whether the customer was told.", directives=_STAFF
    )
    request_id: str = strawberry.field(description="The request that made it.", directives=_STAFF)

    @strawberry.field(description="Who made it, if it was staff or an API key.", directives=_STAFF)
    async def actor_name(self, info: Info) -> str | None:
        return await name_of(info.context, self.row["actor"])

    @strawberry.field(description="The channel through which it was made; null for the system.", directives=_STAFF)
    async def channel(self, info: Info) -> Channel | None:
        id_ = self.row["channel_id"]
        found = await info.context.load(channels_by_id, id_) if id_ else None
        return Channel.of(found) if found else None

    @strawberry.field(description="All of the order as it was then; see `Order.version`.")
    async def order(self, info: Info) -> _Order:
        found: Any = await info.context.load(questions.snapshots, (self.row["order_id"], self.number))
        return self.read(found)

    @strawberry.field(description="What it changed of the version before; empty for the first.")
    async def changes(self, info: Info) -> list[OrderDifference]:
        return await differences_of(info.context, self.row["order_id"], self.number - 1, self.number) or []

    @classmethod
    def of(cls, row: Row, read: Reading) -> Self:
        def money(minor: int) -> Money:
            return Money.of(minor, row["currency"])

        before = row["total_before"]
        return cls(
            row=row,
            read=read,
            number=row["version"],
            committed_at=row["committed_at"],
            actor_kind=ActorKind(row["actor"]["kind"]),
            total_before=None if before is None else money(before),
            total=money(row["total"]),
            balance_delta=money(row["total"] - (before or 0)),
            on_behalf_of=subject_of(row["actor"]),
            notify=EmailChoice(row["notify"]),
            **{name: row[name] for name in ("reason", "comment", "request_id")},
        )


async def versions_of(
    context: Context, order_id: UUID, read: Reading, arguments: tuple[Any, Any, Any, Any]
) -> Connection[OrderVersion]:
    return await listed(
        context,
        (questions.versions_in, questions.count_versions),
        page_of(*arguments, of="versions", width=1),
        Listed(chosen=None, parent_id=order_id),
        (number_of,),
        lambda row: OrderVersion.of(row, read),
        lambda row: [row["version"]],
    )


async def past_order(context: Context, order_id: UUID, number: int | None) -> questions.Past | None:
    """An order as a version has it."""
    return await context.load(questions.snapshots, (order_id, number)) if number else None


async def order_at(context: Context, order_id: UUID, moment: datetime) -> questions.Past | None:
    """An order as it was at a moment."""
    return await past_order(context, order_id, await context.load(questions.versions_at, (order_id, moment)))


async def differences_of(context: Context, order_id: UUID, before: int, after: int) -> list[OrderDifference] | None:
    """None if one of the versions is not there."""
    past = await context.load_many(questions.snapshots, [(order_id, before), (order_id, after)])
    return await between(context, past[0], past[1]) if past[0] and past[1] else None
