#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""./dev bench [--write] [NAME...]: measures against the bars, in one table.

Names: session memory disk idle recall latency slowdown search day crypt forget ocr never
secrets; without names all of them.
With --write the table also replaces the one in docs/BENCHMARKS.md."""
import os
import pathlib
import platform
import re
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(HERE.parent / "session")]

from desktop import Desktop # noqa: E402
from day import run_day # noqa: E402
from latency import run_idle, run_latency, run_slowdown # noqa: E402
from measure import Table # noqa: E402
from never import CONFIG as NEVER_CONFIG, run_never # noqa: E402
from ocr import run_ocr # noqa: E402
from recall import run_recall # noqa: E402
from secrets_planted import run_secrets # noqa: E402
from session import run_disk, run_session # noqa: E402
from supervise import supervised # noqa: E402

ALL = ["session", "memory", "disk", "idle", "recall", "latency", "slowdown", "search", "day",
       "crypt", "forget", "ocr", "never", "secrets"]
PAGE = ROOT / "docs/BENCHMARKS.md"
MARKS = "<!-- table -->\n", "<!-- end of table -->\n"
# A program's row: what, value, bar, yes or no, with tabs between.
ROW = re.compile(r"^row\t([^\t]*)\t([^\t]*)\t([^\t]*)\t(yes|no|)$")


def on_desktop(function, *arguments):
    with Desktop() as desktop:
        function(desktop, *arguments)


def run_program(name, table):
    """A benchmark in C: build/tests/bench/bench-NAME."""
    program = ROOT / f"build/tests/bench/bench-{name}"
    if not program.exists():
        print(f"  {name}: {program.name} is not built")
        return
    done = subprocess.run([program], stdout=subprocess.PIPE, text=True, check=False)
    for line in done.stdout.splitlines():
        match = ROW.match(line)
        if match:
            what, value, bar, met = match.groups()
            table.add(what, value, bar, {"yes": True, "no": False}.get(met))
        else:
            print(f"  {line}", flush=True)
    if done.returncode:
        table.add(name, f"ended with {done.returncode}", "runs", False)


def run(wanted, table):
    if {"session", "memory"} & set(wanted):
        print("session (4 minutes)", flush=True)
        on_desktop(run_session, table, wanted)
    for name, function in (("disk", run_disk), ("idle", run_idle), ("recall", run_recall),
                           ("latency", run_latency)):
        if name in wanted:
            print("disk (an hour)" if name == "disk" else name, flush=True)
            on_desktop(function, table)
    if "slowdown" in wanted:
        print("slowdown", flush=True)
        run_slowdown(table)
    if "day" in wanted:
        print("day", flush=True)
        run_day(table)
    for name in ("search", "crypt", "forget"):
        if name in wanted:
            print(name, flush=True)
            run_program(name, table)
    if "ocr" in wanted:
        print("ocr", flush=True)
        run_ocr(table)
    if "never" in wanted:
        print("never", flush=True)
        with Desktop(config=NEVER_CONFIG) as desktop:
            run_never(desktop, table)
    if "secrets" in wanted:
        print("secrets", flush=True)
        on_desktop(run_secrets, table)


def describe_machine():
    cpu = "unknown processor"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            cpu = line.split(":")[1].strip()
            break
    return (f"Measured on {time.strftime('%Y-%m-%d')} with {os.cpu_count()} cores of {cpu}, "
            f"Linux {platform.release().split('-')[0]}, Debian 12, 1920×1080.")


def write_page(table):
    text = PAGE.read_text(encoding="utf-8")
    head, rest = text.split(MARKS[0])
    tail = rest.split(MARKS[1])[1]
    body = f"{describe_machine()}\n\n{table.markdown()}\n"
    PAGE.write_text(head + MARKS[0] + body + MARKS[1] + tail, encoding="utf-8")


def main():
    names = [a for a in sys.argv[1:] if not a.startswith("-")]
    unknown = set(names) - set(ALL)
    if unknown:
        print(f"There is no {' '.join(sorted(unknown))}; there are: {' '.join(ALL)}",
              file=sys.stderr)
        return 2
    table = Table()
    run(names or ALL, table)
    print("\n" + describe_machine() + "\n\n" + table.markdown())
    if "--write" in sys.argv[1:]:
        write_page(table)
    return 1 if any(row[-1] == "NO" for row in table.rows) else 0


if __name__ == "__main__":
    supervised(main)
