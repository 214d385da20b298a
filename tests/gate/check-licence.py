#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""Every file says whose it is and on what terms, as REUSE wants it."""
import subprocess

from common import GIT_ENV, ROOT, files, finish, short

HEADED = (".c", ".h", ".py", ".sh", ".build", ".xml", ".in", ".service", ".socket")
HEADER_LINES = 6


def has_header(path):
    head = "".join(path.read_text(encoding="utf-8").splitlines(True)[:HEADER_LINES])
    return "SPDX-" "FileCopyrightText:" in head and "SPDX-" "License-Identifier:" in head


sources = files(*HEADED)
bare = [f"{short(p)}: no SPDX header in its first lines" for p in sources if not has_header(p)]
reuse = subprocess.run(["reuse", "lint"], cwd=ROOT, env=GIT_ENV, capture_output=True, text=True,
                       check=False)
if reuse.returncode:
    bare.append("reuse lint says:\n" + reuse.stdout + reuse.stderr)
finish(bare, f"{len(sources)} headers, and reuse agrees")
