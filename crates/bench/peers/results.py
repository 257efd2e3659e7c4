"""The lines of benchmarks: files of JSON lines go in, what a table asks for comes out."""

import json
import math
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

Line = dict[str, Any]


# What says which thing a line measures.
THING = ("bench", "framework", "variant", "mode", "cell", "shape", "threads", "config", "label", "axis")

# The cell of a line that names none.
CELL = {"cell": "lstm"}


def read(path: str) -> list[Line]:
    """The results of a file; what frameworks print beside them is passed over.

    Of what was measured several times the fastest line counts: a machine that does
    something else meanwhile only ever adds.
    """
    text = Path(path).read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines() if line.startswith('{"')]
    fastest: dict[str, Line] = {}
    for line in lines:
        thing = str([(CELL | line).get(name) for name in THING])
        before = fastest.get(thing)
        if before is None or line.get("median_ms", 0) <= before.get("median_ms", 0):
            fastest[thing] = line
    return list(fastest.values())


def chosen(lines: Iterable[Line], **fields: Any) -> list[Line]:
    """The lines that have all these fields."""
    return [line for line in lines if all(line.get(name) == value for name, value in fields.items())]


def last(lines: Iterable[Line], field: str, **fields: Any) -> float | None:
    """A field of the last of these lines."""
    values = [line[field] for line in chosen(lines, **fields) if line.get(field) is not None]
    return values[-1] if values else None


def best(lines: Iterable[Line], field: str, choose: Callable = min, **fields: Any) -> float | None:
    """The least of a field, or what `choose` takes, over the last lines of a framework's variants."""
    found = [line for line in chosen(lines, **fields) if line.get(field) is not None]
    return choose({line.get("variant"): line[field] for line in found}.values(), default=None)


def values(lines: Iterable[Line], field: str) -> list[Any]:
    """The different values of a field, in the order in which they come."""
    found: list[Any] = []
    for line in lines:
        if line.get(field) is not None and line[field] not in found:
            found.append(line[field])
    return found


def present(numbers: Iterable[float | None], choose: Callable = min) -> float | None:
    """The least of those that are there, or what `choose` takes."""
    return choose((number for number in numbers if number is not None), default=None)


def quotient(above: float | None, below: float | None, factor: float = 1) -> float | None:
    """`factor * above / below` if there are both."""
    return None if above is None or not below else factor * above / below


def cell(value: Any) -> str:
    """A number with three digits that count, at least, and whole ones in groups of three; `None` is empty."""
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return ", ".join(str(part) for part in value)
    if not isinstance(value, float) or not math.isfinite(value):
        return f"{value:,}" if isinstance(value, int) else str(value)
    shown = float(f"{value:.3g}")
    decimals = max(0, 2 - math.floor(math.log10(abs(shown)))) if shown else 0
    return f"{shown:,.{decimals}f}"


def markdown(title: str, header: list[str], rows: list[list[Any]]) -> str:
    """A table with a title above it."""
    lines = [f"## {title}", "", row(header), "|" + "---|" * len(header)]
    return "\n".join([*lines, *(row([cell(value) for value in values]) for values in rows), ""])


def row(cells: list[str]) -> str:
    """One line of a table."""
    return "| " + " | ".join(cells) + " |"
