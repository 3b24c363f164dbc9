"""What somebody searches for, each word with what it may have meant."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Boolean, Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.domain.product_filter import Term
from commerce_api.domain.spelling import SHORTEST_TO_CORRECT, meant_by, trigrams, words_of
from commerce_api.persistence.languages import configuration_of, makes_compounds
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Statement

_MEANT = Statement(
    text(
        """
        SELECT asked.place, CASE WHEN :compounding THEN ARRAY(
            SELECT made.word FROM search_words made
            WHERE made.language = :language AND made.trigrams @> string_to_array(asked.ending, '|')
            AND right(made.word, length(asked.word)) = asked.word AND length(made.word) >= length(asked.word) + 3
            ORDER BY length(made.word), made.word
            LIMIT 20
        ) END AS compounds, CASE WHEN NOT CASE
            WHEN EXISTS (
                SELECT FROM search_words known
                WHERE known.language = :language AND known.word >= asked.word AND known.word <= asked.word_end
            ) THEN true
            ELSE EXISTS (
                SELECT FROM product_search found
                WHERE found.language = :language AND found.words @@ to_tsquery('simple', asked.word || ':*')
            )
        END THEN ARRAY(
            SELECT near.word FROM search_words near
            WHERE near.language = :language AND near.trigrams && string_to_array(asked.trigrams, '|')
            ORDER BY cardinality(ARRAY(
                SELECT unnest(near.trigrams) INTERSECT SELECT unnest(string_to_array(asked.trigrams, '|'))
            )) DESC, near.word
            LIMIT 40
        ) END AS candidates
        FROM unnest(:words, :ends, :trigrams, :endings) WITH ORDINALITY
            AS asked (word, word_end, trigrams, ending, place)
        WHERE length(asked.word) >= :shortest
        """
    ).bindparams(
        bindparam("words", type_=ARRAY(Text())),
        bindparam("ends", type_=ARRAY(Text())),
        bindparam("trigrams", type_=ARRAY(Text())),
        bindparam("endings", type_=ARRAY(Text())),
        bindparam("compounding", type_=Boolean()),
        language=None,
        shortest=SHORTEST_TO_CORRECT,
    )
)
_PAST_ALL_LETTERS = "\U0010ffff"


async def terms_of(scope: Scope, searches: Sequence[str]) -> Mapping[str, tuple[Term, ...]]:
    """The words of each search; the compounds that end with a word count as well, and where nothing has it, the words nearest to it.

    The last word may be unfinished: people search as they type.
    """
    return {search: await _terms(scope, words_of(search)) for search in searches}


async def _terms(scope: Scope, words: list[str]) -> tuple[Term, ...]:
    async with scope.database.connection() as connection:
        rows = await connection.fetch(
            _MEANT,
            language=scope.language,
            words=words,
            ends=[*words[:-1], *(word + _PAST_ALL_LETTERS for word in words[-1:])],
            trigrams=["|".join(trigrams(word)) for word in words],
            endings=["|".join(trigrams(word)[2:]) for word in words],
            compounding=makes_compounds(scope.language),
        )
    compounds = {row["place"] - 1: tuple(row["compounds"] or ()) for row in rows}
    candidates = {row["place"] - 1: row["candidates"] for row in rows if not row["compounds"]}
    last = len(words) - 1
    return tuple(
        Term(
            words=(word, *meant_by(word, candidates.get(place) or (), unfinished=place == last)),
            compounds=compounds.get(place, ()),
            unfinished=place == last,
        )
        for place, word in enumerate(words)
    )


def stemming(scope: Scope) -> str:
    """The text search configuration of the caller's language."""
    return configuration_of(scope.language)


_COMPLETIONS = Statement(
    text(
        """
        SELECT word FROM search_words
        WHERE language = :language AND word >= :start AND word <= :last
        ORDER BY length(word), word LIMIT :most
        """
    ).bindparams(language=None, start=None, last=None, most=None)
)


async def completions_of(scope: Scope, terms: Sequence[Term], most: int) -> list[str]:
    """What was typed, with its last word finished in different ways; the shortest first."""
    *done, last = (term.words[-1] for term in terms)
    async with scope.database.connection() as connection:
        rows = await connection.fetch(
            _COMPLETIONS, language=scope.language, start=last, last=last + _PAST_ALL_LETTERS, most=most
        )
    return [" ".join((*done, row["word"])) for row in rows]
