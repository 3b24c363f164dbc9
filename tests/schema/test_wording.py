"""What people read of errors in another language."""

import ast
import inspect
import re
import sys
from inspect import getdoc

import pytest
from graphql import GraphQLInputObjectType

from commerce_api.domain.address_rules import rules_for
from commerce_api.domain.decision import InvalidValue, NotFound
from commerce_api.graphql import SHOP
from commerce_api.schema import wording
from commerce_api.schema.errors import findings
from commerce_api.schema.wording import said, words_in

SHOPPERS_RULES = {code: rule for code, rule in findings().items() if not rule.staff_only}


def names(text):
    return sorted(re.findall(r"{(\w+)}", text))


@pytest.mark.parametrize("code", sorted(SHOPPERS_RULES))
def test_each_rule_that_shoppers_meet_is_said_in_german_with_the_same_facts(code):
    english = " ".join(getdoc(SHOPPERS_RULES[code]).split())

    german = words_in("de")(english)

    assert german != english
    assert names(german) == names(english)


def told_of_inputs():
    """What the inputs that shoppers send say of wrong values, with the place where they do."""
    inputs = [type_ for type_ in SHOP.type_map.values() if isinstance(type_, GraphQLInputObjectType)]
    for module in sorted({each.extensions["strawberry-definition"].origin.__module__ for each in inputs}):
        tree = ast.parse(inspect.getsource(sys.modules[module]))
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        for call in calls:
            if isinstance(call.func, ast.Attribute) and call.func.attr == "invalid":
                yield f"{module.rsplit('.', 1)[1]}:{call.lineno}", call.args[0]


def test_what_is_wrong_with_what_shoppers_send_is_said_in_german():
    """By a text that can be looked up: what varies in it is given apart."""
    texts = {
        place: ast.literal_eval(said) if isinstance(said, ast.Constant) else "" for place, said in told_of_inputs()
    }
    german = {place: words_in("de")(english) for place, english in texts.items()}

    assert len(texts) > 10
    assert [
        place for place in texts if german[place] == texts[place] or names(german[place]) != names(texts[place])
    ] == []


@pytest.mark.parametrize("country", ["DE", "US", "GB", "IE", "JP", "BR", "IN", "KR", "AE", "FR", "HK", "NZ", "JM"])
def test_each_label_of_an_address_has_its_german_name(country):
    labels = {rule.label for rule in rules_for(country).fields}

    assert {label for label in labels if words_in("de")(label) == label} <= {"Oblast"}


def test_what_fills_a_message_is_said_in_the_language_too():
    missing = InvalidValue(problem="{field} is required here.", words=(("field", "City"),))

    assert missing.message == said(missing, "en") == "City is required here."
    assert said(missing, "de-AT") == "Ort: Das wird hier gebraucht."


def test_what_is_not_known_in_a_language_is_said_in_english():
    assert said(InvalidValue(problem="Braces {stay} as they are."), "de") == "Braces {stay} as they are."
    assert said(NotFound(), "fr") == NotFound().message


def test_languages_that_clients_make_up_are_not_remembered():
    before = wording._texts.cache_info().currsize

    read = [words_in(f"x{number}")("Required") for number in range(50)]

    assert read == ["Required"] * 50
    assert wording._texts.cache_info().currsize == before
