"""What importing a product would change."""

from commerce_api.domain.ids import VariantId
from commerce_api.domain.product_csv.sheet import Known, Sheet, SheetVariant, Wanted
from commerce_api.domain.value import replace, value


@value
class Change:
    """Numbers are places in `wanted.sheet.variants`: of those whose row, price or stock changes."""

    wanted: Wanted
    known: Known | None
    product: bool
    publication: bool
    images: bool
    variants: tuple[int, ...]
    prices: tuple[int, ...]
    stock: tuple[int, ...]
    retired: tuple[VariantId, ...]

    @property
    def described(self) -> bool:
        """Whether the product itself is another than before, not only what it costs or how many there are."""
        return self.product or self.publication or self.images or bool(self.variants or self.retired)

    @property
    def parts(self) -> tuple[str, ...]:
        """What changed, in words for the log of events."""
        names = ("product", "publication", "images", "variants", "prices", "stock", "retired")
        return tuple(name for name in names if getattr(self, name))


def change_of(wanted: Wanted, known: Known | None) -> Change | None:
    """None if everything is as it was."""
    if known and wanted.sheet == known.sheet and wanted.variant_ids == known.variant_ids:
        return None
    before = dict(zip(known.variant_ids, enumerate(known.sheet.variants), strict=True)) if known else {}
    pairs = [(before.get(id_) if id_ else None) for id_ in wanted.variant_ids]
    after = wanted.sheet.variants
    was = known.sheet if known else Sheet(handle=wanted.sheet.handle, published=False, others={})
    return Change(
        wanted=wanted,
        known=known,
        product=known is None or _described(wanted.sheet) != _described(was),
        publication=wanted.sheet.published != was.published,
        images=wanted.sheet.images != was.images,
        variants=tuple(
            i for i, pair in enumerate(pairs) if pair is None or pair[0] != i or _row(pair[1]) != _row(after[i])
        ),
        prices=tuple(i for i, pair in enumerate(pairs) if _price(pair and pair[1]) != _price(after[i])),
        stock=tuple(
            i
            for i, pair in enumerate(pairs)
            if after[i].quantity is not None and after[i].quantity != (pair[1].quantity if pair else None)
        ),
        retired=tuple(id_ for id_ in before if id_ not in wanted.variant_ids),
    )


def _described(sheet: Sheet) -> Sheet:
    return replace(sheet, published=True, images=(), variants=())


def _row(variant: SheetVariant) -> SheetVariant:
    return replace(variant, quantity=None, price=None, compare_at=None, lowest=None)


def _price(variant: SheetVariant | None) -> tuple[int | None, ...]:
    return (variant.price, variant.compare_at, variant.lowest) if variant else (None, None, None)
