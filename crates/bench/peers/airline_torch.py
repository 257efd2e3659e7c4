"""The training of small networks in PyTorch, as its tutorials write it."""

from collections.abc import Callable

import numpy as np
import torch

from airline_lesson import Lesson


def prepared(lesson: Lesson) -> Callable[[], list[np.ndarray]]:
    """The loop over all epochs, to be called once; it gives the last weights."""
    cell, dense = network(lesson)
    learnt = [weights for weights in (*cell.parameters(), *dense.parameters()) if weights.requires_grad]
    adam = torch.optim.Adam(learnt, lr=1e-3, eps=1e-7)
    inputs, targets = torch.from_numpy(lesson.inputs.copy()), torch.from_numpy(lesson.targets.copy())
    orders = lesson.orders().tolist()

    def loop() -> list[np.ndarray]:
        for order in orders:
            state = None
            for n in order:
                adam.zero_grad(set_to_none=True)
                outputs, after = cell(inputs[n:n + 1], state)
                error = torch.nn.functional.mse_loss(dense(outputs[:, -1])[:, 0], targets[n:n + 1])
                error.backward()
                adam.step()
                if lesson.stateful:
                    state = tuple(part.detach() for part in after)
        return last_weights(cell, dense)

    return loop


def network(lesson: Lesson) -> tuple[torch.nn.RNNBase, torch.nn.Linear]:
    """The layers with the lesson's first weights; of the two biases of each LSTM, one stays zero."""
    kind = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[lesson.cell]
    cell = kind(lesson.inputs.shape[2], lesson.units, lesson.layers, batch_first=True)
    dense = torch.nn.Linear(lesson.units, 1)
    first = lesson.weights()
    with torch.no_grad():
        for own, (of_inputs, of_states, *biases) in zip(cell.all_weights, lesson.by_layer(first)):
            for weights, values in zip(own, (of_inputs.T, of_states.T, *biases)):
                weights.copy_(torch.from_numpy(values.copy()))
            if lesson.cell == "lstm":
                own[3].zero_().requires_grad_(False)
        dense.weight[0] = torch.from_numpy(first[-2])
        dense.bias[:] = torch.from_numpy(first[-1])
    return cell, dense


def last_weights(cell: torch.nn.RNNBase, dense: torch.nn.Linear) -> list[np.ndarray]:
    """The weights in the order and the shapes of `Lesson.weights`."""
    weights = []
    for of_inputs, of_states, *biases in cell.all_weights:
        weights += [of_inputs.T, of_states.T, *(bias for bias in biases if bias.requires_grad)]
    return [part.detach().numpy() for part in (*weights, dense.weight[0], dense.bias)]
