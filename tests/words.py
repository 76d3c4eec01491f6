#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The language files: every code is used, and a language that lacks one, has one more or fills in something unknown does
not build.
   words.py SOURCE_DIR"""
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(sys.argv[1])
LANGUAGES = ROOT / "board/text/languages"
SAY_AWK = ROOT / "board/text/say.awk"
ORDER = re.search(r"set\(AIDMESH_LANGUAGES ([a-z ]+)\)", (ROOT / "CMakeLists.txt").read_text()).group(1).split()
failures = []


def check(holds, why):
    if not holds:
        failures.append(why)


def codes(language):
    lines = (LANGUAGES / f"{language}.txt").read_text(encoding="utf-8").splitlines()
    return [line.split(" = ")[0] for line in lines if re.match(r"[a-z0-9-]+ = ", line)]


def sources(folders, ending):
    return "\n".join(p.read_text(encoding="utf-8") for folder in folders for p in sorted((ROOT / folder).rglob(ending)))


def is_used(code, c_codes, page):
    if code.upper().replace("-", "_") in c_codes:
        return True
    # A label of the page: by its name, as a word of the API, or put together of a prefix and such a word.
    if not code.startswith("page-"):
        return False
    label = code[len("page-"):]
    return f'"{label}"' in API_WORDS or re.search(rf"['\"]{label}['\"]|WORDS\.{label}\b|^\s*{label}:", page, re.M) is not None or any(
        f"'{label[:i]}' +" in page for i in range(2, len(label)) if label[i - 1] == "-")


def builds(change, language="es"):
    """Whether the files build after `change` of one language's text."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for name in ORDER:
            text = (LANGUAGES / f"{name}.txt").read_text(encoding="utf-8")
            path = pathlib.Path(folder, f"{name}.txt")
            path.write_text(change(text) if name == language else text, encoding="utf-8")
            paths.append(path)
        return subprocess.run(["awk", "-v", f"out={folder}", "-f", SAY_AWK, *paths], capture_output=True).returncode == 0


API_WORDS = (ROOT / "board/text/words.c").read_text(encoding="utf-8")
c_codes = set(re.findall(r"\bSAY(?:_OF)?\(\s*([A-Z0-9_]+)|\bSAY_([A-Z0-9_]+)\b", sources(["board", "node", "proto"], "*.[ch]")))
c_codes = {name for pair in c_codes for name in pair}
page = sources(["board/page"], "*.js")
for code in codes(ORDER[0]):
    if code not in ("language", "singular-zero"):
        check(is_used(code, c_codes, page), f"{code} is used nowhere: take it out of the language files")
check(sorted(f.stem for f in LANGUAGES.glob("*.txt")) == sorted(ORDER), "CMakeLists.txt builds every language file")
check(builds(lambda text: text), "the files as they are build")
check(not builds(lambda text: re.sub(r"busy = .*\n", "", text, count=1)), "a code that a language lacks is an error")
check(not builds(lambda text: text + "no-such-code = Hola.\n"), "a code that English does not have is an error")
check(not builds(lambda text: text.replace("{hours}", "{horas}", 1)), "a value that English does not name is an error")
check(not builds(lambda text: text + "busy = Otra vez.\n"), "a code that stands twice is an error")
check(not builds(lambda text: text + "busy\n"), "a line that is no sentence is an error")
# Every label that the page takes by its name is there, and a list of words is as long in every language.
page_codes = {code for code in codes(ORDER[0]) if code.startswith("page-")}
for label in sorted(set(re.findall(r"\bt\('([a-z0-9-]+)'", page))):
    check("page-" + label in page_codes, f"the page says t('{label}'), and no language file has page-{label}")
lists = set(re.findall(r"oneOf\('([a-z-]+)'", page)) | set(re.findall(r"WORDS\.([a-z-]+)\[", page))
for name in lists:
    lengths = {language: len(dict(line.split(" = ", 1) for line in (LANGUAGES / f"{language}.txt").read_text(encoding="utf-8").splitlines()
                                  if " = " in line)[f"page-{name}"].split(" ")) for language in ORDER}
    check(len(set(lengths.values())) == 1, f"page-{name} lists as many words in every language: {lengths}")
# One file and a line in the build make a language.
with tempfile.TemporaryDirectory() as folder:
    files = [LANGUAGES / f"{name}.txt" for name in ORDER]
    extra = pathlib.Path(folder, "pt.txt")
    extra.write_text(files[1].read_text(encoding="utf-8").replace("Español", "Português"), encoding="utf-8")
    made = subprocess.run(["awk", "-v", f"out={folder}", "-f", SAY_AWK, *files, extra], capture_output=True)
    check(made.returncode == 0 and "LANGUAGE_PT" in pathlib.Path(folder, "language_codes.inc").read_text(), "a language is one file")

# A word of a list is found by its place in it.
texts = {name: dict(line.split(" = ", 1) for line in (LANGUAGES / f"{name}.txt").read_text(encoding="utf-8").splitlines()
                    if re.match(r"[a-z0-9-]+ = ", line)) for name in ORDER}
lists = set(re.findall(r"(?:say_part\(|word_of\(&\w+,)\s*SAY_([A-Z0-9_]+)", sources(["board", "node"], "*.c")))
check(len(lists) >= 8, "the lists of words were not found in the code")
for code in (name.lower().replace("_", "-") for name in sorted(lists)):
    for name in ORDER:
        check(len(texts[name][code].split(" ")) == len(texts[ORDER[0]][code].split(" ")), f"{code} has another number of words in {name}")

# Nobody goes by the words: no program of ours compares a sentence of the language files.
for code, text in (line.split(" = ", 1) for line in (LANGUAGES / f"{ORDER[0]}.txt").read_text(encoding="utf-8").splitlines()
                   if re.match(r"[a-z0-9-]+ = .{25}", line)):
    part = max(re.split(r"\{[^}]*\}|[\[\]]", text), key=len)[:40]
    check(len(part) < 20 or part not in page, f"the page goes by the words of {code}")

for why in failures:
    print(why)
print(f"{len(codes(ORDER[0]))} codes in {len(ORDER)} languages, {len(failures)} failures")
sys.exit(1 if failures else 0)
