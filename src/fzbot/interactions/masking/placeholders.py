"""The placeholders that stand for personal data in what is stored."""

ID_CARD = "[身份证]"
BANK_CARD = "[银行卡]"
PHONE = "[电话]"
PLATE = "[车牌]"
NAME = "[姓名]"
WECHAT = "[微信]"
QQ = "[QQ]"
EMAIL = "[邮箱]"
PASSPORT = "[护照]"
DOCUMENT = "[证件]"
CREDIT_CODE = "[统一代码]"
ADDRESS = "[住址]"
ACCOUNT = "[账号]"

PLACEHOLDERS = (
    ID_CARD, BANK_CARD, PHONE, PLATE, NAME, WECHAT, QQ, EMAIL, PASSPORT, DOCUMENT, CREDIT_CODE, ADDRESS, ACCOUNT,
)  # fmt: skip
