"""Tests of what shows that a claim holds."""

from cloneward.model.codec import decode, encode
from cloneward.model.evidence import Proof


def test_a_proof_returns():
    """A proof is written as one record and read back as it was; before it is on record it has no times."""
    proof = Proof(domain="a.test", method="dns", evidence='_cloneward.a.test TXT "x"', digest="d" * 64)
    assert decode(encode(proof), Proof) == proof
    assert (proof.first_proven_at, proof.last_proven_at) == (None, None)
