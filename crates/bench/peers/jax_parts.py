"""What the JAX scripts share: an LSTM and a GRU over time, and Adam."""

from typing import Any

import jax
import jax.numpy as jnp
from jax import Array, lax

Weights = tuple[Array, Array, Array]
"""`[I, 4H]`, `[H, 4H]` and `[4H]`; the gates are input, forget, candidate, output."""

State = tuple[Array, Array]
"""`h` and `c`: `[B, H]`, or `[H]` for one row."""


def lstm(weights: Weights, inputs: Array, state: State, unroll: int = 1) -> tuple[State, Array]:
    """Last state, and the states `[T, B, H]` of all steps of `[T, B, I]`; without `B` for one row.

    `unroll` steps are compiled as one turn of a loop.
    """
    of_inputs, of_states, bias = weights

    def step(state: State, of_input: Array) -> tuple[State, Array]:
        hidden, memory = state
        gates = jnp.split(of_input + hidden @ of_states, 4, axis=-1)
        enter, keep, leave = (jax.nn.sigmoid(gates[k]) for k in (0, 1, 3))
        memory = keep * memory + enter * jnp.tanh(gates[2])
        hidden = leave * jnp.tanh(memory)
        return (hidden, memory), hidden

    # One product for the inputs of all steps: what depends on no state need not wait for one.
    return lax.scan(step, state, inputs @ of_inputs + bias, unroll=unroll)


def gru(weights: list[Array], inputs: Array, state: Array) -> tuple[Array, Array]:
    """The same of a GRU for one row: `[I, 3H]`, `[H, 3H]` and two biases; gates are reset, update, candidate.

    Reset comes after the product, as in PyTorch and Keras, and acts on the second bias, too.
    """
    of_inputs, of_states, bias, state_bias = weights
    gates = 3, len(state)

    def step(hidden: Array, of_input: Array) -> tuple[Array, Array]:
        of_state = (hidden @ of_states + state_bias).reshape(gates)
        reset, keep = jax.nn.sigmoid(of_input[:2] + of_state[:2])
        hidden = (1 - keep) * jnp.tanh(of_input[2] + reset * of_state[2]) + keep * hidden
        return hidden, hidden

    # Without turns of a loop a step of training takes less time, for the few steps that rows have here.
    return lax.scan(step, state, (inputs @ of_inputs + bias).reshape(-1, *gates), unroll=True)


def adam(weights: Any, gradients: Any, moments: tuple[Any, Any], time: Array,
         epsilon: float) -> tuple[Any, tuple[Any, Any]]:
    """Weights and moments after step `time`, counted from 1, of Adam in the form of Keras."""
    first = jax.tree.map(lambda m, g: m + (g - m) * 0.1, moments[0], gradients)
    second = jax.tree.map(lambda v, g: v + (g * g - v) * 0.001, moments[1], gradients)
    rate = 1e-3 * jnp.sqrt(1 - 0.999 ** time) / (1 - 0.9 ** time)
    weights = jax.tree.map(lambda w, m, v: w - rate * m / (jnp.sqrt(v) + epsilon), weights, first, second)
    return weights, (first, second)
