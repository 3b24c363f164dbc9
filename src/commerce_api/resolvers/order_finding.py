"""Finding orders, keeping searches for them, counting them."""

from typing import Annotated, Any
from uuid import UUID

import strawberry

from commerce_api.domain.order.finding import OrderSort
from commerce_api.domain.permissions import Permission
from commerce_api.operations import order_searches
from commerce_api.persistence.readers import order_searches as questions
from commerce_api.persistence.readers.order_stats import MOST_GROUPS, OrderStatsBy
from commerce_api.schema.context import Context, Info, once
from commerce_api.schema.node import answers_for
from commerce_api.schema.order_find_inputs import OrderFindInput
from commerce_api.schema.order_list import FoundOrderConnection, found_orders
from commerce_api.schema.order_searches import (
    DeleteOrderSearchInput,
    DeleteOrderSearchPayload,
    OrderSearch,
    SaveOrderSearchInput,
    SaveOrderSearchPayload,
    asked_of,
    calendar_of,
)
from commerce_api.schema.order_stats import OrderStatsGroup, OrderStatsSpanInput, order_stats
from commerce_api.schema.pagination import After, Before, Connection, First, Last, page_of
from commerce_api.schema.permissions import requires

Find = Annotated[OrderFindInput | None, strawberry.argument(description="Which orders; all if left out.")]
Search = Annotated[
    strawberry.ID | None, strawberry.argument(description="A search that is kept; what it looks for holds too.")
]
Sort = Annotated[
    OrderSort | None,
    strawberry.argument(description="What the list begins with; if left out, as `search` has it, or else BEST_MATCH."),
]
By = Annotated[OrderStatsBy, strawberry.argument(description="By what they are counted.")]
Placed = Annotated[OrderStatsSpanInput, strawberry.argument(description="When they were placed.")]
Channels = Annotated[
    list[strawberry.ID] | None, strawberry.argument(description="Placed in these channels; all if left out.")
]

_reads: Any = [requires(Permission.READ_ORDERS)]


@answers_for("osr")
async def _node(context: Context, key: UUID) -> OrderSearch | None:
    seen = context.actor.may(Permission.READ_ORDERS)
    search = await context.load(questions.order_searches_by_id, key) if seen else None
    return OrderSearch.of(search, context.actor.id) if search else None


@strawberry.type
class OrderFindingQueries:
    @strawberry.field(
        description="Find orders by what is known of them, those placed a moment ago too. Where that takes looking at all "
        "orders it is refused: add a text or a span of time.",
        directives=_reads,
    )
    async def orders(
        self,
        info: Info,
        find: Find = None,
        search: Search = None,
        sort: Sort = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> FoundOrderConnection:
        condition, usual = await asked_of(info, find, search)
        return await found_orders(info.context, condition, sort or usual, (first, after, last, before))

    @strawberry.field(
        description=f"How many orders were placed and what they come to, by what they have in common: the largest {MOST_GROUPS} "
        "groups first, days in their order.",
        directives=_reads,
    )
    async def order_stats(
        self, info: Info, group_by: By, placed: Placed, channel_ids: Channels = None
    ) -> list[OrderStatsGroup]:
        return await order_stats(info.context, group_by, placed, channel_ids)

    @strawberry.field(
        description="Searches for orders: one's own, and those that others share; the newest first.", directives=_reads
    )
    async def order_searches(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[OrderSearch]:
        scope, page = info.context.scope, page_of(first, after, last, before, of="order searches", width=1)
        rows = await questions.all_order_searches(
            scope, position=page.keys(UUID), limit=page.limit, backward=page.backward
        )
        shown = [OrderSearch.of(row, scope.actor.id) for row in rows]
        return Connection.of(
            page,
            shown,
            lambda search: search,
            lambda search: [search.key],
            lambda: questions.count_order_searches(scope),
        )


@strawberry.type
class OrderFindingMutations:
    @strawberry.mutation(description="Keep a search for orders under a name.", directives=_reads)
    async def save_order_search(self, info: Info, input: SaveOrderSearchInput) -> SaveOrderSearchPayload:
        outcome = await info.context.write(
            order_searches.save, input.parse(calendar_of(info)), once=once(input.idempotency_key, order_searches.load)
        )
        return SaveOrderSearchPayload.of(outcome, info)

    @strawberry.mutation(description="Delete a search of one's own.", directives=_reads)
    async def delete_order_search(self, info: Info, input: DeleteOrderSearchInput) -> DeleteOrderSearchPayload:
        outcome = await info.context.write(
            order_searches.delete, input.parse(), once=once(input.idempotency_key, order_searches.deleted)
        )
        return DeleteOrderSearchPayload.of(outcome)
