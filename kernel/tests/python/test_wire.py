"""What comes over the wire and should not: broken frames, clients that die or do not read."""

import json
import random
import socket
import subprocess
import sys
import threading
import unittest

import psutil
import zmq

from support import ENDLESS, PATIENCE_S, QUICK, RUST_CELLS, kernel, kill

DELIMITER = b"<IDS|MSG>"

KINDS = (
    "execute_request", "complete_request", "inspect_request", "is_complete_request",
    "history_request", "comm_info_request", "kernel_info_request", "interrupt_request",
    "comm_open", "comm_msg", "comm_close", "input_reply", "debug_request",
    "create_subshell_request", "nothing_request", "", "🎠",
)

CLIENT = """
import sys
from jupyter_client import BlockingKernelClient
client = BlockingKernelClient(connection_file=sys.argv[1])
client.load_connection_file()
client.start_channels()
client.wait_for_ready(timeout=60)
client.execute(sys.argv[2])
while True:
    if client.get_iopub_msg(timeout=60)["msg_type"] == "update_display_data":
        print("moves", flush=True)
"""


class Broken:
    """Messages that are none, drawn at random from a seed."""

    def __init__(self, session, seed):
        self.session = session
        self.random = random.Random(seed)

    def any(self):
        """One of them, as frames."""
        ways = (
            self.badly_signed, self.cut_short, self.without_delimiter, self.no_json,
            self.no_object, self.lacking_fields, self.of_wrong_types, self.of_unknown_kind,
            self.bytes, self.deep, self.many, self.empty, self.without_content,
        )
        return self.random.choice(ways)()

    def parts(self):
        """Header, parent, metadata and content of a message that is good."""
        header = self.session.msg_header(self.random.choice(KINDS[:7]))
        return [header, {}, {}, {"code": "lstm 4", "cursor_pos": 3, "silent": True}]

    def signed(self, parts):
        """The frames of four parts, whose signature is right."""
        parts = [p if isinstance(p, bytes) else json.dumps(p, default=str).encode() for p in parts]
        return [DELIMITER, self.session.sign(parts), *parts]

    def badly_signed(self):
        frames = self.signed(self.parts())
        frames[1] = self.random.choice([b"", b"0" * 64, b"\xff" * 64, frames[1][:-1]])
        return frames

    def cut_short(self):
        frames = self.signed(self.parts())
        return frames[: self.random.randrange(1, len(frames))]

    def without_delimiter(self):
        frames = self.signed(self.parts())
        return self.random.choice([frames[1:], [b"id"] + frames[1:], frames[1:] + frames[:1]])

    def no_json(self):
        parts = self.parts()
        broken = [b"", b"{", b"nonsense", b"\xff\xfe", b'{"a":', b"{}{}", b"NaN"]
        parts[self.random.randrange(4)] = self.random.choice(broken)
        return self.signed(parts)

    def no_object(self):
        parts = self.parts()
        parts[self.random.randrange(4)] = self.random.choice([None, [], 7, "text", True, 1e300])
        return self.signed(parts)

    def lacking_fields(self):
        parts = self.parts()
        part = self.random.choice([0, 3])
        for name in self.random.sample(list(parts[part]), self.random.randrange(1, len(parts[part]))):
            del parts[part][name]
        return self.signed(parts)

    def of_wrong_types(self):
        parts = self.parts()
        part = self.random.choice([0, 3])
        name = self.random.choice(list(parts[part]))
        wrong = [None, -1, 2**64, 0.5, [], {}, "", "text", {"code": []}]
        parts[part][name] = self.random.choice(wrong)
        return self.signed(parts)

    def of_unknown_kind(self):
        parts = self.parts()
        parts[0]["msg_type"] = self.random.choice(KINDS[7:])
        parts[3] = self.random.choice([{}, {"comm_id": 7}, {"comm_id": "x", "target_name": "y"}])
        return self.signed(parts)

    def without_content(self):
        parts = self.parts()
        parts[3] = {}
        return self.signed(parts)

    def bytes(self):
        count = self.random.randrange(1, 9)
        return [self.random.randbytes(self.random.randrange(0, 300)) for _ in range(count)]

    def deep(self):
        parts = self.parts()
        depth = self.random.choice([200, 20_000])
        parts[self.random.randrange(4)] = b"[" * depth + b"]" * depth
        return self.signed(parts)

    def many(self):
        return self.signed(self.parts()) + [b"buffer"] * self.random.choice([1, 50, 500])

    def empty(self):
        return [b""] * self.random.randrange(1, 8)


class Wire(unittest.TestCase):
    def endpoint(self, running, channel):
        info = running.manager.get_connection_info()
        return f"tcp://{info['ip']}:{info[channel + '_port']}"

    def works(self, running):
        """Old and new clients are served as ever."""
        running.settle()
        self.assertEqual(running.run("lstm 4 -> dense 1").status, "ok")
        self.assertEqual(running.ask("kernel_info_request", channel="control")["status"], "ok")
        another = running.connect()
        self.assertEqual(running.run("lstm 4", client=another).status, "ok")
        another.stop_channels()

    def test_a_thousand_broken_messages(self):
        for channel in ("shell", "control", "stdin"):
            with self.subTest(channel), kernel() as running, zmq.Context() as context:
                if RUST_CELLS:
                    # evcxr starts beside all this, and is large.
                    self.assertEqual(running.run("%%rust\n1", 3 * PATIENCE_S).status, "ok")
                before = psutil.Process(running.pid).memory_info().rss
                broken = Broken(running.client.session, seed=5)
                with context.socket(zmq.DEALER) as peer:
                    peer.linger = 5000
                    peer.connect(self.endpoint(running, channel))
                    for _ in range(1000):
                        peer.send_multipart(broken.any())
                self.works(running)
                after = psutil.Process(running.pid).memory_info().rss
                self.assertLess(after - before, 100e6)

    def test_broken_subscriptions_and_heartbeats(self):
        with kernel() as running, zmq.Context() as context:
            generator = random.Random(6)
            with context.socket(zmq.XSUB) as listener, context.socket(zmq.DEALER) as heart:
                listener.linger = heart.linger = 5000
                listener.connect(self.endpoint(running, "iopub"))
                heart.connect(self.endpoint(running, "hb"))
                for _ in range(200):
                    listener.send(generator.choice([b"", b"\2", b"\1a", b"\0b", b"\0", b"\xff\1"]))
                    heart.send_multipart([generator.randbytes(9)] * generator.randrange(1, 5))
            with context.socket(zmq.REQ) as heart:
                heart.connect(self.endpoint(running, "hb"))
                heart.send(b"beat")
                self.assertTrue(heart.poll(PATIENCE_S * 1000), "the heart stands still")
                self.assertEqual(heart.recv(), b"beat")
            self.works(running)

    def test_peers_that_speak_another_protocol(self):
        generator = random.Random(7)
        greetings = (
            b"", b"GET / HTTP/1.1\r\n\r\n", b"\xff" + bytes(8) + b"\x7f",
            b"\xff" + bytes(8) + b"\x7f\3\0NULL" + bytes(48), generator.randbytes(64),
            generator.randbytes(5000),
        )
        with kernel() as running:
            info = running.manager.get_connection_info()
            held = []
            for number in range(120):
                channel = ("shell", "control", "stdin", "iopub", "hb")[number % 5]
                peer = socket.create_connection((info["ip"], info[channel + "_port"]))
                try:
                    peer.sendall(greetings[number % len(greetings)])
                except OSError:
                    # It was cut off, which is as good.
                    pass
                # Some stay and say no more.
                held.append(peer) if number % 4 == 0 else peer.close()
            self.works(running)
            for peer in held:
                peer.close()

    def test_an_unknown_comm_is_closed(self):
        with kernel() as running:
            sent = running.send("comm_open", {"comm_id": "7", "target_name": "nowhere", "data": {}})
            told = running.told(sent)
            closed = [m["content"] for m in told if m["msg_type"] == "comm_close"]
            self.assertEqual([content["comm_id"] for content in closed], ["7"])
            for channel in ("shell", "control"):
                reply = running.ask("comm_info_request", {}, channel)
                self.assertEqual((reply["status"], reply["comms"]), ("ok", {}))

    def test_two_clients_at_once(self):
        with kernel() as running:
            another = running.connect()
            failures = []

            def work(client, units):
                for _ in range(30):
                    ran = running.run(f"lstm {units}", client=client)
                    texts = [data["text/plain"] for data in ran.data()]
                    if ran.status != "ok" or len(texts) != 1 or f"lstm {units}" not in texts[0]:
                        failures.append((units, ran.status, texts))

            threads = [
                threading.Thread(target=work, args=pair) for pair in ((running.client, 3), (another, 5))
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(failures, [])
            # Everybody hears what anybody ran.
            sent = another.execute("lstm 6")
            kinds = [message["msg_type"] for message in running.told(sent)]
            self.assertIn("execute_result", kinds)
            another.stop_channels()

    def test_a_client_that_is_killed(self):
        with kernel() as running:
            for _ in range(3):
                client = subprocess.Popen(
                    [sys.executable, "-c", CLIENT, running.manager.connection_file, ENDLESS],
                    stdout=subprocess.PIPE,
                )
                self.assertEqual(client.stdout.readline(), b"moves\n")
                kill(client.pid)
                client.wait()
                client.stdout.close()
                found = running.ask("complete_request", {"code": "lst", "cursor_pos": 3})
                self.assertIn("lstm", found["matches"])
                running.manager.interrupt_kernel()
                running.settle()
                self.assertEqual(running.run("score m").status, "ok")
            self.works(running)

    def test_a_client_that_stops_reading(self):
        with kernel() as running, zmq.Context() as context:
            with context.socket(zmq.SUB) as deaf:
                deaf.linger = 0
                deaf.rcvhwm, deaf.rcvbuf = 1, 4096
                deaf.connect(self.endpoint(running, "iopub"))
                deaf.subscribe(b"")
                self.assertEqual(running.run(QUICK).status, "ok")
                # Drawing takes its memory once; nothing is kept for who does not read.
                # Twelve megabytes are more than the buffers between the two take.
                memory = []
                for _ in range(3):
                    ran = running.run("\n".join(["plot m"] * 50), timeout=3 * PATIENCE_S)
                    self.assertEqual(ran.status, "ok")
                    memory.append(psutil.Process(running.pid).memory_info().rss)
                self.works(running)
                self.assertLess(memory[-1] - memory[0], 200e6, memory)

    def test_a_cell_of_very_many_results(self):
        with kernel() as running:
            ran = running.run("\n".join(["lstm 4 -> dense 1"] * 3000), timeout=3 * PATIENCE_S)
            self.assertEqual(ran.status, "ok")
            self.works(running)


if __name__ == "__main__":
    unittest.main()
