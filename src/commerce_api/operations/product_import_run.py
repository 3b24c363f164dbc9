"""The work of an import: the products of a file in batches, each decided by the domain and written as a set."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import BinaryIO, TypeAlias, TypeVar

from commerce_api.adapters.ids import new_id
from commerce_api.domain.actor import Attribution
from commerce_api.domain.channel import Channel
from commerce_api.domain.currency import DIGITS
from commerce_api.domain.ids import VariantId
from commerce_api.domain.permissions import Permission
from commerce_api.domain.product_csv.cells import unguarded
from commerce_api.domain.product_csv.changes import Change, change_of
from commerce_api.domain.product_csv.columns import Header, read_header
from commerce_api.domain.product_csv.groups import Group, Groups
from commerce_api.domain.product_csv.lines import MOST_BYTES_IN_A_LINE, records
from commerce_api.domain.product_csv.problems import Problem, ProblemCode
from commerce_api.domain.product_csv.reading import Facts, image_cells, own_picture, read_group
from commerce_api.domain.product_csv.sheet import Wanted
from commerce_api.domain.value import value
from commerce_api.persistence.readers.product_sheets import Desk, sheets_of
from commerce_api.persistence.sql import Database, retried
from commerce_api.persistence.stores import product_search
from commerce_api.persistence.stores.import_references import ImportReferences, desk_of, own_pictures
from commerce_api.persistence.stores.product_import import Collision, ProductImport, lock_products
from commerce_api.persistence.stores.variant_import import Level
from commerce_api.persistence.unit_of_work import UnitOfWork, unit_of_work

T = TypeVar("T")
_LONGEST_TURN = 0.005
"""Seconds of reading and deciding at a stretch."""
_MOST_PRODUCTS, _MOST_CHARACTERS = 500, 4_000_000
"""Of one batch."""
_MOST_PROBLEMS = 10_000


@value
class ImportReport:
    """Products by what happened to them, up to the product that begins in `line`.

    `problems` are the first 10,000. If `rolled_back`, nothing was changed, and the counts say what would have been.
    """

    line: int = 1
    bytes_read: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    problem_count: int = 0
    problems: tuple[Problem, ...] = ()
    rolled_back: bool = False
    finished: bool = False


@value
class ProductImported:
    """An import made or changed a product; `parts` tell what of it."""

    created: bool
    parts: tuple[str, ...]
    line: int


AfterBatch: TypeAlias = Callable[[UnitOfWork, ImportReport, Sequence[Problem]], Awaitable[None]]
"""Told in the batch's own transaction how far the import is, and the problems of the batch."""


class _RollBack(Exception):  # noqa: N818 - it is not an error but the way out of a transaction
    pass


class ImportRun:
    """One file into one channel."""

    def __init__(self, database: Database, by: Attribution, channel: Channel, currency: str, address: str) -> None:
        self._database, self._by, self._channel, self._currency = database, by, channel, currency
        self._address = address
        self._bytes = 0

    async def in_batches(
        self,
        source: BinaryIO,
        after_batch: AfterBatch,
        begun: ImportReport | None = None,
        pause: Callable[[], bool] = lambda: False,
    ) -> ImportReport:
        """Each batch commits by itself. `begun` is the report of a run that paused, or that did not come to its end."""
        report = begun or ImportReport()
        async for header, batch, problems in self._batches(source, begun.line if begun else 0):

            async def attempt(
                header: Header = header,
                batch: Sequence[Group] = batch,
                problems: Sequence[Problem] = problems,
                before: ImportReport = report,
            ) -> ImportReport:
                async with unit_of_work(self._database, self._by, new_id) as uow:
                    return await self._write(uow, header, batch, problems, before, after_batch)

            report = await retried(attempt)
            if pause():
                return report
        return replace(report, finished=True)

    async def at_once(self, source: BinaryIO, after_batch: AfterBatch) -> ImportReport:
        """One transaction; a problem anywhere takes everything back, after the rest was looked at too.

        If nothing is taken back, `after_batch` is told a last time, of the finished report, before all of it commits.
        """
        report = ImportReport()
        try:
            async with unit_of_work(self._database, self._by, new_id) as uow:
                async for header, batch, problems in self._batches(source, 0):
                    report = await self._write(uow, header, batch, problems, report, after_batch)
                report = replace(report, finished=True)
                if not all(problem.harmless for problem in report.problems):
                    raise _RollBack  # noqa: TRY301 - it leaves the transaction, which is within the try
                await after_batch(uow, report, ())
        except _RollBack:
            return replace(report, rolled_back=True)
        return report

    async def _batches(self, source: BinaryIO, after: int) -> AsyncIterator[tuple[Header, list[Group], list[Problem]]]:
        """Batches of products that begin after a line, the first with the problems of the header."""
        found = records(self._lines(source))
        header, problems = read_header(next(found, None), costs=self._by.actor.may(Permission.READ_COSTS))
        if "Handle" not in header.read or any(problem.stops_the_file for problem in problems):
            yield header, [], problems
            return
        batch: list[Group] = []
        size, problems = 0, [] if after else problems
        async for group in _letting_others(Groups(header, found)):
            if group.line <= after:
                continue
            batch.append(group)
            size += group.size
            if len(batch) == _MOST_PRODUCTS or size > _MOST_CHARACTERS:
                yield header, batch, problems
                batch, problems, size = [], [], 0
        if batch or problems:
            yield header, batch, problems

    def _lines(self, source: BinaryIO) -> Iterator[bytes]:
        while line := source.readline(MOST_BYTES_IN_A_LINE):
            self._bytes += len(line)
            yield line

    async def _write(
        self,
        uow: UnitOfWork,
        header: Header,
        batch: Sequence[Group],
        problems: Sequence[Problem],
        before: ImportReport,
        after_batch: AfterBatch,
    ) -> ImportReport:
        try:
            async with uow.connection.savepoint():
                outcome = await self._apply(uow, header, batch)
        except Collision:
            outcome = await self._apply(uow, header, batch)
        new = [*problems, *(header.told(problem) for problem in outcome.problems)]
        report = ImportReport(
            line=batch[-1].line if batch else before.line,
            bytes_read=self._bytes,
            created=before.created + sum(change.known is None for change in outcome.changes),
            changed=before.changed + sum(change.known is not None for change in outcome.changes),
            unchanged=before.unchanged + outcome.unchanged,
            refused=before.refused + outcome.refused,
            problem_count=before.problem_count + len(new),
            problems=(*before.problems, *new)[:_MOST_PROBLEMS],
        )
        await after_batch(uow, report, new)
        return report

    async def _apply(self, uow: UnitOfWork, header: Header, batch: Sequence[Group]) -> "_Outcome":
        if not batch:
            return _Outcome()
        await lock_products(uow.connection, [group.handle for group in batch])
        desk = await desk_of(uow.connection, self._channel, self._currency)
        desk = await ImportReferences(uow).price_list(desk, self._channel)
        store = ProductImport(uow, desk)
        facts = await self._facts(uow, store, desk, header, batch)
        outcome = await _decide(batch, header, facts)
        levels = await store.levels(outcome.changes)
        short = {c.wanted.line: problem for c in outcome.changes for problem in _too_few(c, levels)}
        outcome = outcome.without(short)
        if outcome.changes:
            ids = await store.save(outcome.changes, levels)
            await uow.events.record_each(
                "PRODUCT", {id_: [_event(change)] for id_, change in zip(ids, outcome.changes, strict=True)}
            )
            await product_search.refresh(uow.connection, ids)
        return outcome

    async def _facts(
        self, uow: UnitOfWork, store: ProductImport, desk: Desk, header: Header, batch: Sequence[Group]
    ) -> Facts:
        place = header.read.get("Variant SKU")
        skus = {unguarded(r.cells[place].strip()) for g in batch for r in g.records} if place is not None else set()
        sources = (own_picture(cell, self._address) for g in batch for cell in image_cells(g, header))
        handles = [group.handle for group in batch]
        return Facts(
            digits=DIGITS[self._currency],
            known=await sheets_of(uow.connection, handles, desk=desk, at=self._by.at),
            sku_owners=await store.sku_owners(skus, handles),
            pictures=await own_pictures(uow.connection, sources),
            address=self._address,
        )


@value
class _Outcome:
    """What a batch comes to."""

    changes: tuple[Change, ...] = ()
    unchanged: int = 0
    refused: int = 0
    problems: tuple[Problem, ...] = ()

    def without(self, refused: dict[int, Problem]) -> "_Outcome":
        """The same, but for the products that begin in these lines."""
        return replace(
            self,
            changes=tuple(change for change in self.changes if change.wanted.line not in refused),
            refused=self.refused + len(refused),
            problems=(*self.problems, *refused.values()),
        )


async def _letting_others(items: Iterable[T]) -> AsyncIterator[T]:
    """The same items. Requests that the process answers beside wait no longer than one of them takes."""
    begun = time.monotonic()
    for item in items:
        yield item
        if time.monotonic() - begun > _LONGEST_TURN:
            await asyncio.sleep(0)
            begun = time.monotonic()


async def _decide(batch: Sequence[Group], header: Header, facts: Facts) -> _Outcome:
    changes: list[Change] = []
    problems: list[Problem] = []
    unchanged, refused, skus = 0, 0, dict[str, int]()
    async for group in _letting_others(batch):
        wanted = read_group(group, header, facts)
        if isinstance(wanted, Wanted):
            wanted = _repeated_skus(wanted, skus) or wanted
        if not isinstance(wanted, Wanted):
            problems += wanted
            refused += 1
        elif change := change_of(wanted, facts.known.get(group.handle)):
            changes.append(change)
        else:
            unchanged += 1
    return _Outcome(changes=tuple(changes), unchanged=unchanged, refused=refused, problems=tuple(problems))


def _repeated_skus(wanted: Wanted, skus: dict[str, int]) -> tuple[Problem, ...]:
    """SKUs that another product of the batch has; those of earlier batches are found in the store."""
    mine = {v.sku: line for v, line in zip(wanted.sheet.variants, wanted.variant_lines, strict=True) if v.sku}
    found = tuple(
        Problem(
            line=line,
            column="Variant SKU",
            code=ProblemCode.SKU_REPEATED,
            message=f"Line {skus[sku]} has the SKU “{sku}” already.",
        )
        for sku, line in mine.items()
        if sku in skus
    )
    if not found:
        skus.update(mine)
    return found


def _too_few(change: Change, levels: dict[VariantId, Level]) -> Iterator[Problem]:
    """Units that belong to orders cannot be counted away."""
    for place in change.stock:
        level = levels.get(id_) if (id_ := change.wanted.variant_ids[place]) else None
        quantity = change.wanted.sheet.variants[place].quantity or 0
        if level and level.allocated and quantity - level.unavailable < level.allocated:
            yield Problem(
                line=change.wanted.variant_lines[place],
                column="Variant Inventory Qty",
                code=ProblemCode.STOCK_ALLOCATED,
                message=f"{level.allocated} units belong to orders and {level.unavailable} cannot be sold;"
                f" {quantity} are too few.",
            )


def _event(change: Change) -> ProductImported:
    return ProductImported(created=change.known is None, parts=change.parts, line=change.wanted.line)
