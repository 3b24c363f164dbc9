"""What the compiled executor answers is what graphql-core answers: over both contracts, with values that are made up."""

import asyncio
from typing import Any

import pytest
from graphql import parse, validate
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from commerce_api import graphql
from tests.compiled.documents import documents
from tests.compiled.made_up import Fate, made_up
from tests.compiled.sameness import assert_same, both

CONTRACTS = {"shop": graphql.SHOP, "staff": graphql.STAFF}
now = Fate(seed=0, trouble=0)


def fate() -> Fate:
    return now


SCHEMAS = {
    (name, waiting): made_up(contract, fate, waiting=waiting)
    for name, contract in CONTRACTS.items()
    for waiting in (0, 30)
}


@pytest.mark.parametrize("root", ["query", "mutation"])
@pytest.mark.parametrize("waiting", [0, 30])
@pytest.mark.parametrize("contract", ["shop", "staff"])
def test_same(contract: str, waiting: int, root: str) -> None:
    schema = SCHEMAS[contract, waiting]

    @settings(max_examples=40, database=None, suppress_health_check=list(HealthCheck))
    @given(documents(schema, root), st.integers(0, 10_000), st.sampled_from([0, 2, 10]))
    def same(asked: tuple[str, dict[str, Any]], seed: int, trouble: int) -> None:
        global now  # noqa: PLW0603 - the resolvers are made once, for all examples
        document, variables = parse(asked[0]), asked[1]
        assume(not validate(schema, document))
        now = Fate(seed=seed, trouble=trouble)
        walked, compiled = asyncio.run(both(schema, document, variables))
        event(f"errors: {min(len(walked.errors or ()), 3)}")
        assert_same(walked, compiled, in_order=not waiting)

    same()
