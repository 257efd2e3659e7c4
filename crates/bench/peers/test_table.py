"""Tests of the tables: `python3 -m unittest discover crates/bench/peers`. They need no framework."""

import json
import tempfile
import unittest
from pathlib import Path
from typing import Any

import results
import table
from results import Line, cell

SHAPE = [32, 50, 16, 64]


def micro(framework: str, variant: str, ms: float, **fields: Any) -> Line:
    """A line of an LSTM layer."""
    line = {"bench": "micro", "framework": framework, "variant": variant, "mode": "train", "shape": SHAPE,
            "threads": 1, "median_ms": ms}
    return line | fields


def rows(text: str, title: str) -> list[list[str]]:
    """The cells of the table with this title, without its header."""
    own = text.split(f"## {title}\n")[1].split("## ")[0]
    lines = [line for line in own.splitlines() if line.startswith("|")]
    return [[one.strip() for one in line.strip("|").split("|")] for line in lines[2:]]


class Cells(unittest.TestCase):
    """What stands in one cell."""

    def test_three_digits_count(self) -> None:
        for value, expected in [
            (0.0015234, "0.00152"), (0.9996, "1.00"), (9.999, "10.0"), (230.4, "230"), (46_912.3, "46,900"),
            (0.0, "0"), (2.0, "2.00"), (-0.5, "-0.500"), (2, "2"), (1_234, "1,234"), (None, ""), ("x", "x"),
            (SHAPE, "32, 50, 16, 64"),
        ]:
            with self.subTest(value=value):
                self.assertEqual(cell(value), expected)

    def test_a_quotient_of_what_is_missing_is_missing(self) -> None:
        self.assertEqual(results.quotient(3.0, 2.0), 1.5)
        for above, below in [(None, 2.0), (3.0, None), (3.0, 0.0)]:
            self.assertIsNone(results.quotient(above, below))


class Lines(unittest.TestCase):
    """Reading and choosing lines."""

    def test_what_is_no_result_is_passed_over(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "lines.jsonl"
            file.write_text('WARNING: all\n{"bench": "peak"}\n\n', encoding="utf-8")
            self.assertEqual(results.read(str(file)), [{"bench": "peak"}])

    def test_of_several_measurements_the_fastest_counts(self) -> None:
        lines = [micro("torch", "native", 3.0), micro("torch", "native", 2.0, gflops=1.0),
                 micro("torch", "native", 4.0), micro("torch", "native", 1.0, threads=2)]
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "lines.jsonl"
            file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
            self.assertEqual(results.read(str(file)), [lines[1], lines[3]])

    def test_cells_are_measured_apart(self) -> None:
        line = {"bench": "step", "shape": [1, 12, 4, 16]}
        lines = [line | {"median_ms": 3.0}, line | {"cell": "lstm", "median_ms": 2.0},
                 line | {"cell": "gru", "median_ms": 1.0}]
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "lines.jsonl"
            file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
            self.assertEqual(results.read(str(file)), lines[1:])

    def test_the_last_line_of_each_variant_counts_and_the_best_variant(self) -> None:
        lines = [micro("torch", "native", 1.0), micro("torch", "onednn", 3.0), micro("torch", "native", 4.0)]
        self.assertEqual(results.last(lines, "median_ms", variant="native"), 4.0)
        self.assertEqual(results.best(lines, "median_ms", framework="torch"), 3.0)
        self.assertEqual(results.best(lines, "median_ms", max, framework="torch"), 4.0)
        self.assertIsNone(results.best(lines, "median_ms", framework="jax"))


class Tables(unittest.TestCase):
    """Whole tables."""

    def check(self, title: str, ours: list[Line], peers: list[Line], expected: list[list[str]]) -> None:
        """The rows of one table of these lines."""
        self.assertEqual(rows(table.tables(ours, peers), title), expected)

    def test_without_lines_there_are_headers_alone(self) -> None:
        text = table.tables([], [])
        titles = [line[3:] for line in text.splitlines() if line.startswith("## ")]
        self.assertEqual(len(titles), 10)
        for title in titles:
            self.assertEqual(rows(text, title), [])

    def test_the_ratio_is_that_of_the_best_peer(self) -> None:
        ours = [{"bench": "peak", "gflops": 100.0}, micro("carousel", "lstm", 2.0, gflops=80.0),
                micro("carousel", "lstm", 1.0, gflops=150.0, threads=2), micro("carousel", "gru", 0.5)]
        peers = [micro("jax", "scan", 5.0), micro("torch", "onednn", 3.0), micro("torch", "native", 9.0)]
        shape = "32, 50, 16, 64"
        self.check("One LSTM layer, training", ours, peers, [
            [shape, "1", "2.00", "80.0", "80.0", "3.00", "5.00", "", "1.50"],
            [shape, "2", "1.00", "150", "75.0", "", "", "", ""],
        ])

    def test_peers_alone_have_rows_too(self) -> None:
        peers = [micro("onnxruntime", "node", 5.0, mode="infer")]
        self.check("One LSTM layer, prediction", [], peers,
                   [["32, 50, 16, 64", "1", "", "", "", "", "", "", "5.00", ""]])

    def test_cells_are_compared_to_the_lstm_of_their_framework(self) -> None:
        ours = [micro("carousel", "lstm", 2.0), micro("carousel", "gru", 1.0),
                micro("carousel", "gru", 0.4, mode="infer"),
                micro("carousel", "lstm", 7.0, shape=[1, 1, 1, 1])]
        peers = [micro("torch", "lstm", 4.0, bench="cells"), micro("torch", "written", 8.0, bench="cells")]
        shape = "32, 50, 16, 64"
        self.check("Cells, one thread", ours, peers, [
            [shape, "`lstm`", "2.00", "1.00", "", ""],
            [shape, "`gru`", "1.00", "0.500", "0.400", ""],
            [shape, "PyTorch `lstm`", "4.00", "1.00", "", ""],
            [shape, "PyTorch `written`", "8.00", "2.00", "", ""],
        ])

    def test_small_steps_stand_beside_each_other(self) -> None:
        ours = [{"bench": "airline", "config": 3, "variant": "loop", "us_per_step": 0.4},
                {"bench": "airline", "config": 3, "variant": "line", "median_ms": 3.9},
                {"bench": "step", "shape": [1, 12, 4, 16], "variant": "loop", "us_per_step": 4.0}]
        peers = [{"bench": "airline", "config": 3, "framework": "jax", "us_per_step": 10.0},
                 {"bench": "airline", "config": 3, "framework": "numpy", "us_per_step": 75.0}]
        self.check("Small steps, one thread", ours, peers, [
            ["airline 3", "0.400", "75.0", "10.0", "", "25.0", "3.90"],
            ["lstm 16", "4.00", "", "", "", "", ""],
        ])

    def test_small_networks_are_told_by_cell_and_units(self) -> None:
        def step(us: float, units: int, **fields: Any) -> Line:
            return {"bench": "step", "shape": [1, 12, 4, units], "us_per_step": us} | fields

        ours = [step(1.0, 16), step(2.0, 4, cell="peephole"), step(3.0, 4, cell="rnn"),
                step(4.0, 16, cell="gru"), step(5.0, 4, cell="gru"), step(0.5, 4, cell="written")]
        peers = [step(10.0, 16, cell="lstm", framework="jax"), step(20.0, 4, cell="gru", framework="jax"),
                 step(30.0, 4, cell="gru", framework="torch"), step(40.0, 32, cell="gru", framework="torch")]
        self.check("Small steps, one thread", ours, peers, [
            ["lstm 16", "1.00", "", "10.0", "", "10.0", ""],
            ["gru 4", "5.00", "", "20.0", "30.0", "4.00", ""],
            ["gru 16", "4.00", "", "", "", "", ""],
            ["gru 32", "", "", "", "40.0", "", ""],
            ["rnn 4", "3.00", "", "", "", "", ""],
            ["peephole 4", "2.00", "", "", "", "", ""],
            ["written 4", "0.500", "", "", "", "", ""],
        ])

    def test_more_characters_a_second_are_better(self) -> None:
        ours = [{"bench": "charlm", "threads": 2, "chars_per_s": 90_000.0}]
        peers = [{"bench": "charlm", "framework": "tensorflow", "variant": variant, "threads": 2,
                  "chars_per_s": speed} for variant, speed in [("function", 30_000.0), ("xla", 45_000.0)]]
        self.check("A model of characters", ours, peers, [["2", "90,000", "", "", "45,000", "2.00"]])

    def test_what_grows_in_proportion_keeps_its_time_a_unit(self) -> None:
        curve = {"bench": "curve", "axis": "T", "gflops": 90.0}
        ours = [curve | {"shape": [32, 25, 64, 128], "median_ms": 5.0, "mib": 3.25},
                curve | {"shape": [32, 50, 64, 128], "median_ms": 10.0}]
        self.check("Against steps, rows and units, one thread", ours, [], [
            ["T", "32, 25, 64, 128", "5.00", "200", "90.0", "3.25"],
            ["T", "32, 50, 64, 128", "10.0", "200", "90.0", ""],
        ])

    def test_processes_and_instructions_are_told(self) -> None:
        ours = [{"bench": "process", "label": "start", "median_ms": 1.7, "min_ms": 1.5, "peak_rss_mib": 4.0},
                {"bench": "instructions", "config": 1, "instructions_per_step": 1234.5}]
        self.check("Whole process", ours, [], [["start", "1.70", "1.50", "", "4.00"]])
        self.check("Instructions of a step", ours, [], [["airline 1", "1,230"]])

    def test_kernels_stand_beside_each_other(self) -> None:
        peers = [{"bench": "kernel", "framework": name, "variant": "cell", "median_ms": ms, "p90_ms": 2 * ms}
                 for name, ms in [("carousel", 0.25), ("python3", 10.0)]]
        self.check("The Jupyter kernel", [], peers,
                   [["cell, to its reply", "0.250", "0.500", "10.0", "40.0"]])


if __name__ == "__main__":
    unittest.main()
