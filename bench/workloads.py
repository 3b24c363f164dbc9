"""What is measured: for each workload the same requests to both, and answers that must be the same."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import httpx
import orjson

from bench.catalog import ADJECTIVES, MOST_STOCKED, NAMES
from bench.load import Step
from bench.walk import data_of


@dataclass(frozen=True, slots=True)
class Workload:
    """Requests to ours, and to the hand-written program."""

    key: str
    title: str
    ours: list[Step]
    theirs: list[Step]


READS = ("W1", "W2", "W3")
PAGE = 24
_MOST = 10_000
"""Different requests of a workload."""
_HANDLES = """
query Handles($after: String) {
  products(first: 100, after: $after) { edges { cursor node { handle } } pageInfo { hasNextPage endCursor } }
}
"""
_SKUS = """
query Skus($handle: String!) { product(by: { handle: $handle }) { variants { sku } } }
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
EVERYTHING = """{
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
}"""
ATTRIBUTE = """
fragment attribute on AttributeValue {
  code name
  ... on TextAttribute { text }
  ... on NumberAttribute { number }
  ... on BooleanAttribute { boolean }
  ... on DateAttribute { date }
  ... on ChoiceAttribute { choices }
}
"""
_PRODUCT = f"query Product($handle: String!) {{ product(by: {{ handle: $handle }}) {EVERYTHING} }}{ATTRIBUTE}"
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
_BEGIN = """
mutation Begin($input: CreateCartInput!) { createCart(input: $input) { token cart { id } errors { code message path } } }
"""
_ADDRESSES = """
mutation Addresses($input: SetCartAddressesInput!) {
  setCartAddresses(input: $input) {
    cart { shipGroups { shippingOptions { method { id name } price { amount } } } } errors { code message path }
  }
}
"""
_METHOD = """
mutation Method($input: SetCartShippingMethodInput!) {
  setCartShippingMethod(input: $input) { errors { code message path } }
}
"""
_START = """
mutation Start($input: StartCheckoutInput!) {
  startCheckout(input: $input) { readiness { requirement } expiresAt errors { code message path } }
}
"""
_PAYMENT = """
mutation Payment($input: SetPaymentInstructionsInput!) {
  setPaymentInstructions(input: $input) { errors { code message path } }
}
"""
_SUMMARY = """
query Summary($cartId: ID!) {
  checkoutSummary(cartId: $cartId) { summaryToken termsVersion totals { total { amount currencyCode } } }
}
"""
_PLACE = """
mutation Place($input: PlaceOrderInput!) {
  placeOrder(input: $input) {
    order { number state paymentStatus totals { total { amount currencyCode } } } errors { code message path }
  }
}
"""
_BERLIN = {"country": "DE", "firstName": "Ada", "lastName": "Byron", "line1": "Waldweg 5", "city": "Berlin"}
_BERLIN |= {"postalCode": "10115"}
_CARD = {"number": "4242424242424242", "expiryMonth": 12, "expiryYear": 2035, "cvv": "123"}
_OF_CART = {"x-cart-token": "{{token}}"}
_DONE = {"done": '"(errors)":.]'}
_NEW = {"cart": '"id":"(crt_[^"]+)"', "line": '"id":"(cln_[^"]+)"', "token": '"token":"([^"]+)"'}


def graphql(document: str, variables: dict[str, Any]) -> bytes:
    return orjson.dumps({"query": document, "variables": variables})


async def workloads(client: httpx.AsyncClient) -> list[Workload]:
    """All of them, with requests that fit the catalog that our server has at hand."""
    handles, afters = await _walk_through(client)
    Random(24).shuffle(handles)
    skus = await _skus(client, handles[:1000])
    return [
        _reads(
            "W1", "24 products with three variants each", "/browse", _BROWSE, [{"after": after} for after in afters]
        ),
        _reads("W2", "one product with everything", "/product", _PRODUCT, [{"handle": handle} for handle in handles]),
        _reads("W3", "search with facets", "/search", _SEARCH, [{"search": words} for words in _searches()]),
        _writes("W4", "new cart with one line", "/cart", _NEW_CART, [{"sku": sku} for sku in skus]),
        _checkout("W5", "a whole guest checkout: 8 requests, all figures for an order", skus),
    ]


def fitting(address: str) -> list[Workload]:
    """All of them, for our server at an address."""

    async def asked() -> list[Workload]:
        async with httpx.AsyncClient(base_url=address, timeout=60) as client:
            return await workloads(client)

    return asyncio.run(asked())


def _writes(key: str, title: str, path: str, document: str, variables: list[dict[str, Any]]) -> Workload:
    """The same, of which each answer must hold what is new."""
    plain = _reads(key, title, path, document, variables)
    return replace(
        plain, **{side: [replace(step, take=_NEW) for step in getattr(plain, side)] for side in ("ours", "theirs")}
    )


def _checkout(key: str, title: str, skus: list[str]) -> Workload:
    """The first order of the README, request by request; each answer must show that its step was done."""
    cart, address = {"cartId": "{{cart}}"}, {"shipping": _BERLIN, "billing": _BERLIN}
    agreed = {"summaryToken": "{{summary}}", "acceptedTermsVersion": "{{terms}}", "idempotencyKey": "{{cart}}"}
    steps = [
        ("addresses", _ADDRESSES, {**cart, **address}, {"method": '"id":"(shm_[^"]+)"'}),
        ("method", _METHOD, {**cart, "shippingMethodId": "{{method}}"}, {}),
        ("start", _START, cart, {"expires": '"expiresAt":"([^"]+)"'}),
        ("payment", _PAYMENT, {**cart, "instructions": [{"cardToken": "{{card}}"}]}, {}),
        ("place", _PLACE, {**cart, **agreed}, {"number": '"number":"([^"]+)"', "paid": '"(AUTHORIZED)"'}),
    ]
    ours, theirs = zip(*[_step(*step) for step in steps], strict=True)
    begun = [{"email": "ada@example.com", "lines": [{"sku": sku, "quantity": 1}]} for sku in skus]
    took = {"cart": _NEW["cart"], "token": _NEW["token"]}
    first = [graphql(_BEGIN, {"input": each}) for each in begun], [orjson.dumps(each) for each in begun]
    card = Step("/vault/cards", [orjson.dumps(_CARD)], {"card": '"token":"(card_[^"]+)"'})
    seen = {"summary": '"summaryToken":"([^"]+)"', "terms": '"termsVersion":"([^"]+)"'}
    summary = (
        Step("/graphql", [graphql(_SUMMARY, cart)], seen, _OF_CART),
        Step("/checkout/summary", [orjson.dumps(cart)], seen, _OF_CART),
    )
    return Workload(
        key,
        title,
        [Step("/graphql", first[0], took), *ours[:3], card, ours[3], summary[0], ours[4]],
        [Step("/checkout/begin", first[1], took), *theirs[:3], card, theirs[3], summary[1], theirs[4]],
    )


def _step(name: str, document: str, input: dict[str, Any], take: dict[str, str]) -> tuple[Step, Step]:
    """A mutation, ours and by hand."""
    took = {**take, **_DONE}
    return (
        Step("/graphql", [graphql(document, {"input": input})], took, _OF_CART),
        Step(f"/checkout/{name}", [orjson.dumps(input)], took, _OF_CART),
    )


async def _skus(client: httpx.AsyncClient, handles: list[str]) -> list[str]:
    """The variant of each product that there is most of."""
    found = []
    for handle in handles:
        answer = await client.post("/graphql", json={"query": _SKUS, "variables": {"handle": handle}})
        found.append(data_of(answer.json())["product"]["variants"][MOST_STOCKED]["sku"])
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
    """The handles of some thousand products, and the cursors before pages of 24, from everywhere in the catalog."""
    handles: list[str] = []
    cursors: list[str] = []
    async for page in _pages(client):
        handles += [edge["node"]["handle"] for edge in page["edges"]]
        cursors += [edge["cursor"] for edge in page["edges"]]
    afters = [None, *cursors[PAGE - 1 : -1 : PAGE]]
    return _some(handles), _some(afters)


def _some(all_: list[Any]) -> list[Any]:
    """From everywhere in between, but no more than `_MOST`."""
    return all_[:: max(1, -(-len(all_) // _MOST))]


async def _pages(client: httpx.AsyncClient) -> AsyncIterator[dict[str, Any]]:
    after, more = None, True
    while more:
        answer = await client.post("/graphql", json={"query": _HANDLES, "variables": {"after": after}})
        page = data_of(answer.json())["products"]
        yield page
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
