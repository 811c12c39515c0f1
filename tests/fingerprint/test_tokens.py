"""Text to tokens."""

import unicodedata
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.fingerprint.tokens import tokenise


def words_of(text):
    """Give each token as it stands in the text."""
    tokens = tokenise(text)
    return [text[start:end] for start, end in zip(tokens.starts, tokens.ends, strict=True)]


def hashes_of(text):
    """Give what each token counts as."""
    return tokenise(text).hashes.tolist()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The quick, brown fox's 2nd.", ["The", "quick", "brown", "fox", "s", "2nd"]),
        ("", []),
        ("... — !", []),
        ("東京タワー is ไทย", ["東", "京", "タ", "ワ", "ー", "is", "ไ", "ท", "ย"]),
        ("한국어 텍스트", ["한국어", "텍스트"]),
        ("x😀y", ["x", "y"]),
    ],
)
def test_words_and_characters(text, words):
    """Words are tokens; where a script writes no spaces, characters are."""
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Straße CAFÉ", "strasse cafe"),
        ("cafe\u0301", "café"),
        ("pa\u200bss\u00adword", "password"),
        ("pаsswоrd", "password"),
        ("ｆｕｌｌ ｗｉｄｔｈ １２ ٣ ४", "full width 12 3 4"),
        ("ﬁne ﬂow", "fine flow"),
        ("𝐛𝐨𝐥𝐝", "bold"),
        ("“curly” ‘quotes’ – dash", "\"curly\" 'quotes' - dash"),
        ("\u202ertl\u202c", "rtl"),
    ],
)
def test_disguises_are_undone(left, right):
    """Case, accents, look-alikes, ligatures, zero-width and soft hyphens do not change a token."""
    assert hashes_of(left) == hashes_of(right)


@pytest.mark.parametrize(("left", "right"), [("cat", "car"), ("12", "21"), ("ab", "a b"), ("тест", "text"), ("ا", "ب")])
def test_other_words_differ(left, right):
    """What reads otherwise is another token."""
    assert hashes_of(left) != hashes_of(right)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("page 12 of 345", 4),
        ("1 2 3", 3),
        ("1 2 3 4", 0),
        ("a 1 2 3 4 b 5 6", 4),
        ("٣ ３ ४ ௫", 0),
        ("๑๒๓๔", 0),
        ("3rd x1 1x 2y", 4),
        ("1st 2nd 3rd 4th 5th", 5),
        ("", 0),
    ],
)
def test_lists_of_numbers_are_no_words(text, words):
    """Four and more numbers in a row, of any script, keep their places but are not counted; fewer are words."""
    assert tokenise(text).count_words() == words
    assert tokenise(text).is_word.shape == tokenise(text).hashes.shape


@given(st.text())
def test_offsets_point_into_the_text(text):
    """Tokens are ordered, do not overlap, lie within the text, and none is empty."""
    tokens = tokenise(text)
    edges = np.column_stack([tokens.starts, tokens.ends]).ravel()
    assert (np.diff(edges) >= 0).all()
    assert (tokens.ends > tokens.starts).all()
    assert not len(tokens) or (tokens.starts[0] >= 0 and tokens.ends[-1] <= len(text))


@given(st.text(), st.text())
def test_a_separator_joins_token_lists(left, right):
    """Tokens of two texts joined by a newline are those of the one and then the other."""
    assert hashes_of(left + "\n" + right) == hashes_of(left) + hashes_of(right)


@pytest.mark.parametrize("odd", ["", "\u00ad", "ß", "東", "😀", "ﬁ"])
@pytest.mark.parametrize("longest", [1, 9, 40, 9_000])
def test_a_long_text_has_the_tokens_of_its_lines(odd, longest):
    """However a text is cut into blocks to be read, each line has the tokens that it has alone, in their places."""
    rng = Random(longest)
    lines = [
        "".join(rng.choices(f"ab {odd}", k=rng.randint(0, 3))) + rng.choice("a1é\t") * rng.randint(0, longest)
        for _ in range(30_000 // longest + 3)
    ]
    tokens, at, place = tokenise("\n".join(lines)), 0, 0
    for number, line in enumerate(lines):
        alone = tokenise(line)
        here = slice(at, at + len(alone))
        assert tokens.hashes[here].tolist() == alone.hashes.tolist()
        assert (tokens.starts[here] - place).tolist() == alone.starts.tolist()
        assert (tokens.ends[here] - place).tolist() == alone.ends.tolist()
        assert set(tokens.lines[here].tolist()) <= {number}
        at, place = at + len(alone), place + len(line) + 1
    assert len(tokens) == at


@given(st.text("abcdé 1\n.", max_size=300), st.integers(0, 300))
def test_plain_words_are_read_as_odd_ones_are(text, place):
    """A soft hyphen sends a text the long way round, and changes nothing but the places behind it."""
    plain, odd = tokenise(text), tokenise(text[:place] + "\u00ad" + text[place:])
    for field in ("hashes", "is_word", "lines"):
        assert getattr(plain, field).tolist() == getattr(odd, field).tolist()


@given(st.text())
def test_composition_does_not_matter(text):
    """A text and its canonical decomposition give the same tokens, but for Hangul, which is kept composed."""
    if not any("HANGUL" in unicodedata.name(character, "") for character in text):
        assert hashes_of(text) == hashes_of(unicodedata.normalize("NFD", text))
