"""All rules of the domain, as the people read them whom they stop."""

import pkgutil
import re
from importlib import import_module
from string import Formatter

import pytest

from commerce_api import domain
from commerce_api.domain.decision import Finding

for _module in pkgutil.walk_packages(domain.__path__, f"{domain.__name__}."):
    import_module(_module.name)


def below(parent):
    for child in parent.__subclasses__():
        yield child
        yield from below(child)


RULES = sorted({(rule.code(), rule.__module__): rule for rule in below(Finding)}.values(), key=lambda rule: rule.code())
ALL = pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.code()) for rule in RULES])


@ALL
def test_a_message_is_the_rules_own_and_one_sentence_at_least(rule):
    assert re.search(r"[A-Z{].+[.!]$", rule.__dict__["__doc__"] or "", re.DOTALL)


@ALL
def test_what_a_message_fills_in_are_fields_of_the_rule(rule):
    filled_in = {name for _, name, _, _ in Formatter().parse(rule.__doc__) if name is not None}

    assert filled_in <= set(rule.__dataclass_fields__)
