"""Lists of orders: of a customer, and those that staff find."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import islice, product
from typing import Any, TypeAlias
from uuid import UUID

import strawberry

from commerce_api.domain.order.finding import Condition, OrderSort, sought
from commerce_api.domain.order.keys import HasKey, OrderKey, kind_of
from commerce_api.domain.text_match import spans
from commerce_api.operations.order_searches import note_search
from commerce_api.persistence.lists import Listed
from commerce_api.persistence.readers import order_finding
from commerce_api.persistence.readers.order_finding import Find, Matching, matching_keys
from commerce_api.persistence.readers.order_list import count_orders, orders_in
from commerce_api.persistence.sql import Row
from commerce_api.schema.context import Context, Info
from commerce_api.schema.order import Order
from commerce_api.schema.pagination import Connection, Edge, amount_of, instant_of, listed, page_of, text_of

_MOST_MATCHES = 20
strawberry.enum(OrderSort, name="OrderSort", description="What a list of orders begins with.")
strawberry.enum(OrderKey, name="OrderKey", description="What an order can be found by.")


@strawberry.type(description="Where in a text something was found.")
class TextSpan:
    start: int = strawberry.field(description="Its first letter, counted from 0.")
    end: int = strawberry.field(description="The letter after its last.")


@strawberry.type(description="Why an order was found: something of it that fits what was looked for.")
class OrderMatch:
    key: OrderKey = strawberry.field(description="What it is.")
    value: str = strawberry.field(description="As it stands in the order.")
    spans: list[TextSpan] = strawberry.field(description="What of it to highlight; empty where that cannot be told.")

    @classmethod
    def of(cls, kind: OrderKey, value: str, wanted: Iterable[HasKey]) -> "OrderMatch":
        found = sorted({span for text in wanted for span in spans(value, text.plain)})
        return cls(key=kind, value=value, spans=[TextSpan(start=start, end=end) for start, end in found])


@strawberry.type(description="An order that may be the one that is looked for.")
class FoundOrderEdge(Edge[Order]):
    condition: strawberry.Private[Condition]

    @strawberry.field(description=f"What of it fits the texts that were looked for, at most {_MOST_MATCHES}.")
    async def matched(self, info: Info) -> list[OrderMatch]:
        texts = tuple(sought(self.condition))
        asked = Matching(order_id=self.node.key, bounds=tuple(dict.fromkeys(text.bounds for text in texts)))
        keys = await info.context.load(matching_keys, asked) or [] if texts else []
        fitting: defaultdict[tuple[OrderKey, str], list[HasKey]] = defaultdict(list)
        for text, (key, value) in product(texts, keys):
            if text.fits(key):
                fitting[kind_of(key), value].append(text)
        return [OrderMatch.of(*shown, wanted) for shown, wanted in islice(fitting.items(), _MOST_MATCHES)]


@strawberry.type(description="A page of orders that may be meant.")
class FoundOrderConnection(Connection[Order]):
    edges: list[FoundOrderEdge] = strawberry.field(  # type: ignore[assignment]  # nothing else is ever put into it
        description="The page's orders, with cursors and why they were found."
    )


async def found_orders(
    context: Context, condition: Condition, sort: OrderSort, arguments: tuple[Any, Any, Any, Any]
) -> FoundOrderConnection:
    find = Find.of(condition, sort)
    kinds, position = _ALONG_KEYS if find.lead else _PLACES[find.sort]
    page = await listed(
        context,
        (order_finding.found_orders, order_finding.count_found),
        page_of(*arguments, of=f"found orders {find.sort}", width=len(kinds)),
        Listed(chosen=find),
        kinds,
        Order.of,
        position,
    )
    edges = [
        FoundOrderEdge(node=edge.node, of=edge.of, position=edge.position, condition=condition) for edge in page.edges
    ]
    context.app.aside.do(note_search(context.database, context.by, condition, len(edges)))
    return FoundOrderConnection(edges=edges, page_info=page.page_info, count=page.count)


def _by_match(row: Row) -> tuple[Any, ...]:
    return row["found_key"], row["recency"], row["id"]


def _by_time(row: Row) -> tuple[Any, ...]:
    return row["placed_at"], row["id"]


def _by_total(row: Row) -> tuple[Any, ...]:
    return row["total"], row["id"]


_Place: TypeAlias = tuple[tuple[Callable[[str], Any], ...], Callable[[Row], tuple[Any, ...]]]
_ALONG_KEYS: _Place = ((text_of, amount_of, UUID), _by_match)
_PLACES: dict[OrderSort, _Place] = {
    OrderSort.NEWEST: ((instant_of, UUID), _by_time),
    OrderSort.OLDEST: ((instant_of, UUID), _by_time),
    OrderSort.HIGHEST_TOTAL: ((amount_of, UUID), _by_total),
    OrderSort.LOWEST_TOTAL: ((amount_of, UUID), _by_total),
}


async def orders_of_customer(
    context: Context, customer_id: UUID, arguments: tuple[Any, Any, Any, Any]
) -> Connection[Order]:
    return await listed(
        context,
        (orders_in, count_orders),
        page_of(*arguments, of="orders NEWEST", width=2),
        Listed(chosen=None, parent_id=customer_id),
        (instant_of, UUID),
        Order.of,
        _by_time,
    )
