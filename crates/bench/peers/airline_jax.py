"""The training of small networks in JAX: an epoch is one compiled call."""

from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax

import jax_parts
from airline_lesson import Lesson

UNROLL = 4
"""Steps of an LSTM in one turn: faster than one, and for most units than all."""


def prepared(lesson: Lesson) -> Callable[[], list[np.ndarray]]:
    """The loop over all epochs, compiled, to be called once; it gives the last weights."""
    weights = [jnp.asarray(part) for part in lesson.weights()]
    zeros = [jnp.zeros_like(part) for part in weights]
    learnt = weights, (zeros, zeros), jnp.float32(0)
    orders = lesson.orders().astype(np.int32)
    epoch = jax.jit(epoch_of(lesson)).lower(learnt, orders[0]).compile()
    # The first call in a process makes ready what later ones find.
    jax.block_until_ready(epoch(learnt, orders[0]))

    def loop() -> list[np.ndarray]:
        after = learnt
        for order in orders:
            after = epoch(after, order)
        return [np.asarray(part) for part in after[0]]

    return loop


def epoch_of(lesson: Lesson) -> Callable[[tuple, np.ndarray], tuple]:
    """A function of weights, moments and time, and of an order, that learns from all samples."""
    inputs, targets = jnp.asarray(lesson.inputs), jnp.asarray(lesson.targets)
    zero = jnp.zeros(lesson.units)
    lstm = partial(jax_parts.lstm, unroll=UNROLL)
    cell, state = {"lstm": (lstm, (zero, zero)), "gru": (jax_parts.gru, zero)}[lesson.cell]
    zeros = [state] * lesson.layers

    def loss(weights: list[Array], states: list, n: Array) -> tuple[Array, list]:
        outputs, after = inputs[n], []
        for own, state in zip(lesson.by_layer(weights), states):
            state, outputs = cell(own, outputs, state)
            after.append(state)
        return (outputs[-1] @ weights[-2] + weights[-1][0] - targets[n]) ** 2, after

    def step(carried: tuple, n: Array) -> tuple[tuple, None]:
        (weights, moments, steps), states = carried
        gradients, after = jax.grad(loss, has_aux=True)(weights, states, n)
        weights, moments = jax_parts.adam(weights, gradients, moments, steps + 1, epsilon=1e-7)
        return ((weights, moments, steps + 1), after if lesson.stateful else states), None

    def epoch(learnt: tuple, order: Array) -> tuple:
        (learnt, _), _ = lax.scan(step, (learnt, zeros), order)
        return learnt

    return epoch
