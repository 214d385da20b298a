# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""What the checks of the gate share: the files that are ours, and how a check ends."""
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
NOT_OURS = {".git", "__pycache__", ".cache"}

# The tree may belong to another user (a checkout that root tests); git refuses it otherwise.
GIT_ENV = dict(
    os.environ,
    GIT_CONFIG_COUNT="1",
    GIT_CONFIG_KEY_0="safe.directory",
    GIT_CONFIG_VALUE_0="*",
)


def walk():
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [f for f in folders if f not in NOT_OURS and not f.startswith("build")]
        yield from (pathlib.Path(folder, n) for n in names)


def files(*suffixes):
    """Files of the tree, tracked or about to be, that end with one of the suffixes."""
    done = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, env=GIT_ENV, capture_output=True, check=False)
    found = [ROOT / n for n in done.stdout.decode().split("\0") if n] or list(walk())
    return sorted(p for p in set(found) if p.is_file() and (not suffixes or p.name.endswith(suffixes)))


def short(path):
    return path.relative_to(ROOT).as_posix()


def finish(complaints, all_is_well):
    print("\n".join(complaints) or all_is_well)
    sys.exit(1 if complaints else 0)
