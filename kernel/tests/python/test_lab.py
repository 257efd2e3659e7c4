"""A real JupyterLab in a browser without a window: what a person sees of a notebook.

Pictures of it, light and dark, are left in target/screenshots/.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

from support import DATA, until

ROOT = Path(__file__).parents[3]
NOTEBOOKS = ROOT / "examples" / "notebooks"
SCREENSHOTS = ROOT / "target" / "screenshots"
BROWSER = "/usr/bin/chromium"
TOKEN = "carousel"
ERROR = ".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.error']"
SETTINGS = "lab/user-settings/@jupyterlab/apputils-extension"
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}

OPTIONS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]

# Nothing of the page may come from elsewhere, and nobody is asked for news.
QUIET = [
    "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--IdentityProvider.token={TOKEN}",
    "--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
]

# How long anything may take on the page.
PATIENCE_MS = 90_000

# A training that nobody waits for.
TRAINING = [DATA, "m = train lstm 24 -> dense 1 on air epochs 10000000", "score m"]


class Lab(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        for notebook in NOTEBOOKS.glob("*.ipynb"):
            shutil.copy(notebook, cls.folder)
        cls.write_training()
        cls.port = free_port()
        with open(cls.folder / "log", "wb") as log:
            words = [f"--port={cls.port}", f"--ServerApp.root_dir={cls.folder}"]
            cls.server = subprocess.Popen(
                [sys.executable, "-m", "jupyter", "lab", *QUIET, *words],
                stdout=log, stderr=log, cwd=cls.folder,
            )
        cls.addClassCleanup(cls.stop)
        assert until(cls.answers), (cls.folder / "log").read_text()
        cls.browser = cls.enterClassContext(sync_playwright()).chromium.launch(
            executable_path=BROWSER, args=OPTIONS
        )
        cls.addClassCleanup(cls.browser.close)

    @classmethod
    def write_training(cls):
        from nbformat import v4, write

        kernel = {"name": "carousel", "display_name": "Carousel", "language": "carousel"}
        cells = [v4.new_code_cell(code) for code in TRAINING]
        notebook = v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
        write(notebook, cls.folder / "training.ipynb")

    @classmethod
    def stop(cls):
        cls.server.terminate()
        try:
            cls.server.wait(10)
        except subprocess.TimeoutExpired:
            cls.server.kill()
            cls.server.wait()

    @classmethod
    def answers(cls):
        """Whether the server is there."""
        try:
            urllib.request.urlopen(cls.address("/api/status"), timeout=2).close()
        except OSError:
            return False
        return True

    @classmethod
    def address(cls, path):
        return f"http://127.0.0.1:{cls.port}{path}?token={TOKEN}"

    def open(self, name, theme="light"):
        """A page with a notebook, in a workspace and with a kernel of its own."""
        self.set_theme(theme)
        self.end_kernels()
        context = self.browser.new_context(viewport={"width": 1280, "height": 1000})
        self.addCleanup(context.close)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        self.complaints = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        workspace = f"{name}-{theme}-{time.monotonic_ns()}"
        page.goto(self.address(f"/lab/workspaces/{workspace}/tree/{name}.ipynb"))
        page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell .cm-content")
        # A cell that is run before that has Lab ask for a kernel.
        page.get_by_text("Carousel | Idle").wait_for()
        return page

    def set_theme(self, theme):
        """Settings are files, which Lab reads when a page is opened."""
        folder = Path(os.environ["JUPYTER_CONFIG_DIR"], SETTINGS)
        folder.mkdir(parents=True, exist_ok=True)
        settings = {"themes": {"theme": THEMES[theme]}, "notification": {"fetchNews": "false"}}
        for name, content in settings.items():
            (folder / f"{name}.jupyterlab-settings").write_text(json.dumps(content))

    def end_kernels(self):
        """Leaves nothing that runs to the next page."""
        with urllib.request.urlopen(self.address("/api/sessions")) as answer:
            sessions = json.load(answer)
        for session in sessions:
            address = self.address(f"/api/sessions/{session['id']}")
            urllib.request.urlopen(urllib.request.Request(address, method="DELETE")).close()

    def menu(self, page, menu, item):
        """An item of the menu bar."""
        page.click(f".lm-MenuBar-itemLabel:text-is('{menu}')")
        page.click(f".lm-Menu-itemLabel:text-is('{item}')")

    def run_all(self, page):
        self.menu(page, "Run", "Run All Cells")

    def finished(self, page, count):
        """Waits until so many cells have a number, and none runs."""
        page.wait_for_function(
            """count => {
                const prompts = [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')];
                return prompts.filter(p => /\\[\\d+\\]/.test(p.textContent)).length >= count
                    && !prompts.some(p => p.textContent.includes('*'));
            }""",
            arg=count,
        )

    def picture(self, page, name):
        """What there is to see, screen by screen."""
        # Lab draws cells when they come into sight, and scrolls itself.
        cells = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell")
        for number in range(cells.count()):
            cell = cells.nth(number)
            cell.scroll_into_view_if_needed()
            if number % 2 == 0 or number == cells.count() - 1:
                page.wait_for_timeout(200)
                page.screenshot(path=SCREENSHOTS / f"{name}-{number:02}.png")

    def test_the_language_is_coloured(self):
        page = self.open("lesson-1")
        lines = page.eval_on_selector_all(
            ".jp-CodeCell .cm-line",
            """lines => lines.map(line => [...line.querySelectorAll('span')].map(
                span => [span.textContent, getComputedStyle(span).color, span.className]))""",
        )
        spans = [span for line in lines for span in line]
        colours = {text: colour for text, colour, name in spans if name}
        for word in ("data", "train", "lstm", "300"):
            self.assertIn(word, colours)
        base = page.eval_on_selector(".jp-CodeCell .cm-content", "e => getComputedStyle(e).color")
        kinds = {colours[word] for word in ("train", "lstm", "300")}
        self.assertGreaterEqual(len(kinds - {base}), 2, colours)
        self.assertEqual(self.complaints, [])

    def test_the_airline_notebook(self):
        for theme in THEMES:
            with self.subTest(theme):
                page = self.open("airline", theme)
                self.run_all(page)
                self.finished(page, 10)
                # Figures and tables are there, and none is an error.
                page.wait_for_selector(".jp-RenderedSVG, .jp-RenderedImage", state="attached")
                self.assertEqual(page.locator(ERROR).count(), 0)
                self.picture(page, f"airline-{theme}")
                drawn = page.locator(".jp-RenderedSVG svg, .jp-RenderedSVG img").count()
                tables = page.locator(".jp-RenderedHTML table").count()
                self.assertGreaterEqual(drawn, 3)
                self.assertGreaterEqual(tables, 3)
                self.assertEqual(self.complaints, [])

    def test_a_training_moves_and_can_be_stopped(self):
        for theme in THEMES:
            with self.subTest(theme):
                page = self.open("training", theme)
                self.run_all(page)
                curve = page.locator(".jp-CodeCell").nth(1).locator(".jp-OutputArea-output")
                curve.locator("svg, img").first.wait_for()
                seen = set()
                for _ in range(30):
                    seen.add(curve.first.inner_html())
                    page.wait_for_timeout(100)
                self.assertGreaterEqual(len(seen), 3, "the curve stands still")
                self.assertEqual(curve.count(), 1)
                page.screenshot(path=SCREENSHOTS / f"training-{theme}-moves.png")
                self.menu(page, "Kernel", "Interrupt Kernel")
                page.locator(".jp-CodeCell").nth(1).get_by_text("Interrupted").first.wait_for()
                page.screenshot(path=SCREENSHOTS / f"training-{theme}-stopped.png")
                # What it has learned until then is there.
                last = page.locator(".jp-CodeCell").nth(2)
                last.locator(".cm-content").click()
                page.keyboard.press("Shift+Enter")
                last.locator("table").first.wait_for()
                self.assertIn("naive", last.inner_text())
                page.screenshot(path=SCREENSHOTS / f"training-{theme}-scored.png")
                self.assertEqual(self.complaints, [])

    def test_tab_and_shift_tab(self):
        page = self.open("training")
        cell = page.locator(".jp-CodeCell").nth(1).locator(".cm-content")
        cell.click()
        page.keyboard.press("Control+a")
        page.keyboard.type("lstm 4 -> den")
        page.keyboard.press("Tab")
        item = page.locator(".jp-Completer-item")
        item.wait_for()
        self.assertIn("dense", item.inner_text())
        self.assertIn("layer", item.inner_text())
        page.screenshot(path=SCREENSHOTS / "completion.png")
        page.keyboard.press("Enter")
        cell.get_by_text("dense").wait_for()
        page.keyboard.press("Shift+Tab")
        tip = page.locator(".jp-Tooltip")
        tip.wait_for()
        self.assertIn("dense", tip.inner_text())
        page.screenshot(path=SCREENSHOTS / "tooltip.png")


def free_port():
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    unittest.main()
