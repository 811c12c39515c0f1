"""The report: what it says, what it escapes, how far it grows, and how it behaves in a browser."""

import re
import threading
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from cloneward.fingerprint.thumbnail import make_thumbnail
from cloneward.judge import report as subject
from cloneward.judge.report import count_shown, rank_matches, render_report, share_bounds, view_figures
from cloneward.model.case import Reason, SealState, WhyNot
from tests.hostile_images import encode, make_picture
from tests.judge.sample import (
    make_copy,
    make_crowd,
    make_hostile,
    make_sample,
    make_unknown,
    make_unrelated,
    make_verdict,
    make_viewer,
)

MADE_AT = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
JPEG = "data:image/jpeg;base64,AA=="
BUILD = Path(__file__).parents[2] / "build" / "report"


def render(*exhibits):
    """The page, parsed."""
    return LexborHTMLParser(render_report(exhibits, made_at=MADE_AT))


def read_text(node):
    """The text of a node with white space collapsed."""
    return " ".join(node.text().split())


@pytest.fixture(scope="module")
def sample():
    """The sample as one page."""
    return render_report(make_sample(), made_at=MADE_AT)


@pytest.fixture(scope="module")
def tree(sample):
    """The same, parsed."""
    return LexborHTMLParser(sample)


def test_same_input_same_page(sample):
    """The same verdicts give the same page, byte for byte, and it can be written as UTF-8."""
    assert render_report(make_sample(), made_at=MADE_AT).encode() == sample.encode()


def test_stands_alone(tree):
    """The page has no script, no resource but pictures of its own, no handler, and a policy that forbids them."""
    assert not tree.css("script, iframe, object, embed, link, base, form, svg, video, audio, template")
    assert len(tree.css("style")) == 1
    for node in tree.css("*"):
        assert not {name for name in node.attributes if name.startswith("on") or name in {"srcset", "style"}}
        assert re.fullmatch("data:image/jpeg;base64,[A-Za-z0-9+/=]+", node.attributes.get("src", JPEG))
    policy = tree.css_first("meta[http-equiv=Content-Security-Policy]").attributes["content"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")
    assert tree.css_first("meta[name=robots]").attributes["content"] == "noindex"
    assert "url(" not in tree.css_first("style").text()


def test_links_stay_inside(tree):
    """Every link leads to one place of the page, and no name is given twice."""
    names = Counter(node.attributes["id"] for node in tree.css("[id]"))
    assert max(names.values()) == 1
    links = [node.attributes["href"] for node in tree.css("a")]
    assert links[0] == "#main"
    assert {link for link in links if not link.startswith("#") or link[1:] not in names} == set()
    labels = [name for node in tree.css("[aria-labelledby]") for name in node.attributes["aria-labelledby"].split()]
    assert set(labels) <= set(names)


def test_headings_are_in_order(tree):
    """There is one first heading, and no level is skipped on the way down."""
    levels = [int(node.tag[1]) for node in tree.css("h1, h2, h3, h4, h5, h6")]
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))


def test_span_links_are_pairs(tree):
    """A number in the target leads to the same number in the item, and back."""
    numbers = {node.attributes["id"]: node for node in tree.css("a.n")}
    assert len(numbers) > 10
    for name, node in numbers.items():
        other = numbers[node.attributes["href"][1:]]
        assert other.attributes["href"] == f"#{name}"
        assert read_text(other) == read_text(node)


def test_marks_hold_the_words(tree):
    """What is marked on the two sides of a match is the same text, but for what the sample altered."""
    match = tree.css_first("#t3-m1")
    left, right = ([read_text(mark) for mark in side.css("mark")] for side in match.css(".texts > section"))
    assert left == right
    assert left[0] == "1How the tide gauge at Vessel Point works"


def test_says_what_it_must(tree):
    """Tool, policy, time, verdict, figures with definitions, reasons with weights, limits: all are there."""
    assert read_text(tree.css_first("h1")) == "Likeness report on tidal-facts.example and 5 other targets"
    assert tree.css_first("time").attributes["datetime"] == "2026-11-24T05:00:00.000Z"
    first = read_text(tree.css_first("#t1"))
    for words in (
        "64.7% of its words that count stand, in the same order, in 3 protected items.",
        "cloneward 0.1.0; policy default/1",
        "20 November 2026, 06:12:44 UTC",
        "Words of the target that stand in shared spans, divided by all its words that count.",
        "Weight +4.1.",
        "Weight −1.1.",
        "Pages without readable text.",
        "What to do: Compare the images once the tool can do it.",
        "pending: c4f1d2aa09b7",
    ):
        assert words in first
    assert "It is not a statement of law" in read_text(tree.css_first("main"))


def test_what_was_captured_is_shown_and_how_to_verify_it():
    """A captured target has its screenshot, blurred, the address of it, and the command by which anyone verifies it."""
    exhibit = make_unknown()
    seal = SealState(id="c4f1", path="evidence/c4f1", state="pending")
    shot = make_thumbnail(encode(make_picture(3), "PNG"))
    sealed = replace(exhibit, verdict=replace(exhibit.verdict, seal=seal), screenshot=("https://copy.example/a", shot))
    section = render(sealed).css_first("#t1-compared").parent
    text = read_text(section)
    assert "cloneward verify evidence/c4f1 --key KEY --trust ROOTS" in text
    assert "nobody but the owner vouches for the time" in text
    assert "not outlined" in text
    assert section.css_first("img").attributes["alt"] == "Screenshot of the target, blurred"
    bare = render(replace(sealed, verdict=exhibit.verdict, screenshot=None)).css_first("#t1-compared").parent
    assert "cloneward verify" not in read_text(bare)
    assert bare.css_first("img") is None


def test_score_is_told_with_its_base_rate():
    """A score stands among the figures with what it means and supposes; without one there is no such figure."""
    verdict = replace(make_unknown().verdict, score=0.93, base_rate=0.5)
    figures = {figure.name: figure for figure in view_figures(verdict)}
    assert figures["Score"].value == "93%"
    assert "where 50% of the targets that share words took them" in figures["Score"].meaning
    assert "Score" not in {figure.name for figure in view_figures(make_unknown().verdict)}


def test_names_no_crime(sample):
    """The page never calls a target infringing, unauthorised or illegal."""
    assert not re.search(r"infring|unauthori[sz]ed|illegal|unlawful", sample.lower())


def test_unknown_has_no_empty_parts():
    """A target that could not be read has its problems with hints, and no match."""
    tree = render(make_unknown())
    text = read_text(tree.css_first("#t1"))
    assert "could not be judged" in text
    assert "The server did not answer within 20 seconds." in text
    assert "What to do: Try again later" in text
    assert "no time of capture is on record" in text
    assert "No match was found." in text
    assert "Likeness not judged" in text.replace("Likenessnot", "Likeness not")
    assert "0%" not in text
    assert not tree.css("#overview")


def test_no_targets():
    """A report on nothing says so."""
    tree = render()
    assert "No target was judged." in read_text(tree.body)
    assert read_text(tree.css_first("h1")) == "Likeness report on 0 targets"


def test_hostile_content_is_inert():
    """Markup of a target is text, hidden signs are named, and its addresses are no links."""
    page = render_report([make_hostile()], made_at=MADE_AT)
    tree = LexborHTMLParser(page)
    assert not tree.css("b, i, img, script")
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\x07]", page)
    text = read_text(tree.body)
    assert "<script>alert('x')</script>" in text
    assert "</title><img src=x onerror=alert(3)>" in text
    assert {"U+202E", "U+202C", "U+2066", "U+200B", "U+0007"} <= {read_text(sign) for sign in tree.css(".sign")}
    assert "xn--" in text
    assert all(node.attributes["href"].startswith("#") for node in tree.css("a"))
    live = [read_text(node) for node in tree.css("p, dd, td, th, h2, h4, summary") if "https://p" in node.text()]
    assert not [words for words in live if ".example" in words and "vesselpoint" not in words]


def test_signs_do_not_shift_marks():
    """A span after signs beyond the 16-bit plane and after hidden signs marks its own words."""
    tree = render(make_hostile())
    marked = [read_text(mark) for mark in tree.css_first("#t1-m1").css("mark")]
    assert any(words.endswith("Every six minutes a float in a well of concrete is read") for words in marked)


def test_lone_surrogates():
    """A text with half a pair, which UTF-8 cannot hold, is still written."""
    exhibit = make_copy()
    pages = {page: "\udc80" + text[1:] for page, text in exhibit.pages.items()}
    verdict = replace(exhibit.verdict, target="https://a.example/\ud83d", site="\ud83d.example")
    page = render_report([replace(exhibit, verdict=verdict, pages=pages)], made_at=MADE_AT)
    assert b"U+DC80" in page.encode()


def test_crowd_is_bounded():
    """Ten thousand matches give fifty with texts, a table of some more, and the number of the others."""
    tree = render(make_crowd(10_000))
    assert len(tree.css(".match")) == subject.MATCHES
    assert len(tree.css("#t1 tbody tr")) == subject.MATCH_ROWS
    assert "9,750 weaker matches left out of this report" in read_text(tree.css_first("#t1"))
    assert len(tree.html.encode()) < 2_000_000


def test_many_targets_are_bounded():
    """Of many targets each has a line, the first ones a section, and what is left out is said."""
    page = render_report([make_crowd(30)] * 3_000, made_at=MADE_AT)
    tree = LexborHTMLParser(page)
    assert len(tree.css("#overview tbody tr")) == subject.OVERVIEW_ROWS
    assert len(tree.css("article.target")) == subject.TARGETS
    assert len(tree.css(".match")) == subject.MATCHES
    text = read_text(tree.css_first("#overview"))
    assert "1,000 more targets left out of this list" in text
    assert "2,800 targets without a section" in text
    assert len(page.encode()) < 10_000_000


def test_bounds_are_dealt_in_turn():
    """The places for matches go round, so that every target has its strongest before one has its second."""
    assert [share.matches for share in share_bounds([100, 0, 3])] == [47, 0, 3]
    assert [share.matches for share in share_bounds([5] * 60)] == [1] * 50 + [0] * 10
    assert share_bounds([]) == []


def test_evidence_leads_to_matches():
    """Evidence names the match as the report numbers it, and leads there; what is not shown has no link."""
    tree = render(make_copy())
    links = {node.attributes["href"]: read_text(node) for node in tree.css(".evidence a")}
    assert links["#t1-m1"] in {"Match 1", "hxxps://tidal-facts[.]example/history"}
    exhibit = make_crowd(400)
    reason = replace(exhibit.verdict.reasons[0], evidence=(0, 399))
    tree = render(replace(exhibit, verdict=replace(exhibit.verdict, reasons=(reason,))))
    assert read_text(tree.css_first(".evidence")) == "Evidence: Match 1; a match that is not shown (record 399)"


def test_why_not_is_told():
    """Where an expected match was lost is told."""
    exhibit = make_unrelated()
    why = WhyNot(item="i1", stage="retrieved", lost=True, text="No fingerprint is shared.")
    tree = render(replace(exhibit, verdict=replace(exhibit.verdict, why_not=why)))
    assert "Asked about item i1: lost at the stage “retrieved”. No fingerprint is shared." in read_text(tree.body)


def read_colours(block):
    """The colours that a block of the style sheet sets."""
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})", block))


def measure_light(colour):
    """Relative luminance (WCAG 2.2)."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def measure_contrast(one, other):
    """Contrast ratio (WCAG 2.2)."""
    light, dark = sorted((measure_light(one), measure_light(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_contrast(scheme):
    """Text reaches 4.5 to 1 and lines that carry meaning 3 to 1, in every scheme (WCAG 2.2, AA)."""
    style = (files("cloneward.judge") / "templates" / "report.css").read_text("utf-8")
    blocks = [read_colours(block) for block in re.findall(r":root \{(.*?)\}", style, re.DOTALL)]
    colours = blocks[0] | {"light": {}, "dark": blocks[1], "print": blocks[2]}[scheme]
    for text in ("ink", "quiet", "link", "sign"):
        for ground in ("paper", "panel"):
            assert measure_contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    for text in ("ink", "sign"):
        assert measure_contrast(colours[text], colours["mark"]) >= 4.5, text
    if scheme != "print":
        assert measure_contrast(colours["on-number"], colours["number"]) >= 4.5
    assert measure_contrast(colours["mark-line"], colours["mark"]) >= 3
    assert measure_contrast(colours["strong-rule"], colours["paper"]) >= 3


@pytest.fixture
def address(sample):
    """Where a loopback server serves the sample."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(sample.encode())

        def log_message(self, *arguments):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


FOCUSED = "document.activeElement.id || document.activeElement.className"
IN_VIEW = """(() => { const box = document.activeElement.getBoundingClientRect();
    return box.top >= 0 && box.bottom <= innerHeight && box.left >= 0 && box.right <= innerWidth })()"""


def test_support_is_listed():
    """A match of layouts, files or icons has no texts to show: it stands in the table, where reasons lead to it."""
    copy = make_copy()
    first = copy.verdict.matches[0]
    layout = replace(first, kind="structure", measure="jaccard", value=0.875, spans=())
    icon = replace(layout, kind="icon", measure="hamming", value=0.0)
    reason = Reason(code="same_template", text="alike", weight=0.5, pro=True, evidence=(3,))
    verdict = replace(copy.verdict, matches=(*copy.verdict.matches, layout, icon), reasons=(reason,))
    page = render(replace(copy, verdict=verdict))
    assert len(page.css("article.match")) == 3
    rows = [read_text(row) for row in page.css("article.target table tbody tr")]
    assert "structure 0 0 0 87.5%what both have, as a share of what either has" in rows[0]
    assert "icon 0 0 0 0bits in which the fingerprints differ" in rows[1]
    assert page.css_first(".reasons a").attributes["href"] == "#" + page.css_first("table tbody tr").attributes["id"]


def test_pictures_stand_side_by_side():
    """Theirs and ours are there with what they are, how ours was changed, and where the part that they show lies."""
    tree = render(make_viewer())
    text = read_text(tree.css_first("#t1"))
    assert "it shows 1 record, 1 video and 2 pictures of ours." in text
    match = tree.css_first("#t1-m3")
    assert "Mirrored, turned by 2° clockwise, the left 78% shown, at 40% of its size." in read_text(match)
    target, ours = (node.attributes for node in match.css("img"))
    assert target["alt"] == "Target's picture of match 3, blurred"
    assert ours["alt"] == "Our picture of match 3, blurred, outlined: what the target shows"
    assert all(int(side["width"]) <= 320 >= int(side["height"]) for side in (target, ours))
    assert [read_text(node) for node in match.css("figcaption")] == ["Target", "Ours"]
    assert "hxxps://peek[.]example/1.jpg" in read_text(match)
    assert "0:03.0 in the target's video, 0:15.5 in ours" in read_text(tree.css_first("#t1-m2"))


PEOPLE = ["Nora Vessel", "nora.vessel", "Swimmer", "Keeper of the tide gauge", "Low water"]


def test_people_are_named_and_shown_only_when_asked():
    """No value of a record, no title of a person's item and no sharp picture is anywhere in a report by default."""
    page = render_report([make_viewer()], made_at=MADE_AT)
    assert [name for name in PEOPLE if name in page] == []
    assert "12,431" in page
    assert "first letter and the length" in page
    asked = render_report([make_viewer(shows_people=True)], made_at=MADE_AT, shows_people=True)
    assert [name for name in PEOPLE if name not in asked] == []
    assert "may show people" in asked
    assert asked.count("data:image") == page.count("data:image") == 8
    unasked = render_report([make_viewer(shows_people=True)], made_at=MADE_AT)
    assert "data:image/jpeg" not in unasked
    assert unasked.count("The picture is not blurred and was left out.") == 8


def test_figures_without_words_are_not_known():
    """Shares of words are not known where there are none, and people and what is not public have their figures."""
    verdict = make_verdict("a.example", verdict="partial_copy", persons_affected=2, login_only_items=1)
    figures = {figure.name: figure.value for figure in view_figures(verdict)}
    assert figures["Share of the target"] == figures["Greatest share of one item"] == "not known"
    assert (figures["Persons affected"], figures["Items that are not public"]) == ("2", "1")


def test_pictures_have_their_place_beside_many_texts():
    """A picture behind ten thousand matches of text is shown, and one text behind as many pictures is."""
    crowd = make_crowd(10_000)
    picture = make_viewer().verdict.matches[1]
    verdict = replace(crowd.verdict, matches=(*crowd.verdict.matches, picture))
    tree = render(replace(crowd, verdict=verdict))
    assert len(tree.css(".match figure")) == 2
    pictures = tuple(replace(picture, image=f"https://peek.example/{n}.jpg") for n in range(300))
    verdict = replace(crowd.verdict, matches=(*pictures, crowd.verdict.matches[0]))
    tree = render(replace(crowd, verdict=verdict))
    assert len(tree.css(".match .texts")) == 1
    assert len(tree.css(".match")) == subject.MATCHES


def test_pictures_keep_the_order_in_which_they_were_found():
    """Values of two measures are not compared: bits that differ and points that agree say opposite things."""
    _, points, bits, _ = make_viewer().verdict.matches
    assert rank_matches((bits, points)) == [0, 1]
    assert rank_matches((points, bits, make_copy().verdict.matches[0])) == [2, 0, 1]


def test_count_shown():
    """A picture on several pages is one, and what no reason counts is not counted."""
    verdict = make_viewer().verdict
    twice = replace(verdict.matches[1], page="https://peek.example/2")
    reason = replace(verdict.reasons[2], evidence=(1, 4))
    more = replace(verdict, matches=(*verdict.matches, twice), reasons=(reason,))
    assert count_shown(more) == "1 picture"
    assert count_shown(make_copy().verdict) == ""


def test_hostile_records_are_inert():
    """Markup and hidden signs in a value, a field's name, an image's address or a version are text."""
    viewer = make_viewer(shows_people=True)
    bad = "<img src=x onerror=alert(1)>\u202e"
    record, picture, *rest = viewer.verdict.matches
    record = replace(record, version=bad, fields=(replace(record.fields[0], name=bad, target=(0, len(bad))),))
    picture = replace(picture, image=f"javascript:{bad}")
    verdict = replace(viewer.verdict, matches=(record, picture, *rest))
    pages = dict.fromkeys(viewer.pages, bad)
    page = render_report([replace(viewer, verdict=verdict, pages=pages)], made_at=MADE_AT, shows_people=True)
    tree = LexborHTMLParser(page)
    assert all(node.attributes["src"].startswith("data:image/jpeg;base64,") for node in tree.css("img"))
    assert "\u202e" not in page
    assert read_text(tree.body).count("<img src=x onerror=alert(1)>") >= 4


@pytest.mark.browser
def test_pictures_are_loaded(page, address):
    """The browser decodes every picture, and none is wider than its place, on a narrow screen as well."""
    page.goto(address)
    sizes = "[...document.images].map(image => image.complete && image.naturalWidth > 0)"
    assert page.evaluate(sizes) == [True] * 8
    page.set_viewport_size({"width": 400, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == 400


@pytest.mark.browser
def test_loads_quietly(page, address):
    """The page asks for nothing but itself and has no complaint."""
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.goto(address, wait_until="networkidle")
    assert asked == [address]
    assert said == []


@pytest.mark.browser
def test_keyboard(page, address):
    """The first stop is the skip link; a span's number leads to its counterpart with the focus, and back."""
    page.goto(address)
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == "skip"
    assert page.evaluate(IN_VIEW)
    page.keyboard.press("Enter")
    assert page.evaluate(FOCUSED) == "main"
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED) == "t1-m1-t2":
            break
    assert page.evaluate(FOCUSED) == "t1-m1-t2"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    for name in ("t1-m1-i2", "t1-m1-t2"):
        page.keyboard.press("Enter")
        page.wait_for_function(f"document.activeElement.id === '{name}'")
        assert page.evaluate(IN_VIEW)


@pytest.mark.browser
def test_details_open_by_key(page, address):
    """The annex opens with the keyboard alone."""
    page.goto(address)
    page.locator("#t1 summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("#t1 details").first.get_attribute("open") is not None
    assert "https://tidal-facts.example/history" in page.locator("#t1 details").first.inner_text()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_fits(page, address, width, scheme):
    """Nothing is wider than the window; pictures are left under build/report to look at."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    BUILD.mkdir(parents=True, exist_ok=True)
    clip = {"x": 0, "y": 0, "width": width, "height": min(12_000, page.evaluate("document.body.scrollHeight"))}
    page.screenshot(path=BUILD / f"{width}-{scheme}.png", full_page=True, clip=clip)


@pytest.mark.browser
def test_prints(page, address):
    """In print the details are open and marks do not need colour; a PDF is left under build/report."""
    page.goto(address)
    BUILD.mkdir(parents=True, exist_ok=True)
    assert page.pdf(path=BUILD / "report.pdf", prefer_css_page_size=True).startswith(b"%PDF")
    page.emulate_media(media="print")
    mark = page.locator("#t1 mark").first
    assert "underline" in mark.evaluate("node => getComputedStyle(node).textDecorationLine")
    heights = page.evaluate("[...document.querySelectorAll('details > ol')].map(node => node.offsetHeight)")
    assert min(heights) > 0
    assert page.locator(".skip").is_hidden()
