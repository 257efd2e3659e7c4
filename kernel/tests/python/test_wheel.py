"""The wheel in a fresh environment: everything is there, and no Rust is needed."""

import os
import subprocess
import sys
import tempfile
import unittest
import venv
from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

from support import PATIENCE_S

# What Jupyter finds in share/jupyter of the environment.
FILES = (
    "kernels/carousel/kernel.json",
    "kernels/carousel/logo-svg.svg",
    "kernels/carousel/logo-32x32.png",
    "kernels/carousel/logo-64x64.png",
    "labextensions/carousel-language/package.json",
)


class Wheel(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        venv.create(cls.folder, with_pip=True)
        cls.bin = cls.folder / "bin"
        words = ["-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
        subprocess.run([cls.bin / "python", *words, os.environ["CAROUSEL_WHEEL"]], check=True)

    def test_its_files(self):
        for name in FILES:
            self.assertTrue((self.folder / "share/jupyter" / name).is_file(), name)
        static = self.folder / "share/jupyter/labextensions/carousel-language/static"
        self.assertEqual(len(list(static.glob("remoteEntry.*.js"))), 1)

    def test_its_command(self):
        told = subprocess.run(
            [self.bin / "carousel-kernel", "--version"], check=True, capture_output=True, text=True
        )
        self.assertRegex(told.stdout, r"^carousel-kernel \d+\.\d+\.\d+")

    def test_pygments_finds_the_lexer(self):
        code = "from importlib.metadata import entry_points as all;"
        code += "print(all(group='pygments.lexers').names)"
        told = subprocess.run(
            [self.bin / "python", "-c", code], check=True, capture_output=True, text=True
        )
        self.assertIn("carousel", told.stdout)

    def test_a_cell_runs_without_rust(self):
        kernels = KernelSpecManager(kernel_dirs=[str(self.folder / "share/jupyter/kernels")])
        manager = KernelManager(kernel_name="carousel", kernel_spec_manager=kernels)
        # A client in the environment would find its Python there.
        argv = manager.kernel_spec.argv
        argv[0] = str(self.bin / "python") if argv[0] in ("python", sys.executable) else argv[0]
        manager.start_kernel(cwd=str(self.folder), env=os.environ | {"PATH": "/usr/bin:/bin"})
        client = manager.client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=PATIENCE_S)
            shown = []
            reply = client.execute_interactive(
                "lstm 4 -> dense 1", timeout=PATIENCE_S, output_hook=shown.append
            )
            self.assertEqual(reply["content"]["status"], "ok")
            (result,) = [m["content"] for m in shown if m["msg_type"] == "execute_result"]
            self.assertIn("101 weights", result["data"]["text/plain"])
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


if __name__ == "__main__":
    unittest.main()
