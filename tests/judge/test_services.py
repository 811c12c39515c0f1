"""Archives and intermediaries."""

import pytest

from cloneward.judge.services import find_service


@pytest.mark.parametrize(
    ("host", "service"),
    [
        ("web.archive.org", "archive"),
        ("WEB.ARCHIVE.ORG.", "archive"),
        ("archive.ph", "archive"),
        ("webcache.googleusercontent.com", "intermediary"),
        ("example-org.translate.goog", "intermediary"),
        ("archive.org", None),
        ("googleusercontent.com", None),
        ("notarchive.ph", None),
        ("archive.ph.evil.test", None),
        ("folder", None),
        ("", None),
    ],
)
def test_hosts_and_their_subdomains(host, service):
    """A service is known by its host or a subdomain of it, and by nothing that only looks alike."""
    assert find_service(host) == service
