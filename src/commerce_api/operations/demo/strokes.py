"""The strokes that the pictures are made of, on a square of 800 by 800 with its middle at 400."""

from collections.abc import Callable
from typing import TypeAlias

from commerce_api.domain.value import value


@value
class Tones:
    """A color in three lights, and one that goes with it."""

    main: str
    dark: str
    light: str
    accent: str


Shape: TypeAlias = Callable[[Tones], str]


def path(fill: str, d: str) -> str:
    return f'<path fill="{fill}" d="{d}"/>'


def line(stroke: str, width: int, d: str) -> str:
    return f'<path fill="none" stroke="{stroke}" stroke-width="{width}" stroke-linecap="round" stroke-linejoin="round" d="{d}"/>'


def box(fill: str, x: int, y: int, width: int, height: int, round_: int = 12) -> str:
    return f'<rect fill="{fill}" x="{x}" y="{y}" width="{width}" height="{height}" rx="{round_}"/>'


def oval(fill: str, x: int, y: int, rx: int, ry: int | None = None) -> str:
    return f'<ellipse fill="{fill}" cx="{x}" cy="{y}" rx="{rx}" ry="{ry or rx}"/>'
