"""Gives its arguments to the kernel's program, and its place to it.

Jupyter starts a kernel of a wheel by its own Python, because no wheel knows the path at
which its programs will be.
"""

import os
import subprocess
import sys
import sysconfig


def program():
    """The program, where pip has put it for this Python or for this user."""
    name = "carousel-kernel" + (sysconfig.get_config_var("EXE") or "")
    schemes = [sysconfig.get_default_scheme(), sysconfig.get_preferred_scheme("user")]
    # `pip install --target` puts programs beside the packages.
    beside = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "bin")
    folders = [*(sysconfig.get_path("scripts", scheme) for scheme in schemes), beside]
    for folder in folders:
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            return path
    sys.exit(
        f"{name} is not in {', '.join(folders)}\n"
        "pip install --force-reinstall carousel-kernel puts it there"
    )


def main():
    command = [program(), *sys.argv[1:]]
    if sys.platform == "win32":
        # There, a program that takes the place of another is a stranger to its parent.
        sys.exit(subprocess.run(command).returncode)
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
