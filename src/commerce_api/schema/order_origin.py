"""Where orders come from, as clients say and see it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Self, TypeAlias
from uuid import UUID

import strawberry

from commerce_api.domain import origin as domain
from commerce_api.domain.intake import Intake
from commerce_api.domain.permissions import Permission
from commerce_api.schema.context import Info
from commerce_api.schema.node import find_node, global_id
from commerce_api.schema.permissions import requires

if TYPE_CHECKING:
    from commerce_api.schema.order import Order

_Order: TypeAlias = Annotated["Order", strawberry.lazy("commerce_api.schema.order")]

OrderingChannel = strawberry.enum(
    domain.OrderingChannel, name="OrderingChannel", description="Through what a buyer speaks to the shop."
)
PredecessorKind = strawberry.enum(
    domain.PredecessorKind, name="PredecessorKind", description="What an order can be made from."
)
_PREFIXES = {domain.PredecessorKind.ORDER: "ord", domain.PredecessorKind.QUOTE: "quo"}


@strawberry.input(description="Where an order comes from. It is kept as it is said when the order is placed.")
class OrderOriginInput:
    channel: OrderingChannel | None = strawberry.field(  # type: ignore[valid-type]  # made by a call
        default=None, description="Through what it was ordered; for shoppers a web site, unless something else is said."
    )
    source: str | None = strawberry.field(default=None, description="What led here, such as `newsletter`; at most 50.")
    campaign: str | None = strawberry.field(default=None, description="Of what campaign; at most 100 characters.")
    device: str | None = strawberry.field(
        default=None, description="Such as `phone` or `till 4`; at most 50 characters."
    )
    store: str | None = strawberry.field(
        default=None, description="Code of the branch, if in one; at most 50 characters."
    )

    def parse(self, intake: Intake) -> domain.Origin:
        return domain.Origin(
            channel=self.channel,
            source=intake.text(self.source, "origin", "source", most=50),
            campaign=intake.text(self.campaign, "origin", "campaign", most=100),
            device=intake.text(self.device, "origin", "device", most=50),
            store=intake.text(self.store, "origin", "store", most=50),
        )


@strawberry.type(description="What an order was made from.", directives=[requires(Permission.READ_ORDERS)])
class Predecessor:
    kind: PredecessorKind = strawberry.field(description="What it was.")  # type: ignore[valid-type]  # made by a call
    id: strawberry.ID = strawberry.field(description="Which.")

    @strawberry.field(
        description="The order, with where that came from; null if it is no order, or you may not see it."
    )
    async def order(self, info: Info) -> _Order | None:
        is_order = self.kind is domain.PredecessorKind.ORDER
        found: Any = await find_node(info.context, self.id, {"Order"}) if is_order else None
        return found or None


@strawberry.type(description="Where an order came from; what nobody said is empty.")
class OrderOrigin:
    channel: OrderingChannel | None = strawberry.field(description="Through what it was ordered.")  # type: ignore[valid-type]
    source: str = strawberry.field(description="What led to it.")
    campaign: str = strawberry.field(description="Of what campaign.")
    device: str = strawberry.field(description="On what.")
    store: str = strawberry.field(description="In which branch.")
    placed_by: str = strawberry.field(description="GUEST, CUSTOMER, STAFF or APP.")
    agent_id: strawberry.ID | None = strawberry.field(description="The member of staff who placed it, if one did.")
    agent_name: str = strawberry.field(description="The name as it was then of the member of staff, or of the API key.")
    session_id: str = strawberry.field(description="The session in which it was placed; empty for guests and programs.")
    chain: list[Predecessor] = strawberry.field(description="The orders and quotes behind it, the first one first.")

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        channel, staff = document.get("channel"), document.get("placed_by") == "STAFF" and document.get("staff_id")
        return cls(
            channel=domain.OrderingChannel(channel) if channel else None,
            placed_by=document["placed_by"],
            agent_id=strawberry.ID(global_id("stf", UUID(staff))) if staff else None,
            agent_name=document.get("agent") or "",
            session_id=document.get("session_id") or "",
            chain=[_predecessor(each) for each in document.get("chain", ())],
            **{name: document.get(name, "") for name in ("source", "campaign", "device", "store")},
        )


def _predecessor(document: Mapping[str, Any]) -> Predecessor:
    kind = domain.PredecessorKind(document["kind"])
    return Predecessor(kind=kind, id=strawberry.ID(global_id(_PREFIXES[kind], UUID(document["id"]))))
