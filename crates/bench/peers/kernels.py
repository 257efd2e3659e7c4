"""Jupyter kernels as a notebook meets them: names of kernels go in, two JSON lines each come out.

The first line is from the start of a kernel to the answer that says what it is, the second one from sending a
cell to its reply. The client is jupyter_client in both. `carousel` must have been installed where Jupyter looks:

    python3 kernels.py --kernels carousel,python3
"""

import argparse
import time

import measure

CODES = {"carousel": "seed 7", "python3": "7"}
"""A cell that does next to nothing."""

WAIT_S = 60


def main() -> None:
    """Measures each kernel."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kernels", type=lambda words: words.split(","), default=["carousel", "python3"])
    parser.add_argument("--starts", type=measure.count, default=11)
    parser.add_argument("--cells", type=measure.count, default=500)
    options = parser.parse_args()
    for kernel in options.kernels:
        run(kernel, options.starts, options.cells)


def run(kernel: str, starts: int, cells: int) -> None:
    """Measures one kernel and prints its lines."""
    started_s: list[float] = []
    for number in range(starts):
        manager, client, seconds, version = launch(kernel)
        started_s.append(seconds)
        if number == starts - 1:
            client.wait_for_ready(timeout=WAIT_S)
            cell_s = [cell(client, CODES.get(kernel, "")) for _ in range(cells + measure.WARM_UP_RUNS)]
        client.stop_channels()
        manager.shutdown_kernel(now=False)
    first = {"bench": "kernel", "framework": kernel, "version": version}
    measure.emit(first | {"variant": "start"} | measure.fields(started_s, 0))
    measure.emit(first | {"variant": "cell"} | measure.fields(cell_s[measure.WARM_UP_RUNS:], 0))


def launch(kernel: str) -> tuple[object, object, float, str]:
    """A kernel that has said what it is, and the seconds until then."""
    from jupyter_client.manager import KernelManager

    manager = KernelManager(kernel_name=kernel)
    start = time.perf_counter()
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    client.kernel_info()
    while (reply := client.get_shell_msg(timeout=WAIT_S))["msg_type"] != "kernel_info_reply":
        pass
    return manager, client, time.perf_counter() - start, reply["content"]["implementation_version"]


def cell(client: object, code: str) -> float:
    """Seconds from sending a cell to its reply; what is published meanwhile is read afterwards."""
    start = time.perf_counter()
    sent = client.execute(code)
    while (reply := client.get_shell_msg(timeout=WAIT_S))["parent_header"].get("msg_id") != sent:
        pass
    seconds = time.perf_counter() - start
    if reply["content"]["status"] != "ok":
        raise SystemExit(f"the cell `{code}` failed: {reply['content']}")
    while True:
        message = client.get_iopub_msg(timeout=WAIT_S)
        if message["parent_header"].get("msg_id") == sent and message["content"].get("execution_state") == "idle":
            return seconds


if __name__ == "__main__":
    main()
