"""Tests of the outbox."""

from cloneward.store.outbox import Outbox


def test_a_letter_is_kept_once(tmp_path):
    """A letter lies in the outbox as it would have left, once, however often it is handed over."""
    outbox = Outbox(tmp_path / "outbox")
    assert not outbox.has("<a@b>")
    said = outbox.send("<a@b>", "abuse@host.test", b"first")
    assert outbox.send("<a@b>", "abuse@host.test", b"second") == said
    outbox.send("<c@d>", "abuse@host.test", b"other")
    assert (outbox.has("<a@b>"), outbox.has("<e@f>")) == (True, False)
    assert sorted(file.read_bytes() for file in (tmp_path / "outbox").iterdir()) == [b"first", b"other"]
    assert "nothing left the sandbox" in said


def test_no_name_leads_out_of_it(tmp_path):
    """A Message-ID is never a path."""
    Outbox(tmp_path / "outbox").send("<../../x@y>", "a@b.test", b"x")
    assert [path.parent.name for path in tmp_path.rglob("*.eml")] == ["outbox"]
