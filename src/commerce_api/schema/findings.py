"""Imports every module that holds rules, so that `ErrorCode` knows them all."""

import pkgutil
from importlib import import_module

from commerce_api import domain, operations, persistence

_SLOW = "commerce_api.persistence.migrate"
"""Has no rules, and loads Alembic, which a server that has nothing to migrate does without."""

for package in (domain, operations, persistence):
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        if module.name != _SLOW:
            import_module(module.name)
