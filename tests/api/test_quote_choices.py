"""What a buyer chooses of a quote: one of several lines, or any of some (Q10)."""

from datetime import timedelta

import pytest

from commerce_api.schema.node import global_id
from tests import given
from tests.api.test_quote_approvals import APPROVAL, TEN
from tests.buying import rows
from tests.quoting import SENT, UNTIL, Quoting

CHOICES = """currentVersion {
  lines { name quantity } totals { total { amount } } totalsWithOptions { total { amount } }
  choices { kind name options { lineId lines { name total { amount } } difference { amount } } }
  accepted { lines { name } totals { total { amount } } }
}"""
TOTALS = """query($id: ID!, $chosen: [ID!]!) { quoteTotals(quoteId: $id, chosenLineIds: $chosen) {
  totals { total { amount } } errors { code path } } }"""


@pytest.fixture
async def quoting(api, database, connection):
    await given.override_reason(connection)
    return await Quoting.open(api, database)


class Offered:
    """A kettle, steel or copper, with a mug and a tray for whoever wants them; the lines' ids by name."""

    def __init__(self, quote_id, lines):
        self.id, self.lines = quote_id, lines
        one = {"kind": "ONE_OF", "name": "Your kettle", "lineIds": [lines["Kettle"], lines["Copper"]]}
        self.choices = [one, {"kind": "ANY_OF", "lineIds": [lines["Mug"], lines["Tray"]]}]

    def of(self, *names):
        return [self.lines[name] for name in names]


async def drafted(quoting, author=None):
    prices = {"Copper": 4990, "Mug": 990, "Tray": 1490}
    goods = [(await quoting.shop.product(title, price=price, stock=9), 1) for title, price in prices.items()]
    cart_id, _ = await quoting.shop.cart((quoting.kettle, 2), *goods, customer_id=quoting.ada)
    payload = await quoting.staff(
        author or quoting.grace,
        "createQuoteFromCart",
        cartId=global_id("crt", cart_id),
        fields="id draft { lines { id title } }",
    )
    made = payload["quote"]
    return Offered(made["id"], {line["title"]: line["id"] for line in made["draft"]["lines"]})


async def offered(quoting, author=None):
    quote = await drafted(quoting, author)
    payload = await quoting.staff(
        author or quoting.grace, "offerQuoteChoices", quoteId=quote.id, choices=quote.choices, fields="state"
    )
    assert payload["errors"] == [], payload
    return quote


async def sent(quoting):
    quote = await offered(quoting)
    payload = await quoting.staff(quoting.grace, "sendQuote", quoteId=quote.id, **SENT)
    assert payload["errors"] == [], payload
    return quote


async def what_if(quoting, client, quote, *names, staff=False):
    answer = (client.staff if staff else client.shop)(TOTALS, id=quote.id, chosen=quote.of(*names))
    found = (await answer)["quoteTotals"]
    return found["totals"]["total"]["amount"] if found["totals"] else found["errors"]


async def test_a_buyer_sees_what_each_choice_costs(quoting):
    quote = await sent(quoting)

    version = (await quoting.read(quoting.buyer, quote.id, CHOICES))["currentVersion"]

    assert version["lines"] == [{"name": "Kettle", "quantity": 2}]
    assert version["totals"] == {"total": {"amount": "44.70"}}
    assert version["totalsWithOptions"] == {"total": {"amount": "69.50"}}
    assert version["accepted"] is None
    assert [(c["kind"], c["name"], [_option(option) for option in c["options"]]) for c in version["choices"]] == [
        ("ONE_OF", "Your kettle", [("Kettle", "39.80", "0.00"), ("Copper", "49.90", "10.10")]),
        ("ANY_OF", "", [("Mug", "9.90", "9.90"), ("Tray", "14.90", "14.90")]),
    ]
    assert await what_if(quoting, quoting.buyer, quote, "Copper", "Tray") == "69.70"


def _option(option):
    (line,) = option["lines"]
    return line["name"], line["total"]["amount"], option["difference"]["amount"]


async def test_what_is_chosen_is_accepted_and_ordered_at_the_prices_of_the_quote(quoting):
    quote = await sent(quoting)
    await quoting.reprice(9990)
    chosen = quote.of("Copper", "Mug")

    accepted = await quoting.shopper(
        quoting.buyer,
        "acceptQuote",
        quoteId=quote.id,
        version=1,
        chosenLineIds=chosen,
        fields=f"state {CHOICES}",
    )
    again = await quoting.shopper(quoting.buyer, "acceptQuote", quoteId=quote.id, version=1, chosenLineIds=chosen)
    otherwise = await quoting.shopper(
        quoting.buyer, "acceptQuote", quoteId=quote.id, version=1, chosenLineIds=quote.of("Kettle")
    )
    total = {"amount": "64.70", "currencyCode": "EUR"}
    ordered = await quoting.converted(
        quote.id, fields="lines { name unitPrice { amount } } totals { total { amount } }", expectedTotal=total
    )

    version = accepted["quote"]["currentVersion"]
    assert (accepted["errors"], accepted["quote"]["state"]) == ([], "ACCEPTED")
    assert version["accepted"] == {
        "lines": [{"name": "Copper"}, {"name": "Mug"}],
        "totals": {"total": {"amount": "64.70"}},
    }
    assert version["totals"] == {"total": {"amount": "44.70"}}
    assert again["errors"] == []
    assert otherwise["errors"] == [{"code": "QUOTE_CHOSEN_OTHERWISE", "path": ["chosenLineIds"]}]
    assert ordered["errors"] == []
    assert ordered["order"] == {
        "lines": [
            {"name": "Copper", "unitPrice": {"amount": "49.90"}},
            {"name": "Mug", "unitPrice": {"amount": "9.90"}},
        ],
        "totals": {"total": {"amount": "64.70"}},
    }


async def test_a_wrong_choice_is_told_with_all_that_is_wrong(quoting):
    quote = await sent(quoting)
    nothing, both = [], [*quote.of("Kettle", "Copper"), global_id("cln", quoting.kettle)]
    one_of = {"code": "CHOOSE_ONE", "path": ["chosenLineIds"], "name": "Your kettle"}
    document = """mutation($input: AcceptQuoteInput!) { acceptQuote(input: $input) {
        errors { code path ... on ChooseOneError { name } } } }"""

    refused = [
        (await quoting.buyer.shop(document, input={"quoteId": quote.id, "version": 1, "chosenLineIds": chosen}))[
            "acceptQuote"
        ]["errors"]
        for chosen in (nothing, both)
    ]

    assert refused == [[one_of], [{"code": "NOT_TO_BE_CHOSEN", "path": ["chosenLineIds", "2"]}, one_of]]
    assert await what_if(quoting, quoting.buyer, quote, "Mug") == [{"code": "CHOOSE_ONE", "path": ["chosenLineIds"]}]
    assert await quoting.events() == ["QuoteCreated", "QuoteChanged", "QuoteSent"]


async def test_choices_that_make_no_sense_are_not_offered(quoting):
    quote = await drafted(quoting)
    kettle, mug = quote.of("Kettle", "Mug")
    choices = [
        {"kind": "ONE_OF", "name": "One", "lineIds": [kettle]},
        {"kind": "ANY_OF", "lineIds": [kettle, mug, global_id("cln", quoting.kettle)]},
    ]

    refused = await quoting.staff(quoting.grace, "offerQuoteChoices", quoteId=quote.id, choices=choices)
    nameless = await quoting.staff(
        quoting.grace, "offerQuoteChoices", quoteId=quote.id, choices=[{"kind": "ONE_OF", "lineIds": [kettle, mug]}]
    )

    assert refused["errors"] == [
        {"code": "CHOICE_TOO_SMALL", "path": ["choices", "0", "lineIds"]},
        {"code": "LINE_IN_TWO_CHOICES", "path": ["choices", "1", "lineIds", "0"]},
        {"code": "LINE_NOT_FOUND", "path": ["choices", "1", "lineIds", "2"]},
    ]
    assert nameless["errors"] == [{"code": "INVALID_VALUE", "path": ["choices", "0", "name"]}]
    assert await quoting.events() == ["QuoteCreated"]


async def test_a_discount_cannot_hide_behind_what_nobody_chooses(quoting):
    """More than half off the mug is little of the whole, but too much of what is left if only that is chosen with the cheap kettle."""
    permissions = ("OVERRIDE_PRICES", "APPROVE_QUOTES")
    author = await quoting.author(*permissions, email="hopper@example.com", limits=TEN)
    boss = await quoting.desk.member("APPROVE_QUOTES", email="boss@example.com")
    quote = await offered(quoting, author)
    price = {
        "lineId": quote.lines["Mug"],
        "change": {"amount": {"amount": "4.00", "currencyCode": "EUR"}},
        "reason": "GOODWILL",
    }
    await quoting.staff(author, "applyToQuote", quoteId=quote.id, actions=[{"overrideLinePrice": price}])

    waiting = await quoting.staff(author, "sendQuote", fields=APPROVAL, quoteId=quote.id, **SENT)
    content = waiting["quote"]["approval"]["contentHash"]
    copper_first = [{**quote.choices[0], "lineIds": quote.of("Copper", "Kettle")}, quote.choices[1]]
    await quoting.staff(author, "offerQuoteChoices", quoteId=quote.id, choices=copper_first)
    await quoting.staff(author, "sendQuote", quoteId=quote.id, **SENT)
    other = await quoting.staff(boss, "approveQuote", quoteId=quote.id, contentHash=content)
    with_tray = [quote.choices[0], {"kind": "ANY_OF", "lineIds": quote.of("Mug")}]
    await quoting.staff(author, "offerQuoteChoices", quoteId=quote.id, choices=with_tray)
    sure = await quoting.staff(author, "sendQuote", quoteId=quote.id, **SENT)

    assert waiting["quote"]["state"] == "APPROVAL"
    assert [error["code"] for error in other["errors"]] == ["QUOTE_CONTENT_CHANGED"]
    assert sure["quote"]["state"] == "SENT"


async def test_choices_go_along_into_another_quote_and_leave_with_their_lines(quoting):
    quote = await offered(quoting)
    drafts = "id choices { kind lineIds } draft { lines { id title } }"

    copy = (await quoting.staff(quoting.grace, "createQuoteFromQuote", quoteId=quote.id, fields=drafts))["quote"]
    gone = {"removeLines": {"lineIds": quote.of("Copper")}}
    less = await quoting.staff(quoting.grace, "applyToQuote", quoteId=quote.id, actions=[gone], fields=drafts)

    ids = {line["title"]: line["id"] for line in copy["draft"]["lines"]}
    assert copy["choices"] == [
        {"kind": "ONE_OF", "lineIds": [ids["Kettle"], ids["Copper"]]},
        {"kind": "ANY_OF", "lineIds": [ids["Mug"], ids["Tray"]]},
    ]
    assert less["quote"]["choices"] == [{"kind": "ANY_OF", "lineIds": quote.of("Mug", "Tray")}]
    assert await what_if(quoting, quoting.grace, quote, "Mug", staff=True) == "54.60"
    assert await what_if(quoting, quoting.buyer, quote) == [{"code": "NOT_FOUND", "path": ["quoteId"]}]


async def test_what_was_chosen_is_what_is_issued_again(quoting, clock):
    quote = await sent(quoting)
    await quoting.shopper(
        quoting.buyer, "acceptQuote", quoteId=quote.id, version=1, chosenLineIds=quote.of("Copper", "Mug")
    )
    clock.at = UNTIL

    later = {"validUntil": (UNTIL + timedelta(days=7)).isoformat()}
    again = await quoting.staff(quoting.grace, "reissueQuote", quoteId=quote.id, fields=f"state {CHOICES}", **later)

    taken = await quoting.shopper(
        quoting.buyer, "acceptQuote", quoteId=quote.id, version=2, chosenLineIds=[], fields=CHOICES
    )

    version = again["quote"]["currentVersion"]
    assert (again["errors"], again["quote"]["state"]) == ([], "SENT")
    assert taken["errors"] == []
    assert taken["quote"]["currentVersion"]["accepted"]["lines"] == [{"name": "Copper"}]
    assert version["lines"] == [{"name": "Copper", "quantity": 1}]
    assert [(choice["kind"], len(choice["options"])) for choice in version["choices"]] == [("ANY_OF", 1)]
    assert await rows(quoting.database, "SELECT count(*) FROM quote_versions WHERE accepted IS NOT NULL") == [(2,)]


HELD = """SELECT p.title, r.quantity FROM reservations r
    JOIN variants v ON v.id = r.variant_id JOIN products p ON p.id = v.product_id ORDER BY 1"""


async def test_stock_is_held_for_what_is_chosen(quoting):
    holder = await quoting.author("RESERVE_FOR_QUOTES", email="hopper@example.com")
    await rows(quoting.database, "UPDATE channels SET quote_hold_percent = 50 RETURNING 1")
    held, short = await offered(quoting, holder), await offered(quoting, holder)
    for quote in (held, short):
        await quoting.staff(holder, "sendQuote", quoteId=quote.id, reserveUntil=UNTIL.isoformat(), **SENT)
    before = await rows(quoting.database, HELD)

    async def choose(quote, *names):
        ids = quote.of(*names)
        payload = await quoting.shopper(
            quoting.buyer, "acceptQuote", quoteId=quote.id, version=1, chosenLineIds=ids, fields="state"
        )
        assert payload["quote"] == {"state": "ACCEPTED"}

    await choose(held, "Copper", "Mug")
    chosen = await rows(quoting.database, HELD)
    await rows(quoting.database, "UPDATE channels SET quote_hold_percent = 1 RETURNING 1")
    await choose(short, "Kettle", "Tray")

    assert before == [("Kettle", 2), ("Kettle", 2)]
    assert chosen == [("Copper", 1), ("Kettle", 2), ("Mug", 1)]
    assert await rows(quoting.database, HELD) == chosen
