"""What staff can write they can read, and where a revision is asked for it is shown."""

import re

import pytest
from graphql import GraphQLInputObjectType, get_named_type

from commerce_api.contract import permissions_of
from commerce_api.domain.permissions import GRANTABLE
from commerce_api.graphql import STAFF as SCHEMA

OF_THE_REQUEST = {"id", "expectedRevision", "idempotencyKey", "acknowledge"}
ACTS = {
    "importProducts",
    "exportProducts",
    "adjustStock",
    "cancelOrder",
    *("cloneOrder", "splitCartBackorders", "splitOrder"),
    "createStaff",
    *("applyToQuote", "createQuote"),
    "applyToOrderEdit",
    "commitOrderEdit",
    "openCustomer",
    "verifyCustomerChallenge",
    *("recordPayment", "recordRefund", "reverseRecordedPayment"),
    *("lockCart", "takeOverCart", "unlockCart", "bindCart"),
}
"""Which leave more than an object that is told whole."""

NAMED_OTHERWISE = {
    "quoteId": "the id of the quote",
    "cartId": "the id of the cart",
    "orderId": "the id of the order",
    "comment": "comments.text",
    "contentHash": "approval.contentHash",
    "terms": "currentVersion.terms",
    "attributes.value": "each kind of attribute has its value under its own name",
    "fields.value": "each kind of attribute has its value under its own name",
    "media.mediaId": "the id of each picture",
    "optionNames": "originalTexts.optionNames",
    "optionValues": "originalTexts.optionValues",
    "channelId": "publications.channelId",
    "publishedFrom": "publications.publishedFrom",
    "publishedUntil": "publications.publishedUntil",
    "editId": "the id of the edit",
    "productId": "the id of the product",
    "variantId": "the id of the variant",
    "priceListId": "the id of the list",
    "prices.tiers": "a price each",
    "rates.currency": "rates.amount.currencyCode",
    "blockId": "the id of the block",
    "blockIds": "the ids of the blocks",
    "overruled": "resolution",
    "password": "kept as a hash",
    "challenge.answer": "kept as a hash",
    "invite": "asks for a mail",
    "commentId": "the id of the comment",
    "decision": "the state of the block",
    "note": "resolutionComment, or a comment",
    "overlapMinutes": "previousSecretUntil",
}


def answer_types(field):
    fields = get_named_type(field.type).fields
    return [get_named_type(each.type) for name, each in fields.items() if name not in {"errors", "warnings"}]


def fields_of(type_):
    fields = dict(getattr(type_, "fields", {}))
    if "nodes" in fields:
        fields = get_named_type(fields["nodes"].type).fields
    return fields


def unreadable(input_type, outputs, path=""):
    known = {name: each for output in outputs for name, each in fields_of(output).items()}
    for name, field in input_type.fields.items():
        whole = f"{path}{name}"
        spellings = {name, re.sub("Id$", "", name), re.sub("Ids$", "s", name), re.sub("yIds$", "ies", name)}
        found = [known[each] for each in sorted(spellings) if each in known]
        within = get_named_type(field.type)
        if name in OF_THE_REQUEST or {name, whole.rsplit("variants.", maxsplit=1)[-1]} & set(NAMED_OTHERWISE):
            continue
        if not found:
            yield whole
        elif isinstance(within, GraphQLInputObjectType) and get_named_type(found[0].type).name != "JSON":
            yield from unreadable(within, [get_named_type(found[0].type)], f"{whole}.")


STAFF = {
    name: field
    for name, field in SCHEMA.mutation_type.fields.items()
    if "input" in field.args and permissions_of(field) and permissions_of(field) <= GRANTABLE
}


@pytest.mark.parametrize("name", sorted(set(STAFF) - ACTS))
def test_what_staff_write_they_can_read(name):
    field = STAFF[name]

    assert list(unreadable(get_named_type(field.args["input"].type), answer_types(field))) == []


def with_revision():
    for name, field in SCHEMA.mutation_type.fields.items():
        if "input" in field.args and "expectedRevision" in get_named_type(field.args["input"].type).fields:
            yield name


@pytest.mark.parametrize("name", sorted(with_revision()))
def test_a_revision_that_is_asked_for_is_shown(name):
    outputs = answer_types(SCHEMA.mutation_type.fields[name])
    kind = {"startCheckout": "Cart"}.get(name) or name.removeprefix("delete")
    if not any(fields_of(output) for output in outputs) or kind == "Cart":
        outputs = [SCHEMA.type_map.get(f"{kind}Setting") or SCHEMA.type_map[kind]]

    assert any("revision" in fields_of(output) for output in outputs)
