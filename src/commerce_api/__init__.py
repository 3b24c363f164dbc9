"""A headless commerce GraphQL API server."""

import sys
from importlib import import_module
from typing import Any, Final

_FOR_NOTHING: Final = ("rich", "greenlet")
"""structlog loads them where they are installed, to draw tracebacks that we write ourselves, and for threads that we have none of.
They cost each start time, and some six megabytes.
"""


def _load_structlog() -> None:
    modules: dict[str, Any] = sys.modules
    hidden = [name for name in _FOR_NOTHING if name not in modules]
    modules.update(dict.fromkeys(hidden))  # None: as if it was not installed
    import_module("structlog")
    for name in hidden:
        del modules[name]


_load_structlog()
