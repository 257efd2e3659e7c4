"""The tables of docs/performance.md and docs/answers.md: lines of `carousel-bench` and of the peers go in, Markdown comes out.

    python3 table.py CAROUSEL.jsonl PEERS.jsonl

Where a line is missing, a cell is empty. A peer's figure is that of its best variant, and a ratio is the best
peer's time divided by Carousel's.
"""

import sys
from typing import Any

import results
from results import Line, best, chosen, last, markdown, present, quotient

NAMES = {
    "torch": "PyTorch",
    "jax": "JAX",
    "tensorflow": "TensorFlow",
    "onnxruntime": "ONNX Runtime",
    "numpy": "NumPy",
}

TRAINING = ("torch", "jax", "tensorflow")
PREDICTION = (*TRAINING, "onnxruntime")
SMALL = ("numpy", "jax", "torch")
CELLS = ("lstm", "gru", "rnn", "peephole")

AXES = {"B": 0, "T": 1, "H": 3}


def main() -> None:
    """Prints all tables."""
    if len(sys.argv) != 3:
        sys.exit("usage: python3 table.py CAROUSEL.jsonl PEERS.jsonl")
    print(tables(results.read(sys.argv[1]), results.read(sys.argv[2])))


def tables(ours: list[Line], peers: list[Line]) -> str:
    """All of them, in the order of the pages."""
    return "\n".join([
        layer("One LSTM layer, training", "train", TRAINING, ours, peers),
        layer("One LSTM layer, prediction", "infer", PREDICTION, ours, peers),
        cells(ours, peers),
        small_steps(ours, peers),
        characters(ours, peers),
        curves(ours),
        instructions(ours),
        processes(ours),
        prompt(ours),
        kernels(peers),
    ])


def layer(title: str, mode: str, frameworks: tuple[str, ...], ours: list[Line], peers: list[Line]) -> str:
    """Times of an LSTM layer by shape and threads; the peak is that of one thread, times the threads."""
    header = ["B, T, I, H", "threads", "Carousel, ms", "GFLOP/s", "% of peak",
              *(f"{NAMES[name]}, ms" for name in frameworks), "ratio"]
    peak = last(ours, "gflops", bench="peak")
    own = chosen(ours, bench="micro", variant="lstm", mode=mode)
    of_peers = chosen(peers, bench="micro", mode=mode)
    rows: list[list[Any]] = []
    for shape in results.values(own + of_peers, "shape"):
        for threads in sorted(results.values(chosen(own + of_peers, shape=shape), "threads")):
            where = {"shape": shape, "threads": threads}
            ms, gflops = last(own, "median_ms", **where), last(own, "gflops", **where)
            times = [best(of_peers, "median_ms", framework=name, **where) for name in frameworks]
            share = quotient(gflops, peak, 100 / threads)
            rows.append([shape, threads, ms, gflops, share, *times, quotient(present(times), ms)])
    return markdown(title, header, rows)


def cells(ours: list[Line], peers: list[Line]) -> str:
    """Cells beside the LSTM on one thread; each framework's own LSTM is what it is compared to."""
    header = ["B, T, I, H", "cell", "train, ms", "of `lstm`", "predict, ms", "of `lstm`"]
    own, of_peers = chosen(ours, bench="micro", threads=1), chosen(peers, bench="cells", threads=1)
    beside = [line for line in own + of_peers if line.get("variant") != "lstm"]
    rows: list[list[Any]] = []
    for shape in results.values(beside, "shape"):
        for name, lines in (("", own), ("PyTorch ", of_peers)):
            here = chosen(lines, shape=shape)
            for variant in results.values(here, "variant"):
                row = [shape, f"{name}`{variant}`"]
                for mode in ("train", "infer"):
                    ms = last(here, "median_ms", variant=variant, mode=mode)
                    row += [ms, quotient(ms, last(here, "median_ms", variant="lstm", mode=mode))]
                rows.append(row)
    return markdown("Cells, one thread", header, rows)


def small_steps(ours: list[Line], peers: list[Line]) -> str:
    """Steps of training on one sample each; a line is the whole of `train ...`, with data and predictions."""
    header = ["network", "Carousel, µs a step", *(f"{NAMES[name]}, µs" for name in SMALL), "ratio",
              "whole line, ms"]
    own, of_peers = ([results.CELL | line for line in lines] for lines in (ours, peers))
    rows: list[list[Any]] = []
    for label, where in networks(own + of_peers):
        us = last(own, "us_per_step", **where)
        times = [best(of_peers, "us_per_step", framework=name, **where) for name in SMALL]
        line = last(own, "median_ms", variant="line", **where)
        rows.append([label, us, *times, quotient(present(times), us), line])
    return markdown("Small steps, one thread", header, rows)


def networks(lines: list[Line]) -> list[tuple[str, Line]]:
    """What the small networks are called, and the fields that tell their lines from others."""
    programs, steps = chosen(lines, bench="airline"), chosen(lines, bench="step")
    found = [(f"airline {config}", {"bench": "airline", "config": config})
             for config in sorted(results.values(programs, "config"))]
    # A cell that is not in the order comes after those that are.
    for cell in dict.fromkeys([*CELLS, *results.values(steps, "cell")]):
        shapes = sorted(results.values(chosen(steps, cell=cell), "shape"), key=lambda shape: shape[3])
        found += [(f"{cell} {shape[3]}", {"bench": "step", "cell": cell, "shape": shape}) for shape in shapes]
    return found


def characters(ours: list[Line], peers: list[Line]) -> str:
    """Characters a second; the ratio is that of Carousel's to the best peer's, as it is of times."""
    header = ["threads", "Carousel, characters/s", *(NAMES[name] for name in TRAINING), "ratio"]
    own, of_peers = chosen(ours, bench="charlm"), chosen(peers, bench="charlm")
    rows: list[list[Any]] = []
    for threads in sorted(results.values(own + of_peers, "threads")):
        speed = last(own, "chars_per_s", threads=threads)
        speeds = [best(of_peers, "chars_per_s", max, framework=name, threads=threads) for name in TRAINING]
        rows.append([threads, speed, *speeds, quotient(speed, present(speeds, max))])
    return markdown("A model of characters", header, rows)


def processes(ours: list[Line]) -> str:
    """The whole command."""
    lines = chosen(ours, bench="process")
    fields = ("median_ms", "min_ms", "cpu_ms", "peak_rss_mib")
    rows = [[label, *(last(lines, field, label=label) for field in fields)]
            for label in results.values(lines, "label")]
    return markdown("Whole process", ["what", "ms", "least, ms", "processor, ms", "MiB"], rows)


def prompt(ours: list[Line]) -> str:
    """The prompt in a pseudo-terminal."""
    lines = chosen(ours, bench="prompt")
    rows = [[f"`{label}`" if " " in label and label != "key press" else label,
             *(last(lines, field, label=label) for field in ("median_ms", "p90_ms"))]
            for label in results.values(lines, "label")]
    rows = [[label.replace("|", "\\|"), *times] for label, *times in rows]
    return markdown("The prompt", ["what", "ms", "nine of ten within, ms"], rows)


def kernels(peers: list[Line]) -> str:
    """Jupyter kernels; their lines all come from one script, ours too."""
    lines = chosen(peers, bench="kernel")
    rows: list[list[Any]] = []
    names = {"start": "start, to the first answer", "cell": "cell, to its reply"}
    for variant in results.values(lines, "variant"):
        ours, other = ({"variant": variant, "framework": name} for name in ("carousel", "python3"))
        ms, other_ms = (last(lines, "median_ms", **of) for of in (ours, other))
        rows.append([names[variant], ms, last(lines, "p90_ms", **ours), other_ms, quotient(other_ms, ms)])
    header = ["what", "Carousel, ms", "nine of ten within, ms", "ipykernel, ms", "ratio"]
    return markdown("The Jupyter kernel", header, rows)


def curves(ours: list[Line]) -> str:
    """A training pass against one axis; where its time grows in proportion, µs a unit stay equal.

    Units meet each other in a product, so that against H it is GFLOP/s that should stay equal.
    """
    header = ["axis", "B, T, I, H", "ms", "µs a unit", "GFLOP/s", "MiB"]
    lines = chosen(ours, bench="curve")
    rows: list[list[Any]] = []
    for axis in results.values(lines, "axis"):
        for shape in results.values(chosen(lines, axis=axis), "shape"):
            where = {"axis": axis, "shape": shape}
            ms, gflops, mib = (last(lines, field, **where) for field in ("median_ms", "gflops", "mib"))
            rows.append([axis, shape, ms, quotient(ms, shape[AXES[axis]], 1e3), gflops, mib])
    return markdown("Against steps, rows and units, one thread", header, rows)


def instructions(ours: list[Line]) -> str:
    """What does not depend on how busy the machine is."""
    lines = chosen(ours, bench="instructions")
    rows = [[f"airline {config}", last(lines, "instructions_per_step", config=config)]
            for config in results.values(lines, "config")]
    return markdown("Instructions of a step", ["network", "instructions"], rows)


if __name__ == "__main__":
    main()
