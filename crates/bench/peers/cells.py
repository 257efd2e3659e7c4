"""The LSTM written by hand in PyTorch, step by step: shapes go in, JSON lines come out.

This is what a cell of one's own costs there: `lstm` is `nn.LSTM`, `written` calls the equations once a
step, `compiled` compiles those of a step. One thread.
"""

import argparse
from collections.abc import Callable

import measure
from layer import torch_pass
from measure import Shape

SHAPES = "1,3,1,4;32,50,16,64;32,100,64,128;64,100,256,256"

VARIANTS = ("lstm", "written", "compiled")


def variant_call(variant: str, shape: Shape, mode: str) -> Callable[[], object]:
    """One pass over the layer."""
    import torch

    net = torch.nn.LSTM(*shape[2:])
    layer = net if variant == "lstm" else written(net, compiled=variant == "compiled")
    return torch_pass(layer, list(net.parameters()), shape, mode)


def written(net: "torch.nn.LSTM", compiled: bool) -> Callable[["torch.Tensor"], tuple["torch.Tensor"]]:
    """The layer `[T, B, I] -> [T, B, H]` with the weights of `net`, a call of `step` for each of `T`."""
    import torch

    of_inputs, of_states, *biases = net.parameters()

    def step(of_input: torch.Tensor, hidden: torch.Tensor, memory: torch.Tensor) -> tuple:
        enter, keep, new, leave = (of_input + hidden @ of_states.T).chunk(4, dim=1)
        memory = keep.sigmoid() * memory + enter.sigmoid() * new.tanh()
        return leave.sigmoid() * memory.tanh(), memory

    if compiled:
        step = torch.compile(step)

    def layer(x: torch.Tensor) -> tuple[torch.Tensor]:
        hidden = memory = x.new_zeros(x.shape[1], net.hidden_size)
        states = []
        for of_input in torch.nn.functional.linear(x, of_inputs, sum(biases)):
            hidden, memory = step(of_input, hidden, memory)
            states.append(hidden)
        return (torch.stack(states),)

    return layer


def main() -> None:
    """Measures every shape, mode and variant."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shapes", type=measure.shapes, default=SHAPES, help="B,T,I,H;...")
    parser.add_argument("--modes", type=measure.modes, default="train,infer", help="of `train` and `infer`")
    parser.add_argument("--variants", default=",".join(VARIANTS), help="of " + ", ".join(VARIANTS))
    parser.add_argument("--min-time", type=float, default=0.6, help="seconds for each shape, at least")
    options = parser.parse_args()
    measure.pin(1)
    import torch

    for shape in options.shapes:
        for variant in options.variants.split(","):
            for mode in options.modes:
                first = {"bench": "cells", "framework": "torch", "variant": variant}
                call = variant_call(variant, shape, mode)
                measure.layer_line(first, shape, mode, call, options.min_time, torch.__version__)
                # What was compiled for one shape would be adapted to the next, not made anew.
                torch.compiler.reset()


if __name__ == "__main__":
    main()
