from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce_api.schema.node import global_id, key_of

KEY = UUID("0193d2f0-6d5c-7000-8000-0123456789ab")


@given(key=st.uuids())
def test_an_id_leads_back_to_its_key(key):
    assert key_of(global_id("ord", key), "ord") == key


@given(keys=st.lists(st.uuids(), min_size=2, max_size=2))
def test_ids_sort_as_their_keys_do(keys):
    assert [key_of(text, "ord") for text in sorted(global_id("ord", key) for key in keys)] == sorted(keys)


def test_an_id_has_the_typeid_form():
    # The pair that the TypeID specification gives as its example.
    assert global_id("prefix", UUID("0188bac7-4afa-78aa-bc3b-bd1eef28d881")) == "prefix_01h2xcejqtf2nbrexx3vqjhp41"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ord",
        "ord_",
        global_id("car", KEY),
        global_id("ord", KEY).upper(),
        global_id("ord", KEY)[:-1],
        global_id("ord", KEY) + "0",
        "ord_8zzzzzzzzzzzzzzzzzzzzzzzzz",
        "ord_0uuuuuuuuuuuuuuuuuuuuuuuuu",
        "ord_" + "é" * 26,
        str(KEY),
    ],
)
def test_what_is_not_an_id_of_an_order_has_no_key(text):
    assert key_of(text, "ord") is None
