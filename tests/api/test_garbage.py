"""A request leaves nothing behind that only the garbage collector finds: it would look through all there is to find it."""

import gc
from contextlib import contextmanager

import pytest

from tests import given

PAGE = """query ($names: [String!]!) {
  products(first: 5) { nodes { title related(kind: ACCESSORY) { title } variants(first: 2) { sku price { amount } } } totalCount }
  variants(skus: $names) { nodes { sku } }
}"""
CREATE = "mutation ($input: CreateCartInput!) { createCart(input: $input) { cart { id lines { id } } } }"


@contextmanager
def garbage():
    """Of what is ours or the driver's, all that was unreachable and still there at the end."""
    found = []
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        yield found
        gc.collect()
        types = {f"{type(each).__module__}.{type(each).__qualname__}" for each in gc.garbage}
        found += sorted(name for name in types if name.startswith(("commerce_api.", "asyncpg.", "graphql.")))
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


@pytest.fixture
async def asked(api, connection):
    await given.channel(connection)
    for number in range(3):
        await given.a_product(
            connection, f"Pot {number}", variants=[{"sku": f"POT-{number}", "price": 100, "stock": 1}]
        )
    return api


async def test_a_read_leaves_no_garbage(asked):
    await asked.shop(PAGE, names=["POT-1"])
    with garbage() as left:
        data = await asked.shop(PAGE, names=["POT-1"])

    assert data["variants"] == {"nodes": [{"sku": "POT-1"}]}
    assert left == []


async def test_a_write_leaves_no_garbage(asked):
    await asked.shop(CREATE, input={})
    with garbage() as left:
        data = await asked.shop(CREATE, input={})

    assert data["createCart"]["cart"]["lines"] == []
    assert left == []
