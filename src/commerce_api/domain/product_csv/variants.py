"""Which variant a line means: the one with its SKU, else the one with its option values, else a new one."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import TypeAlias

from commerce_api.domain.ids import ProductId, VariantId
from commerce_api.domain.product_csv.cells import Cells
from commerce_api.domain.product_csv.columns import OPTIONS, Header
from commerce_api.domain.product_csv.problems import Problem, ProblemCode
from commerce_api.domain.product_csv.sheet import Known, SheetVariant

Matched: TypeAlias = tuple[VariantId | None, SheetVariant | None, tuple[str, ...]]


class Matching:
    """Of one product. Call `match` for its lines in order; each known variant is found once at most.

    `skus` are those that the lines name: their variants cannot be meant by option values.
    """

    def __init__(
        self,
        known: Known | None,
        header: Header,
        names: tuple[str, ...],
        sku_owners: Mapping[str, ProductId],
        problems: list[Problem],
        skus: AbstractSet[str],
    ) -> None:
        self._product = known.id if known else None
        self._free = dict(zip(known.variant_ids, known.sheet.variants, strict=True)) if known else {}
        self._header, self._names, self._owners, self._problems = header, names, sku_owners, problems
        self._values: set[tuple[str, ...]] = set()
        self._skus: set[str] = set()
        self._named = skus

    def match(self, line: Cells) -> Matched:
        sku = line.text("Variant SKU")
        self._check_sku(line, sku)
        values = tuple(self._option_values(line)) if self._header.has_options else None
        id_ = self._find(sku, values)
        if id_ is None and values is None and (self._product or self._values):
            self._note(
                line,
                "Variant SKU",
                ProblemCode.VARIANT_UNCLEAR,
                "Without option columns a line needs the SKU of a variant that is there.",
            )
        known = self._free.pop(id_) if id_ else None
        taken = values if values is not None else known.option_values if known else ()
        if taken in self._values:
            self._note(
                line, "Option1 Value", ProblemCode.OPTIONS_REPEATED, "Another line has these option values already."
            )
        self._values.add(taken)
        return id_, known, taken

    def _find(self, sku: str, values: tuple[str, ...] | None) -> VariantId | None:
        by_sku = (id_ for id_, variant in self._free.items() if sku and variant.sku == sku)
        by_values = (id_ for id_, variant in self._free.items() if values is not None and self._fits(variant, values))
        only = iter(self._free) if values is None and not sku and len(self._free) == 1 else iter(())
        return next(by_sku, None) or next(by_values, None) or next(only, None)

    def _fits(self, variant: SheetVariant, values: tuple[str, ...]) -> bool:
        return variant.option_values == values and variant.sku not in self._named

    def _option_values(self, line: Cells) -> Iterator[str]:
        for _, (_, column) in zip(self._names, OPTIONS, strict=False):
            text = line.text(column)
            if not text:
                line.required(column)
            yield text

    def _check_sku(self, line: Cells, sku: str) -> None:
        if not sku:
            return
        if sku in self._skus:
            self._note(line, "Variant SKU", ProblemCode.SKU_REPEATED, f"Another line has the SKU “{sku}” already.")
        elif self._owners.get(sku, self._product) != self._product:
            self._note(line, "Variant SKU", ProblemCode.SKU_TAKEN, f"The SKU “{sku}” belongs to another product.")
        self._skus.add(sku)

    def _note(self, line: Cells, column: str, code: ProblemCode, message: str) -> None:
        self._problems.append(Problem(line=line.line, column=column, code=code, message=message))
