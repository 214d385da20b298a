# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""A hundred thousand scenes within one day, through the vault's socket; then searches in them."""
import json
import pathlib
import random
import re
import subprocess
import time

from measure import percentile
from test_commands import DAY_US, NOW_US, Vault

N_SCENES = 100_000
N_WORDS = 100     # of a scene
N_CLIENTS = 8     # that append at a time
N_VOCABULARY = 20_000
N_SEARCHES = 30   # of each kind
BAR_MEMORY_MB = 60
BAR_SEARCH_S = 0.2
START_US = NOW_US // DAY_US * DAY_US - DAY_US # yesterday, UTC: one day is in one week
SYLLABLES = ["ta", "re", "mi", "con", "der", "su", "lo", "ing", "es", "pra", "vin", "to", "el",
             "ma", "ser", "qui"]


def make_word(number):
    word = ""
    while number:
        number, rest = divmod(number, 16)
        word += SYLLABLES[rest]
    return word or "ta"


def write_files(folder, n_scenes):
    """One for each client; scene n holds "marke<n>" and a word in a thousand scenes."""
    chance = random.Random(7)
    words = [make_word(n) for n in range(16, 16 + N_VOCABULARY)]
    weights = [1 / (n + 2.7) for n in range(N_VOCABULARY)]
    paths = [folder / f"day-{client}" for client in range(N_CLIENTS)]
    outs = [path.open("w", encoding="utf-8") for path in paths]
    step_us = DAY_US // n_scenes
    for n in range(n_scenes):
        text = " ".join(chance.choices(words, weights, k=N_WORDS))
        start = START_US + n * step_us
        outs[n % N_CLIENTS].write(
            f"[{n}]\nstart={start}\nend={start + step_us - 1}\nactor=human\napp=App{n % 5}\n"
            f"title=Document {n // 50}\ntext=marke{n} tausend{n % 1000} {text}\n"
            f"grey={n % 256}\n")
    for out in outs:
        out.close()
    return paths


def memory_at_most_mb(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(re.search(r"VmHWM:\s*(\d+)", text).group(1)) * 1024 / 1e6


def append_all(vault, paths):
    start = time.monotonic()
    clients = [subprocess.Popen(["deskhand-test-append", str(path)], env=vault.env,
                                stdout=subprocess.DEVNULL) for path in paths]
    for client in clients:
        assert client.wait() == 0, "a scene was not appended"
    return time.monotonic() - start


def search(vault, *words):
    """Seconds of each search, the whole command; each has to find something."""
    took = []
    for n in range(N_SEARCHES):
        start = time.monotonic()
        done = vault.deskhand("search", "--json", *[w.format(n=n * 101, few=n * 31) for w in words])
        took.append(time.monotonic() - start)
        assert done.returncode == 0 and json.loads(done.stdout)["results"], (words, done)
    return took


def run_day(table, n_scenes=N_SCENES):
    with Vault() as vault:
        paths = write_files(vault.folder, n_scenes)
        pid = vault.process.popen.pid
        took_s = append_all(vault, paths)
        table.add(f"{n_scenes} scenes of one day: appended a second, {N_CLIENTS} clients",
                  f"{n_scenes / took_s:.0f}", "", None)
        memory_mb = memory_at_most_mb(pid)
        for what, words in (("rare word", ["marke{n}"]), ("word of 100 scenes", ["tausend{few}"]),
                            ("frequent word", [make_word(20)]),
                            ("two frequent words", [make_word(30), make_word(40)]),
                            ("rare word --best", ["marke{n}", "--best"]),
                            ("frequent word --best", [make_word(20), "--best"])):
            took = search(vault, *words)
            p50, p99 = percentile(took, 50), percentile(took, 99)
            table.add(f"the same: {what}, the whole command, p50, p99",
                      f"{p50 * 1000:.0f} ms, {p99 * 1000:.0f} ms",
                      f"p50 {BAR_SEARCH_S * 1000:.0f} ms", p50 <= BAR_SEARCH_S)
        table.add("the same: memory of the vault at most, appending, then searching",
                  f"{memory_mb:.0f} MB, {memory_at_most_mb(pid):.0f} MB", f"{BAR_MEMORY_MB} MB",
                  memory_at_most_mb(pid) <= BAR_MEMORY_MB)
        segments = vault.folder / "data/deskhand/segments"
        n_bytes = sum(f.stat().st_blocks * 512 for f in segments.glob("*.db*"))
        table.add("the same: on disk, a scene", f"{n_bytes / n_scenes:.0f} bytes", "", None)
