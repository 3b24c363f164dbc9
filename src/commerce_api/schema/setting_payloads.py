"""What saving a setting answers."""

from typing import Any
from uuid import UUID

import strawberry

from commerce_api.persistence.readers import settings as read
from commerce_api.persistence.readers.settings import channels_by_id
from commerce_api.schema.adjustment import OverrideReason
from commerce_api.schema.channel import Channel
from commerce_api.schema.context import Info
from commerce_api.schema.errors import UserError, errors_of, result_of, warnings_of
from commerce_api.schema.node import global_id
from commerce_api.schema.setting import ShippingMethodSetting, TaxClass, TaxRate, Zone
from commerce_api.schema.stock import StockLocation


@strawberry.type(description="What was saved, or the errors that prevented it.")
class SettingPayload:
    errors: list[UserError] = strawberry.field(description="Why nothing happened.")
    warnings: list[UserError] = strawberry.field(description="What to acknowledge before it happens.")
    saved: strawberry.Private[UUID | None]

    @classmethod
    def of(cls, outcome: Any) -> Any:
        result = result_of(outcome)
        return cls(errors=errors_of(outcome), warnings=warnings_of(outcome), saved=result and result.id)

    async def _row(self, info: Info, question: Any) -> Any:
        return await info.context.load(question, self.saved) if self.saved else None


@strawberry.type(description="The zone as it is now, or the errors that prevented it.")
class SaveZonePayload(SettingPayload):
    @strawberry.field(description="Null if nothing happened.")
    async def zone(self, info: Info) -> Zone | None:
        row = await self._row(info, read.zones_by_id)
        return Zone.of(row) if row else None


@strawberry.type(description="The tax class as it is now, or the errors that prevented it.")
class SaveTaxClassPayload(SettingPayload):
    @strawberry.field(description="Null if nothing happened.")
    async def tax_class(self, info: Info) -> TaxClass | None:
        row = await self._row(info, read.tax_classes_by_id)
        return TaxClass.of(row) if row else None


@strawberry.type(description="The reason as it is now, or the errors that prevented it.")
class SaveOverrideReasonPayload(SettingPayload):
    @strawberry.field(description="Null if nothing happened.")
    async def override_reason(self, info: Info) -> OverrideReason | None:
        row = await self._row(info, read.override_reasons_by_id)
        return OverrideReason.of(row) if row else None


@strawberry.type(description="The tax rate as it is now, or the errors that prevented it.")
class SaveTaxRatePayload(SettingPayload):
    @strawberry.field(description="Null if nothing happened.")
    async def tax_rate(self, info: Info) -> TaxRate | None:
        row = await self._row(info, read.tax_rates_by_id)
        return TaxRate.of(row) if row else None


@strawberry.type(description="The shipping method as it is now, or the errors that prevented it.")
class SaveShippingMethodPayload(SettingPayload):
    @strawberry.field(description="Null if nothing happened.")
    async def shipping_method(self, info: Info) -> ShippingMethodSetting | None:
        row = await self._row(info, read.methods_by_id)
        return ShippingMethodSetting.of(row) if row else None


@strawberry.type(description="The stock location as it is now, or the errors that prevented it.")
class SaveStockLocationPayload(SettingPayload):
    @strawberry.field(description="Null if nothing happened.")
    async def stock_location(self, info: Info) -> StockLocation | None:
        row = await self._row(info, read.locations_by_id)
        return StockLocation.of(row) if row else None


@strawberry.type(description="The channel as it is now, or the errors that prevented it.")
class SaveChannelPayload(SettingPayload):
    @strawberry.field(description="Null if nothing happened.")
    async def channel(self, info: Info) -> Channel | None:
        found = await self._row(info, channels_by_id)
        return Channel.of(found) if found else None


@strawberry.type(description="It is gone, or the errors that prevented it.")
class DeleteSettingPayload:
    deleted_id: strawberry.ID | None = strawberry.field(description="The id that it had.")
    errors: list[UserError] = strawberry.field(description="Why nothing happened.")
    warnings: list[UserError] = strawberry.field(description="What to acknowledge before it happens.")

    @classmethod
    def of(cls, outcome: Any, prefix: str) -> "DeleteSettingPayload":
        result = result_of(outcome)
        deleted = strawberry.ID(global_id(prefix, result.id)) if result else None
        return cls(deleted_id=deleted, errors=errors_of(outcome), warnings=warnings_of(outcome))
