"""The domain owner.test on loopback: a test says what its name server and its web server answer."""

from contextlib import contextmanager

from cloneward.settings import Fetch
from tests.fetch.conftest import Authority
from tests.fetch.hosts import Host, NameServer, answer, header_of, path_of, running, server_tls

RECORD, FILE = ("_cloneward.owner.test", "TXT"), "/.well-known/cloneward.txt"


class Domain:
    """What is published: `texts` in the name service, or how it fails; `pages` by host and path, bytes or behaviour."""

    def __init__(self):
        self.texts = []
        self.pages = {}
        self.fetch = None

    def publish_file(self, content, host="owner.test"):
        """Serve these bytes as the file."""
        self.pages[host, FILE] = answer(content)

    def redirect(self, where, host="owner.test"):
        """Lead from the file to elsewhere."""
        self.pages[host, FILE] = answer(b"", f"Location: {where}\r\n", "301 Moved Permanently")

    def answer(self, link, head):
        """Answer a request."""
        page = self.pages.get((header_of(head, "host"), path_of(head)), answer(b"none", status="404 Not Found"))
        page(link) if callable(page) else link.sendall(page)


class _Names(NameServer):
    """A name server whose one record is read when it is asked."""

    def __init__(self, domain):
        self._domain = domain
        super().__init__({})

    def _reply(self, query):
        self.records = {RECORD: [self._domain.texts]} if self._domain.texts != [] else {}
        return super()._reply(query)


@contextmanager
def serve_domain(folder, timeout_s=5):
    """Run its servers, whose certificates hold for whoever trusts `folder/authority.pem`."""
    authority, domain = Authority(folder), Domain()
    (folder / "authority.pem").write_bytes(authority.pem)
    certificate = authority.sign("owner.test", "www.owner.test", "other.test")
    with running(Host(domain.answer, tls=server_tls(certificate)), _Names(domain)) as (host, names):
        domain.fetch = Fetch(
            allow=(host.endpoint, names.endpoint),
            resolve={"*.test": host.endpoint, "*.test:53": names.endpoint},
            per_host_s=0,
            timeout_s=timeout_s,
        )
        yield domain
