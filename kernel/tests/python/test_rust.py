"""Cells in Rust: their values, what they draw, what they ask, and how they fail."""

import os
import tempfile
import time
import unittest

import psutil
from support import QUICK, kernel, lives, until

# A cell that is compiled for the first time.
SLOW_S = 180

# How soon values cross, once the first cell has been compiled: a million numbers, with the
# compiling of the cell that carries them.
CROSSING_S = 2


class RustCells(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kernel = cls.enterClassContext(kernel())
        assert cls.kernel.run(QUICK).status == "ok"
        ran = cls.kernel.run("%%rust\n1 + 1", timeout=SLOW_S)
        assert ran.status == "ok", ran.reply

    def rust(self, code, **options):
        ran = self.kernel.run("%%rust\n" + code, timeout=SLOW_S, **options)
        self.assertEqual(ran.status, "ok", ran.reply)
        return ran

    def fails(self, code, name):
        ran = self.kernel.run("%%rust\n" + code, timeout=SLOW_S)
        self.assertEqual((ran.status, ran.reply.get("ename")), ("error", name), ran.reply)
        return ran

    def session_lives(self):
        self.assertEqual(self.kernel.run("score m").status, "ok")

    def test_the_value_of_the_last_expression_is_the_result(self):
        (result,) = self.rust("let unseen = 3;\n20 + 22").of("execute_result")
        self.assertEqual(result["data"]["text/plain"], "42")

    def test_variables_and_functions_stay(self):
        self.rust("let mut kept = vec![1, 2]; fn twice(x: i32) -> i32 { 2 * x }")
        self.rust("kept.push(twice(4));")
        (result,) = self.rust("kept").of("execute_result")
        self.assertEqual(result["data"]["text/plain"], "[1, 2, 8]")

    def test_streams_come_live_and_in_order(self):
        wait = "std::thread::sleep(std::time::Duration::from_secs(2));"
        code = f'%%rust\nprintln!("first"); {wait} println!("second");'
        sent = self.kernel.client.execute(code)
        seen = {}
        for message in self.kernel.told(sent, SLOW_S):
            if message["msg_type"] == "stream":
                for word in ("first", "second"):
                    if word in message["content"]["text"]:
                        seen[word] = time.monotonic()
        self.kernel.reply(sent)
        self.assertGreater(seen["second"] - seen["first"], 1)
        ran = self.rust('eprintln!("aside");')
        self.assertIn("aside", ran.stream("stderr"))

    def test_values_of_the_session_are_read(self):
        ran = self.rust(
            'println!("{} {}", carousel::get("m.predictions").len(), carousel::get("air").len());\n'
            'println!("{:?}", carousel::names());'
        )
        told = ran.stream("stdout")
        self.assertRegex(told, r"\A\d+ 144\n")
        for name in ("m.predictions", "m.loss"):
            self.assertIn(f'"{name}"', told)

    def test_a_name_that_is_not_there(self):
        ran = self.fails('carousel::get("m.predictoins");', "RustPanic")
        self.assertIn("m.predictions", "\n".join(ran.reply["traceback"]))
        ran = self.rust('println!("{}", carousel::try_get("nosuch").is_err());')
        self.assertEqual(ran.stream("stdout"), "true\n")

    def test_a_series_of_rust_is_learned(self):
        self.rust(
            "let s: Vec<f64> = (0..200).map(|t| (t as f64 / 9.0).sin()).collect();\n"
            'carousel::put("series", &s);'
        )
        code = "n = train lstm 4 -> dense 1 on (series | split 67% | window 12) epochs 2\nscore n"
        self.assertEqual(self.kernel.run(code).status, "ok")

    def test_what_cannot_be_learned_is_refused(self):
        self.fails('carousel::put("series", &[1.0, f64::NAN]);', "RustPanic")
        self.fails('carousel::put("train", &[1.0, 2.0]);', "RustPanic")
        self.session_lives()

    def test_a_million_numbers_cross_both_ways(self):
        self.rust("let many: Vec<f32> = (0..1_000_000).map(|n| (n % 1000) as f32).collect();")
        start = time.monotonic()
        self.rust('carousel::put("many", &many);')
        there = time.monotonic()
        ran = self.rust('println!("{}", carousel::get("many").iter().sum::<f64>());')
        back = time.monotonic()
        self.assertEqual(ran.stream("stdout"), "499500000\n")
        self.assertLess(there - start, CROSSING_S)
        self.assertLess(back - there, CROSSING_S)

    def test_drawings(self):
        svg = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"
        ran = self.rust(
            f'carousel::display("{svg}");\ncarousel::display_as("text/html", "<b>bold</b>");'
        )
        drawn, bold = (content["data"] for content in ran.of("display_data"))
        self.assertEqual(drawn["image/svg+xml"], svg)
        self.assertEqual(bold["text/html"], "<b>bold</b>")
        self.assertIn("text/plain", drawn)

    def test_a_drawing_that_moves(self):
        ran = self.rust(
            "for n in 0..4 {\n"
            '    carousel::redraw("wave", &format!("<svg id=\'n{n}\'/>"));\n'
            "    std::thread::sleep(std::time::Duration::from_millis(300));\n"
            "}"
        )
        shown = ran.of("display_data") + ran.of("update_display_data")
        self.assertEqual((len(shown), len(ran.of("display_data"))), (4, 1))
        self.assertEqual(len({content["transient"]["display_id"] for content in shown}), 1)
        self.assertIn("n3", shown[-1]["data"]["image/svg+xml"])
        (other,) = self.rust('carousel::redraw("wave", "<svg/>");').of("display_data")
        own = shown[0]["transient"]["display_id"]
        self.assertNotEqual(other["transient"]["display_id"], own, "each cell has its own")

    def test_data_that_are_json(self):
        ran = self.rust('carousel::display_as("application/json", "[1, {}]");')
        self.assertEqual(ran.data()[0]["application/json"], [1, {}])

    def test_what_was_shown_is_cleared(self):
        ran = self.rust('println!("old"); carousel::clear(); println!("new");')
        kinds = [m["msg_type"] for m in ran.messages if m["msg_type"] in ("stream", "clear_output")]
        self.assertEqual(kinds, ["stream", "clear_output", "stream"])

    def test_a_question(self):
        code = '%%rust\nprintln!("hello {}", carousel::ask("name? "));'
        sent = self.kernel.client.execute(code, allow_stdin=True)
        asked = self.kernel.client.get_stdin_msg(timeout=SLOW_S)
        self.assertEqual(asked["msg_type"], "input_request")
        self.assertEqual(asked["content"], {"prompt": "name? ", "password": False})
        self.kernel.client.input("Böb 🎠")
        ran = self.kernel.finish(sent)
        self.assertEqual((ran.status, ran.stream("stdout")), ("ok", "hello Böb 🎠\n"))

    def test_a_question_that_nobody_can_answer(self):
        ran = self.kernel.run('%%rust\ncarousel::ask("name? ");', SLOW_S, allow_stdin=False)
        self.assertEqual(ran.status, "error")
        self.session_lives()

    def test_a_question_is_interrupted(self):
        sent = self.kernel.client.execute('%%rust\ncarousel::ask("name? ");', allow_stdin=True)
        self.kernel.client.get_stdin_msg(timeout=SLOW_S)
        self.kernel.manager.interrupt_kernel()
        ran = self.kernel.finish(sent)
        self.assertEqual(ran.reply["ename"], "Interrupted")
        self.session_lives()

    def test_an_endless_loop_is_interrupted(self):
        code = '%%rust\nprintln!("turns");\nloop { std::hint::spin_loop(); }'
        sent = self.kernel.client.execute(code)
        for message in self.kernel.told(sent, SLOW_S):
            if message["msg_type"] == "stream":
                break
        self.kernel.manager.interrupt_kernel()
        start = time.monotonic()
        reply = self.kernel.reply(sent)
        self.assertLess(time.monotonic() - start, 1)
        self.assertEqual(reply["ename"], "Interrupted")
        list(self.kernel.told(sent))
        self.session_lives()
        self.assertEqual(self.rust("2 + 2").data()[0]["text/plain"], "4")

    def test_a_panic_is_told_at_its_own_line(self):
        code = "let mut v: Vec<u8> = vec![];\nv.pop().unwrap();\nlet last = v.pop().unwrap();"
        ran = self.fails(code, "RustPanic")
        self.assertIn("cell:3:", "\n".join(ran.reply["traceback"]))
        ran = self.kernel.run("\n\n%%rust\nlet a: i32 = \"x\";", timeout=SLOW_S)
        self.assertIn("cell:4:", "\n".join(ran.reply["traceback"]))

    def test_a_command_of_the_system_is_refused(self):
        ran = self.fails("!ls", "RustError")
        self.assertIn("nothing could stop it", ran.reply["evalue"])

    def test_the_compiler_speaks_of_lines_of_the_cell(self):
        ran = self.fails("let fine = 1;\nlet wrong: i32 = \"text\";", "RustCompileError")
        told = "\n".join(ran.reply["traceback"])
        self.assertIn("E0308", told)
        self.assertRegex(told, r"\b3\b")
        self.session_lives()

    def test_a_panic_is_told_and_costs_nothing(self):
        self.rust("let before = 7;")
        ran = self.fails('let v: Vec<i32> = vec![];\nif v.is_empty() { panic!("boom"); }', "RustPanic")
        told = "\n".join(ran.reply["traceback"])
        self.assertIn("boom", told)
        self.assertNotIn("rust_begin_unwind", told)
        self.session_lives()
        self.assertEqual(self.rust("before").data()[0]["text/plain"], "7")

    def test_a_cell_that_ends_its_process(self):
        self.fails("std::process::exit(3);", "RustError")
        self.fails("std::process::abort();", "RustError")
        self.session_lives()
        self.assertEqual(self.rust("3").data()[0]["text/plain"], "3")

    def test_a_flood(self):
        start = time.monotonic()
        ran = self.rust('for n in 0..2_000_000 { println!("line {n} of a flood of lines"); }')
        told = ran.stream("stdout") + ran.stream("stderr")
        self.assertLess(len(told), 20e6)
        self.assertLess(len(ran.messages), 3000)
        self.assertIn("line 0 ", told)
        self.assertIn("left out", told)
        self.assertLess(time.monotonic() - start, 60)
        self.session_lives()

    def test_completion(self):
        code = "%%rust\nlet v: Vec<i32> = Vec::new();\nv.pus"
        sent = self.kernel.client.complete(code, len(code))
        found = self.kernel.reply(sent, SLOW_S)
        self.assertTrue(any(match.startswith("push") for match in found["matches"]), found)
        self.assertEqual(found["cursor_start"], len(code) - 3)

    def test_rust_is_not_read_as_the_language(self):
        sent = self.kernel.client.is_complete("%%rust\nlet x = 1;")
        self.assertEqual(self.kernel.reply(sent)["status"], "complete")

    def test_silent_is_told_to_nobody(self):
        ran = self.rust('println!("secret"); carousel::display("<svg/>"); 5', silent=True)
        self.assertEqual({message["msg_type"] for message in ran.messages}, {"status"})


class Without(unittest.TestCase):
    """Kernels whose Rust is not there yet, or not at all."""

    def test_cells_of_the_language_do_not_wait_for_rust(self):
        with kernel() as running:
            children = psutil.Process(running.pid).children
            self.assertEqual(running.run("lstm 4").status, "ok")
            time.sleep(1)
            self.assertEqual(children(), [], "nobody has asked for Rust")
            running.reply(running.client.is_complete("%%rust\n1"))
            self.assertTrue(until(children), "a cell in Rust was seen")
            start = time.monotonic()
            self.assertEqual(running.run("lstm 4 -> dense 1").status, "ok")
            self.assertLess(time.monotonic() - start, 1)

    def test_what_cells_have_started_ends_with_the_kernel(self):
        with kernel() as running:
            code = '%%rust\nstd::process::Command::new("sleep").arg("600").spawn().unwrap().id()'
            (result,) = running.run(code, SLOW_S).of("execute_result")
            started = int(result["data"]["text/plain"])
            self.assertTrue(lives(started))
            running.ask("shutdown_request", {}, "control")
            self.assertTrue(until(lambda: not lives(started)), "it goes on")

    def test_the_first_rust_cell_can_be_interrupted_while_it_waits(self):
        with kernel() as running:
            sent = running.client.execute("%%rust\nlet x = 1;")
            # evcxr starts for seconds; the cell has begun when its input is told.
            told = running.told(sent, SLOW_S)
            self.assertTrue(any(m["msg_type"] == "execute_input" for m in told))
            running.manager.interrupt_kernel()
            self.assertEqual(running.reply(sent, SLOW_S)["ename"], "Interrupted")
            self.assertEqual(running.run("lstm 4").status, "ok")

    def test_without_cargo_a_rust_cell_says_what_to_do(self):
        with kernel(PATH="/nowhere", CARGO_HOME="/nowhere", HOME="/nowhere") as running:
            self.assertEqual(running.run("lstm 4").status, "ok")
            ran = running.run("%%rust\nlet x = 1;")
            self.assertEqual((ran.status, ran.reply["ename"]), ("error", "RustUnavailable"))
            self.assertIn("cargo", "\n".join(ran.reply["traceback"]))
            self.assertEqual(running.run("lstm 4").status, "ok")

    def test_nothing_is_left_of_its_folders(self):
        with tempfile.TemporaryDirectory() as temporary:
            with kernel(TMPDIR=temporary) as running:
                self.assertEqual(running.run("%%rust\n1", SLOW_S).status, "ok")
                self.assertNotEqual(os.listdir(temporary), [])
                running.ask("shutdown_request", {"restart": False}, "control")
                process = running.manager.provisioner.process
                self.assertTrue(until(lambda: process.poll() is not None))
            self.assertEqual(os.listdir(temporary), [])


if __name__ == "__main__":
    unittest.main()
