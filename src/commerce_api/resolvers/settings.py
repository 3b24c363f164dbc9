"""Channels, taxes, shipping and stock locations, as staff set them up."""

from typing import Annotated, Any
from uuid import UUID

import strawberry

from commerce_api.domain.permissions import Permission
from commerce_api.domain.setting import (
    SaveCancelReason,
    SaveCustomField,
    SaveOverrideReason,
    SaveShippingMethod,
    SaveTaxClass,
    SaveTaxRate,
    SaveZone,
)
from commerce_api.operations import settings
from commerce_api.persistence.readers import settings as read
from commerce_api.persistence.readers.by_code import SHIPPING_METHODS, ZONES
from commerce_api.persistence.readers.custom_fields import every_field, fields_by_id
from commerce_api.schema.adjustment import OverrideReason
from commerce_api.schema.by_code import connection_by_code
from commerce_api.schema.cancel_reason_settings import (
    CancelReasonSetting,
    SaveCancelReasonInput,
    SaveCancelReasonPayload,
)
from commerce_api.schema.channel import Channel
from commerce_api.schema.channel_inputs import SaveChannelInput
from commerce_api.schema.context import Context, Info, once
from commerce_api.schema.custom_field import (
    CustomField,
    CustomFieldOwner,
    SaveCustomFieldInput,
    SaveCustomFieldPayload,
    offered,
)
from commerce_api.schema.node import answers_for
from commerce_api.schema.override_reason_inputs import SaveOverrideReasonInput
from commerce_api.schema.pagination import After, Before, Connection, First, Last
from commerce_api.schema.permissions import PUBLIC, requires
from commerce_api.schema.setting import ShippingMethodSetting, TaxClass, TaxRate, Zone
from commerce_api.schema.setting_inputs import (
    DeleteSettingInput,
    SaveShippingMethodInput,
    SaveStockLocationInput,
    SaveTaxClassInput,
    SaveTaxRateInput,
    SaveZoneInput,
)
from commerce_api.schema.setting_payloads import (
    DeleteSettingPayload,
    SaveChannelPayload,
    SaveOverrideReasonPayload,
    SaveShippingMethodPayload,
    SaveStockLocationPayload,
    SaveTaxClassPayload,
    SaveTaxRatePayload,
    SaveZonePayload,
)

FieldsOf = Annotated[
    CustomFieldOwner | None, strawberry.argument(description="Only those about this; all if left out.")  # type: ignore[valid-type]
]
_taxes: Any = [requires(Permission.MANAGE_TAXES)]
_shipping: Any = [requires(Permission.MANAGE_SHIPPING)]
_channels: Any = [requires(Permission.MANAGE_CHANNELS)]
_staff: Any = [requires(Permission.STAFF_DESK)]


async def _save(info: Info, input: Any) -> Any:
    return await info.context.write(settings.save, input.parse(), once=once(input.idempotency_key, settings.load))


async def _delete(info: Info, input: DeleteSettingInput, kind: type[Any], prefix: str) -> DeleteSettingPayload:
    replay = once(input.idempotency_key, settings.load)
    outcome = await info.context.write(settings.delete, input.parse(kind, prefix), once=replay)
    return DeleteSettingPayload.of(outcome, prefix)


@strawberry.type
class SettingsQueries:
    @strawberry.field(description="All zones by code.", directives=_staff)
    async def zones(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Zone]:
        return await connection_by_code(info.context, ZONES, Zone.of, (first, after, last, before))

    @strawberry.field(description="All tax classes by code, at most 100.", directives=_staff)
    async def tax_classes(self, info: Info) -> list[TaxClass]:
        return [TaxClass.of(row) for row in await read.every_tax_class(info.context.scope)]

    @strawberry.field(description="All reasons for changing money by code, at most 100.", directives=_staff)
    async def override_reasons(self, info: Info) -> list[OverrideReason]:
        return [OverrideReason.of(row) for row in await read.every_override_reason(info.context.scope)]

    @strawberry.field(
        description="All reasons for canceling as people choose among them, at most 100; `cancelReasons` are those that you can.",
        directives=_staff,
    )
    async def cancel_reason_settings(self, info: Info) -> list[CancelReasonSetting]:
        return [CancelReasonSetting.of(row) for row in await read.every_cancel_reason(info.context.scope)]

    @strawberry.field(
        description="The custom fields that you may see, in their order, at most 100: those that are offered here, and for staff "
        "all. With them a storefront, or a desk, shows what this shop asks for.",
        directives=[requires(Permission.BROWSE_CATALOG)],
        metadata=PUBLIC,
    )
    async def custom_fields(self, info: Info, owner: FieldsOf = None) -> list[CustomField]:
        channel, language = info.context.channel, info.context.scope.language
        rows = await every_field(info.context.scope)
        return [CustomField.of(row, channel, language) for row in offered(rows, info.context.actor, channel, owner)]

    @strawberry.field(description="All shipping methods of all channels by code, offered or not.", directives=_staff)
    async def shipping_methods(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[ShippingMethodSetting]:
        arguments = (first, after, last, before)
        return await connection_by_code(info.context, SHIPPING_METHODS, ShippingMethodSetting.of, arguments)

    @strawberry.field(description="All channels by code, active or not; at most 100.", directives=_staff)
    async def channels(self, info: Info) -> list[Channel]:
        return [Channel.of(channel) for channel in await read.every_channel(info.context.scope)]


@strawberry.type
class SettingsMutations:
    @strawberry.mutation(description="Make a zone, or change one.", directives=_taxes)
    async def save_zone(self, info: Info, input: SaveZoneInput) -> SaveZonePayload:
        payload: SaveZonePayload = SaveZonePayload.of(await _save(info, input))
        return payload

    @strawberry.mutation(
        description="Delete a zone with its tax rates and the shipping prices for it.", directives=_taxes
    )
    async def delete_zone(self, info: Info, input: DeleteSettingInput) -> DeleteSettingPayload:
        return await _delete(info, input, SaveZone, "zon")

    @strawberry.mutation(description="Make a tax class, or change one.", directives=_taxes)
    async def save_tax_class(self, info: Info, input: SaveTaxClassInput) -> SaveTaxClassPayload:
        payload: SaveTaxClassPayload = SaveTaxClassPayload.of(await _save(info, input))
        return payload

    @strawberry.mutation(description="Delete a tax class that nothing has any more.", directives=_taxes)
    async def delete_tax_class(self, info: Info, input: DeleteSettingInput) -> DeleteSettingPayload:
        return await _delete(info, input, SaveTaxClass, "txc")

    @strawberry.mutation(
        description="Make a tax rate, or change one. Carts and orders not yet placed follow at once.", directives=_taxes
    )
    async def save_tax_rate(self, info: Info, input: SaveTaxRateInput) -> SaveTaxRatePayload:
        payload: SaveTaxRatePayload = SaveTaxRatePayload.of(await _save(info, input))
        return payload

    @strawberry.mutation(description="Delete a tax rate.", directives=_taxes)
    async def delete_tax_rate(self, info: Info, input: DeleteSettingInput) -> DeleteSettingPayload:
        return await _delete(info, input, SaveTaxRate, "txr")

    @strawberry.mutation(description="Make a shipping method with its prices, or change one.", directives=_shipping)
    async def save_shipping_method(self, info: Info, input: SaveShippingMethodInput) -> SaveShippingMethodPayload:
        payload: SaveShippingMethodPayload = SaveShippingMethodPayload.of(await _save(info, input))
        return payload

    @strawberry.mutation(
        description="Delete a shipping method. Carts that chose it have to choose again.", directives=_shipping
    )
    async def delete_shipping_method(self, info: Info, input: DeleteSettingInput) -> DeleteSettingPayload:
        return await _delete(info, input, SaveShippingMethod, "shm")

    @strawberry.mutation(description="Make a stock location, or change one.", directives=_channels)
    async def save_stock_location(self, info: Info, input: SaveStockLocationInput) -> SaveStockLocationPayload:
        payload: SaveStockLocationPayload = SaveStockLocationPayload.of(await _save(info, input))
        return payload

    @strawberry.mutation(
        description="Make a channel, or change one. All servers follow within a second.", directives=_channels
    )
    async def save_channel(self, info: Info, input: SaveChannelInput) -> SaveChannelPayload:
        payload: SaveChannelPayload = SaveChannelPayload.of(await _save(info, input))
        info.context.app.channels.forget()
        return payload

    @strawberry.mutation(
        description="Add a field to orders, their lines or customers, or change one. All servers follow within a second.",
        directives=_channels,
    )
    async def save_custom_field(self, info: Info, input: SaveCustomFieldInput) -> SaveCustomFieldPayload:
        payload: SaveCustomFieldPayload = SaveCustomFieldPayload.of(await _save(info, input))
        info.context.app.channels.forget()
        return payload

    @strawberry.mutation(
        description="Delete a custom field. What carts and orders said in it cannot be read any more, unlike in one that is not "
        "`active`; what customers said in it is deleted.",
        directives=_channels,
    )
    async def delete_custom_field(self, info: Info, input: DeleteSettingInput) -> DeleteSettingPayload:
        payload = await _delete(info, input, SaveCustomField, "cfd")
        info.context.app.channels.forget()
        return payload

    @strawberry.mutation(description="Make a reason for changing money, or change one.", directives=_channels)
    async def save_override_reason(self, info: Info, input: SaveOverrideReasonInput) -> SaveOverrideReasonPayload:
        payload: SaveOverrideReasonPayload = SaveOverrideReasonPayload.of(await _save(info, input))
        return payload

    @strawberry.mutation(
        description="Delete a reason for changing money. What was changed for it stays.", directives=_channels
    )
    async def delete_override_reason(self, info: Info, input: DeleteSettingInput) -> DeleteSettingPayload:
        return await _delete(info, input, SaveOverrideReason, "ovr")

    @strawberry.mutation(description="Make a reason for canceling, or change one.", directives=_channels)
    async def save_cancel_reason(self, info: Info, input: SaveCancelReasonInput) -> SaveCancelReasonPayload:
        payload: SaveCancelReasonPayload = SaveCancelReasonPayload.of(await _save(info, input))
        return payload

    @strawberry.mutation(
        description="Delete a reason that no order was canceled for. Others are offered to nobody instead.",
        directives=_channels,
    )
    async def delete_cancel_reason(self, info: Info, input: DeleteSettingInput) -> DeleteSettingPayload:
        return await _delete(info, input, SaveCancelReason, "crn")


def _answers(prefix: str, question: Any, type_: Any) -> None:
    @answers_for(prefix)
    async def found(context: Context, key: UUID) -> Any:
        row = await context.load(question, key) if context.actor.may(Permission.STAFF_DESK) else None
        return type_.of(row) if row else None


@answers_for("cfd")
async def _custom_field(context: Context, key: UUID) -> CustomField | None:
    row = await context.load(fields_by_id, key)
    seen = offered([row] if row else [], context.actor, context.channel, None)
    return next((CustomField.of(each, context.channel, context.scope.language) for each in seen), None)


for _prefix, _question, _type in (
    ("zon", read.zones_by_id, Zone),
    ("txc", read.tax_classes_by_id, TaxClass),
    ("txr", read.tax_rates_by_id, TaxRate),
    ("crn", read.cancel_reasons_by_id, CancelReasonSetting),
    ("ovr", read.override_reasons_by_id, OverrideReason),
    ("shm", read.methods_by_id, ShippingMethodSetting),
):
    _answers(_prefix, _question, _type)
