"""Staff see what is searched for, and nobody sees by whom."""

from datetime import timedelta

import pytest

from commerce_api.domain.permissions import Permission
from tests import given

SEARCH = "query ($q: String, $f: ProductFilter) { products(search: $q, filter: $f, first: 5) { nodes { id } } }"
TERMS = """
query ($since: Date, $until: Date, $inVain: Boolean = false, $first: Int, $after: String) {
  searchTerms(since: $since, until: $until, inVain: $inVain, first: $first, after: $after) {
    totalCount nodes { term language searches withoutHit } pageInfo { endCursor hasNextPage } } }
"""


@pytest.fixture(autouse=True)
async def shop(connection):
    await given.channel(connection)
    await given.a_product(connection, "Copper Kettle")


@pytest.fixture
def desk(api):
    return api.allowed(Permission.MANAGE_CATALOG)


@pytest.fixture
def searched(api, clock):
    """Searches, and then another one a little later, which takes the counts to the database."""

    async def search(*searches, filter=None):
        for text in searches:
            await api.shop(SEARCH, q=text, f=filter)
        clock.advance(timedelta(seconds=6))
        await api.shop(SEARCH, q="x@last.test")

    return search


async def terms(desk, **variables):
    return (await desk.staff(TERMS, **variables))["searchTerms"]


async def test_searches_are_counted_as_words_and_those_in_vain_apart(desk, searched):
    await searched("Kettle", "KETTLE ", "qqqqqq", "k\u00e9ttle", "zzzzzz", "zzzzzz")

    found = await terms(desk)
    in_vain = await terms(desk, inVain=True)

    def told(term, searches, without_hit):
        return {"term": term, "language": "en", "searches": searches, "withoutHit": without_hit}

    assert found["nodes"] == [told("kettle", 3, 0), told("zzzzzz", 2, 2), told("qqqqqq", 1, 1)]
    assert in_vain["nodes"] == [told("zzzzzz", 2, 2), told("qqqqqq", 1, 1)]
    assert (found["totalCount"], in_vain["totalCount"]) == (3, 2)


async def test_counts_of_several_times_add_up(desk, searched, connection):
    await searched("kettle")
    await searched("kettle", "kettle")

    assert [row[0] for row in await connection.fetch("SELECT searches FROM search_counts")] == [3]


@pytest.mark.parametrize("search", ["ada@shop.test", "0043 660 123", "  ", "!"])
async def test_what_may_tell_who_somebody_is_is_not_counted(connection, searched, search):
    await searched(search)

    assert await connection.fetchval("SELECT count(*) FROM search_counts") == 0


async def test_a_filter_that_leaves_nothing_is_not_a_search_in_vain(desk, searched):
    await searched("kettle", filter={"vendors": ["Nobody"]})

    assert [(node["term"], node["withoutHit"]) for node in (await terms(desk))["nodes"]] == [("kettle", 0)]


async def test_days_are_told_apart(desk, searched, clock):
    await searched("kettle")
    clock.advance(timedelta(days=1))
    await searched("teapot")

    today = clock.at.date()
    yesterday = str(today - timedelta(days=1))
    assert [node["term"] for node in (await terms(desk, since=str(today)))["nodes"]] == ["teapot"]
    assert [node["term"] for node in (await terms(desk, since=yesterday, until=str(today)))["nodes"]] == ["kettle"]


async def test_terms_are_read_page_by_page(desk, searched, statements):
    await searched("kettle", "kettle", "aa", "bb")

    first = await statements.of(terms(desk, first=2))
    spent = len(statements)
    then = await terms(desk, first=2, after=first["pageInfo"]["endCursor"])

    assert [node["term"] for page in (first, then) for node in page["nodes"]] == ["kettle", "aa", "bb"]
    assert (first["pageInfo"]["hasNextPage"], then["pageInfo"]["hasNextPage"], spent) == (True, False, 2)


async def test_seeing_searches_needs_its_permission(api):
    assert await api.allowed().error_codes("/staff/graphql", TERMS) == ["FORBIDDEN"]
