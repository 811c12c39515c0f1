"""Tests of cloneward.seal.verify."""

import pytest

from cloneward.seal.verify import verify
from tests.seal.attacks import ATTACKS, flip_bits

pytestmark = pytest.mark.server


@pytest.fixture
def check(tmp_path, handed_over, quick):
    """Verify the bytes of a package, as a third party who knows the owner's key and the authorities' roots."""
    owner, *_ = handed_over

    def run(package):
        path = tmp_path / "package.zip"
        path.write_bytes(package)
        return verify(path, owner.trust)

    return run


def test_a_sound_package(check, handed_over):
    """What nobody touched holds in every step."""
    for package in handed_over[1:]:
        report = check(package)
        assert [(step.result, step.texts) for step in report.steps if step.codes or step.result != "holds"] == []
        assert report.is_sound


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name.replace(" ", "_"))
def test_attacks(check, field, attack):
    """Each attack is found, and named by what was done."""
    report = check(attack.make(field))
    assert not report.is_sound
    assert report.codes & attack.codes, report


@pytest.mark.parametrize("seed", range(4))
def test_flipped_bits(check, handed_over, seed):
    """A bit flipped at any of so many places by chance is found and named."""
    missed = [bit for bit, changed in flip_bits(handed_over[1], 100, seed) if not check(changed).codes]
    assert missed == []
