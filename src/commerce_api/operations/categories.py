"""Arranging products: the tree of categories, and collections."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from commerce_api.domain.category import (
    Category,
    CategoryChanged,
    CategoryCreated,
    CategoryDeleted,
    CategoryHasChildren,
    Collection,
    CollectionChanged,
    CollectionCreated,
    CollectionDeleted,
    check_place,
)
from commerce_api.domain.decision import NotFound, Refused, check_revision, refuse
from commerce_api.domain.ids import CategoryId, CollectionId
from commerce_api.domain.product import HandleTaken
from commerce_api.domain.value import value
from commerce_api.operations.products import Reference, missing_of
from commerce_api.persistence.stores.categories import CategoryStore, CollectionStore
from commerce_api.persistence.stores.products import ProductStore
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class UpdateArrangement:
    """`changes` are fields of the category or collection with their new values."""

    id: UUID
    changes: Mapping[str, Any]
    expected_revision: int | None = None
    references: tuple[Reference, ...] = ()


@value
class CreateCategory:
    category: Category
    references: tuple[Reference, ...] = ()


@value
class CreateCollection:
    collection: Collection
    references: tuple[Reference, ...] = ()


@value
class Delete:
    id: UUID
    expected_revision: int | None = None


@value
class Deleted:
    id: UUID


async def create_category(uow: UnitOfWork, command: CreateCategory) -> Category | Refused:
    category = replace(command.category, id=CategoryId(uow.new_id()))
    return await _save_category(uow, category, CategoryCreated(category=category), command.references)


async def update_category(uow: UnitOfWork, command: UpdateArrangement) -> Category | Refused:
    """Change it or move it; what is below it moves with it."""
    before = await CategoryStore(uow).get(command.id)
    if before is None:
        return refuse(NotFound(path=("id",)))
    if stale := check_revision(before.revision, command.expected_revision):
        return stale
    after = replace(before, **command.changes, revision=before.revision + 1)
    return await _save_category(uow, after, CategoryChanged(changes=command.changes), command.references)


async def _save_category(
    uow: UnitOfWork, category: Category, event: Any, references: tuple[Reference, ...]
) -> Category | Refused:
    store, products = CategoryStore(uow), ProductStore(uow)
    if refused := await missing_of(products, references):
        return refused
    await products.one_at_a_time()
    if await store.handle_is_taken(category.handle, category.id):
        return refuse(HandleTaken(handle=category.handle, path=("handle",)))
    if refused := check_place(category.id, await store.above(category.parent_id)):
        return refused
    await store.save(category, [event])
    return category


async def delete_category(uow: UnitOfWork, command: Delete) -> Deleted | Refused:
    """Its products stay; they are just not in it any more."""
    store = CategoryStore(uow)
    category = await store.get(command.id)
    if category is None:
        return refuse(NotFound(path=("id",)))
    if stale := check_revision(category.revision, command.expected_revision):
        return stale
    if below := await store.children(command.id):
        return refuse(CategoryHasChildren(path=("id",), children=below["children"], one=below["one"]))
    await store.delete(command.id, [CategoryDeleted()])
    return Deleted(id=command.id)


async def create_collection(uow: UnitOfWork, command: CreateCollection) -> Collection | Refused:
    collection = replace(command.collection, id=CollectionId(uow.new_id()))
    event = CollectionCreated(collection=collection)
    return await _save_collection(uow, None, collection, event, command.references)


async def update_collection(uow: UnitOfWork, command: UpdateArrangement) -> Collection | Refused:
    before = await CollectionStore(uow).get(command.id)
    if before is None:
        return refuse(NotFound(path=("id",)))
    if stale := check_revision(before.revision, command.expected_revision):
        return stale
    after = replace(before, **command.changes, revision=before.revision + 1)
    return await _save_collection(uow, before, after, CollectionChanged(changes=command.changes), command.references)


async def _save_collection(
    uow: UnitOfWork, before: Collection | None, after: Collection, event: Any, references: tuple[Reference, ...]
) -> Collection | Refused:
    store, products = CollectionStore(uow), ProductStore(uow)
    if refused := await missing_of(products, references):
        return refused
    await products.one_at_a_time()
    if await store.handle_is_taken(after.handle, after.id):
        return refuse(HandleTaken(handle=after.handle, path=("handle",)))
    await store.save(before, after, [event])
    return after


async def delete_collection(uow: UnitOfWork, command: Delete) -> Deleted | Refused:
    """Its products stay."""
    store = CollectionStore(uow)
    collection = await store.get(command.id)
    if collection is None:
        return refuse(NotFound(path=("id",)))
    if stale := check_revision(collection.revision, command.expected_revision):
        return stale
    await store.delete(collection, [CollectionDeleted()])
    return Deleted(id=command.id)


async def load_deleted(uow: UnitOfWork, id: UUID) -> Deleted:  # noqa: ARG001 - what an idempotent request asks for
    return Deleted(id=id)


async def load_category(uow: UnitOfWork, id: UUID) -> Category:
    category = await CategoryStore(uow).get(id)
    assert category is not None  # noqa: S101 - an earlier request made it
    return category


async def load_collection(uow: UnitOfWork, id: UUID) -> Collection:
    collection = await CollectionStore(uow).get(id)
    assert collection is not None  # noqa: S101 - an earlier request made it
    return collection
