"""A kernel for a test: it starts in a folder of its own, runs cells and says what they gave."""

import os
import signal
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager

NAME = "carousel"

# Whether the kernel under test has Rust cells.
RUST_CELLS = os.environ.get("CAROUSEL_RUST_CELLS") == "1"

# The longest that anything may take but trainings that are meant to go on; a machine with
# other work to do is slow.
PATIENCE_S = 60

# A series of a few rows, and a model that learns from it in a moment.
DATA = "data air = airline | split 67% | scale 0..1 | window 3"
QUICK = DATA + "\nm = train lstm 4 -> dense 1 on air epochs 2"

# A training that lasts until it is interrupted.
ENDLESS = DATA + "\nm = train lstm 24 -> dense 1 on air epochs 10000000"


@dataclass
class Ran:
    """What a cell gave: its reply, and what everybody was told of it, in order."""

    reply: dict
    messages: list = field(default_factory=list)

    @property
    def status(self):
        return self.reply["status"]

    def of(self, kind):
        """The contents of the messages of one type."""
        return [message["content"] for message in self.messages if message["msg_type"] == kind]

    def stream(self, name):
        """All text on stdout or stderr."""
        return "".join(part["text"] for part in self.of("stream") if part["name"] == name)

    def data(self):
        """The MIME bundles that were shown, live or in the end."""
        kinds = ("execute_result", "display_data", "update_display_data")
        return [m["content"]["data"] for m in self.messages if m["msg_type"] in kinds]


class Kernel:
    """A running kernel and one client of it."""

    def __init__(self, folder, name=NAME, **env):
        self.folder = Path(folder)
        env = os.environ | {"CAROUSEL_STATE": str(self.folder / "state")} | env
        self.manager = KernelManager(kernel_name=name)
        self.manager.start_kernel(cwd=str(self.folder), env=env)
        self.client = self.connect()

    def connect(self):
        """One more client, with a session of its own: its messages have names of its own."""
        client = BlockingKernelClient(connection_file=self.manager.connection_file)
        client.load_connection_file()
        client.start_channels()
        client.wait_for_ready(timeout=PATIENCE_S)
        return client

    @property
    def pid(self):
        return self.manager.provisioner.pid

    def run(self, code, timeout=PATIENCE_S, client=None, **options):
        """Runs a cell to its end."""
        client = client or self.client
        return self.finish(client.execute(code, **options), timeout, client)

    def finish(self, sent, timeout=PATIENCE_S, client=None):
        """The rest of a cell that was sent. What is told comes first: a client that waits
        for the reply alone does not read, and ZeroMQ keeps a thousand messages for it."""
        client = client or self.client
        told = list(self.told(sent, timeout, client))
        return Ran(self.reply(sent, timeout, client), told)

    def reply(self, sent, timeout=PATIENCE_S, client=None, channel="shell"):
        """The content of the reply to a message; replies to others are passed over."""
        get = getattr(client or self.client, f"get_{channel}_msg")
        until = time.monotonic() + timeout
        while True:
            message = get(timeout=max(until - time.monotonic(), 0))
            if message["parent_header"].get("msg_id") == sent:
                return message["content"]

    def told(self, sent, timeout=PATIENCE_S, client=None):
        """What everybody is told of a message, up to the word that the kernel is idle."""
        client = client or self.client
        until = time.monotonic() + timeout
        while True:
            message = client.get_iopub_msg(timeout=max(until - time.monotonic(), 0))
            if message["parent_header"].get("msg_id") != sent:
                continue
            yield message
            if message["content"].get("execution_state") == "idle":
                return

    def ask(self, kind, content=None, channel="shell", timeout=PATIENCE_S):
        """Sends a message of any type and gives the content of its reply."""
        sent = self.send(kind, content, channel)
        return self.reply(sent, timeout, channel=channel)

    def send(self, kind, content=None, channel="shell"):
        """Sends a message of any type."""
        message = self.client.session.msg(kind, content or {})
        getattr(self.client, f"{channel}_channel").send(message)
        return message["header"]["msg_id"]

    def begin(self, code=ENDLESS):
        """Begins a training, and comes back when its curve has moved."""
        sent = self.client.execute(code)
        for message in self.told(sent):
            if message["msg_type"] == "update_display_data":
                return sent
        raise AssertionError("the training ended without an update of its curve")

    def settle(self):
        """Waits until a cell runs: those that come right after an error are aborted."""
        assert until(lambda: self.run("lstm 4").status == "ok"), "every cell is aborted"

    def stop(self):
        """Ends it, whatever it does."""
        self.client.stop_channels()
        if self.manager.has_kernel:
            self.manager.shutdown_kernel(now=True)
        self.manager.cleanup_resources()


@contextmanager
def kernel(name=NAME, folder=None, **env):
    """A kernel in a folder of its own, or in one that is there."""
    with tempfile.TemporaryDirectory() as own:
        started = Kernel(folder or own, name, **env)
        try:
            yield started
        finally:
            started.stop()


def lives(pid):
    """Whether a process runs; one that nobody has waited for yet does not."""
    import psutil

    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def until(holds, seconds=PATIENCE_S):
    """Waits until something holds, and says whether it came to be."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def kill(pid):
    """Ends a process without a word."""
    os.kill(pid, signal.SIGKILL)
