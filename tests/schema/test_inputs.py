"""What holds for the inputs of all mutations: how they are repeated, what they are based on, what shoppers cannot say."""

import pytest
from graphql import GraphQLInputObjectType, GraphQLNonNull, get_named_type
from strawberry.types.base import StrawberryMaybe, StrawberryOptional

from commerce_api.contract import permissions_of
from commerce_api.domain.permissions import Permission
from commerce_api.graphql import SHOP, STAFF

MAYBE_NULL = sorted(
    f"{type_.name}.{field.graphql_name or field.python_name}"
    for type_ in STAFF.type_map.values()
    if isinstance(type_, GraphQLInputObjectType) and not type_.is_one_of
    for field in type_.extensions["strawberry-definition"].fields
    if isinstance(field.type, StrawberryMaybe) and not isinstance(field.type.of_type, StrawberryOptional)
)

CREDENTIALS = {
    "verifyCustomerChallenge",
    *("changePassword", "changeStaffPassword", "requestPasswordReset", "resetPassword"),
    *("startSecondFactor", "confirmSecondFactor", "turnOffSecondFactor", "renewRecoveryCodes"),
    *("turnOffStaffSecondFactor", "renewStaffRecoveryCodes"),
    *("registerCustomer", "resendVerification", "verifyEmail", "sendOrderAccessCode"),
    *("signOut", "signOutEverywhere", "signOutStaff", "signOutStaffEverywhere"),
}
"""Beside all sign-in: they are answered alike, whatever they did, or end what they end for good; no answer is kept."""

REPEATABLE = {"claimOrder", "openSharedCart", "registerMedia"}
"""The same address is the same picture, without a key."""

ONCE_ONLY = {
    "adjustStock",
    "convertQuote",
    "payOrderBalance",
    "placeOrder",
    "resubmitOrder",
    "updatePaymentInstructions",
    *("recordPayment", "recordRefund", "reverseRecordedPayment"),
}
"""Placing, paying and receiving stock: done twice they would be wrong (K5)."""

UNREVISED = {
    "claimOrder": "changes nothing of what the order says",
    "openSharedCart": "only opens what is there",
    "saveOrderSearch": "one's own, by its name",
    "deleteOrderSearch": "one's own",
    "endAssistedSession": "it is never too late to end one",
    "startAssistedSession": "only looks at what is there",
    "acceptQuote": "names the version that is accepted",
    "acceptTerms": "says which version is accepted",
    "addOrderComment": "adds to whatever was said, and disturbs nobody",
    "adjustStock": "counts up or down from whatever is there",
    "commentOnQuote": "disturbs nobody who is working on it",
    "convertQuote": "names the version that was accepted",
    "deletePaymentMethod": "kept cards have no revision",
    "exportProducts": "only reads",
    "importProducts": "says in the file what is to be, whatever was before",
    "openCustomer": "changes nothing about the customer",
    "cloneOrder": "leaves the order as it is",
    "payOrderBalance": "says how much was seen to be due",
    "placeOrder": "says with the summary's token what was seen",
    "resolveBlocks": "a block is resolved once, and each of several orders has a revision of its own",
    "reverseRecordedPayment": "an entry of the ledger never changes, and is taken back once",
    "resubmitOrder": "changes nothing about the order that was seen",
    "revokeApiKey": "API keys have no revision, and it is never too late to stop one",
    "rotateApiKey": "API keys have no revision",
    "sendCustomerInvitation": "asks for a mail",
    "sendPasswordReset": "asks for a mail",
    "unlockCustomerChallenge": "gives tries back, however many were left",
    "setConsent": "says what is agreed on, whatever was before",
    "setDefaultAddress": "says which entry is offered first, whatever was before",
    "setDefaultPaymentMethod": "kept cards have no revision",
    "updatePaymentInstructions": "says how to pay in place of whatever was before",
}
"""Change what is there without `expectedRevision`, and why that is right."""

SERVER_SAYS = {
    *("unitPrice", "price", "amounts", "total", "tax", "taxRate", "taxExempt", "discount", "discounts", "charges"),
    *("customer", "customerId", "onBehalfOf", "actor", "staffId", "role", "roles", "permissions"),
    *("channel", "channelId", "state", "status", "paymentStatus", "fulfillmentStatus", "revision"),
    *("placedAt", "createdAt", "updatedAt", "expiresAt", "number", "onHand", "reserved", "cost", "acknowledge"),
}
ASKING = {"ProductFilter.price", "SendOrderAccessCodeInput.number", "ClaimOrderInput.number"}
"""Say what to look for; nothing is changed by them."""

TELLING = {"OrderOriginInput.channel", "AttributeValueInput.number"}
"""Told for statistics, nothing follows from them: through what somebody ordered, not in which shop; or what a field asks for."""

HEEDING = {"ConvertQuoteInput.acknowledge"}
"""Warns buyers of what they get later than they were told: only they can say that this will do."""

BY_SHOPPERS = {
    "AcceptQuoteInput": "chosenLineIds comment idempotencyKey quoteId quoteToken version",
    "CommentOnQuoteInput": "comment idempotencyKey quoteId quoteToken",
    "ConvertQuoteInput": "acknowledge addresses attributes buyer expectedTotal idempotencyKey lines origin payment quoteId "
    "quoteToken shippingMethod terms version",
    "QuoteOfCartInput": "cartId comment expectedRevision idempotencyKey",
    "QuoteWishInput": "lineId quantity wishedUnitPrice",
    "RegisterCustomerInput": "acceptedTermsVersion address email fields firstName lastName marketingConsents password phone",
    "UpdateProfileInput": "currency expectedRevision fields firstName idempotencyKey language lastName orderMail phone",
    "CreateCartInput": "currency email idempotencyKey lines phone",
    "CartLineInput": "attributes fields parentLineId quantity requests sku variantId",
    "CartLineUpdateInput": "change lineId",
    "ShipGroupInput": "address instructions lines requestedShipDate shippingMethodId",
    "LineRequestsInput": "expedite giftMessage instructions requestedShipDate",
    "SetCartAvailabilityChoiceInput": "cartId choice expectedRevision idempotencyKey lineIds",
    "SetCartAttributesInput": "attributes cartId expectedRevision fields gift idempotencyKey poNumber",
    "SetCartBuyerInput": "cartId email expectedRevision idempotencyKey phone",
    "SetCartShippingMethodInput": "cartId expectedRevision idempotencyKey shipGroupId shippingMethodId",
    "PaymentInstructionInput": "amount cardToken method paymentMethodId",
    "SetPaymentInstructionsInput": "cartId expectedRevision idempotencyKey instructions saveToProfile",
    "BeginOrderEditInput": "expectedRevision idempotencyKey orderId",
    "ApplyToOrderEditInput": "actions editId expectedRevision idempotencyKey",
    "CommitOrderEditInput": "editId expectedRevision idempotencyKey instructions reason settle",
    "PayOrderBalanceInput": "expectedDue idempotencyKey instructions orderId paymentToken",
    "PlaceOrderInput": "acceptedTermsVersion cartId idempotencyKey origin summaryToken",
}
"""All that shoppers can say where money, ownership or rights are near. Whoever adds a field decides here that they may."""


def inputs_of(schema):
    """Each mutation's input type by the mutation's name; None without one."""
    for name, field in schema.mutation_type.fields.items():
        yield name, get_named_type(field.args["input"].type) if "input" in field.args else None


def signs_in(schema, name):
    return permissions_of(schema.mutation_type.fields[name]) <= {Permission.SIGN_IN, Permission.SIGN_IN_AS_STAFF}


def fields_of(type_):
    return type_.fields if type_ else {}


def test_whatever_acts_can_be_repeated_with_a_key():
    exempt = CREDENTIALS | REPEATABLE
    lacking = [name for name, asked in inputs_of(STAFF) if "idempotencyKey" not in fields_of(asked)]

    assert [name for name in lacking if name not in exempt and not signs_in(STAFF, name)] == []


def test_what_must_not_happen_twice_needs_a_key():
    taken = {
        name
        for name, asked in inputs_of(STAFF)
        if "idempotencyKey" in fields_of(asked) and isinstance(asked.fields["idempotencyKey"].type, GraphQLNonNull)
    }
    assert taken == ONCE_ONLY


def test_whatever_takes_acknowledgements_tells_its_warnings():
    for name, asked in inputs_of(STAFF):
        if "acknowledge" in fields_of(asked):
            assert "warnings" in get_named_type(STAFF.mutation_type.fields[name].type).fields, name


def test_whatever_changes_what_is_there_can_say_what_it_is_based_on():
    lacking = {
        name
        for name, asked in inputs_of(STAFF)
        if "expectedRevision" not in fields_of(asked)
        and not name.startswith(("create", "register", "keep", "merge"))
        and name not in CREDENTIALS
        and not signs_in(STAFF, name)
    }
    assert lacking == set(UNREVISED)


def test_shoppers_never_say_what_the_server_knows():
    said = {
        f"{type_.name}.{name}"
        for type_ in SHOP.type_map.values()
        if isinstance(type_, GraphQLInputObjectType)
        for name in type_.fields
        if name in SERVER_SAYS
    }
    assert said - ASKING - TELLING - HEEDING == set()


@pytest.mark.parametrize("name", BY_SHOPPERS)
def test_what_shoppers_say_was_reviewed(name):
    assert sorted(SHOP.type_map[name].fields) == BY_SHOPPERS[name].split()


def test_what_may_be_left_out_may_be_null_too():
    """The schema lets clients say null there; strawberry would take it for a bug of ours, but for inputs of just one key."""
    assert MAYBE_NULL == []
