"""PowerPoint: slides in their order, notes, comments, diagrams, charts; and where a run's font comes from."""

from __future__ import annotations

import pytest

from tests.unit.documents.packages import MC, A, P, pptx, read_parts, rels, shape, shown, units

LEGACY = "Céng hoµ"
RUN = "<a:r><a:rPr>{}</a:rPr><a:t>{}</a:t></a:r>"


def run(text: str, font: str = "") -> str:
    return RUN.format(f'<a:latin typeface="{font}"/>' if font else "", text)


class TestText:
    def test_shapes_and_their_paragraphs(self) -> None:
        group = f"<p:grpSp>{shape(run('ba'))}</p:grpSp>"
        table = (
            f"<p:graphicFrame><a:graphic><a:tbl><a:tr><a:tc><a:txBody>"
            f"<a:p>{run('ô', '.VnTime')}</a:p></a:txBody></a:tc>"
            "</a:tr></a:tbl></a:graphic></p:graphicFrame>"
        )
        found = read_parts(pptx(shape(run("một", ".VnTime") + run(" nữa", "Arial"), run("hai")) + group + table))
        assert units(found) == [
            ("slide 1 shape 1", "một nữa", (".VnTime", "Arial")),
            ("slide 1 shape 1", "hai", ()),
            ("slide 1 shape 2", "ba", ()),
            ("slide 1 shape 3", "ô", (".VnTime",)),
        ]

    def test_characters(self) -> None:
        hyphen = run("mu\xadêi")
        text = f"{hyphen}<a:br/>{run('a_x000B_b')}<a:fld type='slidenum'><a:t>1</a:t></a:fld>"
        assert shown(read_parts(pptx(shape(text)))) == {"slide 1 shape 1": "mu\xadêi\na\x0bb1"}

    def test_slides_have_the_presentations_order(self) -> None:
        slide = f"<p:sld {P}>{{}}</p:sld>"
        parts = pptx(
            "",
            {
                "ppt/presentation.xml": f'<p:presentation {P}><p:sldIdLst><p:sldId id="257" r:id="rId2"/>'
                '<p:sldId id="256" r:id="rId1"/></p:sldIdLst></p:presentation>',
                "ppt/_rels/presentation.xml.rels": rels(
                    ("rId1", "slide", "slides/slide1.xml"), ("rId2", "slide", "/ppt/slides/other.xml")
                ),
                "ppt/slides/slide1.xml": slide.format(shape(run("sau"))),
                "ppt/slides/other.xml": slide.format(shape(run("trước"))),
                "ppt/slides/hidden.xml": slide.format(shape(run("ngoài"))),
            },
        )
        assert list(shown(read_parts(parts)).items()) == [
            ("slide 1 shape 1", "trước"),
            ("slide 2 shape 1", "sau"),
            ("slide 3 shape 1", "ngoài"),
        ]

    def test_what_is_not_on_slides(self) -> None:
        diagram = 'xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram"'
        drawn = 'xmlns:dsp="http://schemas.microsoft.com/office/drawing/2008/diagram"'
        chart = 'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
        parts = pptx(
            shape(run("nội dung")),
            {
                "ppt/slides/_rels/slide1.xml.rels": rels(("rId1", "notesSlide", "../notesSlides/notesSlide1.xml")),
                "ppt/notesSlides/notesSlide1.xml": f"<p:notes {P}>{shape(run('ghi chú'))}</p:notes>",
                "ppt/notesSlides/_rels/notesSlide1.xml.rels": rels(("rId1", "slide", "../slides/slide1.xml")),
                "ppt/comments/comment1.xml": f"<p:cmLst {P}><p:cm><p:text>nhận xét</p:text></p:cm></p:cmLst>",
                "ppt/slideLayouts/l.xml": f"<p:sldLayout {P}>{shape(run('bố cục'))}</p:sldLayout>",
                "ppt/diagrams/data1.xml": f"<dgm:dataModel {diagram} {A}><dgm:pt><dgm:t>"
                f"<a:p>{run('ô một')}</a:p></dgm:t>"
                "</dgm:pt></dgm:dataModel>",
                "ppt/diagrams/drawing1.xml": f"<dsp:drawing {drawn} {A}><a:p>{run('ô một')}</a:p>"
                f"<a:p>{run('ô hai')}</a:p>"
                "</dsp:drawing>",
                "ppt/charts/chart1.xml": f"<c:chartSpace {chart} {A}><c:title><c:rich>"
                f"<a:p>{run('Biểu đồ', '.VnTime')}</a:p>"
                "</c:rich></c:title><c:cat><c:strCache><c:pt><c:v>Quý I</c:v></c:pt></c:strCache></c:cat>"
                "<c:val><c:numCache><c:pt><c:v>5</c:v></c:pt></c:numCache></c:val></c:chartSpace>",
            },
        )
        assert shown(read_parts(parts)) == {
            "slide 1 shape 1": "nội dung",
            "slide 1 notes shape 1": "ghi chú",
            "comments 1": "nhận xét",
            "layout 1 shape 1": "bố cục",
            "diagram 1": "ô một",
            "diagram 2": "ô hai",
            "chart 1": "Biểu đồ\nQuý I",
        }

    def test_a_content_in_two_forms(self) -> None:
        both = (
            f"<mc:AlternateContent {MC}><mc:Choice>{shape(run('x'))}</mc:Choice>"
            f"<mc:Fallback>{shape(run('x'))}</mc:Fallback></mc:AlternateContent>"
        )
        assert [unit.text for unit in read_parts(pptx(both)).units] == ["x"]


class TestFonts:
    LEVELS = '<a:lvl1pPr><a:defRPr><a:latin typeface="{}"/></a:defRPr></a:lvl1pPr>'
    THEME = (
        f"<a:theme {A}><a:fontScheme><a:majorFont><a:latin typeface='Cambria'/></a:majorFont><a:minorFont>"
        "<a:latin typeface='Calibri'/></a:minorFont></a:fontScheme></a:theme>"
    )

    def fonts(self, shapes: str) -> tuple[str, ...]:
        holder = shape(kind='type="body" idx="7"', list_style=self.LEVELS.format(".VnTime"))
        title = shape(kind='type="title"', list_style="")
        styles = (
            f"<p:txStyles><p:titleStyle>{self.LEVELS.format('+mj-lt')}</p:titleStyle>"
            f"<p:bodyStyle>{self.LEVELS.format('Body')}</p:bodyStyle></p:txStyles>"
        )
        parts = pptx(
            shapes,
            {
                "ppt/theme/theme1.xml": self.THEME,
                "ppt/slideMasters/m.xml": f"<p:sldMaster {P}>{title}{styles}</p:sldMaster>",
                "ppt/slideMasters/_rels/m.xml.rels": rels(("t", "theme", "../theme/theme1.xml")),
                "ppt/slideLayouts/l.xml": f"<p:sldLayout {P}>{holder}</p:sldLayout>",
                "ppt/slideLayouts/_rels/l.xml.rels": rels(("m", "slideMaster", "../slideMasters/m.xml")),
                "ppt/slides/_rels/slide1.xml.rels": rels(("l", "slideLayout", "../slideLayouts/l.xml")),
            },
        )
        (unit,) = read_parts(parts).units
        return unit.fonts

    @pytest.mark.parametrize(
        ("shapes", "font"),
        [
            (shape(run("x", "Arial"), kind='idx="7"'), "Arial"),
            (shape(run("x", "+mn-lt")), "Calibri"),
            (shape(run("x"), list_style=LEVELS.format("Own"), kind='idx="7"'), "Own"),
            (shape(run("x"), kind='idx="7"'), ".VnTime"),
            (shape(run("x"), kind='type="title"'), "Cambria"),
            (shape(run("x"), kind='type="subTitle" idx="1"'), "Body"),
            (shape(run("x")), "Calibri"),
        ],
    )
    def test_the_nearest_one_that_says_it(self, shapes: str, font: str) -> None:
        assert self.fonts(shapes) == (font,)

    def test_the_presentations_default(self) -> None:
        style = self.LEVELS.format("Default")
        parts = pptx(shape(run("x")))
        parts["ppt/presentation.xml"] = (
            f"<p:presentation {P}><p:defaultTextStyle>{style}</p:defaultTextStyle></p:presentation>"
        )
        assert units(read_parts(parts)) == [("slide 1 shape 1", "x", ("Default",))]
