//! Layers that are large enough for several threads: one thread, two and three give the
//! same bits, and the graph as it is written gives the same numbers. The reference files
//! hold small layers, which stay on one thread.

use carousel_cell::cores;
use carousel_net::engine::{BatchShape, Feed, Goal, Loss, Settings};
use carousel_net::shape::DataShape;

use super::compare::{GRADIENT, OUTPUT, close};
use super::engine::Problem;

const BATCH: usize = 25;
const FEATURES: usize = 6;

/// Steps of the lines, lines, how many numbers they give, and whether at every step.
type Lines = (usize, [(&'static str, usize, bool); 3]);

/// Thirty million multiplications and more a pass of each layer: those are shared.
const LARGE: Lines = (
    9,
    [
        ("lstm 185 every x 2", 185, true),
        ("lstm 186 bidirectional every", 372, true),
        ("lstm 190 -> dense 7", 7, false),
    ],
);

/// Large enough for several panels and chunks, and small enough to be run unfused.
const MIDDLE: Lines = (
    15,
    [
        ("lstm 49 every x 2", 49, true),
        ("lstm 50 bidirectional every", 100, true),
        ("lstm 60 -> dense 7", 7, false),
    ],
);

fn shapes((steps, lines): Lines) -> impl Iterator<Item = (&'static str, DataShape)> {
    let shape = move |(line, width, every)| {
        let steps = Some(steps);
        let data =
            DataShape { steps, features: FEATURES, width, every, ..DataShape::default() };
        (line, data)
    };
    lines.into_iter().map(shape)
}

#[test]
fn threads_change_no_bit() {
    for (line, data) in shapes(LARGE) {
        for masked in [false, true] {
            let on = |threads| {
                run(line, data, masked, Settings { threads, ..Settings::DEFAULT })
            };
            let one = on(1);
            assert!(one == on(2), "{line} on two threads");
            assert!(one == on(3), "{line} on three threads");
        }
    }
}

#[test]
fn layers_of_several_panels_give_what_the_graph_as_written_gives() {
    for (line, data) in shapes(MIDDLE) {
        near_as_written(line, data, &run(line, data, true, Settings::DEFAULT));
    }
}

fn near_as_written(line: &str, data: DataShape, fused: &[Vec<f32>; 3]) {
    let plain = run(line, data, true, Settings { fusion: false, ..Settings::DEFAULT });
    let names = ["outputs", "gradients", "gradients of the inputs"];
    for (k, tolerance) in [(0, OUTPUT), (1, GRADIENT), (2, GRADIENT)] {
        let want: Vec<f64> = plain[k].iter().map(|x| f64::from(*x)).collect();
        close(&format!("{line}: {}", names[k]), &fused[k], &want, tolerance);
    }
}

/// The outputs, the gradients of the parameters, and those of the inputs.
fn run(line: &str, data: DataShape, masked: bool, way: Settings) -> [Vec<f32>; 3] {
    let problem = Problem::new(line, data, true);
    let mut seed = 0;
    let mut numbers = |n: usize, scale: f32| {
        seed += 1;
        (0..n).map(|k| scale * ((k * 7 + seed) as f32 * 0.61).sin()).collect::<Vec<f32>>()
    };
    let arena = problem.arena(|parameter| numbers(parameter.len(), 0.2));
    let steps = data.steps.expect("the lines have steps");
    let shape = BatchShape { steps, size: BATCH, masked };
    let mut engine = problem.engine(shape, Goal::Train(Loss::SumOfSquares), way);
    let lens: Vec<usize> = engine.states.iter().map(|s| BATCH * s.units).collect();
    let states: Vec<Vec<f32>> = lens.iter().map(|n| numbers(*n, 0.5)).collect();
    // Rows of all lengths, none among them.
    let live = |at: usize| f32::from(u8::from(at / BATCH < at % BATCH));
    let mask: Vec<f32> = (0..steps * BATCH).map(live).collect();
    let feed = Feed {
        inputs: &numbers(steps * BATCH * FEATURES, 1.0),
        mask: masked.then_some(&mask[..]),
        states: &states,
        targets: &[],
        weights: &[],
        dropouts: &[],
        interrupt: None,
    };
    let mut gradients = vec![0.0; arena.len()];
    engine.run(&arena, &mut gradients, &feed).unwrap();
    if way.threads.min(cores()) > 1 {
        let kernels = engine.report(&arena, &feed, 1).kernels;
        assert!(kernels.iter().any(|kernel| kernel.threads > 1), "{line} is shared");
    }
    let inputs = engine.input_gradients().unwrap().0.to_vec();
    [engine.output().to_vec(), gradients, inputs]
}
