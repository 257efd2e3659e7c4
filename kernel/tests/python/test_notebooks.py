"""The notebooks of examples/: they are stored without outputs, and run from top to bottom."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import nbformat
import pexpect
from nbclient import NotebookClient

from support import NAME, RUST_CELLS

FOLDER = Path(__file__).parents[3] / "examples" / "notebooks"

# Those that Carousel's own kernel runs.
OWN = ("airline", "lesson-1", "rust-and-language")

# The first Rust cell waits for the compiler.
CELL_S = 180


def read(name):
    """A notebook as it is stored."""
    return nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)


class Stored(unittest.TestCase):
    def test_notebooks_are_stored_without_outputs(self):
        names = sorted(path.stem for path in FOLDER.glob("*.ipynb"))
        self.assertEqual(names, sorted([*OWN, "stock-evcxr"]))
        for name in names:
            with self.subTest(name):
                notebook = read(name)
                nbformat.validate(notebook)
                for cell in notebook.cells:
                    self.assertTrue(cell.source.strip())
                    if cell.cell_type == "code":
                        self.assertEqual((cell.outputs, cell.execution_count), ([], None))

    def test_notebooks_name_their_kernel(self):
        own = {"name": NAME, "display_name": "Carousel", "language": "carousel"}
        for name in OWN:
            self.assertEqual(read(name).metadata.kernelspec, own, name)


class Run(unittest.TestCase):
    def execute(self, name):
        """Runs a notebook in a folder of its own and gives it back with its outputs."""
        notebook = read(name)
        with tempfile.TemporaryDirectory() as folder:
            client = NotebookClient(
                notebook, timeout=CELL_S, resources={"metadata": {"path": folder}}
            )
            client.execute()
        nbformat.validate(notebook)
        return notebook

    def outputs(self, notebook):
        """The outputs of all cells, in order."""
        return [output for cell in notebook.cells for output in cell.get("outputs", [])]

    def mimes(self, notebook):
        """The MIME types of all that is shown."""
        return {mime for output in self.outputs(notebook) for mime in output.get("data", {})}

    def text(self, notebook):
        """All that can be read."""
        parts = []
        for output in self.outputs(notebook):
            parts.append(output.get("text") or output.get("data", {}).get("text/plain", ""))
        # A display that has told of something slow stays, and is empty.
        return "\n".join(part for part in parts if part.strip())

    def test_airline(self):
        notebook = self.execute("airline")
        self.assertLessEqual(
            {"image/svg+xml", "image/png", "text/html", "text/plain"}, self.mimes(notebook)
        )
        text = self.text(notebook)
        self.assertIn("best beats naive on the test part", text)
        self.assertIn("hint H1", text)
        # Nothing is left of what moved but the last figure.
        for output in self.outputs(notebook):
            self.assertNotRegex(output.get("data", {}).get("text/plain", ""), r"epoch \d+/|\.\.\. \d+ s")

    def test_lesson_1(self):
        text = self.text(self.execute("lesson-1"))
        self.assertIn("they are the same, digit by digit", text)
        self.assertIn("step 4 of 4", text)

    def test_rust_and_language(self):
        before = os.environ.get("CARGO_NET_OFFLINE")
        os.environ["CARGO_NET_OFFLINE"] = "true"
        try:
            notebook = self.execute("rust-and-language")
        finally:
            if before is None:
                del os.environ["CARGO_NET_OFFLINE"]
            else:
                os.environ["CARGO_NET_OFFLINE"] = before
        text = self.text(notebook)
        self.assertRegex(text, r"48 months, at worst \d+\.\d passengers off")
        self.assertRegex(text, r"\d+ weights, norm \d+\.\d\d")
        self.assertIn("image/svg+xml", self.mimes(notebook))

    if not RUST_CELLS:
        # This kernel cannot run it.
        test_rust_and_language = None

    def test_the_same_digits_twice(self):
        first, second = (self.execute("airline") for _ in range(2))
        self.assertEqual(self.text(first), self.text(second))

    def test_nbconvert(self):
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(FOLDER / "airline.ipynb", folder)
            words = ["nbconvert", "--to", "html", "--execute", "airline.ipynb"]
            subprocess.run(
                [sys.executable, "-m", "jupyter", *words], cwd=folder, check=True,
                capture_output=True, timeout=10 * CELL_S,
            )
            page = Path(folder, "airline.html").read_text(encoding="utf-8")
        # The page is too long to be printed where it lacks one of them.
        for part in ("best beats naive on the test part", "data:image/svg+xml;base64,", "<table"):
            self.assertTrue(part in page, part)

    def test_the_console(self):
        with tempfile.TemporaryDirectory() as folder:
            console = pexpect.spawn(
                sys.executable,
                ["-m", "jupyter", "console", "--kernel", NAME, "--simple-prompt"],
                cwd=folder, timeout=60, encoding="utf-8", dimensions=(50, 120),
            )
            try:
                console.expect_exact("In [1]:")
                console.sendline("lstm 4 -> dense 1")
                console.expect_exact("101 weights")
                console.expect_exact("In [2]:")
                console.sendline("ltsm 4 -> dense 1")
                console.expect_exact("did you mean")
                console.expect_exact("In [3]:")
                console.sendline("exit")
                console.expect(pexpect.EOF)
            finally:
                console.close(force=True)


if __name__ == "__main__":
    unittest.main()
