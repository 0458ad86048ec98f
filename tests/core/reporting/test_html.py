"""The page: well formed, safe whatever names say, and whole without anything beside it."""

import re
from html.parser import HTMLParser

import pytest

from primia_core.reporting.html_page import html_of
from primia_core.reporting.report import report_of
from tests.core.reporting.whole import bare, whole

VOID = {"meta", "img", "col", "br", "link", "line", "polyline", "polygon", "rect", "circle"}
HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>'


class Reader(HTMLParser):
    """Holds what a page is made of, and refuses tags that do not pair."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open, self.ids, self.tags, self.links, self.text = [], [], [], [], []
        self.feed(page)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        held = dict(attrs)
        self.tags.append(tag)
        self.ids += [held["id"]] if "id" in held else []
        self.links += [held[name] for name in ("href", "src") if name in held]
        assert not [name for name in held if name.startswith("on")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        assert tag in VOID

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture(scope="module")
def page() -> str:
    return html_of(report_of(whole()))


def test_page_is_well_formed_and_its_links_lead_somewhere(page):
    read = Reader(page)
    assert len(read.ids) == len(set(read.ids))
    inside = {link.removeprefix("#") for link in read.links if link.startswith("#")}
    assert inside
    assert inside <= set(read.ids)


def test_page_needs_nothing_else_and_runs_nothing(page):
    read = Reader(page)
    assert "script" not in read.tags
    assert all(link.startswith(("#", "data:image/png;base64,")) for link in read.links)
    urls = re.findall(r"url\(([^)]{0,30})", page)
    assert urls
    assert all(url.startswith("data:font/ttf;base64,") for url in urls)
    assert "default-src 'none'" in page.replace("&#x27;", "'")


def test_every_figure_and_picture_is_told_in_words(page):
    drawings, titles = page.count("<svg "), page.count('<title id="figure-')
    assert drawings == titles >= 9
    assert page.count("<img ") == page.count(' alt="') - page.count(' alt=""')


def test_names_are_text_and_never_markup():
    dossier = bare(
        title=HOSTILE,
        model={"name": HOSTILE, "classes": (HOSTILE, "b"), "intended_use": HOSTILE},
        statement=HOSTILE,
        lineage={"sites": [{"site": "x", "name": HOSTILE}]},
    )
    read = Reader(html_of(report_of(dossier)))
    assert "script" not in read.tags
    assert "img" not in read.tags
    assert HOSTILE in "".join(read.text)


def test_dark_and_paper_have_their_own_look(page):
    assert "@media screen and (prefers-color-scheme:dark)" in page
    assert "@media print" in page
