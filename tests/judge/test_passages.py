"""Where texts are cut, and that no cut and no sign moves a mark."""

from hypothesis import given
from hypothesis import strategies as st

from cloneward.judge import passages
from cloneward.judge.passages import Gap, Passage, Piece, choose_spans, cut_text, find_visible, find_windows
from cloneward.model.finding import Span


def cut_all(text, ranges):
    """The whole text as one window."""
    return cut_text(text, ranges, [(0, len(text))])


def join_pieces(cut):
    """Each piece of each passage, in order."""
    return [piece for part in cut if isinstance(part, Passage) for row in part.paragraphs for piece in row]


def test_marks_code_points():
    """A span after signs beyond the 16-bit plane is marked at its code points."""
    assert cut_all("🦀🦀 copied words end", {1: (3, 15)})[0].paragraphs == (
        (Piece(text="🦀🦀 "), Piece(text="copied words", depth=1, starts=(1,)), Piece(text=" end")),
    )


def test_marks_adjacent():
    """Two spans that touch stay two marks, each with its number."""
    pieces = join_pieces(cut_all("abcdef", {1: (0, 3), 2: (3, 6)}))
    assert [(p.text, p.depth, p.starts) for p in pieces] == [("abc", 1, (1,)), ("def", 1, (2,))]


def test_marks_overlapping():
    """Where spans overlap the depth says so, and a span that begins inside another keeps its number."""
    pieces = join_pieces(cut_all("abcdefgh", {1: (0, 5), 2: (3, 8), 3: (3, 8)}))
    assert [(p.text, p.depth, p.starts) for p in pieces] == [
        ("abc", 1, (1,)),
        ("de", 3, (2, 3)),
        ("fgh", 2, ()),
    ]


def test_marks_over_blocks():
    """A span over two blocks is marked in both paragraphs and numbered once."""
    rows = cut_all("one two\nthree four", {1: (4, 13)})[0].paragraphs
    assert [[(p.text, p.starts) for p in row] for row in rows] == [
        [("one ", ()), ("two", (1,))],
        [("three", ()), (" four", ())],
    ]


def test_says_what_is_left_out():
    """What lies between two passages is counted in words, and nothing of it is lost or shown twice."""
    text = " ".join(f"w{number}" for number in range(3_000))
    ranges = {1: (3_000, 3_050), 2: (9_000, 9_050)}
    cut = cut_text(text, ranges, find_windows(text, ranges.values()))
    assert [type(part) for part in cut] == [Gap, Passage, Gap, Passage, Gap]
    shown = sum(len("".join(p.text for p in join_pieces([part])).split()) for part in cut if isinstance(part, Passage))
    assert shown + sum(part.words for part in cut if isinstance(part, Gap)) == 3_000
    assert not any(part.is_copied for part in cut if isinstance(part, Gap))


def test_shortens_long_span():
    """A long span is shown at its two ends, and the gap says that all of it is of that span."""
    text = "word " * 4_000
    cut = cut_text(text, {1: (0, 19_999)}, find_windows(text, [(0, 19_999)]))
    assert [type(part) for part in cut] == [Passage, Gap, Passage]
    assert cut[1].is_copied
    assert cut[1].amount.endswith("words")


def test_counts_characters():
    """Where a script puts no spaces between words, characters are counted instead of words."""
    assert Gap(words=1, characters=900).amount == "900 characters"
    assert Gap(words=0, characters=30).amount == "30 characters"
    assert Gap(words=1, characters=5).amount == "1 word"


def test_shows_short_text_whole():
    """A short text is one passage, and an empty one none."""
    assert find_windows("a b c", []) == ((0, 5),)
    assert find_windows("", []) == ()
    assert cut_text("", {}, ()) == ()


def test_chooses_longest():
    """The longest spans are chosen as far as the limits allow, and at least one whatever its length."""
    spans = {n: Span(target=(n * 100, n * 100 + 50), item=(0, 50), words=n) for n in range(1, 200)}
    chosen = choose_spans(spans)
    assert 199 in chosen
    assert 1 not in chosen
    assert len(chosen) <= passages.SHOWN_SPANS
    assert choose_spans({1: Span(target=(0, 10**6), item=(0, 10**6), words=10**5)}) == {1}


def test_fits_ranges():
    """A range that does not lie in the text is refused, and one that begins with white space begins later."""
    assert passages.fit_range("ab cd", (2, 5)) == (3, 5)
    for stray in [(-1, 2), (0, 6), (3, 3), (4, 2), (2, 3)]:
        assert passages.fit_range("ab cd", stray) is None


@given(
    st.text(alphabet="ab \n🦀", max_size=60).map(lambda text: text * 200),
    st.lists(st.tuples(st.integers(0, 12_000), st.integers(1, 9_000)), max_size=8),
)
def test_cut_keeps_text(text, wanted):
    """Whatever the spans, the pieces of the passages are the text of the windows, marked at its code points."""
    fitted = [passages.fit_range(text, (start, start + length)) for start, length in wanted]
    ranges = {number: bounds for number, bounds in enumerate(fitted, 1) if bounds}
    windows = find_windows(text, ranges.values())
    cut = cut_text(text, ranges, windows)
    pieces = join_pieces(cut)
    shown = "".join(text[start:end] for start, end in windows)
    assert "".join(p.text for p in pieces) == shown.replace("\n", "")
    assert sorted(n for p in pieces for n in p.starts) == sorted(find_visible(ranges, windows)) == sorted(ranges)
    marked = {at for start, end in ranges.values() for at in range(start, end) if text[at] != "\n"}
    visible = {at for start, end in windows for at in range(start, end)}
    assert sum(len(p.text) for p in pieces if p.depth) == len(marked & visible)
