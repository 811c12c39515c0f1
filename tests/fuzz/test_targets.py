"""The fuzz targets over their seeds, and over seeded mutations of them: the same in every run."""

import zlib
from pathlib import Path
from random import Random

import pytest

from tests.fuzz.targets import TARGETS

SEEDS = Path(__file__).parent / "seeds"
FILES = sorted(path for path in SEEDS.rglob("*") if path.is_file())
MUTATIONS = 300
# What readers look for: lengths, marks and names, where they are not expected.
TOKENS = [
    *[b"\0", b"\xff" * 8, b"\r\n\r\n", b"WARC/1.1\r\n", b"Content-Length: 99999999999\r\n", b"HTTP/1.1 200 OK\r\n"],
    *[b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"PK\x01\x02", b"PK\x05\x06", b"<![CDATA[", b"]]>", b"&#x0;"],
    *[b"<!DOCTYPE a [", b"<item>", b"</url>", b'{"id": ', b"\\ud800", b"9" * 30, b"-1", b"\xef\xbb\xbf", b"\xfe\xff"],
]


def mutate(content, others, chance):
    """One to six changes: bits, cuts, doubles, tokens, and pieces of another seed."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(changed) + 1)
        end = min(len(changed), at + chance.randint(1, 64))
        match chance.randrange(6):
            case 0 if at < len(changed):
                changed[at] ^= 1 << chance.randrange(8)
            case 1:
                del changed[at:end]
            case 2:
                changed[at:at] = changed[at:end] * chance.randint(1, 50)
            case 3:
                changed[at:end] = chance.choice(TOKENS)
            case 4:
                other = chance.choice(others)
                start = chance.randrange(len(other) + 1)
                changed[at:at] = other[start : start + chance.randint(1, 500)]
            case _:
                changed[at:end] = chance.randbytes(end - at)
    return bytes(changed)


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_are_there(name):
    """Every target has its seeds, and no seed is without a target."""
    assert any(path.parent.name == name for path in FILES)
    assert {path.parent.name for path in FILES} == set(TARGETS)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_seeds_and_mutations(path):
    """No seed and no mutation of it raises, or gives what cannot be written down."""
    fuzz = TARGETS[path.parent.name]
    content = path.read_bytes()
    others = [other.read_bytes() for other in FILES if other.parent == path.parent]
    fuzz(content)
    chance = Random(zlib.crc32(path.name.encode()))
    for _ in range(MUTATIONS):
        fuzz(mutate(content, others, chance))
