"""Name servers that know more than addresses: A, AAAA, MX, NS, TXT, CNAME, from a table of simulated names."""

from collections.abc import MutableMapping

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from tests.adversary.names import FAILURES, TTL_S, Names

Table = MutableMapping[tuple[str, str], tuple[str, ...]]
LINKS = 8  # aliases of aliases


class Zone(Names):
    """Answers from `table`, by name and type; a name in it without that type has none, all others do not exist.

    A type `FAIL` holds how a name fails: servfail, refused, silent. Names that `records` has, as in `Names`, come after
    those of the table.
    """

    def __init__(self, table: Table, records: dict[str, str] | None = None) -> None:
        self.table = table
        super().__init__(records or {})

    def _answer(self, query: bytes) -> bytes:
        try:
            asked = dns.message.from_wire(query)
        except dns.exception.DNSException:
            return b""
        question = asked.question[0]
        name, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
        if not any(key[0] == name for key in self.table):
            return super()._answer(query)
        self.asked.append(name)
        failure = self.table.get((name, "FAIL"), ("",))[0]
        if failure == "silent":
            return b""
        reply = dns.message.make_response(asked, recursion_available=True)
        reply.flags |= dns.flags.AA
        reply.set_rcode(dns.rcode.Rcode(FAILURES.get(failure, 0)))
        if not failure:
            reply.answer = list(self._list_sets(name, kind))
        return reply.to_wire()

    def _list_sets(self, name: str, kind: str) -> list[dns.rrset.RRset]:
        sets = []
        for _ in range(LINKS):
            if found := self.table.get((name, kind)):
                return [*sets, dns.rrset.from_text_list(f"{name}.", TTL_S, "IN", kind, found)]
            alias = self.table.get((name, "CNAME"))
            if not alias:
                break
            sets.append(dns.rrset.from_text_list(f"{name}.", TTL_S, "IN", "CNAME", alias))
            name = alias[0].rstrip(".")
        return sets
