"""Measured times: a call to repeat goes in, the fields of one JSON line come out.

The names of the fields and the rules are those of `carousel-bench`. Nothing heavy is imported here, for
`pin` must come before NumPy and the frameworks: they start their threads when they are loaded.
"""

import argparse
import json
import os
import time
from collections.abc import Callable
from typing import Any

Shape = tuple[int, int, int, int]
"""Rows, steps, numbers a step, units: `B, T, I, H`."""

SHAPES = ("1,3,1,4;1,100,1,32;32,50,16,64;32,100,64,128;64,100,256,256;"
          "64,100,512,512;128,20,64,512;1,1,256,256")

WARM_UP_RUNS = 2
MIN_RUNS = 10
MAX_RUNS = 2000

THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS",
                    "TF_NUM_INTEROP_THREADS", "NPROC")


def pin(threads: int) -> None:
    """Holds this process to so many processors, the last ones: the first serves most interrupts."""
    if hasattr(os, "sched_setaffinity"):
        processors = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, processors[-threads:])
    for name in THREAD_VARIABLES:
        os.environ[name] = str(threads)
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
    os.environ["JAX_PLATFORMS"] = "cpu"
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    if threads == 1:
        os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"


def timed(call: Callable[[], object], least_s: float) -> dict[str, float]:
    """Repeats `call`, which returns when its result is there, for at least `least_s` seconds."""
    for _ in range(WARM_UP_RUNS):
        call()
    wall_s: list[float] = []
    start, cpu_start = time.perf_counter(), time.process_time()
    while len(wall_s) < MIN_RUNS or (len(wall_s) < MAX_RUNS and time.perf_counter() - start < least_s):
        run = time.perf_counter()
        call()
        wall_s.append(time.perf_counter() - run)
    return fields(wall_s, time.process_time() - cpu_start)


def fields(wall_s: list[float], cpu_s: float) -> dict[str, float]:
    """Milliseconds of runs that took `cpu_s` of processor time together; the median is the upper of two."""
    ordered = sorted(wall_s)
    return {
        "median_ms": rounded(ordered[len(ordered) // 2] * 1e3),
        "cpu_ms": rounded(cpu_s * 1e3 / len(ordered)),
        "min_ms": rounded(ordered[0] * 1e3),
        "p90_ms": rounded(ordered[(len(ordered) - 1) * 9 // 10] * 1e3),
        "reps": len(ordered),
    }


def layer_line(first: dict[str, Any], shape: Shape, mode: str, call: Callable[[], object], least_s: float,
               version: str) -> None:
    """Measures `call`, one pass over an LSTM layer, and prints its line, which begins with `first`."""
    start = time.perf_counter()
    call()
    first_call_s = time.perf_counter() - start
    timing = timed(call, least_s)
    emit(first | {
        "mode": mode,
        "shape": shape,
        "threads": int(os.environ["OMP_NUM_THREADS"]),
        "gflops": rounded(flops(shape, mode) / timing["median_ms"] / 1e6),
        "first_call_s": rounded(first_call_s),
        "version": version,
    } | timing)


def emit(line: dict[str, Any]) -> None:
    """Prints one result."""
    print(json.dumps(line), flush=True)


def flops(shape: Shape, mode: str) -> float:
    """Operations of an LSTM's matrix products; the backward pass has two for each of the forward pass."""
    rows, steps, inputs, units = shape
    return (3 if mode == "train" else 1) * 2.0 * rows * steps * 4 * units * (inputs + units)


def rounded(value: float) -> float:
    """To five decimals: below that is noise."""
    return round(value, 5)


def count(word: str) -> int:
    """A whole number from 1 on."""
    number = int(word)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{word} is not a whole number from 1 on")
    return number


def counts(words: str) -> list[int]:
    """Whole numbers with commas between them."""
    return [count(word) for word in words.split(",")]


def shapes(words: str) -> list[Shape]:
    """Shapes `B,T,I,H` with semicolons between them."""
    read = [tuple(counts(word)) for word in words.split(";")]
    if any(len(shape) != 4 for shape in read):
        raise argparse.ArgumentTypeError("a shape is four numbers, B,T,I,H")
    return read


def modes(words: str) -> list[str]:
    """What is done with a layer, with commas between."""
    read = words.split(",")
    if not {"train", "infer"}.issuperset(read):
        raise argparse.ArgumentTypeError("modes are `train` and `infer`")
    return read
