"""Products, variants, categories, collections, media, prices, search."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Index, LargeBinary, Table, UniqueConstraint, text

from commerce_api.persistence.tables.columns import (
    document,
    id_,
    integer,
    metadata,
    minor,
    moment,
    ref,
    revision,
    string,
    strings,
)

product_types = Table("product_types", metadata, id_(), string("code", unique=True), string("name"), revision())

attributes = Table(
    "attributes",
    metadata,
    id_(),
    ref("product_type_id", "product_types", ondelete="CASCADE"),
    string("code"),
    string("name"),
    string("kind"),
    strings("choices"),
    Column("of_variant", Boolean(), nullable=False, server_default=text("false")),
    Column("required", Boolean(), nullable=False, server_default=text("false")),
    Column("facet", Boolean(), nullable=False, server_default=text("false")),
    document("translations", default="{}"),
    integer("position", 0),
    UniqueConstraint("product_type_id", "code"),
    CheckConstraint("kind IN ('TEXT', 'NUMBER', 'BOOLEAN', 'DATE', 'CHOICE')", name="kind"),
)
"""What products of a type can say of themselves; values stand in `products.attributes` and `variants.attributes` by code."""

products = Table(
    "products",
    metadata,
    id_(),
    string("handle", unique=True),
    ref("product_type_id", "product_types"),
    ref("tax_class_id", "tax_classes"),
    string("title"),
    string("description_html", server_default=""),
    string("vendor", server_default=""),
    strings("tags"),
    strings("option_names"),
    string("seo_title", server_default=""),
    string("seo_description", server_default=""),
    document("attributes", default="{}"),
    document("other_columns", default="{}"),
    string("status"),
    Column("popularity", BigInteger(), nullable=False, server_default=text("0")),
    moment("created_at"),
    moment("updated_at"),
    moment("deleted_at", nullable=True),
    revision(),
    CheckConstraint("status IN ('DRAFT', 'ACTIVE', 'ARCHIVED')", name="status"),
    Index("ix_products_popularity_id", "popularity", "id"),
    CheckConstraint("cardinality(option_names) <= 3", name="at_most_three_options"),
)

"""`other_columns` are those of an imported file that mean nothing here; an export gives them back."""

product_translations = Table(
    "product_translations",
    metadata,
    ref("product_id", "products", ondelete="CASCADE", primary_key=True),
    string("language", primary_key=True),
    string("title"),
    string("description_html", server_default=""),
    strings("option_names"),
    string("seo_title", server_default=""),
    string("seo_description", server_default=""),
)

product_publications = Table(
    "product_publications",
    metadata,
    ref("product_id", "products", ondelete="CASCADE", primary_key=True),
    ref("channel_id", "channels", ondelete="CASCADE", primary_key=True),
    moment("published_from"),
    moment("published_until", nullable=True),
    Index("ix_product_publications_newest", "channel_id", "published_from", "product_id"),
    Index("ix_product_publications_until", "published_until", postgresql_where=text("published_until IS NOT NULL")),
)
"""The assortment of a channel: an ACTIVE product is on sale there in `[published_from, published_until)`."""

variants = Table(
    "variants",
    metadata,
    id_(),
    ref("product_id", "products", ondelete="CASCADE"),
    integer("position", 0),
    string("sku", nullable=True),
    strings("option_values"),
    string("barcode", server_default=""),
    integer("weight", 0),
    Column("requires_shipping", Boolean(), nullable=False, server_default=text("true")),
    Column("taxable", Boolean(), nullable=False, server_default=text("true")),
    string("stock_policy"),
    integer("backorder_limit", nullable=True),
    integer("min_quantity", 1),
    integer("max_quantity", nullable=True),
    integer("quantity_step", 1),
    minor("cost", nullable=True),
    string("cost_currency", nullable=True),
    document("attributes", default="{}"),
    document("other_columns", default="{}"),
    ref("media_id", "media", nullable=True, ondelete="SET NULL"),
    ref("successor_id", "variants", nullable=True, ondelete="SET NULL"),
    moment("deleted_at", nullable=True),
    revision(),
    Index("ix_variants_product_id_position", "product_id", "position"),
    CheckConstraint("stock_policy IN ('DENY', 'BACKORDER', 'UNTRACKED')", name="stock_policy"),
    CheckConstraint("min_quantity > 0 AND quantity_step > 0", name="quantity_rules"),
    CheckConstraint("weight >= 0", name="weight_not_negative"),
)
"""`weight` in grams. `option_values` stand in the order of the product's `option_names`."""
Index(
    "uq_variants_sku",
    variants.c.sku,
    unique=True,
    postgresql_where=variants.c.deleted_at.is_(None) & variants.c.sku.is_not(None),
)

variant_translations = Table(
    "variant_translations",
    metadata,
    ref("variant_id", "variants", ondelete="CASCADE", primary_key=True),
    string("language", primary_key=True),
    strings("option_values"),
)

media = Table(
    "media",
    metadata,
    id_(),
    string("url", nullable=True),
    string("sha256", nullable=True, unique=True),
    string("content_type", nullable=True),
    Column("content", LargeBinary(), nullable=True),
    integer("width", nullable=True),
    integer("height", nullable=True),
    CheckConstraint("(url IS NULL) <> (content IS NULL)", name="outside_or_here"),
)
"""A picture: either elsewhere (`url`) or in here (`content`), where every process on every machine can serve it."""
Index("uq_media_url", media.c.url, unique=True, postgresql_where=media.c.url.is_not(None))

product_media = Table(
    "product_media",
    metadata,
    ref("product_id", "products", ondelete="CASCADE", primary_key=True),
    ref("media_id", "media", ondelete="CASCADE", primary_key=True),
    integer("position", 0),
    string("alt", server_default=""),
)

categories = Table(
    "categories",
    metadata,
    id_(),
    ref("parent_id", "categories", nullable=True, index=True),
    string("handle", unique=True),
    string("name"),
    string("description_html", server_default=""),
    document("translations", default="{}"),
    integer("position", 0),
    revision(),
)

product_categories = Table(
    "product_categories",
    metadata,
    ref("product_id", "products", ondelete="CASCADE", primary_key=True),
    ref("category_id", "categories", ondelete="CASCADE", primary_key=True, index=True),
    integer("position", 0),
)

collections = Table(
    "collections",
    metadata,
    id_(),
    string("handle", unique=True),
    string("name"),
    string("description_html", server_default=""),
    document("translations", default="{}"),
    revision(),
)

collection_products = Table(
    "collection_products",
    metadata,
    ref("collection_id", "collections", ondelete="CASCADE", primary_key=True),
    ref("product_id", "products", ondelete="CASCADE", primary_key=True, index=True),
    integer("position", 0),
)

product_relations = Table(
    "product_relations",
    metadata,
    ref("product_id", "products", ondelete="CASCADE", primary_key=True),
    ref("related_product_id", "products", ondelete="CASCADE", primary_key=True, index=True),
    string("kind", primary_key=True),
    integer("position", 0),
    CheckConstraint("kind IN ('CROSS_SELL', 'UP_SELL', 'ACCESSORY', 'SUBSTITUTE')", name="kind"),
    CheckConstraint("product_id <> related_product_id", name="not_itself"),
)

price_lists = Table(
    "price_lists",
    metadata,
    id_(),
    string("code", unique=True),
    string("name"),
    ref("channel_id", "channels", ondelete="CASCADE"),
    string("currency"),
    ref("customer_group_id", "customer_groups", nullable=True, ondelete="CASCADE"),
    integer("priority", 0),
    moment("valid_from", nullable=True),
    moment("valid_until", nullable=True),
    revision(),
    Index("ix_price_lists_channel_id_currency", "channel_id", "currency"),
)
"""Prices for a channel and currency, for everybody or for one group, valid in `[from, until)`; the highest priority wins."""

prices = Table(
    "prices",
    metadata,
    ref("variant_id", "variants", ondelete="CASCADE", primary_key=True),
    ref("price_list_id", "price_lists", ondelete="CASCADE", primary_key=True),
    integer("min_quantity", 1, primary_key=True, autoincrement=False),
    minor("amount"),
    minor("compare_at", nullable=True),
    minor("lowest", nullable=True),
    Index("ix_prices_price_list_id_variant_id", "price_list_id", "variant_id"),
    CheckConstraint("amount >= 0", name="amount_not_negative"),
    CheckConstraint("min_quantity > 0", name="min_quantity_positive"),
)
"""Of one variant's rows in one list, the one with the greatest `min_quantity` that the quantity reaches is the unit price.
`lowest` is what limits of staff may hold them to.
"""
