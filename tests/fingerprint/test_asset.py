"""Digests of files, and what says nothing."""

import hashlib

import pytest

from cloneward.fingerprint.asset import MIN_BYTES, digest_asset

OURS = b".garden { color: green }\n" * 40


def test_a_file_of_ours_has_its_digest():
    """What names nothing shared is known by the SHA-256 of all its bytes, whatever it is called."""
    assert digest_asset("css/garden.css", OURS) == digest_asset("x", OURS) == hashlib.sha256(OURS).hexdigest()
    assert digest_asset("css/garden.css", OURS + b" ") != digest_asset("css/garden.css", OURS)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("garden.css", OURS[: MIN_BYTES - 1]),
        ("jquery-3.7.1.min.js", OURS),
        ("wp-includes/js/wp-emoji-release.min.js", OURS),
        ("_static/pygments.css", OURS),
        ("a.js", b"/*! lodash 4.17 */" + OURS),
        ("a.js", b"// @license MIT\n" + OURS),
        ("a.css", b"/* Licensed under the Apache License */" + OURS),
        ("a.svg", b"<svg><!-- https://creativecommons.org/licenses/by/4.0/ -->" + OURS),
        ("a.woff2", b"wOF2" + OURS),
    ],
)
def test_what_many_sites_carry_has_none(name, content):
    """Small files, fonts, well-known packages and what bears a licence are as if they were not there."""
    assert digest_asset(name, content) is None
