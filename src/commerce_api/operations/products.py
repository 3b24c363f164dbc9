"""Changing products."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import reduce
from uuid import UUID

from commerce_api.domain import attribute
from commerce_api.domain.decision import NotFound, Path, Refusal, Refused, refuse
from commerce_api.domain.ids import ProductId, VariantId
from commerce_api.domain.product import (
    CreateProduct,
    HandleTaken,
    Product,
    ProductCommand,
    ProductCreated,
    ProductEvent,
    ProductUpdated,
    SaveVariants,
    Variant,
    VariantSaved,
)
from commerce_api.domain.product_changes import create, decide, evolve, sku_problems
from commerce_api.domain.value import value
from commerce_api.persistence.stores.product_types import ProductTypeStore
from commerce_api.persistence.stores.products import ProductStore
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class Reference:
    """An id in the input that names something that must exist."""

    prefix: str
    id: UUID
    path: Path


@value
class Change:
    """A command about a product, with everything that it refers to."""

    command: CreateProduct | ProductCommand
    references: tuple[Reference, ...] = ()


async def change(uow: UnitOfWork, wanted: Change) -> Product | Refused:
    """Make a product, or do something with it."""
    store = ProductStore(uow)
    if refused := await missing_of(store, wanted.references):
        return refused
    await store.one_at_a_time()
    command = wanted.command
    if isinstance(command, CreateProduct):
        before, events = None, create(_numbered(uow, command.product))
    else:
        before = await store.get(command.product_id)
        if before is None:
            return refuse(NotFound(path=("productId",)))
        if isinstance(command, SaveVariants):
            command = replace(command, added=_with_ids(uow, command.added))
        events = decide(before, command)
    if isinstance(events, Refused):
        return events
    after = reduce(evolve, events, before or _nothing(events))
    if problems := [*await _name_problems(store, after, events), *await _attribute_problems(uow, after, events)]:
        return refuse(*problems)
    if events:
        await store.save(before, after, events)
    return await load(uow, after.id)


def _numbered(uow: UnitOfWork, product: Product) -> CreateProduct:
    """A new product with ids for itself and its variants."""
    variants = _with_ids(uow, product.variants)
    return CreateProduct(product=replace(product, id=ProductId(uow.new_id()), variants=variants))


def _with_ids(uow: UnitOfWork, variants: Iterable[Variant]) -> tuple[Variant, ...]:
    return tuple(replace(variant, id=VariantId(uow.new_id())) for variant in variants)


def _nothing(events: Sequence[ProductEvent]) -> Product:
    """What a product evolves from that is being made."""
    [created] = [event for event in events if isinstance(event, ProductCreated)]
    return created.product


async def load(uow: UnitOfWork, id: UUID) -> Product:
    """The product as it is now."""
    product = await ProductStore(uow).get(id)
    assert product is not None  # noqa: S101 - it was written in this transaction or by an earlier request
    return product


async def missing_of(store: ProductStore, references: Iterable[Reference]) -> Refused | None:
    """Each reference that leads nowhere is a problem at its own path."""
    problems: list[Refusal] = []
    by_prefix: dict[str, list[Reference]] = {}
    for reference in references:
        by_prefix.setdefault(reference.prefix, []).append(reference)
    for prefix, named in by_prefix.items():
        missing = await store.missing(prefix, [reference.id for reference in named])
        problems += [NotFound(path=reference.path) for reference in named if reference.id in missing]
    return refuse(*problems) if problems else None


async def _name_problems(store: ProductStore, after: Product, events: Sequence[ProductEvent]) -> list[Refusal]:
    problems: list[Refusal] = []
    renamed = any(
        isinstance(event, ProductCreated) or (isinstance(event, ProductUpdated) and "handle" in event.changes)
        for event in events
    )
    if renamed and await store.handle_is_taken(after.handle, after.id):
        problems.append(HandleTaken(handle=after.handle, path=("handle",)))
    saved = _saved(events)
    owners = await store.sku_owners(variant.sku for variant in saved if variant.sku)
    if refused := sku_problems(saved, owners):
        problems += refused.reasons
    return problems


def _saved(events: Sequence[ProductEvent]) -> list[Variant]:
    """The variants that are new or changed."""
    created = [variant for event in events if isinstance(event, ProductCreated) for variant in event.product.variants]
    return created + [event.variant for event in events if isinstance(event, VariantSaved)]


async def _attribute_problems(uow: UnitOfWork, after: Product, events: Sequence[ProductEvent]) -> list[Refusal]:
    described = any(
        isinstance(event, ProductCreated)
        or (isinstance(event, ProductUpdated) and {"attributes", "product_type_id"} & set(event.changes))
        for event in events
    )
    saved = _saved(events)
    if not described and not saved:
        return []
    product_type = await ProductTypeStore(uow).get(after.product_type_id)
    definitions = product_type.attributes if product_type else ()
    problems: list[Refusal] = []
    if described:
        problems += attribute.problems(after.attributes, definitions, ("attributes",), of_variant=False)
    for place, variant in enumerate(saved):
        path = ("variants", str(place), "attributes")
        problems += attribute.problems(variant.attributes, definitions, path, of_variant=True)
    return problems
