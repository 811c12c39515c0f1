"""Tests of cloneward.workflows.check."""

import json
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from cloneward import __version__
from cloneward.model.codec import encode_verdict
from cloneward.model.content import Owner
from cloneward.workflows.check import Check
from cloneward.workflows.library import open_folders
from tests.archive.crawl import http, pack, record
from tests.store.entries import JumpingClock

VERDICTS = {
    "viewer-verbatim.test": ("copy", "whole"),
    "lessons-changed.test": ("copy", "whole"),
    "shop-excerpt.test": ("partial_copy", "partial"),
    "unrelated-blog.test": ("unrelated", "none"),
}


@pytest.fixture(scope="module")
def library(web):
    """The owner's pages, to compare with."""
    library, _ = open_folders([web / "owner.test"])
    return library


@pytest.fixture
def check(library):
    """Judge a target: its verdicts."""

    def run(target, **options):
        job = Check(library=library, clock=JumpingClock(), **options)
        verdicts = [checked.verdict for checked in job.run(target)]
        for verdict in verdicts:
            json.loads(encode_verdict(verdict))
        return verdicts

    return run


def read_words(text, bounds):
    """The words between two offsets of a text, in small letters."""
    return re.findall(r"\w+", text[slice(*bounds)].casefold())


@pytest.mark.parametrize("site", VERDICTS)
def test_verdicts_of_the_world(check, web, site):
    """Sites that copy all, copy some or have nothing of ours get the verdict that is true of them."""
    (verdict,) = check(web / site)
    assert (verdict.verdict, verdict.likeness) == VERDICTS[site]
    assert (verdict.site, verdict.standing) == (site, "none_known")
    assert verdict.pages == 2
    assert verdict.problems == ()
    assert verdict.tool == f"cloneward/{__version__}"


@pytest.mark.parametrize("site", ["viewer-verbatim.test", "lessons-changed.test", "shop-excerpt.test"])
def test_spans_say_the_same_on_both_sides(library, web, site):
    """Each span holds the same words in the page's text and in the item's, as many as it says."""
    texts = {}
    job = Check(library=library, clock=JumpingClock(), keep=lambda _, page, text: texts.update({page: text}))
    (checked,) = job.run(web / site)
    assert checked.texts == texts
    spans = [(match, span) for match in checked.verdict.matches for span in match.spans]
    assert spans
    for match, span in spans:
        words = read_words(texts[match.page], span.target)
        assert words == read_words(library.read_text(match.item), span.item)
        assert len(words) == span.words


def test_each_page_alone(check, web):
    """With `each`, every page is a target of its own, named by its path, in order."""
    site = web / "viewer-verbatim.test"
    verdicts = check(site, each=True)
    assert [verdict.target for verdict in verdicts] == [f"{site}/000.html", f"{site}/001.html"]
    assert {verdict.verdict for verdict in verdicts} == {"copy"}
    (alone,) = check(site / "000.html", each=True)
    assert alone.target == f"{site}/000.html"
    assert (alone.matches[0].spans, alone.site) == (verdicts[0].matches[0].spans, verdicts[0].site)


@pytest.mark.parametrize(
    ("domain", "site", "verdict", "standing"),
    [
        ("mirror-verbatim.test", "mirror-verbatim.test", "authorised", "own"),
        ("owner.test", "blog-quoting.test", "benign", "quotation"),
        ("owner.test", "mirror-verbatim.test", "copy", "none_known"),
    ],
)
def test_whose_it_is_counts(library, web, domain, site, verdict, standing):
    """What stands on a domain of the owner is authorised; a short passage that links there is a quotation."""
    owned = replace(library, owner=Owner(domains=frozenset({domain})))
    (checked,) = Check(library=owned, clock=JumpingClock()).run(web / site)
    assert (checked.verdict.verdict, checked.verdict.standing) == (verdict, standing)


def test_two_ip_addresses_are_not_one_site(library, web, tmp_path):
    """A copy served from an IP address is not our own because our site has one that ends alike."""
    folder = tmp_path / "10.0.0.1"
    folder.mkdir()
    (folder / "a.html").write_bytes((web / "viewer-verbatim.test" / "000.html").read_bytes())
    owned = replace(library, owner=Owner(domains=frozenset({"20.0.0.1"})))
    (checked,) = Check(library=owned, clock=JumpingClock()).run(folder)
    assert checked.verdict.verdict == "copy"


def test_why_not(check, library, web):
    """An expected item is traced to the stage where it was lost, or said to be among the matches."""
    (found,) = check(web / "viewer-verbatim.test")
    item = found.matches[0].item
    assert check(web / "viewer-verbatim.test", why_not=item)[0].why_not.stage == "judged"
    assert check(web / "unrelated-blog.test", why_not=item)[0].why_not.stage == "retrieved"
    assert check(web / "unrelated-blog.test", why_not="i0")[0].why_not.stage == "registered"
    assert found.why_not is None


def test_took_is_measured_by_the_clock(library, web):
    """The time that a target took is read from the clock that was given, and so is the day."""
    clock = JumpingClock()
    for checked in Check(library=library, clock=clock, keep=lambda *_: clock.sleep(1.5)).run(web / "partner.test"):
        assert checked.verdict.took_s == pytest.approx(3.0, abs=0.01)


@pytest.mark.parametrize("each", [False, True])
@pytest.mark.parametrize("name", ["none", "n" * 300, "loop", "pipe", "null"])
def test_bad_targets_are_verdicts(check, tmp_path, name, each):
    """Where nothing can be read, the verdict is unknown, with one problem that says why and what to do."""
    (tmp_path / "loop").symlink_to("loop")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "null").symlink_to("/dev/null")
    (verdict,) = check(tmp_path / name, each=each)
    assert (verdict.verdict, verdict.pages, verdict.not_compared) == ("unknown", 0, ("no_text",))
    (problem,) = verdict.problems
    assert (problem.code, problem.page) == ("target_missing", None)
    assert problem.hint


@pytest.mark.parametrize("each", [False, True])
def test_empty_folder(check, tmp_path, each):
    """A folder without a page gives one line all the same, which says so."""
    (verdict,) = check(tmp_path, each=each)
    assert (verdict.target, verdict.verdict) == (str(tmp_path), "unknown")
    assert [problem.code for problem in verdict.problems] == ["no_pages"]


@pytest.mark.timeout(30)
@pytest.mark.parametrize("each", [False, True])
def test_hostile_folder(check, web, tmp_path, each):
    """In a folder full of traps each gives its problem or its text, and the one real page is found."""
    words = "<p>Some words of no one in particular.</p>"
    contents = {
        "binary.html": bytes(range(256)) * 40,
        "blank.html": b" \n\t ",
        "charset.html": b"<meta charset=idna><p>na\xefve words",
        "deep.html": b"<div>" * 200_000 + words.encode(),
        "empty.html": b"",
        "escapes.html": b"<meta charset=unicode_escape><p>\xe9 \\ud800 \\x1b[2J",
        "long.html": b"<p>" + b"word " * 1_000_000,
        "nul.html": b"<p>one\0two\0three " + b"words " * 100,
        "open.html": b"<p title='" + b"x" * 100_000,
        "undefined.html": b"<meta charset=undefined><p>\xff words",
        "utf16.html": "<p>wide words".encode("utf-16"),
        "utf7.html": b"<meta charset=utf-7><p>\xff +2AA- words",
        "zero.txt": b"\0" * 1_000,
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    os.mkfifo(tmp_path / "pipe.html")
    (tmp_path / "loop.html").symlink_to("loop.html")
    (tmp_path / "out.html").symlink_to("/etc/hostname")
    (tmp_path / "page.html").mkdir()
    (tmp_path / "page.html" / "real.html").write_bytes((web / "viewer-verbatim.test" / "000.html").read_bytes())
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.html")).write_text(words)
    verdicts = check(tmp_path, each=each)
    codes = {problem.page: problem.code for verdict in verdicts for problem in verdict.problems}
    expected = {
        "binary.html": "not_text",
        "blank.html": "page_empty",
        "empty.html": "page_empty",
        "loop.html": "file_unreadable",
        "out.html": "link_outside",
        "pipe.html": "not_a_file",
        "zero.txt": "not_text",
    }
    assert codes.items() >= expected.items()
    assert {match.page for verdict in verdicts for match in verdict.matches} == {"page.html/real.html"}
    assert len(verdicts) == (len(contents) + 5 if each else 1)
    if each:
        assert f"{tmp_path}/caf\\xe9.html" in {verdict.target for verdict in verdicts}


def test_vanishing_file(check, library, web, tmp_path):
    """A page that is deleted while its neighbour is read is a problem, and the next one is read."""
    for name in ["a.html", "b.html", "c.html"]:
        (tmp_path / name).write_bytes((web / "viewer-verbatim.test" / "000.html").read_bytes())
    (verdict,) = check(tmp_path, keep=lambda *_: (tmp_path / "b.html").unlink(missing_ok=True))
    assert (verdict.pages, verdict.verdict) == (2, "copy")
    assert [(problem.page, problem.code) for problem in verdict.problems] == [("b.html", "file_unreadable")]


def test_dates_tell_who_was_first(tmp_path):
    """A page that dates itself after the text was sealed speaks for us; the seal is that of the records."""
    page = "<meta property='article:published_time' content='2026-11-01'><p>" + " ".join(f"w{n}" for n in range(90))
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "a.html").write_text(page.replace("2026-11-01", "2026-01-01"))
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "b.html").write_text(page)
    library, _ = open_folders([tmp_path / "own"])
    judged = []
    for since in (None, "2026-03-01T00:00:00Z"):
        job = Check(library=replace(library, read_since=lambda _, moment=since: moment), clock=JumpingClock())
        (checked,) = job.run(tmp_path / "copy")
        judged.append((checked.verdict.verdict, checked.verdict.direction))
    assert judged == [("copy", "unknown"), ("copy", "ours_first")]


def make_warc(web, path, **sites):
    """A WARC of one site of the simulated web, captured at each of the hosts given."""
    bodies = {name: (web / site / "000.html").read_bytes() for name, site in sites.items()}
    path.write_bytes(pack(*[record(f"http://{name}.test/0", http(body)) for name, body in bodies.items()]))
    return path


def test_archives_are_judged_by_their_hosts(library, web, tmp_path):
    """The site of a WARC is the host at which its matching pages were captured, whatever its file is called."""
    owned = replace(library, owner=Owner(domains=frozenset({"own.test"})))
    job = Check(library=owned, clock=JumpingClock())
    clone = make_warc(web, tmp_path / "own.test", clone="viewer-verbatim.test", other="unrelated-blog.test")
    (checked,) = job.run(clone)
    verdict = checked.verdict
    assert (verdict.verdict, verdict.site, verdict.problems) == ("partial_copy", "clone.test", ())
    assert {match.page for match in verdict.matches} == {"http://clone.test/0"}
    (checked,) = job.run(make_warc(web, tmp_path / "x.warc.gz", own="viewer-verbatim.test"))
    assert (checked.verdict.verdict, checked.verdict.standing) == ("authorised", "own")


def test_a_forged_archive_excuses_nothing(library, web, tmp_path):
    """A WARC that dates a copy before our pages leaves the verdict a copy, and what it claims is told."""
    items = {name: replace(item, published_at="2026-02-01") for name, item in library.items.items()}
    page = (web / "viewer-verbatim.test" / "000.html").read_bytes()
    warc = tmp_path / "x.warc"
    old = record("http://clone.test/0", http(page))
    assert old.count(b"WARC-Date: 20") == 1
    at = old.index(b"WARC-Date: ") + len(b"WARC-Date: ")
    warc.write_bytes(old[:at] + b"1999" + old[at + 4 :])
    (checked,) = Check(library=replace(library, items=items), clock=JumpingClock()).run(warc)
    verdict = checked.verdict
    assert verdict.captured_at.startswith("1999-")
    assert (verdict.verdict, verdict.direction) == ("copy", "unknown")
    claims = [reason for reason in verdict.reasons if reason.code == "theirs_first_claimed"]
    assert [(claim.weight, claim.pro, "1999" in claim.text) for claim in claims] == [(0.0, False, True)]


def test_several_sites_in_one_archive(library, web, tmp_path):
    """Where matching pages of one WARC were captured at several sites, none speaks for the others, and that is told."""
    owned = replace(library, owner=Owner(domains=frozenset({"own.test"})))
    both = make_warc(web, tmp_path / "x.warc.gz", own="viewer-verbatim.test", clone="viewer-verbatim.test")
    (checked,) = Check(library=owned, clock=JumpingClock()).run(both)
    assert (checked.verdict.site, checked.verdict.standing) == ("x.warc.gz", "none_known")
    assert [problem.code for problem in checked.verdict.problems] == ["several_sites"]
    each = [checked.verdict for checked in Check(library=owned, clock=JumpingClock(), each=True).run(both)]
    assert [(verdict.target, verdict.standing) for verdict in each] == [
        (f"{both}#http://own.test/0", "own"),
        (f"{both}#http://clone.test/0", "none_known"),
    ]


def test_records_are_compared(check, web, library, tmp_path):
    """A file of records is compared by the text of each."""
    text = library.read_text(next(iter(library.items)))
    records = [{"id": "x", "text": text}, {"id": "y", "text": "words of no one"}]
    path = tmp_path / "dump.jsonl"
    path.write_text("".join(f"{json.dumps(one)}\n" for one in records))
    (verdict,) = check(path)
    assert {match.page for match in verdict.matches} == {"x"}
    assert verdict.pages == 2
