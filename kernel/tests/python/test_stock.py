"""The library in the stock kernel of evcxr: its notebook runs, and shows tables and plots."""

import json
import os
import tempfile
import unittest
import unittest.mock
from pathlib import Path

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[3] / "examples" / "notebooks"

# The library and all that it stands on are compiled in one cell.
CELL_S = 1200


class Stock(unittest.TestCase):
    def test_the_notebook(self):
        notebook = nbformat.read(FOLDER / "stock-evcxr.ipynb", as_version=4)
        self.assertEqual(notebook.metadata.kernelspec.name, "rust")
        with tempfile.TemporaryDirectory() as folder:
            spec = Path(folder, "kernels", "rust")
            spec.mkdir(parents=True)
            argv = [os.environ["EVCXR_JUPYTER"], "--control_file", "{connection_file}"]
            content = {"argv": argv, "display_name": "Rust", "language": "rust"}
            (spec / "kernel.json").write_text(json.dumps(content), encoding="utf-8")
            # A kernel that the client has started itself is one that it ends.
            client = NotebookClient(
                notebook, timeout=CELL_S, startup_timeout=120,
                resources={"metadata": {"path": str(FOLDER)}},
            )
            # The library is compiled for this notebook alone, which computes little.
            env = {"JUPYTER_PATH": folder, "CARGO_PROFILE_DEV_OPT_LEVEL": "0"}
            with unittest.mock.patch.dict(os.environ, env):
                client.execute()
        shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
        html = "".join(output.get("data", {}).get("text/html", "") for output in shown)
        text = "".join(output.get("data", {}).get("text/plain", "") for output in shown)
        self.assertIn("<table", html)
        self.assertIn("<svg", html)
        self.assertIn("101 weights", text)
        self.assertIn("naive", text)
        printed = "".join(output.get("text", "") for output in shown)
        self.assertIn("passengers off", printed)


if __name__ == "__main__":
    unittest.main()
