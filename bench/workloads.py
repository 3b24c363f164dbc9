"""What is measured: for each workload the same requests to both, and answers that must be the same."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import httpx
import orjson

from bench.catalog import ADJECTIVES, NAMES
from bench.load import Step
from bench.walk import data_of


@dataclass(frozen=True, slots=True)
class Workload:
    """Requests to ours, and to the hand-written program."""

    key: str
    title: str
    ours: list[Step]
    theirs: list[Step]


_MOST_HANDLES = 10_000
_HANDLES = """
query Handles($after: String) {
  products(first: 24, after: $after) { nodes { handle } pageInfo { hasNextPage endCursor } }
}
"""
_BROWSE = """
query Browse($after: String) {
  products(first: 24, after: $after) {
    nodes {
      id handle title
      variants(first: 3) {
        sku name price { amount currencyCode } availability { status quantityAvailable }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""
_PRODUCT = """
query Product($handle: String!) {
  product(by: { handle: $handle }) {
    id handle title vendor tags createdAt updatedAt descriptionHtml seoTitle seoDescription
    priceRange { min { amount currencyCode } max { amount currencyCode } }
    options { name values }
    media { id url alt width height }
    categories { id handle name }
    attributes { ...attribute }
    variants {
      id sku name price { amount currencyCode } compareAtPrice { amount currencyCode }
      availability { status quantityAvailable }
      barcode weight requiresShipping minQuantity maxQuantity quantityStep
      options { name value }
      image { url }
      priceTiers { minQuantity price { amount currencyCode } }
      attributes { ...attribute }
    }
  }
}
fragment attribute on AttributeValue {
  code name
  ... on TextAttribute { text }
  ... on NumberAttribute { number }
  ... on BooleanAttribute { boolean }
  ... on DateAttribute { date }
  ... on ChoiceAttribute { choices }
}
"""
_SEARCH = """
query Search($search: String!) {
  products(search: $search, first: 24) {
    nodes { id handle title priceRange { min { amount currencyCode } max { amount currencyCode } } }
    totalCount
    pageInfo { hasNextPage }
    facets {
      facets { kind name label values { value label count } }
      priceRanges { from { amount currencyCode } below { amount currencyCode } count }
      stock { inStock outOfStock }
    }
  }
}
"""
_NEW_CART = """
mutation NewCart($sku: String!) {
  createCart(input: { lines: [{ sku: $sku, quantity: 1 }] }) {
    cart {
      id status revision totalQuantity
      lines {
        id sku title quantity inStock
        unitPrice { ...money } subtotal { ...money } tax { ...money } total { ...money }
      }
      totals { subtotal { ...money } shippingTotal { ...money } taxTotal { ...money } total { ...money } }
    }
    token
    errors { code }
  }
}
fragment money on Money { amount currencyCode }
"""
_NEW = {"cart": '"id":"(crt_[^"]+)"', "line": '"id":"(cln_[^"]+)"', "token": '"token":"([^"]+)"'}


def graphql(document: str, variables: dict[str, Any]) -> bytes:
    return orjson.dumps({"query": document, "variables": variables})


async def workloads(client: httpx.AsyncClient) -> list[Workload]:
    """All of them, with requests that fit the catalog that our server has at hand."""
    handles, afters = await _walk_through(client)
    Random(24).shuffle(handles)
    return [
        _reads(
            "W1", "24 products with three variants each", "/browse", _BROWSE, [{"after": after} for after in afters]
        ),
        _reads("W2", "one product with everything", "/product", _PRODUCT, [{"handle": handle} for handle in handles]),
        _reads("W3", "search with facets", "/search", _SEARCH, [{"search": words} for words in _searches()]),
        _writes("W4", "new cart with one line", "/cart", _NEW_CART, await _skus(client, handles[:1000])),
    ]


def _writes(key: str, title: str, path: str, document: str, variables: list[dict[str, Any]]) -> Workload:
    """The same, of which each answer must hold what is new."""
    plain = _reads(key, title, path, document, variables)
    return replace(
        plain, **{side: [replace(step, take=_NEW) for step in getattr(plain, side)] for side in ("ours", "theirs")}
    )


async def _skus(client: httpx.AsyncClient, handles: list[str]) -> list[dict[str, Any]]:
    """A variant of each product."""
    products = [
        f'p{place}: product(by: {{ handle: "{handle}" }}) {{ variants(first: 1) {{ sku }} }}'
        for place, handle in enumerate(handles)
    ]
    found = []
    for start in range(0, len(products), 10):
        answer = await client.post("/graphql", json={"query": "{" + " ".join(products[start : start + 10]) + "}"})
        found += [{"sku": product["variants"][0]["sku"]} for product in data_of(answer.json()).values()]
    return found


def _searches() -> list[str]:
    """One word that many products have, and pairs that few have, in no order."""
    pairs = [f"{one} {other}" for one in (*ADJECTIVES, *NAMES) for other in ("pack", "jacket", "kettle", "blanket")]
    searches = [*NAMES, *pairs]
    Random(3).shuffle(searches)
    return [search.lower() for search in searches]


def _reads(key: str, title: str, path: str, document: str, variables: list[dict[str, Any]]) -> Workload:
    """Different variables for each request; the hand-written program is sent the variables alone."""
    ours = Step("/graphql", [graphql(document, each) for each in variables])
    return Workload(key, title, [ours], [Step(path, [orjson.dumps(each) for each in variables])])


async def _walk_through(client: httpx.AsyncClient) -> tuple[list[str], list[str | None]]:
    """The handles of some thousand products, and the cursors before their pages."""
    handles: list[str] = []
    afters: list[str | None] = [None]
    async for page in _pages(client):
        handles += [node["handle"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"] or len(handles) > _MOST_HANDLES:
            break
        afters.append(page["pageInfo"]["endCursor"])
    return handles, afters


async def _pages(client: httpx.AsyncClient) -> AsyncIterator[dict[str, Any]]:
    after = None
    while True:
        answer = await client.post("/graphql", json={"query": _HANDLES, "variables": {"after": after}})
        page = data_of(answer.json())["products"]
        yield page
        after = page["pageInfo"]["endCursor"]
