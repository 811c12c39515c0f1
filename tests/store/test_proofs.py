"""Tests of proofs on record."""

import sqlite3
from contextlib import closing

import pytest

from cloneward.model.evidence import Proof
from cloneward.store.items import ItemStore
from cloneward.store.writer import ItemWriter

PROOF = Proof(domain="example.co.uk", method="dns", evidence='_cloneward.example.co.uk TXT "x"', digest="d" * 64)


def read(workspace):
    """Give all rows."""
    with closing(sqlite3.connect(workspace.folder / "cloneward.db")) as connection:
        return connection.execute("SELECT * FROM proofs ORDER BY first_proven_at").fetchall()


def test_nothing_is_proven(store):
    """Before the first proof no domain is proven."""
    assert store.proven_domains() == frozenset()
    assert not store.is_proven("example.org")


def test_a_proof_stays(store, workspace, clock):
    """A proof is on record with its time; found again, its first time stays and its last time moves."""
    first = store.record_proof(PROOF)
    assert first.first_proven_at == first.last_proven_at
    again = store.record_proof(PROOF)
    assert again.first_proven_at == first.first_proven_at < again.last_proven_at
    assert len(read(workspace)) == 1
    with workspace.reader(clock) as reader:
        assert reader.proven_domains() == {"example.co.uk"}


def test_other_evidence_is_another_row(store, workspace):
    """Another method, record or file is a fact beside the former, which stays as it was."""
    store.record_proof(PROOF)
    before = read(workspace)
    store.record_proof(
        Proof(domain="example.co.uk", method="file", evidence="https://example.co.uk/x", digest="e" * 64)
    )
    store.record_proof(Proof(domain="example.co.uk", method="dns", evidence=PROOF.evidence, digest="f" * 64))
    assert len(read(workspace)) == 3
    assert read(workspace)[:1] == before
    assert store.proven_domains() == {"example.co.uk"}


@pytest.mark.parametrize(
    ("host", "is_proven"),
    [("example.co.uk", True), ("WWW.Example.co.uk.", True), ("co.uk", False), ("notexample.co.uk", False), ("", False)],
)
def test_a_domain_stands_for_its_hosts(store, host, is_proven):
    """A proof counts for every host of the registered domain, and for no other."""
    store.record_proof(PROOF)
    assert store.is_proven(host) is is_proven


def test_nothing_takes_a_proof_back():
    """No method of the store removes a proof: whether one still holds is for whoever acts to ask."""
    assert [name for name in dir(ItemWriter) if "pro" in name] == ["is_proven", "proven_domains", "record_proof"]
    assert "record_proof" not in dir(ItemStore)
