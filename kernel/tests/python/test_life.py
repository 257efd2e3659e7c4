"""The life of a kernel: it starts again, remembers what was typed, and ends with its parent."""

import subprocess
import sys
import tempfile
import time
import unittest

from support import ENDLESS, NAME, PATIENCE_S, QUICK, kernel, kill, lives, until

# How soon a kernel that has been asked to end is gone.
SOON_S = 10

PARENT = """
import sys, time
from jupyter_client.manager import KernelManager
manager = KernelManager(kernel_name=sys.argv[1])
manager.start_kernel(cwd=sys.argv[2])
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=60)
if len(sys.argv) > 3:
    client.execute(sys.argv[3])
    while client.get_iopub_msg(timeout=60)["msg_type"] != "update_display_data":
        pass
print(manager.provisioner.pid, flush=True)
time.sleep(600)
"""


class Life(unittest.TestCase):
    def ends(self, running, code=0):
        """The kernel's process is gone, and with this exit code."""
        process = running.manager.provisioner.process
        self.assertTrue(until(lambda: process.poll() is not None, SOON_S), "it goes on")
        self.assertEqual(process.poll(), code)

    def test_shutdown(self):
        with kernel() as running:
            reply = running.ask("shutdown_request", {"restart": False}, "control")
            self.assertEqual((reply["status"], reply["restart"]), ("ok", False))
            self.ends(running)

    def test_shutdown_says_whether_it_starts_again(self):
        with kernel() as running:
            reply = running.ask("shutdown_request", {"restart": True}, "control")
            self.assertIs(reply["restart"], True)
            self.ends(running)

    def test_shutdown_in_a_training(self):
        with kernel() as running:
            running.begin()
            reply = running.ask("shutdown_request", {}, "control")
            self.assertEqual((reply["status"], reply["restart"]), ("ok", False))
            self.ends(running)

    def test_restart_forgets_models_and_keeps_the_history(self):
        with kernel() as running:
            self.assertEqual(running.run(QUICK).reply["execution_count"], 1)
            running.run("lstm 77 -> dense 1")
            before = running.pid
            running.manager.restart_kernel(now=False)
            running.client.wait_for_ready(timeout=PATIENCE_S)
            self.assertNotEqual(running.pid, before)
            ran = running.run("score m")
            self.assertEqual((ran.status, ran.reply["execution_count"]), ("error", 1))
            self.assertIn("lstm 77 -> dense 1", self.typed(running))

    def test_the_history_is_there_for_the_next_kernel(self):
        with tempfile.TemporaryDirectory() as folder:
            with kernel(folder=folder) as running:
                running.run("lstm 78 -> dense 1\n# 🎠")
                running.run("lstm 79 -> dense 1", store_history=False)
            with kernel(folder=folder) as running:
                running.run("lstm 80 -> dense 1")
                typed = self.typed(running)
                self.assertIn("lstm 78 -> dense 1\n# 🎠", typed)
                self.assertNotIn("lstm 79 -> dense 1", typed)
                self.assertEqual(typed[-1], "lstm 80 -> dense 1")

    def typed(self, running):
        sent = running.client.history(hist_access_type="tail", n=20, raw=True)
        return [entry[2] for entry in running.reply(sent)["history"]]

    def test_history_that_is_asked_for_in_few_words(self):
        with kernel() as running:
            running.run("lstm 4")
            for content in (
                {"hist_access_type": "search", "pattern": "*"},
                {"hist_access_type": "range"},
                {"hist_access_type": "range", "session": 0, "start": 0},
                {"hist_access_type": "tail"},
                {"hist_access_type": "nothing"},
                {},
            ):
                with self.subTest(content):
                    reply = running.ask("history_request", content)
                    self.assertEqual(reply["status"], "ok")

    def test_it_ends_with_its_parent(self):
        for training in ([], [ENDLESS]):
            with self.subTest(training=bool(training)), tempfile.TemporaryDirectory() as folder:
                parent = subprocess.Popen(
                    [sys.executable, "-c", PARENT, NAME, folder, *training],
                    stdout=subprocess.PIPE,
                )
                pid = int(parent.stdout.readline())
                self.assertTrue(lives(pid))
                kill(parent.pid)
                parent.wait()
                parent.stdout.close()
                gone = until(lambda: not lives(pid), SOON_S)
                if not gone:
                    kill(pid)
                self.assertTrue(gone, "it outlives its parent")

    def test_the_first_cell_need_not_wait(self):
        with kernel() as running:
            start = time.monotonic()
            self.assertEqual(running.run("lstm 4 -> dense 1").status, "ok")
            self.assertLess(time.monotonic() - start, 1)


if __name__ == "__main__":
    unittest.main()
