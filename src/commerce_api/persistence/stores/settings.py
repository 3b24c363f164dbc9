"""Settings are written whole: a row, and the rows below it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy import (
    Table,
    bindparam,
    delete,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    union_all,
    update,
)

from commerce_api.domain.decision import CodeTaken
from commerce_api.domain.setting import (
    SaveBlockReason,
    SaveCancelReason,
    SaveChannel,
    SaveCustomField,
    SaveOverrideReason,
    SaveSetting,
    SaveShippingMethod,
    SaveStockLocation,
    SaveTaxClass,
    SaveTaxRate,
    SaveZone,
)
from commerce_api.persistence.readers.customer_fields import outlived
from commerce_api.persistence.rows import insert_into
from commerce_api.persistence.sql import Connection, Statement
from commerce_api.persistence.tables import channels as t
from commerce_api.persistence.tables.adjustments import override_reasons
from commerce_api.persistence.tables.buying import cart_lines, carts, orders
from commerce_api.persistence.tables.catalog import products
from commerce_api.persistence.tables.custom_fields import custom_fields, customer_fields
from commerce_api.persistence.tables.desk import block_reasons, cancel_reasons

MOST_USERS: Final = 5


@dataclass(frozen=True)
class _Kind:
    """Where a setting is kept; `below` are the table and parent column of what belongs to it, by its field."""

    entity: str
    table: Table
    fields: tuple[str, ...]
    below: tuple[str, Table, str] | None = None

    def statements(self) -> "_Statements":
        table = self.table
        values = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in self.fields}
        return _Statements(
            insert=insert_into(table, "id", "revision", *self.fields),
            update=Statement(
                update(table).where(table.c.id == bindparam("key")).values(**values, revision=table.c.revision + 1)
            ),
            lock=Statement(select(table.c.revision).where(table.c.id == bindparam("key")).with_for_update()),
            delete=Statement(delete(table).where(table.c.id == bindparam("key"))),
            count=Statement(select(func.count()).select_from(table)),
            code=Statement(select(table.c.get("code", literal(None))).where(table.c.id == bindparam("key"))),
        )


@dataclass(frozen=True)
class _Statements:
    insert: Statement
    update: Statement
    lock: Statement
    delete: Statement
    count: Statement
    code: Statement


_CHANNEL = (
    *("code", "name", "currencies", "languages", "countries", "time_zone", "prices_include_tax", "rounding"),
    *("rounding_level", "cross_border", "quote_prices", "order_prefix", "terms_version", "capture_policy", "cart_days"),
    *("checkout_minutes", "payment_retry_days", "cancel_minutes", "edit_minutes", "payment_attempt_limit"),
    *(
        "payment_pause_seconds",
        "payment_reminder_hours",
        "order_checks",
        "payment_offers",
        "required_mails",
        "shipping_policy",
    ),
    *("po_number_required", "order_reads_logged", "quote_hold_percent", "active"),
)
_METHOD = (
    *("channel_id", "tax_class_id", "code", "name", "description", "min_days", "max_days", "position", "active"),
)
_REASON = (
    *("code", "kind", "category", "stops", "scope", "auto_resolve", "resolver_roles", "only_resolver_roles"),
    *("four_eyes", "comment_required", "names", "shopper_texts", "sla_hours", "channel_ids"),
)
_FIELD = (
    *("owner", "code", "names", "kind", "choices", "several", "whole", "longest", "shoppers", "channel_ids"),
    *("required_in", "commercial", "purposes", "retention_days", "position", "active"),
)
KINDS: Mapping[type[Any], _Kind] = {
    SaveZone: _Kind("ZONE", t.zones, ("code", "name"), ("areas", t.zone_areas, "zone_id")),
    SaveTaxClass: _Kind("TAX_CLASS", t.tax_classes, ("code", "name")),
    SaveTaxRate: _Kind(
        "TAX_RATE", t.tax_rates, ("zone_id", "tax_class_id", "name", "rate", "valid_from", "valid_until")
    ),
    SaveShippingMethod: _Kind(
        "SHIPPING_METHOD", t.shipping_methods, _METHOD, ("rates", t.shipping_rates, "shipping_method_id")
    ),
    SaveCancelReason: _Kind(
        "CANCEL_REASON", cancel_reasons, ("code", "names", "for_staff", "for_shoppers", "position")
    ),
    SaveOverrideReason: _Kind("OVERRIDE_REASON", override_reasons, ("code", "names", "kinds", "note_required")),
    SaveStockLocation: _Kind("STOCK_LOCATION", t.stock_locations, ("code", "name")),
    SaveChannel: _Kind("CHANNEL", t.channels, _CHANNEL),
    SaveBlockReason: _Kind("BLOCK_REASON", block_reasons, _REASON),
    SaveCustomField: _Kind("CUSTOM_FIELD", custom_fields, _FIELD),
}
_STATEMENTS = {kind: of.statements() for kind, of in KINDS.items()}
_CLEAR = {
    kind: Statement(delete(of.below[1]).where(of.below[1].c[of.below[2]] == bindparam("key")))
    for kind, of in KINDS.items()
    if of.below
}
_FILL = {
    SaveZone: insert_into(t.zone_areas, "id", "zone_id", "country", "region", "postal_prefix"),
    SaveShippingMethod: insert_into(t.shipping_rates),
}
_CLEAR_LOCATIONS = Statement(delete(t.channel_locations).where(t.channel_locations.c.channel_id == bindparam("key")))
_FILL_LOCATIONS = insert_into(t.channel_locations)


_FIXED = Statement(
    select(custom_fields.c.owner, custom_fields.c.code, custom_fields.c.kind).where(
        custom_fields.c.id == bindparam("key")
    )
)
_METHODS = t.shipping_methods
_USERS = {
    SaveTaxClass: Statement(
        union_all(
            select(literal("product ").concat(products.c.handle), literal(1))
            .where(products.c.tax_class_id == bindparam("key"))
            .limit(MOST_USERS)
            .subquery()
            .select(),
            select(literal("shipping method ").concat(_METHODS.c.code), literal(0)).where(
                _METHODS.c.tax_class_id == bindparam("key")
            ),
        )
        .order_by(literal_column("2"), literal_column("1"))
        .limit(MOST_USERS)
    ),
    SaveCancelReason: Statement(
        select(literal("order ").concat(orders.c.number))
        .join(cancel_reasons, cancel_reasons.c.code == orders.c.cancel_reason)
        .where(cancel_reasons.c.id == bindparam("key"))
        .limit(MOST_USERS)
    ),
}
"""Some of what refers to a setting."""
_AT = bindparam("at", type_=customer_fields.c.set_at.type)
_OPEN_CARTS = Statement(
    select(func.count())
    .select_from(carts.join(t.channels))
    .where(
        t.channels.c.id == bindparam("key"),
        t.channels.c.active,
        carts.c.purpose == "CART",
        or_(carts.c.state == "ACTIVE", carts.c.state == "CHECKOUT"),
        carts.c.expires_at > bindparam("at"),
        exists().where(cart_lines.c.cart_id == carts.c.id),
    )
)
_RATES_IN_ZONE = Statement(
    select(
        *(
            select(func.count()).where(table.c.zone_id == bindparam("key")).scalar_subquery().label(table.name)
            for table in (t.tax_rates, t.shipping_rates)
        )
    )
)


_VALUES_OF_CUSTOMERS = Statement(
    select(func.count())
    .select_from(customer_fields.join(custom_fields))
    .where(custom_fields.c.id == bindparam("key"), outlived(_AT).is_not(True))
)
_VALUES_OUTLIVED = Statement(
    select(func.count())
    .select_from(customer_fields.join(custom_fields))
    .where(
        custom_fields.c.id == bindparam("key"),
        customer_fields.c.set_at <= bindparam("before", type_=customer_fields.c.set_at.type),
        outlived(_AT).is_not(True),
    )
)
"""What is over already does not count: it is on its way out."""


class SettingStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def revision(self, kind: type[Any], id: UUID) -> int | None:
        """The revision that it is at, locked; None if there is none."""
        found: int | None = await self._connection.fetch_value(_STATEMENTS[kind].lock, key=id)
        return found

    async def save(self, setting: SaveSetting, id: UUID, new_ids: Iterable[UUID]) -> CodeTaken | None:
        statements, fields = _STATEMENTS[type(setting)], KINDS[type(setting)].fields
        values = {name: _plain(getattr(setting, name)) for name in fields}
        try:
            async with self._connection.savepoint():
                if setting.id is None:
                    await self._connection.execute(statements.insert, {**values, "id": id, "revision": 1})
                else:
                    await self._connection.execute(
                        statements.update, {f"new_{name}": value for name, value in values.items()}, key=id
                    )
        except asyncpg.UniqueViolationError:
            return CodeTaken(path=("code",), taken=values["code"])
        await self._save_below(setting, id, new_ids)
        return None

    async def _save_below(self, setting: SaveSetting, id: UUID, new_ids: Iterable[UUID]) -> None:
        if isinstance(setting, SaveChannel):
            await self._connection.execute(_CLEAR_LOCATIONS, key=id)
            locations = enumerate(setting.location_ids)
            rows = [{"channel_id": id, "location_id": of, "position": number} for number, of in locations]
            await self._connection.execute_many(_FILL_LOCATIONS, rows)
        below = KINDS[type(setting)].below
        if below is None:
            return
        field, table, parent = below
        await self._connection.execute(_CLEAR[type(setting)], key=id)
        await self._connection.execute_many(
            _FILL[type(setting)], _rows(getattr(setting, field), table, {parent: id}, new_ids)
        )

    async def users(self, kind: type[Any], id: UUID) -> list[str]:
        """Some of what keeps it from being deleted, as people call it."""
        statement = _USERS.get(kind)
        rows = await self._connection.fetch(statement, key=id) if statement else []
        return [row[0] for row in rows]

    async def code(self, kind: type[Any], id: UUID) -> str | None:
        found: str | None = await self._connection.fetch_value(_STATEMENTS[kind].code, key=id)
        return found

    async def number_of(self, setting: SaveSetting) -> int:
        """How many of its kind there are."""
        found: int = await self._connection.fetch_value(_STATEMENTS[type(setting)].count)
        return found

    async def is_still(self, field: SaveCustomField) -> bool:
        """Whether what cannot be changed of it is as it was."""
        row = await self._connection.fetch_one(_FIXED, key=field.id)
        return row is None or tuple(row) == (field.owner, field.code, field.kind)

    async def open_carts(self, channel_id: UUID, at: datetime) -> int:
        """Carts with something in them that could be ordered, as long as the channel is open."""
        found: int = await self._connection.fetch_value(_OPEN_CARTS, key=channel_id, at=at)
        return found

    async def rates_in_zone(self, zone_id: UUID) -> int:
        """Rates of taxes and shipping that hold in a zone."""
        return sum(await self._connection.fetch_one(_RATES_IN_ZONE, key=zone_id) or ())

    async def values_of_customers(self, field_id: UUID, at: datetime) -> int:
        """How many customers have said something in a field that is still kept."""
        found: int = await self._connection.fetch_value(_VALUES_OF_CUSTOMERS, key=field_id, at=at)
        return found

    async def values_outlived(self, field_id: UUID, days: int, at: datetime) -> int:
        """How much of it would be over at once if the field kept it for so many days."""
        before = at - timedelta(days=days)
        found: int = await self._connection.fetch_value(_VALUES_OUTLIVED, key=field_id, before=before, at=at)
        return found

    async def delete(self, kind: type[Any], id: UUID) -> bool:
        """Whether it could be deleted: nothing may refer to it."""
        try:
            async with self._connection.savepoint():
                await self._connection.execute(_STATEMENTS[kind].delete, key=id)
        except asyncpg.ForeignKeyViolationError:
            return False
        return True


def _rows(
    values: Sequence[Any], table: Table, parent: Mapping[str, UUID], new_ids: Iterable[UUID]
) -> list[Mapping[str, Any]]:
    names = [column.name for column in table.columns if column.name not in {"id", *parent}]
    return [
        {"id": new_id, **parent, **{name: getattr(one, name) for name in names}}
        for new_id, one in zip(new_ids, values, strict=False)
    ]


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
