"""What kinds of products there are, and what they can say of themselves."""

from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID

from commerce_api.domain.attribute import (
    AttributeInUse,
    ProductType,
    ProductTypeDeleted,
    ProductTypeInUse,
    ProductTypeSaved,
)
from commerce_api.domain.decision import CodeTaken, NotFound, Refused, check_revision, refuse
from commerce_api.domain.ids import AttributeId, ProductTypeId
from commerce_api.domain.value import value
from commerce_api.operations.categories import Delete, Deleted
from commerce_api.persistence.stores.product_types import ProductTypeStore
from commerce_api.persistence.stores.products import ProductStore
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class SaveProductType:
    """`product_type` as it is to be; attributes keep their ids by their codes."""

    product_type: ProductType
    create: bool
    expected_revision: int | None = None


async def save(uow: UnitOfWork, command: SaveProductType) -> ProductType | Refused:
    wanted, store = command.product_type, ProductTypeStore(uow)
    await ProductStore(uow).one_at_a_time()
    if command.create:
        before, wanted = None, replace(wanted, id=ProductTypeId(uow.new_id()))
    else:
        before = await store.get(wanted.id)
        if before is None:
            return refuse(NotFound(path=("id",)))
        if stale := check_revision(before.revision, command.expected_revision):
            return stale
    if await store.code_is_taken(wanted.code, wanted.id):
        return refuse(CodeTaken(taken=wanted.code, path=("code",)))
    if before and (in_use := [reason async for reason in _losses(store, before, wanted)]):
        return refuse(*in_use)
    kept = {each.code: each.id for each in before.attributes} if before else {}
    after = replace(
        wanted,
        revision=before.revision + 1 if before else 1,
        attributes=tuple(
            replace(each, id=kept.get(each.code) or AttributeId(uow.new_id())) for each in wanted.attributes
        ),
    )
    await store.save(after, ProductTypeSaved(product_type=after))
    return after


async def _losses(store: ProductTypeStore, before: ProductType, wanted: ProductType) -> AsyncIterator[AttributeInUse]:
    """Attributes that go, or become something else, though products have values of them."""
    kept = {(each.code, each.kind, each.of_variant) for each in wanted.attributes}
    for each in before.attributes:
        if (each.code, each.kind, each.of_variant) not in kept:
            count, handles = await store.products_saying(before.id, each.code, of_variant=each.of_variant)
            if count:
                yield AttributeInUse(
                    path=("attributes",), attribute=each.code, count=count, examples=", ".join(handles)
                )


async def delete(uow: UnitOfWork, command: Delete) -> Deleted | Refused:
    store = ProductTypeStore(uow)
    await ProductStore(uow).one_at_a_time()
    found = await store.get(command.id)
    if found is None:
        return refuse(NotFound(path=("id",)))
    if stale := check_revision(found.revision, command.expected_revision):
        return stale
    count, handles = await store.products_of(command.id)
    if count:
        return refuse(ProductTypeInUse(path=("id",), count=count, examples=", ".join(handles)))
    await store.delete(command.id, ProductTypeDeleted())
    return Deleted(id=command.id)


async def load(uow: UnitOfWork, id: UUID) -> ProductType:
    """The type as it is now."""
    product_type = await ProductTypeStore(uow).get(id)
    assert product_type is not None  # noqa: S101 - an earlier request made it
    return product_type
