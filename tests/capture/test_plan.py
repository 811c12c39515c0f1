"""Which pages of a site are visited next: ours first, then the nearest, and none that does something."""

from hypothesis import given
from hypothesis import strategies as st

from cloneward.capture.plan import MAX_LINKS, Link, Plan, is_known, list_keys, list_links
from cloneward.model.vantage import Document, Rendering

FIRST = "http://copy.test/a/b/page"
AT = "2026-11-24T12:00:00.000Z"
KEYS = frozenset(list_keys("https://own.test/people/ann-lee.html", "Ann Lee, gardener"))


def visit_all(plan):
    """The addresses that a plan gives, in order."""
    return list(iter(plan.choose, None))


def test_what_seems_ours_comes_first_and_then_the_nearest():
    """A link that names an item of ours by its address or its words is followed before those that are nearer."""
    plan = Plan(FIRST, lambda link: is_known(link, KEYS))
    plan.add(
        [
            Link("http://copy.test/z"),
            Link("http://copy.test/a/b/near"),
            Link("http://copy.test/p/77", "Ann Lee, gardener"),
            Link("http://www.copy.test/show?who=/people/ann-lee"),
        ]
    )
    assert visit_all(plan) == [
        "http://www.copy.test/show?who=/people/ann-lee",
        "http://copy.test/p/77",
        "http://copy.test/a/b/near",
        "http://copy.test/z",
    ]


def test_nothing_is_followed_out_of_the_site_or_into_an_act():
    """Other sites, files, other schemes, and addresses that log in, buy or delete are never visited; titles are."""
    plan = Plan(FIRST, lambda _: True)
    refused = (
        "http://other.test/a",
        "http://copy.test/photo.jpg",
        "http://copy.test/feed.xml",
        "mailto:ann@copy.test",
        "javascript:alert(1)",
        "http://copy.test/wp-login.php",
        "http://copy.test/user/logout",
        "http://copy.test/p?action=delete&id=3",
        "http://copy.test/Add-To-Cart/3",
        "http://[copy.test/a",
        FIRST + "#part",
    )
    plan.add(map(Link, refused))
    assert visit_all(plan) == []
    plan.add([Link("http://copy.test/how-to-delete-a-cart.html"), Link("http://copy.test/annual-report")])
    assert len(visit_all(plan)) == 2


def test_each_page_is_given_once():
    """An address that was given, in whatever spelling, is not given again; nor is the first page."""
    plan = Plan(FIRST, lambda _: False)
    plan.add([Link("http://copy.test/x#1"), Link("HTTP://COPY.test:80/x"), Link(FIRST)])
    assert visit_all(plan) == ["http://copy.test/x"]
    plan.add([Link("http://copy.test/x")])
    assert plan.choose() is None


def test_a_page_of_endless_links_is_bounded():
    """Of one page so many links are looked at, however many it has."""
    plan = Plan(FIRST, lambda _: False)
    plan.add(Link(f"http://copy.test/{number}") for number in range(10 * MAX_LINKS))
    assert len(visit_all(plan)) == MAX_LINKS


def test_links_of_all_documents_are_whole():
    """Links of the page and of its frames are joined to where they stand, with the words that a visitor reads."""
    documents = (
        Document(url="http://copy.test/a/", html='<a href="b">Ann  Lee</a> <a href="//[x">no</a>'),
        Document(url="http://copy.test/f/", html='<a href="/c"><img src="x.png"></a>'),
    )
    rendering = Rendering(url=FIRST, final_url=FIRST, started_at=AT, ended_at=AT, documents=documents)
    assert list(list_links(rendering)) == [Link("http://copy.test/a/b", "Ann Lee"), Link("http://copy.test/c")]


def test_words_of_any_site_are_no_keys():
    """What every site has, numbers, and what is shorter than a name, tells nothing of ours."""
    for address in ("https://own.test/", "https://own.test/index.html", "https://own.test/p/12", "https://own.test/a"):
        assert list(list_keys(address, "About")) == []
    assert set(KEYS) == {"ann lee gardener", "ann lee"}


@given(st.text(), st.text())
def test_no_link_raises(address, text):
    """Whatever a page writes as a link, the plan takes it or leaves it."""
    plan = Plan(FIRST, lambda link: is_known(link, KEYS))
    plan.add([Link(address, text), Link(f"http://copy.test/{address}", text), Link(f"http://{address}", text)])
    assert all(one.startswith("http") for one in visit_all(plan))
