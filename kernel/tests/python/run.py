"""Runs test modules by name; the last line says how many passed, in the form of `cargo test`.

    python run.py test_protocol test_own
"""

import os
import sys
import tempfile
import time
import unittest


class Result(unittest.TextTestResult):
    """Counts tests, not their subtests."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.passed, self.failed = 0, set()

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed += 1

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.failed.add(test.id())

    def addError(self, test, err):
        super().addError(test, err)
        self.failed.add(test.id())

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.failed.add(test.id())


def isolate(folder):
    """Keeps the settings, the history and the notebooks of whoever runs this out of it."""
    for name in ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR"):
        os.environ[f"JUPYTER_{name}"] = os.path.join(folder, name.lower())
    os.environ["IPYTHONDIR"] = os.path.join(folder, "ipython")
    os.environ["CAROUSEL_STATE"] = os.path.join(folder, "state")


def main():
    """Runs them; the exit status is that of `cargo test`."""
    start = time.monotonic()
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    with tempfile.TemporaryDirectory() as folder:
        isolate(folder)
        tests = unittest.defaultTestLoader.loadTestsFromNames(sys.argv[1:])
        runner = unittest.TextTestRunner(sys.stdout, verbosity=2, resultclass=Result)
        result = runner.run(tests)
    word = "ok" if result.wasSuccessful() else "FAILED"
    print(
        f"test result: {word}. {result.passed} passed; {len(result.failed)} failed; "
        f"{len(result.skipped)} ignored; 0 measured; 0 filtered out; "
        f"finished in {time.monotonic() - start:.2f}s",
        flush=True,
    )
    return 0 if result.wasSuccessful() else 101


if __name__ == "__main__":
    sys.exit(main())
