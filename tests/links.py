#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every page says where things are: each relative link, its heading included, and each path of this repository between
backticks exists. What is generated or found at run time is not in the repository and is not named so.
   links.py SOURCE_DIR"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(sys.argv[1]).resolve()
FOLDERS = "board|node|sync|proto|tests|tools"
# What a build, npm or a fuzz run puts there.
MADE = ("tests/page/node_modules", "tests/fuzz/found")
failures = []


def anchors(page):
    """Headings as the pages that people read them on name them."""
    names = re.findall(r"^#+ +(.+)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", name.lower()).replace(" ", "-") for name in names}


def is_there(path):
    """`store` stands for store.c and store.h; a star for any; NAME for what a reader chooses."""
    if path.startswith(MADE) or "NAME" in path:
        return True
    if any(c in path for c in "*{"):
        plain = re.sub(r"\{[^}]*\}", "*", path)
        return any(True for _ in ROOT.glob(plain))
    return (ROOT / path).exists() or (ROOT / f"{path}.h").exists() or (ROOT / f"{path}.c").exists()


def check_link(page, line, target):
    if re.match(r"[a-z]+:", target):
        return
    name, _, heading = target.partition("#")
    there = (page.parent / name).resolve() if name else page
    if not there.exists():
        failures.append(f"{page.relative_to(ROOT)}:{line}: the link to {target} leads nowhere")
    elif heading and there.suffix == ".md" and heading not in anchors(there):
        failures.append(f"{page.relative_to(ROOT)}:{line}: {name or page.name} has no heading #{heading}")


def check_page(page):
    fenced = False
    for number, text in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if text.startswith("```"):
            fenced = not fenced
        if fenced:
            continue
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            check_link(page, number, target)
        for path in re.findall(rf"`(?:\.\./)*((?:{FOLDERS})/[^`\s<>:]+)", text):
            if not is_there(path.rstrip("/.,;")):
                failures.append(f"{page.relative_to(ROOT)}:{number}: `{path}` is not there")


def check_names(page):
    """Each name of the code that a recipe of CONTRIBUTING.md gives is in the code, but those of its examples."""
    listed = subprocess.run(["git", "grep", "-hoE", "[A-Za-z_][A-Za-z0-9_]*_[A-Za-z0-9_]*", "--", "*.c", "*.h", "*.js", "*.py", "*.mjs",
                             "*.txt", "*.cmake", "*.proto", "*.awk"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    known = set(listed.split())
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S)
    for name in sorted(set(re.findall(r"`([A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+)`", text))):
        if name not in known and not re.search("seen|hello|count|peers|idle|example|mine", name, re.I):
            failures.append(f"{page.relative_to(ROOT)}: `{name}` is not in the code")


pages = [ROOT / name for name in subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"], cwd=ROOT, check=True,
                                               capture_output=True, text=True).stdout.splitlines()]
pages = [page for page in pages if page.exists()]
for page in pages:
    check_page(page)
check_names(ROOT / "CONTRIBUTING.md")
for why in failures:
    print(why)
print(f"{len(pages)} pages, {len(failures)} failures")
sys.exit(1 if failures or not pages else 0)
