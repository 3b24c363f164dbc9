"""How much one request may ask for. Every number of the protection against abuse stands here."""

from typing import Any, Final

from commerce_api.domain.value import value
from commerce_api.schema.errors import BadInput, RequestError

BODY_BYTES: Final = 1_000_000
BODY_BRACKETS: Final = 20_000
"""`[` and `{` in a body. A megabyte of empty lists takes the reader of JSON a second; no honest body has so many."""
BODY_SECONDS: Final = 10
"""That a body may be waited for, and again as long when BODY_BYTES_PER_SECOND arrive: one that trickles is let go."""
BODY_BYTES_PER_SECOND: Final = 100_000
HEAD_BYTES: Final = 100_000
HEAD_SECONDS: Final = 10
"""For the request line and the headers, from the opening of the connection or the first byte."""

DOCUMENT_LENGTH: Final = 100_000
DOCUMENT_TOKENS: Final = 2_000
DOCUMENT_COMMENTS: Final = 1_000
VALIDATION_BUDGET: Final = 50_000
"""Of graphql-core's rule on overlapping fields. Its default, ten times this, lets a small document take seconds."""
VALIDATION_ERRORS: Final = 20
"""Each may print a good part of the document."""

VARIABLE_DEPTH: Final = 20
VARIABLE_VALUES: Final = 10_000

DEPTH: Final = 15
FIELDS: Final = 1_000
ALIASES: Final = 100
DIRECTIVES: Final = 4
ALONE: Final = 1
"""Fields of the sign-in kind: several in one operation would be as many guesses for the price of one."""

ASSUMED_LENGTH: Final = 10
"""Of a list that is not paged."""
MUTATION_COST: Final = 10
SHOP_COST: Final = 20_000
STAFF_COST: Final = 40_000
"""Values that an answer may have at most, lists counted with their page size. An ordinary product page has 2,000."""

INTROSPECTION_COST: Final = 50
"""Of a field below `__schema` or `__type`: the query that tools read a whole schema with has about 300 of them."""
INTROSPECTION_BESIDE: Final = 20
"""Fields of introspection in an operation that asks for something else too. Alone it runs in a thread, out of the way."""

ANSWERED_ERRORS: Final = 100
ANSWERED_ERROR_BYTES: Final = 64_000
MESSAGE_LENGTH: Final = 1_000

NEW_DOCUMENT_COST: Final = 2
"""Of each character of a document that has to be parsed, against the caller's rate."""
UNKNOWN_CALLER_COST: Final = 500
"""Of wrong credentials, against the address's rate."""
CARD_COST: Final = 1_000
"""Of a card for the vault, against the address's rate: who tries out stolen numbers does not get far."""
UPLOAD_COST: Final = 2_000
DOCUMENT_COST: Final = 2_000

QUERY_SECONDS: Final = 20

CACHED_DOCUMENTS: Final = 1_000
CACHED_LENGTH: Final = 1_000_000
CACHED_NODES: Final = 50_000
"""Of all documents in memory together; a node (a field, a name, an argument) takes a quarter of a kilobyte."""


@value
class Measured:
    """What an operation comes to, by the name that clients are told."""

    name: str
    requested: int
    limit: int


def exceeded(measured: Measured) -> RequestError:
    cost = measured.name == "cost"
    return RequestError(
        "COST_LIMIT" if cost else "LIMIT_EXCEEDED",
        f"This operation has a {measured.name} of {measured.requested:,}; {measured.limit:,} are allowed."
        + (" Ask for shorter pages or fewer fields." if cost else ""),
        extensions={
            "limit": measured.name,
            "requested": min(measured.requested, 2**53),
            "allowed": measured.limit,
        },
    )


def check_variables(variables: dict[str, Any]) -> None:
    """Refuse what is too deep, too much, or cannot be stored as text; level by level, without recursion."""
    holders: list[Any] = [variables] if variables else []
    seen = 0
    for _ in range(VARIABLE_DEPTH):
        if not holders:
            return
        below: list[Any] = []
        for holder in holders:
            seen += len(holder)
            below += (*holder, *holder.values()) if isinstance(holder, dict) else holder
        if seen > VARIABLE_VALUES:
            raise BadInput(f"Variables hold more than {VARIABLE_VALUES:,} values.")
        if any(isinstance(found, str) and "\0" in found for found in below):
            raise BadInput("Variables hold a NUL character, which no text may have.")
        holders = [found for found in below if found and isinstance(found, dict | list)]
    if holders:
        raise BadInput(f"Variables are nested more than {VARIABLE_DEPTH} deep.")
