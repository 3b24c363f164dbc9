"""Who comes when, and what is read off what they waited: plain arithmetic."""

import math
from collections.abc import Iterator, Mapping, Sequence

LIKE_A_SHOP = {"W1": 40, "W2": 40, "W3": 10, "W4": 8, "W5": 2}
"""Of a hundred visits. Most look at lists and products; of those who fill a cart, one in five orders."""


def taking_turns(shares: Mapping[str, int]) -> Iterator[str]:
    """Names without end, each as often as its share and as evenly spread as can be: whoever is furthest behind is next."""
    whole, behind = sum(shares.values()), dict.fromkeys(shares, 0)
    while True:
        for name, share in shares.items():
            behind[name] += share
        following = max(behind, key=behind.__getitem__)
        behind[following] -= whole
        yield following


def percentile(values: Sequence[float], share: float) -> float:
    """The least of the values that so many are not above."""
    return sorted(values)[max(0, math.ceil(len(values) * share) - 1)]


def slope(points: Sequence[tuple[float, float]]) -> float:
    """How much the second figure grows while the first grows by one: the straight line with the least squares."""
    middle_x, middle_y = (sum(point[axis] for point in points) / len(points) for axis in (0, 1))
    spread = sum((x - middle_x) ** 2 for x, _ in points)
    return sum((x - middle_x) * (y - middle_y) for x, y in points) / spread if spread else 0.0


def gain_allowed(cores: int, server: float, others: float) -> float:
    """How much faster two processes can be than one at best, by the CPU that a request takes in the server and elsewhere.

    One process uses one core at most; all together use those that there are.
    """
    shared = cores / (server + others)
    return min(2 / server, shared) / min(1 / server, shared)


def cores_for_two(server: float, others: float) -> float:
    """With so many, two processes are busy and nothing else makes them wait."""
    return 2 * (server + others) / server
