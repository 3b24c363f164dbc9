"""What imported products refer to: types, pictures, a tax class, a price list. What is missing is made."""

import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from commerce_api.domain.channel import Channel
from commerce_api.domain.ids import PriceListId
from commerce_api.domain.picture import address_of
from commerce_api.persistence.readers.product_sheets import GENERAL, Desk
from commerce_api.persistence.rows import among, insert_into, row_set
from commerce_api.persistence.sql import Connection, Statement
from commerce_api.persistence.tables.catalog import media, price_lists, product_types
from commerce_api.persistence.tables.channels import tax_classes
from commerce_api.persistence.unit_of_work import UnitOfWork

_TYPES = Statement(
    select(product_types.c.id, product_types.c.code, product_types.c.name)
    .where(among(product_types.c.name, "names") | among(product_types.c.code, "codes"))
    .order_by(product_types.c.code.desc())
)
_ADD_TYPE = insert_into(product_types, "id", "code", "name")
_TAX_CLASS = Statement(
    select(tax_classes.c.id).order_by(tax_classes.c.code != bindparam("usual", "standard"), tax_classes.c.code).limit(1)
)
_ADD_TAX_CLASS = insert_into(tax_classes, "id", "code", "name")
_PRICE_LIST = Statement(
    select(price_lists.c.id)
    .where(
        price_lists.c.channel_id == bindparam("channel_id"),
        price_lists.c.currency == bindparam("currency"),
        price_lists.c.customer_group_id.is_(None),
        price_lists.c.valid_from.is_(None),
        price_lists.c.valid_until.is_(None),
    )
    .order_by(price_lists.c.priority, price_lists.c.id)
    .limit(1)
)
_ADD_PRICE_LIST = insert_into(price_lists, "id", "code", "name", "channel_id", "currency")
_new = row_set(media, "id", "url")
_ADD_MEDIA = Statement(
    insert(media)
    .from_select(["id", "url"], select(_new.c.id, _new.c.url))
    .on_conflict_do_nothing(index_elements=["url"], index_where=media.c.url.is_not(None))
)
_MEDIA = Statement(
    select(media.c.id, media.c.url, media.c.sha256, media.c.content_type).where(
        among(media.c.url, "urls") | among(media.c.sha256, "hashes")
    )
)
_OWN = re.compile(r"/media/([0-9a-f]{64})\.")


async def desk_of(connection: Connection, channel: Channel, currency: str) -> Desk:
    """Where prices and stock stand: in the list for everybody at all times that counts least, at the first location."""
    id_ = await connection.fetch_value(_PRICE_LIST, channel_id=channel.id, currency=currency)
    return Desk(
        channel_id=channel.id,
        currency=currency,
        price_list_id=id_ and PriceListId(id_),
        location_id=next(iter(channel.location_ids), None),
    )


async def own_pictures(connection: Connection, sources: Iterable[str]) -> set[str]:
    """Which of these `/media/…` addresses lead to a picture."""
    hashes = [found[1] for source in sources if (found := _OWN.match(source))]
    rows = await connection.fetch(_MEDIA, urls=[], hashes=hashes) if hashes else []
    return {address_of(row["sha256"], row["content_type"]) for row in rows}


class ImportReferences:
    def __init__(self, uow: UnitOfWork) -> None:
        self._uow, self._connection = uow, uow.connection

    async def price_list(self, desk: Desk, channel: Channel) -> Desk:
        """The same desk, with a price list."""
        if desk.price_list_id:
            return desk
        id_, currency = PriceListId(self._uow.new_id()), desk.currency
        values = {"id": id_, "code": f"{channel.code}-{currency.lower()}", "name": f"{channel.name}, {currency}"}
        await self._connection.execute(_ADD_PRICE_LIST, values, channel_id=channel.id, currency=currency)
        return replace(desk, price_list_id=id_)

    async def product_types(self, names: Collection[str]) -> dict[str, UUID]:
        """Ids by name. Nothing but the name is known of a new type: its code is made of it."""
        codes = {name: _code(name) for name in names}
        rows = await self._connection.fetch(_TYPES, names=list(names), codes=list(codes.values()))
        found = {"" if row["code"] == GENERAL else row["name"]: row["id"] for row in rows}
        taken = {row["code"] for row in rows}
        for name in sorted(set(names) - found.keys()):
            code = codes[name]
            if code in taken:
                code = f"{code}-{str(self._uow.new_id())[-12:]}"
            taken.add(code)
            found[name] = self._uow.new_id()
            await self._connection.execute(_ADD_TYPE, id=found[name], code=code, name=name or "General")
        return found

    async def tax_class(self) -> UUID:
        """The one called `standard`, or the first."""
        found: UUID | None = await self._connection.fetch_value(_TAX_CLASS)
        if found is None:
            found = self._uow.new_id()
            await self._connection.execute(_ADD_TAX_CLASS, id=found, code="standard", name="Standard")
        return found

    async def media(self, sources: Iterable[str]) -> dict[str, UUID]:
        """Ids by address, of pictures elsewhere and of our own."""
        wanted = set(sources)
        hashes = [found[1] for source in wanted if (found := _OWN.match(source))]
        urls = [source for source in wanted if not _OWN.match(source)]
        if urls:
            rows: list[Any] = [{"id": self._uow.new_id(), "url": url} for url in urls]
            await self._connection.execute(_ADD_MEDIA, rows=rows)
        known = await self._connection.fetch(_MEDIA, urls=urls, hashes=hashes) if wanted else []
        return {row["url"] or address_of(row["sha256"], row["content_type"]): row["id"] for row in known}


def _code(name: str) -> str:
    return re.sub(r"[\W_]+", "-", name.lower()).strip("-")[:100] or GENERAL
