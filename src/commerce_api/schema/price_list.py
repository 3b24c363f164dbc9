"""Price lists and the prices in them, as those see them who set them."""

from datetime import datetime
from typing import Any, ClassVar, Final, Self
from uuid import UUID

import strawberry

from commerce_api.domain.permissions import Permission
from commerce_api.domain.price_list import Price
from commerce_api.domain.price_list import PriceList as PriceListFound
from commerce_api.persistence.lists import Listed
from commerce_api.persistence.readers import listed_prices
from commerce_api.schema.context import Info
from commerce_api.schema.node import Node, global_id
from commerce_api.schema.pagination import After, Before, Connection, First, Last, listed, number_of, page_of
from commerce_api.schema.permissions import requires
from commerce_api.schema.scalars import CurrencyCode, Money

LOWEST: Final = (
    "The least that is to be asked for a unit, such as a minimum advertised price: limits of staff with the floor LOWEST_PRICE hold "
    "prices to it. Null: there is no such price."
)


@strawberry.type(description="The unit price of a variant in one list, from a quantity on.")
class ListedPrice:
    list_key: strawberry.Private[UUID]
    variant_key: strawberry.Private[UUID]
    sku: str | None = strawberry.field(description="That variant's stock-keeping unit.")
    min_quantity: int = strawberry.field(description="From how many units on.")
    amount: Money = strawberry.field(description="For each unit.")
    compare_at: Money | None = strawberry.field(description="What a unit cost before, to show struck out.")
    lowest: Money | None = strawberry.field(description=LOWEST, directives=[requires(Permission.READ_COSTS)])

    @classmethod
    def of(cls, price: Price, in_list: PriceListFound, variant_key: UUID, sku: str | None) -> Self:
        return cls(
            list_key=in_list.id,
            variant_key=variant_key,
            sku=sku,
            min_quantity=price.min_quantity,
            amount=Money.of(price.amount, in_list.currency),
            compare_at=None if price.compare_at is None else Money.of(price.compare_at, in_list.currency),
            lowest=None if price.lowest is None else Money.of(price.lowest, in_list.currency),
        )

    @strawberry.field(description="The list that it stands in.")
    def price_list_id(self) -> strawberry.ID:
        return strawberry.ID(global_id("prl", self.list_key))

    @strawberry.field(description="What it is the price of.")
    def variant_id(self) -> strawberry.ID:
        return strawberry.ID(global_id("var", self.variant_key))


@strawberry.type(description="Prices for a channel and currency, for everybody or for a group of customers.")
class PriceList(Node):
    prefix: ClassVar[str] = "prl"

    found: strawberry.Private[PriceListFound]
    code: str = strawberry.field(description="Stable name for programs.")
    name: str = strawberry.field(description="Name for people.")
    currency: CurrencyCode = strawberry.field(description="What its prices are in.")
    priority: int = strawberry.field(description="Of several lists with a price, the one with the greatest decides.")
    valid_from: datetime | None = strawberry.field(description="From this moment on; null for always.")
    valid_until: datetime | None = strawberry.field(description="Until before this moment; null for ever.")
    revision: int = strawberry.field(description="Grows with every change; send it as `expectedRevision`.")

    @classmethod
    def of(cls, found: PriceListFound) -> Self:
        return cls(
            key=found.id,
            found=found,
            code=found.code,
            name=found.name,
            currency=CurrencyCode(found.currency),
            priority=found.priority,
            valid_from=found.valid_from,
            valid_until=found.valid_until,
            revision=found.revision,
        )

    @strawberry.field(description="The channel that it is for.")
    def channel_id(self) -> strawberry.ID:
        return strawberry.ID(global_id("chn", self.found.channel_id))

    @strawberry.field(description="The group of customers that it is for; null for everybody.")
    def customer_group_id(self) -> strawberry.ID | None:
        group = self.found.customer_group_id
        return strawberry.ID(global_id("grp", group)) if group else None

    @strawberry.field(
        description="All its prices, variant by variant.", directives=[requires(Permission.MANAGE_PRICES)]
    )
    async def prices(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[ListedPrice]:
        return await listed(
            info.context,
            (listed_prices.prices_in, listed_prices.count_prices),
            page_of(first, after, last, before, of="prices", width=2),
            Listed(chosen=None, parent_id=self.key),
            (UUID, number_of),
            self._price,
            lambda row: (row["variant_id"], row["min_quantity"]),
        )

    def _price(self, row: Any) -> ListedPrice:
        price = Price(**{name: row[name] for name in ("min_quantity", "amount", "compare_at", "lowest")})
        return ListedPrice.of(price, self.found, row["variant_id"], row["sku"])
