"""A character model in training: JSON lines with the time of a step come out.

Embedding of 64, LSTM of 256, dense of 64 classes; 64 streams of 100 characters a step; cross-entropy, Adam,
the state carried from step to step. The text is a random walk in which four characters may follow each.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from functools import partial

import measure

ROWS, STEPS, EMBED, UNITS, KINDS = 64, 100, 64, 256, 64

WARM_UP_STEPS = 3

Step = Callable[["np.ndarray", "np.ndarray"], float]
"""Learns from characters `[B, T]` and those that follow; the loss before that."""

Variant = tuple[str, Step, str]
"""What is measured, a step of it, and the version of the framework."""


def torch_variants() -> Iterator[Variant]:
    """Modules and an optimiser, as they come."""
    import torch

    embed, dense = torch.nn.Embedding(KINDS, EMBED), torch.nn.Linear(UNITS, KINDS)
    lstm = torch.nn.LSTM(EMBED, UNITS)
    adam = torch.optim.Adam([*embed.parameters(), *lstm.parameters(), *dense.parameters()])
    state = None

    def step(inputs: "np.ndarray", targets: "np.ndarray") -> float:
        nonlocal state
        adam.zero_grad(set_to_none=True)
        outputs, state = lstm(embed(torch.from_numpy(inputs.T)), state)
        state = tuple(part.detach() for part in state)
        error = torch.nn.functional.cross_entropy(dense(outputs).mT, torch.from_numpy(targets.T))
        error.backward()
        adam.step()
        return error.item()

    yield "modules", step, torch.__version__


def jax_variants() -> Iterator[Variant]:
    """A step compiled as a whole."""
    import jax
    import numpy as np

    import jax_parts

    random = np.random.default_rng(0)
    shapes = ((KINDS, EMBED), (EMBED, 4 * UNITS), (UNITS, 4 * UNITS), (4 * UNITS,), (UNITS, KINDS), (KINDS,))
    weights = [jax.numpy.asarray(random.uniform(-0.06, 0.06, shape), "float32") for shape in shapes]
    # Each array is one of its own, for `learn` writes over what it is given.
    moments = tuple([jax.numpy.zeros_like(part) for part in weights] for _ in range(2))
    state = tuple(jax.numpy.zeros((ROWS, UNITS)) for _ in range(2))
    learnt = weights, moments, jax.numpy.float32(0), state

    def loss(weights: list, state: tuple, inputs: jax.Array, targets: jax.Array) -> tuple:
        table, *of_lstm, of_dense, bias = weights
        state, outputs = jax_parts.lstm(tuple(of_lstm), table[inputs.T], state)
        likely = jax.nn.log_softmax(outputs @ of_dense + bias)
        return -jax.numpy.take_along_axis(likely, targets.T[..., None], -1).mean(), state

    @partial(jax.jit, donate_argnums=0)
    def learn(learnt: tuple, inputs: jax.Array, targets: jax.Array) -> tuple:
        weights, moments, steps, state = learnt
        value = jax.value_and_grad(loss, has_aux=True)
        (error, state), gradients = value(weights, state, inputs, targets)
        weights, moments = jax_parts.adam(weights, gradients, moments, steps + 1, epsilon=1e-8)
        return (weights, moments, steps + 1, state), error

    def step(inputs: np.ndarray, targets: np.ndarray) -> float:
        nonlocal learnt
        learnt, error = jax.block_until_ready(learn(learnt, inputs, targets))
        return float(error)

    yield "scan", step, jax.__version__


def tensorflow_variants() -> Iterator[Variant]:
    """`train_on_batch` of Keras, and the same with XLA."""
    import keras
    import tensorflow as tf

    for variant, xla in (("function", False), ("xla", True)):
        model = keras.Sequential([
            keras.Input(batch_shape=(ROWS, STEPS)),
            keras.layers.Embedding(KINDS, EMBED),
            keras.layers.LSTM(UNITS, return_sequences=True, stateful=True),
            keras.layers.Dense(KINDS),
        ])
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(optimizer="adam", loss=loss, jit_compile=xla)

        def step(inputs: "np.ndarray", targets: "np.ndarray") -> float:
            # Keras gives the mean since the last reset.
            model.reset_metrics()
            return float(model.train_on_batch(inputs, targets))

        yield variant, step, tf.__version__


FRAMEWORKS = {"torch": torch_variants, "jax": jax_variants, "tensorflow": tensorflow_variants}


def made_text(count: int) -> list[tuple["np.ndarray", "np.ndarray"]]:
    """`count` batches of characters and of those that follow, `[B, T]` each, that continue each other."""
    import numpy as np

    random = np.random.default_rng(0)
    followers = random.integers(0, KINDS, (KINDS, 4))
    text = [random.integers(0, KINDS, ROWS)]
    for choice in random.integers(0, 4, (count * STEPS, ROWS)):
        text.append(followers[text[-1], choice])
    streams = np.stack(text, axis=1).astype(np.int64)
    starts = range(0, count * STEPS, STEPS)
    return [(streams[:, at:at + STEPS], streams[:, at + 1:at + STEPS + 1]) for at in starts]


def run(framework: str, variant: Variant, runs: int, threads: int) -> None:
    """Measures `runs` steps after a warm-up and prints their line."""
    name, step, version = variant
    losses, wall_s = [], []
    for n, (inputs, targets) in enumerate(made_text(runs + WARM_UP_STEPS)):
        if n == WARM_UP_STEPS:
            loop_start, cpu_start = time.perf_counter(), time.process_time()
        start = time.perf_counter()
        losses.append(step(inputs, targets))
        wall_s.append(time.perf_counter() - start)
    loop_s, cpu_s = time.perf_counter() - loop_start, time.process_time() - cpu_start
    timing = measure.fields(wall_s[WARM_UP_STEPS:], cpu_s)
    median_ms = timing["median_ms"]
    # A table has no product, so that only the LSTM and the dense layer count.
    flops = measure.flops((ROWS, STEPS, EMBED, UNITS), "train") + 3 * 2 * ROWS * STEPS * UNITS * KINDS
    measure.emit({
        "bench": "charlm",
        "framework": framework,
        "variant": name,
        "shape": [ROWS, STEPS, EMBED, UNITS, KINDS],
        "threads": threads,
        "median_step_ms": median_ms,
        "chars_per_s": measure.rounded(ROWS * STEPS / median_ms * 1e3),
        "gflops": measure.rounded(flops / median_ms / 1e6),
        "loss_first": losses[0],
        "loss_last": losses[-1],
        "first_step_s": measure.rounded(wall_s[0]),
        "loop_wall_s": measure.rounded(loop_s),
        "version": version,
    } | timing)


def main() -> None:
    """Measures all variants of a framework."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--framework", choices=FRAMEWORKS, required=True)
    parser.add_argument("--threads", type=measure.count, default=1)
    parser.add_argument("--runs", type=measure.count, default=20, help="steps that are measured")
    options = parser.parse_args()
    measure.pin(options.threads)
    for variant in FRAMEWORKS[options.framework]():
        run(options.framework, variant, options.runs, options.threads)


if __name__ == "__main__":
    main()
