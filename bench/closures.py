"""Two ways to make an answer of what resolvers gave, for one page: source that is generated, as it ships, and closures, one for
each field. Both are made of the same plan; closures look at values no more closely than the source does (`make bench-closures`;
decision 0017).
"""

from collections.abc import Callable
from operator import attrgetter
from statistics import median
from timeit import timeit
from typing import Any

import strawberry
from graphql import OperationDefinitionNode, parse
from graphql.execution.values import VariableValues

from commerce_api.compiled.plan import Asked, Composite, Leaf, Listed, Plan, Selection, Value
from commerce_api.compiled.source import Made, function_of

Completed = Callable[[Any], Any]
_CLASSES = {"Int": int, "Boolean": bool}
"""Of leaves that are no text."""


@strawberry.type
class Price:
    amount: str
    currency_code: str


@strawberry.type
class Variant:
    id: strawberry.ID
    sku: str
    name: str
    stock: int
    on_sale: bool
    barcode: str | None
    price: Price


@strawberry.type
class Product:
    id: strawberry.ID
    handle: str
    title: str
    vendor: str | None
    variants: list[Variant]


@strawberry.type
class Query:
    products: list[Product]


DOCUMENT = """{ products {
  id handle title vendor variants { id sku name stock onSale barcode price { amount currencyCode } }
} }"""


def closure_of(selection: Selection) -> Completed:
    entries = [(key, _field(asked)) for key, asked in selection.fields.items() if asked]
    return lambda of: {key: read(of) for key, read in entries}


def _field(asked: Asked) -> Completed:
    """A leaf is read and looked at by one call."""
    assert asked.declared is not None
    get, value = attrgetter(asked.declared.python_name), asked.value
    if not isinstance(value, Leaf):
        complete = _complete(value)
        return lambda of: complete(get(of))
    coerce, classes = value.type.coerce_output_value, {_CLASSES.get(value.type.name, str)}
    if value.nullable:
        classes.add(type(None))
    return lambda of: found if (found := get(of)).__class__ in classes else coerce(found)


def _complete(value: Value) -> Completed:
    """Of what is not a leaf. Nothing in the page is null but leaves."""
    if isinstance(value, Listed):
        item = _complete(value.item)
        return lambda found: [item(each) for each in found]
    assert isinstance(value, Composite)
    made, class_ = closure_of(value.selection(value.type)), value.type.extensions["strawberry-definition"].origin
    return lambda found: made(found) if found.__class__ is class_ else _wrong(found)


def _wrong(found: object) -> Any:
    raise TypeError(found)


def page(products: int = 24, variants: int = 3) -> Query:
    def variant(number: int) -> Variant:
        price = Price(amount=f"{number}.00", currency_code="EUR")
        id_, sku = strawberry.ID(f"var_{number}"), f"SKU-{number}"
        return Variant(id=id_, sku=sku, name="Moss", stock=number, on_sale=True, barcode=None, price=price)

    return Query(
        products=[
            Product(
                id=strawberry.ID(f"prd_{number}"),
                handle=f"tent-{number}",
                title="A tent",
                vendor=None,
                variants=[variant(number * variants + each) for each in range(variants)],
            )
            for number in range(products)
        ]
    )


class Run:
    """What generated source asks of a run: once, when it first sees an object of a class."""

    def raw_info(self, _: int) -> None:
        return None


def ways() -> tuple[Made, Completed]:
    """From a `Query` to the answer: by generated source, which takes a run too, and by closures."""
    schema = strawberry.Schema(query=Query)._schema  # noqa: SLF001 - graphql-core's
    (operation,) = parse(DOCUMENT).definitions
    assert isinstance(operation, OperationDefinitionNode)
    plan = Plan(schema, operation, {}, VariableValues({}, {}))
    return function_of(plan.root), closure_of(plan.root)


def main(rounds: int = 15, pages: int = 200) -> None:
    generated, closures = ways()
    root, run = page(), Run()
    took = [
        (timeit(lambda: generated(root, run), number=pages), timeit(lambda: closures(root), number=pages))
        for _ in range(rounds)
    ]
    by_source, by_closures = (median(each) / pages * 1e6 for each in zip(*took, strict=True))
    times = median(closure / source for source, closure in took)
    print(f"A page of 24 products with three variants each: generated source {by_source:.0f} µs, ", end="")
    print(f"closures {by_closures:.0f} µs, {times:.2f} times as long.")


if __name__ == "__main__":
    main()
