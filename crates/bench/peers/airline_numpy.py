"""The training of small networks of LSTMs in NumPy, by hand: backward pass and Adam in the form of Keras."""

from collections.abc import Callable

import numpy as np

from airline_lesson import Lesson
from airline_loss import sigmoid

State = tuple[np.ndarray, np.ndarray]
"""`h` and `c`, `[H]` each."""


def prepared(lesson: Lesson) -> Callable[[], list[np.ndarray]]:
    """The loop over all epochs, to be called once; it gives the last weights."""
    net = Net(lesson)
    orders = lesson.orders()

    def loop() -> list[np.ndarray]:
        for order in orders:
            states = net.zeros
            for n in order:
                after = net.step(lesson.inputs[n], lesson.targets[n], states)
                states = after if lesson.stateful else states
        return net.weights

    return loop


class Net:
    """Weights are views of one flat array, and so are gradients: Adam is then a few operations on arrays."""

    def __init__(self, lesson: Lesson) -> None:
        first = lesson.weights()
        self.flat = np.concatenate([weights.ravel() for weights in first])
        self.flat_gradient = np.zeros_like(self.flat)
        ends = np.cumsum([weights.size for weights in first])[:-1]

        def views(flat: np.ndarray) -> list[np.ndarray]:
            return [part.reshape(weights.shape) for part, weights in zip(np.split(flat, ends), first)]

        self.weights, self.gradients = views(self.flat), views(self.flat_gradient)
        self.moments = np.zeros_like(self.flat), np.zeros_like(self.flat)
        self.time = 0
        self.units = lesson.units
        zero = np.zeros(lesson.units, np.float32)
        self.zeros: list[State] = [(zero, zero)] * lesson.layers

    def step(self, sample: np.ndarray, target: np.float32, states: list[State]) -> list[State]:
        """Learns from one sample; the states after it."""
        output, tapes, after = self.forward(sample, states)
        hidden = after[-1][0]
        error = np.float32(2) * (output - target)
        self.gradients[-2][...] = error * hidden
        self.gradients[-1][...] = error
        of_outputs = np.zeros((len(sample), self.units), np.float32)
        of_outputs[-1] = error * self.weights[-2]
        for layer in reversed(range(len(states))):
            of_outputs = self.layer_backward(layer, *tapes[layer], of_outputs)
        self.adam()
        return after

    def forward(self, sample: np.ndarray, states: list[State]) -> tuple[np.float32, list, list[State]]:
        """The output for `[T, I]`, what the backward pass needs of each layer, and the last states."""
        tapes, after, inputs = [], [], sample
        for layer, (hidden, memory) in enumerate(states):
            of_inputs, of_states, bias = self.weights[3 * layer:3 * layer + 3]
            records, outputs = [], []
            for of_input in inputs @ of_inputs + bias:
                gates = of_input + hidden @ of_states
                new = np.tanh(gates[2 * self.units:3 * self.units])
                enter, keep, _, leave = sigmoid(gates).reshape(4, self.units)
                before = hidden, memory
                memory = keep * memory + enter * new
                shown = np.tanh(memory)
                hidden = leave * shown
                records.append((*before, enter, keep, new, leave, shown))
                outputs.append(hidden)
            tapes.append((inputs, records))
            after.append((hidden, memory))
            inputs = np.stack(outputs)
        return inputs[-1] @ self.weights[-2] + self.weights[-1][0], tapes, after

    def layer_backward(self, layer: int, inputs: np.ndarray, records: list,
                       of_outputs: np.ndarray) -> np.ndarray:
        """Writes the gradients of a layer's weights; that of its inputs, `[T, I]`."""
        of_inputs, of_states, _ = self.weights[3 * layer:3 * layer + 3]
        of_gates = np.empty((len(inputs), 4 * self.units), np.float32)
        of_hidden = of_memory = np.zeros(self.units, np.float32)
        for t in reversed(range(len(inputs))):
            _, memory, enter, keep, new, leave, shown = records[t]
            of_hidden = of_hidden + of_outputs[t]
            of_memory = of_memory + of_hidden * leave * (1 - shown * shown)
            own = of_gates[t].reshape(4, self.units)
            own[0] = of_memory * new * enter * (1 - enter)
            own[1] = of_memory * memory * keep * (1 - keep)
            own[2] = of_memory * enter * (1 - new * new)
            own[3] = of_hidden * shown * leave * (1 - leave)
            of_hidden = of_states @ of_gates[t]
            of_memory = of_memory * keep
        before = np.stack([record[0] for record in records])
        self.gradients[3 * layer][...] = inputs.T @ of_gates
        self.gradients[3 * layer + 1][...] = before.T @ of_gates
        self.gradients[3 * layer + 2][...] = of_gates.sum(0)
        # Nothing asks for the gradient of the samples.
        return of_gates @ of_inputs.T if layer else of_gates

    def adam(self) -> None:
        """Changes the weights by their gradients."""
        self.time += 1
        rate = np.float32(1e-3 * np.sqrt(1 - 0.999 ** self.time) / (1 - 0.9 ** self.time))
        first, second = self.moments
        gradient = self.flat_gradient
        first += (gradient - first) * np.float32(0.1)
        second += (gradient * gradient - second) * np.float32(0.001)
        self.flat -= rate * first / (np.sqrt(second) + np.float32(1e-7))
