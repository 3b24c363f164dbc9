"""Many rows at once by COPY, for data that no rule has to look at: demonstration and benchmark catalogs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.dialects.postgresql import BIGINT

from commerce_api.domain.value import value
from commerce_api.persistence.sql import Connection, Statement
from commerce_api.persistence.tables import metadata
from commerce_api.persistence.tables.catalog import categories, media, price_lists, product_types, products
from commerce_api.persistence.tables.channels import channels, stock_locations, tax_classes
from commerce_api.persistence.tables.identity import roles

_LOCK = 7_236_111_402
_ALONE = Statement(select(func.pg_advisory_xact_lock(bindparam("lock", _LOCK, type_=BIGINT))))
_OPEN = Statement(select(exists(select(channels.c.id))))
_ROLES = Statement(select(roles.c.id, roles.c.code, roles.c.name).order_by(roles.c.code))
_CHANNELS = Statement(select(channels.c.id).order_by(channels.c.code))
_LOCATIONS = Statement(select(stock_locations.c.id).order_by(stock_locations.c.code))
_TAX_CLASSES = Statement(select(tax_classes.c.id).order_by(tax_classes.c.code))
_PRICE_LISTS = Statement(
    select(price_lists.c.id).where(price_lists.c.customer_group_id.is_(None)).order_by(price_lists.c.code)
)
_TYPES = Statement(select(product_types.c.id).order_by(product_types.c.code))
_CATEGORIES = Statement(select(categories.c.id).order_by(categories.c.handle))
_MEDIA = Statement(select(media.c.id).order_by(media.c.sha256))
_HOLDS = Statement(select(exists(select(products.c.id).where(products.c.handle == bindparam("handle")))))


class Rows:
    """Rows by table name, in any order of tables: `copy` follows the foreign keys."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, tuple[str, ...]], list[tuple[Any, ...]]] = defaultdict(list)

    def add(self, table: str, **values: Any) -> None:
        self._rows[table, tuple(values)].append(tuple(values.values()))

    async def copy(self, connection: Connection) -> None:
        for table in metadata.sorted_tables:
            for (name, columns), records in self._rows.items():
                if name == table.name:
                    await connection.raw.copy_records_to_table(name, columns=columns, records=records)


async def store_is_new(connection: Connection) -> bool:
    """Whether there is no channel yet. Whoever asks first has the answer alone until the transaction ends."""
    await connection.execute(_ALONE)
    return not await connection.fetch_value(_OPEN)


async def role_ids(connection: Connection) -> Mapping[str, tuple[UUID, str]]:
    """Code to id and name of every role."""
    return {row["code"]: (row["id"], row["name"]) for row in await connection.fetch(_ROLES)}


async def analyze(connection: Connection, tables: Iterable[str]) -> None:
    """Let the planner know at once what has come in."""
    for name in tables:
        await connection.raw.execute(f"ANALYZE {metadata.tables[name].name}")


@value
class Ground:
    """What generated products stand on."""

    channels: tuple[UUID, ...]
    price_lists: tuple[UUID, ...]
    locations: tuple[UUID, ...]
    product_types: tuple[UUID, ...]
    categories: tuple[UUID, ...]
    media: tuple[UUID, ...]
    tax_class_id: UUID


async def ground(connection: Connection) -> Ground:
    async def ids(statement: Statement) -> tuple[UUID, ...]:
        return tuple(row["id"] for row in await connection.fetch(statement))

    return Ground(
        channels=await ids(_CHANNELS),
        price_lists=await ids(_PRICE_LISTS),
        locations=await ids(_LOCATIONS),
        product_types=await ids(_TYPES),
        categories=await ids(_CATEGORIES),
        media=await ids(_MEDIA),
        tax_class_id=(await ids(_TAX_CLASSES))[0],
    )


async def holds_product(connection: Connection, handle: str) -> bool:
    return bool(await connection.fetch_value(_HOLDS, handle=handle))
