"""What a small network has learnt: its last weights go in, its mean squared error comes out.

One NumPy for the weights of all frameworks, so that what they learnt is told apart from how they tell it.
"""

import numpy as np

from airline_lesson import Lesson

State = tuple[np.ndarray, ...]
"""`h`, and `c` of an LSTM: `[H]` each."""


def loss(lesson: Lesson, weights: list[np.ndarray]) -> float:
    """Mean squared error over the samples in their order."""
    cell = {"lstm": lstm, "gru": gru}[lesson.cell]
    layers = lesson.by_layer(weights)
    states: list[State] = [(np.zeros(lesson.units, np.float32),) * 2] * lesson.layers
    errors = []
    for sample, target in zip(lesson.inputs, lesson.targets):
        outputs, after = sample, []
        for own, state in zip(layers, states):
            outputs, state = cell(own, outputs, state)
            after.append(state)
        states = after if lesson.stateful else states
        errors.append(float(outputs[-1] @ weights[-2] + weights[-1][0] - target) ** 2)
    return sum(errors) / len(errors)


def lstm(weights: list[np.ndarray], inputs: np.ndarray, state: State) -> tuple[np.ndarray, State]:
    """The states `[T, H]` of all steps of `[T, I]`, and the last one."""
    of_inputs, of_states, bias = weights
    hidden, memory = state
    outputs = []
    for of_input in inputs @ of_inputs + bias:
        enter, keep, new, leave = np.split(of_input + hidden @ of_states, 4)
        memory = sigmoid(keep) * memory + sigmoid(enter) * np.tanh(new)
        hidden = sigmoid(leave) * np.tanh(memory)
        outputs.append(hidden)
    return np.stack(outputs), (hidden, memory)


def gru(weights: list[np.ndarray], inputs: np.ndarray, state: State) -> tuple[np.ndarray, State]:
    """The same of a GRU."""
    of_inputs, of_states, bias, state_bias = weights
    hidden, *_ = state
    outputs = []
    for of_input in inputs @ of_inputs + bias:
        reset, update, new = np.split(of_input, 3)
        of_reset, of_update, of_new = np.split(hidden @ of_states + state_bias, 3)
        keep = sigmoid(update + of_update)
        hidden = (1 - keep) * np.tanh(new + sigmoid(reset + of_reset) * of_new) + keep * hidden
        outputs.append(hidden)
    return np.stack(outputs), (hidden,)


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x))"""
    return 1 / (1 + np.exp(-x))
