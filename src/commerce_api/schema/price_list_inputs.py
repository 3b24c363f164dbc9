"""What staff send to price products."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import strawberry
from strawberry import UNSET

from commerce_api.domain.currency import DIGITS
from commerce_api.domain.decision import Refused
from commerce_api.domain.ids import PriceListId
from commerce_api.domain.money import minor_of
from commerce_api.domain.permissions import Permission
from commerce_api.domain.price_list import Price, PriceList
from commerce_api.operations.price_lists import CreatePriceList, SetPrices, UpdatePriceList, VariantPrices
from commerce_api.schema.catalog_intake import NEW, CatalogIntake, given
from commerce_api.schema.node import key_of
from commerce_api.schema.permissions import requires
from commerce_api.schema.price_list import LOWEST
from commerce_api.schema.product_inputs import EXPECTED_REVISION, IDEMPOTENCY_KEY
from commerce_api.schema.scalars import CurrencyCode

MOST_PRICES: Final = 250
MOST_TIERS: Final = 20


@strawberry.input(description="A price list.")
class CreatePriceListInput:
    code: str = strawberry.field(description="Stable name for programs.")
    name: str = strawberry.field(description="Name for people.")
    channel_id: strawberry.ID = strawberry.field(description="The channel that it is for.")
    currency: CurrencyCode = strawberry.field(description="What its prices are in.")
    customer_group_id: strawberry.ID | None = strawberry.field(default=UNSET, description="For this group only.")
    priority: int | None = strawberry.field(default=UNSET, description="Of several lists the greatest decides; 0.")
    valid_from: datetime | None = strawberry.field(default=UNSET, description="From this moment on.")
    valid_until: datetime | None = strawberry.field(default=UNSET, description="Until before this moment.")
    idempotency_key: str | None = strawberry.field(default=None, description=IDEMPOTENCY_KEY)

    def parse(self) -> CreatePriceList | Refused:
        intake = CatalogIntake()
        values = given(self, _list_readers(intake))
        channel_id: Any = intake.refer(self.channel_id, "chn", "channelId") or NEW
        if intake.problems:
            return intake.refused()
        price_list = PriceList(id=PriceListId(NEW), channel_id=channel_id, currency=self.currency, **values)
        return CreatePriceList(price_list=price_list, references=tuple(intake.references))


@strawberry.input(description="What is to change about a price list.")
class UpdatePriceListInput:
    id: strawberry.ID = strawberry.field(description="Which list.")
    code: str | None = strawberry.field(default=UNSET, description="Stable name for programs.")
    name: str | None = strawberry.field(default=UNSET, description="Name for people.")
    customer_group_id: strawberry.ID | None = strawberry.field(default=UNSET, description="For this group only.")
    priority: int | None = strawberry.field(default=UNSET, description="Of several lists the greatest decides.")
    valid_from: datetime | None = strawberry.field(default=UNSET, description="From this moment on.")
    valid_until: datetime | None = strawberry.field(default=UNSET, description="Until before this moment.")
    expected_revision: int | None = strawberry.field(default=None, description=EXPECTED_REVISION)
    idempotency_key: str | None = strawberry.field(default=None, description=IDEMPOTENCY_KEY)

    def parse(self) -> UpdatePriceList | Refused:
        intake = CatalogIntake()
        changes = given(self, _list_readers(intake))
        if intake.problems:
            return intake.refused()
        id_ = PriceListId(key_of(self.id, "prl") or NEW)
        return UpdatePriceList(id=id_, changes=changes, expected_revision=self.expected_revision)


def _list_readers(intake: CatalogIntake) -> Mapping[str, Callable[[Any], Any]]:
    return {
        "code": lambda raw: intake.code(raw, "code"),
        "name": lambda raw: intake.text(raw, "name", required=True),
        "customer_group_id": lambda raw: None if raw is None else key_of(raw, "grp") or NEW,
        "priority": lambda raw: intake.number(raw, "priority", least=-1000, most=1000),
        "valid_from": lambda raw: raw,
        "valid_until": lambda raw: raw,
    }


@strawberry.input(description="The unit price from a quantity on.")
class PriceTierInput:
    amount: Decimal = strawberry.field(description="For each unit, in the list's currency.")
    min_quantity: int = strawberry.field(default=1, description="From how many units on.")
    compare_at: Decimal | None = strawberry.field(default=None, description="What a unit cost before.")
    lowest: Decimal | None = strawberry.field(
        default=UNSET,
        description=f"{LOWEST} Left out: what it is from this quantity on.",
        directives=[requires(Permission.READ_COSTS)],
    )


@strawberry.input(description="All prices of one variant in a list. Name the variant by its id or its SKU.")
class VariantPricesInput:
    variant_id: strawberry.ID | None = strawberry.field(default=None, description="Its id.")
    sku: str | None = strawberry.field(default=None, description="Its SKU.")
    tiers: list[PriceTierInput] = strawberry.field(description="At most 20; without any it has no price in the list.")


@strawberry.input(description="Prices to put into a list, all or none.")
class SetPricesInput:
    price_list_id: strawberry.ID = strawberry.field(description="Which list.")
    currency: CurrencyCode = strawberry.field(description="The list's currency, so that no price is misread.")
    prices: list[VariantPricesInput] = strawberry.field(description=f"1 to {MOST_PRICES} variants.")
    expected_revision: int | None = strawberry.field(default=None, description=EXPECTED_REVISION)
    idempotency_key: str | None = strawberry.field(default=None, description=IDEMPOTENCY_KEY)

    def parse(self) -> SetPrices | Refused:
        intake = CatalogIntake()
        if not 1 <= len(self.prices) <= MOST_PRICES:
            intake.invalid(f"Between 1 and {MOST_PRICES}, please.", "prices")
        rows = tuple(
            _variant_prices(raw, intake, self.currency, ("prices", str(place)))
            for place, raw in enumerate(self.prices[:MOST_PRICES])
        )
        if intake.problems:
            return intake.refused()
        return SetPrices(
            price_list_id=PriceListId(key_of(self.price_list_id, "prl") or NEW),
            currency=self.currency,
            rows=rows,
            expected_revision=self.expected_revision,
        )


def _variant_prices(
    raw: VariantPricesInput, intake: CatalogIntake, currency: str, path: tuple[str, ...]
) -> VariantPrices:
    if (raw.variant_id is None) is (raw.sku is None):
        intake.invalid("Either a variantId or a sku, please.", *path)
    if len(raw.tiers) > MOST_TIERS:
        intake.invalid(f"At most {MOST_TIERS}, please.", *path, "tiers")

    def minor(amount: Decimal, place: int, name: str) -> int:
        found = minor_of(amount, DIGITS[currency])
        if found is None:
            intake.invalid(f"{currency} has {DIGITS[currency]} digits after the point.", *path, "tiers", place, name)
        return found or 0

    prices = tuple(
        Price(
            min_quantity=tier.min_quantity,
            amount=minor(tier.amount, place, "amount"),
            compare_at=None if tier.compare_at is None else minor(tier.compare_at, place, "compareAt"),
            lowest=minor(tier.lowest, place, "lowest") if isinstance(tier.lowest, Decimal) else None,
        )
        for place, tier in enumerate(raw.tiers[:MOST_TIERS])
    )
    variant_id = None if raw.variant_id is None else key_of(raw.variant_id, "var") or NEW
    keep = frozenset(tier.min_quantity for tier in raw.tiers if tier.lowest is UNSET)
    return VariantPrices(variant_id=variant_id, sku=raw.sku, prices=prices, keep_lowest=keep)
