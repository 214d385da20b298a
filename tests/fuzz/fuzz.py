#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""Fuzzes the parsers of outside data, each for some seconds, and says what was found.

usage: ./dev fuzz [TARGET...] [SECONDS]    ./dev fuzz TARGET FILE    ./dev fuzz --list

With FILE runs that input only. A line for each target: runs, runs a second, ways through the
program that were seen, inputs that took a new one, findings. New inputs are kept in
build-fuzz/corpus/TARGET and used again next time; those that are worth it belong into
tests/fuzz/corpus/TARGET, and so does every finding once it is mended."""
import concurrent.futures
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build-fuzz"
SECONDS = 30
TAIL_LINES = 25
N_FINDINGS_MAX = 3 # of a target, then it ends: the same mistake is found again and again
LINE = re.compile(r"^(\d+) runs, (\d+)/s, (\d+) ways, (\d+) new inputs$", re.M)

ENV = dict(os.environ, ASAN_OPTIONS="abort_on_error=0:detect_stack_use_after_return=1:"
           "strict_string_checks=1:max_allocation_size_mb=1024:hard_rss_limit_mb=2048",
           UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=1",
           LSAN_OPTIONS=f"suppressions={ROOT}/tests/lsan.supp:print_suppressions=0")


def targets():
    return sorted(p.stem.removeprefix("fuzz-") for p in (ROOT / "tests/fuzz").glob("fuzz-*.c"))


def program(target):
    return BUILD / "tests/fuzz" / f"fuzz-{target}"


def fuzz_once(target, seconds, seed):
    """Returns what the program said, and the path of what it found or None."""
    kept = BUILD / "corpus" / target
    kept.mkdir(parents=True, exist_ok=True)
    finding = BUILD / "findings" / f"{target}-{seed}"
    finding.parent.mkdir(exist_ok=True)
    done = subprocess.run(
        [program(target), "--seconds", str(seconds), "--seed", str(seed), "--keep", kept,
         "--finding", finding, ROOT / "tests/fuzz/corpus" / target, kept],
        env=ENV, capture_output=True, text=True, errors="replace", check=False)
    return done, finding


def fuzz(target, seconds):
    """Returns the number of findings."""
    n_findings = 0
    for _ in range(N_FINDINGS_MAX):
        done, finding = fuzz_once(target, seconds, random.randrange(1 << 31))
        if -done.returncode in (signal.SIGINT, signal.SIGTERM):
            return n_findings
        if done.returncode == 0:
            runs, rate, ways, new = LINE.search(done.stdout).groups()
            print(f"{target:<12} {runs:>9} runs {rate:>7}/s {ways:>6} ways {new:>5} new "
                  f"{n_findings:>3} findings", flush=True)
            return n_findings
        n_findings += 1
        said = [l for l in done.stderr.splitlines() if l and "-WARNING **" not in l]
        tail = "\n".join("     | " + l for l in said[:TAIL_LINES])
        where = (f"     the input: {finding}\n     again:     ./dev fuzz {target} {finding}"
                 if finding.exists() else "     no input is to blame: it is the fuzzer itself")
        print(f"{target:<12} found something (status {done.returncode})\n{tail}\n{where}",
              flush=True)
    print(f"{target:<12} {n_findings} findings; mend those first", flush=True)
    return n_findings


def main():
    words = sys.argv[1:]
    known = targets()
    if "--list" in words:
        print("\n".join(known))
        return 0
    seconds = int(words.pop()) if words and words[-1].isdigit() else SECONDS
    files = [w for w in words if w not in known]
    chosen = [w for w in words if w in known]
    if files and (len(chosen) != 1 or not all(os.path.exists(f) for f in files)):
        print(f"There is no target {files[0]}. The ones there are: {' '.join(known)}",
              file=sys.stderr)
        return 2
    if files:
        return subprocess.run([program(chosen[0]), *files], env=ENV, check=False).returncode
    return fuzz_all(chosen or known, seconds)


def fuzz_all(chosen, seconds):
    """Ctrl-C reaches the programs, too; what they leave in their folder goes with it."""
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with tempfile.TemporaryDirectory(prefix="deskhand-fuzz-", dir=memory) as folder:
        ENV["TMPDIR"] = folder
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            try:
                return 1 if sum(pool.map(lambda t: fuzz(t, seconds), chosen)) else 0
            except KeyboardInterrupt:
                pool.shutdown(cancel_futures=True)
                return 130


if __name__ == "__main__":
    sys.exit(main())
