"""The training loops of small networks: numbers of programs go in, one JSON line each comes out.

Adam, one sample at a time: the five programs of `examples/airline`, which are LSTMs, 100 epochs each, and the
networks of `carousel-bench step`. All frameworks begin with the same weights and see the samples in the same
order, so their `loss` after the last epoch is about the same. One thread.
"""

import argparse
import importlib
import time

import measure

FRAMEWORKS = ("numpy", "torch", "jax")

CELLS = ("lstm", "gru")


def main() -> None:
    """Measures each program once: a loop has thousands of steps."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--framework", choices=FRAMEWORKS, required=True)
    parser.add_argument("--cell", choices=CELLS, default="lstm", help="NumPy has the LSTM alone")
    parser.add_argument("--configs", type=numbers, default="1,2,3,4,5",
                        help="airline programs, passed over for a cell other than the LSTM; empty: none")
    parser.add_argument("--units", type=numbers, default="4,16,32", help="networks of one layer; empty: none")
    options = parser.parse_args()
    if options.framework == "numpy" and options.cell != "lstm":
        parser.error(f"NumPy has the LSTM alone: `--cell {options.cell}` needs another framework")
    measure.pin(1)
    import airline_lesson

    for config in options.configs if options.cell == "lstm" else []:
        run(options.framework, airline_lesson.airline(config), {"bench": "airline", "config": config})
    for units in options.units:
        lesson = airline_lesson.waves(options.cell, units)
        run(options.framework, lesson, {"bench": "step", "shape": [1, *lesson.inputs.shape[1:], units]})


def numbers(words: str) -> list[int]:
    """Whole numbers with commas between them, or none."""
    return measure.counts(words) if words else []


def run(framework: str, lesson: "airline_lesson.Lesson", first: dict[str, object]) -> None:
    """Measures one loop and prints its line, which begins with `first`."""
    import airline_loss

    module = importlib.import_module(f"airline_{framework}")
    start = time.perf_counter()
    loop = module.prepared(lesson)
    loop_start, cpu_start = time.perf_counter(), time.process_time()
    weights = loop()
    loop_s, cpu_s = time.perf_counter() - loop_start, time.process_time() - cpu_start
    steps = lesson.epochs * len(lesson.targets)
    measure.emit(first | {
        "cell": lesson.cell,
        "framework": framework,
        "variant": "loop",
        "threads": 1,
        "steps": steps,
        "us_per_step": measure.rounded(loop_s * 1e6 / steps),
        "loop_wall_s": measure.rounded(loop_s),
        "compile_s": measure.rounded(loop_start - start) if framework == "jax" else None,
        "loss": measure.rounded(airline_loss.loss(lesson, weights)),
        "version": importlib.import_module(framework).__version__,
    } | measure.fields([loop_s], cpu_s))


if __name__ == "__main__":
    main()
