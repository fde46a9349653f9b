"""Run one notebook with nbclient and write it to a file.

The request is one line of JSON on standard input; what happens is told on
standard output, one JSON object a line. The end of standard input means stop:
it comes when the program that started this one asks for it, and also when that
program is gone, however it ended.
"""

import ctypes
import html
import json
import os
import re
import shutil
import signal
import sys
import threading
import time

PR_SET_CHILD_SUBREAPER = 36


def tell(event, **fields):
    events.write(json.dumps({"event": event, **fields}) + "\n")
    events.flush()


def descendants():
    """The ids of all processes below this one, where /proc tells them."""
    parents = {}
    try:
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/stat") as f:
                    # The name in parentheses may hold anything.
                    parents[int(pid)] = int(f.read().rpartition(")")[2].split()[1])
            except OSError:
                pass
    except OSError:
        return []
    found, front = [], [os.getpid()]
    while front:
        front = [pid for pid, parent in parents.items() if parent in front]
        found += front
    return found


def end_all(kernel):
    """End the kernel and everything that was started under it.

    A kernel that is asked to end removes its own files; whatever is still
    there half a second later is killed.
    """
    for sig in (signal.SIGTERM, signal.SIGKILL):
        told = set()
        deadline = time.monotonic() + 0.5
        while time.monotonic() < deadline:
            # Without /proc, the kernel's process group must do.
            for pid in [-kernel, *descendants()] if kernel else descendants():
                if pid not in told:
                    told.add(pid)
                    try:
                        os.kill(pid, sig)
                    except OSError:
                        pass
            # As a subreaper, this process has children until all are gone; and
            # not every container has a first process that buries the dead.
            try:
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
            except ChildProcessError:
                return
            time.sleep(0.02)


def kernel_pid(client):
    provisioner = getattr(getattr(client, "km", None), "provisioner", None)
    return getattr(provisioner, "pid", None)


def shown(cell):
    """What a failed cell printed, and the compiler's messages, as plain text."""
    text = ""
    for output in cell.outputs:
        if output.output_type == "stream":
            text += output.text
        # GoNB gives the compiler's messages as HTML alone, each with the code
        # around it.
        page = output.get("data", {}).get("text/html", "")
        for message in re.findall(r'<span class="gonb-err-hover-area">(.*?)<div class="gonb-err-context">', page, re.S):
            text += html.unescape(re.sub("<[^>]*>", "", message)).strip() + "\n"
    return text


def main():
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    request = json.loads(sys.stdin.buffer.readline())
    nb = nbformat.reads(request["notebook"], as_version=4)
    code = [c for c in nb.cells if c.cell_type == "code"]
    for cell, digest in zip(code, request["digests"], strict=True):
        cell.metadata.setdefault("interleave", {})["ran"] = digest

    current = None

    def started(cell, cell_index):
        nonlocal current
        if cell.cell_type == "code":
            current = cell
            tell("start", cell=cell.get("id", ""))

    def ended(cell, cell_index, execute_reply):
        tell("end", cell=cell.get("id", ""))

    client = NotebookClient(
        nb,
        kernel_name="gonb",
        timeout=request["timeout"],
        resources={"metadata": {"path": request["folder"]}},
        record_timing=False,
        coalesce_streams=True,
        store_widget_state=False,
        iopub_timeout=30,
        raise_on_iopub_timeout=True,
        on_cell_execute=started,
        on_cell_executed=ended,
    )

    def stop():
        # Past Python's buffer, whose lock would outlive the interpreter.
        while os.read(0, 1024):
            pass
        end_all(kernel_pid(client))
        # Whoever made the folder may be gone.
        shutil.rmtree(request["scratch"], ignore_errors=True)
        os._exit(130)

    threading.Thread(target=stop, daemon=True).start()

    saved_metadata = dict(nb.metadata)
    try:
        # nbclient empties only the cells that it runs: not those without code.
        for cell in code:
            cell.outputs, cell.execution_count = [], None
        client.execute()
        for cell in code:
            # What a finished progress line leaves behind.
            cell.outputs = [o for o in cell.outputs if o.get("data") != {}]
        # What Jupyter notes about the kernel, such as its version, would change
        # from one machine to the next.
        nb.metadata.clear()
        nb.metadata.update(saved_metadata)
        nb.metadata.kernelspec = {"display_name": "Go (gonb)", "language": "go", "name": "gonb"}
        nbformat.validate(nb)
        with open(request["out"], "w", encoding="utf-8", newline="\n") as f:
            nbformat.write(nb, f)
        tell("saved")
    except Exception as e:
        failure = {"name": type(e).__name__, "text": str(e)}
        if isinstance(e, CellExecutionError):
            failure = {"name": e.ename, "text": e.evalue, "shown": shown(current)}
        elif isinstance(e, CellTimeoutError):
            failure = {"name": "timeout"}
        elif isinstance(e, DeadKernelError):
            failure = {"name": "dead"}
        tell("failed", cell=current.get("id", "") if current else "", **failure)
    finally:
        end_all(kernel_pid(client))


# A kernel inherits this process's standard output; what it prints there must not
# be taken for an event.
events = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
try:
    # What the kernel leaves behind becomes a child of this process, so that
    # end_all finds it.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
except AttributeError:
    pass  # not Linux
main()
