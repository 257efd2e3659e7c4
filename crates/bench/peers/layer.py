"""One LSTM layer: shapes go in, one JSON line per shape, mode and variant comes out.

`train` is a forward and a backward pass with the gradients of inputs, weights and bias for a given gradient
of the output, and no optimiser; `infer` gives the states of all steps.
"""

import argparse
import os
from collections.abc import Callable, Iterator
from functools import partial

import measure
from measure import Shape

Variant = tuple[str, Callable[[], object], str]
"""What is measured, the call that does it, and the version of the framework."""


def torch_variants(shape: Shape, mode: str) -> Iterator[Variant]:
    """`nn.LSTM` through oneDNN, which is what PyTorch does unasked, and without."""
    import torch

    net = torch.nn.LSTM(*shape[2:])
    call = torch_pass(net, list(net.parameters()), shape, mode)
    for variant, onednn in (("onednn", True), ("native", False)):
        torch.backends.mkldnn.set_flags(onednn)
        yield variant, call, torch.__version__


def torch_pass(layer: Callable, parameters: list, shape: Shape, mode: str) -> Callable[[], object]:
    """One pass over a layer that gives a tuple whose first element is `[T, B, H]`."""
    import torch

    rows, steps, inputs, units = shape
    x = torch.randn(steps, rows, inputs, requires_grad=mode == "train")
    dy = torch.randn(steps, rows, units)

    def train() -> object:
        return torch.autograd.grad(layer(x)[0], [x, *parameters], dy)

    @torch.inference_mode()
    def infer() -> object:
        return layer(x)[0]

    return train if mode == "train" else infer


def jax_variants(shape: Shape, mode: str) -> Iterator[Variant]:
    """A scan over time, compiled as a whole."""
    import jax
    import numpy as np

    import jax_parts

    rows, steps, inputs, units = shape
    random = np.random.default_rng(0)

    def array(*sizes: int) -> jax.Array:
        return jax.numpy.asarray(random.uniform(-0.1, 0.1, sizes), "float32")

    weights = (array(inputs, 4 * units), array(units, 4 * units), array(4 * units))
    x, dy = array(steps, rows, inputs), array(steps, rows, units)

    def infer(weights: jax_parts.Weights, x: jax.Array) -> jax.Array:
        zeros = jax.numpy.zeros((rows, units))
        return jax_parts.lstm(weights, x, (zeros, zeros))[1]

    def train(weights: jax_parts.Weights, x: jax.Array, dy: jax.Array) -> object:
        y, backward = jax.vjp(infer, weights, x)
        return y, backward(dy)

    # The arrays are arguments, for what a compiled function closes over is a constant to XLA.
    body, arrays = (train, (weights, x, dy)) if mode == "train" else (infer, (weights, x))
    compiled = jax.jit(body)
    yield "scan", lambda: jax.block_until_ready(compiled(*arrays)), jax.__version__


def tensorflow_variants(shape: Shape, mode: str) -> Iterator[Variant]:
    """Keras's `LSTM` in a `tf.function`, and the same with XLA."""
    import keras
    import tensorflow as tf

    rows, steps, inputs, units = shape
    x, dy = tf.random.normal((rows, steps, inputs)), tf.random.normal((rows, steps, units))
    layer = keras.layers.LSTM(units, return_sequences=True)
    layer.build(x.shape)
    weights = [variable.value for variable in layer.trainable_variables]

    def train(x: tf.Tensor, dy: tf.Tensor) -> object:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = layer(x, training=True)
        return tape.gradient(y, [x, *weights], output_gradients=dy)

    def infer(x: tf.Tensor) -> object:
        return layer(x, training=False)

    body, tensors = (train, (x, dy)) if mode == "train" else (infer, (x,))
    for variant, xla in (("function", False), ("xla", True)):
        compiled = tf.function(body, jit_compile=xla, autograph=False)
        yield variant, partial(compiled, *tensors), tf.__version__


def onnxruntime_variants(shape: Shape, mode: str) -> Iterator[Variant]:
    """A graph of one LSTM node. It has no training."""
    if mode == "train":
        return
    import numpy as np
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper

    rows, steps, inputs, units = shape
    random = np.random.default_rng(0)

    def array(*sizes: int) -> np.ndarray:
        return random.uniform(-0.1, 0.1, sizes).astype(np.float32)

    weights = {"W": array(1, 4 * units, inputs), "R": array(1, 4 * units, units), "B": array(1, 8 * units)}
    graph = helper.make_graph(
        [helper.make_node("LSTM", ["X", *weights], ["Y"], hidden_size=units)],
        "layer",
        [helper.make_tensor_value_info("X", TensorProto.FLOAT, [steps, rows, inputs])],
        [helper.make_tensor_value_info("Y", TensorProto.FLOAT, [steps, 1, rows, units])],
        [numpy_helper.from_array(values, name) for name, values in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = int(os.environ["OMP_NUM_THREADS"])
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, ["CPUExecutionProvider"])
    x = {"X": array(steps, rows, inputs)}
    yield "node", partial(session.run, None, x), onnxruntime.__version__


FRAMEWORKS = {
    "torch": torch_variants,
    "jax": jax_variants,
    "tensorflow": tensorflow_variants,
    "onnxruntime": onnxruntime_variants,
}


def main() -> None:
    """Measures every shape in every mode."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--framework", choices=FRAMEWORKS, required=True)
    parser.add_argument("--threads", type=measure.count, default=1)
    parser.add_argument("--shapes", type=measure.shapes, default=measure.SHAPES, help="B,T,I,H;...")
    parser.add_argument("--modes", type=measure.modes, default="train,infer", help="of `train` and `infer`")
    parser.add_argument("--min-time", type=float, default=0.6, help="seconds for each shape, at least")
    options = parser.parse_args()
    measure.pin(options.threads)
    for shape in options.shapes:
        for mode in options.modes:
            # One step of one row is measured for its latency; nobody trains so.
            if mode == "train" and shape[:2] == (1, 1):
                continue
            for variant, call, version in FRAMEWORKS[options.framework](shape, mode):
                first = {"bench": "micro", "framework": options.framework, "variant": variant}
                measure.layer_line(first, shape, mode, call, options.min_time, version)


if __name__ == "__main__":
    main()
