//! What a graph is made for, and how it is made and run.

/// How graphs are made and run: `set fusion`, `set executor`, `set threads`, `set memory`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Settings {
    /// Whether the passes may fuse products and cells.
    pub fusion: bool,
    /// What runs the graph.
    pub executor: Executor,
    /// How many threads may share the work of a large layer or product; results do not
    /// depend on it.
    pub threads: usize,
    /// Whether training remembers or computes again.
    pub footprint: Footprint,
}

impl Settings {
    /// Those that hold until something is set.
    pub const DEFAULT: Settings = Settings {
        fusion: true,
        executor: Executor::Plan,
        threads: 1,
        footprint: Footprint::High,
    };
}

/// What training keeps of the steps of recurrent layers until the way back: `set memory`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Footprint {
    /// All that it needs there.
    #[default]
    High,
    /// The states at some of the steps; what lies between is computed once more. Results
    /// differ by roundings of the last digits.
    Low,
}

/// What runs a graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Executor {
    /// The flat list of kernels that the graph is lowered to.
    #[default]
    Plan,
    /// luminal's own `Graph::execute`: slow, the reference.
    Luminal,
}

/// What a graph is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Goal {
    /// Outputs and last states only.
    Predict,
    /// The same with the softmax of the outputs: the probabilities of the classes.
    Classify,
    /// Also a loss and its gradients.
    Train(Loss),
    /// Also the gradients of weights, inputs and first states when those of the outputs
    /// come in, in place of targets: a part of a larger network. No loss.
    Pullback,
}

/// What training makes small.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Loss {
    /// Mean of squared errors.
    #[default]
    Mse,
    /// Mean of absolute errors.
    Mae,
    /// Mean of softmax cross-entropies: targets are classes, outputs their logits.
    CrossEntropy,
    /// Sum of the squares of all outputs, no target: what `check` differentiates.
    SumOfSquares,
    /// The same plus the squares of the last states: sum h^2 + 0.5 sum c^2.
    SumOfSquaresAndStates,
}

/// The shape that a graph is compiled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BatchShape {
    /// `T`
    pub steps: usize,
    /// `B`
    pub size: usize,
    /// Whether some steps are padding.
    pub masked: bool,
}
