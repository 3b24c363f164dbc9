"""What Schemathesis puts where the schema wants a scalar of ours, and what it holds an answer against."""

import string

import schemathesis
from graphql import BooleanValueNode, IntValueNode, NameNode, ObjectFieldNode, ObjectValueNode, StringValueNode
from hypothesis import strategies as st


def text(values):
    return values.map(lambda value: StringValueNode(value=str(value)))


schemathesis.graphql.scalar(
    "Decimal", text(st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=10**9, places=2))
)
schemathesis.graphql.scalar("DateTime", text(st.datetimes().map(lambda moment: moment.isoformat() + "Z")))
schemathesis.graphql.scalar("Date", text(st.dates()))
schemathesis.graphql.scalar("CurrencyCode", text(st.sampled_from(["EUR", "USD", "JPY", "KWD"])))
schemathesis.graphql.scalar("CountryCode", text(st.sampled_from(["DE", "AT", "FR", "US", "JP", "XX"])))
schemathesis.graphql.scalar("LanguageCode", text(st.sampled_from(["en", "de", "pt-BR"])))
schemathesis.graphql.scalar(
    "JSON",
    st.one_of(
        st.booleans().map(lambda value: BooleanValueNode(value=value)),
        st.integers(-1000, 1000).map(lambda value: IntValueNode(value=str(value))),
        text(st.text(string.printable)),
        st.text(string.ascii_letters, min_size=1).map(
            lambda name: ObjectValueNode(
                fields=(ObjectFieldNode(name=NameNode(value=name), value=StringValueNode(value="x")),)
            )
        ),
    ),
)


@schemathesis.check
def answers_without_a_fault(_context, response, _case):
    """Its own check takes every refusal of a field for a fault of the server; ours are told by their codes."""
    assert response.status_code < 500  # noqa: PLR2004 - as HTTP has it
    codes = [error.get("extensions", {}).get("code") for error in response.json().get("errors", [])]
    assert None not in codes, "an error has no code"
    assert "INTERNAL" not in codes, "a bug"
