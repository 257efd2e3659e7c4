"""Everything that `jupyter_kernel_test` asks of a kernel."""

import os
import tempfile
import unittest

import jupyter_kernel_test as jkt

from support import NAME, QUICK, RUST_CELLS


class Protocol(jkt.KernelTests):
    kernel_name = NAME
    language_name = "carousel"
    file_extension = ".lstm"

    # A file that was written is told of on stdout.
    code_hello_world = 'save m to "hello, world.safetensors"'
    # The language never writes there; Rust does.
    code_stderr = '%%rust\neprintln!("aside");' if RUST_CELLS else ""
    completion_samples = [
        {"text": "lstm 4 -> den", "matches": {"dense"}},
        {"text": "scor", "matches": {"score"}},
    ]
    complete_code_samples = ["lstm 4 -> dense 1", "plot m", "", "cell a\n  h = tanh(x)\nend"]
    incomplete_code_samples = ["lstm 4 ->", "cell a", "data air = airline |"]
    invalid_code_samples = ["lstm => dense 1", ")"]
    code_page_something = "help lstm"
    code_generate_error = "ltsm 4 -> dense 1"
    code_execute_result = [
        {"code": "lstm 4 -> dense 1", "mime": "text/html"},
        {"code": "lstm 5 -> dense 1", "mime": "text/plain"},
        {"code": "airline", "mime": "text/html"},
    ]
    code_display_data = [
        {"code": "plot m", "mime": mime} for mime in ("image/svg+xml", "image/png", "text/plain")
    ]
    code_history_pattern = "lstm 5 -> dense ?"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "lstm"
    code_clear_output = "%%rust\ncarousel::clear();" if RUST_CELLS else ""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        here = os.getcwd()
        # The kernel starts where its client stands, and writes files there.
        os.chdir(cls.folder.name)
        try:
            super().setUpClass()
        finally:
            os.chdir(here)
        cls.kc.execute_interactive(QUICK, timeout=60, output_hook=lambda message: None)
        if RUST_CELLS:
            # The first cell waits for the compiler.
            cls.kc.execute_interactive(
                "%%rust\n1 + 1", timeout=120, output_hook=lambda message: None
            )

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.folder.cleanup()

    if not RUST_CELLS:
        # Nothing in the language clears what was shown, or writes to standard error.
        test_clear_output = None
        test_execute_stderr = None


class Welcome(jkt.IopubWelcomeTests):
    kernel_name = NAME
    support_iopub_welcome = True


if __name__ == "__main__":
    unittest.main()
