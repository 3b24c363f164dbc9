"""The lines of one product to what they say of it, over what is known of it already."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Final, TypeAlias, TypeVar
from urllib.parse import urlsplit

from commerce_api.domain.availability import StockPolicy
from commerce_api.domain.ids import ProductId, VariantId
from commerce_api.domain.product_csv.cells import Cells, unguarded
from commerce_api.domain.product_csv.columns import IMAGE, OPTIONS, TRACKER, VARIANT, Header
from commerce_api.domain.product_csv.groups import Group
from commerce_api.domain.product_csv.problems import Problem, ProblemCode
from commerce_api.domain.product_csv.sheet import Known, Sheet, SheetImage, SheetVariant, Wanted
from commerce_api.domain.product_csv.variants import Matching
from commerce_api.domain.rich_text import sanitized
from commerce_api.domain.stock import MOST_UNITS
from commerce_api.domain.value import value

_HANDLE: Final = re.compile(r"\w[\w.-]*")
_STATUSES: Final = {"active": "ACTIVE", "draft": "DRAFT", "archived": "ARCHIVED"}
_OWN_PICTURE: Final = re.compile(r"/media/[0-9a-f]{64}\.[a-z]{3,4}")
_LONGEST_URL: Final = 2_000
_MOST_TAGS: Final = 250

T = TypeVar("T")
_Read: TypeAlias = tuple[VariantId | None, SheetVariant, int]


@value
class Facts:
    """What the store knows of the products of a batch. `digits` are the currency's; `address` is the store's own."""

    digits: int
    known: Mapping[str, Known]
    sku_owners: Mapping[str, ProductId]
    pictures: AbstractSet[str]
    address: str = ""


def read_group(group: Group, header: Header, facts: Facts) -> Wanted | tuple[Problem, ...]:
    """All that is wrong with a product is told at once."""
    if group.problems:
        return group.problems
    return _Reader(group, header, facts).read()


def own_picture(src: str, address: str) -> str:
    """The path of a picture that is kept here; any other address stays as it is."""
    path = src.removeprefix(address) if address else src
    return path if _OWN_PICTURE.fullmatch(path) else src


class _Reader:
    def __init__(self, group: Group, header: Header, facts: Facts) -> None:
        self._group, self._header, self._facts = group, header, facts
        self._known = facts.known.get(group.handle)
        self._problems: list[Problem] = []
        self._lines = [
            Cells(line=record.line, cells=record.cells, header=header, problems=self._problems)
            for record in group.records
        ]

    def read(self) -> Wanted | tuple[Problem, ...]:
        base = self._known.sheet if self._known else Sheet(handle=self._group.handle, others={})
        names = self._option_names(base)
        ids, variants, lines = self._variants(base, names)
        sheet = self._sheet(base, names, variants)
        if self._problems:
            return tuple(sorted(self._problems, key=lambda problem: problem.line))
        return Wanted(line=self._group.line, sheet=sheet, variant_ids=ids, variant_lines=lines)

    def _sheet(self, base: Sheet, names: tuple[str, ...], variants: tuple[SheetVariant, ...]) -> Sheet:
        first = self._lines[0]
        if len(base.handle) > 255 or not _HANDLE.fullmatch(base.handle):  # noqa: PLR2004 - as long as a title
            first.invalid("Handle", "At most 255 letters and digits, please, with dashes between them.")
        title = first.text("Title", base.title)
        if not title:
            first.required("Title")
        return Sheet(
            handle=base.handle,
            title=title,
            body=sanitized(body) if (body := first.text("Body (HTML)", base.body, most=65_536)) else "",
            vendor=first.text("Vendor", base.vendor),
            type=first.text("Type", base.type),
            tags=self._tags(first, base),
            status=self._status(first, base),
            published=first.flag("Published", base.published, empty=True),
            option_names=names,
            seo_title=first.text("SEO Title", base.seo_title),
            seo_description=first.text("SEO Description", base.seo_description, most=1_000),
            images=self._images() if self._header.has_images else base.images,
            variants=variants,
            others=first.kept(self._header.kept_of_product, base.others),
        )

    def _tags(self, first: Cells, base: Sheet) -> tuple[str, ...]:
        tags = first.text("Tags", ",".join(base.tags), most=20_000).split(",")
        kept = _first_of_each(filter(None, map(str.strip, tags)), str.casefold)
        if len(kept) > _MOST_TAGS or any(len(tag) > 255 for tag in kept):  # noqa: PLR2004 - as long as a title
            first.invalid("Tags", f"At most {_MOST_TAGS} tags of 255 characters, please.")
        return kept

    def _status(self, first: Cells, base: Sheet) -> str:
        text = first.text("Status", base.status).casefold()
        if text and text not in _STATUSES:
            first.invalid("Status", f"“{text[:20]}” is none of active, draft, archived.")
        return _STATUSES.get(text, "ACTIVE")

    def _option_names(self, base: Sheet) -> tuple[str, ...]:
        """“Title: Default Title” is how the format says that there are no options."""
        if not self._header.has_options:
            return base.option_names
        first = self._lines[0]
        names = tuple(name for column, _ in OPTIONS if (name := first.text(column)))
        if names == ("Title",) and all(line.raw("Option1 Value") in {"", "Default Title"} for line in self._lines):
            return ()
        if len(set(names)) < len(names):
            first.invalid("Option1 Name", "Two options have the same name.")
        return names

    def _images(self) -> tuple[SheetImage, ...]:
        """In the order of their positions; those without one where they stand."""
        found: list[tuple[int, SheetImage]] = []
        for line in self._lines:
            if line.raw("Image Src"):
                src = self._address(line, "Image Src")
                position = line.whole("Image Position", None, least=0)
                found.append(
                    (position or len(found) + 1, SheetImage(src=src, alt=line.text("Image Alt Text", most=512)))
                )
        found.sort(key=lambda placed: placed[0])
        return _first_of_each((image for _, image in found), lambda image: image.src)

    def _address(self, line: Cells, column: str) -> str:
        src = own_picture(line.text(column, most=_LONGEST_URL), self._facts.address)
        if src.startswith("/media/"):
            if src not in self._facts.pictures:
                message = "There is no such picture here; upload it first."
                self._problems.append(
                    Problem(line=line.line, column=column, code=ProblemCode.PICTURE_UNKNOWN, message=message)
                )
        elif not _is_address(src):
            line.invalid(column, "This is no http or https address.")
        return src

    def _variants(
        self, base: Sheet, names: tuple[str, ...]
    ) -> tuple[tuple[VariantId | None, ...], tuple[SheetVariant, ...], tuple[int, ...]]:
        if not self._header.has_variants and self._known:
            return self._known.variant_ids, base.variants, (self._group.line,) * len(base.variants)
        needed = not self._known or bool(base.variants)
        lines = [line for number, line in enumerate(self._lines) if _has_variant(line) or (number == 0 and needed)]
        skus = {unguarded(line.raw("Variant SKU")) for line in lines}
        matching = Matching(self._known, self._header, names, self._facts.sku_owners, self._problems, skus)
        matched = [matching.match(line) for line in lines]
        variants = tuple(
            self._variant(line, known, values) for line, (_, known, values) in zip(lines, matched, strict=True)
        )
        read = [(id_, variant, line.line) for (id_, _, _), variant, line in zip(matched, variants, lines, strict=True)]
        if self._known and not self._header.has_options:
            read = self._among_the_others(self._known, read)
        return tuple(r[0] for r in read), tuple(r[1] for r in read), tuple(r[2] for r in read)

    def _among_the_others(self, known: Known, read: list[_Read]) -> list[_Read]:
        """Without options a file only speaks of some variants: all others stay, and each keeps its place."""
        found = {id_: one for one in read if (id_ := one[0])}
        pairs = zip(known.variant_ids, known.sheet.variants, strict=True)
        return [found.get(id_) or (id_, variant, self._group.line) for id_, variant in pairs]

    def _variant(self, line: Cells, known: SheetVariant | None, values: tuple[str, ...]) -> SheetVariant:
        base = known or SheetVariant(others={})
        image = line.raw("Variant Image")
        others = line.kept(self._header.kept_of_variant, base.others)
        policy = self._policy(line, base, others)
        price = line.amount("Variant Price", base.price, self._facts.digits)
        compare_at = line.amount("Variant Compare At Price", base.compare_at, self._facts.digits)
        lowest = line.amount("Variant Lowest Price", base.lowest, self._facts.digits)
        quantity = line.whole("Variant Inventory Qty", base.quantity, least=-MOST_UNITS)
        return SheetVariant(
            sku=line.text("Variant SKU", base.sku or "") or None,
            option_values=values,
            grams=line.whole("Variant Grams", base.grams, least=0) or 0,
            stock_policy=policy,
            quantity=base.quantity if quantity is None else quantity,
            price=price,
            compare_at=(compare_at or None) if price is not None else None,
            lowest=lowest if price is not None else None,
            cost=line.amount("Cost per item", base.cost, self._facts.digits),
            requires_shipping=line.flag("Variant Requires Shipping", base.requires_shipping, empty=False),
            taxable=line.flag("Variant Taxable", base.taxable, empty=False),
            barcode=line.text("Variant Barcode", base.barcode),
            image=self._address(line, "Variant Image") if image else _unless(self._header, "Variant Image", base.image),
            others=others,
        )

    def _policy(self, line: Cells, base: SheetVariant, others: dict[str, str]) -> StockPolicy:
        """Who counts the stock is kept if it is somebody else; what counts here is whether anybody does."""
        tracked = base.stock_policy is not StockPolicy.UNTRACKED
        if TRACKER in self._header.read:
            tracker = line.text(TRACKER)
            tracked = bool(tracker)
            others.pop(TRACKER, None)
            if tracker not in {"", "shopify"}:
                others[TRACKER] = tracker
        policy = line.text("Variant Inventory Policy", _policy_cell(base.stock_policy)).casefold()
        if policy not in {"", "deny", "continue"}:
            line.invalid("Variant Inventory Policy", f"“{policy[:20]}” is neither deny nor continue.")
        if not tracked:
            return StockPolicy.UNTRACKED
        return StockPolicy.BACKORDER if policy == "continue" else StockPolicy.DENY


def _first_of_each(found: Iterable[T], key: Callable[[T], str]) -> tuple[T, ...]:
    """What is there twice counts where it stood first."""
    kept: dict[str, T] = {}
    for one in found:
        kept.setdefault(key(one), one)
    return tuple(kept.values())


def _unless(header: Header, column: str, otherwise: str) -> str:
    return "" if column in header.read else otherwise


def _policy_cell(policy: StockPolicy) -> str:
    return "continue" if policy is StockPolicy.BACKORDER else "deny"


def _has_variant(line: Cells) -> bool:
    return any(line.raw(column) for column in (*(value for _, value in OPTIONS), *VARIANT))


def _is_address(src: str) -> bool:
    try:
        parts = urlsplit(src)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not re.search(r"[\s<>\"\\]", src)


def image_cells(group: Group, header: Header) -> Iterator[str]:
    """The addresses that a group names, to look up those of our own."""
    for column in ("Variant Image", IMAGE[0]):
        if (place := header.read.get(column)) is not None:
            yield from (record.cells[place].strip() for record in group.records if record.cells[place])
