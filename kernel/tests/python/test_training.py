"""A cell that trains: its curve moves, it answers meanwhile, and it can be stopped."""

import time
import unittest

from support import DATA, ENDLESS, QUICK, kernel

# How soon an interrupt stops a training.
IN_TIME_S = 0.1


class Training(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kernel = cls.enterClassContext(kernel())

    def interrupt(self, sent):
        """Stops a cell; how long that took, and its reply."""
        start = time.monotonic()
        self.kernel.manager.interrupt_kernel()
        reply = self.kernel.reply(sent)
        return time.monotonic() - start, reply

    def test_an_interrupt_keeps_the_weights(self):
        times = []
        for _ in range(3):
            sent = self.kernel.begin()
            seconds, reply = self.interrupt(sent)
            times.append(seconds)
            self.assertEqual((reply["status"], reply["ename"]), ("error", "Interrupted"))
            list(self.kernel.told(sent))
            for code in ("score m", "continue m epochs 1", "plot loss of m"):
                self.assertEqual(self.kernel.run(code).status, "ok", code)
        # The machine may be busy with something else once, or twice.
        self.assertLess(min(times), IN_TIME_S, times)

    def test_an_interrupt_aborts_what_waits(self):
        sent = self.kernel.begin()
        waiting = [self.kernel.client.execute(code) for code in ("lstm 4", "lstm 5")]
        self.assertEqual(self.interrupt(sent)[1]["status"], "error")
        statuses = [self.kernel.reply(one)["status"] for one in waiting]
        self.assertEqual(statuses, ["aborted", "aborted"])
        self.assertEqual(self.kernel.run("lstm 4").status, "ok")

    def test_an_interrupt_of_nothing_is_answered_and_forgotten(self):
        reply = self.kernel.ask("interrupt_request", channel="control")
        self.assertEqual(reply["status"], "ok")
        self.assertEqual(self.kernel.run(QUICK).status, "ok")

    def test_one_display_is_updated_in_place(self):
        start = time.monotonic()
        sent = self.kernel.client.execute(ENDLESS)
        told = []
        for message in self.kernel.told(sent):
            told.append(message)
            if time.monotonic() - start > 3:
                break
        seconds = time.monotonic() - start
        self.interrupt(sent)
        told += self.kernel.told(sent)

        def shown(kind):
            return [m["content"] for m in told if m["msg_type"] == kind]

        drawn, updates = shown("display_data"), shown("update_display_data")
        ids = {content["transient"]["display_id"] for content in drawn + updates}
        self.assertEqual((len(drawn), len(ids)), (1, 1))
        self.assertGreaterEqual(len(updates), 3)
        self.assertLessEqual(len(updates), 5 * seconds + 3)
        contents = {str(content["data"]) for content in updates}
        self.assertGreaterEqual(len(contents), 3)
        last = updates[-1]["data"]
        self.assertIn("text/plain", last)
        self.assertTrue("image/svg+xml" in last or "<svg" in last.get("text/html", ""), list(last))

    def test_everything_else_is_answered_meanwhile(self):
        sent = self.kernel.begin()
        asked = [
            ("control", "kernel_info_request", {}),
            ("control", "comm_info_request", {}),
            ("shell", "kernel_info_request", {}),
            ("shell", "complete_request", {"code": "lstm 4 -> den", "cursor_pos": 13}),
            ("shell", "inspect_request", {"code": "lstm", "cursor_pos": 2, "detail_level": 0}),
            ("shell", "is_complete_request", {"code": "lstm 4 ->"}),
            ("shell", "history_request", {"hist_access_type": "tail", "n": 3}),
            ("shell", "comm_info_request", {}),
        ]
        replies = {}
        for channel, kind, content in asked:
            with self.subTest(kind=kind, channel=channel):
                reply = self.kernel.ask(kind, content, channel, timeout=5)
                replies[kind] = reply
                self.assertIn(reply["status"], ("ok", "incomplete"))
        self.assertEqual(replies["complete_request"]["matches"], ["dense"])
        self.assertTrue(replies["inspect_request"]["found"])
        self.assertEqual(self.interrupt(sent)[1]["ename"], "Interrupted")

    def test_seeds_of_one_training_have_one_display(self):
        ran = self.kernel.run(DATA + "\nm = train lstm 4 -> dense 1 on air epochs 300 times 3")
        self.assertEqual(ran.status, "ok")
        self.assertLessEqual(len(ran.of("display_data")), 1)


if __name__ == "__main__":
    unittest.main()
