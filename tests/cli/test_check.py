"""Tests of cloneward.cli.check."""

import hashlib
import io
import json
import os
import re
import sys
import zipfile
from pathlib import Path

import pytest

from tests.fetch.hosts import Host, answer, path_of
from tests.records import FIELDS

COPY, QUOTING, OTHER = "viewer-verbatim.test", "blog-quoting.test", "unrelated-blog.test"
PART = "shop-excerpt.test"


@pytest.fixture
def check(run, web):
    """Judge targets against the owner's folder."""
    return lambda *arguments: run("check", *arguments, "--against", web / "owner.test")


def test_json_is_pure(check, web, tmp_path):
    """Stdout has one JSON object a target, with the fields of the contract by their names, and nothing else."""
    done = check(web / COPY, tmp_path / "none", web / OTHER, "--json", "--html", tmp_path / "report.html")
    records = done.records
    assert [record["verdict"] for record in records] == ["copy", "unknown", "unrelated"]
    for record in records:
        assert set(record) == FIELDS
        assert all(set(reason) == {"code", "text", "weight", "for", "evidence"} for reason in record["reasons"])
        assert {type(reason["for"]) for reason in record["reasons"]} == {bool}
    (problem,) = records[1]["problems"]
    assert set(problem) == {"code", "page", "text", "hint"}
    match = records[0]["matches"][0]
    assert set(match) == set("item version page kind measure value spans image transform".split())
    assert set(match["spans"][0]) == {"target", "item", "words"}
    assert done.err == f"report: {tmp_path}/report.html\n"


def test_evidence_points_at_matches(check, web):
    """The evidence of a reason names positions in the matches that are there."""
    (record,) = check(web / COPY, "--json").records
    evidence = [at for reason in record["reasons"] for at in reason["evidence"] if isinstance(at, int)]
    assert evidence
    assert set(evidence) <= set(range(len(record["matches"])))


def test_plain_lines(check, web):
    """Without JSON each target has one line, and its reasons for and against below."""
    lines = check(web / COPY, web / OTHER).out.splitlines()
    heads = [line.split()[:2] for line in lines if not line.startswith(" ")]
    assert heads == [["copy", str(web / COPY)], ["unrelated", str(web / OTHER)]]
    assert any(line.startswith("    for ") for line in lines)
    assert any(line.startswith("    against ") for line in lines)


@pytest.mark.parametrize(
    ("targets", "fail_on", "code"),
    [
        ([COPY], "copy", 3),
        ([PART], "copy", 3),
        ([COPY], "partial_copy", 0),
        ([OTHER, PART], " partial_copy , impersonation", 3),
        ([OTHER], "copy", 0),
        ([OTHER], "copy,unrelated", 3),
        ([OTHER, "none"], "copy", 2),
        ([COPY, "none"], "copy", 3),
        (["none"], "unknown", 3),
    ],
)
def test_fail_on(check, web, targets, fail_on, code):
    """A verdict that was to fail gives 3, where copy counts partial_copy; a missing target alone gives 2."""
    assert check(*(web / target for target in targets), "--fail-on", fail_on).code == code


@pytest.mark.parametrize("names", ["copied", "copy,copied", "COPY"])
def test_unknown_verdict_name(check, web, names):
    """A verdict that does not exist is refused before anything is read, with those that do."""
    done = check(web / COPY, "--fail-on", names)
    assert (done.code, done.out) == (2, "")
    assert "no such verdict" in done.err
    assert "hint: one of copy, partial_copy" in done.err


def test_each(check, web):
    """With --each every page has its line."""
    records = check(web / COPY, web / PART / "000.html", "--each", "--json").records
    expected = [f"{web}/{COPY}/000.html", f"{web}/{COPY}/001.html", f"{web}/{PART}/000.html"]
    assert [record["target"] for record in records] == expected
    assert {record["pages"] for record in records} == {1}


def test_texts(check, web, tmp_path):
    """Both texts of every match are kept by their digests, and the spans hold the same words in both."""
    (record,) = check(web / COPY, "--json", "--texts", tmp_path / "deep" / "texts").records
    folder = tmp_path / "deep" / "texts"
    texts = {}
    for line in (folder / "index.tsv").read_text().splitlines():
        name, target, page = line.split("\t")
        content = (folder / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == name.removesuffix(".txt")
        texts[target, page] = content.decode()
    assert record["matches"]
    for match in record["matches"]:
        for span in match["spans"]:
            ours = texts["", match["item"]][slice(*span["item"])]
            theirs = texts[record["target"], match["page"]][slice(*span["target"])]
            words = re.findall(r"\w+", theirs)
            assert words == re.findall(r"\w+", ours)
            assert len(words) == span["words"]


def test_texts_are_those_of_the_workspace(run, workspace, web, tmp_path):
    """The text kept of an item is the one that the workspace shows."""
    command = ["check", web / COPY, "--workspace", workspace, "--json", "--texts", tmp_path / "texts"]
    item = run(*command).records[0]["matches"][0]["item"]
    name = next(
        line.split("\t")[0]
        for line in (tmp_path / "texts" / "index.tsv").read_text().splitlines(True)
        if f"\t{item}\n" in line
    )
    (shown,) = run("protect", "show", item, "--text", "--json", "--workspace", workspace).records
    assert name == f"{shown['text_digest']}.txt"
    assert (tmp_path / "texts" / name).read_text() == shown["text"]


@pytest.mark.parametrize(("option", "name"), [("--texts", "file"), ("--texts", "file/a"), ("--html", "no/report.html")])
def test_unwritable(check, web, tmp_path, option, name):
    """Where a report or a text cannot be written, the path is named with the system's words and a hint."""
    (tmp_path / "file").write_text("mine")
    done = check(web / PART, option, tmp_path / name)
    assert done.code == 2
    assert f"cannot write {tmp_path / name}: " in done.err
    assert "\nhint: " in done.err


def test_report(check, web, tmp_path):
    """The report is one HTML file that names the verdict's target, and its place is told."""
    done = check(web / COPY, "--html", tmp_path / "report.html")
    assert done.code == 0
    assert "<html" in (tmp_path / "report.html").read_text()
    assert "report: " in done.err


def test_why_not(run, workspace, web):
    """An expected item is traced by its id, the beginning of it or its address, on a line or in the record."""
    (record,) = run("check", web / COPY / "000.html", "--workspace", workspace, "--json").records
    assert "why_not" not in record
    item = record["matches"][0]["item"]
    url = next(
        line["url"] for line in run("protect", "list", "--json", "--workspace", workspace).records if line["id"] == item
    )
    for name in [item, item[:12], url]:
        (traced,) = run("check", web / COPY / "000.html", "--workspace", workspace, "--json", "--why-not", name).records
        assert traced["why_not"].items() >= {"item": item, "stage": "judged", "lost": False}.items()
        assert set(traced) == FIELDS | {"why_not"}
    lines = run("check", web / OTHER, "--workspace", workspace, "--why-not", "i000").out.splitlines()
    assert lines[-1].startswith("    why not  i000: registered: ")


def test_why_not_at_another_address(run, workspace, tmp_path, web):
    """An item is traced by any address that has its text."""
    page = next(path for path in sorted((web / "owner.test").rglob("*.html")))
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "a-copy-of-it.html").write_bytes(page.read_bytes() + b"<!-- again -->")
    done = run("protect", "add", tmp_path / "more", "--base", "https://owner.test/more/", "--workspace", workspace)
    assert "0 new, 0 changed, 0 unchanged, 1 folded" in done.err
    name = "https://owner.test/more/a-copy-of-it.html"
    options = ("--workspace", workspace, "--json", "--why-not", name)
    (traced,) = run("check", page, *options).records
    assert (traced["why_not"]["item"][0], traced["why_not"]["stage"]) == ("i", "judged")


def test_workspace_knows_whose_it_is(run, workspace, web):
    """With a workspace, a short passage that links to our site is a quotation, and our own site is ours."""
    (quoting,) = run("check", web / QUOTING, "--workspace", workspace, "--json").records
    assert (quoting["verdict"], quoting["standing"]) == ("benign", "quotation")
    (own,) = run("check", web / "owner.test", "--workspace", workspace, "--json").records
    assert (own["verdict"], own["standing"]) == ("authorised", "own")


def test_base_tells_whose_it_is(run, web, tmp_path):
    """Without a workspace the base tells which domain is ours, and one that is no address is refused."""
    (tmp_path / "ours").symlink_to(web / "owner.test")
    command = ["check", web / QUOTING, "--against", tmp_path / "ours", "--json"]
    assert [record["verdict"] for record in run(*command).records] == ["partial_copy"]
    assert [record["verdict"] for record in run(*command, "--base", "https://owner.test/").records] == ["benign"]
    done = run(*command, "--base", "owner.test")
    assert (done.code, done.out, "not a web address: 'owner.test'" in done.err) == (2, "", True)


def test_partner_is_licensed(run, workspace, web, monkeypatch):
    """A partner's licence counts until its last day, however its name is written, and not a day longer."""
    command = ["check", web / "partner.test", "--workspace", workspace, "--json"]
    for until, verdict in [("9999-12-31", "authorised"), ("2020-01-01", "copy")]:
        monkeypatch.setenv("CLONEWARD_PARTNERS", f'[{{domain = "Partner.test", until = "{until}"}}]')
        assert [record["verdict"] for record in run(*command).records] == [verdict]


def test_empty_workspace(run, web, tmp_path):
    """A workspace in which nothing is protected is an error that names the next step."""
    assert run("init", tmp_path / "new", "--site", "https://owner.test/").code == 0
    done = run("check", web / COPY, "--workspace", tmp_path / "new")
    assert (done.code, done.out) == (2, "")
    assert "hint: cloneward protect add" in done.err


@pytest.mark.parametrize("name", ["none", "empty", "blank.html"])
def test_nothing_of_ours(run, web, tmp_path, name):
    """Where nothing of ours can be read, nothing is compared: an error with a hint."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "blank.html").write_text(" ")
    done = run("check", web / COPY, "--against", tmp_path / name)
    assert (done.code, done.out) == (2, "")
    assert "\nhint: " in done.err


def test_damaged_workspace(run, workspace, web):
    """A text of ours that is not what was stored stops the comparison: exit code 4."""
    items = run("protect", "list", "--json", "--workspace", workspace).records
    digests = {item["text_digest"] for item in items}
    for digest in digests:
        (workspace / "items" / digest[:2] / f"{digest[2:]}.zst").write_bytes(b"other")
    done = run("check", web / COPY, "--workspace", workspace, "--json")
    assert (done.code, done.out) == (4, "")
    assert any(digest in done.err for digest in digests)


@pytest.mark.timeout(30)
def test_hostile_names(check, web, tmp_path):
    """Targets and pages whose names are no text or command a terminal give one line each, as text and as JSON."""
    page = (web / COPY / "000.html").read_bytes()
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9\x1b[2J\n"))
    folder.mkdir()
    (folder / "copy        forged.html").write_bytes(page)
    (folder / "a\nunrelated b.html").write_bytes(b"")
    os.mkfifo(folder / "pipe.html")
    targets = [folder, folder / "pipe.html", folder / "n" / ("n" * 300), folder / "copy        forged.html"]
    done = check(*targets, "--json", "--texts", tmp_path / "texts", "--html", tmp_path / "report.html")
    assert done.code == 2
    assert [record["verdict"] for record in done.records] == ["copy", "unknown", "unknown", "copy"]
    assert [problem["code"] for problem in done.records[0]["problems"]] == ["page_empty", "not_a_file"]
    for line in (tmp_path / "texts" / "index.tsv").read_text().splitlines():
        assert len(line.split("\t")) == 3
    lines = check(*targets).out.splitlines()
    assert [line.split()[0] for line in lines if not line.startswith("    ")] == ["copy", "unknown", "unknown", "copy"]
    assert all("\x1b" not in line for line in lines)


def test_hostile_address_cannot_command_the_terminal(run, workspace, web, tmp_path):
    """An address on a page, which a reason quotes, is shown on one line with its control characters spelt out."""
    words = (web / "owner.test" / "pages" / "000.html").read_text()
    passage = " ".join(re.sub(r"<[^>]*>", " ", words).split()[200:260])
    link = '<a href="https://owner.test/&#27;[2J&#10;copy">source</a>'
    (tmp_path / "page.html").write_text(f"<p>{passage} {link}</p>")
    done = run("check", tmp_path / "page.html", "--workspace", workspace)
    assert "\\x1b[2J" in done.out
    assert "\x1b" not in done.out


def test_a_page_from_stdin(run, web, monkeypatch):
    """A dash is one page of HTML, read from stdin."""
    page = next((web / COPY).glob("*.html")).read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(page)))
    (record,) = run("check", "-", "--against", web / "owner.test", "--json").records
    assert (record["target"], record["verdict"], record["pages"]) == ("-", "copy", 1)


@pytest.fixture
def served(web, workspace):
    """A host on loopback that shows the pages of a copyist, and a workspace that may read it."""

    def behave(link, head):
        file = web / COPY / path_of(head).lstrip("/")
        if path_of(head) == "/":
            links = "".join(f'<p><a href="/{page.name}">{page.stem}</a>' for page in sorted(file.glob("*.html")))
            link.sendall(answer(links.encode(), "Content-Type: text/html\r\n"))
            return
        link.sendall(answer(file.read_bytes(), "Content-Type: text/html\r\n") if file.is_file() else LOST)

    host = Host(behave)
    settings = workspace / "cloneward.toml"
    lines = [
        "",
        "[fetch]",
        f'allow = ["{host.endpoint}"]',
        f'resolve = {{"copy.test" = "{host.endpoint}"}}',
        "per_host_s = 0",
    ]
    settings.write_text(settings.read_text() + "\n".join(lines))
    yield host
    host.stop()


LOST = answer(b"gone", status="404 Not Found")


def test_pages_of_the_web(run, web, workspace, served):
    """An address is read through the door and judged as its host; one that cannot be read is told by who must act."""
    page = next((web / COPY).glob("*.html")).name
    targets = [f"http://copy.test/{page}", "http://copy.test/none.html", "http://10.0.0.1/", web / OTHER]
    done = run("check", *targets, "--plain", "--workspace", workspace, "--json")
    assert [record["verdict"] for record in done.records] == ["copy", "unknown", "unknown", "unrelated"]
    first, missing = done.records[:2]
    for record in (first, missing):
        assert record["seal"]["state"] == "pending"
        assert (workspace / record["seal"]["path"] / "capture.wacz").is_file()
    assert [record["seal"] for record in done.records[2:]] == [None, None]
    assert "captured" in [reason["code"] for reason in first["reasons"]]
    assert (first["site"], first["target"], first["pages"]) == ("copy.test", targets[0], 1)
    assert first["captured_at"].endswith("Z")
    assert [problem["code"] for record in done.records for problem in record["problems"]] == [
        "target_missing",
        "target_refused",
    ]
    assert done.code == 5
    assert len(served.heads) == 2


@pytest.mark.browser
def test_a_site_is_visited_by_a_browser_and_sampled(run, web, workspace, served):
    """The top of a site is a sample of it, pages that are named like ours first, all under one seal."""
    done = run("check", "http://copy.test/", "--pages", "2", "--workspace", workspace, "--json")
    (record,) = done.records
    assert (record["verdict"], record["pages"], done.code) == ("copy", 2, 0)
    assert "not_captured" not in [reason["code"] for reason in record["reasons"]]
    assert [problem["code"] for problem in record["problems"]] == ["pages_capped"]
    with zipfile.ZipFile(workspace / record["seal"]["path"] / "capture.wacz") as archive:
        pages = [json.loads(line) for line in archive.read("pages/pages.jsonl").splitlines()[1:]]
    assert pages[0]["url"] == "http://copy.test/"
    assert len(pages) == 2
    assert all(page["text"] for page in pages)


def test_without_a_workspace_the_door_is_shut_to_private_hosts(run, web, served):
    """Nothing but the settings of a workspace opens a private host."""
    done = run("check", f"http://{served.endpoint}/", "--against", web / "owner.test", "--json")
    assert (done.code, done.records[0]["problems"][0]["code"]) == (5, "target_refused")
    assert served.heads == []


def test_against_an_address(run, web, served):
    """What is ours can be at an address too; without leave of the settings a private one is refused."""
    done = run("check", web / COPY, "--against", f"http://{served.endpoint}/", "--json")
    assert (done.code, done.out) == (5, "")
    assert "[fetch] allow" in done.err
