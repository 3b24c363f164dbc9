"""Saving and deleting what staff set up."""

from datetime import datetime
from typing import Any
from uuid import UUID

from commerce_api.domain.custom_field import FieldIsFixed
from commerce_api.domain.decision import (
    Caution,
    NotFound,
    Refusal,
    Refused,
    TooMany,
    check_revision,
    overruled,
    refuse,
    unheeded,
)
from commerce_api.domain.order.cancel_reasons import PAYMENT_TIMEOUT
from commerce_api.domain.setting import (
    LISTED_AS_A_WHOLE,
    MOST_LISTED,
    ChannelHasOpenCarts,
    FieldHasValues,
    RetentionShortened,
    SaveBlockReason,
    SaveCancelReason,
    SaveChannel,
    SaveCustomField,
    SaveSetting,
    SaveShippingMethod,
    SaveStockLocation,
    SaveTaxClass,
    SaveTaxRate,
    SaveZone,
    SettingDeleted,
    SettingInUse,
    SettingSaved,
    ZoneHasRates,
)
from commerce_api.domain.value import value
from commerce_api.persistence.stores.settings import KINDS, SettingStore
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class Saved:
    id: UUID


@value
class DeleteSetting:
    """`kind` is the command that such a setting is saved with; `id` None cannot be one of it."""

    kind: type[Any]
    id: UUID | None
    expected_revision: int | None = None
    acknowledge: frozenset[str] = frozenset()


async def save(uow: UnitOfWork, setting: SaveSetting) -> Saved | Refused:
    store = SettingStore(uow.connection)
    if setting.id is not None and (
        missing := await _stale(store, type(setting), setting.id, setting.expected_revision)
    ):
        return missing
    if isinstance(setting, LISTED_AS_A_WHOLE) and setting.id is None and await store.number_of(setting) >= MOST_LISTED:
        return refuse(TooMany(most=MOST_LISTED))
    if fixed := await _fixed(store, setting):
        return refuse(fixed)
    if unknown := [reason for reason in await _unknown(store, setting) if reason]:
        return Refused(reasons=tuple(unknown))
    cautions = await _against_saving(store, setting, uow.by.at)
    if refused := unheeded(cautions, getattr(setting, "acknowledge", ())):
        return refused
    id_ = setting.id or uow.new_id()
    below = getattr(setting, (KINDS[type(setting)].below or ("id",))[0])
    new_ids = [uow.new_id() for _ in below] if isinstance(below, tuple) else []
    if taken := await store.save(setting, id_, new_ids):
        return refuse(taken)
    await uow.events.record(KINDS[type(setting)].entity, id_, [SettingSaved(setting=setting), *overruled(cautions)])
    return Saved(id=id_)


async def delete(uow: UnitOfWork, command: DeleteSetting) -> Saved | Refused:
    store = SettingStore(uow.connection)
    if command.id is None:
        return refuse(NotFound(path=("id",)))
    if missing := await _stale(store, command.kind, command.id, command.expected_revision):
        return missing
    if command.kind is SaveCancelReason and (used := await _used(store, command.id)):
        return refuse(SettingInUse(path=("id",), used_by=used))
    cautions = await _against_deleting(store, command, uow.by.at)
    if refused := unheeded(cautions, command.acknowledge):
        return refused
    if not await store.delete(command.kind, command.id):
        users = await store.users(command.kind, command.id)
        return refuse(SettingInUse(path=("id",), used_by=", ".join(users) or "something else"))
    await uow.events.record(KINDS[command.kind].entity, command.id, [SettingDeleted(), *overruled(cautions)])
    return Saved(id=command.id)


async def load(uow: UnitOfWork, id: UUID) -> Saved:  # noqa: ARG001 - what was saved is read when it is answered
    return Saved(id=id)


async def _fixed(store: SettingStore, setting: SaveSetting) -> SettingInUse | None:
    """Orders name what they were canceled for by its code."""
    if not isinstance(setting, SaveCancelReason) or setting.id is None:
        return None
    renamed = await store.code(SaveCancelReason, setting.id) != setting.code
    used = await _used(store, setting.id) if renamed else ""
    return SettingInUse(path=("code",), used_by=used) if used else None


async def _used(store: SettingStore, id: UUID) -> str:
    """By what a reason for canceling is used, as people call it."""
    if await store.code(SaveCancelReason, id) == PAYMENT_TIMEOUT:
        return "orders that are not paid in time"
    return ", ".join(await store.users(SaveCancelReason, id))


async def _against_saving(store: SettingStore, setting: SaveSetting, at: datetime) -> list[Caution]:
    match setting:
        case SaveChannel(id=id_, active=False) if id_:
            carts = await store.open_carts(id_, at)
            return [ChannelHasOpenCarts(path=("active",), carts=carts)] if carts else []
        case SaveCustomField(id=id_, retention_days=days) if id_ and days:
            values = await store.values_outlived(id_, days, at)
            return [RetentionShortened(path=("retentionDays",), values=values)] if values else []
        case _:
            return []


async def _against_deleting(store: SettingStore, command: DeleteSetting, at: datetime) -> list[Caution]:
    if command.kind is SaveZone and command.id:
        rates = await store.rates_in_zone(command.id)
        return [ZoneHasRates(path=("id",), rates=rates)] if rates else []
    if command.kind is SaveCustomField and command.id:
        values = await store.values_of_customers(command.id, at)
        return [FieldHasValues(path=("id",), values=values)] if values else []
    return []


async def _stale(store: SettingStore, kind: type[Any], id: UUID, expected: int | None) -> Refused | None:
    revision = await store.revision(kind, id)
    return refuse(NotFound(path=("id",))) if revision is None else check_revision(revision, expected)


async def _unknown(store: SettingStore, setting: SaveSetting) -> list[Refusal | None]:
    """What the setting refers to that is not there."""

    async def check(kind: type[Any], id: UUID, *path: str) -> Refusal | None:
        return None if await store.revision(kind, id) is not None else NotFound(path=path)

    match setting:
        case SaveTaxRate(zone_id=zone_id, tax_class_id=class_id):
            return [await check(SaveZone, zone_id, "zoneId"), await check(SaveTaxClass, class_id, "taxClassId")]
        case SaveShippingMethod(channel_id=channel_id, tax_class_id=class_id, rates=rates):
            of_rates = [
                await check(SaveZone, rate.zone_id, "rates", str(number), "zoneId") for number, rate in enumerate(rates)
            ]
            return [
                await check(SaveChannel, channel_id, "channelId"),
                await check(SaveTaxClass, class_id, "taxClassId"),
                *of_rates,
            ]
        case SaveBlockReason(channel_ids=channel_ids):
            return [await check(SaveChannel, id_, "channelIds", str(n)) for n, id_ in enumerate(channel_ids or ())]
        case SaveCustomField(channel_ids=offered, required_in=required):
            fixed = None if await store.is_still(setting) else FieldIsFixed(path=("id",))
            named = (("channelIds", offered or ()), ("requiredChannelIds", required))
            return [fixed] + [
                await check(SaveChannel, id_, name, str(n)) for name, ids in named for n, id_ in enumerate(ids)
            ]
        case SaveChannel(location_ids=ids):
            return [await check(SaveStockLocation, id_, "locationIds", str(number)) for number, id_ in enumerate(ids)]
        case _:
            return []
