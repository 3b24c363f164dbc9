"""Price lists and prices."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from commerce_api.domain.decision import CodeTaken, InvalidValue, NotFound, Refusal, Refused, check_revision, refuse
from commerce_api.domain.ids import PriceListId
from commerce_api.domain.price_list import (
    Price,
    PriceList,
    PriceListDeleted,
    PriceListSaved,
    PricesSet,
    check_deletion,
    price_problems,
)
from commerce_api.domain.product import PeriodEndsBeforeItBegins
from commerce_api.domain.value import value
from commerce_api.operations.categories import Delete, Deleted
from commerce_api.operations.products import Reference, missing_of
from commerce_api.persistence.stores.price_lists import PriceListStore
from commerce_api.persistence.stores.products import ProductStore
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class CreatePriceList:
    price_list: PriceList
    references: tuple[Reference, ...] = ()


@value
class UpdatePriceList:
    """`changes` are fields of the list with their new values."""

    id: PriceListId
    changes: Mapping[str, Any]
    expected_revision: int | None = None


@value
class VariantPrices:
    """All prices of one variant, named by its id or its SKU, in one list; without any it has none there. From the quantities
    in `keep_lowest` on its lowest price stays what it is.
    """

    variant_id: UUID | None = None
    sku: str | None = None
    prices: tuple[Price, ...]
    keep_lowest: frozenset[int] = frozenset()


@value
class SetPrices:
    """`currency` is the list's; it says which digits the amounts have."""

    price_list_id: PriceListId
    currency: str
    rows: tuple[VariantPrices, ...]
    expected_revision: int | None = None


async def create(uow: UnitOfWork, command: CreatePriceList) -> PriceList | Refused:
    if refused := await missing_of(ProductStore(uow), command.references):
        return refused
    return await _save(uow, replace(command.price_list, id=PriceListId(uow.new_id())))


async def update(uow: UnitOfWork, command: UpdatePriceList) -> PriceList | Refused:
    before = await PriceListStore(uow).get(command.id)
    if before is None:
        return refuse(NotFound(path=("id",)))
    if stale := check_revision(before.revision, command.expected_revision):
        return stale
    return await _save(uow, replace(before, **command.changes, revision=before.revision + 1))


async def _save(uow: UnitOfWork, wanted: PriceList) -> PriceList | Refused:
    store = PriceListStore(uow)
    await ProductStore(uow).one_at_a_time()
    problems: list[Refusal] = []
    if await store.code_is_taken(wanted.code, wanted.id):
        problems.append(CodeTaken(taken=wanted.code, path=("code",)))
    if wanted.customer_group_id is not None and not await store.group_exists(wanted.customer_group_id):
        problems.append(NotFound(path=("customerGroupId",)))
    if wanted.valid_from and wanted.valid_until and wanted.valid_until <= wanted.valid_from:
        problems.append(PeriodEndsBeforeItBegins(path=("validUntil",)))
    if problems:
        return refuse(*problems)
    await store.save(wanted, [PriceListSaved(price_list=wanted)])
    return wanted


async def set_prices(uow: UnitOfWork, command: SetPrices) -> PriceList | Refused:
    """All rows, or none if one of them is wrong; every wrong row is told."""
    store = PriceListStore(uow)
    price_list = await store.get(command.price_list_id)
    if price_list is None:
        return refuse(NotFound(path=("priceListId",)))
    if stale := check_revision(price_list.revision, command.expected_revision):
        return stale
    if command.currency != price_list.currency:
        return refuse(InvalidValue(path=("currency",), problem=f"This list is in {price_list.currency}."))
    by_sku = await store.variants_by_sku([row.sku for row in command.rows if row.sku])
    named = [row.variant_id or by_sku.get(row.sku or "") for row in command.rows]
    products = await store.products_of([id_ for id_ in named if id_])
    problems: list[Refusal] = []
    rows: dict[UUID, VariantPrices] = {}
    for place, (id_, row) in enumerate(zip(named, command.rows, strict=True)):
        path = ("prices", str(place))
        problems += price_problems(row.prices, path)
        if id_ is None or id_ not in products:
            problems.append(NotFound(path=(*path, "variantId" if row.variant_id else "sku")))
        else:
            rows[id_] = row
    if problems:
        return refuse(*problems)
    kept = await store.lowest(price_list.id, list(rows))
    wanted = {
        id_: tuple(_with_lowest(price, kept.get(id_, {}), row) for price in row.prices) for id_, row in rows.items()
    }
    after = replace(price_list, revision=price_list.revision + 1)
    event = PricesSet(prices={str(id_): its for id_, its in wanted.items()})
    await store.set_prices(after, wanted, {products[id_] for id_ in wanted}, event)
    return after


def _with_lowest(price: Price, kept: Mapping[int, int], row: VariantPrices) -> Price:
    quantity = price.min_quantity
    return replace(price, lowest=kept.get(quantity)) if quantity in row.keep_lowest else price


async def delete(uow: UnitOfWork, command: Delete) -> Deleted | Refused:
    """Placed orders keep the prices that they were placed with."""
    store = PriceListStore(uow)
    found = await store.get(command.id)
    if found is None:
        return refuse(NotFound(path=("id",)))
    if stale := check_revision(found.revision, command.expected_revision):
        return stale
    if refused := check_deletion(found, await store.priced(command.id), uow.by.at):
        return refused
    await store.delete(command.id, [PriceListDeleted()])
    return Deleted(id=command.id)


async def load(uow: UnitOfWork, id: UUID) -> PriceList:
    """The list as it is now."""
    price_list = await PriceListStore(uow).get(id)
    assert price_list is not None  # noqa: S101 - an earlier request made it
    return price_list
