"""Every list of both contracts keeps to the same sizes of pages (K13)."""

import pytest
from graphql import get_named_type, is_required_argument

from commerce_api.domain.permissions import Permission
from commerce_api.graphql import SHOP, STAFF
from tests import given


def lists(address, schema):
    """The root fields of one contract that answer page by page, but those that have to be told what of."""
    for name, field in schema.query_type.fields.items():
        if get_named_type(field.type).name.endswith("Connection") and not any(
            map(is_required_argument, field.args.values())
        ):
            yield pytest.param(address, name, id=f"{address}-{name}")


LISTS = [*lists("/graphql", SHOP), *lists("/staff/graphql", STAFF)]


@pytest.mark.parametrize("size", ["first: 101", "first: -1", "last: 101", "last: -1", "first: 1, last: 1"])
@pytest.mark.parametrize(("address", "name"), LISTS)
async def test_every_list_refuses_sizes_that_are_none(api, connection, address, name, size):
    await given.channel(connection)
    caller = api.allowed(*Permission) if address.startswith("/staff") else api

    assert await caller.error_codes(address, f"{{ {name}({size}) {{ nodes {{ __typename }} }} }}") == ["BAD_USER_INPUT"]
