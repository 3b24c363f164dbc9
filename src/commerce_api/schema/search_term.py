"""What shoppers search for, for those who arrange the catalog."""

from typing import Any, Self

import strawberry


@strawberry.type(description="Words that shoppers searched for, counted without a trace of who they are.")
class SearchTerm:
    term: str = strawberry.field(description="The words without capitals, accents and signs.")
    language: str = strawberry.field(description="The language that was searched in.")
    searches: int = strawberry.field(description="How often.")
    without_hit: int = strawberry.field(description="How often without a filter, and nothing was found.")

    @classmethod
    def of(cls, row: Any) -> Self:
        return cls(**{name: row[name] for name in ("term", "language", "searches", "without_hit")})
