"""What belongs to a product or to a variant as a column of its row, read only where it is asked for: so one statement reads
both. A list is null if it is empty, and each of its entries a tuple.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Label,
    Select,
    Text,
    bindparam,
    case,
    cast,
    false,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from commerce_api.persistence.readers.assortment import translated_list
from commerce_api.persistence.readers.categories import (
    CATEGORY_COLUMNS,
    CATEGORY_ORDER,
    COLLECTION_COLUMNS,
    COLLECTION_ORDER,
    said,
)
from commerce_api.persistence.readers.prices import IN_SCOPE
from commerce_api.persistence.tables.catalog import (
    attributes,
    categories,
    collection_products,
    collections,
    media,
    prices,
    product_categories,
    product_media,
    products,
    variant_translations,
    variants,
)

_PICTURE: Final = tuple(media.c[name] for name in ("id", "url", "sha256", "content_type", "width", "height"))
"""Of a picture, before what it shows; never the content. See `schema.catalog_values.Image`."""


class Form(NamedTuple):
    """How an entry of several values, and a list of entries, come from the database."""

    one: Callable[..., Any]
    all: Callable[..., Any]


ROWS: Final = Form(func.row, func.array_agg)
JSON: Final = Form(func.json_build_array, func.json_agg)
"""For what is part of a larger JSON: ids are texts there."""

_UNSAID: ColumnElement[str] = cast(literal_column("''"), Text())
_IN_PLACE: Final = (product_media.c.position, media.c.id)


def _list(
    source: FromClause,
    *conditions: ColumnElement[bool],
    entry: Sequence[ColumnElement[Any]],
    order: Sequence[ColumnElement[Any]],
    of: FromClause = products,
    form: Form = ROWS,
) -> ColumnElement[Any]:
    listed = form.all(aggregate_order_by(form.one(*entry), *order))
    return _one(select(listed).select_from(source).where(*conditions), of)


def _one(question: Select[Any], of: FromClause = products) -> ColumnElement[Any]:
    """For each product or variant of the statement around it."""
    return question.correlate(products, of).scalar_subquery()


def _first_picture(product_id: ColumnElement[UUID], of: FromClause = products, form: Form = ROWS) -> ColumnElement[Any]:
    """Which one it is, is known before anything is read of it."""
    place = product_media.c
    first = (
        select(place.media_id, place.alt)
        .where(place.product_id == product_id)
        .order_by(place.position, place.media_id)
        .limit(1)
        .correlate(products, of)
        .subquery("first")
    )
    return _one(select(form.one(*_PICTURE, first.c.alt)).join_from(first, media, media.c.id == first.c.media_id), of)


def _said_by(of: FromClause, *, of_variant: bool, form: Form = ROWS) -> Label[Any]:
    """Code, name, kind and value of each attribute that has one, as the product's type puts them in order."""
    raw = of.c.attributes.op("->")(attributes.c.code)
    said_by_it = _list(
        attributes,
        attributes.c.product_type_id == products.c.product_type_id,
        attributes.c.of_variant == (true() if of_variant else false()),
        func.jsonb_typeof(raw) != literal_column("'null'"),
        entry=(attributes.c.code, said(attributes, "name"), attributes.c.kind, raw),
        order=(attributes.c.position, attributes.c.id),
        of=of,
        form=form,
    )
    return case((of.c.attributes != literal_column("'{}'::jsonb"), said_by_it)).label("says")


def _combinations() -> Label[Any]:
    mine = variants.alias("mine")
    own_words = (variant_translations.c.variant_id == mine.c.id) & (
        variant_translations.c.language == bindparam("language")
    )
    values = translated_list(variant_translations.c.option_values, mine.c.option_values)
    listed = func.jsonb_agg(aggregate_order_by(values.element, mine.c.position, mine.c.id))
    of_product = select(listed).select_from(mine.outerjoin(variant_translations, own_words))
    return _one(of_product.where(mine.c.product_id == products.c.id, mine.c.deleted_at.is_(None))).label("combinations")


PARTS_OF_PRODUCT: Sequence[ColumnElement[Any]] = (
    _combinations(),
    _list(
        product_media.join(media, media.c.id == product_media.c.media_id),
        product_media.c.product_id == products.c.id,
        entry=(*_PICTURE, product_media.c.alt),
        order=_IN_PLACE,
    ).label("pictures"),
    _first_picture(products.c.id).label("first_picture"),
    _said_by(products, of_variant=False),
    _list(
        product_categories.join(categories, categories.c.id == product_categories.c.category_id),
        product_categories.c.product_id == products.c.id,
        entry=CATEGORY_COLUMNS,
        order=CATEGORY_ORDER,
    ).label("categories"),
    _list(
        collection_products.join(collections, collections.c.id == collection_products.c.collection_id),
        collection_products.c.product_id == products.c.id,
        entry=COLLECTION_COLUMNS,
        order=COLLECTION_ORDER,
    ).label("collections"),
)
"""`combinations` are the option values of each variant in the caller's language."""


def parts_of_variant(of: FromClause, form: Form = ROWS) -> Sequence[ColumnElement[Any]]:
    """`of` are the variants, the table or some rows of it. `steps` are what `readers.prices.tiers_of` makes tiers of."""
    own_picture = _one(select(form.one(*_PICTURE, _UNSAID)).where(media.c.id == of.c.media_id), of)
    return (
        own_picture.label("own_picture"),
        func.coalesce(own_picture, _first_picture(of.c.product_id, of, form)).label("picture"),
        _said_by(of, of_variant=True, form=form),
        _list(
            prices.join(IN_SCOPE, IN_SCOPE.c.id == prices.c.price_list_id),
            prices.c.variant_id == of.c.id,
            entry=(prices.c.min_quantity, IN_SCOPE.c.precedence, prices.c.amount, prices.c.compare_at),
            order=(prices.c.min_quantity, IN_SCOPE.c.precedence.desc()),
            of=of,
            form=form,
        ).label("steps"),
    )
