"""Every table there is; importing this makes `METADATA` complete."""

from fzbot.activities.kinds import ActivityKind
from fzbot.activities.ledger import Activity, ActivityPhoto
from fzbot.activities.service_log import Service
from fzbot.audit import AuditEvent
from fzbot.conversation.session import ConversationSession
from fzbot.curation.release import Release
from fzbot.curation.revisions import EntryRevision
from fzbot.curation.unanswered import SettledQuestion
from fzbot.db import Base
from fzbot.handovers.handover import Handover
from fzbot.interactions.interaction import Interaction
from fzbot.notices.authoring.notice import Notice, NoticeVersion
from fzbot.notices.delivery import Delivery
from fzbot.notices.results.forwards import Forward
from fzbot.notices.results.reads import NoticeRead
from fzbot.notices.results.receipts import Receipt
from fzbot.notices.sending.quota import QuotaStop, QuotaUse
from fzbot.people.account import Account
from fzbot.people.follower import Follower
from fzbot.people.key_fingerprint import Setting
from fzbot.people.lock_out import SignInFailure
from fzbot.people.recovery_codes import RecoveryCode
from fzbot.people.sign_in import SignIn
from fzbot.people.staff import Staff, StaffVillage
from fzbot.people.token import ApiToken
from fzbot.people.village import Village
from fzbot.statistics.rollup import DailyCount, PeopleGap, PersonDay, PersonVillage
from fzbot.statistics.yearly_report.issued import IssuedReport
from fzbot.statutes.article import ArticleRow
from fzbot.wechat.tag_tables import FollowerTag, VillageTag
from fzbot.wechat.token_table import PlatformToken

TABLES = (
    Account,
    Village,
    Follower,
    Staff,
    StaffVillage,
    SignIn,
    SignInFailure,
    RecoveryCode,
    ApiToken,
    Setting,
    ConversationSession,
    Interaction,
    Handover,
    DailyCount,
    PersonDay,
    PersonVillage,
    PeopleGap,
    IssuedReport,
    ArticleRow,
    EntryRevision,
    Release,
    SettledQuestion,
    ActivityKind,
    Activity,
    ActivityPhoto,
    Service,
    AuditEvent,
    PlatformToken,
    VillageTag,
    FollowerTag,
    Notice,
    NoticeVersion,
    Delivery,
    Receipt,
    QuotaUse,
    QuotaStop,
    Forward,
    NoticeRead,
)
METADATA = Base.metadata
