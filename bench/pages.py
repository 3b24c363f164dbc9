"""`make bench-pages`: what a page of 100 products with everything costs, compared with a page of 24."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
import orjson

from bench import report, runs, store
from bench.load import Step
from bench.measure import usage
from bench.servers import Server, ours, serving
from bench.store import Store
from bench.visitors import Kind, Visits, elsewhere
from bench.workloads import ATTRIBUTE, EVERYTHING, fitting, graphql

COMMAND, OF = "bench-pages", "pages"
SMALL, LARGE = 24, 100
MOST = 4.5
_PAGE = f"""query Page($after: String, $first: Int!) {{
  products(first: $first, after: $after) {{ nodes {EVERYTHING} }}
}}{ATTRIBUTE}"""


_UNLIMITED = """
from commerce_api.web import limits
limits.SHOP_COST = 10**9
from commerce_api.cli import main
main()
"""


@dataclass(frozen=True, slots=True)
class Page:
    """Milliseconds that one takes in the middle, and of CPU in the server and the database; bytes of the answer."""

    p50: float
    server_cpu: float
    database_cpu: float
    size: int

    @property
    def cpu(self) -> float:
        return self.server_cpu + self.database_cpu


def main() -> None:
    given = runs.arguments(COMMAND, __doc__).parse_args()
    seconds, rounds = (3, 1) if given.quick else (10, 5)
    with store.opened(runs.folder_of(given.products), given.products) as opened:
        small, large = _measured(opened, runs.folder_of(given.products), seconds, rounds)
    machine = report.machine(opened.version, given.products)
    said = f"One request at a time; medians of {rounds} rounds of {seconds} seconds each, taking turns."
    runs.published([f"{machine} {said}", table(small, large)], given, OF, COMMAND)


def _measured(opened: Store, folder: Path, seconds: float, rounds: int) -> tuple[Sequence[Page], Sequence[Page]]:
    with serving("ours", *_unlimited(opened.dsn), folder / "ours.log") as server, elsewhere() as visit:
        asked = [(step, _size(server, step)) for step in _steps(fitting(server.address)[0].ours[0])]

        def page(step: Step, size: int, seconds: float) -> Page:
            before = usage(server, opened.process)
            seen = visit(Visits(server.address, [Kind("page", 1, [step])], seconds, connections=1)).result().whole()
            after = usage(server, opened.process)
            used = [(end - begin) * 1000 / len(seen.all) for begin, end in zip(before, after, strict=True)]
            return Page(statistics.median(seen.all), used[0], used[1], size)

        for step, size in asked:
            page(step, size, seconds / 2)  # to warm up
        small, large = zip(*[[page(*each, seconds) for each in asked] for _ in range(rounds)], strict=True)
    return small, large


def _unlimited(dsn: str) -> tuple[list[str], dict[str, str]]:
    """Ours, but that one request may ask for all of it: a page of 100 with everything is more than callers are allowed."""
    (python, _, _, *arguments), environment = ours(dsn)
    return [python, "-c", _UNLIMITED, *arguments], environment


def _steps(browse: Step) -> list[Step]:
    """Whole pages of either size, after the same products."""
    afters = [orjson.loads(body)["variables"]["after"] for body in browse.bodies]
    whole = afters[: -(LARGE // SMALL + 1)]
    return [
        Step("/graphql", [graphql(_PAGE, {"after": after, "first": size}) for after in whole])
        for size in (SMALL, LARGE)
    ]


def _size(server: Server, step: Step) -> int:
    """Bytes of the first page, which must be as long as was asked for."""
    asked = orjson.loads(step.bodies[0])["variables"]["first"]
    sent = {"content-type": "application/json"}
    answer = httpx.post(server.address + step.path, content=step.bodies[0], headers=sent, timeout=20)
    if "errors" in answer.json() or len(answer.json()["data"]["products"]["nodes"]) != asked:
        raise SystemExit(f"A page of {asked} was answered with {answer.text[:400]}")
    return len(answer.content)


def table(small: Sequence[Page], large: Sequence[Page]) -> str:
    """The rounds of both."""
    rows = [
        "| a page of products with everything | p50 ms | CPU server and database ms | of it server | KB |",
        "|---|--:|--:|--:|--:|",
        *(_row(length, pages) for length, pages in ((SMALL, small), (LARGE, large))),
    ]
    ratios = [
        report.against(_ratio(small, large, of), most=MOST) for of in (lambda page: page.p50, lambda page: page.cpu)
    ]
    return "\n".join([*rows, f"| **{LARGE} to {SMALL}** | {' | '.join(ratios)} | | |"])


def _row(length: int, pages: Sequence[Page]) -> str:
    middle = [statistics.median(getattr(page, name) for page in pages) for name in ("p50", "cpu", "server_cpu", "size")]
    return f"| {length} | {middle[0]:.1f} | {middle[1]:.1f} | {middle[2]:.1f} | {middle[3] / 1000:.0f} |"


def _ratio(small: Sequence[Page], large: Sequence[Page], of: Callable[[Page], float]) -> float:
    return statistics.median(of(two) / of(one) for one, two in zip(small, large, strict=True))


if __name__ == "__main__":
    main()
