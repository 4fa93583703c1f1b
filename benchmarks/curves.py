"""Growth curves as SVG, both axes logarithmic."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 640, 400
LEFT, RIGHT, TOP, BOTTOM = 70, 150, 40, 50
COLOURS = ("#0b66c3", "#c3560b", "#2e8540", "#7a3db8", "#666666")
Line = Sequence[tuple[float, float]]


def draw(title: str, lines: Mapping[str, Line]) -> str:
    """A picture of named lines; all numbers are above 0."""
    points = [point for line in lines.values() for point in line]
    across, up = _axis([x for x, _ in points]), _axis([y for _, y in points])
    box = f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {box}>'
    parts = [head, f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>']
    parts.append(f'<text x="{LEFT}" y="24" font-size="15">{escape(title)}</text>')
    parts += [*_grid(across, up)]
    for at, (name, line) in enumerate(lines.items()):
        parts += _line(name, line, COLOURS[at % len(COLOURS)], across, up)
    return "\n".join([*parts, "</svg>", ""])


def _axis(values: Sequence[float]) -> tuple[int, int]:
    """The powers of ten that the values lie between."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def _x(value: float, axis: tuple[int, int]) -> float:
    return LEFT + (math.log10(value) - axis[0]) / (axis[1] - axis[0]) * (WIDTH - LEFT - RIGHT)


def _y(value: float, axis: tuple[int, int]) -> float:
    return HEIGHT - BOTTOM - (math.log10(value) - axis[0]) / (axis[1] - axis[0]) * (HEIGHT - TOP - BOTTOM)


def _grid(across: tuple[int, int], up: tuple[int, int]) -> Iterator[str]:
    for power in range(across[0], across[1] + 1):
        x = _x(10.0**power, across)
        yield f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{HEIGHT - BOTTOM}" stroke="#ddd"/>'
        yield f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{10.0**power:,g}</text>'
    for power in range(up[0], up[1] + 1):
        y = _y(10.0**power, up)
        yield f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="#ddd"/>'
        yield f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:,g}</text>'


def _line(name: str, line: Line, colour: str, across: tuple[int, int], up: tuple[int, int]) -> Iterator[str]:
    places = [(_x(x, across), _y(y, up)) for x, y in line]
    yield (
        f'<polyline fill="none" stroke="{colour}" stroke-width="2" '
        f'points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in places)}"/>'
    )
    yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places)
    x, y = places[-1]
    yield f'<text x="{x + 8:.1f}" y="{y + 4:.1f}" fill="{colour}">{escape(name)}</text>'
