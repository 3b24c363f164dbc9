"""A made-up catalog of any size in the shop of the demonstration: each product in three variants, two languages, two currencies.

Its vocabulary grows with it: for each 10,000 products more there is a dialect more, in which all the words have another beginning, so
that what is searched for has as many hits in a large catalog as in a small one.
"""

import asyncio
import tomllib
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from importlib.resources import files
from random import Random
from typing import Any
from uuid import UUID

from commerce_api.adapters.ids import new_id
from commerce_api.operations.demo.settings import Places, put_settings
from commerce_api.persistence.languages import configuration_of
from commerce_api.persistence.sql import Connection, Database, Statement
from commerce_api.persistence.stores import product_search
from commerce_api.persistence.stores.bulk import Rows

MOST_STOCKED = 2
"""The place of the variant that orders never use up."""
_BATCH = 1000
_OF_A_DIALECT = 10_000
_VENDORS = [
    f"{first}{second}" for first in ("Wald", "Nord", "Berg", "See", "Moor") for second in ("werk", "faden", "hof")
]
_KINDS = {
    "packs": ("gear", "Pack"), "tents": ("gear", "Tent"), "light-and-fire": ("gear", "Lantern"), "tools": ("gear", "Compass"),
    "clothing": ("clothing", "Jacket"), "footwear": ("clothing", "Boot"), "cookware": ("cookware", "Kettle"),
    "tableware": ("cookware", "Bowl"), "coffee-and-tea": ("food", "Coffee"), "textiles": ("home", "Blanket"),
}  # fmt: skip
ADJECTIVES = (
    "Quiet",
    "Amber",
    "Long",
    "Windy",
    "Early",
    "Mossy",
    "Northern",
    "Small",
    "Patient",
    "Bright",
    "Hollow",
    "Stony",
)
NAMES = (
    "Heron",
    "Otter",
    "Larch",
    "Fern",
    "Badger",
    "Juniper",
    "Willow",
    "Falcon",
    "Birch",
    "Marten",
    "Curlew",
    "Lynx",
)
_WORDS = """
made for long days outside and for the evening after them it keeps dry light warm what you carry through rain wind
snow and heat sewn by hand in a small workshop from cloth that lasts repaired for free as long as you walk with it
pockets where hands look for them buckles that close with gloves a color that hides mud and shows in fog packs into
its own hood weighs less than a loaf of bread tested by postmen foresters and children over three winters
""".split()  # noqa: SIM905 - to be read
_FIRST, _SECOND = 60, 40
"""Words of the paragraphs of a description."""
_CHOICES = {
    "Color": ["Moss", "Pine", "Ochre", "Rust", "Slate", "Night", "Sea", "Sand", "Soot", "Berry"],
    "Size": ["Small", "Regular", "Large"],
}
_SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
_ATTRIBUTES = {
    "gear": {"material": ["Ripstop nylon", "Waxed cotton", "Brass", "Titanium"], "season": ["Summer", "Four seasons"]},
    "clothing": {"fabric": ["Merino wool", "Linen", "Cotton", "Leather"], "fit": ["Regular", "Relaxed", "Wide"]},
    "cookware": {"made_of": ["Cast iron", "Steel", "Copper", "Enamel", "Stoneware"]},
    "food": {"origin": ["Ethiopia", "Austria", "Finland", "France"], "taste": ["Nutty", "Smoky", "Herbal", "Fruity"]},
    "home": {"fabric": ["Wool", "Cotton", "Linen", "Wool felt"]},
}


async def generate(database: Database, *, products: int, at: datetime, abreast: int = 1) -> None:
    """Fill an empty database, by so many connections; the same catalog each time, but for ids."""
    shop = tomllib.loads(
        files("commerce_api.operations.demo").joinpath("shop.toml").read_text("utf-8"), parse_float=Decimal
    )
    rows = Rows()
    places = put_settings(rows, shop)
    catalog = _Catalog(shop, places, at, dialects=max(1, products // _OF_A_DIALECT))
    catalog.put_frame(rows)
    async with database.transaction() as connection:
        await rows.copy(connection)
        await _put_paragraphs(connection, catalog.paragraphs())
    batches = iter(range(0, products, _BATCH))

    async def put() -> None:
        for start in batches:
            rows = Rows()
            ids = [catalog.put_product(rows, number) for number in range(start, min(start + _BATCH, products))]
            async with database.transaction() as connection:
                await rows.copy(connection)
                await product_search.refresh(connection, ids, _WORDS_OF_PARAGRAPHS)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(abreast):
            tasks.create_task(put())
    async with database.transaction() as connection:
        await connection.raw.execute("DROP TABLE bench_paragraphs")


async def _put_paragraphs(connection: Connection, paragraphs: Iterable[tuple[str, str]]) -> None:
    """The words of each paragraph that is ever written: finding them is most of the work, and the same ones come again and again."""
    await connection.raw.execute(
        "CREATE TABLE bench_paragraphs (language text, html text, words tsvector NOT NULL, PRIMARY KEY (language, html))"
    )
    languages, htmls = zip(*sorted(set(paragraphs)), strict=True)
    await connection.raw.execute(
        f"INSERT INTO bench_paragraphs SELECT language, html, {product_search.description('html', 'configuration')}"
        " FROM unnest($1::text[], $2::regconfig[], $3::text[]) AS p (language, configuration, html)",
        languages, [configuration_of(language) for language in languages], htmls,
    )  # fmt: skip


def _words_of_paragraphs() -> Statement:
    of = "(SELECT words FROM bench_paragraphs p WHERE p.language = spoken.language AND html = split_part({}, '</p>', {}) || '</p>')"
    first, second = (of.format(product_search.HTML, place) for place in (1, 2))
    return product_search.words(f"{first} || coalesce({second}, '')")


_WORDS_OF_PARAGRAPHS = _words_of_paragraphs()


class _Catalog:
    def __init__(self, shop: dict[str, Any], places: Places, at: datetime, *, dialects: int) -> None:
        self._shop, self._places, self._at, self._dialects = shop, places, at, dialects
        self._types = {code: new_id() for code in shop["types"]}
        self._categories = {code: new_id() for code in shop["categories"]}

    def put_frame(self, rows: Rows) -> None:
        for code, type_ in self._shop["types"].items():
            rows.add("product_types", id=self._types[code], code=code, name=type_["name"])
            for position, (name, choices) in enumerate(_ATTRIBUTES.get(code, {}).items()):
                rows.add(
                    "attributes", id=new_id(), product_type_id=self._types[code], code=name, name=name.title(),
                    kind="CHOICE", choices=choices, facet=True, position=position,
                )  # fmt: skip
        for position, (code, category) in enumerate(self._shop["categories"].items()):
            rows.add(
                "categories", id=self._categories[code], handle=code, name=category["name"][0],
                parent_id=self._categories.get(category.get("below", "")), position=position,
                translations={"de": {"name": category["name"][1]}},
            )  # fmt: skip
        for dialect in range(1, self._dialects):
            for code in _KINDS:
                self._put_category(rows, code, _Dialect(dialect))

    def paragraphs(self) -> Iterator[tuple[str, str]]:
        """All that descriptions are put together from, with their languages."""
        for dialect in range(self._dialects):
            said = _Dialect(dialect)
            for language, words in (("en", _FIRST), ("en", _SECOND), ("de", _FIRST)):
                yield from ((language, f"<p>{said(prose)}</p>") for prose in _proses(words))

    def _put_category(self, rows: Rows, code: str, said: "_Dialect") -> None:
        """What it is called in another dialect, beside it."""
        category, id_ = self._shop["categories"][code], new_id()
        self._categories[said(code)] = id_
        rows.add(
            "categories", id=id_, handle=said(code), name=said(category["name"][0]),
            parent_id=self._categories.get(category.get("below", "")), translations={"de": {"name": said(category["name"][1])}},
        )  # fmt: skip

    def put_product(self, rows: Rows, number: int) -> UUID:
        dice, id_ = Random(number), new_id()
        category = dice.choice(list(_KINDS))
        (type_, kind), said = _KINDS[category], _Dialect(number % self._dialects)
        title = said(f"{dice.choice(ADJECTIVES)} {dice.choice(NAMES)} {kind}") + f" {number}"
        since = self._at - timedelta(minutes=number + 1)
        option = dice.choice(list(_CHOICES))
        rows.add(
            "products", id=id_, handle=title.lower().replace(" ", "-"), product_type_id=self._types[type_],
            tax_class_id=self._places.tax_classes[self._shop["types"][type_]["tax"]], title=title,
            description_html=f"<p>{said(_prose(dice, _FIRST))}</p><p>{said(_prose(dice, _SECOND))}</p>", vendor=dice.choice(_VENDORS),
            tags=dice.sample(_WORDS[:40], 2), option_names=[option], status="ACTIVE", popularity=dice.randrange(1000),
            attributes={code: dice.choice(choices) for code, choices in _ATTRIBUTES[type_].items()},
            seo_title=title, seo_description=said(_prose(dice, 12)), created_at=since, updated_at=since,
        )  # fmt: skip
        rows.add(
            "product_translations", product_id=id_, language="de", title=f"{title} (de)",
            description_html=f"<p>{said(_prose(dice, _FIRST))}</p>", option_names=[self._shop["german"][option]],
        )  # fmt: skip
        for channel_id in self._places.channels.values():
            rows.add("product_publications", product_id=id_, channel_id=channel_id, published_from=since)
        rows.add("product_categories", product_id=id_, category_id=self._categories[said(category)])
        for position in range(3):
            media_id = new_id()
            rows.add("media", id=media_id, url=f"/pictures/{number}-{position}.webp", width=800, height=800)
            rows.add("product_media", product_id=id_, media_id=media_id, position=position, alt=title)
        for position, value in enumerate(dice.sample(_CHOICES[option], 3)):
            self._put_variant(rows, dice, id_, number, position, value)
        return id_

    def _put_variant(self, rows: Rows, dice: Random, product_id: UUID, number: int, position: int, value: str) -> None:
        id_, amount = new_id(), dice.randrange(500, 20_000)
        rows.add(
            "variants", id=id_, product_id=product_id, position=position, sku=f"B{number:07}-{position}",
            option_values=[value], weight=dice.randrange(50, 3000), stock_policy="DENY",
        )  # fmt: skip
        said = self._shop["german"].get(value, value)
        rows.add("variant_translations", variant_id=id_, language="de", option_values=[said])
        for (_, currency), list_id in self._places.price_lists.items():
            price = amount if currency == "EUR" else amount * 11 // 10
            was = price * 5 // 4 if number % 5 == 0 else None
            rows.add("prices", price_list_id=list_id, variant_id=id_, min_quantity=1, amount=price, compare_at=was)
            if number % 10 == 0:
                rows.add("prices", price_list_id=list_id, variant_id=id_, min_quantity=10, amount=price * 9 // 10)
        for location_id in self._places.locations.values():
            some = dice.choice((0, 3, 8, 50_000, 50_000, 50_000))
            on_hand = 50_000 if position == MOST_STOCKED else some
            rows.add("stock_levels", variant_id=id_, location_id=location_id, on_hand=on_hand)


class _Dialect:
    """How words are said in it: with a syllable or two before them; the first leaves them as they are."""

    def __init__(self, number: int) -> None:
        self._beginning = ""
        while number:
            number, place = divmod(number, len(_SYLLABLES))
            self._beginning += _SYLLABLES[place]

    def __call__(self, words: str) -> str:
        return (
            " ".join(
                (self._beginning + word.lower()).capitalize() if word[0].isupper() else self._beginning + word
                for word in words.split()
            )
            if self._beginning
            else words
        )


def _prose(dice: Random, words: int) -> str:
    return _prose_from(dice.randrange(len(_WORDS)), words)


def _proses(words: int) -> Iterator[str]:
    """Everything that `_prose` may say."""
    return (_prose_from(start, words) for start in range(len(_WORDS)))


def _prose_from(start: int, words: int) -> str:
    return " ".join((_WORDS * 2)[start : start + words]).capitalize() + "."
