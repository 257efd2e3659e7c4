"""Builds the wheel: the source of Carousel goes in, a wheel of maturin's comes out.

The kernel itself writes what tells Jupyter of it, and the lexer is that of
docs/editors/pygments: neither has a copy in the source that could fall behind.

`python wheel/backend.py` only stages, for those who call maturin themselves.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

KERNEL = Path(__file__).resolve().parent.parent
STAGED = KERNEL / "wheel/staged"
SOURCE = KERNEL.parent


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    """What pip calls."""
    import maturin

    settings = config_settings or {}
    arguments = settings.get("build-args", os.environ.get("MATURIN_PEP517_ARGS", ""))
    stage(shlex.split(arguments))
    return maturin.build_wheel(wheel_directory, config_settings)


def get_requires_for_build_wheel(config_settings=None):
    """Nothing beside maturin."""
    return []


def stage(arguments=()):
    """Makes what maturin then packs, by a kernel that is built with these words too."""
    shutil.rmtree(STAGED, ignore_errors=True)
    packages = STAGED / "python"
    for package in [
        KERNEL / "wheel/carousel_kernel",
        SOURCE / "docs/editors/pygments/carousel_pygments",
    ]:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(package, packages / package.name, ignore=ignored)
    for licence in SOURCE.glob("LICENSE-*"):
        shutil.copy(licence, STAGED)
    install(STAGED / "data/data", arguments)


def install(prefix, arguments):
    """Has the kernel write its files, then says that they belong to a wheel."""
    cargo = ["cargo", "run", "--locked", "--package=carousel-kernel", *arguments]
    if not any(argument.startswith("--profile") for argument in arguments):
        cargo.append("--release")
    # In a build, what is printed is the tool's own.
    subprocess.run(
        [*cargo, "--", "install", f"--prefix={prefix}"],
        cwd=SOURCE, check=True, stdout=sys.stderr,
    )
    share = prefix / "share/jupyter"
    # Jupyter takes this `python` for the one that runs it.
    change(share / "kernels/carousel/kernel.json",
           argv=["python", "-m", "carousel_kernel", "run", "{connection_file}"])
    change(share / "labextensions/carousel-language/install.json",
           packageManager="python",
           uninstallInstructions="pip uninstall carousel-kernel")


def change(path, **fields):
    """Sets fields of a file of JSON."""
    found = json.loads(path.read_text(encoding="utf-8"))
    text = json.dumps({**found, **fields}, indent=2)
    path.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    stage(sys.argv[1:])
