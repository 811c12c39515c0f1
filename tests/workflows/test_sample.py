"""The pages of one capture, within their bounds."""

from cloneward.archive.sitemap import Link as Named
from cloneward.capture.plan import Link, Plan
from cloneward.capture.stop import Screened
from cloneward.errors import Unavailable
from cloneward.model.content import Problem
from cloneward.model.evidence import Exchange
from cloneward.model.vantage import Document, Rendering
from cloneward.workflows.sample import Sample

AT = "2026-11-24T12:00:00.000Z"
SITE = "http://copy.test/"


def visit(url, html="", size=10):
    """What a visit of a page of some bytes gives."""
    exchange = Exchange(url=url, requested_at=AT, status=200, body=bytes(size))
    documents = (Document(url=url, html=html),)
    return Screened(
        Rendering(url=url, final_url=url, started_at=AT, ended_at=AT, documents=documents, exchanges=(exchange,))
    )


def make(*names):
    """A sample of its first page, and a plan with the pages of these names."""
    plan = Plan(SITE, lambda _: False)
    plan.add(Link(SITE + name) for name in names)
    return Sample([visit(SITE)]), plan


def test_no_more_pages_than_ordered():
    """So many pages are visited, and that there are more is told."""
    sample, plan = make("a", "b", "c")
    sample.follow(plan, 2, visit, 1_000)
    assert [one.url for one in sample.renderings] == [SITE, SITE + "a", SITE + "b"]
    assert [problem.code for problem in sample.problems] == ["pages_capped"]


def test_links_of_further_pages_are_followed_where_asked():
    """What the second page links to is visited too, but for a list of pages."""
    for is_deep, expected in ((True, ["a", "deep"]), (False, ["a"])):
        sample, plan = make("a")
        sample.follow(plan, 5, lambda url: visit(url, '<a href="/deep">x</a>'), 1_000, is_deep=is_deep)
        assert [one.url for one in sample.renderings[1:]] == [SITE + name for name in expected]
        assert sample.problems == []


def test_the_bytes_are_those_of_all_pages():
    """When all pages together have their bytes, no other is visited, and that is told."""
    sample, plan = make("a", "b", "c")
    sample.follow(plan, 9, lambda url: visit(url, size=60), 100)
    assert len(sample.renderings) == 3
    assert [problem.code for problem in sample.problems] == ["pages_capped"]


def test_a_page_that_does_not_answer_counts_and_stops_no_other():
    """One page that cannot be had is told with its hint, and the next is visited."""

    def drop_first(url):
        if url.endswith("a"):
            raise Unavailable("it hung up", hint="later")
        return visit(url)

    sample, plan = make("a", "b")
    sample.follow(plan, 2, drop_first, 1_000)
    assert [one.url for one in sample.renderings] == [SITE, SITE + "b"]
    assert sample.problems == [Problem(code="address_unreadable", page=SITE + "a", text="it hung up", hint="later")]


def test_ended_from_outside_what_came_is_kept():
    """The end of the run stops the visits, and what was received before stays, with the end."""
    end = SystemExit(143)

    def end_second(url):
        if url.endswith("b"):
            raise end
        return visit(url)

    sample, plan = make("a", "b", "c")
    sample.follow(plan, 9, end_second, 1_000)
    assert (sample.end, len(sample.renderings)) == (end, 2)
    assert [problem.code for problem in sample.problems] == ["capture_ended"]


def test_the_problems_of_a_list_are_kept():
    """What a sitemap names is given as links, and what is wrong with it is told."""
    sample, _ = make()
    problem = Problem(code="sitemap_broken", page=SITE, text="cut")
    assert list(sample.take_links([Named(SITE + "a"), problem])) == [Link(SITE + "a")]
    assert sample.problems == [problem]
