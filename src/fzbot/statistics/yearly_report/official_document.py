"""Word files in the layout of official documents (GB/T 9704): paper, margins, fonts by name, spacing, page numbers.

The same words give the same bytes: parts are stored one by one without times of their own, and uncompressed, so that no
other version of a compressor changes anything.
"""

import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run

XIAOBIAOSONG, FANGSONG, HEITI, KAITI, SONGTI = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"
LATIN = "Times New Roman"
SECOND_SIZE, THIRD_SIZE, FOURTH_SIZE, TABLE_SIZE = Pt(22), Pt(16), Pt(14), Pt(11)
LINE = Pt(28)
TWO_CHARACTERS = Pt(32)
TABLE_STYLES = {"TableNormal", "TableGrid"}
WIDE = 60
"""Columns of this many millimetres hold sentences."""
EPOCH = (1980, 1, 1, 0, 0, 0)
GRID_LINE, GRID_CHARACTERS = "560", "-849"
"""28 pt a line; 28 characters of 16 pt on 156 mm, set a little closer (in 1/4096 pt)."""


class OfficialDocument:
    """A document under way, from top to bottom."""

    def __init__(self, title: str, author: str, day: date) -> None:
        self._document = Document()
        self._leave_out_of_the_template()
        self._set_page()
        self._set_styles()
        self._set_footers()
        self._set_properties(title, author, day)

    def title(self, words: str) -> None:
        """The title, in the middle, with an empty line below."""
        paragraph = self._paragraph(words, XIAOBIAOSONG, SECOND_SIZE)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.first_line_indent = Pt(0)
        self._paragraph("", FANGSONG)

    def subtitle(self, words: str) -> None:
        """A line in the middle."""
        paragraph = self._paragraph(words, KAITI)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.first_line_indent = Pt(0)

    def heading(self, words: str) -> None:
        """A heading of the first level."""
        self._paragraph(words, HEITI, style="Heading 1")

    def paragraph(self, words: str) -> None:
        """A paragraph of the body."""
        self._paragraph(words, FANGSONG)

    def signature(self, org: str, day: str) -> None:
        """Who issued it and when, at the right."""
        self._paragraph("", FANGSONG)
        for words in (org, day):
            paragraph = self._paragraph(words, FANGSONG)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            paragraph.paragraph_format.right_indent = TWO_CHARACTERS

    def appendix(self, label: str, title: str) -> None:
        """A page of its own, with a label and a title."""
        paragraph = self._paragraph(label, HEITI, style="Heading 1")
        paragraph.paragraph_format.page_break_before = True
        paragraph.paragraph_format.first_line_indent = Pt(0)
        self.title(title)

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]) -> None:
        """A table; its head is repeated on each page. Widths are in millimetres."""
        table = self._document.add_table(0, len(heads), style="Table Grid")
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        for number, row in enumerate((heads, *rows)):
            cells = table.add_row().cells
            for place, (cell, words, width) in enumerate(zip(cells, row, widths, strict=True)):
                cell.width = Mm(width)
                is_wide = width >= WIDE
                _fill_cell(cell.paragraphs[0], words, HEITI if not number else FANGSONG, is_left=is_wide or not place)
        for row_, flag in ((table.rows[0], "w:tblHeader"), *((row, "w:cantSplit") for row in table.rows)):
            row_._tr.get_or_add_trPr().append(OxmlElement(flag))  # noqa: SLF001 - python-docx has no word for it

    def note(self, words: str) -> None:
        """Small print below a table."""
        paragraph = self._document.add_paragraph()
        _set_tight(paragraph)
        _run(paragraph, words, KAITI, TABLE_SIZE)

    def bytes(self) -> bytes:
        """The file."""
        target = BytesIO()
        self._document.save(target)
        return _without_times(target.getvalue())

    def _paragraph(self, words: str, font: str, size: Pt = THIRD_SIZE, style: str = "Normal") -> Paragraph:
        paragraph = self._document.add_paragraph(style=style)
        _run(paragraph, words, font, size)
        return paragraph

    def _leave_out_of_the_template(self) -> None:
        # The library's template brings a preview of another document, and a hundred table styles twice over.
        for rels in (self._document.part.rels, self._document.part.package.rels):
            for key in [key for key, rel in rels.items() if rel.reltype.endswith(("/thumbnail", "/stylesWithEffects"))]:
                del rels[key]
        styles = self._document.styles.element
        for style in styles.findall(qn("w:style")):
            if style.get(qn("w:type")) == "table" and style.get(qn("w:styleId")) not in TABLE_STYLES:
                styles.remove(style)
        for language in styles.iter(qn("w:lang")):
            language.set(qn("w:eastAsia"), "zh-CN")

    def _set_page(self) -> None:
        section = self._document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        section.footer_distance = Mm(25)
        for old in section._sectPr.findall(qn("w:docGrid")):  # noqa: SLF001
            section._sectPr.remove(old)  # noqa: SLF001
        section._sectPr.append(  # noqa: SLF001
            _element("w:docGrid", type="linesAndChars", linePitch=GRID_LINE, charSpace=GRID_CHARACTERS)
        )

    def _set_styles(self) -> None:
        for name in ("Normal", "Heading 1"):
            style: Any = self._document.styles[name]
            style.font.size, style.font.bold = THIRD_SIZE, False
            style.font.color.rgb = RGBColor(0, 0, 0)
            _name_fonts(style.element.get_or_add_rPr(), FANGSONG if name == "Normal" else HEITI)
            paragraph = style.paragraph_format
            paragraph.first_line_indent = TWO_CHARACTERS
            paragraph.line_spacing_rule, paragraph.line_spacing = WD_LINE_SPACING.EXACTLY, LINE
            paragraph.space_before = paragraph.space_after = Pt(0)

    def _set_footers(self) -> None:
        self._document.settings.odd_and_even_pages_header_footer = True
        section = self._document.sections[0]
        sides = ((section.footer, WD_ALIGN_PARAGRAPH.RIGHT), (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT))
        for footer, side in sides:
            paragraph = footer.paragraphs[0]
            _set_tight(paragraph)
            paragraph.alignment = side
            paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = FOURTH_SIZE
            _run(paragraph, "— ", SONGTI, FOURTH_SIZE, SONGTI)
            _add_page_number(_run(paragraph, "", SONGTI, FOURTH_SIZE, SONGTI))
            _run(paragraph, " —", SONGTI, FOURTH_SIZE, SONGTI)

    def _set_properties(self, title: str, author: str, day: date) -> None:
        properties = self._document.core_properties
        moment = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - the format knows no zones
        properties.created = properties.modified = moment
        properties.title, properties.author, properties.last_modified_by = _plain(title), _plain(author), _plain(author)
        properties.comments, properties.revision = "", 1


def _fill_cell(paragraph: Paragraph, words: str, font: str, is_left: bool) -> None:
    _set_tight(paragraph)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT if is_left else WD_ALIGN_PARAGRAPH.CENTER
    _run(paragraph, words, font, TABLE_SIZE)


def _set_tight(paragraph: Paragraph) -> None:
    paragraph.paragraph_format.first_line_indent = Pt(0)
    paragraph.paragraph_format.line_spacing = 1.0
    properties: Any = paragraph._p.get_or_add_pPr()  # noqa: SLF001
    properties.insert_element_before(_element("w:snapToGrid", val="0"), "w:spacing", "w:ind", "w:jc", "w:rPr")


def _run(paragraph: Paragraph, words: str, font: str, size: Pt, latin: str = LATIN) -> Run:
    run = paragraph.add_run(_plain(words))
    run.font.size = size
    _name_fonts(run._r.get_or_add_rPr(), font, latin)  # noqa: SLF001
    return run


def _name_fonts(properties: Any, font: str, latin: str = LATIN) -> None:
    fonts = properties.get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]  # a theme's font would win over one by name
    fonts.set(qn("w:hint"), "eastAsia")  # quotation marks and dashes are Chinese ones
    for script, name in (("ascii", latin), ("hAnsi", latin), ("cs", latin), ("eastAsia", font)):
        fonts.set(qn(f"w:{script}"), name)


def _add_page_number(run: Run) -> None:
    instruction = OxmlElement("w:instrText")
    instruction.text = "PAGE"
    for part in (_element("w:fldChar", fldCharType="begin"), instruction, _element("w:fldChar", fldCharType="end")):
        run._r.append(part)  # noqa: SLF001


def _element(name: str, **attributes: str) -> Any:
    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element


def _plain(words: str) -> str:
    """What XML can hold."""
    return "".join(sign for sign in words if sign.isprintable())


def _without_times(content: bytes) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as new:
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            part = zipfile.ZipInfo(name, EPOCH)
            part.create_system = 0
            new.writestr(part, old.read(name))
    return target.getvalue()
