"""What small networks learn from: the number of a program goes in, samples and first weights come out.

The programs are those of `examples/airline` and those of `carousel-bench step`, so that a step here is the
same work as a step there.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

SERIES = Path(__file__).parents[3] / "examples/data/airline-passengers.csv"

TRAIN_SHARE = 0.67

WAVE_SEQUENCES, WAVE_STEPS, WAVE_FEATURES = 100, 12, 4


@dataclass(frozen=True)
class Lesson:
    """Samples, and layers of a cell with a dense one at the end that learn from them one by one."""

    cell: str
    """`lstm` or `gru`."""
    inputs: np.ndarray
    """`[N, T, I]`"""
    targets: np.ndarray
    """`[N]`"""
    units: int
    layers: int
    stateful: bool
    """Whether the state goes on from sample to sample within an epoch; that of an LSTM alone can."""
    epochs: int

    def orders(self) -> np.ndarray:
        """`[epochs, N]`: which sample comes when; where the state goes on, the samples stay in order."""
        random = np.random.default_rng(7)
        samples = np.tile(np.arange(len(self.targets)), (self.epochs, 1))
        return samples if self.stateful else random.permuted(samples, axis=1)

    def weights(self) -> list[np.ndarray]:
        """`[I, GH]`, `[H, GH]` and biases `[GH]` of each layer, then `[H]` and `[1]`.

        An LSTM has four gates, input, forget, candidate and output, and one bias. A GRU has three, reset,
        update and candidate, and two biases: the second is the states' own, on which reset acts, too.
        """
        random = np.random.default_rng(7)

        def uniform(*shape: int) -> np.ndarray:
            return random.uniform(-0.5, 0.5, shape).astype(np.float32)

        gates, biases = (4, [[0, 1, 0, 0]]) if self.cell == "lstm" else (3, [[0, 0, 0]] * 2)
        weights: list[np.ndarray] = []
        for layer in range(self.layers):
            inputs = self.units if layer else self.inputs.shape[2]
            weights += [uniform(inputs, gates * self.units), uniform(self.units, gates * self.units)]
            weights += [np.repeat(np.float32(bias), self.units) for bias in biases]
        return [*weights, uniform(self.units), np.zeros(1, np.float32)]

    def by_layer(self, weights: list) -> list[list]:
        """What each layer has of weights that end with the two of the dense one."""
        each = (len(weights) - 2) // self.layers
        return [weights[each * layer:each * (layer + 1)] for layer in range(self.layers)]


def airline(config: int) -> Lesson:
    """One of the five programs of the tutorial, counted from 1."""
    with SERIES.open(encoding="utf-8") as file:
        passengers = np.float32([row["Passengers"] for row in csv.DictReader(file)])
    low, high = passengers.min(), passengers.max()
    part = ((passengers - low) / (high - low))[:int(len(passengers) * TRAIN_SHARE)]
    months = 1 if config == 1 else 3
    # The tutorial leaves out the last window, and so do its programs.
    count = len(part) - months - 1
    windows = np.stack([part[n:n + months] for n in range(count)])
    inputs = windows[:, None, :] if config == 2 else windows[:, :, None]
    layers = 2 if config == 5 else 1
    return Lesson("lstm", inputs, part[months:months + count], 4, layers, stateful=config >= 4, epochs=100)


def waves(cell: str, units: int) -> Lesson:
    """Waves of different lengths, and what comes next of the first."""
    samples = np.arange(WAVE_SEQUENCES)[:, None, None]
    steps = np.arange(WAVE_STEPS + 1)[None, :, None]
    features = np.arange(WAVE_FEATURES)[None, None, :]
    wave = np.sin((samples + steps) * 0.3 / (features + 1)).astype(np.float32)
    return Lesson(cell, wave[:, :-1], wave[:, -1, 0], units, 1, stateful=False, epochs=20)
