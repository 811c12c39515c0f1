"""The bench of people makes the world that it says it makes, and counts what it says it counts."""

import json
from datetime import datetime
from itertools import pairwise
from random import Random

import people
import pytest
from people import Answer, Maker, Truth
from people_pages import TEMPLATES, Habit, Scene, draw_bio, draw_handles, draw_search, take_view
from people_records import NOW, Population, read_time
from people_words import Words, cut_text, read_languages

from cloneward.archive.items import read_jsonl
from cloneward.fingerprint.extract import extract

LANGUAGES = read_languages()
PEOPLE = list(Population(3).make(400))
HISTORY = [
    {"from": "2025-01-01T00:00:00.000Z", "to": "2025-06-01T12:00:00.000Z"},
    {"from": "2025-06-01T12:00:00.000Z", "to": None},
]


def choose_words(language, **habits):
    """The habits of a site of that language, some of them fixed."""
    words = Words.choose(language, LANGUAGES[language], Random(1))
    told = {key: getattr(words, key) for key in words.__dataclass_fields__}
    return Words(**{**told, "space": " ", "has_own_digits": True, "is_cut": True, "rounding": "short", **habits})


def make_scene(seed=1):
    """A page's surroundings without other people."""
    return Scene(choose_words("en"), "viewer.test", Random(seed))


def test_population_grows():
    """The first people are the same however many are made."""
    assert list(Population(3).make(50)) == PEOPLE[:50]
    assert list(Population(4).make(1)) != PEOPLE[:1]


def test_histories():
    """Versions follow one another without a gap, the last is in force now, and no two in a row are the same."""
    for item in PEOPLE:
        versions = item["versions"]
        assert versions[-1]["to"] is None
        assert versions[-1]["fields"] == item["fields"]
        for left, right in pairwise(versions):
            assert left["to"] == right["from"] > left["from"]
            assert left["fields"] != right["fields"]
        assert len(item["fields"].get("bio", "")) <= 160
        times = [post["time"] for post in item["fields"]["posts"]]
        assert times == sorted(times, reverse=True)


def test_handles_are_taken_once():
    """Nobody has a handle that another has or had."""
    owners = {}
    for item in PEOPLE:
        for handle in {version["fields"]["handle"] for version in item["versions"]}:
            assert owners.setdefault(handle, item["id"]) == item["id"]


def test_many_scripts():
    """Names come in many scripts, some from right to left, some decorated, and enough of them twice."""
    names = [item["fields"]["name"] for item in PEOPLE]
    scripts = [(0x0400, 0x04FF), (0x0600, 0x06FF), (0x0900, 0x097F), (0x4E00, 0x9FFF), (0x0590, 0x05FF)]
    for first, last in scripts:
        assert any(first <= ord(char) <= last for name in names for char in name)
    many = [item["fields"]["name"] for item in Population(5).make(3000)]
    assert sum(many.count(name) > 1 for name in many) / len(many) >= 0.05


def test_records_are_items(tmp_path):
    """The product reads each record as an item of the contract, and finds no fault with any."""
    file = tmp_path / "records.jsonl"
    file.write_text("\n".join(json.dumps(item, ensure_ascii=False) for item in PEOPLE), encoding="utf-8")
    with file.open("rb") as lines:
        read = list(read_jsonl(lines))
    assert [raw.record.id for raw in read] == [item["id"] for item in PEOPLE]
    assert all(raw.record.kind == "profile" for raw in read)


@pytest.mark.parametrize(
    ("language", "value", "shown"),
    [
        ("en", 999, "999"),
        ("en", 1_249, "1.2K"),
        ("en", 1_000_000, "1M"),
        ("ru", 1_249, "1,2 тыс."),
        ("es", 12_349, "12,3 mil"),
        ("de", 3_450_000, "3,4 Mio."),
        ("tr", 1_249, "1,2 B"),
        ("ja", 12_345, "1.2万"),
        ("ja", 9_999, "9,999"),
        ("ar", 1_249, "١٫٢ ألف"),
        ("hi", 123_456, "1.2 लाख"),
    ],
)
def test_short_counts(language, value, shown):
    """Counts are shortened as people of the language do."""
    assert choose_words(language).count(value) == shown


@pytest.mark.parametrize(
    ("language", "shown"),
    [("en", "1,234,567"), ("de", "1.234.567"), ("ru", "1 234 567"), ("hi", "12,34,567"), ("ar", "١٬٢٣٤٬٥٦٧")],
)
def test_full_counts(language, shown):
    """Counts are grouped as people of the language do."""
    assert choose_words(language, rounding="full").count(1_234_567) == shown


def test_times():
    """Times are told as a date, as long ago, or for machines."""
    moment, now = read_time("2026-05-28T12:00:00Z"), read_time("2026-06-01T00:00:00Z")
    assert choose_words("en", time="ago").tell_time(moment, now) == "3 days ago"
    assert choose_words("ru", time="short").tell_time(moment, now) == "3д"
    assert choose_words("ja", time="date", date=0).tell_time(moment, now) == "2026年5月28日"
    assert choose_words("es", time="iso").tell_time(moment, now) == "2026-05-28T12:00:00Z"


def test_cut_text():
    """A text is cut at a space where one is near, and whole if it fits."""
    assert cut_text("one two three", 9, "…") == "one two…"
    assert cut_text("onetwothreefour", 9, "…") == "onetwothr…"
    assert cut_text("one two", 9, "…") == "one two"


@pytest.mark.parametrize("template", TEMPLATES)
def test_templates_show_profile(template):
    """Each template shows who it is, by handle and name, in what a reader or a machine reads, and escapes it."""
    fields = {**PEOPLE[0]["fields"], "name": "<b>Ann & Bo</b>", "bio": "</script><script>alert(1)</script>"}
    habit = Habit(False, 1000, 1000, 12, "newest", "…", False, "{}")
    html = TEMPLATES[template](take_view(fields, choose_words("en"), habit, NOW, ""), make_scene())
    assert fields["handle"] in html
    assert "Ann &amp; Bo" in html
    assert "<b>Ann" not in html
    assert "<script>alert" not in html


def test_foreign_pages_read():
    """The pages without a profile hold what they were given, as a reader sees it."""
    bio = extract(draw_bio("Baker & <sailor>", ["Another"], make_scene()).encode(), "html").text
    search = extract(draw_search([("Ann Bo", "Leeds")], make_scene()).encode(), "html").text
    handles = extract(draw_handles(["ann.bo", "cy"], make_scene()).encode(), "html").text
    assert "Baker & <sailor>" in bio
    assert "Ann Bo" in search
    assert "@ann.bo" in handles


def test_maker(tmp_path):
    """Every page has its truth, and what is true of it stands in the records."""
    truths = Maker(tmp_path, 3).make(300, 60)
    records = {}
    for line in (tmp_path / "records.jsonl").read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        records[item["id"]] = item
    told = [json.loads(line) for line in (tmp_path / "truth.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [truth["page"] for truth in told] == [truth.page for truth in truths]
    assert {file.relative_to(tmp_path).as_posix() for file in tmp_path.rglob("*.html")} == {t.page for t in truths}
    for truth in truths:
        if truth.kind in {"profiles", "versions"}:
            versions = records[truth.record]["versions"]
            (version,) = (each for each in versions if each["from"] == truth.version["from"])
            assert people.is_in_force(version, truth.at)
            assert version["fields"]["handle"] in (tmp_path / truth.page).read_text(encoding="utf-8")
        elif truth.kind != "bios":
            assert truth.record is None
    assert all(truth.changed >= 3 for truth in truths if truth.kind == "versions")


def test_strangers_are_strangers(tmp_path):
    """A namesake's page shows the name of one of the owner's people and nobody's handle of theirs."""
    maker = Maker(tmp_path, 3)
    truths = maker.make(300, 60)
    handles = {f">{person['handle']}<" for person in maker.everyone} | {f">@{p['handle']}<" for p in maker.everyone}
    pages = [truth for truth in truths if truth.kind == "namesakes" and truth.template == "cards"]
    for truth in pages:
        shown = (tmp_path / truth.page).read_text(encoding="utf-8").partition("<aside")[0]
        assert not any(handle in shown for handle in handles)


def test_score():
    """A page is right if its record is named, wrong if any other is; without a record only silence is right."""
    at = "2025-06-01T11:30:00.000Z"
    truths = [
        Truth("a", "profiles", record="u1", version=HISTORY[0], at=at, changed=3),
        Truth("b", "profiles", record="u1", version=HISTORY[0], at=at, changed=3),
        Truth("c", "profiles", record="u1", at=at, changed=2),
        Truth("d", "namesakes"),
        Truth("e", "namesakes"),
    ]
    answers = {
        "a": [Answer("u1", HISTORY[0]["from"]), Answer("u2", None)],
        "b": [Answer("u1", None)],
        "c": [],
        "e": [Answer("u1", 0)],
    }
    row = people.score_pages(truths, answers, {"u1": HISTORY})
    assert (row["right"], row["wrong"], row["of"]) == (3, 2, 5)
    assert (row["in_force"], row["dated"]) == (1, 2)
    assert [missed["page"] for missed in row["missed"]] == ["c"]


@pytest.mark.parametrize(
    ("at", "first", "second"),
    [
        ("2025-06-01T11:30:00.000Z", True, True),
        ("2025-06-01T10:59:00.000Z", True, False),
        ("2025-06-01T13:01:00.000Z", False, True),
        ("2030-01-01T00:00:00.000Z", False, True),
    ],
)
def test_in_force(at, first, second):
    """A version is right within an hour of its span."""
    assert [people.is_in_force(version, at) for version in HISTORY] == [first, second]


def test_version_is_read():
    """A version is named by the time from which it was in force, or by its place."""
    assert people.read_version(1, HISTORY) == HISTORY[1]
    assert people.read_version(HISTORY[0]["from"], HISTORY) == HISTORY[0]
    assert people.read_version({"from": HISTORY[1]["from"], "to": None}, HISTORY) == HISTORY[1]
    assert people.read_version(None, HISTORY) is None
    assert people.read_version("2024-01-01T00:00:00.000Z", HISTORY) is None


def make_rows(**changes):
    """The rows of a run in which all is right, but for what is told."""
    row = {"right": 10_000, "of": 10_000, "wrong": 0, "in_force": 500, "dated": 500}
    return {kind: {**row, **changes.get(kind, {})} for kind in ("profiles", "versions", "bios", "namesakes")}


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"profiles": {"right": 9_899}}, "profiles, right record"),
        ({"bios": {"right": 8_999}}, "bio alone, right record"),
        ({"versions": {"in_force": 480}}, "version in force, three things changed"),
        ({"namesakes": {"wrong": 4}}, "any page but bios, a wrong record"),
    ],
)
def test_gates(changes, name):
    """Each gate falls by its own figure, and by no other."""
    good = people.judge_gates(make_rows(), 100_000, 0.3)
    bad = people.judge_gates(make_rows(**changes), 100_000, 0.3)
    assert all(gate["held"] for gate in good)
    assert [gate["name"] for gate in bad if not gate["held"]] == [name]


def test_report():
    """The page tells each gate, and each page that was wrong."""
    rows = {
        kind: {**row, "wrong_pages": [{"page": "p", "template": "cards", "named": ["u9"]}], "missed": []}
        for kind, row in make_rows().items()
    }
    run = {"command": "c", "measured_at": "t", "seed": 1, "versions": {}}
    machine = {"cores": 1, "processor": "p", "memory_gib": 1, "load_1m": 0}
    gates = people.judge_gates(rows, 100_000, 0.3)
    told = {"records": 5, "namesakes": 0.3, "rows": rows, "templates": {}, "gates": gates, "speed": []}
    text = "\n".join(people.write_report({**run, "machine": machine, **told}))
    assert all(gate["name"] in text for gate in gates)
    assert "taken for u9" in text


def test_now_is_after_everything():
    """No time in the world is later than its now."""
    latest = max(datetime.fromisoformat(version["from"]) for item in PEOPLE for version in item["versions"])
    assert latest <= NOW
