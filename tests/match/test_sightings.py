"""Where a page shows the values of a record."""

import pytest

from cloneward.fingerprint.extract import extract
from cloneward.match.fields import read_values
from cloneward.match.sightings import MOST_BESIDE, MOST_LINKS, Spans, find_sightings, read_page
from cloneward.model.content import Extract, Region

BIO = "Bäcker aus Bremen. Ich mag analoge Fotos und Pilze sammeln"


def see(page, text, **told):
    """Give the sighting of one text on a page of this text, and the page."""
    facts = read_page(Extract(text=page, **told))
    (sighting,) = find_sightings(facts, [text], read_values([text]))
    return sighting, facts


@pytest.mark.parametrize(
    ("page", "text", "agreement"),
    [
        (f"Profil\n{BIO} 🌊\nmehr", BIO, "exact"),
        (f"Profil\n{BIO.upper()}!", BIO, "exact"),
        ("Bäcker aus Bremen.\nIch mag analoge Fotos\nund Pilze sammeln", BIO, "exact"),
        ("x\nBäcker aus Bremen. Ich mag ana…\ny", BIO, "truncated"),
        ("x\nBäcker aus Bremen. Ich ...\ny", BIO, "truncated"),
        ("x\nBäcker aus Bremen. Ich\ny", BIO, "truncated"),
        ("Fotos und Pilze sammeln. Bäcker aus Bremen. Ich mag analoge", BIO, "reordered"),
        ("Bäcker aus Bremen. Ich mag keine Fotos und Pilze sammeln", BIO, "changed"),
        ("Suvor, Mia", "Mia Suvor", "reordered"),
        ("★ MIA SUVOR ★", "Mia Suvor", "exact"),
        ("M\u200bia Suvοr", "Mia Suvor", "exact"),  # a zero-width space; a Greek omicron
        ("حسن الزهراني · 3", "حسن الزهراني", "exact"),
        ("该用户:医生一枚,208只猫。", "医生一枚,208只猫", "exact"),
    ],
)
def test_agreements(page, text, agreement):
    """A text is seen whole, cut off, in another order or changed, and called so."""
    sighting, _ = see(page, text)
    assert sighting.agreement == agreement


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("Ich mag Bremen. Fotos von Pilzen", BIO),
        ("Bäcker aus Bremen und noch viel mehr", BIO),
        ("Mia Svensson", "Mia Suvor"),
        ("@mia.suvor_12", "mia.suvor"),
        ("@the.mia.suvor", "mia.suvor"),
        ("mia_suvor", "mia.suvor"),
        ("mia suvor", "mia.suvor"),
        ("pavel", "pavel.petrov"),
        ("anything", "🌊"),
        ("", "Mia"),
    ],
)
def test_what_is_not_shown(page, text):
    """Other words, and handles that only begin, end or are joined alike, are not seen."""
    assert see(page, text)[0] is None


@pytest.mark.parametrize("page", ["(@mia.suvor)", "https://x.test/mia.suvor/", "Mia.Suvor.", "Mia Suvor mia.suvor"])
def test_handles_are_seen_in_dress(page):
    """A handle is seen behind @, within an address, in other case and at the end of a sentence."""
    sighting, facts = see(page, "mia.suvor")
    assert facts.said[sighting.start : sighting.end].lower() == "mia.suvor"


def test_targets_are_stretches_of_the_text():
    """The target of what stands in the text is its place there; of what an address says, its link; else it is empty."""
    page = extract(b"<title>Ana Bo</title><p>see <a href='/u/mia.suvor'>this one</a></p><p>Mia Suvor</p>")
    facts = read_page(page, "59\nZoe Li")
    texts = ["mia.suvor", "Mia Suvor", "Ana Bo", "Zoe Li"]
    seen = find_sightings(facts, texts, read_values(texts))
    targets = [facts.to_target(sighting.start, sighting.end) for sighting in seen]
    assert [page.text[start:end] for start, end in targets] == ["this one", "Mia Suvor", "", ""]
    assert targets[2:] == [(0, 0), (0, 0)]


def test_numbers_of_days_are_no_counts():
    """What stands in a day is no number of the page; what stands beside it is."""
    facts = read_page(Extract(text="17 Posts\n2024/08/17\n12 mars 2025 · 9"))
    assert [facts.said[number.start : number.end] for number in facts.numbers] == ["17", "9"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"x\n{BIO}\ny", BIO),
        (f"x\n🌊\n{BIO}\n🧵🌿\ny", f"🌊 {BIO} 🧵🌿"),
        (f"🌊\n{BIO} 🌊\n🌊 y", f"🌊 {BIO} 🌊"),
        (f"x 🌊\n{BIO}\n🌊\n", f"{BIO} 🌊"),
    ],
)
def test_blocks_have_lines_without_words(text, told):
    """A text is read with the emoji on its lines and on lines of their own beside it, not with those of other words."""
    sighting, facts = see(text, BIO)
    assert facts.read_block(sighting.first, sighting.last) == told


@pytest.mark.parametrize(
    ("after", "is_cut"),
    [("\nquiet", False), (" | ✉...\nquiet", True), ("\n\n315 years of…\nquiet", True), ("\nquiet\nso…", False)],
)
def test_what_is_cut_below(after, is_cut):
    """What was cut off is told on the line of a text and on the next one, not further down."""
    sighting, facts = see(f"x\n{BIO}{after}\n", BIO)
    assert facts.is_cut_below(sighting.end) == is_cut


@pytest.mark.parametrize(
    ("above", "is_signed"),
    [
        ("@mia.suvor\nMia", True),
        ("(@mia)", True),
        ("mia@post.test", False),
        ("at 9 @ home", False),
        (f"@mia{'.' * 250}", False),
    ],
)
def test_what_is_signed(above, is_signed):
    """A text is signed by a handle that stands not far above it, not by an address, a lone sign or one below."""
    sighting, facts = see(f"{above}\n{BIO}\n@below", BIO)
    assert facts.is_signed(sighting.start) is is_signed


def test_links_and_what_stands_beside_are_bounded():
    """Of addresses and of what stands beside the text, only so much is read."""
    links = tuple(Region(start=0, end=1, address=f"/{number}" * 200) for number in range(MOST_LINKS + 50))
    facts = read_page(Extract(text="x", links=links), "b" * (MOST_BESIDE + 9))
    assert len(facts.links) == MOST_LINKS
    assert facts.beside_end < MOST_BESIDE + 9


def test_a_page_of_one_word_is_bounded():
    """A page that repeats a word of ours without end is read in bounded time."""
    sighting, _ = see("mia " * 200_000, "mia " * 400 + "suvor")
    assert sighting is None or sighting.agreement != "exact"


def test_spans_meet_what_they_overlap():
    """Stretches meet another one that has a code point of theirs, and none that only touches them."""
    spans = Spans([(5, 9), (0, 2), (7, 12)])
    met = [(start, start + 1) for start in range(14) if spans.meet(start, start + 1)]
    assert [start for start, _ in met] == [0, 1, *range(5, 12)]
    assert not Spans([]).meet(0, 9)
