"""Writes the folding table of the text fingerprint: which code points make a token, and as what they count.

The table is data of a fingerprint version. It is made once, with the Unicode data named below, and shipped, so that
a newer Python or a newer confusables list can never change a stored fingerprint without a new version.

Run: python make/fold.py src/cloneward/fingerprint/fold1.npz
"""

import sys
import unicodedata
from pathlib import Path

import disarm
import numpy as np

SEPARATOR, IGNORED = 0, 1
SEQUENCE, ALONE = 1 << 30, 1 << 31
# Written without spaces between words: each character is a token of its own.
WITHOUT_SPACES = (
    "CJK UNIFIED", "CJK COMPATIBILITY IDEOGRAPH", "HIRAGANA", "KATAKANA", "HALFWIDTH KATAKANA", "BOPOMOFO",
    "YI SYLLABLE", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN", "BALINESE", "JAVANESE", "TAI ",
)  # fmt: skip


def fold(code: int) -> list[int] | None:
    """Give the folded code points of a token character, [] for one to ignore, None for a separator."""
    character = chr(code)
    if unicodedata.category(character) in {"Cf", "Mn", "Me", "Cn", "Co"}:
        return [] if unicodedata.category(character) in {"Cf", "Mn", "Me"} else None
    if unicodedata.category(character) == "Nd":
        return [ord(str(unicodedata.digit(character)))]
    is_hangul = unicodedata.name(character, "").startswith("HANGUL SYLLABLE")
    parts = character if is_hangul else unicodedata.normalize("NFKD", character)
    folded: list[int] = []
    for part in parts:
        if not part.isascii():
            alike = disarm.normalize_confusables(part)
            part = alike if alike.isascii() and alike.isalnum() else part  # noqa: PLW2901
        folded += [ord(each) for each in part.casefold() if unicodedata.category(each)[0] in "LN"]
    return folded or None


def is_alone(code: int) -> bool:
    """Say whether the character stands in a script that writes no spaces between words."""
    return unicodedata.name(chr(code), "").startswith(WITHOUT_SPACES)


def main(file: Path) -> None:
    """Write the table: `codes` uint32 of shape (0x110000,), `sequences` uint32 of all foldings that are not single."""
    codes = np.zeros(0x110000, np.uint32)
    sequences: list[int] = []
    for code in range(0x110000):
        if 0xD800 <= code <= 0xDFFF:
            continue
        folded = fold(code)
        if folded is None:
            continue
        if not folded:
            codes[code] = IGNORED
        elif len(folded) == 1:
            codes[code] = folded[0] | (ALONE if is_alone(code) else 0)
        else:
            codes[code] = SEQUENCE | (ALONE if is_alone(code) else 0) | len(sequences) << 5 | len(folded)
            sequences += folded
    assert len(sequences) < 1 << 24, "the offset of a sequence has 24 bits"
    np.savez_compressed(file, codes=codes, sequences=np.array(sequences, np.uint32))
    print(f"{file}: Unicode {unicodedata.unidata_version}, confusables {disarm.CONFUSABLES_VERSION}, "
          f"{np.count_nonzero(codes):,} code points, {len(sequences):,} in sequences")  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]))
