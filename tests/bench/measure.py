# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""Measuring processes, and the table that comes out."""
import os
import pathlib
import statistics
import threading
import time

TICKS = os.sysconf("SC_CLK_TCK")


def _stat(pid):
    return pathlib.Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()


def cpu_s(pids, with_ended_children=True):
    """CPU seconds so far of these processes, and of their children that ended."""
    total = 0
    for pid in pids:
        try:
            fields = _stat(pid)
        except OSError:
            continue
        last = 15 if with_ended_children else 13
        total += sum(int(f) for f in fields[11:last])
    return total / TICKS


def wake_ups(pid):
    """How often each thread went to sleep and woke."""
    found = {}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        for line in (task / "status").read_text().splitlines():
            if line.startswith("voluntary_ctxt_switches"):
                found[task.name] = int(line.split()[1])
    return found


def memory_mb(pid):
    """Proportional share and resident, in MB (10^6 bytes)."""
    values = {}
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, value = line.split(":")
        values[name] = int(value.split()[0]) * 1024 / 1e6
    return values["Pss"], values["Rss"]


class MemoryWatch:
    """Samples the peak of each part of Deskhand while it lives."""

    def __init__(self, desktop, every_s=1.0):
        self.desktop, self.every_s = desktop, every_s
        self.peak = {} # name: (pss, rss)
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_error):
        self.ended.set()
        self.thread.join()

    def _run(self):
        from desktop import name_of # pylint: disable=import-outside-toplevel
        while not self.ended.wait(self.every_s):
            for pid in self.desktop.deskhand_pids():
                try:
                    pss, rss = memory_mb(pid)
                except (OSError, KeyError):
                    continue
                name = name_of(pid)
                old = self.peak.get(name, (0, 0))
                self.peak[name] = (max(pss, old[0]), max(rss, old[1]))


def percentile(values, percent):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * percent / 100))]


def median(values):
    return statistics.median(values)


class Table:
    """Rows of what, measured, baseline, ratio, bar, and whether it is met."""

    def __init__(self):
        self.rows = []

    def add(self, what, value, bar="", is_met=None, baseline="", ratio=""):
        verdict = "" if is_met is None else "yes" if is_met else "NO"
        self.rows.append([what, value, baseline, ratio, bar, verdict])
        print(f"  {what}: {value}" + (f" (bar: {bar}: {verdict})" if bar else ""), flush=True)

    def markdown(self):
        head = ["what", "Deskhand", "baseline", "ratio", "bar", "met"]
        rows = [head, ["---"] * len(head), *self.rows]
        return "\n".join("| " + " | ".join(str(c) for c in row) + " |" for row in rows)


def share(part, whole):
    return f"1/{whole / part:.1f}" if part > 0 else "0"


def wait_until(moment):
    """The script's own clock: the next thing happens at this time, whoever watches."""
    time.sleep(max(0.0, moment - time.monotonic()))
