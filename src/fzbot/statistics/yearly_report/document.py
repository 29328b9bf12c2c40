"""The yearly report as a Word file, made of its frozen figures and nothing else."""

from fzbot.statistics.yearly_report import sentences as words
from fzbot.statistics.yearly_report.model import YearReport
from fzbot.statistics.yearly_report.tables import sheets

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def document(report: YearReport) -> bytes:
    """The file; the same report always gives the same bytes."""
    from fzbot.statistics.yearly_report.official_document import OfficialDocument  # noqa: PLC0415 - the server starts sooner without

    file = OfficialDocument(words.title(report), report.org, report.made_on)
    file.title(words.title(report))
    file.subtitle(_state(report))
    for section in words.sections(report):
        file.heading(section.heading)
        for paragraph in section.paragraphs:
            file.paragraph(paragraph)
    appendix = list(enumerate(sheets(report), start=1))
    file.paragraph("附件：" + "；".join(f"{number}. {sheet.title}" for number, sheet in appendix))
    file.signature(report.org, words.date_line(report))
    for number, sheet in appendix:
        file.appendix(f"附件{number}", sheet.title)
        file.table(sheet.heads, sheet.rows, sheet.widths)
        file.note(sheet.note)
    return file.bytes()


def file_name(report: YearReport) -> str:
    """What to save it as."""
    return f"{words.title(report)}{f'（第{report.number}号）' if report.number else '（草稿）'}.docx"


def _state(report: YearReport) -> str:
    if report.number is None:
        return "（草稿，数字随台账变动）"
    return f"（第{report.number}号，数字已定稿，{report.issued_by}出具）"
