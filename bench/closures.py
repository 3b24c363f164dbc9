"""Two ways to make an answer of what resolvers gave, for one page: source that is generated, as it ships, and closures, one for
each field. Both are made of the same plan and look at each value in the same way (`make bench-closures`; decision 0017).
"""

from collections.abc import Callable
from statistics import median
from timeit import timeit
from typing import Any

import strawberry
from graphql import OperationDefinitionNode, parse
from graphql.execution.values import VariableValues

from commerce_api.compiled.plan import Asked, Leaf, Listed, Plan, Selection, Value
from commerce_api.compiled.source import Made, function_of

Completed = Callable[[Any], Any]


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
    assert asked.declared is not None
    name, complete = asked.declared.python_name, _complete(asked.value)
    return lambda of: complete(getattr(of, name))


def _complete(value: Value) -> Completed:
    present = _present(value)
    return (lambda found: None if found is None else present(found)) if value.nullable else present


def _present(value: Value) -> Completed:
    if isinstance(value, Listed):
        item = _complete(value.item)
        return lambda found: [item(each) for each in found]
    if isinstance(value, Leaf):
        return _leaf(value.type.coerce_output_value, {"Int": int, "Boolean": bool}.get(value.type.name, str))
    made = closure_of(value.selection(value.type))
    class_ = value.type.extensions["strawberry-definition"].origin
    return lambda found: made(found) if found.__class__ is class_ else _wrong(found)


def _leaf(coerce: Completed, class_: type) -> Completed:
    return lambda found: found if found.__class__ is class_ else coerce(found)


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
