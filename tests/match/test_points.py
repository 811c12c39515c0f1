"""A segment of the index of photos: votes as comparing with every point gives them, on disk as in memory."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.errors import EvidenceError, VersionMismatch
from cloneward.fingerprint.kinds import Kind
from cloneward.fingerprint.local import LOCAL, Frame, LocalPrint
from cloneward.fingerprint.pdq import PDQ, PhotoPrint
from cloneward.fingerprint.photo import PicturePrint
from cloneward.match.geometry import could_agree
from cloneward.match.points import build_points, count_votes, merge_points, open_points, write_points

FRAME = Frame(30, 40, 1, 29, 2, 38)


def draw_print(seed, points=20, quality=100):
    """Give a fingerprint of chance."""
    chance = np.random.default_rng(seed)
    codes = chance.integers(0, 2**64, points, np.uint64)
    spots = chance.integers(0, 256, (points, 4), np.uint8)
    buffer = chance.integers(0, 256, (64, 64), np.uint8)
    photo = PhotoPrint(PDQ, chance.normal(size=(16, 16)), quality)
    return PicturePrint((photo,), LocalPrint(LOCAL, codes, ~codes, spots, buffer, FRAME))


def count_plainly(one, codes, spots):
    """Count the points that are near to one of a picture and agree with it in a band."""
    votes = 0
    for code, spot in zip(codes, spots, strict=True):
        bands = one.local.codes[:, None].view(np.uint16) == np.array([code]).view(np.uint16)
        near = (np.bitwise_count(one.local.codes ^ code) <= 12) & bands.any(axis=1)
        votes += any(could_agree(*other, *spot[2:].tolist()) for other in one.local.spots[near, 2:].tolist())
    return votes


def flip(codes, chance, most):
    """Give codes with up to so many bits of each changed."""
    changed = codes.copy()
    for at in range(codes.size):
        for bit in chance.permutation(64)[: chance.integers(0, most + 1)]:
            changed[at] ^= np.uint64(1) << np.uint64(bit)
    return changed


@pytest.fixture
def prints():
    """Five pictures, one without points, one without bits."""
    return [(f"p{seed}", draw_print(seed, 0 if seed == 2 else 20, 0 if seed == 3 else 100)) for seed in range(5)]


def test_holds(prints):
    """A segment gives back what it was made of."""
    segment = build_points(prints)
    assert len(segment) == 5
    for place, (name, one) in enumerate(prints):
        assert segment.item(place) == name
        assert segment.frame(place) == FRAME
        points = segment.points(place)
        assert (points.codes == one.local.codes).all()
        assert (points.spots == one.local.spots).all()
        assert (points.buffer == one.local.buffer).all()
    assert segment.bits.owners.tolist() == [0, 1, 2, 4]


@given(st.integers(0, 2**32 - 1))
def test_votes(seed):
    """Each picture has as many votes as comparing with all its points gives."""
    chance = np.random.default_rng(seed)
    prints = [(f"p{at}", draw_print(chance.integers(2**32))) for at in range(4)]
    asked = [flip(one.local.codes, chance, 16) for _, one in prints[1:3]]
    spots = np.concatenate([one.local.spots for _, one in prints[1:3]])
    votes = count_votes(build_points(prints), np.ones(4, np.bool_), np.concatenate(asked), spots)
    assert votes.tolist() == [count_plainly(one, np.concatenate(asked), spots) for _, one in prints]
    assert votes[1] > 0


def test_once():
    """A point that is near to many of one picture's points is one vote."""
    one = draw_print(1)
    same = np.full_like(one.local.codes, one.local.codes[0])
    local = dataclasses.replace(one.local, codes=same, spots=np.tile(one.local.spots[:1], (20, 1)))
    segment = build_points([("p", dataclasses.replace(one, local=local))])
    assert count_votes(segment, np.ones(1, np.bool_), local.codes[:3], local.spots[:3]).tolist() == [3]


def test_common():
    """What very many points have is left out: it tells no pictures apart."""
    one = draw_print(1, points=1025)
    few, many = (
        dataclasses.replace(
            one.local,
            codes=np.where(np.arange(1025) < count, one.local.codes[0], one.local.codes),
            spots=np.tile(one.local.spots[:1], (1025, 1)),
        )
        for count in (1000, 1025)
    )
    for local, votes in ((few, 1), (many, 0)):
        segment = build_points([("p", dataclasses.replace(one, local=local))])
        assert count_votes(segment, np.ones(1, np.bool_), local.codes[:1], local.spots[:1]).tolist() == [votes]


def test_dead(prints):
    """A picture that was removed has no votes."""
    alive = np.array([True, False, True, True, True])
    local = prints[1][1].local
    assert count_votes(build_points(prints), alive, local.codes, local.spots)[1] == 0
    assert count_votes(build_points(prints), ~alive, local.codes, local.spots)[1] == 20


def test_merge(prints):
    """Merged, what is alive of two segments is as if it had been put together at once."""
    one, two = build_points(prints[:3]), build_points(prints[3:])
    merged = merge_points([(one, np.array([False, True, True])), (two, np.array([True, True]))])
    assert merged.name == build_points(prints[1:]).name
    assert (merged.places == build_points(prints[1:]).places).all()
    assert (merged.buffers == build_points(prints[1:]).buffers).all()


def test_disk(tmp_path, prints):
    """A segment that was written is the same when it is opened, and gives the same votes."""
    segment = build_points(prints)
    opened = open_points(tmp_path, write_points(tmp_path, segment))
    local = prints[4][1].local
    alive = np.ones(5, np.bool_)
    assert opened.name == segment.name
    votes = count_votes(opened, alive, local.codes, local.spots)
    assert votes.tolist() == count_votes(segment, alive, local.codes, local.spots).tolist() == [0, 0, 0, 0, 20]


def test_name(prints):
    """Other pictures, or others' points, have another name."""
    other = [*prints[:4], ("p4", dataclasses.replace(prints[4][1], local=prints[0][1].local))]
    assert len({build_points(each).name for each in (prints, prints[:4], other)}) == 3


def test_empty():
    """A segment of no pictures gives no votes."""
    local = draw_print(1).local
    assert count_votes(build_points([]), np.ones(0, np.bool_), local.codes, local.spots).size == 0


def test_other_version(prints):
    """Fingerprints of another version are refused."""
    local = dataclasses.replace(prints[0][1].local, kind=Kind("local", 2))
    with pytest.raises(VersionMismatch, match="local/2"):
        build_points([("p", dataclasses.replace(prints[0][1], local=local))])
    photo = dataclasses.replace(prints[0][1].photos[0], kind=Kind("pdq", 2))
    with pytest.raises(VersionMismatch, match="pdq/2"):
        build_points([("p", dataclasses.replace(prints[0][1], photos=(photo,)))])


def test_damaged(tmp_path, prints):
    """A file that was cut, or is gone, is told as damaged, with what to do."""
    names = write_points(tmp_path, build_points(prints))
    (tmp_path / names[0]).write_bytes((tmp_path / names[0]).read_bytes()[:5000])
    with pytest.raises(EvidenceError) as raised:
        open_points(tmp_path, names)
    assert "protect add" in raised.value.hint
    (tmp_path / names[1]).unlink()
    with pytest.raises(EvidenceError):
        open_points(tmp_path, names)
