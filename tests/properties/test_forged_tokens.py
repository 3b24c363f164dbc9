"""Tokens, cursors and ids come back from anybody: whatever is sent, it is read as what we make, or said to be none."""

import json
import zlib
from base64 import urlsafe_b64encode
from copy import deepcopy
from datetime import datetime
from uuid import UUID

import orjson
from hypothesis import given
from hypothesis import strategies as st

import commerce_api.schema.checkout  # noqa: F401 - tells clients what changed
from commerce_api.domain.checkout import SummaryChanged, differences, facts_of, read_summary_token, summary_token
from commerce_api.schema.errors import BadInput, present
from commerce_api.schema.node import global_id, key_of
from commerce_api.schema.pagination import amount_of, instant_of, number_of, page_of
from tests.domain.test_checkout import checkout

SOUND = facts_of(checkout())
numbers = st.integers() | st.integers(2**30, 2**70) | st.floats() | st.booleans()
documents = st.recursive(
    st.none() | numbers | st.text(max_size=5) | st.text(st.characters(categories=["Cs"]), max_size=2),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=33), inner, max_size=3),
    max_leaves=8,
)


def places(document, way=()):
    """The way to each value of a document."""
    yield way
    if isinstance(document, dict | list):
        for key in document if isinstance(document, dict) else range(len(document)):
            yield from places(document[key], (*way, key))


@st.composite
def forged(draw):
    """The facts of a summary, with something else at one place."""
    facts = deepcopy(SOUND)
    *way, last = draw(st.sampled_from([way for way in places(facts) if way]))
    parent = facts
    for step in way:
        parent = parent[step]
    if isinstance(parent, dict) and draw(st.booleans()):
        parent[draw(st.text(max_size=33))] = parent.pop(last)
    else:
        parent[last] = draw(documents)
    return facts


def encoded(content):
    return urlsafe_b64encode(content).decode().rstrip("=")


@given(forged())
def test_what_is_read_of_a_forged_summary_can_be_compared_and_told(facts):
    seen = read_summary_token(summary_token(facts))

    if seen is not None:
        found = differences(seen, SOUND)
        told = present(SummaryChanged(differences=found, summary_token="", currency="EUR"))
        assert [each.kind for each in told.differences] == [each.kind for each in found]
        for each in told.differences:
            assert each.before_quantity is None or 0 <= each.before_quantity < 2**31
            assert each.before is None or 0 <= each.before.amount < 2**63


@given(st.text(max_size=200) | st.binary(max_size=200).map(encoded) | documents.map(summary_token))
def test_what_never_was_a_summary_is_none(token):
    assert read_summary_token(token) is None


@given(st.binary(max_size=400), st.integers(0, 400))
def test_a_damaged_summary_is_none_or_what_it_was(damage, place):
    sound = zlib.compress(json.dumps(SOUND).encode())
    damaged = encoded(sound[:place] + damage + sound[place + len(damage) :])

    assert read_summary_token(damaged) in (None, json.loads(json.dumps(SOUND)))


texts = st.text(max_size=40)
cursors = (
    texts
    | st.binary(max_size=40).map(encoded)
    | documents.map(lambda document: encoded(json.dumps(document).encode()))
    | st.lists(st.none() | numbers | texts, min_size=1, max_size=2).map(
        lambda each: encoded(json.dumps(["books", *each]).encode())
    )
    | st.lists(st.integers(-(2**63), 2**63 - 1) | st.datetimes().map(str), max_size=2).map(
        lambda each: encoded(orjson.dumps(["books", *each]))
    )
)


@given(cursors, st.sampled_from([(instant_of, datetime), (number_of, int), (amount_of, int), (UUID, UUID)]))
def test_a_cursor_leads_to_a_place_or_is_refused(cursor, kinds):
    read, kind = kinds
    try:
        (place,) = page_of(None, cursor, None, None, of="books", width=1).keys(read)
    except BadInput:
        return

    assert type(place) is kind
    assert kind is not int or -(2**63) < place < 2**63


@given(
    texts
    | st.text("0123456789abcdefghjkmnpqrstvwxyz", min_size=26, max_size=26).map("crt_{}".format)
    | st.text("07éu_\ud800", min_size=26, max_size=26).map("crt_{}".format)
)
def test_an_id_has_one_spelling(text):
    key = key_of(text, "crt")

    assert key is None or global_id("crt", key) == text
