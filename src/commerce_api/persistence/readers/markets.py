"""What holds for all that is bought in a channel: the channel itself, which taxes are due where, and its ways of shipping.

It is read once and known then, for as long as the database says the `VERSION` of it that was read. That is asked for by statements that are
sent anyway, and costs them next to nothing.
"""

from collections import OrderedDict
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import DateTime, Uuid, bindparam, func, or_, select

from commerce_api.domain.address import Address
from commerce_api.domain.channel import Channel
from commerce_api.domain.priced_cart import MarketFacts
from commerce_api.persistence.readers import cart_facts
from commerce_api.persistence.readers.channels import channel_document, channel_of_document
from commerce_api.persistence.rows import among, documents
from commerce_api.persistence.sql import Connection, Statement
from commerce_api.persistence.tables.channels import (
    channels,
    market_version,
    tax_rates,
    zone_areas,
)

VERSION: Final = select(market_version.c.version).scalar_subquery().label("version")
"""Grows with every change of the tables that markets are read from, by a trigger on each."""

_MOST: Final = 64
"""Markets kept by a process. One takes some ten kilobytes."""
_CHANNEL: Final = bindparam("channel_id", type_=Uuid())
_AT: Final = bindparam("at", type_=DateTime(timezone=True))
_home = select(channels.c.countries[1]).where(channels.c.id == _CHANNEL).scalar_subquery()
_areas = cart_facts.areas_where(or_(among(zone_areas.c.country, "countries"), zone_areas.c.country == _home))
_ends = (
    select(
        func.least(*(func.min(each).filter(each > _AT) for each in (tax_rates.c.valid_from, tax_rates.c.valid_until)))
    )
    .where(tax_rates.c.zone_id.in_(select(_areas.c.zone_id)))
    .scalar_subquery()
)
_MARKET = Statement(
    select(
        VERSION,
        documents("channel", channel_document(_CHANNEL)),
        documents("areas", select(_areas)),
        documents("rates", cart_facts.rates_in(_areas)),
        documents("methods", cart_facts.METHODS),
        _ends.label("ends"),
    )
)


class MarketKey(NamedTuple):
    """Which market: `countries` are those that taxes and shipping are asked for beside the channel's own."""

    channel_id: UUID
    currency: str
    language: str
    countries: tuple[str, ...]


class Market(NamedTuple):
    """What holds from `begins` until `ends`, if that is known, and while the version is this one. `facts` are without variants and
    prices.
    """

    version: int
    begins: datetime
    ends: datetime | None
    channel: Channel
    facts: MarketFacts


_kept: OrderedDict[MarketKey, Market] = OrderedDict()


async def market_at(connection: Connection, key: MarketKey, version: int, at: datetime) -> Market | None:
    """Nothing if it is not of this `version` any more: what was read with that is to be read again."""
    market = _kept.get(key)
    if market is None or market.version != version or not _holds(market, at):
        market = _kept[key] = await _read(connection, key, at)
        if len(_kept) > _MOST:
            _kept.popitem(last=False)
    _kept.move_to_end(key)
    return market if market.version == version else None


def _holds(market: Market, at: datetime) -> bool:
    return market.begins <= at and (market.ends is None or at < market.ends)


async def _read(connection: Connection, key: MarketKey, at: datetime) -> Market:
    row: Any = await connection.fetch_one(
        _MARKET, channel_id=key.channel_id, currencies=[key.currency], countries=list(key.countries), at=at
    )
    channel = channel_of_document(row["channel"][0])
    home = Address(country=channel.countries[0])
    facts = cart_facts.market_of(row, channel, home, key.currency, key.language)
    return Market(row["version"], at, row["ends"], channel, facts)
