#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""Works on a private desktop for hours, breaks things meanwhile, and says what did not stay flat.

usage: ./dev soak HOURS    (0.1 is six minutes)

First comes work that nothing disturbs: the benchmark's session on real applications, windows that
open and close, pauses; memory, descriptors, threads, X resources and files are sampled. Then the
same with kill -9 of agentd, vault and reader at random moments. At the end 10 000 losses of power
and 1 000 kills, in proportion when HOURS is under 1. Ctrl-C ends it and prints what was seen."""
import os
import pathlib
import random
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / "tests" / name) for name in ("session", "bench", "soak")]

import apps # noqa: E402
import session # noqa: E402
import test_kills # noqa: E402
from desktop import Desktop, Late, name_of, wait_for # noqa: E402
from samples import STORE_MAX_MB_PER_HOUR, Samples, measure_folder, measure_process # noqa: E402
from supervise import supervised # noqa: E402
from xresources import XResources # noqa: E402

N_SEEDS, N_KILLS = 10000, 1000 # an hour and more
KILLS_OF_VAULT_ALONE = 0.75    # of these
PHASE_S = 20.0
CALM_SHARE = 0.6 # of the time
SAMPLE_EVERY_S = 2.0
PARTS = ["deskhand-agentd", "deskhand-vault", "deskhand-reader"]


class Soak:
    """The desktop, the clock, and what was seen."""

    def __init__(self, desktop, seconds):
        self.desktop, self.seconds = desktop, seconds
        self.share = min(1.0, seconds / 3600) # of the kills and losses of power
        self.samples, self.chance = Samples(), random.Random(7)
        self.x = XResources(desktop.display)
        self.script = session.Script(desktop)
        self.start_s = self.last_s = time.monotonic()
        self.store_begin = self.store_end = None
        self.troubles, self.kills = [], dict.fromkeys(PARTS, 0)
        self.n_windows = self.n_pauses = 0
        self.what = "opening the applications"

    # --- looking ---

    def sample(self, with_processes):
        now_s = time.monotonic() - self.start_s
        for pid in self.desktop.deskhand_pids() if with_processes else []:
            figures = measure_process(pid)
            for kind, value in zip(("memory", "descriptors", "threads"), figures or ()):
                self.samples.add(name_of(pid).removeprefix("deskhand-"), kind, now_s, value)
        if with_processes and self.desktop.agentd is not None:
            self.samples.add("agentd", "X resources", now_s, self.x.of(self.desktop.agentd.pid))
        n_files, n_mb = measure_folder(pathlib.Path(self.desktop.env["XDG_DATA_HOME"], "deskhand"))
        self.samples.add("the history", "files", now_s, n_files)
        self.samples.add("the server", "X clients", now_s, self.x.n_clients())
        self.store_begin = self.store_begin or (now_s, n_mb)
        self.store_end = (now_s, n_mb)

    def tick(self, with_processes):
        """Called often: samples now and then."""
        if time.monotonic() - self.last_s >= SAMPLE_EVERY_S:
            self.last_s = time.monotonic()
            self.sample(with_processes)

    # --- working ---

    def open_and_close(self):
        self.n_windows += 1
        terminal = apps.xterm(self.desktop, *apps.shell(f"echo window {self.n_windows} comes"))
        terminal.end()
        self.desktop.processes.remove(terminal)

    def pause_and_resume(self):
        self.n_pauses += 1
        for command in ("pause", "10s"), ("resume",):
            done = self.desktop.deskhand(*command)
            if done.returncode != 0:
                self.troubles.append(f"deskhand {command[0]}: {done.stderr.strip()}")
        self.desktop.wait_recording()

    def work(self, until_s, between):
        """Phases of the session, with @between among them."""
        turn = 0
        while time.monotonic() < until_s:
            name = session.PHASES[turn % len(session.PHASES)]
            self.what = name
            self.phase(name, min(until_s, time.monotonic() + PHASE_S), between)
            turn += 1
            if turn % len(session.PHASES) == 0:
                self.script.next_round()

    def phase(self, name, until_s, between):
        while time.monotonic() < until_s:
            getattr(self.script, name)(min(until_s, time.monotonic() + 5.0))
            between()

    def between_calm(self):
        self.chance.choice([self.open_and_close, self.pause_and_resume, lambda: None])()
        self.tick(True)

    def between_faults(self):
        part = self.chance.choice(PARTS)
        try:
            self.kills[part] += test_kills.kill_and_check(self.desktop, part, self.chance)
        except (AssertionError, Late) as error:
            self.troubles.append(f"after kill -9 of {part}: {error}")
            self.desktop.wait_recording()
        self.chance.choice([self.open_and_close, self.pause_and_resume, lambda: None])()
        self.tick(False) # processes are too young to tell

    def run(self):
        self.script.open_all()
        session.wait_shown(self.desktop)
        self.start_s = time.monotonic()
        self.work(self.start_s + CALM_SHARE * self.seconds, self.between_calm)
        self.work(self.start_s + self.seconds, self.between_faults)
        while sum(self.kills.values()) < N_KILLS * (1 - KILLS_OF_VAULT_ALONE) * self.share:
            self.between_faults()
        self.what = "waiting until all is stored"
        self.desktop.settle(60)
        self.check_dropped()
        self.run_programs()
        self.what = None

    def check_dropped(self):
        status = self.desktop.status()
        if status.get("dropped") != 0 or not status.get("recording"):
            self.troubles.append(f"status says {status}")

    def run_programs(self):
        """The two programs that lose power and kill, for as many as belong to these hours."""
        n_kills = max(10, int(N_KILLS * self.share * KILLS_OF_VAULT_ALONE))
        n_seeds = max(100, int(N_SEEDS * self.share))
        vault = pathlib.Path(os.environ["DESKHAND_LIBEXEC_DIR"], "deskhand-vault")
        env = dict(os.environ, XDG_RUNTIME_DIR=self.desktop.env["XDG_RUNTIME_DIR"],
                   DESKHAND_VAULT=str(vault), DESKHAND_SEEDS=str(n_seeds),
                   DESKHAND_KILLS=str(n_kills))
        for name, n in (("crypt-power", n_seeds), ("vault", n_kills)):
            self.what = f"fault-{name}, {n} times"
            folder = pathlib.Path(os.environ["DESKHAND_BUILD_DIR"], "tests/fault")
            done = subprocess.run([folder / f"test-fault-{name}"], env=env, capture_output=True,
                                  text=True, check=False)
            is_well = done.returncode == 0
            print(f"  {self.what}: {'well' if is_well else 'FAILED'}", flush=True)
            if not is_well:
                failed = re.findall(r"^.*(?:FAILED|rror|seed).*$", done.stdout + done.stderr, re.M)
                self.troubles.append(f"fault-{name}: " + " / ".join(failed[:5]))

    # --- saying ---

    def report(self):
        """Returns whether all is well."""
        print(f"\nAfter {(time.monotonic() - self.start_s) / 3600:.2f} hours"
              + (f", ended while {self.what}" if self.what else "") + ": "
              + ", ".join(f"{n} kills of {p}" for p, n in self.kills.items())
              + f", {self.n_windows} windows, {self.n_pauses} pauses\n"
              "                                          begin      end\n")
        grown = self.samples.report()
        if self.store_begin and self.store_end[0] > self.store_begin[0]:
            grown += self.report_store()
        for trouble in self.troubles:
            print(f"  {trouble}")
        print("\nThis grew: " + ", ".join(grown) + "." if grown else
              "\nWhatever could be told stayed flat.")
        return not grown and not self.troubles

    def report_store(self):
        (begin_s, begin_mb), (end_s, end_mb) = self.store_begin, self.store_end
        per_hour = (end_mb - begin_mb) / (end_s - begin_s) * 3600
        is_well = per_hour <= STORE_MAX_MB_PER_HOUR or end_mb - begin_mb < 10
        print(f"  {'size of the history':<36} {begin_mb:8.1f} {end_mb:8.1f} MB {per_hour:+9.1f} an "
              f"hour  {'as it may' if is_well else 'GREW'} (at most {STORE_MAX_MB_PER_HOUR})")
        return [] if is_well else ["size of the history"]


def parse_hours(words):
    try:
        hours = float(words[0])
    except (IndexError, ValueError):
        hours = 0
    if not 0 < hours <= 1000:
        sys.exit("How long? For example: ./dev soak 0.1 (six minutes), ./dev soak 8")
    return hours


def main():
    hours = parse_hours(sys.argv[1:])
    print(f"Soaking for {hours:g} hours; Ctrl-C ends it and prints what was seen", flush=True)
    with Desktop() as desktop:
        soak = Soak(desktop, hours * 3600)
        try:
            soak.run()
        except SystemExit: # asked to end
            soak.report()
            raise
        except (AssertionError, Late) as error:
            soak.troubles.append(f"while {soak.what}: {error}\n{desktop.explain()}")
        is_well = soak.report()
        soak.x.close()
    return 0 if is_well else 1


if __name__ == "__main__":
    parse_hours(sys.argv[1:])
    supervised(main)
