"""What holds for every element of both contracts, whoever adds it."""

import re
from functools import partial

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    Undefined,
    get_introspection_query,
    get_named_type,
    graphql_sync,
    parse,
    validate,
)

from commerce_api.contract import for_shop, is_alone, permissions_of
from commerce_api.graphql import SHOP, STAFF
from commerce_api.schema.errors import present
from commerce_api.web import limits
from commerce_api.web.documents import Documents

CONTRACTS = pytest.mark.parametrize("schema", [SHOP, STAFF], ids=["shop", "staff"])
GUESSABLE = re.compile(r"signIn|AccessCode|ByCode|refreshSession|verifyEmail|resetPassword", re.IGNORECASE)


def elements(schema):
    """Every element of our own, by coordinate."""
    for type_ in schema.type_map.values():
        if type_.name.startswith("__") or type_.name in ("String", "Int", "Float", "Boolean", "ID"):
            continue
        yield type_.name, type_
        for name, element in {**getattr(type_, "fields", {}), **getattr(type_, "values", {})}.items():
            yield f"{type_.name}.{name}", element
            for argument, definition in (getattr(element, "args", None) or {}).items():
                yield f"{type_.name}.{name}({argument}:)", definition


def roots(schema):
    for root in (schema.query_type, schema.mutation_type):
        for name, field in root.fields.items():
            yield f"{root.name}.{name}", field


@CONTRACTS
def test_every_root_field_says_who_may_use_it(schema):
    assert [where for where, field in roots(schema) if not permissions_of(field)] == []


@CONTRACTS
def test_everything_is_described(schema):
    assert [where for where, element in elements(schema) if not (element.description or "").strip()] == []


def test_what_only_has_an_id_is_not_in_the_shop_contract():
    def named(elements):
        return {get_named_type(element.type).name for element in elements}

    led_to = {"Query", "Mutation"}
    for type_ in SHOP.type_map.values():
        for field in getattr(type_, "fields", {}).values():
            led_to |= named([field, *getattr(field, "args", {}).values()])
        led_to |= {member.name for member in getattr(type_, "types", ())}
    nodes = {type_.name for type_ in SHOP.get_implementations(SHOP.type_map["Node"]).objects}

    assert nodes - led_to == set()


def test_nothing_for_staff_is_in_the_shop_contract():
    for_staff = {where for where, element in elements(STAFF) if not for_shop(element)}

    assert for_staff & {where for where, _ in elements(SHOP)} == set()


def test_no_type_of_errors_that_staff_alone_meet_is_in_the_shop_contract():
    met_by: dict[str, list[bool]] = {}
    for rule, presented in present.registry.items():
        if isinstance(presented, partial):
            met_by.setdefault(presented.args[0].__name__, []).append(rule.staff_only)
    of_staff = {name for name, rules in met_by.items() if all(rules)}

    assert "DuplicateSuspectedError" in of_staff
    assert of_staff & set(SHOP.type_map) == set()


def test_the_shop_contract_is_a_part_of_the_staff_contract():
    assert {where for where, _ in elements(SHOP)} - {where for where, _ in elements(STAFF)} == set()


def test_a_shop_query_reaches_only_types_for_the_shop():
    reached = [
        (where, get_named_type(element.type).name) for where, element in elements(SHOP) if hasattr(element, "type")
    ]

    assert [(where, name) for where, name in reached if not for_shop(STAFF.type_map[name])] == []


def test_what_the_shop_contract_leaves_out_is_never_required():
    kept = {where for where, _ in elements(SHOP)}

    def required(element):
        return isinstance(getattr(element, "type", None), GraphQLNonNull) and element.default_value is Undefined

    left_out = [
        where
        for where, element in elements(STAFF)
        if where not in kept and where.rpartition("(" if "(" in where else ".")[0] in kept
        if ("(" in where or isinstance(STAFF.type_map[where.partition(".")[0]], GraphQLInputObjectType))
        if required(element)
    ]
    assert left_out == []


@CONTRACTS
@pytest.mark.parametrize("key", ["{}", "{handle: null}", '{handle: "a", id: "b"}'])
def test_an_input_with_one_key_is_held_to_it_before_anything_runs(schema, key):
    errors = validate(schema, parse(f"{{ product(by: {key}) {{ id }} }}"))

    assert ["exactly one" in error.message or "non-null" in error.message for error in errors] == [True]


@CONTRACTS
def test_no_type_is_left_empty(schema):
    empty = [
        type_.name
        for type_ in schema.type_map.values()
        if (isinstance(type_, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType) and not type_.fields)
        or (isinstance(type_, GraphQLEnumType) and not type_.values)
    ]  # fmt: skip
    assert empty == []


def test_a_field_needs_no_more_on_an_object_than_on_the_interface_that_it_is_selected_by():
    unequal = [
        f"{type_.name}.{name}"
        for type_ in STAFF.type_map.values()
        if isinstance(type_, GraphQLObjectType)
        for interface in type_.interfaces
        for name in interface.fields
        if permissions_of(type_.fields[name]) != permissions_of(interface.fields[name])
    ]
    assert unequal == []


def test_secrets_are_guessed_one_at_a_time():
    guessable = [where for where, field in roots(STAFF) if GUESSABLE.search(where) and not is_alone(field)]

    assert guessable == [], "put metadata=ALONE on these"


@CONTRACTS
def test_tools_can_read_the_whole_schema(schema):
    query = get_introspection_query(specified_by_url=True, directive_is_repeatable=True, input_value_deprecation=True)

    operation = Documents(schema, introspection=True).read(query).operation(None)

    assert operation.total({}).cost <= limits.SHOP_COST
    assert graphql_sync(schema, query).errors is None
    assert parse(query)
