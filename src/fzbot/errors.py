"""The errors fzbot raises, each with a message for a person.

FzbotError
├── ConfigError          a setting is missing or wrong: names the variable
├── KnowledgeError       the knowledge base cannot be used
│   └── StatuteError     a statute text cannot be read
├── PostRefusedError          a post to the webhook that is not the platform's
├── AccountError         no such account, or one that exists already
├── StaffError           a staff member cannot be added or changed like this
├── SignInError          signing in is refused
├── AccessRefusedError   somebody may not do this, or not to this row
├── NotSignedInError     nobody is signed in
├── StepRequiredError    something else must be done first
├── NotFoundError        no such row
├── HandoverError        a handed-over question cannot be answered like this
├── BackupError          a backup cannot be made or restored like this
├── TokenError           a token for the interface cannot be made like this
├── NoticeError          a notice cannot be written, approved or sent like this
│   └── NoticeWaitsError  a notice cannot be sent until somebody has seen to something
├── PlatformError        the platform refused a call or was not reached: nothing was done
│   └── PlatformUnclearError  a call may have been carried out or not
├── CurationError        an entry cannot be changed or published like this
├── LedgerError          a row of the ledger or a photo cannot be taken like this
│   └── BusyError        too many files are being read at once: this one may be sent again
├── ReportError          a yearly report cannot be made like this
├── SpoolError           a record of the spool that cannot be read
└── StoreError           the database cannot be used
"""

from typing import Any


class FzbotError(Exception):
    """Root of every error that fzbot raises on purpose."""


class ConfigError(FzbotError):
    """A setting is missing or wrong."""


class KnowledgeError(FzbotError):
    """The knowledge base cannot be read or does not hold together."""


class StatuteError(KnowledgeError):
    """A statute text cannot be read or split into articles."""


class PostRefusedError(FzbotError):
    """A post to the webhook is refused; `status` is the HTTP status to answer with (4xx)."""

    def __init__(self, reason: str, status: int = 400) -> None:
        super().__init__(reason)
        self.status = status


class AccountError(FzbotError):
    """No such account, or one by that name exists already."""


class StaffError(FzbotError):
    """A staff member cannot be added or changed like this."""


class SignInError(FzbotError):
    """Signing in is refused: wrong words, or locked out for a while."""


class AccessRefusedError(FzbotError):
    """Somebody may not do this; `status` is the HTTP status to answer with."""

    def __init__(self, reason: str, status: int = 403) -> None:
        super().__init__(reason)
        self.status = status


class NotSignedInError(FzbotError):
    """Nobody is signed in, or the sign-in is over."""


class StepRequiredError(FzbotError):
    """Something else must be done first, at `address`."""

    def __init__(self, reason: str, address: str) -> None:
        super().__init__(reason)
        self.address = address


class NotFoundError(FzbotError):
    """There is no such row, or it is out of sight."""


class HandoverError(FzbotError):
    """A handed-over question cannot be answered like this."""


class BackupError(FzbotError):
    """A backup cannot be made or restored like this."""


class TokenError(FzbotError):
    """A token for the programming interface cannot be made like this."""


class NoticeError(FzbotError):
    """A notice cannot be written, approved or sent like this."""


class NoticeWaitsError(NoticeError):
    """A notice cannot be sent until somebody has seen to something; nothing of it needs to be rewritten."""


class PlatformError(FzbotError):
    """The platform refused a call, or was not reached: nothing was done.

    `code` is its error code, None without an answer; `answer` is all that it said, since some refusals carry more.
    """

    def __init__(self, reason: str, code: int | None = None, answer: dict[str, Any] | None = None) -> None:
        super().__init__(reason)
        self.code = code
        self.answer = answer or {}


class PlatformUnclearError(PlatformError):
    """The call was sent and no answer came that could be read: it may have been carried out or not."""


class CurationError(FzbotError):
    """An entry cannot be changed or published like this."""


class LedgerError(FzbotError):
    """A row of the ledger or a photo cannot be taken like this; the message has a line for each fault."""


class BusyError(LedgerError):
    """Too many files are being read at once; this one may be sent again. `status` is the HTTP status to answer with."""

    status = 503


class ReportError(FzbotError):
    """A yearly report cannot be made like this."""


class SpoolError(FzbotError):
    """A record of the spool cannot be read: it is torn, damaged, or another version's."""


class StoreError(FzbotError):
    """The database cannot be used as it is."""
