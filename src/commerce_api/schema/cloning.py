"""What clients send to copy an order, and what they get."""

from datetime import datetime
from typing import Any, Final, Self
from uuid import UUID

import strawberry

from commerce_api.compiled import columns_read
from commerce_api.domain.cloning import CloneInto, LeftOut, LeftOutReason
from commerce_api.domain.decision import Refused
from commerce_api.domain.ids import OrderId
from commerce_api.domain.intake import Intake
from commerce_api.operations.cloning import NEEDED, Clone, CloneOrder
from commerce_api.operations.kept_prices import KEEPING, KeepPrices
from commerce_api.persistence.readers.categories import relations_of
from commerce_api.persistence.readers.orders import lines_of
from commerce_api.persistence.readers.products import RowOf, products_by_id
from commerce_api.schema.cart import Cart
from commerce_api.schema.catalog import Product
from commerce_api.schema.context import Info
from commerce_api.schema.errors import ErrorCode, UserError, acknowledged, errors_of, result_of, warnings_of
from commerce_api.schema.node import key_of
from commerce_api.schema.order_parts import OrderLine
from commerce_api.schema.order_units import OrderUnitsInput, parse_units
from commerce_api.schema.permissions import requires
from commerce_api.schema.quote import Quote

strawberry.enum(CloneInto, description="What an order is copied into.")
strawberry.enum(LeftOutReason, description="Why a line of an order was not copied.")
_SUBSTITUTE: Final = "SUBSTITUTE"


@strawberry.input(
    description="Keep the prices that were asked before. Each that is not that of today counts as if you had set it by hand.",
    directives=[requires(*KEEPING)],
)
class KeepPricesInput:
    reason: str = strawberry.field(description="Code of an override reason for prices of lines.")
    note: str = strawberry.field(default="", description="More about it; some reasons want one.")
    acknowledge: list[ErrorCode] = strawberry.field(
        default_factory=list,
        description="Codes of warnings that were seen: do it nevertheless. The log keeps who did.",
    )

    def parse(self, intake: Intake, *path: str) -> KeepPrices:
        return KeepPrices(
            reason=intake.text(self.reason, *path, "reason", most=50, required=True),
            note=intake.text(self.note, *path, "note", most=2_000),
            acknowledge=acknowledged(self.acknowledge),
        )


@strawberry.input(description="Which order to copy, or which of its lines.")
class CloneOrderInput:
    order_id: strawberry.ID = strawberry.field(description="The order.")
    into: CloneInto = strawberry.field(
        default=CloneInto.CART,
        description="What it becomes.",
        directives=[requires(*NEEDED[CloneInto.QUOTE])],
    )
    lines: list[OrderUnitsInput] | None = strawberry.field(
        default=None,
        description="These lines, each once and in this quantity, or else as many as were ordered; all if left out.",
    )
    keep_prices: KeepPricesInput | None = strawberry.field(
        default=None,
        description="Whether its prices are kept; those of today if left out. Within your limits, or with somebody to let it pass.",
        directives=[requires(*KEEPING)],
    )
    idempotency_key: str | None = strawberry.field(
        default=None, description="A key of your own; with it the request can be repeated safely."
    )

    def parse(self) -> CloneOrder | Refused:
        intake, key = Intake(), key_of(self.order_id, "ord")
        lines = parse_units(intake, self.lines)
        kept = self.keep_prices.parse(intake, "keepPrices") if self.keep_prices else None
        command = CloneOrder(order_id=OrderId(key) if key else None, into=self.into, lines=lines, keep_prices=kept)
        return intake.refused() if intake.problems else command


@strawberry.type(description="A line of an order that was not copied.")
class UnavailableLine:
    clone: strawberry.Private[Clone]
    missing: strawberry.Private[LeftOut]
    reason: LeftOutReason = strawberry.field(description="Why not.")

    @property
    def _order_id(self) -> UUID:
        return self.clone.order_id

    async def _row(self, info: Info) -> Any:
        rows = await info.context.load(lines_of, self._order_id) or []
        return next(row for row in rows if row["id"] == self.missing.line_id)

    @strawberry.field(description="The line, as it was ordered.")
    async def line(self, info: Info) -> OrderLine:
        return OrderLine.of(await self._row(info), self.clone.cart.currency)

    @strawberry.field(description="Products that can take its place and are on sale.")
    async def replacements(self, info: Info) -> list[Product]:
        product_id = (await self._row(info))["product_id"]
        related = await info.context.load(relations_of, product_id) if product_id else None
        ids = [row["related_product_id"] for row in related or () if row["kind"] == _SUBSTITUTE]
        columns = columns_read(info, "Product")
        found = await info.context.load_many(products_by_id, [RowOf(key=id_, columns=columns) for id_ in ids])
        return [Product(row, info.context.scope.currency) for row in found if row]


@strawberry.type(description="The new cart or quote, or the errors that prevented it.")
class CloneOrderPayload:
    cart: Cart | None = strawberry.field(description="Null if nothing happened, or it became a quote.")
    quote: Quote | None = strawberry.field(
        description="Null if nothing happened, or it became a cart.", directives=[requires(*NEEDED[CloneInto.QUOTE])]
    )
    token: str | None = strawberry.field(
        description="Proof that the cart is yours, to be sent as `X-Cart-Token`; shown this once. Null for a customer's cart."
    )
    unavailable: list[UnavailableLine] = strawberry.field(description="Lines that were not copied.")
    errors: list[UserError] = strawberry.field(description="Why nothing happened.")
    warnings: list[UserError] = strawberry.field(description="What to acknowledge, or to know about what happened.")

    @classmethod
    def of(cls, outcome: Clone | Refused, quote: Quote | None, at: datetime) -> Self:
        """`quote` is what it became, if it did."""
        clone = result_of(outcome)
        missing = clone.left_out if clone else ()
        return cls(
            cart=Cart.of(clone.cart, at) if clone and not clone.quote else None,
            quote=quote,
            token=clone.token if clone else None,
            unavailable=[UnavailableLine(clone=clone, missing=each, reason=each.reason) for each in missing],
            errors=errors_of(outcome),
            warnings=warnings_of(outcome),
        )
