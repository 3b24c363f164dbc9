"""Discounts beyond a limit are approved by somebody else, exactly as they are (Q7, D27); one order comes of a quote (Q6)."""

import asyncio
from datetime import timedelta

import pytest

from tests import given
from tests.buying import rows
from tests.quoting import QUOTE, SENT, Quoting

TEN = {"AUTHOR_QUOTES": {"percent": "10"}}
APPROVAL = "state version approval { contentHash terms approvedById }"


@pytest.fixture
async def quoting(api, database, connection):
    await given.override_reason(connection)
    return await Quoting.open(api, database)


def off(percent):
    return {"deduct": {"off": {"percent": percent}, "reason": "GOODWILL"}}


async def discounted(quoting, author, percent="20"):
    quote_id = await quoting.drafted(author)
    changed = await quoting.staff(author, "applyToQuote", quoteId=quote_id, actions=[off(percent)])
    assert changed["errors"] == [], changed
    return quote_id


async def limited(quoting, email="hopper@example.com"):
    return await quoting.author("DEDUCT_AMOUNTS", "APPROVE_QUOTES", email=email, limits=TEN)


async def test_a_discount_beyond_the_limit_waits_for_somebody_elses_approval(quoting):
    author = await limited(quoting)
    boss = await quoting.desk.member("APPROVE_QUOTES", email="boss@example.com")
    quote_id = await discounted(quoting, author)

    waiting = await quoting.staff(
        author, "sendQuote", fields=APPROVAL, quoteId=quote_id, comment="For you.", terms="Net 30", **SENT
    )
    unsent = await quoting.read(quoting.buyer, quote_id, "id")
    seen = {"quoteId": quote_id, "contentHash": waiting["quote"]["approval"]["contentHash"]}
    own = await quoting.staff(author, "approveQuote", **seen)
    blind = await quoting.staff(boss, "approveQuote", quoteId=quote_id, contentHash="x")
    approved = await quoting.staff(boss, "approveQuote", fields=APPROVAL, comment="A good customer", **seen)
    shown = f"{QUOTE} currentVersion {{ terms validUntil totals {{ total {{ amount }} }} }}"
    sent = await quoting.staff(author, "sendQuote", fields=shown, quoteId=quote_id)
    told = await quoting.read(quoting.buyer, quote_id, "comments { nodes { text } }")

    assert (waiting["quote"]["state"], waiting["warnings"]) == ("APPROVAL", [{"code": "QUOTE_NEEDS_APPROVAL"}])
    assert [error["code"] for error in own["errors"]] == ["FOUR_EYES"]
    assert [error["code"] for error in blind["errors"]] == ["QUOTE_CONTENT_CHANGED"]
    assert (approved["errors"], approved["quote"]["state"]) == ([], "DRAFT")
    assert approved["quote"]["approval"]["approvedById"]
    assert (sent["quote"]["state"], sent["quote"]["version"]) == ("SENT", 1)
    assert sent["quote"]["currentVersion"] == {
        "terms": "Net 30",
        "validUntil": SENT["validUntil"].replace("+00:00", "Z"),
        "totals": {"total": {"amount": "36.74"}},
    }
    assert (unsent, told["comments"]["nodes"]) == (None, [{"text": "For you."}])
    assert await quoting.shopper(quoting.buyer, "acceptQuote", quoteId=quote_id, version=1)
    ordered = await quoting.converted(quote_id)
    assert (ordered["errors"], ordered["order"]["totals"]) == ([], {"total": {"amount": "36.74"}})


BLOCKS = """query($id: ID!) { order(id: $id) { state blocks {
  reasonCode active resolution resolvedBy cause { rule } } } }"""


async def test_what_was_approved_is_on_the_order_and_holds_nothing_up(quoting):
    limits = TEN | {"DEDUCT_AMOUNTS": {"percent": "10"}}
    author = await quoting.author("DEDUCT_AMOUNTS", email="hopper@example.com", limits=limits)
    boss = await quoting.desk.member("APPROVE_QUOTES", email="boss@example.com", name="The boss")
    reader = await quoting.desk.member("READ_ORDERS", email="reader@example.com")
    async with quoting.database.connection() as connection:
        await given.block_reason(connection.raw, "DISCOUNT_LIMIT", kind="AUTOMATIC")
    quote_id = await quoting.drafted(author)
    await quoting.staff(
        author, "applyToQuote", quoteId=quote_id, actions=[off("20")], acknowledge=["BELOW_OVERRIDE_LIMIT"]
    )
    waiting = await quoting.staff(author, "sendQuote", fields=APPROVAL, quoteId=quote_id, **SENT)
    content = waiting["quote"]["approval"]["contentHash"]
    await quoting.staff(boss, "approveQuote", quoteId=quote_id, contentHash=content)
    await quoting.staff(author, "sendQuote", quoteId=quote_id)
    await quoting.shopper(quoting.buyer, "acceptQuote", quoteId=quote_id, version=1)
    ordered = await quoting.converted(quote_id)

    seen = (await reader.staff(BLOCKS, id=ordered["order"]["id"]))["order"]

    block = {"reasonCode": "DISCOUNT_LIMIT", "active": False, "resolution": "APPROVED", "resolvedBy": "The boss"}
    assert seen == {"state": "CONFIRMED", "blocks": [{**block, "cause": {"rule": "DISCOUNT_LIMIT"}}]}


SEND = "readiness { action ready missing { requirement } approvers { name } }"


async def sending(quoting, client, quote_id):
    """Whether it is ready to be sent, what is missing, and who can approve it."""
    (send, *_) = (await quoting.read(client, quote_id, SEND, staff=True))["readiness"]
    assert send["action"] == "SEND"
    missing = [each["requirement"] for each in send["missing"]]
    return send["ready"], missing, [each["name"] for each in send["approvers"]]


async def test_who_writes_a_quote_sees_before_it_is_sent_that_it_needs_an_approval_and_who_can_give_it(
    quoting, connection
):
    """Not who wrote it, nor whose limit or channel is another, nor the customer, nor who has left."""
    author, member = await limited(quoting), quoting.desk.member
    boss = await member("APPROVE_QUOTES", email="boss@example.com", name="The boss")
    fifteen = {"APPROVE_QUOTES": {"percent": "15"}}
    await member("APPROVE_QUOTES", email="small@example.com", name="Fifteen", limits=fifteen)
    await member("APPROVE_QUOTES", email="ada@example.com", name="Ada herself")
    elsewhere = await given.channel(connection, code="elsewhere", is_default=False)
    await member("APPROVE_QUOTES", email="far@example.com", name="Elsewhere", channel_ids=[elsewhere])
    gone = await member("APPROVE_QUOTES", email="gone@example.com", name="Gone")
    await connection.execute("UPDATE staff SET status = 'DISABLED' WHERE id = $1", gone.staff_id)
    tenth, fifth = await discounted(quoting, author, "10"), await discounted(quoting, author)

    before = await sending(quoting, author, fifth)
    waiting = await quoting.staff(author, "sendQuote", fields=APPROVAL, quoteId=fifth, **SENT)
    asked = await sending(quoting, boss, fifth)
    content = waiting["quote"]["approval"]["contentHash"]
    await quoting.staff(boss, "approveQuote", quoteId=fifth, contentHash=content)
    approved = await sending(quoting, author, fifth)
    await quoting.staff(author, "applyToQuote", quoteId=fifth, actions=[off("1")])

    assert before == asked == (False, ["APPROVAL"], ["The boss"])
    assert await sending(quoting, author, tenth) == approved == (True, [], [])
    assert await sending(quoting, author, fifth) == before


async def test_whoever_may_let_so_much_go_needs_no_approval_for_what_somebody_else_has_written(quoting):
    quote_id = await discounted(quoting, await limited(quoting))
    boss = await quoting.author(email="boss@example.com")

    assert await sending(quoting, boss, quote_id) == (True, [], [])


async def test_an_approval_does_not_survive_a_change(quoting):
    author = await limited(quoting)
    boss = await quoting.desk.member("APPROVE_QUOTES", email="boss@example.com")
    quote_id = await discounted(quoting, author)
    waiting = await quoting.staff(author, "sendQuote", fields=APPROVAL, quoteId=quote_id, **SENT)
    content = waiting["quote"]["approval"]["contentHash"]
    await quoting.staff(boss, "approveQuote", quoteId=quote_id, contentHash=content)

    other_terms = await quoting.staff(author, "sendQuote", quoteId=quote_id, terms="Pay next year", **SENT)
    rejected = await quoting.staff(boss, "rejectQuoteApproval", quoteId=quote_id, comment="No.")
    await quoting.staff(author, "applyToQuote", quoteId=quote_id, actions=[off("5")])
    more = await quoting.staff(author, "sendQuote", quoteId=quote_id, **SENT)

    assert [each["quote"]["state"] for each in (other_terms, rejected, more)] == ["APPROVAL", "DRAFT", "APPROVAL"]


async def test_whoever_approves_needs_a_limit_that_suffices(quoting):
    author = await limited(quoting)
    limits = {"APPROVE_QUOTES": {"percent": "15"}}
    small = await quoting.desk.member("APPROVE_QUOTES", email="small@example.com", limits=limits)
    quote_id = await discounted(quoting, author)
    waiting = await quoting.staff(author, "sendQuote", fields=APPROVAL, quoteId=quote_id, **SENT)

    refused = await quoting.staff(
        small, "approveQuote", quoteId=quote_id, contentHash=waiting["quote"]["approval"]["contentHash"]
    )

    assert refused["errors"] == [{"code": "QUOTE_BEYOND_YOUR_LIMIT", "path": None}]


async def test_within_the_limit_nobody_is_asked(quoting):
    author = await limited(quoting)

    sent = await quoting.staff(author, "sendQuote", quoteId=await discounted(quoting, author, "10"), **SENT)

    assert (sent["quote"]["state"], sent["warnings"]) == ("SENT", [])


async def test_a_discount_goes_with_a_quote_into_another_and_its_giver_stays_barred(quoting):
    author, other = await limited(quoting), await quoting.author("APPROVE_QUOTES", email="jean@example.com", limits=TEN)
    copy = (await quoting.staff(other, "createQuoteFromQuote", quoteId=await discounted(quoting, author)))["quote"][
        "id"
    ]

    waiting = await quoting.staff(other, "sendQuote", fields=APPROVAL, quoteId=copy, **SENT)
    giver = await quoting.staff(
        author, "approveQuote", quoteId=copy, contentHash=waiting["quote"]["approval"]["contentHash"]
    )

    assert waiting["quote"]["state"] == "APPROVAL"
    assert giver["errors"][0]["code"] == "FOUR_EYES"


async def test_twenty_conversions_at_once_are_one_order(committing_api, committing):
    quoting = await Quoting.open(committing_api, committing)
    quote_id = await quoting.accepted()

    async def convert():
        return await quoting.converted(quote_id, fields="id")

    answers = await asyncio.gather(*(convert() for _ in range(20)))

    placed = [answer["order"] for answer in answers if answer["order"]]
    codes = {error["code"] for answer in answers for error in answer["errors"]}
    assert (len(placed), codes) == (1, {"QUOTE_ALREADY_CONVERTED"})
    assert await rows(committing, "SELECT count(*) FROM orders") == [(1,)]
    assert await rows(committing, "SELECT count(order_id) FROM quote_versions") == [(1,)]


async def test_an_approval_ends_with_what_it_was_given_for(quoting, clock):
    """Issued again, the discount needs another one; bought in a cart at the prices of the day, it is gone."""
    author = await limited(quoting)
    boss = await quoting.desk.member("APPROVE_QUOTES", email="boss@example.com")
    quote_id = await discounted(quoting, author)
    waiting = await quoting.staff(author, "sendQuote", fields=APPROVAL, quoteId=quote_id, **SENT)
    content = waiting["quote"]["approval"]["contentHash"]
    await quoting.staff(boss, "approveQuote", quoteId=quote_id, contentHash=content)
    await quoting.staff(author, "sendQuote", quoteId=quote_id)
    clock.advance(timedelta(days=14))

    fields = "totals { discountTotal { amount } }"
    bought = await quoting.shopper(quoting.buyer, "createCartFromQuote", fields=fields, quoteId=quote_id, reprice=True)
    later = {"validUntil": (clock() + timedelta(days=14)).isoformat()}
    issued = await quoting.staff(author, "reissueQuote", quoteId=quote_id, **later)

    assert bought["cart"]["totals"]["discountTotal"] == {"amount": "0.00"}
    assert (issued["quote"]["state"], issued["quote"]["version"]) == ("APPROVAL", 1)


async def test_what_staff_gave_in_a_cart_needs_an_approval_in_a_quote_that_its_buyer_asks_for(quoting):
    author = await limited(quoting)
    cart_id, _ = await quoting.cart()
    deduct = "mutation($input: ApplyToCartInput!) { applyToCart(input: $input) { errors { code } } }"
    given_ = await author.staff(deduct, input={"cartId": cart_id, "actions": [off("20")]})
    quote_id = (await quoting.shopper(quoting.buyer, "requestQuote", cartId=cart_id))["quote"]["id"]
    await quoting.staff(author, "reviewQuote", quoteId=quote_id)

    sent = await quoting.staff(author, "sendQuote", quoteId=quote_id, **SENT)

    assert (given_["applyToCart"]["errors"], sent["quote"]["state"]) == ([], "APPROVAL")


async def test_staff_read_by_name_who_did_what(quoting):
    author = await quoting.author("DEDUCT_AMOUNTS", email="hopper@example.com", name="Hopper", limits=TEN)
    boss = await quoting.desk.member("APPROVE_QUOTES", email="boss@example.com", name="The boss")
    quote_id = await discounted(quoting, author)
    waiting = await quoting.staff(author, "sendQuote", fields=APPROVAL, quoteId=quote_id, comment="For you.", **SENT)
    seen = {"quoteId": quote_id, "contentHash": waiting["quote"]["approval"]["contentHash"]}
    approval = "approval { approvedBy }"
    approved = await quoting.staff(boss, "approveQuote", fields=approval, comment="A good customer", **seen)
    await quoting.staff(author, "sendQuote", quoteId=quote_id)
    await quoting.shopper(quoting.buyer, "acceptQuote", quoteId=quote_id, version=1, comment="Thank you.")

    names = (
        "author currentVersion { approvedBy } comments { nodes { text author } } history { nodes { type actorName } }"
    )
    told = await quoting.read(boss, quote_id, names, staff=True)

    assert approved["quote"] == {"approval": {"approvedBy": "The boss"}}
    assert (told["author"], told["currentVersion"]) == ("Hopper", {"approvedBy": "The boss"})
    assert [(each["text"], each["author"]) for each in told["comments"]["nodes"]] == [
        ("A good customer", "The boss"),
        ("For you.", "Hopper"),
        ("Thank you.", None),
    ]
    assert {each["type"]: each["actorName"] for each in told["history"]["nodes"]} == {
        **dict.fromkeys(("QuoteCreated", "QuoteChanged", "QuoteApprovalAsked", "QuoteSent"), "Hopper"),
        "QuoteApproved": "The boss",
        "QuoteCommented": None,
        "QuoteAccepted": None,
    }
