# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""Each process of Deskhand is killed at any moment, again and again, while there is work."""
import os
import random
import signal
import time

import apps
from desktop import Desktop, wait_for

N_KILLS = int(os.environ.get("DESKHAND_KILLS", "50")) # the vault alone 150 more in fault-vault
BACK_DEADLINE_S = 2.0
PARTS = ["deskhand-agentd", "deskhand-vault", "deskhand-reader"]

# A line each tenth of a second; the last one stays.
TICKS = ("n=0; while [ ! -e {stop} ]; do n=$((n+1)); echo tick$n; read -t 0.1 <> {fifo}; done; "
         "echo {last}; read -t 3600 <> {fifo}")


def start_ticks(desktop, last):
    fifo, stop = desktop.files / "fifo", desktop.files / "stop"
    os.mkfifo(fifo)
    terminal = apps.xterm(desktop, "bash", "--norc", "-c",
                          TICKS.format(fifo=fifo, stop=stop, last=last))
    desktop.find("tick1*", deadline_s=30)
    return terminal, stop


def is_back(desktop):
    status = desktop.status()
    return status if status.get("recording") and status.get("scenes") is not None else None


def kill(desktop, part):
    """Returns whether there was one: the reader is started only when there is something to read."""
    pids = desktop.deskhand_pids(part)
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    if part == "deskhand-agentd" and pids:
        desktop.agentd.popen.wait()
        desktop.processes.remove(desktop.agentd)
        desktop.start_agentd(wait=False)
    return bool(pids)


def kill_and_check(desktop, part, chance):
    """Kills @part some time from now and waits until all is well again; returns whether it did."""
    time.sleep(chance.uniform(0, 0.3)) # any moment is the subject
    before = desktop.status().get("scenes") or 0
    if not kill(desktop, part):
        return False
    status = wait_for(lambda: is_back(desktop), f"it is back after {part} was killed",
                      BACK_DEADLINE_S)
    assert status["scenes"] >= before, f"{before} scenes were there, now {status}"
    return True


def check_kept(desktop, known):
    """What was acknowledged before is there, and can be opened."""
    found = {r["scene"] for r in desktop.search("tick1*", limit=100)} | known
    for scene in sorted(found)[-5:]:
        assert "tick" in desktop.show(scene)["text"], scene
    return found


def run_kills(desktop, n_kills, seed=1):
    """Returns how often each part was killed."""
    chance = random.Random(seed)
    last = "thelastticktheretook"
    terminal, stop = start_ticks(desktop, last)
    counts, known = dict.fromkeys(PARTS, 0), set()
    while sum(counts.values()) < n_kills:
        part = chance.choice(PARTS)
        counts[part] += kill_and_check(desktop, part, chance)
        if sum(counts.values()) % 10 == 0:
            known = check_kept(desktop, known)
    stop.touch()
    desktop.find(last, deadline_s=30)
    for scene in known:
        assert desktop.deskhand("show", str(scene), "--json").returncode == 0, scene
    status = desktop.status()
    assert status["dropped"] == 0, status
    terminal.end()
    return counts


def test_kill_9_at_any_moment():
    with Desktop() as desktop:
        counts = run_kills(desktop, N_KILLS)
        print(", ".join(f"{name} {n}" for name, n in counts.items()))
