"""What lies where."""

from uuid import UUID

import strawberry

from commerce_api.domain.permissions import Permission
from commerce_api.operations import stock
from commerce_api.persistence.readers import stock_levels as questions
from commerce_api.persistence.readers.by_code import STOCK_LOCATIONS
from commerce_api.schema.by_code import connection_by_code
from commerce_api.schema.context import Context, Info, once
from commerce_api.schema.errors import BadInput
from commerce_api.schema.node import answers_for, key_of
from commerce_api.schema.pagination import After, Before, Connection, First, Last, page_of
from commerce_api.schema.permissions import requires
from commerce_api.schema.stock import AdjustStockInput, AdjustStockPayload, StockLevel, StockLocation, StockMovement


@answers_for("loc")
async def location_of(context: Context, key: UUID) -> StockLocation | None:
    if not context.actor.may(Permission.READ_STOCK):
        return None
    row = await context.load(questions.locations_by_id, key)
    return StockLocation.of(row) if row else None


def _variant(text: str) -> UUID:
    key = key_of(text, "var")
    if key is None:
        raise BadInput("`variantId` is not the id of a variant.")
    return key


@strawberry.type
class StockQueries:
    @strawberry.field(description="All places where stock lies, by code.", directives=[requires(Permission.READ_STOCK)])
    async def stock_locations(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[StockLocation]:
        return await connection_by_code(info.context, STOCK_LOCATIONS, StockLocation.of, (first, after, last, before))

    @strawberry.field(
        description="How much of a variant lies at each location that has counted it.",
        directives=[requires(Permission.READ_STOCK)],
    )
    async def stock_levels(self, info: Info, variant_id: strawberry.ID) -> list[StockLevel]:
        levels = await info.context.load(questions.levels_of, _variant(variant_id))
        return [StockLevel.of(level) for level in levels or []]

    @strawberry.field(
        description="Every correction of a variant's counts, the latest first.",
        directives=[requires(Permission.READ_STOCK)],
    )
    async def stock_movements(
        self,
        info: Info,
        variant_id: strawberry.ID,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[StockMovement]:
        scope, page, key = (
            info.context.scope,
            page_of(first, after, last, before, of="movements", width=1),
            _variant(variant_id),
        )
        rows = await questions.movements(scope, key, position=page.keys(UUID), limit=page.limit, backward=page.backward)
        return Connection.of(
            page, rows, StockMovement.of, lambda row: [row["id"]], lambda: questions.count_movements(scope, key)
        )


@strawberry.type
class StockMutations:
    @strawberry.mutation(
        description="Correct counts of stock. Each correction is kept with who made it and why.",
        directives=[requires(Permission.ADJUST_STOCK)],
    )
    async def adjust_stock(self, info: Info, input: AdjustStockInput) -> AdjustStockPayload:
        outcome = await info.context.write(
            stock.adjust, input.parse(), once=once(input.idempotency_key, stock.load_adjusted)
        )
        return AdjustStockPayload.of(outcome)
