"""Pictures of the demonstration products, drawn by code: a shape in a color before one of a few moods."""

from typing import Final
from zlib import crc32

from commerce_api.operations.demo import shapes_kitchen, shapes_outdoors
from commerce_api.operations.demo.strokes import Shape, Tones

PALETTE: Final = {
    "Moss": "#5f7f56",
    "Fern": "#86a86a",
    "Ochre": "#d99b35",
    "Rust": "#b4532f",
    "Ember": "#d4572e",
    "Slate": "#5d6f7c",
    "Night": "#2f3e56",
    "Sea": "#3f8791",
    "Sand": "#d8bd92",
    "Cream": "#ecdfc4",
    "Soot": "#3b3a3c",
    "Berry": "#94395a",
    "Walnut": "#7a4e32",
    "Maple": "#d3a263",
    "Steel": "#9aa7ab",
    "Copper": "#c4743f",
    "Honey": "#e0a32a",
    "Sky": "#7fb2cf",
}
_ACCENTS: Final = ("#f2c14e", "#f4e3c1", "#e76f51", "#8fb8a8", "#f7ede2")
_MOODS: Final = (
    ("#dcebe4", "#f6efdc", "#b9d3c4", "#9bbfae"),
    ("#f7e2cf", "#fbf3e4", "#e7bf9c", "#d8a67d"),
    ("#d9e6f0", "#f3f2ea", "#b5cbdc", "#96b4ca"),
    ("#efe3ee", "#fbf1e6", "#d3bcd4", "#bda1c0"),
    ("#eef0d2", "#fbf8e6", "#cdd39b", "#b3bc7c"),
    ("#e4e1da", "#f8f5ee", "#c6bfb2", "#ada495"),
)


def picture(handle: str, shape: str, color: str, *, close: bool = False) -> bytes:
    """An SVG of 800 by 800. `close` stands nearer, before a pattern instead of hills."""
    seed = crc32(handle.encode())
    mood = _MOODS[(seed + close) % len(_MOODS)]
    thing = _shape(shape)(_tones(PALETTE[color], _ACCENTS[seed // 7 % len(_ACCENTS)]))
    turn = "translate(400 420) scale(1.16) rotate(-5) translate(-400 -410)" if close else "translate(0 30)"
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 800" width="800" height="800">'
        f'<defs><linearGradient id="sky" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="{mood[0]}"/>'
        f'<stop offset="1" stop-color="{mood[1]}"/></linearGradient></defs>'
        '<rect width="800" height="800" fill="url(#sky)"/>'
        f"{_pines(mood[2]) if close else _hills(seed, mood)}"
        f'<ellipse cx="400" cy="{690 if close else 668}" rx="{270 if close else 235}" ry="22" fill="#000" opacity=".10"/>'
        f'<g transform="{turn}">{thing}</g></svg>'
    ).encode()


def _shape(name: str) -> Shape:
    """By the name of the function that draws it."""
    draw: Shape = getattr(shapes_outdoors, name, None) or getattr(shapes_kitchen, name)
    return draw


def _hills(seed: int, mood: tuple[str, str, str, str]) -> str:
    sun, high = 170 + seed % 460, 480 + seed // 11 % 60
    return (
        f'<circle cx="{sun}" cy="200" r="105" fill="#fff" opacity=".65"/>'
        f'<path fill="{mood[2]}" opacity=".7" d="M0 {high} Q200 {high - 130} 400 {high - 20} T800 {high - 60} V800 H0 Z"/>'
        f'<path fill="{mood[3]}" opacity=".55" d="M0 {high + 110} Q260 {high + 20} 480 {high + 100} T800 {high + 80} V800 H0 Z"/>'
    )


def _pines(color: str) -> str:
    pine = "".join(
        f'<path d="M{x} {y} l26 44 h-52 Z M{x} {y + 24} l32 50 h-64 Z"/>'
        for row, y in enumerate(range(40, 800, 150))
        for x in range(60 + 75 * (row % 2), 820, 150)
    )
    return f'<g fill="{color}" opacity=".45">{pine}</g>'


def _tones(color: str, accent: str) -> Tones:
    return Tones(main=color, dark=_mix(color, "#14181c", 0.32), light=_mix(color, "#ffffff", 0.42), accent=accent)


def _mix(one: str, other: str, share: float) -> str:
    pairs = ((int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)
