"""What browsing and search read: derived from the catalog in the transaction that changes it, and never written otherwise."""

from sqlalchemy import Boolean, Column, Date, Index, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR

from commerce_api.persistence.tables.columns import integer, metadata, minor, ref, string, strings

product_search = Table(
    "product_search",
    metadata,
    ref("product_id", "products", ondelete="CASCADE", primary_key=True),
    string("language", primary_key=True),
    Column("name", Text(collation="C"), nullable=False),
    Column("words", TSVECTOR(), nullable=False),
    Column("heads", TSVECTOR(), nullable=False),
    Index("ix_product_search_language_name", "language", "name", "product_id"),
    Index("ix_product_search_words", "words", postgresql_using="gin"),
)
"""A product in one language. `name` is the folded title, to sort by; `words` holds each word twice, stemmed and as it is.
`heads` are those of them outside the description, with their places: what decides how well a product fits.
"""

product_facets = Table(
    "product_facets",
    metadata,
    ref("product_id", "products", ondelete="CASCADE", primary_key=True),
    Column("active", Boolean(), nullable=False),
    strings("facets"),
    Index("ix_product_facets_facets", "facets", postgresql_using="gin"),
)
"""What a product can be filtered by, as texts such as `VENDOR::Acme`, and whether it can be sold at all: a narrow row for
each product, so that lists need not read `products`.
"""

product_offers = Table(
    "product_offers",
    metadata,
    ref("product_id", "products", ondelete="CASCADE", primary_key=True),
    ref("price_list_id", "price_lists", ondelete="CASCADE", primary_key=True),
    minor("min_amount"),
    minor("max_amount"),
    Column("complete", Boolean(), nullable=False),
    Index("ix_product_offers_min_amount", "price_list_id", "min_amount", "product_id"),
)
"""From what to what a product's variants cost in one list, whether or not the list is in force: which list counts is
decided when asked (D14). `complete`: the list has a price for each of its variants.
"""

search_words = Table(
    "search_words",
    metadata,
    string("language", primary_key=True),
    Column("word", Text(collation="C"), primary_key=True),
    Column("trigrams", ARRAY(Text()), nullable=False),
    Index("ix_search_words_trigrams", "trigrams", postgresql_using="gin"),
)
"""Every word of titles and other short texts, to find the one that was meant."""

search_counts = Table(
    "search_counts",
    metadata,
    ref("channel_id", "channels", ondelete="CASCADE", primary_key=True),
    Column("day", Date(), primary_key=True),
    string("language", primary_key=True),
    Column("term", Text(collation="C"), primary_key=True),
    integer("searches", 0),
    integer("without_hit", 0),
)
"""What was searched for how often on a day; nothing tells by whom."""

option_labels = Table(
    "option_labels",
    metadata,
    string("language", primary_key=True),
    string("name", primary_key=True),
    string("value", primary_key=True),
    string("label"),
)
"""What options and their values are called in another language, by what they are called in the catalog's own. An empty
value stands for the option itself.
"""
