"""The paper: tagged, titled, with embedded type, and safe whatever names say."""

import re
import zlib

import pytest

from primia_core.reporting.pdf_pages import pdf_of
from primia_core.reporting.report import report_of
from tests.core.reporting.whole import bare, whole


@pytest.fixture(scope="module")
def paper() -> bytes:
    return pdf_of(report_of(whole()))


def pages(paper: bytes) -> list[bytes]:
    """Return what is drawn on each page."""
    found = []
    for match in re.finditer(rb"stream\r?\n(.*?)endstream", paper, re.DOTALL):
        data = match[1].removesuffix(b"\n")
        if data.rstrip().endswith(b"~>"):
            from base64 import a85decode

            data = a85decode(data.strip().removesuffix(b"~>"))
        try:
            content = zlib.decompress(data)
        except zlib.error:
            continue
        if b" BDC" in content:
            found.append(content)
    return found


def test_paper_is_tagged_titled_and_of_one_language(paper):
    for wanted in (b"/StructTreeRoot", b"/MarkInfo", b"/Lang", b"/DisplayDocTitle true", b"/Outlines"):
        assert wanted in paper
    assert len(re.findall(rb"/S /H2\b", paper)) >= 8
    assert len(re.findall(rb"/S /TH\b", paper)) > 50


def test_figures_are_told_in_words(paper):
    elements = re.findall(rb"/Alt .*?/S /(\w+)|/S /Figure", paper, re.DOTALL)
    assert len(re.findall(rb"/S /Figure\b", paper)) == len(re.findall(rb"/Alt \(", paper)) >= 9
    assert elements


def test_all_that_is_drawn_is_either_content_or_decoration_and_closed(paper):
    drawn = pages(paper)
    assert len(drawn) == len(re.findall(rb"/StructParents \d+", paper)) >= 10
    for content in drawn:
        assert content.count(b" BDC") + content.count(b" BMC") == content.count(b"EMC")
        depth = 0
        for word in re.findall(rb"BDC|BMC|EMC|\bTj\b|\bTJ\b", content):
            depth += {b"BDC": 1, b"BMC": 1, b"EMC": -1}.get(word, 0)
            assert depth in (0, 1)
            assert word not in (b"Tj", b"TJ") or depth == 1


def test_type_is_embedded(paper):
    faces = set(re.findall(rb"/FontName /(\S+)", paper))
    assert faces
    assert all(b"Inter" in face for face in faces)
    assert paper.count(b"/FontFile2") >= len(faces)


def test_last_page_says_how_many_there_are(paper):
    count = len(re.findall(rb"/Type /Page\b", paper))
    assert paper.count(b"/Count %d" % count) == 1


def test_names_are_text_and_what_the_typeface_lacks_is_said():
    hostile = "A & B <b>bold</b> <para> &nbsp; 東京"
    dossier = bare(title=hostile, model={"name": hostile, "classes": (hostile, "b")}, statement=hostile)
    document = report_of(dossier)
    assert pdf_of(document)[:5] == b"%PDF-"
    from primia_core.reporting.pdf_pages import _Story

    story = _Story(document, {})
    last = list(story.flow())[-1]
    assert story.missing > 0
    assert "outside the embedded typeface" in last.getPlainText()
