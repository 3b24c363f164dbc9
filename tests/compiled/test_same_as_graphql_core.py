"""What the compiled executor answers is what graphql-core answers: over both contracts, with values that are made up."""

import asyncio
import os
from typing import Any

from graphql import GraphQLSchema, parse, validate
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from commerce_api import graphql
from tests.compiled.documents import documents
from tests.compiled.made_up import Fate, made_up
from tests.compiled.sameness import assert_same, both

EXAMPLES = int(os.environ.get("EXAMPLES", "15"))
"""`make fuzz` tries many more."""
CONTRACTS = {"shop": graphql.SHOP, "staff": graphql.STAFF}
now = Fate(seed=0, trouble=0)


def fate() -> Fate:
    return now


SCHEMAS = {
    (name, waiting): made_up(contract, fate, waiting=waiting)
    for name, contract in CONTRACTS.items()
    for waiting in (0, 30)
}


@st.composite
def asked(draw: st.DrawFn) -> tuple[GraphQLSchema, int, str, dict[str, Any]]:
    """A contract, how many of its fields wait, and an operation."""
    contract, waiting = draw(st.sampled_from(sorted(SCHEMAS)))
    schema = SCHEMAS[contract, waiting]
    return schema, waiting, *draw(documents(schema, draw(st.sampled_from(["query", "mutation"]))))


@settings(max_examples=EXAMPLES, database=None, suppress_health_check=list(HealthCheck))
@given(asked(), st.integers(0, 10_000), st.sampled_from([10, 3, 30, 0]))
def test_same(one: tuple[GraphQLSchema, int, str, dict[str, Any]], seed: int, trouble: int) -> None:
    global now  # noqa: PLW0603 - the resolvers are made once, for all examples
    schema, waiting, text, variables = one
    document = parse(text)
    assume(not validate(schema, document))
    now = Fate(seed=seed, trouble=trouble)
    walked, compiled = asyncio.run(both(schema, document, variables))
    event(f"{min(len(walked.errors or ()), 5)} errors")
    assert_same(walked, compiled, in_order=not waiting)
