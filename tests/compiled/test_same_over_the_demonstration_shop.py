"""What real resolvers answer over a shop full of things is the same in both executors: so whatever an operation selects, what
it reads of the database is enough for it.
"""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLEnumType,
    GraphQLSchema,
    TypeInfo,
    TypeInfoVisitor,
    get_named_type,
    is_composite_type,
    is_required_argument,
    parse,
    print_ast,
    validate,
    visit,
)
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from commerce_api import graphql
from commerce_api.app import App
from commerce_api.domain.actor import ANYBODY, Actor, ActorKind, Attribution
from commerce_api.domain.permissions import Permission
from commerce_api.operations.cart_opening import CartOpening
from commerce_api.operations.channels import ChannelDirectory
from commerce_api.operations.demo.load import load_demo
from commerce_api.operations.shipped import put_shipped
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Database, connect_once
from commerce_api.schema.context import Context
from commerce_api.schema.node import global_id
from commerce_api.settings import Settings
from tests.compiled.documents import More
from tests.compiled.sameness import assert_same, both
from tests.conftest import NOON, OneConnection

EXAMPLES = int(os.environ.get("EXAMPLES", "10"))
"""`make fuzz` tries many more."""
MOST_FIELDS, DEEPEST = 7, 4
NAMED = {"products": "prd", "variants": "var", "categories": "cat", "orders": "ord", "customers": "cus", "carts": "crt"}


class Shop:
    """A transaction with the demonstration shop in it, and what there is to ask for."""

    def __init__(self, raw: Any, staff_id: Any) -> None:
        self.raw = raw
        self.database = Database(OneConnection(raw))  # type: ignore[arg-type]
        self._staff = Actor(kind=ActorKind.STAFF, id=staff_id, permissions=frozenset(Permission))
        channels = ChannelDirectory(self.database)
        self._app = App(settings=Settings(), database=self.database, channels=channels, now=lambda: NOON)
        self.given: dict[str, list[str]] = {}

    async def look(self) -> None:
        for table, prefix in NAMED.items():
            rows = await self.raw.fetch(f"SELECT id FROM {table} ORDER BY id LIMIT 20")
            self.given.setdefault("ID", []).extend(global_id(prefix, row["id"]) for row in rows)
        for name, table in {"handle": "products", "sku": "variants", "number": "orders"}.items():
            rows = await self.raw.fetch(f"SELECT {name} FROM {table} WHERE {name} IS NOT NULL ORDER BY id LIMIT 20")
            self.given[name] = [row[name] for row in rows]

    async def context(self, *, staff: bool) -> Context:
        channel: Any = await self._app.channels.find(None, NOON)
        actor = self._staff if staff else ANYBODY
        scope = Scope(
            database=self.database,
            actor=actor,
            channel=channel,
            currency=channel.currencies[0],
            language=channel.languages[0],
            at=NOON,
        )
        by = Attribution(actor=actor, at=NOON, request_id="same", channel_id=channel.id, ip=None)
        return Context(scope, by, self._app)


class Asking:
    """Makes documents that find something."""

    def __init__(self, schema: GraphQLSchema, random: Random, known: dict[str, list[str]]) -> None:
        self._schema, self._random, self._known = schema, random, known

    def document(self) -> str:
        return f"query {{ {self._selected(self._schema.query_type, 0)} }}"

    def _selected(self, type_: Any, depth: int) -> str:
        if not hasattr(type_, "fields"):
            type_ = self._random.choice(self._schema.get_possible_types(type_))
            return f"__typename ... on {type_.name} {{ {self._selected(type_, depth)} }}"
        names = [name for name, field in type_.fields.items() if self._can_ask(field, depth)]
        chosen = self._random.sample(names, min(len(names), self._random.randint(1, MOST_FIELDS)))
        return " ".join(self._field(name, type_.fields[name], depth) for name in chosen) or "__typename"

    def _can_ask(self, field: Any, depth: int) -> bool:
        required = [each for each in field.args.values() if is_required_argument(each)]
        shallow = depth < DEEPEST or not is_composite_type(get_named_type(field.type))
        return shallow and all(self._value(name, each.type) for name, each in field.args.items() if each in required)

    def _field(self, name: str, field: Any, depth: int) -> str:
        given = {
            key: self._value(key, each.type)
            for key, each in field.args.items()
            if is_required_argument(each) or self._random.random() < 0.3
        }
        said = ", ".join(f"{key}: {value}" for key, value in given.items() if value)
        of = get_named_type(field.type)
        below = f" {{ {self._selected(of, depth + 1)} }}" if is_composite_type(of) else ""
        return f"{name}{f'({said})' if said else ''}{below}"

    def _value(self, name: str, type_: Any) -> str | None:
        of = get_named_type(type_)
        if isinstance(of, GraphQLEnumType):
            return str(self._random.choice(list(of.values)))
        if of.name.endswith("By") and hasattr(of, "fields"):
            key = self._random.choice([key for key in of.fields if key in self._known] or ["id"])
            return f"{{ {key}: {self._value(key, of.fields[key].type)} }}"
        found = {"first": str(self._random.randint(1, 5)), "search": '"a"', "query": '"ke"', "country": "DE"}.get(name)
        known = self._known.get("sku" if name == "skus" else name) or self._known.get(of.name)
        if found is None and known:
            found = f'"{self._random.choice(known)}"'
        return f"[{found}]" if found and "[" in str(type_) else found


@contextmanager
def opened(dsn: str) -> Iterator[tuple[asyncio.Runner, Shop]]:
    async def fake_hash(password: str) -> str:
        return f"hash of {password}"

    with asyncio.Runner() as runner:
        raw = runner.run(connect_once(dsn))
        everything = raw.transaction()
        runner.run(everything.start())
        try:
            database = Database(OneConnection(raw))  # type: ignore[arg-type]
            runner.run(put_shipped(database))
            runner.run(load_demo(database, CartOpening(secret="s" * 32), at=NOON, hash_password=fake_hash))
            shop = Shop(raw, runner.run(raw.fetchval("SELECT id FROM staff ORDER BY id LIMIT 1")))
            runner.run(shop.look())
            yield runner, shop
        finally:
            runner.run(everything.rollback())
            runner.run(raw.close())


def test_same(dsn: str) -> None:
    with opened(dsn) as (runner, shop):

        @settings(max_examples=EXAMPLES, database=None, deadline=None, suppress_health_check=list(HealthCheck))
        @given(st.booleans(), st.integers(0, 2**32))
        def same(staff: bool, seed: int) -> None:  # noqa: FBT001 - hypothesis gives them so
            random = Random(seed)  # noqa: S311 - it decides about nothing but a test
            schema = graphql.STAFF if staff else graphql.SHOP
            text, variables = more_of(schema, Asking(schema, random, shop.given).document(), random)
            document = parse(text)
            assume(not validate(schema, document))
            runner.run(compared(schema, document, variables, staff=staff))

        async def compared(
            schema: GraphQLSchema, document: DocumentNode, variables: dict[str, Any], *, staff: bool
        ) -> None:
            contexts = [await shop.context(staff=staff) for _ in range(2)]
            walked, compiled = await both(schema, document, variables, iter(contexts).__next__)
            event(f"{min(len(walked.errors or ()), 3)} errors, {len(str(walked.data)) // 1000} kB")
            assert_same(walked, compiled, in_order=False)

        same()


def more_of(schema: GraphQLSchema, text: str, random: Random) -> tuple[str, dict[str, Any]]:
    """With variables, aliases, fragments, and fields switched on and off."""
    more = More(random, TypeInfo(schema))
    made = print_ast(more.finished(visit(parse(text), TypeInfoVisitor(more.types, more))))
    return made, {name: random.random() < 0.5 for name in ("on", "off") if f"${name}" in made} | more.variables
