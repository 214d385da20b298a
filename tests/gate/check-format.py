#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""clang-format is law; other text has no tabs, no trailing spaces, and ends with a newline."""
import subprocess

from common import ROOT, files, finish, short

TEXT = (".c", ".h", ".py", ".sh", ".xml", ".md", ".build", ".txt", ".in", ".service", ".socket")


def badly_laid_out(sources):
    if not sources:
        return []
    done = subprocess.run(["clang-format", "--dry-run", "-Werror", *map(str, sources)],
                          cwd=ROOT, capture_output=True, text=True, check=False)
    names = {line.split(":")[0] for line in done.stderr.splitlines() if ": error: " in line}
    if done.returncode and not names:
        return [done.stderr.strip() or "clang-format failed"]
    return [f"{n.removeprefix(f'{ROOT}/')}: run clang-format -i on it" for n in sorted(names)]


def badly_ended(path):
    data = path.read_bytes()
    if data and not data.endswith(b"\n"):
        yield f"{short(path)}: no newline at the end"
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.endswith((b" ", b"\t", b"\r")):
            yield f"{short(path)}:{number}: space at the end of the line"
        if line.startswith((b"<<<<<<< ", b">>>>>>> ")):
            yield f"{short(path)}:{number}: a merge that was not finished"
        if b"\t" in line:
            yield f"{short(path)}:{number}: tab"


sources = files(".c", ".h")
texts = [p for p in files(*TEXT) if "LICENSES" not in p.parts and "data" not in p.parts]
finish(badly_laid_out(sources) + [c for p in texts for c in badly_ended(p)],
       f"{len(sources)} C files, {len(texts)} texts")
