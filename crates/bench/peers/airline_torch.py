"""The training of small networks in PyTorch, as its tutorials write it."""

from collections.abc import Callable

import numpy as np
import torch

from airline_lesson import Lesson


def prepared(lesson: Lesson) -> Callable[[], list[np.ndarray]]:
    """The loop over all epochs, to be called once; it gives the last weights."""
    lstm, dense = network(lesson)
    learnt = [weights for weights in (*lstm.parameters(), *dense.parameters()) if weights.requires_grad]
    adam = torch.optim.Adam(learnt, lr=1e-3, eps=1e-7)
    inputs, targets = torch.from_numpy(lesson.inputs.copy()), torch.from_numpy(lesson.targets.copy())
    orders = lesson.orders().tolist()

    def loop() -> list[np.ndarray]:
        for order in orders:
            state = None
            for n in order:
                adam.zero_grad(set_to_none=True)
                outputs, after = lstm(inputs[n:n + 1], state)
                error = torch.nn.functional.mse_loss(dense(outputs[:, -1])[:, 0], targets[n:n + 1])
                error.backward()
                adam.step()
                if lesson.stateful:
                    state = tuple(part.detach() for part in after)
        return last_weights(lstm, dense)

    return loop


def network(lesson: Lesson) -> tuple[torch.nn.LSTM, torch.nn.Linear]:
    """The layers with the lesson's first weights; of the two biases of each LSTM, one stays zero."""
    lstm = torch.nn.LSTM(lesson.inputs.shape[2], lesson.units, lesson.layers, batch_first=True)
    dense = torch.nn.Linear(lesson.units, 1)
    *of_layers, of_dense, bias = lesson.weights()
    with torch.no_grad():
        for layer, own in enumerate(lstm.all_weights):
            of_inputs, of_states, one = of_layers[3 * layer:3 * layer + 3]
            for weights, first in zip(own, (of_inputs.T, of_states.T, one, np.zeros_like(one))):
                weights.copy_(torch.from_numpy(first.copy()))
            own[3].requires_grad_(False)
        dense.weight[0] = torch.from_numpy(of_dense)
        dense.bias[:] = torch.from_numpy(bias)
    return lstm, dense


def last_weights(lstm: torch.nn.LSTM, dense: torch.nn.Linear) -> list[np.ndarray]:
    """The weights in the order and the shapes of `Lesson.weights`."""
    weights = []
    for own in lstm.all_weights:
        weights += [own[0].T, own[1].T, own[2]]
    return [part.detach().numpy() for part in (*weights, dense.weight[0], dense.bias)]
