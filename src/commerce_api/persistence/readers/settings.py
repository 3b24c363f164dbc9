"""What staff have set up, to be shown to staff."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import Table, Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.domain.channel import Channel
from commerce_api.persistence.readers.channels import all_channels
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Row, Statement
from commerce_api.persistence.tables.adjustments import override_reasons
from commerce_api.persistence.tables.channels import (
    shipping_methods,
    shipping_rates,
    stock_locations,
    tax_classes,
    tax_rates,
    zone_areas,
    zones,
)
from commerce_api.persistence.tables.desk import cancel_reasons

_IDS = bindparam("ids", type_=ARRAY(Uuid()))


def _by(table: Table, column: str = "id", *order: str) -> Statement:
    return Statement(
        select(table).where(table.c[column] == any_(_IDS)).order_by(*(table.c[name] for name in (*order, "id")))
    )


def _all(table: Table, *order: str) -> Statement:
    return Statement(select(table).order_by(*(table.c[name] for name in (*order, "id"))))


_ZONES = _by(zones)
_AREAS = _by(zone_areas, "zone_id", "country", "region", "postal_prefix")
_TAX_CLASSES, _ALL_TAX_CLASSES = _by(tax_classes), _all(tax_classes, "code")
_REASONS, _ALL_REASONS = _by(override_reasons), _all(override_reasons, "code")
_CANCELING, _ALL_CANCELING = _by(cancel_reasons), _all(cancel_reasons, "position", "code")
_TAX_RATES, _TAX_RATES_OF = _by(tax_rates), _by(tax_rates, "zone_id", "name")
_METHODS = _by(shipping_methods)
_RATES_OF = _by(shipping_rates, "shipping_method_id")
_LOCATIONS = _by(stock_locations)


async def _one_each(scope: Scope, statement: Statement, ids: Sequence[UUID]) -> Mapping[UUID, Row]:
    async with scope.database.connection() as connection:
        return {row["id"]: row for row in await connection.fetch(statement, ids=list(ids))}


async def _many_each(scope: Scope, statement: Statement, ids: Sequence[UUID], parent: str) -> Mapping[UUID, list[Row]]:
    found: defaultdict[UUID, list[Row]] = defaultdict(list)
    async with scope.database.connection() as connection:
        for row in await connection.fetch(statement, ids=list(ids)):
            found[row[parent]].append(row)
    return found


async def _every(scope: Scope, statement: Statement) -> list[Row]:
    async with scope.database.connection() as connection:
        return await connection.fetch(statement)


async def zones_by_id(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, Row]:
    return await _one_each(scope, _ZONES, ids)


async def areas_of(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, list[Row]]:
    return await _many_each(scope, _AREAS, ids, "zone_id")


async def tax_rates_of(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, list[Row]]:
    """By zone."""
    return await _many_each(scope, _TAX_RATES_OF, ids, "zone_id")


async def tax_rates_by_id(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, Row]:
    return await _one_each(scope, _TAX_RATES, ids)


async def tax_classes_by_id(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, Row]:
    return await _one_each(scope, _TAX_CLASSES, ids)


async def methods_by_id(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, Row]:
    return await _one_each(scope, _METHODS, ids)


async def shipping_rates_of(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, list[Row]]:
    """By method."""
    return await _many_each(scope, _RATES_OF, ids, "shipping_method_id")


async def locations_by_id(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, Row]:
    return await _one_each(scope, _LOCATIONS, ids)


async def channels_by_id(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, Channel]:
    return {channel.id: channel for channel in await every_channel(scope) if channel.id in ids}


async def every_channel(scope: Scope) -> list[Channel]:
    async with scope.database.connection() as connection:
        return await all_channels(connection)


async def override_reasons_by_id(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, Row]:
    return await _one_each(scope, _REASONS, ids)


async def every_override_reason(scope: Scope) -> list[Row]:
    return await _every(scope, _ALL_REASONS)


async def cancel_reasons_by_id(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, Row]:
    return await _one_each(scope, _CANCELING, ids)


async def every_cancel_reason(scope: Scope) -> list[Row]:
    return await _every(scope, _ALL_CANCELING)


async def every_tax_class(scope: Scope) -> list[Row]:
    return await _every(scope, _ALL_TAX_CLASSES)
