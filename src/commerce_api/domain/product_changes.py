"""What may be done with products."""

from collections.abc import Iterable, Iterator, Mapping

from commerce_api.domain.decision import Decision, NotFound, Path, Refusal, Refused, check_revision, refuse
from commerce_api.domain.ids import VariantId
from commerce_api.domain.product import (
    MOST_OPTIONS,
    MOST_VARIANTS,
    ArchiveProduct,
    CreateProduct,
    DeleteVariant,
    LastVariant,
    NothingToSell,
    OptionsMismatch,
    PeriodEndsBeforeItBegins,
    Product,
    ProductArchived,
    ProductCommand,
    ProductCreated,
    ProductEvent,
    ProductIsArchived,
    ProductPublished,
    ProductStatus,
    ProductUnpublished,
    ProductUpdated,
    Publication,
    PublishProduct,
    QuantityRulesConflict,
    RelatedToItself,
    SaveVariants,
    SkuTaken,
    TooManyOptions,
    TooManyVariants,
    UnpublishProduct,
    UpdateProduct,
    Variant,
    VariantDeleted,
    VariantExists,
    VariantSaved,
)
from commerce_api.domain.value import replace


def create(command: CreateProduct) -> Decision[ProductEvent]:
    """What there was nothing of before."""
    product = command.product
    if problems := [*_product_problems(product), *_variant_problems(product, ())]:
        return refuse(*problems)
    return [ProductCreated(product=product)]


def decide(product: Product, command: ProductCommand) -> Decision[ProductEvent]:
    if product.status is ProductStatus.ARCHIVED:
        return refuse(ProductIsArchived())
    return check_revision(product.revision, command.expected_revision) or _decide(product, command)


def _decide(product: Product, command: ProductCommand) -> Decision[ProductEvent]:
    match command:
        case UpdateProduct(changes=changes):
            after = replace(product, **changes)
            problems = [*_product_problems(after), *_variant_problems(after, ())]
            return refuse(*problems) if problems else [ProductUpdated(changes=changes)]
        case SaveVariants():
            return _save_variants(product, command)
        case DeleteVariant(variant_id=variant_id):
            return _delete_variant(product, variant_id)
        case PublishProduct(publication=publication):
            return _publish(product, publication)
        case UnpublishProduct(channel_id=channel_id):
            published = any(publication.channel_id == channel_id for publication in product.publications)
            return [ProductUnpublished(channel_id=channel_id)] if published else []
        case ArchiveProduct():
            return [ProductArchived()]


def _save_variants(product: Product, command: SaveVariants) -> Decision[ProductEvent]:
    there = {variant.id: variant for variant in product.variants}
    saved: list[Variant] = []
    problems: list[Refusal] = []
    for number, (variant_id, changes) in enumerate(command.changed):
        before = there.get(variant_id)
        if before is None:
            problems.append(NotFound(path=("variants", str(number), "id")))
        else:
            saved.append(replace(before, **changes))
    saved.extend(command.added)
    after = _with(product, saved)
    problems += _variant_problems(after, [variant.id for variant in saved])
    return refuse(*problems) if problems else [VariantSaved(variant=variant) for variant in saved]


def _delete_variant(product: Product, variant_id: VariantId) -> Decision[ProductEvent]:
    if all(variant.id != variant_id for variant in product.variants):
        return refuse(NotFound(path=("variantId",)))
    if len(product.variants) == 1 and product.status is ProductStatus.ACTIVE:
        return refuse(LastVariant(path=("variantId",)))
    return [VariantDeleted(variant_id=variant_id)]


def _publish(product: Product, publication: Publication) -> Decision[ProductEvent]:
    problems: list[Refusal] = []
    if not product.variants:
        problems.append(NothingToSell())
    if publication.published_until is not None and publication.published_until <= publication.published_from:
        problems.append(PeriodEndsBeforeItBegins(path=("publishedUntil",)))
    return refuse(*problems) if problems else [ProductPublished(publication=publication)]


def _product_problems(product: Product) -> Iterator[Refusal]:
    if len(product.option_names) > MOST_OPTIONS:
        yield TooManyOptions(path=("optionNames",))
    if any(relation.product_id == product.id for relation in product.relations):
        yield RelatedToItself(path=("relations",))


def _variant_problems(product: Product, saved: Iterable[VariantId]) -> Iterator[Refusal]:
    """What is wrong with a product's variants; paths count those that are saved, or else all."""
    if len(product.variants) > MOST_VARIANTS:
        yield TooManyVariants(path=("variants",))
    by_values: dict[tuple[str, ...], VariantId] = {}
    places = {id_: str(place) for place, id_ in enumerate(saved)}
    for place, variant in enumerate(product.variants):
        path = ("variants", places.get(variant.id, str(place)))
        if len(variant.option_values) != len(product.option_names):
            yield OptionsMismatch(path=(*path, "optionValues"))
        elif by_values.setdefault(variant.option_values, variant.id) != variant.id:
            yield VariantExists(path=(*path, "optionValues"))
        yield from _quantity_problems(variant, path)


def _quantity_problems(variant: Variant, path: Path) -> Iterator[Refusal]:
    most = variant.max_quantity
    if variant.min_quantity < 1 or variant.quantity_step < 1 or (most is not None and most < variant.min_quantity):
        yield QuantityRulesConflict(path=(*path, "maxQuantity"))
    if variant.successor_id == variant.id:
        yield NotFound(path=(*path, "successorId"))


def _with(product: Product, saved: Iterable[Variant]) -> Product:
    """The product with variants put in, in the place of those with the same ids."""
    variants = {variant.id: variant for variant in product.variants}
    variants |= {variant.id: variant for variant in saved}
    return replace(product, variants=tuple(variants.values()))


def evolve(product: Product, event: ProductEvent) -> Product:
    match event:
        case ProductCreated(product=created):
            return created
        case ProductUpdated(changes=changes):
            return replace(product, **changes)
        case VariantSaved(variant=variant):
            return _with(product, [variant])
        case VariantDeleted(variant_id=variant_id):
            return replace(product, variants=tuple(each for each in product.variants if each.id != variant_id))
        case ProductPublished(publication=publication):
            others = (each for each in product.publications if each.channel_id != publication.channel_id)
            return replace(product, status=ProductStatus.ACTIVE, publications=(*others, publication))
        case ProductUnpublished(channel_id=channel_id):
            left = tuple(each for each in product.publications if each.channel_id != channel_id)
            return replace(product, publications=left)
        case ProductArchived():
            return replace(product, status=ProductStatus.ARCHIVED, publications=())


def sku_problems(saved: Iterable[Variant], owners: Mapping[str, VariantId]) -> Refused | None:
    """Whether SKUs are free: among the saved themselves, and of the other `owners`."""
    problems: list[Refusal] = []
    seen: dict[str, VariantId] = {}
    for place, variant in enumerate(saved):
        if variant.sku is None:
            continue
        owner = owners.get(variant.sku, variant.id)
        if variant.id != owner or seen.setdefault(variant.sku, variant.id) != variant.id:
            problems.append(SkuTaken(sku=variant.sku, path=("variants", str(place), "sku")))
    return refuse(*problems) if problems else None
