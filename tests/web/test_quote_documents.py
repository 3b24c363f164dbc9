"""A quote on paper, and that its author hears who has looked (Q8)."""

import io

import pypdf
import pytest

from tests.buying import rows
from tests.quoting import SENT, Quoting

EURO = "\N{NO-BREAK SPACE}€"


@pytest.fixture
async def quoting(api, database):
    return await Quoting.open(api, database)


async def paper(quoting, http, client, quote_id, version=1, *, before="", **headers):
    return await http.get(f"{before}/quotes/{quote_id}/versions/{version}.pdf", headers={**client._headers, **headers})


def text_of(response):
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(response.content)).pages)


async def test_a_version_reads_on_paper_as_it_was_sent(quoting, http):
    async with quoting.database.connection() as connection:
        await connection.raw.execute("UPDATE products SET title = '*Kettle* #panic() $x$ </b> \"1\"'")
    quote_id = await quoting.drafted()
    sent = await quoting.staff(quoting.grace, "sendQuote", quoteId=quote_id, terms="Net #sys\n\n= 30 days", **SENT)
    number = sent["quote"]["number"]

    first = await paper(quoting, http, quoting.buyer, quote_id)
    await quoting.reprice(1)
    again = await paper(quoting, http, quoting.grace, quote_id, before="/staff")

    text = text_of(first)
    assert (first.status_code, first.headers["content-type"]) == (200, "application/pdf")
    assert first.headers["content-disposition"] == f'attachment; filename="{number}-1.pdf"'
    assert (first.headers["x-content-type-options"], first.headers["cache-control"]) == ("nosniff", "private, no-store")
    assert '*Kettle* #panic() $x$ </b> "1"' in text
    assert f"Quote {number}" in text
    assert "Net #sys" in text
    assert "= 30 days" in text
    assert "€44.70" in text
    assert again.content == first.content
    assert (await quoting.events())[2:] == ["QuotePrinted", "QuotePrinted"]


async def test_it_is_written_in_the_language_of_the_buyer(quoting, http):
    quote_id = await quoting.sent(language="de")

    text = text_of(await paper(quoting, http, quoting.buyer, quote_id))

    assert "\nAngebot Q" in text
    assert f"Summe 44,70{EURO}" in text
    assert "16. März 2026" in text


async def test_only_who_may_see_a_quote_gets_it_on_paper(quoting, http, api, work, services):
    quote_id, other = await quoting.sent(), await quoting.sent()
    eve = await quoting.desk.signed_in(await quoting.desk.customer("eve@example.com"))
    await work()
    token = await quoting.link(services)
    clerk = await quoting.desk.member("ACT_FOR_CUSTOMERS", email="clerk@example.com")

    answers = [
        await paper(quoting, http, api, quote_id),
        await paper(quoting, http, eve, quote_id),
        await paper(quoting, http, clerk, quote_id, before="/staff"),
        await paper(quoting, http, quoting.buyer, quote_id, 2),
        await paper(quoting, http, quoting.buyer, "quo_x"),
        await paper(quoting, http, api, quote_id, x_quote_token=token),
        await paper(quoting, http, api.as_("x"), quote_id),
    ]
    linked = await http.get(f"/quotes/{other}/versions/1.pdf", headers={"X-Quote-Token": token})

    assert [each.status_code for each in answers] == [404, 404, 404, 404, 404, 404, 401]
    assert linked.status_code == 200
    assert "QuotePrinted" in await quoting.events()


async def test_the_author_hears_when_the_buyer_looked_first(quoting, clock):
    quote_id = await quoting.sent()
    fields = "revision currentVersion { firstSeenAt }"
    before = await quoting.read(quoting.grace, quote_id, fields, staff=True)
    first = clock.at.isoformat().replace("+00:00", "Z")
    await quoting.read(quoting.buyer, quote_id, "id")
    await quoting.read(quoting.buyer, quote_id, "id")

    after = await quoting.read(quoting.grace, quote_id, fields, staff=True)

    assert before["currentVersion"] == {"firstSeenAt": None}
    assert after == {"revision": before["revision"], "currentVersion": {"firstSeenAt": first}}
    assert await quoting.events() == ["QuoteCreated", "QuoteSent", "QuoteSeen"]
    assert await rows(quoting.database, "SELECT actor->>'kind' FROM events WHERE type = 'QuoteSeen'") == [("CUSTOMER",)]


async def test_files_go_with_a_quote_for_its_buyer_or_for_staff_alone(quoting, http, api):
    quote_id = await quoting.sent()
    address = f"/quotes/{quote_id}/attachments"
    asked = {"headers": quoting.buyer._headers, "params": {"name": "Plan ü.pdf"}}
    plan = await http.post(address, content=b"%PDF-1.7 plan", **asked)
    staff = {"headers": quoting.grace._headers, "params": {"name": "cost.txt"}}
    secret = await http.post(f"/staff{address}", content=b"costs 5", **staff)
    program = await http.post(address, content=b"MZ\x00", **asked)
    stranger = await http.post(address, content=b"hello", headers=api._headers)
    large = await http.post(address, content=b"x" * 5_000_001, **asked)
    url, hidden = plan.json()["url"], secret.json()["url"]

    got = await http.get(url, headers=quoting.buyer._headers)
    answers = [
        await http.get(hidden, headers=quoting.buyer._headers),
        await http.get(url, headers=api._headers),
        await http.get(f"/staff{hidden}", headers=quoting.grace._headers),
    ]

    assert [each.status_code for each in (plan, secret, program, stranger, large)] == [201, 201, 422, 404, 413]
    assert program.json()["errors"][0]["code"] == "ATTACHMENT_NOT_TAKEN"
    assert (got.content, got.headers["content-type"]) == (b"%PDF-1.7 plan", "application/pdf")
    assert got.headers["content-disposition"] == "attachment; filename*=UTF-8''Plan%20%C3%BC.pdf"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert [each.status_code for each in answers] == [404, 404, 200]
    fields = "attachments { name contentType size url version authorKind }"
    shown = await quoting.read(quoting.buyer, quote_id, fields)
    assert shown["attachments"] == [
        {
            "name": "Plan ü.pdf",
            "contentType": "application/pdf",
            "size": 13,
            "url": url,
            "version": 1,
            "authorKind": "CUSTOMER",
        }
    ]
    known = await quoting.read(quoting.grace, quote_id, "attachments { name audience }", staff=True)
    assert known["attachments"] == [
        {"name": "Plan ü.pdf", "audience": "CUSTOMER"},
        {"name": "cost.txt", "audience": "INTERNAL"},
    ]
    assert [type_ for type_ in await quoting.events() if type_ == "QuoteAttached"] == ["QuoteAttached"] * 2
