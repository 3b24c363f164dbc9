"""What is still missing, told by carts, summaries and quotes alike (S1-07, S2-02)."""

from datetime import timedelta

import pytest

from commerce_api.domain.checkout import Requirement
from commerce_api.schema.node import global_id
from commerce_api.schema.readiness import SAID
from commerce_api.schema.wording import words_in
from tests import given
from tests.buying import Shop
from tests.quoting import SENT, Quoting

MISSING = "requirement lineId shipGroupId paymentInstruction paymentObstacle field message"
PAID = "paymentInstructions { method amount { amount } source card { lastFour } }"
BOTH = f"query($id: ID!) {{ cart(id: $id) {{ readiness {{ {MISSING} }} {PAID} totals {{ total {{ amount }} }} }} }}"
SUMMARY = f"query($id: ID!) {{ checkoutSummary(cartId: $id) {{ readiness {{ {MISSING} }} {PAID} }} }}"
READY = f"readiness {{ action ready missing {{ {MISSING} }} blockers {{ code }} }}"


@pytest.fixture
async def quoting(api, database):
    return await Quoting.open(api, database)


def of(quote):
    return {
        each["action"]: (
            each["ready"],
            [one["requirement"] for one in each["missing"]],
            [b["code"] for b in each["blockers"]],
        )
        for each in quote["readiness"]
    }


@pytest.mark.parametrize("requirement", Requirement)
def test_each_requirement_is_said_in_german(requirement):
    assert words_in("de")(SAID[requirement]) != SAID[requirement]


async def test_a_cart_says_what_its_summary_does_and_is_priced_once(api, database, statements):
    shop = await Shop.open(database)
    kettle = await shop.product()
    cart_id, token = await shop.cart(
        (kettle, 1), email="", terms_version="", cards=("4242424242424242",) * 2, amounts=(100, None)
    )
    guest, id_ = api.with_headers(x_cart_token=token), global_id("crt", cart_id)

    summary = (await guest.shop(SUMMARY, id=id_))["checkoutSummary"]
    plain = len(
        (await statements.of(guest.shop(BOTH.replace(PAID, "").replace(MISSING, "__typename"), id=id_))) and statements
    )
    cart = (await statements.of(guest.shop(BOTH, id=id_)))["cart"]

    assert {name: cart[name] for name in summary} == summary
    assert [(each["requirement"], each["message"]) for each in cart["readiness"]] == [
        ("EMAIL_OR_PHONE", "Say how the buyer can be reached: by email or by phone."),
        ("TERMS", "Accept the terms."),
    ]
    assert [each["amount"] for each in cart["paymentInstructions"]] == [{"amount": "1.00"}, None]
    assert len(statements) == plain
    assert len([sql for sql in statements if "FROM prices" in sql or "JOIN prices" in sql]) == 1
    german = (await api.with_headers(x_cart_token=token, accept_language="de").shop(BOTH, id=id_))["cart"]
    assert german["readiness"][1]["message"] == "Stimmen Sie den Bedingungen zu."


async def test_a_cart_and_its_summary_in_one_document_are_read_and_priced_once(api, database, statements):
    """As often as they are asked for; a cart that is to be ordered in another language is told in that as well."""
    shop = await Shop.open(database)
    cart_id, token = await shop.cart((await shop.product(), 1))
    guest, id_ = api.with_headers(x_cart_token=token), global_id("crt", cart_id)
    summary = "checkoutSummary(cartId: $id) { totals { total { amount } } }"
    cart = "cart(id: $id) { totals { total { amount } } }"

    async def cost(*asked):
        document = f"query($id: ID!) {{ {' '.join(asked)} }}"
        return await statements.of(guest.shop(document, id=id_)), len(statements)

    await cost(summary)  # the channel is kept from now on
    told, alone = await cost(summary)
    both, together = await cost(summary, cart, f"again: {cart}")

    assert together == alone + 2  # a lone one is read and priced by one, with its cards
    assert both["cart"] == both["again"] == both["checkoutSummary"] == told["checkoutSummary"]


async def test_a_quote_says_what_stands_against_each_step_to_whom_it_concerns(quoting, clock):
    quote_id = await quoting.drafted()
    draft = of(await quoting.read(quoting.grace, quote_id, READY, staff=True))
    await quoting.staff(quoting.grace, "sendQuote", quoteId=quote_id, **SENT)
    await quoting.reprice(3980)
    sent = of(await quoting.read(quoting.buyer, quote_id, READY))
    await quoting.shopper(quoting.buyer, "acceptQuote", quoteId=quote_id, version=1)
    accepted = of(await quoting.read(quoting.buyer, quote_id, READY))
    clock.advance(timedelta(days=14))
    expired = of(await quoting.read(quoting.buyer, quote_id, READY))

    open_ = ["PAYMENT", "TERMS"]
    assert draft == {
        "SEND": (True, [], []),
        "ACCEPT": (False, [], ["QUOTE_NOT_SENT"]),
        "CONVERT": (False, [], ["QUOTE_NOT_SENT"]),
    }
    assert sent == {"ACCEPT": (True, [], []), "CONVERT": (False, open_, ["QUOTE_NOT_ACCEPTED"])}
    assert accepted == {"ACCEPT": (True, [], []), "CONVERT": (False, open_, [])}
    assert expired == {
        "ACCEPT": (False, [], ["QUOTE_EXPIRED"]),
        "CONVERT": (False, ["PRICE_EXPIRED", *open_], ["QUOTE_EXPIRED"]),
    }


async def test_what_cannot_be_sold_cannot_be_promised(quoting, connection):
    quote_id = await quoting.drafted()
    await connection.execute("UPDATE product_publications SET published_until = published_from + interval '1 second'")

    (send, *_) = (await quoting.read(quoting.grace, quote_id, READY, staff=True))["readiness"]

    assert (send["action"], send["ready"]) == ("SEND", False)
    assert [(one["requirement"], one["message"]) for one in send["missing"]] == [
        ("LINE_ON_SALE", "This is not on sale now; take it out.")
    ]


async def test_many_quotes_cost_what_one_does(quoting, statements):
    document = f"{{ me {{ quotes(first: 5) {{ nodes {{ {READY} }} }} }} }}"

    async def cost():
        await statements.of(quoting.buyer.shop(document))
        return len(statements)

    await quoting.sent(offer={"partial": True})
    one = await cost()
    await quoting.accepted(quantity=3)
    assert await cost() == one


async def test_many_quotes_that_need_approvals_cost_what_one_does(quoting, database, statements):
    async with database.connection() as connection:
        await given.override_reason(connection.raw)
    author = await quoting.author(
        "DEDUCT_AMOUNTS", email="hopper@example.com", limits={"AUTHOR_QUOTES": {"percent": "10"}}
    )
    await quoting.desk.member("APPROVE_QUOTES", email="boss@example.com")
    fifth = {"deduct": {"off": {"percent": "20"}, "reason": "GOODWILL"}}
    document = "{ quotes(first: 5) { nodes { readiness { missing { requirement } approvers { name } } } } }"

    async def cost():
        quote_id = await quoting.drafted(author)
        await quoting.staff(author, "applyToQuote", quoteId=quote_id, actions=[fifth])
        seen = await statements.of(author.staff(document))
        assert all(len(node["readiness"][0]["approvers"]) == 1 for node in seen["quotes"]["nodes"])
        return len(statements)

    assert await cost() == await cost()


async def test_the_lower_price_counts_in_what_is_missing_of_a_quote_too(api, database):
    quoting = await Quoting.open(api, database, quote_prices="BEST_OF")
    quote_id = await quoting.accepted(offer={"partial": True})

    assert of(await quoting.read(quoting.buyer, quote_id, READY))["CONVERT"] == (False, ["PAYMENT", "TERMS"], [])
