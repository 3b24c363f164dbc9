"""The arithmetic of the benchmark: who comes when, what is read off the waits, what the tables say of it."""

from collections import Counter
from itertools import islice

import pytest
from bench.cached import Cached
from bench.hot import Hot
from bench.latency import Waited
from bench.measure import Cost, Turns, median, ratio
from bench.pages import Page
from bench.processes import Doubled
from bench.scale import Scaled
from bench.schedule import LIKE_A_SHOP, cores_for_two, gain_allowed, percentile, slope, taking_turns
from bench.soak import Sample, growth
from bench.visitors import Seen

from bench import cached, hot, latency, pages, processes, report, scale, soak


def cost(rate, *, server=1.0, database=1.0, load=0.0):
    return Cost(rate, p50=1.0, p99=2.0, server_cpu=server, database_cpu=database, load_cpu=load, memory=1)


def seen(cpu=0.0, **took):
    return Seen(took, seconds=1.0, cpu=cpu)


def cells(table, row):
    """Of a row of a table, by its place below the head."""
    return [cell.strip() for cell in table.splitlines()[row + 2].strip("|").split("|")]


def test_everybody_has_their_share_of_the_visits():
    names = list(islice(taking_turns(LIKE_A_SHOP), 1000))
    assert Counter(names) == {name: 10 * share for name, share in LIKE_A_SHOP.items()}
    assert all(Counter(names[start : start + 100]) == LIKE_A_SHOP for start in range(0, 1000, 100))
    assert max(len(run) for run in "".join("1" if name == "W3" else " " for name in names).split()) == 1


@pytest.mark.parametrize(("share", "least"), [(0.5, 50), (0.99, 99), (1, 100), (0, 1)])
def test_a_percentile_is_one_of_the_values(share, least):
    assert percentile(range(100, 0, -1), share) == least


def test_a_percentile_of_one_value_is_that():
    assert percentile([7.0], 0.99) == 7.0


def test_a_slope_is_that_of_the_line():
    assert slope([(x, 3 + 0.5 * x) for x in range(10)]) == pytest.approx(0.5)
    assert slope([(1, 5)]) == 0


@pytest.mark.parametrize(
    ("cores", "server", "others", "allowed"),
    [(2, 1.0, 0.0, 2.0), (2, 1.0, 1.0, 1.0), (4, 1.0, 1.0, 2.0), (2, 0.9, 0.1, 1.8), (1, 1.0, 0.0, 1.0)],
)
def test_two_processes_cannot_use_more_cores_than_there_are(cores, server, others, allowed):
    assert gain_allowed(cores, server, others) == pytest.approx(allowed)


def test_what_two_processes_keep_busy_includes_the_others():
    assert cores_for_two(1.0, 0.5) == 3.0


def test_the_ratio_is_the_median_of_those_of_the_rounds():
    assert ratio([cost(10), cost(30), cost(50)], [cost(10), cost(10), cost(100)]) == 1
    assert median([cost(10), cost(30), cost(50)]).rate == 30


def test_a_figure_says_what_was_wanted_only_where_it_is_not():
    assert report.against(0.5, least=0.5) == "**0.50**"
    assert report.against(0.49, least=0.5) == "**0.49**, wanted ≥ 0.5"
    assert report.against(1.51, most=1.5) == "**1.51**, wanted ≤ 1.5"
    assert report.against(151, most=150, digits=0) == "**151**, wanted ≤ 150"


def test_rounds_are_told_as_they_were():
    assert report.rounds(Turns(3, 4, 1)) == "Medians of 3 rounds of 4 seconds each, taking turns"
    assert report.rounds(Turns(1, 4, 1)) == "One round of 4 seconds each"


def test_the_cache_is_compared_with_its_absence_and_with_the_constant():
    table = cached.table([Cached("W1", "pages", "constant", [cost(100)], [cost(400)], [cost(1000)])])
    assert cells(table, 0)[1:7] == ["100", "400", "4.00", "constant", "1,000", "**0.40**, wanted ≥ 0.5"]


def test_a_large_page_is_compared_with_a_small_one():
    table = pages.table([Page(10, 4, 1, 2000)], [Page(44, 19, 4, 8000)])
    assert cells(table, 2)[:3] == ["**100 to 24**", "**4.40**", "**4.60**, wanted ≤ 4.5"]


def test_a_large_catalog_is_compared_with_a_small_one():
    rounds = [[seen(W3=[10.0]), seen(W3=[each])] for each in (12.0, 14.0, 99.0)]
    table = scale.table([Scaled("W3", "search", rounds, ["5 (9)", "6 (9)"])], [100, 1000])
    assert cells(table, 0) == ["**W3** search", "10.0", "10.0", "14.0", "14.0", "**1.40**", "5 (9) and 6 (9)"]


def test_two_processes_are_judged_where_the_cores_allow_it():
    one, two = [cost(100, server=1.0, database=1.0)], [cost(110)]
    found = Doubled("work", one, two, 0.5)
    assert cells(processes.table([found], cores=2), 0)[3:6] == ["1.10", "1.00", "4.0"]
    assert cells(processes.table([found], cores=4), 0)[3:6] == ["**1.10**, wanted ≥ 1.8", "2.00", "4.0"]


def test_waits_are_told_for_all_and_those_of_each_kind_are_judged():
    calm = [seen(W1=[1.0] * 97, W3=[2.0] * 3)]
    mix = Waited("mix", "ours", [100.0], [seen(W1=[1.0] * 97, W3=[10.0] * 3, cpu=0.5)], calm)
    table = latency.table([mix])
    assert cells(table, 0) == ["mix", "ours", "100", "1.0", "10.0", "10.00", "10.00", "2.00", "5.00"]
    assert [cells(table, row)[5] for row in (1, 2)] == ["**1.00**", "**1.00**"]


def test_of_rounds_the_one_in_the_middle_is_judged_and_the_worst_is_told():
    rounds = [seen(W1=[1.0] * 97 + [slowest] * 3) for slowest in (2.0, 6.0, 90.0)]
    ours, by_hand = (latency.table([Waited("alone", who, [100.0], rounds, rounds)]) for who in ("ours", "by hand"))
    assert cells(ours, 0)[3:7] == ["1.0", "6.0", "**6.00**, wanted ≤ 5", "90.00"]
    assert cells(by_hand, 0)[5:7] == ["6.00", "90.00"]


def test_buyers_of_one_article_are_compared_with_buyers_of_many():
    found = [Hot("ours", [cost(10)], [cost(4)]), Hot("by hand", [cost(50)], [cost(20)])]
    assert [cells(hot.table(found), row)[3] for row in range(4)] == ["1", "**0.40**, wanted ≥ 0.5", "1", "0.40"]


def test_memory_is_judged_by_its_most_and_by_how_it_grows():
    samples = [Sample(minute, 100 + (minute > 5) * (minute - 5), 90) for minute in range(11)]
    assert growth(samples) == pytest.approx(60)
    assert "at most **105**" in soak.table(samples)
    assert "at most **155**, wanted ≤ 150" in soak.table([*samples, Sample(12, 155, 90)])
