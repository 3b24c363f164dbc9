"""Imports every module that holds rules, so that `ErrorCode` knows them all."""

import pkgutil
from importlib import import_module

from commerce_api import domain, operations, persistence

for package in (domain, operations, persistence):
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        import_module(module.name)
