"""Masking of personal data before a text is stored: one grammar per kind.

Never masked: hotlines and short service numbers, article numbers, sums of money, dates, order numbers, lists of numbers.
"""

from fzbot.interactions.masking.masker import mask
from fzbot.interactions.masking.placeholders import (
    ACCOUNT,
    ADDRESS,
    BANK_CARD,
    CREDIT_CODE,
    DOCUMENT,
    EMAIL,
    ID_CARD,
    NAME,
    PASSPORT,
    PHONE,
    PLATE,
    QQ,
    WECHAT,
)

__all__ = [
    "ACCOUNT",
    "ADDRESS",
    "BANK_CARD",
    "CREDIT_CODE",
    "DOCUMENT",
    "EMAIL",
    "ID_CARD",
    "NAME",
    "PASSPORT",
    "PHONE",
    "PLATE",
    "QQ",
    "WECHAT",
    "mask",
]
