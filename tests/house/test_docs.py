"""The docs: links lead somewhere, commands exist and print what is shown, map and codes agree with the code."""

import ast
import dataclasses
import os
import re
import shlex
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote

import pytest
import typer.main

from cloneward import cli
from cloneward.fingerprint import winnow
from cloneward.judge import wording
from cloneward.judge.policy import Policy
from cloneward.judge.reasons import CODES
from cloneward.match import align, index
from cloneward.model import case
from make import codes

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
WRITTEN = [
    *(ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md")),
    *sorted(path for path in DOCS.rglob("*.md") if path.parent.name != "reference"),
]
PAGES = [*WRITTEN, *sorted((DOCS / "reference").glob("*.md"))]
DECISIONS = sorted((DOCS / "decisions").glob("[0-9]*.md"))
HEADINGS = ["Context", "Drivers", "Options", "Decision", "Price"]
MOST_LINES = 200  # of the architecture: who will read more
FACES = {
    path.parent.name: path
    for path in (ROOT / "src" / "cloneward").glob("*/__init__.py")
    if not path.parent.name.startswith("_")
}
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
SHOWN = re.compile(r"^```sh\n(?P<commands>[^`]*)```\n+```text\n(?P<output>[^`]*)```$", re.MULTILINE)


def name_of(path):
    """The path below the root."""
    return path.relative_to(ROOT).as_posix()


def list_anchors(path):
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", path.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def list_commands(text):
    """The command lines in a page's shell blocks, without comments."""
    for language, block in FENCE.findall(text):
        if language == "sh":
            yield from filter(None, (shlex.split(line, comments=True) for line in block.splitlines()))


def list_targets():
    """The targets of the Makefile."""
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def find_fault(words):
    """What is wrong with a command line, or nothing."""
    program = Path(words[0]).name
    if program == "make":
        return f"no target {words[1]}" if words[1] not in list_targets() else None
    if program == "cloneward":
        return find_unknown_option(words[1:])
    if program == "python" and words[1] == "-m":
        return None if find_spec(words[2]) else f"no module {words[2]}"
    return None if program == "cd" else f"unknown program {program}"


def find_unknown_option(words):
    """The first verb or option that `cloneward` does not have, or nothing."""
    command = typer.main.get_command(cli.app)
    while inner := getattr(command, "commands", None):
        verb = words.pop(0)
        if verb not in inner:
            return f"no verb {verb}"
        command = inner[verb]
    known = {option for parameter in command.params for option in parameter.opts}
    return next((f"no option {word}" for word in words if word.startswith("--") and word not in known), None)


def run_commands(lines, folder):
    """What our commands print when they run in turn in that folder; others are passed over."""
    printed = []
    for words in lines:
        program = Path(words[0]).name
        if program == "cloneward" or (program == "python" and words[1] == "-m"):
            module = ["cloneward", *words[1:]] if program == "cloneward" else words[2:]
            done = subprocess.run(
                [sys.executable, "-m", *module], cwd=folder, check=True, capture_output=True, text=True
            )
            printed += done.stdout.splitlines()
    return printed


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_resolve(page):
    """Every link within the project leads to a file that is there, and to a heading that is in it."""
    broken = []
    for link in LINK.findall(FENCE.sub("", page.read_text("utf-8"))):
        if not re.match(r"\w+:", link):
            path, _, anchor = unquote(link).partition("#")
            target = (page.parent / path).resolve() if path else page
            is_there = target.exists() and target.is_relative_to(ROOT)
            if not is_there or (anchor and anchor not in list_anchors(target)):
                broken.append(link)
    assert broken == []


@pytest.mark.parametrize("page", WRITTEN, ids=name_of)
def test_commands_exist(page):
    """Every command that a page shows is a target of make, a verb of ours with options it has, or a module."""
    faults = {shlex.join(words): find_fault(words) for words in list_commands(page.read_text("utf-8"))}
    assert {command: fault for command, fault in faults.items() if fault} == {}


@pytest.mark.parametrize(
    "words",
    ["make tea", "cloneward chek A", "cloneward check A --agains B", "python -m cloneward.nothing", "curl A"],
)
def test_catches_unknown_commands(words):
    """A target, verb, option, module or program that does not exist is called a fault."""
    assert find_fault(words.split())


@pytest.mark.parametrize("page", ["README.md", "docs/concepts.md", "docs/guides/check.md"])
def test_output_is_real(page, tmp_path):
    """Every line of output that a page shows below its commands is what these commands print."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "build").mkdir()
    (tmp_path / "docs" / "example").symlink_to(DOCS / "example")
    shown = [
        (list_commands(f"```sh\n{found['commands']}```"), found["output"])
        for found in SHOWN.finditer((ROOT / page).read_text("utf-8"))
        if "../" not in found["commands"]  # a place of the reader's own
    ]
    assert shown
    for commands, output in shown:
        printed = run_commands(commands, tmp_path)
        assert [line for line in output.splitlines() if line not in printed] == [], "\n".join(printed)


def test_workspace_runs(tmp_path):
    """The README's way with a workspace runs as it stands, on pages where it says they lie."""
    shutil.copytree(DOCS / "example" / "recipes.example", tmp_path / "public")
    shutil.copytree(DOCS / "example" / "viewer.example", tmp_path / "saved" / "viewer.example")
    blocks = [block for _, block in FENCE.findall((ROOT / "README.md").read_text("utf-8"))]
    (script,) = [block for block in blocks if "cloneward init" in block]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-eu"],
        input=script,
        cwd=tmp_path,
        env=os.environ | {"PATH": path},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.startswith("copy ")
    assert (tmp_path / "mysite" / "report.html").is_file()


def test_map_agrees_with_faces():
    """The code map of the architecture says of each package what its face says."""
    text = (DOCS / "architecture.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (.+) \| (.+) \| (.+) \|$", text, re.MULTILINE)
    faces = []
    for name, path in FACES.items():
        text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
        lines = dict(re.findall(r"^(Takes|Gives|Never): (.+?)\.?$", text, re.MULTILINE))
        faces.append((name, lines["Takes"], lines["Gives"], lines["Never"]))
    assert sorted(rows) == sorted(faces)


def test_architecture_is_short():
    """The architecture can be read in one sitting."""
    assert len((DOCS / "architecture.md").read_text("utf-8").splitlines()) <= MOST_LINES


def test_architecture_names_files():
    """Every module that the architecture names is there."""
    named = re.findall(r"`((?:\w+/)+\w+\.(?:py|npz))`", (DOCS / "architecture.md").read_text("utf-8"))
    assert named
    assert [name for name in named if not (ROOT / "src" / "cloneward" / name).exists()] == []


@pytest.mark.parametrize("page", DECISIONS, ids=name_of)
def test_decisions_have_their_headings(page):
    """A decision has its number, the five headings in order, words under each, and a line in the list."""
    text = page.read_text("utf-8")
    title, *parts = re.split(r"^## ", text, flags=re.MULTILINE)
    assert [part.partition("\n")[0] for part in parts] == HEADINGS
    assert all(part.partition("\n")[2].strip() for part in parts)
    number, words = re.fullmatch(r"# (\d{4}) (.+)", title.strip()).groups()
    assert page.name.startswith(f"{number}-")
    assert f"- [{number}]({page.name}) {words}\n" in (DOCS / "decisions" / "README.md").read_text("utf-8")


def test_decisions_are_numbered():
    """Numbers of decisions have no gap and none twice."""
    assert [int(page.name[:4]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))


def test_thresholds_are_those_of_the_code():
    """Decisions state the thresholds, in table and title, that the code has."""
    policy = (DOCS / "decisions" / "0008-default-policy.md").read_text("utf-8")
    for bound in dataclasses.fields(Policy):
        assert bound.name == "id" or f"| `{bound.name}` | {bound.default} " in policy
    assert f"`{Policy().id}`" in policy
    assert f"| gap within a group | {align.MAX_GAP} words" in policy
    assert f"fiftieth of the owner's items (and on at least ten) or on {index.HOT_ITEMS:,}." in policy
    assert (index.HOT_SHARE, index.HOT_MIN_ITEMS) == (1 / 50, 10)
    winnowing = (DOCS / "decisions" / "0009-winnowing-parameters.md").read_text("utf-8")
    assert f"k = {winnow.SHINGLE}, w = {winnow.WINDOW}: {winnow.RUN} words in a row are always found" in winnowing


def test_reasons_are_documented():
    """Every code of a reason has its line; tests/judge/test_reasons.py holds the list to what is given."""
    page = (DOCS / "reference" / "codes.md").read_text("utf-8")
    assert [code for code, text in CODES.items() if not text or f"| `{code}` |" not in page] == []


def test_problems_are_documented():
    """Every code of a problem in the code has its line, and no other has."""
    assert set(codes.find_codes("Problem")) == set(codes.PROBLEMS)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (case.VerdictName, codes.VERDICTS),
        (case.Stage, codes.STAGES),
        (case.NotCompared, wording.NOT_COMPARED),
        *codes.PARTS.values(),
    ],
)
def test_words_are_documented(kind, words):
    """Every word that a record may use has its line, and no other has."""
    assert codes.list_words(kind) == set(words)


def test_codes_are_followed(tmp_path, monkeypatch):
    """A code is found where it is written, chosen, set before or given by a caller, and shown where it is none."""
    lines = [
        "def ask(what, code): return Problem(code=code, text=what)",
        "def call(): return [ask('', 'given'), ask('', code='named'), Problem(code='written')]",
        "def choose(x):",
        "    code = 'set' if x else 'other'",
        "    return Problem(code=code)",
        "def hide(x): return Problem(code=x.code)",
    ]
    (tmp_path / "module.py").write_text("\n".join(lines), "utf-8")
    monkeypatch.setattr(codes, "SOURCE", tmp_path)
    assert sorted(codes.find_codes("Problem")) == ["given", "named", "other", "set", "written", "x.code"]
