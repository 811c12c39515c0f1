"""A site on loopback that shows its copy to phones that come from a search, and something else to all others."""

from contextlib import contextmanager

from tests.fetch.hosts import Host, answer, header_of

COPY = " ".join(f"word {number} of what was ours" for number in range(60))
DECOY = "a blog about gardens, roses, tulips and the weather of last week, and nothing that anybody ever wrote before"
VICTIM_ONLY = f"<title>Ann</title><h1>Ann</h1><p>{COPY}</p>"


def behave(link, head):
    """Answer one request."""
    agent, referrer = header_of(head, "user-agent") or "", header_of(head, "referer") or ""
    is_victim = "Android" in agent and "google" in referrer
    page = VICTIM_ONLY if is_victim else f"<title>Garden</title><p>{DECOY}</p>"
    link.sendall(answer(page.encode(), "Content-Type: text/html\r\n"))


@contextmanager
def cloaked_site():
    """The host, with the settings' lines by which every name below `test` leads there."""
    host = Host(behave)
    try:
        yield (
            host,
            f'\n[fetch]\nallow = ["{host.endpoint}"]\nper_host_s = 0\nresolve = {{ "*.test" = "{host.endpoint}" }}\n',
        )
    finally:
        host.stop()
