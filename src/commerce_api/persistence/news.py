"""What changed, told from process to process by PostgreSQL's NOTIFY, and what the clock is about to change by itself."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any, Final, Protocol
from uuid import UUID

import asyncpg
import structlog
from sqlalchemy import Select, Uuid, bindparam, literal, null, select, union_all

from commerce_api.persistence.sql import Connection, Statement, connect_once
from commerce_api.persistence.tables import metadata
from commerce_api.persistence.tables.catalog import price_lists, product_publications
from commerce_api.persistence.tables.channels import market_version, tax_rates
from commerce_api.persistence.tables.columns import moment
from commerce_api.persistence.tables.stock import reservations
from commerce_api.persistence.touched import ALL_STOCK, STOCK, Thing

CHANNEL: Final = "changes"
APPLICATION: Final = "commerce-api, listening"
BEAT: Final = 10.0
"""Seconds between two looks at whether the connection still holds, and at what is about to change."""
PATIENCE: Final = 5.0
"""Seconds after which a connection that does not answer is given up."""
HORIZON: Final = timedelta(seconds=30)
"""So far ahead each look sees."""
_PAUSE: Final = 0.5
_MOST_IDS: Final = 200
"""In one message, which PostgreSQL lets have 8,000 bytes; more are all."""

_TELL: Final = "SELECT pg_notify($1, $2), set_config('synchronous_commit', 'off', true)"
"""NOTIFY makes all transactions that use it commit one after the other. So it has one of its own, after the one that changed
something, and does not wait for the disk: a crash of PostgreSQL ends the connections of all who listen anyway.
"""

log = structlog.get_logger("news")


class Hearer(Protocol):
    """Who wants to know."""

    def change(self, things: Collection[Thing]) -> None: ...

    def foresee(self, moments: Sequence[tuple[datetime, Thing]], until: datetime) -> None:
        """These are all changes by the clock until then; until the first call, and after `close`, nothing is known."""

    def close(self) -> None:
        """From now on nothing is heard."""


class News:
    """Of one process."""

    def __init__(self, dsn: str, now: Callable[[], datetime]) -> None:
        self._dsn, self._now = dsn, now
        self._me = token_hex(8)
        self._wake = asyncio.Event()

    async def tell(self, raw: asyncpg.Connection, things: Collection[Thing]) -> None:
        """All other processes. If it fails they go on with what they have for as long as they keep anything."""
        ids = [thing for thing in things if isinstance(thing, UUID)]
        named = {thing for thing in things if isinstance(thing, str)}
        told = [*named, *map(str, ids)] if len(ids) <= _MOST_IDS else [*named, ALL_STOCK]
        try:
            await raw.execute(_TELL, CHANNEL, ",".join((self._me, *told)))
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("others not told of a change", error=type(error).__name__)

    async def hear(self, hearer: Hearer) -> None:
        """Until it is canceled."""
        while True:
            try:
                await self._listen(hearer)
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("not told of changes", error=type(error).__name__)
            await asyncio.sleep(_PAUSE)

    def look(self) -> None:
        """See now what the clock is about to change, instead of at the next beat."""
        self._wake.set()

    async def _listen(self, hearer: Hearer) -> None:
        async with asyncio.timeout(PATIENCE):
            raw = await connect_once(self._dsn, name=APPLICATION)

        def hear(_: Any, __: int, ___: str, payload: str) -> None:
            self._heard(hearer, payload)

        def end(_: Any) -> None:
            hearer.close()
            self._wake.set()

        try:
            raw.add_termination_listener(end)
            await raw.add_listener(CHANNEL, hear)
            looked_at = self._now()
            while not raw.is_closed():
                self._wake.clear()
                async with asyncio.timeout(PATIENCE):
                    looked_at = await self._look(Connection(raw), hearer, looked_at)
                with suppress(
                    TimeoutError
                ):  # not by `wait_for`, which forgets that it was canceled if it is woken at that moment
                    async with asyncio.timeout(BEAT):
                        await self._wake.wait()
        finally:
            hearer.close()
            raw.terminate()

    def _heard(self, hearer: Hearer, payload: str) -> None:
        sender, *told = payload.split(",")
        if sender != self._me:
            hearer.change([_thing(each) for each in told])
        if not _SCHEDULED.isdisjoint(told):
            self.look()

    async def _look(self, connection: Connection, hearer: Hearer, since: datetime) -> datetime:
        at = self._now()
        rows = await connection.fetch(_COMING, since=since, until=at + HORIZON)
        things = [(row["at"], thing) for row in rows for thing in (row["thing"], row["variant_id"]) if thing]
        hearer.foresee(things, at + HORIZON)
        return at


def _thing(told: str) -> Thing:
    return told if told in _NAMES else UUID(told)


_NAMES: Final = frozenset({*metadata.tables, STOCK, ALL_STOCK})
_SCHEDULED: Final = frozenset({product_publications.name, price_lists.name, market_version.name})
"""Tables of which a change may come that was not foreseen."""


def _coming(column: Any, thing: str, variant_id: Any) -> Select[Any]:
    """The moments in `column` after the last look."""
    since, until = (bindparam(name, type_=moment("at").type) for name in ("since", "until"))
    told = select(column.label("at"), literal(thing).label("thing"), variant_id.label("variant_id"))
    return told.where(column > since, column <= until)


_publication, _list, _rate, _kept = product_publications.c, price_lists.c, tax_rates.c, reservations.c
_COMING: Final = Statement(
    union_all(
        _coming(_publication.published_from, product_publications.name, null().cast(Uuid())).distinct(),
        _coming(_publication.published_until, product_publications.name, null().cast(Uuid())).distinct(),
        _coming(_list.valid_from, price_lists.name, null().cast(Uuid())),
        _coming(_list.valid_until, price_lists.name, null().cast(Uuid())),
        _coming(_rate.valid_from, market_version.name, null().cast(Uuid())).distinct(),
        _coming(_rate.valid_until, market_version.name, null().cast(Uuid())).distinct(),
        _coming(_kept.expires_at, STOCK, _kept.variant_id),
    )
)
