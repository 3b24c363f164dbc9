"""Keeps what search reads in step with the catalog. Call `refresh` in the transaction that changed products.

Everything is set-based: an import calls it once per batch of some thousand products.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT

from commerce_api.persistence.languages import configuration_of
from commerce_api.persistence.sql import Connection, Statement


def _folded(expression: str) -> str:
    """SQL for words without capitals, accents and signs; `domain.spelling.fold` is the same in Python."""
    plain = f"regexp_replace(normalize(lower(({expression}) COLLATE pg_c_utf8), NFKD), '[\\u0300-\\u036f]+', '', 'g')"
    for letter, letters in (("ß", "ss"), ("æ", "ae"), ("œ", "oe")):
        plain = f"replace({plain}, '{letter}', '{letters}')"
    return f"regexp_replace(translate({plain}, 'øłđı', 'oldi'), '[^[:alnum:]]+', ' ', 'g')"


def _statement(sql: str) -> Statement:
    clause: TextClause = text(sql.replace(":", "\\:").replace("\\:ids", ":ids").replace("\\:all_", ":"))
    types: dict[str, Any] = {"ids": ARRAY(Uuid()), "languages": ARRAY(TEXT()), "configurations": ARRAY(TEXT())}
    named = [bindparam(name, type_=type_) for name, type_ in types.items() if f":{name}" in clause.text]
    return Statement(clause.bindparams(*named))


_FORGET_OFFERS = _statement("DELETE FROM product_offers WHERE product_id = ANY (:ids)")
_OFFERS = _statement(
    """
    WITH living AS (
        SELECT id, product_id, min_quantity, count(*) OVER (PARTITION BY product_id) AS variants
        FROM variants WHERE product_id = ANY (:ids) AND deleted_at IS NULL
    ), priced AS (
        SELECT DISTINCT ON (prices.price_list_id, living.id)
            prices.price_list_id, living.product_id, living.variants, prices.amount
        FROM living JOIN prices ON prices.variant_id = living.id AND prices.min_quantity <= living.min_quantity
        ORDER BY prices.price_list_id, living.id, prices.min_quantity DESC
    )
    INSERT INTO product_offers (price_list_id, product_id, min_amount, max_amount, complete)
    SELECT price_list_id, product_id, min(amount), max(amount), count(*) = min(variants)
    FROM priced GROUP BY price_list_id, product_id
    """
)
_FACETS = _statement(
    """
    WITH RECURSIVE asked AS (
        SELECT * FROM products WHERE id = ANY (:ids)
    ), placed AS (
        SELECT product_id, category_id FROM product_categories WHERE product_id = ANY (:ids)
        UNION
        SELECT placed.product_id, categories.parent_id
        FROM placed JOIN categories ON categories.id = placed.category_id WHERE categories.parent_id IS NOT NULL
    ), living AS (
        SELECT variants.*, asked.option_names, asked.product_type_id
        FROM variants JOIN asked ON asked.id = variants.product_id WHERE variants.deleted_at IS NULL
    ), described AS (
        SELECT id AS product_id, product_type_id, attributes, false AS of_variant FROM asked
        UNION ALL
        SELECT product_id, product_type_id, attributes, true FROM living
    ), found (product_id, kind, name, value) AS (
        SELECT product_id, 'CATEGORY', '', category_id::text FROM placed
        UNION
        SELECT product_id, 'COLLECTION', '', collection_id::text FROM collection_products WHERE product_id = ANY (:ids)
        UNION
        SELECT id, 'VENDOR', '', vendor FROM asked WHERE vendor <> ''
        UNION
        SELECT id, 'TAG', '', tag FROM asked, unnest(tags) AS tag
        UNION
        SELECT product_id, 'OPTION', o.name, o.value
        FROM living, unnest(option_names, option_values) AS o (name, value) WHERE o.name <> '' AND o.value <> ''
        UNION
        SELECT d.product_id, 'ATTRIBUTE', a.code, v.value
        FROM described d
        JOIN attributes a ON a.product_type_id = d.product_type_id AND a.of_variant = d.of_variant AND a.facet
        CROSS JOIN jsonb_array_elements_text(
            CASE jsonb_typeof(d.attributes -> a.code)
                WHEN 'array' THEN d.attributes -> a.code ELSE jsonb_build_array(d.attributes -> a.code)
            END
        ) AS v (value)
        WHERE v.value IS NOT NULL
    )
    INSERT INTO product_facets (product_id, active, facets)
    SELECT asked.id, asked.status = 'ACTIVE' AND asked.deleted_at IS NULL, coalesce(
        array_agg(concat_ws(chr(31), found.kind, found.name, found.value)) FILTER (WHERE found.kind IS NOT NULL), '{}'
    )
    FROM asked LEFT JOIN found ON found.product_id = asked.id
    GROUP BY asked.id, asked.status, asked.deleted_at
    ON CONFLICT (product_id) DO UPDATE SET active = excluded.active, facets = excluded.facets
    """
)


def _weighted(weight: str, expression: str) -> str:
    both = f"to_tsvector(configuration, {expression}) || to_tsvector('simple', {expression})"
    return f"setweight({both}, '{weight}')"


HTML = "coalesce(nullif(t.description_html, ''), asked.description_html)"
"""SQL for the description of a product in a language."""


def description(html: str, configuration: str) -> str:
    """SQL for the words of a description."""
    folded = _folded(f"left(regexp_replace({html}, '<[^>]*>|&[a-z]+;', ' ', 'g'), 20000)")
    return f"(SELECT {_weighted('D', 'folded')} FROM (SELECT {folded} AS folded, {configuration} AS configuration OFFSET 0) AS f)"  # noqa: S608 - constants


_TEXTS = f"""
    WITH RECURSIVE asked AS (
        SELECT * FROM products WHERE id = ANY (:ids) AND deleted_at IS NULL
    ), spoken AS (
        SELECT * FROM unnest(:all_languages, :all_configurations) AS s (language, configuration)
    ), coded AS (
        SELECT product_id, string_agg(concat_ws(' ', sku, nullif(barcode, '')), ' ') AS codes,
            string_agg(array_to_string(option_values, ' '), ' ') AS options
        FROM variants WHERE product_id = ANY (:ids) AND deleted_at IS NULL GROUP BY product_id
    ), within AS (
        SELECT product_id, category_id FROM product_categories WHERE product_id = ANY (:ids)
        UNION
        SELECT w.product_id, c.parent_id FROM within w JOIN categories c ON c.id = w.category_id
        WHERE c.parent_id IS NOT NULL
    ), placed AS (
        SELECT p.product_id, s.language,
            string_agg(coalesce(c.translations -> s.language ->> 'name', c.name), ' ') AS names
        FROM within p JOIN categories c ON c.id = p.category_id CROSS JOIN spoken s
        GROUP BY p.product_id, s.language
    ), said AS (
        SELECT v.product_id, t.language, string_agg(array_to_string(t.option_values, ' '), ' ') AS options
        FROM variant_translations t JOIN variants v ON v.id = t.variant_id AND v.deleted_at IS NULL
        WHERE v.product_id = ANY (:ids) GROUP BY v.product_id, t.language
    ), texts AS MATERIALIZED (
        SELECT asked.id, spoken.language, spoken.configuration::regconfig AS configuration,
            {_folded("coalesce(nullif(t.title, ''), asked.title)")} AS title,
            {_folded("concat_ws(' ', asked.vendor, array_to_string(asked.tags, ' '), placed.names)")} AS kinds,
            {_folded("coalesce(coded.codes, '')")} AS codes,
            {
    _folded(
        "concat_ws(' ', coalesce(said.options, coded.options), "
        "(SELECT string_agg(value, ' ') FROM jsonb_each_text(asked.attributes)))"
    )
} AS details,
            {{described}} AS description
        FROM asked CROSS JOIN spoken
        LEFT JOIN product_translations t ON t.product_id = asked.id AND t.language = spoken.language
        LEFT JOIN coded ON coded.product_id = asked.id
        LEFT JOIN said ON said.product_id = asked.id AND said.language = spoken.language
        LEFT JOIN placed ON placed.product_id = asked.id AND placed.language = spoken.language
    )
"""  # noqa: S608 - put together from constants of this module


_WORDS = f"""
    , told AS MATERIALIZED (
        SELECT id, language, title, {_weighted("A", "title")}
            || setweight(to_tsvector('simple', codes), 'A')
            || {_weighted("B", "kinds")} || {_weighted("C", "details")} AS heads,
            description
        FROM texts
    ), searched AS (
        INSERT INTO product_search (product_id, language, name, words, heads)
        SELECT id, language, title, strip(heads || description), heads FROM told
        ON CONFLICT (product_id, language)
        DO UPDATE SET name = excluded.name, words = excluded.words, heads = excluded.heads
    )
    INSERT INTO search_words (language, word, trigrams)
    SELECT language, word, ARRAY(
        SELECT DISTINCT substr('  ' || word || ' ', place, 3) FROM generate_series(1, length(word) + 1) AS place
    )
    FROM (
        SELECT DISTINCT language, word
        FROM texts, string_to_table(concat_ws(' ', title, kinds, details), ' ') AS word
        WHERE length(word) BETWEEN 3 AND 40
        ORDER BY language, word
    ) AS short
    ON CONFLICT (language, word) DO NOTHING
"""  # noqa: S608 - put together from constants of this module


def words(described: str) -> Statement:
    """Write what words stand for the products, and the dictionary for mistyped ones, given SQL for the words of a description.

    Without MATERIALIZED each text would be folded and taken apart once for each place that names it, which is four times the work.
    """
    return _statement(f"{_TEXTS.format(described=described)} {_WORDS}")


_WORDS_OF_DESCRIPTIONS = words(description(HTML, "spoken.configuration::regconfig"))
_FORGET = _statement(
    "DELETE FROM product_search USING products WHERE products.id = product_id AND product_id = ANY (:ids)"
    " AND (deleted_at IS NOT NULL OR NOT language = ANY (:all_languages))"
)
_LANGUAGES = Statement(text("SELECT DISTINCT unnest(languages) FROM channels ORDER BY 1"))
_ALL = Statement(text("SELECT id FROM products WHERE id > :after ORDER BY id LIMIT 1000").bindparams(after=UUID(int=0)))
_LABELS = _statement(
    """
    WITH said (language, name, value, label) AS (
        SELECT t.language, o.name, '', o.label
        FROM product_translations t JOIN products p ON p.id = t.product_id,
            unnest(p.option_names, t.option_names) AS o (name, label)
        WHERE t.product_id = ANY (:ids)
        UNION ALL
        SELECT t.language, o.name, o.value, o.label
        FROM variant_translations t JOIN variants v ON v.id = t.variant_id JOIN products p ON p.id = v.product_id,
            unnest(p.option_names, v.option_values, t.option_values) AS o (name, value, label)
        WHERE v.product_id = ANY (:ids) AND v.deleted_at IS NULL
    )
    INSERT INTO option_labels (language, name, value, label)
    SELECT DISTINCT ON (language, name, value) language, name, value, label FROM said
    WHERE name <> '' AND value IS NOT NULL AND label <> '' AND NOT EXISTS (SELECT FROM option_labels o
        WHERE (o.language, o.name, o.value, o.label) = (said.language, said.name, said.value, said.label))
    ORDER BY language, name, value, label
    ON CONFLICT (language, name, value) DO UPDATE SET label = excluded.label
    """
)


_FEW = 100
"""Up to so many products, a plan that suits any number will do."""


async def refresh(
    connection: Connection, product_ids: Collection[UUID], words: Statement = _WORDS_OF_DESCRIPTIONS
) -> None:
    """Derive again what search knows of these products."""
    ids = list(product_ids)
    if len(ids) > _FEW:
        await connection.plan_for_values()
    languages = [row[0] for row in await connection.fetch(_LANGUAGES)]
    values = {
        "ids": ids,
        "languages": languages,
        "configurations": [configuration_of(language) for language in languages],
    }
    await refresh_offers(connection, ids)
    await connection.execute(_FACETS, ids=ids)
    await connection.execute(_LABELS, ids=ids)
    await connection.execute(_FORGET, ids=ids, languages=languages)
    await connection.execute(words, values)


async def refresh_offers(connection: Connection, product_ids: Collection[UUID]) -> None:
    """Derive again what these products cost; enough if only prices changed."""
    ids = list(product_ids)
    await connection.execute(_FORGET_OFFERS, ids=ids)
    await connection.execute(_OFFERS, ids=ids)


async def refresh_all(connection: Connection) -> None:
    """Derive everything again, such as after a channel got another language."""
    after = UUID(int=0)
    while ids := [row["id"] for row in await connection.fetch(_ALL, after=after)]:
        await refresh(connection, ids)
        after = ids[-1]
