"""Cells and what they give: results, messages, order, and what the protocol's options change."""

import base64
import unittest

from support import QUICK, RUST_CELLS, kernel


class Cells(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kernel = cls.enterClassContext(kernel())
        assert cls.kernel.run(QUICK).status == "ok"

    def run_cell(self, code, **options):
        ran = self.kernel.run(code, **options)
        self.assertEqual(ran.status, "ok", ran.reply)
        return ran

    def test_the_order_of_messages(self):
        ran = self.run_cell("lstm 4 -> dense 1")
        kinds = [message["msg_type"] for message in ran.messages]
        self.assertEqual(kinds, ["status", "execute_input", "execute_result", "status"])
        states = [content["execution_state"] for content in ran.of("status")]
        self.assertEqual(states, ["busy", "idle"])
        self.assertEqual(ran.of("execute_input")[0]["code"], "lstm 4 -> dense 1")
        counts = {content["execution_count"] for content in ran.of("execute_input")}
        counts |= {content["execution_count"] for content in ran.of("execute_result")}
        self.assertEqual(counts, {ran.reply["execution_count"]})

    def test_a_model_is_drawn_and_said(self):
        data = self.run_cell("lstm 4 -> dense 1").of("execute_result")[0]["data"]
        self.assertIn("101 weights", data["text/plain"])
        self.assertIn("<svg", data["text/html"])
        self.assertIn("dense 1", data["text/html"])

    def test_a_table_is_a_table(self):
        data, *hints = self.run_cell("score m").data()
        self.assertTrue(all(hint["text/plain"].startswith("hint") for hint in hints))
        self.assertIn("naive", data["text/plain"])
        self.assertIn("<table", data["text/html"])

    def test_a_plot_has_all_three_forms(self):
        ran = self.run_cell("plot m")
        (data,) = ran.data()
        self.assertTrue(data["image/svg+xml"].lstrip().startswith("<"))
        self.assertIn("<svg", data["image/svg+xml"])
        self.assertTrue(base64.b64decode(data["image/png"]).startswith(b"\x89PNG\r\n\x1a\n"))
        # It has twice as many pixels as the page is to give it.
        (shown,) = ran.of("display_data")
        self.assertEqual(shown["metadata"], {"image/png": {"width": 760}})
        self.assertTrue(any("\u2801" <= sign <= "\u28ff" for sign in data["text/plain"]))

    def test_several_statements_give_several_results_in_their_order(self):
        ran = self.run_cell("lstm 2\nplot m\nlstm 3")
        texts = [data["text/plain"] for data in ran.data()]
        self.assertEqual(len(texts), 3)
        self.assertIn("lstm 2", texts[0])
        self.assertIn("lstm 3", texts[2])

    def test_an_error_is_told_twice_in_the_same_words(self):
        ran = self.kernel.run("ltsm 4 -> dense 1")
        (told,) = ran.of("error")
        for field in ("ename", "evalue", "traceback"):
            self.assertEqual(ran.reply[field], told[field])
        self.assertIn("ltsm", told["evalue"])
        text = "\n".join(told["traceback"])
        self.assertIn("\x1b[", text)
        self.assertIn("lstm", text)
        self.assertEqual(ran.of("execute_result"), [])

    def test_an_error_changes_nothing(self):
        before = self.run_cell("show m").data()
        ran = self.kernel.run("data air = airline | window 99999\nscore nosuch")
        self.assertEqual(ran.status, "error")
        self.assertEqual(self.run_cell("show m").data(), before)

    def test_files_are_written_where_the_notebook_lies(self):
        ran = self.run_cell('save m to "kept.safetensors"')
        self.assertIn("kept.safetensors", ran.stream("stdout"))
        self.assertTrue((self.kernel.folder / "kept.safetensors").is_file())

    def test_an_empty_cell_gives_nothing(self):
        for code in ("", "\n \n", "# said and not done"):
            ran = self.run_cell(code)
            self.assertEqual(ran.data(), [])

    def test_silent_is_told_to_nobody(self):
        before = self.run_cell("lstm 4").reply["execution_count"]
        ran = self.run_cell("lstm 9 -> dense 1", silent=True)
        kinds = {message["msg_type"] for message in ran.messages}
        self.assertEqual(kinds, {"status"})
        self.assertEqual(ran.reply["execution_count"], before)
        self.assertEqual(self.run_cell("lstm 4").reply["execution_count"], before + 1)
        self.assertNotIn("lstm 9 -> dense 1", self.history())

    def test_what_is_not_to_be_stored_is_not_counted(self):
        before = self.run_cell("lstm 4").reply["execution_count"]
        ran = self.run_cell("lstm 11 -> dense 1", store_history=False)
        self.assertEqual(len(ran.data()), 1)
        self.assertEqual(self.run_cell("lstm 4").reply["execution_count"], before + 1)
        self.assertNotIn("lstm 11 -> dense 1", self.history())

    def history(self):
        sent = self.kernel.client.history(hist_access_type="tail", n=50, raw=True)
        return [entry[2] for entry in self.kernel.reply(sent)["history"]]

    def test_user_expressions(self):
        asked = {"model": "lstm 4 -> dense 1", "none": "nosuch", "broken": "ltsm 4"}
        ran = self.run_cell("", user_expressions=asked)
        found = ran.reply["user_expressions"]
        self.assertEqual(found["model"]["status"], "ok")
        self.assertIn("101 weights", found["model"]["data"]["text/plain"])
        self.assertIn("metadata", found["model"])
        for name in ("none", "broken"):
            self.assertEqual(found[name]["status"], "error")
            self.assertIn("ename", found[name])

    def test_after_an_error_what_waits_is_aborted(self):
        codes = ["train lstm 4 -> dense 1 on air epochs 300", "score nosuch", "lstm 4", "lstm 5"]
        sent = [self.kernel.client.execute(code) for code in codes]
        ran = [self.kernel.finish(one) for one in sent]
        statuses = [one.status for one in ran]
        self.assertEqual(statuses, ["ok", "error", "aborted", "aborted"])
        self.assertEqual([one.data() for one in ran[2:]], [[], []])
        self.run_cell("lstm 4")

    def test_an_error_that_nobody_sees_aborts_nothing(self):
        self.kernel.client.execute("nonsense", silent=True)
        sent = self.kernel.client.execute("lstm 4")
        self.assertEqual(self.kernel.reply(sent)["status"], "ok")

    def test_after_an_error_what_waits_runs_where_that_is_asked_for(self):
        codes = ["train lstm 4 -> dense 1 on air epochs 300", "score nosuch", "lstm 4"]
        sent = [self.kernel.client.execute(code, stop_on_error=False) for code in codes]
        statuses = [self.kernel.finish(one).status for one in sent]
        self.assertEqual(statuses, ["ok", "error", "ok"])

    def test_a_hint_is_no_result(self):
        ran = self.run_cell("train lstm 4 stateful -> lstm 4 -> dense 1 on air epochs 1")
        self.assertEqual(ran.stream("stderr"), "")
        shown = [m["content"]["data"] for m in ran.messages if m["msg_type"] == "display_data"]
        self.assertTrue(any("hint H3" in data["text/plain"] for data in shown), shown)

    def test_help_is_a_page(self):
        (page,) = self.run_cell("help train").reply["payload"]
        self.assertEqual((page["source"], page["start"]), ("page", 0))
        self.assertIn("epochs", page["data"]["text/plain"])

    def test_without_rust_cells_it_says_so(self):
        ran = self.kernel.run("%%rust\nlet x = 1;")
        self.assertEqual(ran.status, "error")
        self.assertIn("without Rust cells", "\n".join(ran.reply["traceback"]))
        self.run_cell("lstm 4")

    if RUST_CELLS:
        # This kernel has them.
        test_without_rust_cells_it_says_so = None


class Words(unittest.TestCase):
    """What is asked of a text, not run."""

    @classmethod
    def setUpClass(cls):
        cls.kernel = cls.enterClassContext(kernel())
        assert cls.kernel.run(QUICK).status == "ok"

    def complete(self, code, cursor=None):
        sent = self.kernel.client.complete(code, len(code) if cursor is None else cursor)
        return self.kernel.reply(sent)

    def test_cursors_count_code_points(self):
        for before in ("# 🎠🎠 日本 é\n", 'save m to "🎠"\n', "# e\u0301 👩\u200d👧\n"):
            code = before + "lstm 4 -> den"
            for after in ("", " 1\n# 🎠"):
                with self.subTest(before=before, after=after):
                    found = self.complete(code + after, len(code))
                    self.assertEqual(found["matches"], ["dense"])
                    self.assertEqual(found["cursor_start"], len(code) - 3)
                    self.assertEqual(found["cursor_end"], len(code))
            with self.subTest(before=before):
                sent = self.kernel.client.inspect(before + "lstm 4", len(before) + 2)
                self.assertTrue(self.kernel.reply(sent)["found"])

    def test_what_is_completed_has_a_type(self):
        found = self.complete("train lst")
        (kind,) = found["metadata"]["_jupyter_types_experimental"]
        self.assertEqual(kind["text"], "lstm")
        self.assertEqual((kind["start"], kind["end"]), (6, 9))
        self.assertTrue(kind["type"])

    def test_names_of_the_session_are_completed(self):
        self.assertIn("air", self.complete("score m on a")["matches"])

    def test_cursors_that_are_nowhere(self):
        for cursor in (0, 100, 2**31):
            self.assertEqual(self.complete("lstm 4", cursor)["status"], "ok")
        self.assertEqual(self.complete("", 0)["status"], "ok")

    def test_a_word_is_explained_with_the_shapes_at_hand(self):
        sent = self.kernel.client.inspect("m = lstm 4 -> dense 1", 5)
        found = self.kernel.reply(sent)
        self.assertTrue(found["found"])
        self.assertIn("lstm", found["data"]["text/plain"])
        sent = self.kernel.client.inspect("lstm 4 ->    ", 12)
        self.assertEqual(self.kernel.reply(sent)["status"], "ok")

    def test_a_statement_that_waits_for_a_line_says_how_far_it_is_indented(self):
        sent = self.kernel.client.is_complete("cell mine")
        found = self.kernel.reply(sent)
        self.assertEqual(found["status"], "incomplete")
        self.assertEqual(found["indent"].strip(" "), "")

    def test_what_the_kernel_says_of_itself(self):
        info = self.kernel.ask("kernel_info_request")
        self.assertEqual(info["implementation"], "carousel")
        self.assertRegex(info["protocol_version"], r"^5\.")
        language = info["language_info"]
        self.assertEqual(language["mimetype"], "text/x-carousel")
        self.assertIsInstance(info["supported_features"], list)
        self.assertFalse(info["debugger"])
        self.assertTrue(info["banner"])
        for link in info["help_links"]:
            self.assertEqual(set(link), {"text", "url"})


if __name__ == "__main__":
    unittest.main()
