"""The headers that are ours, for pages of other origins (CORS) and for caches."""

from collections.abc import Mapping
from typing import Final, TypeAlias

Header: TypeAlias = tuple[bytes, bytes]
"""As ASGI has it."""

CHOOSING: Final = ("Authorization", "X-Cart-Token", "X-Channel", "X-Currency", "X-Customer", "Accept-Language")
"""What an answer depends on beside the address."""

NAMING: Final = ("Authorization", "X-Cart-Token", "X-Customer")
"""Of these, what says who asks or for whom."""

ASKED: Final = (*CHOOSING, "Content-Type", "X-Quote-Token", "X-Request-Id")
ANSWERED: Final = ("X-Request-Id", "RateLimit", "RateLimit-Policy", "Retry-After", "Content-Language")

VARY: Final = ", ".join(("Accept", *CHOOSING))


def written(headers: Mapping[str, str]) -> list[Header]:
    return [(name.lower().encode("latin-1"), text.encode("latin-1")) for name, text in headers.items()]
