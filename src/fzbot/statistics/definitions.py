"""What each figure means, written down once: shown at the figure, in the spreadsheet, in the report and in the documents.

Source of the rules: how townships count outreach (人次 and 人数 apart; pushed, delivered and read never added together).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Definition:
    """A figure's name and meaning, for readers of Chinese."""

    name: str
    meaning: str


INTERACTIONS = Definition(
    "互动次数", "收到的每一条消息或事件（文字、语音、图片、点菜单、关注、取关等）算一次；微信重发的同一条只算一次。"
)
QUESTIONS = Definition("咨询次数", "村民用文字或语音发来的话，一条算一次。")
VISITS = Definition("服务人次", "按人按天计：同一人一天内不论互动几次算 1 人次，换一天再来另算。只取消关注的不算。")
PEOPLE = Definition("服务人数", "所选日期内互动过的不同的人，同一人不论来几天只算 1 人。各天、各村的人数不能相加。")
DIRECT_RATE = Definition(
    "直接解答率", "直接给出答案的次数（含紧急提醒）÷ 作出判定的咨询次数（不含闲谈）；没有咨询时空着。"
)
ANSWERED = Definition("直接解答", "把握足够、直接给出答案的次数，含紧急提醒。")
SUGGESTED = Definition("给出选项", "把握不够，列出几个问题请村民选的次数。")
UNKNOWN = Definition("未解答", "知识库里没有合适答案，请村民打 12348 或找村法律顾问的次数。")
URGENT = Definition("紧急提醒", "正在挨打、正在被骗、想不开、孩子走失等紧急情况，先给出求助电话的次数。")
CHAT = Definition("闲谈", "问好、道谢等不是法律问题的话。")
HANDED_OVER = Definition("转人工", "转给村法律顾问或司法所工作人员的问题数。")
FOLLOWED = Definition("关注", "关注公众号的次数；取关后再关注另算一次。")
UNFOLLOWED = Definition("取关", "取消关注公众号的次数。")
NOTICES = Definition("通知条数", "所选日期内推送过或转发过的不同通知。各月、各村、各顾问的条数不能相加。")
PUSHED = Definition(
    "通知推送",
    "提交给微信发送的人次，加上随回复显示的人次，不等于送到。一次群发给几个村的，不归到村，服务这几个村的顾问在合计里看得到。按提交那天算。",
)
ACCEPTED = Definition("微信接受", "微信答应发出的人次，加上随回复显示的人次，不等于送到。与推送、送达、阅读不相加。")
DELIVERED = Definition(
    "通知送达", "微信回执确认送到的人次；客服消息和随回复显示的没有回执，不在内。与推送、阅读不相加。"
)
READ = Definition("通知阅读", "打开通知里的答案页或通知页的次数，一人打开几次算几次。与推送、送达不相加。")
GROUPS = Definition("转发群次", "顾问把通知转发到村微信群后登记的群数，一个群一天一条通知只登记一次；手工填报，单列。")
FORWARDED = Definition("转发人次", "顾问登记转发时填的群人数之和，同一人在几个群里算几次；手工填报，单列。")
ACTIVITIES = Definition("活动场次", "台账里算作普法活动的类型（普法宣传、法治讲座、以案释法等）的场次之和；手工填报。")
REACHED = Definition("覆盖人次", "台账里普法活动的参加人次之和，同一人参加几次算几次；手工填报。")
MATERIALS = Definition("发放资料", "台账里登记的发放资料份数之和；手工填报。")
TRAININGS = Definition("培训次数", "台账里法律明白人等培训的场次之和；手工填报。")
TRAINED = Definition("培训人次", "台账里法律明白人等培训的参加人次之和，不并入覆盖人次；手工填报。")
STUDIES = Definition("学法次数", "台账里组织学法的场次之和；手工填报。")
STUDIED = Definition("学法人次", "台账里组织学法的参加人次之和，不并入覆盖人次；手工填报。")
ARTICLES = Definition("推文期数", "台账里登记的公众号普法推文期数之和；手工填报。")
ADVISER_PUSHES = Definition(
    "顾问推送", "台账里登记的村法律顾问推送普法信息条数之和，与系统的通知推送不相加；手工填报。"
)
DESK_SESSIONS = Definition("坐班次数", "台账里登记的法律顾问坐班次数之和；手工填报。")
DESK_PEOPLE = Definition("坐班咨询人次", "台账里登记的法律顾问坐班时接待的人次之和；手工填报。")
SERVICES = Definition("顾问服务次数", "法律顾问在服务记录里登记的次数，一条算一次；手工填报。")
SERVED = Definition("顾问服务人次", "法律顾问在服务记录里登记的人次之和；手工填报。")
DISPUTES_FOUND = Definition("排查纠纷", "台账里登记的排查出的矛盾纠纷件数之和；手工填报。")
DISPUTES_SETTLED = Definition("化解纠纷", "台账里登记的化解的矛盾纠纷件数之和；手工填报。")
SETTLED_RATE = Definition("化解率", "化解纠纷件数 ÷ 排查纠纷件数；排查为 0 或没有登记时空着；手工填报。")

ALL = (
    INTERACTIONS,
    QUESTIONS,
    VISITS,
    PEOPLE,
    DIRECT_RATE,
    ANSWERED,
    SUGGESTED,
    UNKNOWN,
    URGENT,
    CHAT,
    HANDED_OVER,
    FOLLOWED,
    UNFOLLOWED,
    NOTICES,
    PUSHED,
    ACCEPTED,
    DELIVERED,
    READ,
    GROUPS,
    FORWARDED,
    ACTIVITIES,
    REACHED,
    MATERIALS,
    TRAININGS,
    TRAINED,
    STUDIES,
    STUDIED,
    ARTICLES,
    ADVISER_PUSHES,
    DESK_SESSIONS,
    DESK_PEOPLE,
    SERVICES,
    SERVED,
    DISPUTES_FOUND,
    DISPUTES_SETTLED,
    SETTLED_RATE,
)

TOPICS = {
    "marriage": "婚姻家庭",
    "inherit": "继承",
    "property": "房产物权",
    "loan": "借贷欠款",
    "contract": "合同",
    "consumer": "消费维权",
    "tort": "人身损害和侵权",
    "neighbor": "邻里",
    "general": "民法常识",
    "land": "土地和宅基地",
    "labor": "务工和工伤",
    "social": "社保和救助",
    "village": "村务",
    "admin": "行政管理",
    "criminal": "刑事",
    "fraud": "防诈骗",
    "channel": "怎么维权",
    "outreach": "普法宣传",
    "chat": "闲谈",
}
"""The topics, by the first part of an entry's id."""
