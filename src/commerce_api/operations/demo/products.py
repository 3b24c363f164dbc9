"""The catalog of the demonstration shop, as rows."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import product as combinations
from typing import Any
from uuid import UUID
from zlib import crc32

from commerce_api.adapters.ids import new_id
from commerce_api.domain.money import Rounding, divided
from commerce_api.domain.value import value
from commerce_api.operations.demo.pictures import PALETTE, picture
from commerce_api.operations.demo.settings import Places, minor
from commerce_api.persistence.stores.bulk import Rows

_RELATIONS = {
    "accessories": "ACCESSORY",
    "cross_sell": "CROSS_SELL",
    "up_sell": "UP_SELL",
    "substitutes": "SUBSTITUTE",
}
_POLICIES = {"backorder": "BACKORDER", "untracked": "UNTRACKED", None: "DENY"}


@value
class Variant:
    id: UUID
    options: Mapping[str, str]
    more: int
    weight: int


class Catalog:
    """Puts products one after another; the newest is the first."""

    def __init__(self, rows: Rows, shop: Mapping[str, Any], places: Places, at: datetime) -> None:
        self._rows, self._shop, self._places, self._at = rows, shop, places, at
        self._german: Mapping[str, str] = shop["german"]
        self._types = {code: new_id() for code in shop["types"]}
        self._categories = {code: new_id() for code in shop["categories"]}
        self._collections = {code: new_id() for code in shop["collections"]}
        self._friends = new_id()
        self._counting = new_id()

    def put(self, products: list[Mapping[str, Any]]) -> None:
        self._put_frame(products)
        ids = {product["handle"]: new_id() for product in products}
        for number, product in enumerate(products):
            self._put_product(ids, product, number)

    def _put_frame(self, products: list[Mapping[str, Any]]) -> None:
        for code, type_ in self._shop["types"].items():
            self._rows.add("product_types", id=self._types[code], code=code, name=type_["name"])
            for position, (name, attribute) in enumerate(type_.get("attributes", {}).items()):
                values = {p["attributes"][name] for p in products if p["type"] == code and name in p["attributes"]}
                self._put_attribute(code, name, attribute, values, position)
        for table, ids in (("categories", self._categories), ("collections", self._collections)):
            for position, (code, group) in enumerate(self._shop[table].items()):
                self._put_group(table, ids[code], code, group, position)
        self._rows.add(
            "price_lists",
            id=self._friends,
            code="eu-eur-friends",
            name="Friends of the forest, EUR",
            channel_id=self._places.channels["eu"],
            currency="EUR",
            customer_group_id=self._places.groups["friends"],
            priority=10,
        )

    def _put_attribute(self, type_: str, code: str, attribute: Any, values: set[Any], position: int) -> None:
        choices = sorted(values) if attribute["kind"] == "CHOICE" else []
        german = {"name": attribute["name"][1], "choices": {c: self._german.get(c, c) for c in choices}}
        self._rows.add(
            "attributes",
            id=new_id(),
            product_type_id=self._types[type_],
            code=code,
            name=attribute["name"][0],
            kind=attribute["kind"],
            choices=choices,
            facet=attribute["facet"],
            translations={"de": german},
            position=position,
        )

    def _put_group(self, table: str, id_: UUID, code: str, group: Mapping[str, Any], position: int) -> None:
        english, german = (f"<p>{text}</p>" if text else "" for text in group.get("text", ("", "")))
        place: dict[str, Any] = {}
        if table == "categories":
            place = {"parent_id": self._categories.get(group.get("below", "")), "position": position}
        self._rows.add(
            table,
            id=id_,
            handle=code,
            name=group["name"][0],
            description_html=english,
            translations={"de": {"name": group["name"][1], "description_html": german}},
            **place,
        )

    def _put_product(self, ids: Mapping[str, UUID], product: Mapping[str, Any], number: int) -> None:
        id_, since = ids[product["handle"]], self._at - timedelta(days=1 + number)
        type_, options = self._shop["types"][product["type"]], product.get("options", {})
        tags = product.get("tags", [])
        self._rows.add(
            "products",
            id=id_,
            handle=product["handle"],
            product_type_id=self._types[product["type"]],
            tax_class_id=self._places.tax_classes[type_["tax"]],
            title=product["title"][0],
            description_html=f"<p>{product['text'][0]}</p>",
            vendor=type_["vendor"],
            tags=tags,
            option_names=list(options),
            attributes=product.get("attributes", {}),
            status="ACTIVE",
            popularity=crc32(product["handle"].encode()) % 500 + 500 * ("bestseller" in tags),
            created_at=since,
            updated_at=since,
        )
        self._rows.add(
            "product_translations",
            product_id=id_,
            language="de",
            title=product["title"][1],
            description_html=f"<p>{product['text'][1]}</p>",
            option_names=[self._german.get(name, name) for name in options],
        )
        for channel_id in self._places.channels.values():
            self._rows.add("product_publications", product_id=id_, channel_id=channel_id, published_from=since)
        self._put_places(ids, product)
        self._put_variants(id_, product, self._put_pictures(id_, product))

    def _put_places(self, ids: Mapping[str, UUID], product: Mapping[str, Any]) -> None:
        id_ = ids[product["handle"]]
        for position, code in enumerate(product["in"]):
            category_id = self._categories[code]
            self._rows.add("product_categories", product_id=id_, category_id=category_id, position=position)
        for code in product.get("collections", []):
            self._rows.add("collection_products", collection_id=self._collections[code], product_id=id_)
        for field, kind in _RELATIONS.items():
            for position, handle in enumerate(product.get(field, [])):
                self._rows.add(
                    "product_relations",
                    product_id=id_,
                    related_product_id=ids[handle],
                    kind=kind,
                    position=position,
                )

    def _put_pictures(self, product_id: UUID, product: Mapping[str, Any]) -> dict[str, UUID]:
        """One for each color, and one from nearby."""
        colors = _colors(product) or [product["color"]]
        drawn: dict[str, UUID] = {}
        for position, color in enumerate([*colors, colors[0]]):
            near = position == len(colors)
            content = picture(product["handle"], product["picture"], color, close=near)
            id_ = new_id()
            self._rows.add(
                "media",
                id=id_,
                sha256=sha256(content).hexdigest(),
                content_type="image/svg+xml",
                content=content,
                width=800,
                height=800,
            )
            alt = product["title"][0] + (" from nearby" if near else f" in {color}" if _colors(product) else "")
            self._rows.add("product_media", product_id=product_id, media_id=id_, position=position, alt=alt)
            drawn.setdefault(color, id_)
        return drawn

    def _put_variants(self, product_id: UUID, product: Mapping[str, Any], pictures: Mapping[str, UUID]) -> None:
        policy = _POLICIES[product.get("stock")]
        for position, variant in enumerate(_variants(product)):
            values = list(variant.options.values())
            sku = "-".join([_short(product["handle"]), *(_short(v) for v in values)])
            color = next((v for v in values if v in pictures), None)
            self._rows.add(
                "variants",
                id=variant.id,
                product_id=product_id,
                position=position,
                sku=sku,
                option_values=values,
                weight=variant.weight,
                requires_shipping=variant.weight > 0,
                stock_policy=policy,
                backorder_limit=50 if policy == "BACKORDER" else None,
                cost=minor(product["price"][0], "EUR") * 45 // 100,
                cost_currency="EUR",
                media_id=pictures[color] if color else None,
            )
            self._rows.add(
                "variant_translations",
                variant_id=variant.id,
                language="de",
                option_values=[self._german.get(v, v) for v in values],
            )
            self._put_prices(variant, product)
            if policy != "UNTRACKED":
                self._put_stock(variant.id, sku, scarce=policy == "BACKORDER")

    def _put_prices(self, variant: Variant, product: Mapping[str, Any]) -> None:
        for (_, currency), list_id in self._places.price_lists.items():
            of = ("EUR", "USD").index(currency)
            amount = minor(product["price"][of], currency) + variant.more
            was = minor(product["was"][of], currency) + variant.more if "was" in product else None
            lowest = divided(amount * 85, 100, Rounding.HALF_UP) if "bestseller" in product.get("tags", []) else None
            price = {"variant_id": variant.id, "price_list_id": list_id, "compare_at": was, "lowest": lowest}
            self._rows.add("prices", min_quantity=1, amount=amount, **price)
            for quantity, share in product.get("quantity_prices", {}).items():
                less = divided(int(amount * share * 100), 100, Rounding.HALF_UP)
                self._rows.add("prices", min_quantity=int(quantity), amount=less, **price)
            if currency == "EUR" and "bestseller" in product.get("tags", []):
                less = divided(amount * 9, 10, Rounding.HALF_UP)
                self._rows.add(
                    "prices",
                    variant_id=variant.id,
                    price_list_id=self._friends,
                    min_quantity=1,
                    amount=less,
                    compare_at=amount,
                )

    def _put_stock(self, variant_id: UUID, sku: str, *, scarce: bool) -> None:
        for code, location_id in self._places.locations.items():
            on_hand = _on_hand(f"{sku}@{code}") // (10 if scarce else 1)
            self._rows.add("stock_levels", variant_id=variant_id, location_id=location_id, on_hand=on_hand)
            if on_hand:
                self._rows.add(
                    "stock_movements",
                    id=new_id(),
                    adjustment_id=self._counting,
                    variant_id=variant_id,
                    location_id=location_id,
                    delta=on_hand,
                    reason="RECEIVED",
                    actor={"kind": "SYSTEM"},
                    at=self._at,
                )


def _colors(product: Mapping[str, Any]) -> list[str]:
    """The values of the option that shows."""
    values = product.get("options", {}).values()
    return next((list(choices) for choices in values if choices[0] in PALETTE), [])


def _variants(product: Mapping[str, Any]) -> Iterator[Variant]:
    options, more, heavier = product.get("options", {}), product.get("more", {}), product.get("heavier", {})
    for values in combinations(*options.values()):
        yield Variant(
            id=new_id(),
            options=dict(zip(options, values, strict=True)),
            more=sum(minor(more.get(v, 0), "EUR") for v in values),
            weight=product["weight"] + sum(heavier.get(v, 0) for v in values),
        )


def _short(text: str) -> str:
    """The start of each word, in capitals: "larch-tent" is LARTEN, "0.75 l" is 075L."""
    words = "".join(ch if ch.isalnum() else " " for ch in text.replace(".", "")).split()
    return "".join(word[:3] for word in words).upper()


def _on_hand(key: str) -> int:
    """Plenty of most things, few of some, none of others; always the same."""
    dice = crc32(key.encode())
    if dice % 11 == 0:
        return 0
    return 1 + dice % 4 if dice % 6 == 0 else 12 + dice % 80
