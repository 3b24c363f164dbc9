"""When an answer that is kept is given, and when it is not."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from commerce_api.persistence.touched import ALL_STOCK, STOCK
from commerce_api.web.answer_cache import LONGEST, LONGEST_QUESTION, AnswerCache, Kept, key_of, marks_of
from tests.conftest import NOON

MUG, JUG = UUID(int=1), UUID(int=2)
KEY = (b"question",)
SOON = NOON + timedelta(seconds=10)
LATER = NOON + timedelta(minutes=5)


@pytest.fixture
def cache():
    cache = AnswerCache(100_000)
    cache.foresee([], LATER)
    return cache


def answer(cache, *things, **changes):
    kept = Kept(
        begun=NOON,
        turn=cache.turn or 0,
        marks=marks_of(things),
        headers=(),
        body=b"{}",
        cost=1,
        operation=None,
        tag=None,
        searches=(),
    )
    return replace(kept, **changes)


def test_an_answer_is_given_until_something_of_it_changes(cache):
    cache.keep(KEY, kept := answer(cache, "products", "prices"))

    cache.change(["categories"])
    assert cache.find(KEY, SOON) is kept
    cache.change(["prices"])
    assert cache.find(KEY, SOON) is None
    assert cache.size == 0


@pytest.mark.parametrize(
    ("depends", "changed", "stays"),
    [
        ((ALL_STOCK, MUG), (STOCK, JUG), True),
        ((ALL_STOCK, MUG), (STOCK, MUG), False),
        ((ALL_STOCK, MUG), (STOCK, ALL_STOCK), False),
        ((STOCK,), (STOCK, JUG), False),
        (("products",), (STOCK, ALL_STOCK), True),
    ],
)
def test_stock_is_a_matter_of_the_variants_that_are_shown(cache, depends, changed, stays):
    cache.keep(KEY, answer(cache, *depends))

    cache.change(changed)

    assert (cache.find(KEY, SOON) is not None) is stays


def test_what_changed_while_it_was_read_is_not_kept(cache):
    reading = answer(cache, "products")

    cache.change(["products"])
    cache.keep(KEY, reading)

    assert cache.find(KEY, SOON) is None


def test_what_was_read_before_changes_could_be_heard_of_is_not_kept(cache):
    reading = answer(cache, "products")

    cache.close()
    cache.foresee([], LATER)
    cache.keep(KEY, reading)

    assert cache.find(KEY, SOON) is None


def test_a_closed_cache_is_empty_and_keeps_nothing(cache):
    cache.keep(KEY, answer(cache))

    cache.close()

    assert (cache.turn, cache.size, cache.find(KEY, SOON)) == (None, 0, None)
    cache.keep(KEY, answer(cache))
    assert cache.size == 0


def test_a_cache_of_no_size_never_opens():
    cache = AnswerCache(0)
    cache.foresee([], LATER)

    assert cache.turn is None


def test_an_answer_has_an_end(cache):
    cache.keep(KEY, answer(cache))

    assert cache.find(KEY, NOON + LONGEST - timedelta(seconds=1))
    assert cache.find(KEY, NOON + LONGEST) is None


def test_a_clock_that_is_set_back_makes_no_answer_young(cache):
    cache.keep(KEY, answer(cache))

    assert cache.find(KEY, NOON - timedelta(seconds=1)) is None


def test_what_the_clock_changes_is_seen_at_that_moment(cache):
    cache.foresee([(SOON, "product_publications"), (SOON + timedelta(seconds=5), STOCK)], LATER)
    cache.keep(KEY, answer(cache, "product_publications"))
    cache.keep((b"stock",), answer(cache, STOCK))

    assert cache.find(KEY, SOON - timedelta(seconds=1))
    assert cache.find(KEY, SOON) is None
    assert cache.find((b"stock",), SOON)
    assert cache.find((b"stock",), SOON + timedelta(seconds=5)) is None


def test_an_answer_that_was_begun_before_such_a_moment_is_dropped_at_it(cache):
    cache.foresee([(SOON, "price_lists")], LATER)
    reading = answer(cache, "price_lists")

    assert cache.find(KEY, SOON) is None
    cache.keep(KEY, reading)

    assert cache.find(KEY, SOON) is None


def test_nothing_is_given_beyond_what_was_foreseen(cache):
    cache.foresee([], SOON)
    cache.keep(KEY, answer(cache))

    assert cache.find(KEY, SOON) is None
    assert cache.turn is None


def test_the_answers_used_longest_ago_make_room(cache):
    body = b"x" * 10_000
    for number in range(9):
        cache.keep((bytes([number]),), answer(cache, body=body))
        cache.find((b"\x00",), SOON)

    assert cache.size <= 100_000
    assert cache.find((b"\x00",), SOON)
    assert cache.find((b"\x01",), SOON) is None


def test_one_answer_does_not_take_all_the_room(cache):
    cache.keep(KEY, answer(cache, body=b"x" * 20_000))

    assert cache.size == 0


def test_so_many_changes_that_they_are_not_remembered_one_by_one_are_a_change_of_all(cache):
    cache.keep(KEY, answer(cache, "products"))

    cache.change([UUID(int=number) for number in range(60_000)])
    cache.change(["prices"])

    assert cache.find(KEY, SOON) is None


def test_the_same_answer_may_be_kept_twice(cache):
    cache.keep(KEY, answer(cache))
    size = cache.size
    cache.keep(KEY, answer(cache))

    assert cache.size == size


def test_whoever_says_who_they_are_has_no_key():
    plain = [(b"accept", b"*/*"), (b"user-agent", b"me")]

    assert key_of(b"q", plain) == key_of(b"q", plain[:1]) != key_of(b"q", [(b"accept", b"text/html")])
    for name in (b"authorization", b"x-cart-token", b"x-customer"):
        assert key_of(b"q", [*plain, (name, b"")]) is None
    assert key_of(b"q" * (LONGEST_QUESTION + 1), plain) is None


@pytest.mark.parametrize("name", [b"x-channel", b"x-currency", b"accept-language", b"accept"])
def test_each_header_that_chooses_makes_another_key(name):
    assert len({key_of(b"q", headers) for headers in ([], [(name, b"a")], [(name, b"b")])}) == 3
