"""What staff send to set up zones, taxes, shipping, channels and stock locations."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import strawberry

from commerce_api.domain import setting as domain
from commerce_api.domain.currency import DIGITS
from commerce_api.domain.decision import NotFound, Refused
from commerce_api.domain.ids import (
    ChannelId,
    ShippingMethodId,
    StockLocationId,
    TaxClassId,
    TaxRateId,
    ZoneId,
)
from commerce_api.domain.intake import Intake
from commerce_api.domain.money import minor_of
from commerce_api.operations.settings import DeleteSetting
from commerce_api.schema.errors import ErrorCode, acknowledged
from commerce_api.schema.node import key_of
from commerce_api.schema.scalars import CountryCode, CurrencyCode

MOST_AREAS: Final = 1_000
MOST_RATES: Final = 500
ACKNOWLEDGE: Final = "Codes of warnings that were seen: do it nevertheless. The log keeps who did."


def parse_code(intake: Intake, raw: str) -> str:
    return intake.text(raw, "code", most=50, required=True)


def parse_name(intake: Intake, raw: str) -> str:
    return intake.text(raw, "name", most=100, required=True)


def parse_key(intake: Intake, raw: str | None, prefix: str, *path: Any) -> UUID | None:
    key = key_of(raw, prefix) if raw else None
    if raw is not None and key is None:
        intake.add(NotFound(path=tuple(map(str, path))))
    return key


def needed_key(intake: Intake, raw: str, prefix: str, *path: Any) -> UUID:
    return parse_key(intake, raw, prefix, *path) or UUID(int=0)


def in_range(intake: Intake, number: int | None, low: int, high: int, *path: Any) -> None:
    if number is not None and not low <= number <= high:
        intake.invalid(f"Between {low} and {high}, please.", *path)


def _ordered(intake: Intake, low: Any, high: Any, *path: Any) -> None:
    if low is not None and high is not None and low >= high:
        intake.invalid("The end must come after the beginning.", *path)


@strawberry.input(description="What saving any setting has in common.")
class SettingInput:
    id: strawberry.ID | None = strawberry.field(default=None, description="Which one to change; none makes a new one.")
    expected_revision: int | None = strawberry.field(
        default=None, description="The revision that you have seen; if it is at another one, nothing happens."
    )
    idempotency_key: str | None = strawberry.field(
        default=None, description="A key of your own; with it the request can be repeated safely."
    )


@strawberry.input(description="What to delete.")
class DeleteSettingInput:
    id: strawberry.ID = strawberry.field(description="Which one.")
    expected_revision: int | None = strawberry.field(default=None, description="The revision that you have seen.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="A key of your own; with it the request can be repeated safely."
    )
    acknowledge: list[ErrorCode] = strawberry.field(default_factory=list, description=ACKNOWLEDGE)

    def parse(self, kind: type[Any], prefix: str) -> DeleteSetting:
        return DeleteSetting(
            kind=kind,
            id=key_of(self.id, prefix),
            expected_revision=self.expected_revision,
            acknowledge=acknowledged(self.acknowledge),
        )


@strawberry.input(description="A part of the world.")
class ZoneAreaInput:
    country: CountryCode = strawberry.field(description="ISO 3166-1 alpha-2.")
    region: str = strawberry.field(default="", description="State, province or the like; empty: all of the country.")
    postal_prefix: str = strawberry.field(default="", description="What postal codes there begin with; empty: all.")


@strawberry.input(description="A part of the world that shares taxes and shipping prices.")
class SaveZoneInput(SettingInput):
    code: str = strawberry.field(description="Stable name.")
    name: str = strawberry.field(description="Name for people.")
    areas: list[ZoneAreaInput] = strawberry.field(description="At most 1,000. Replaces those that there are.")

    def parse(self) -> domain.SaveZone | Refused:
        intake = Intake()
        key = parse_key(intake, self.id, "zon", "id")
        in_range(intake, len(self.areas), 0, MOST_AREAS, "areas")
        areas = tuple(
            domain.AreaSetting(
                country=area.country,
                region=intake.text(area.region, "areas", number, "region", most=10),
                postal_prefix=intake.text(area.postal_prefix, "areas", number, "postalPrefix", most=10),
            )
            for number, area in enumerate(self.areas)
        )
        if len(set(areas)) < len(areas):
            intake.invalid("Each area once, please.", "areas")
        command = domain.SaveZone(
            id=ZoneId(key) if key else None,
            expected_revision=self.expected_revision,
            code=parse_code(intake, self.code),
            name=parse_name(intake, self.name),
            areas=areas,
        )
        return intake.refused() if intake.problems else command


@strawberry.input(description="Goods that are taxed alike.")
class SaveTaxClassInput(SettingInput):
    code: str = strawberry.field(description="Stable name.")
    name: str = strawberry.field(description="Name for people.")

    def parse(self) -> domain.SaveTaxClass | Refused:
        intake = Intake()
        key = parse_key(intake, self.id, "txc", "id")
        command = domain.SaveTaxClass(
            id=TaxClassId(key) if key else None,
            expected_revision=self.expected_revision,
            code=parse_code(intake, self.code),
            name=parse_name(intake, self.name),
        )
        return intake.refused() if intake.problems else command


@strawberry.input(description="One tax on one class of goods in one zone.")
class SaveTaxRateInput(SettingInput):
    zone_id: strawberry.ID = strawberry.field(description="Where.")
    tax_class_id: strawberry.ID = strawberry.field(description="Of which goods.")
    name: str = strawberry.field(description="Name for people.")
    rate: Decimal = strawberry.field(description='As a fraction with at most six digits: `"0.19"` is 19 %.')
    valid_from: datetime | None = strawberry.field(default=None, description="From this moment on.")
    valid_until: datetime | None = strawberry.field(
        default=None, description="Up to this moment, which is no longer part of it."
    )

    def parse(self) -> domain.SaveTaxRate | Refused:
        intake = Intake()
        key = parse_key(intake, self.id, "txr", "id")
        if not 0 <= self.rate < 10 or self.rate != round(self.rate, 6):  # noqa: PLR2004 - 1,000 %
            intake.invalid("A fraction from 0 to below 10 with at most six digits, please.", "rate")
        _ordered(intake, self.valid_from, self.valid_until, "validUntil")
        command = domain.SaveTaxRate(
            id=TaxRateId(key) if key else None,
            expected_revision=self.expected_revision,
            zone_id=ZoneId(needed_key(intake, self.zone_id, "zon", "zoneId")),
            tax_class_id=TaxClassId(needed_key(intake, self.tax_class_id, "txc", "taxClassId")),
            name=parse_name(intake, self.name),
            rate=self.rate,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
        )
        return intake.refused() if intake.problems else command


@strawberry.input(description="What a method costs in one zone and currency.")
class ShippingRateInput:
    zone_id: strawberry.ID = strawberry.field(description="Where to.")
    currency: CurrencyCode = strawberry.field(description="Of all amounts here.")
    amount: Decimal = strawberry.field(description="What it costs.")
    free_from: Decimal | None = strawberry.field(default=None, description="It costs nothing from this subtotal on.")
    min_weight: int = strawberry.field(default=0, description="From this weight on, in grams.")
    max_weight: int | None = strawberry.field(default=None, description="Below this weight, in grams.")
    min_subtotal: Decimal | None = strawberry.field(default=None, description="From this subtotal on.")
    max_subtotal: Decimal | None = strawberry.field(default=None, description="Below this subtotal.")

    def parse(self, intake: Intake, *path: Any) -> domain.RateSetting:
        def minor(amount: Decimal | None, name: str) -> int | None:
            found = None if amount is None else minor_of(amount, DIGITS[self.currency])
            if amount is not None and (found is None or found < 0):
                intake.invalid("An amount that this currency has, not below zero, please.", *path, name)
            return found

        minimum, maximum = minor(self.min_subtotal, "minSubtotal") or 0, minor(self.max_subtotal, "maxSubtotal")
        in_range(intake, self.min_weight, 0, 2**31 - 1, *path, "minWeight")
        _ordered(intake, self.min_weight, self.max_weight, *path, "maxWeight")
        _ordered(intake, minimum, maximum, *path, "maxSubtotal")
        return domain.RateSetting(
            zone_id=ZoneId(needed_key(intake, self.zone_id, "zon", *path, "zoneId")),
            currency=self.currency,
            amount=minor(self.amount, "amount") or 0,
            free_from=minor(self.free_from, "freeFrom"),
            min_weight=self.min_weight,
            max_weight=self.max_weight,
            min_subtotal=minimum,
            max_subtotal=maximum,
        )


@strawberry.input(description="A way of sending goods.")
class SaveShippingMethodInput(SettingInput):
    channel_id: strawberry.ID = strawberry.field(description="Which channel offers it.")
    tax_class_id: strawberry.ID = strawberry.field(description="How shipping is taxed.")
    code: str = strawberry.field(description="Stable name within the channel.")
    name: str = strawberry.field(description="Name for people.")
    description: str = strawberry.field(default="", description="More about it.")
    min_days: int | None = strawberry.field(default=None, description="Days that it takes at least.")
    max_days: int | None = strawberry.field(default=None, description="Days that it takes at most.")
    position: int = strawberry.field(default=0, description="Its place among the channel's methods.")
    active: bool = strawberry.field(default=True, description="Whether it is offered.")
    rates: list[ShippingRateInput] = strawberry.field(description="At most 500. Replaces those that there are.")

    def parse(self) -> domain.SaveShippingMethod | Refused:
        intake = Intake()
        key = parse_key(intake, self.id, "shm", "id")
        in_range(intake, len(self.rates), 0, MOST_RATES, "rates")
        in_range(intake, self.min_days, 0, 1_000, "minDays")
        in_range(intake, self.max_days, self.min_days or 0, 1_000, "maxDays")
        in_range(intake, self.position, 0, 100_000, "position")
        command = domain.SaveShippingMethod(
            id=ShippingMethodId(key) if key else None,
            expected_revision=self.expected_revision,
            channel_id=ChannelId(needed_key(intake, self.channel_id, "chn", "channelId")),
            tax_class_id=TaxClassId(needed_key(intake, self.tax_class_id, "txc", "taxClassId")),
            code=parse_code(intake, self.code),
            name=parse_name(intake, self.name),
            description=intake.text(self.description, "description", most=500),
            min_days=self.min_days,
            max_days=self.max_days,
            position=self.position,
            active=self.active,
            rates=tuple(rate.parse(intake, "rates", number) for number, rate in enumerate(self.rates)),
        )
        return intake.refused() if intake.problems else command


@strawberry.input(description="A place where goods lie.")
class SaveStockLocationInput(SettingInput):
    code: str = strawberry.field(description="Stable name.")
    name: str = strawberry.field(description="Name for people.")

    def parse(self) -> domain.SaveStockLocation | Refused:
        intake = Intake()
        key = parse_key(intake, self.id, "loc", "id")
        command = domain.SaveStockLocation(
            id=StockLocationId(key) if key else None,
            expected_revision=self.expected_revision,
            code=parse_code(intake, self.code),
            name=parse_name(intake, self.name),
        )
        return intake.refused() if intake.problems else command
