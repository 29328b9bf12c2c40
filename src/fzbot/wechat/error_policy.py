"""What to do about each error code of the platform, and how to put it to staff: the one table of them all.

Sources: the platform's public list 全局返回码说明, the lists at its calls for tags, mass sends, drafts and `stable_token`,
and facts of 2026-11. A code that is not listed pauses: no notice is lost over something that nobody here knows.
"""

from enum import Enum

WORDS_SHOWN = 80


class Reaction(Enum):
    """What an error code asks for."""

    RETRY = "back off and try again"
    REFRESH = "refresh the token once, and try again once"
    NEXT_MINUTE = "stop until the next minute"
    NEXT_DAY = "stop for the day"
    PAUSE = "stop until a person has mended it"
    SET_ASIDE = "leave out this follower, go on with the others"
    SENT_BEFORE = "take it as accepted: the same mass send went out under this `clientmsgid`"
    GIVE_UP = "never send this message"


TABLE: dict[Reaction, dict[int, str]] = {
    Reaction.RETRY: {
        -1000: "微信系统出错，稍后自动再试",
        -1: "微信系统繁忙，稍后自动再试",
        45066: "上一次群发还在处理，稍后自动再试",
        45159: "微信一时不认这个标签，稍后自动再试",
        61450: "微信系统出错，稍后自动再试",
    },
    Reaction.REFRESH: {
        40001: "access_token 不对，会自动重新取；一直这样请核对 AppSecret",
        40014: "access_token 不对，会自动重新取",
        41001: "没有带上 access_token，会自动重新取",
        42001: "access_token 过期，会自动重新取",
    },
    Reaction.NEXT_MINUTE: {45011: "调用太快，下一分钟自动继续"},
    Reaction.NEXT_DAY: {45009: "今天的接口次数用完了，明天自动继续"},
    Reaction.SET_ASIDE: {
        40003: "这个人的 openid 不属于本公众号",
        40132: "微信号或 openid 不对",
        41009: "缺这个人的 openid",
        43004: "对方已取消关注",
        43005: "对方不是好友关系",
        43019: "对方在黑名单里",
        43101: "对方没有同意接收订阅通知",
        45015: "对方超过 48 小时没有发消息，微信不让主动发",
        45047: "对方回复之前，能主动发的条数用完了",
        45059: "对方的标签超过 20 个",
        46004: "没有这个微信用户",
        48002: "对方设置了不接收公众号消息",
        49003: "这个人的 openid 是别的公众号的",
        50005: "对方没有关注公众号",
    },
    Reaction.SENT_BEFORE: {45065: "同一条群发已经提交过"},
    Reaction.GIVE_UP: {
        40004: "媒体文件的类型不对",
        40005: "文件的类型不对",
        40006: "文件太大",
        40007: "素材编号不对，可能已被删除",
        40008: "消息类型不对",
        40009: "图片太大或格式不对，请换一张",
        40010: "语音文件太大",
        40011: "视频文件太大",
        40012: "封面图太大，请换一张",
        40015: "菜单类型不对",
        40016: "菜单按钮个数不对，一级最多 3 个",
        40017: "菜单按钮类型不对",
        40018: "菜单按钮名字太长",
        40019: "菜单按钮的 KEY 太长",
        40020: "菜单按钮的网址太长",
        40021: "菜单版本号不对",
        40022: "子菜单级数不对",
        40023: "子菜单按钮个数不对，最多 5 个",
        40024: "子菜单按钮类型不对",
        40025: "子菜单按钮名字太长",
        40026: "子菜单按钮的 KEY 太长",
        40027: "子菜单按钮的网址太长",
        40028: "自定义菜单的使用对象不对",
        40029: "网页授权码不对",
        40030: "refresh_token 不对",
        40031: "openid 名单不对",
        40032: "openid 名单的人数不对",
        40033: "请求里有不能用的字符",
        40035: "参数不对",
        40038: "请求格式不对",
        40039: "网址太长",
        40050: "分组编号不对",
        40051: "分组名字不对",
        40054: "子菜单的网址不对",
        40055: "菜单的网址不对",
        40059: "没有这条群发",
        40060: "图文的序号不对",
        40117: "分组名字不对",
        40118: "素材编号的长度不对",
        40119: "菜单按钮类型不对",
        40120: "子菜单按钮类型不对",
        40121: "素材编号的类型不对",
        40130: "按名单群发至少要 2 个人",
        40137: "不支持这种图片格式，请换一张",
        40155: "不能放别的公众号的主页链接",
        40163: "网页授权码已经用过",
        41003: "缺 refresh_token",
        41005: "缺媒体文件",
        41006: "缺素材编号",
        41007: "缺子菜单",
        41008: "缺网页授权码",
        42002: "refresh_token 过期",
        42003: "网页授权码过期",
        44001: "媒体文件是空的",
        44002: "发出的内容是空的",
        44003: "图文内容是空的",
        44004: "文字内容是空的",
        45001: "媒体文件太大，请换小一点的",
        45002: "内容太长，请精简",
        45003: "标题太长，请精简",
        45004: "描述太长，请精简",
        45005: "链接太长",
        45006: "图片链接太长",
        45007: "语音太长",
        45008: "图文条数太多",
        45010: "菜单条数太多",
        45016: "系统自带的分组不能改",
        45017: "分组名字太长",
        45018: "分组太多",
        45057: "标签下粉丝太多，不能直接删除",
        45058: "系统自带的标签不能改",
        45067: "群发编号太长",
        45157: "标签名不能用，可能和别的标签重名",
        45158: "标签名太长，最多 30 个字节",
        45166: "图文内容里有不能用的东西，如超链接",
        46001: "素材不存在",
        46002: "菜单版本不存在",
        46003: "公众号上没有菜单",
        48005: "素材正被自动回复或菜单使用，不能删除",
        65301: "没有这个个性化菜单",
        87014: "内容没有通过微信的安全检查，请修改",
    },
    Reaction.PAUSE: {
        40002: "取 access_token 的方式不对，请告诉信息员",
        40013: "AppID 不对，请信息员核对 AppID",
        40036: "模板编号的长度不对，请信息员核对模板设置",
        40037: "模板编号不对，请信息员核对模板设置",
        40048: "网址的域名不能用，请信息员核对对外地址",
        40066: "微信不认识这个接口，请信息员核对 FZBOT_WECHAT_API_BASE",
        40102: "模板所属的行业不对，请信息员到公众平台核对模板",
        40125: "AppSecret 不对，请信息员到公众平台重置后重新填写",
        40164: "本服务器的公网 IP 不在公众平台的 IP 白名单里，请信息员在“基本配置”里加上",
        40243: "AppSecret 被冻结，请信息员到公众平台解冻",
        41002: "没有带上 AppID，请信息员核对设置",
        41004: "没有带上 AppSecret，请信息员核对设置",
        42007: "授权已失效，请信息员重新授权",
        43001: "调用方式不对，请告诉信息员",
        43002: "调用方式不对，请告诉信息员",
        43003: "要用 https，请信息员核对 FZBOT_WECHAT_API_BASE",
        43100: "本月已经换过行业，请信息员到公众平台查看",
        45026: "模板太多，请信息员到公众平台删掉不用的",
        45027: "模板和公众号的行业不合，请信息员到公众平台核对",
        45028: "群发次数用完了，等有次数了再继续",
        45035: "本服务器的公网 IP 没有登记，请信息员加进 IP 白名单",
        45056: "标签超过 100 个，请到公众平台删掉不用的",
        45064: "菜单里有没关联的小程序，请信息员核对",
        47001: "微信读不懂发过去的内容，请告诉信息员",
        47003: "模板字段不对，请信息员核对模板设置",
        48001: "本公众号没有这个接口的权限（未认证，或没有开通），请信息员到公众平台查看",
        48003: "还没有同意群发协议，请管理员登录公众平台同意",
        48004: "这个接口被微信封禁，请登录公众平台查看通知",
        48006: "接口次数已用完，今天不能再清零",
        48008: "没有发这类消息的权限，请信息员到公众平台查看",
        50001: "没有授权这个接口，请信息员到公众平台查看",
        50002: "公众号被限制，请登录公众平台查看通知",
        50004: "不让用取 access_token 的接口，请信息员到公众平台查看",
        50007: "公众号被冻结，请登录公众平台查看通知",
        53503: "草稿没有通过检查，请到公众平台查看",
        53504: "要到公众平台用草稿",
        53505: "要到公众平台人工保存后再发",
        61004: "本服务器的公网 IP 没有登记，请信息员加进 IP 白名单",
        61007: "没有把这个接口授权出来，请信息员到公众平台查看",
        89501: "这台服务器的 IP 正等管理员确认，请管理员在微信里确认",
        89503: "这台服务器的 IP 要管理员确认，请管理员在微信里确认",
        89506: "管理员 24 小时内拒绝了这台服务器的 IP 两次，明天再请管理员确认",
        89507: "管理员 1 小时内拒绝了这台服务器的 IP，一小时后再请管理员确认",
    },
}
"""Every code once, by what it asks for, in words that say what to do."""

_REACTIONS = {code: asked for asked, codes in TABLE.items() for code in codes}
_EXPLANATIONS = {code: said for codes in TABLE.values() for code, said in codes.items()}


def reaction(code: int) -> Reaction:
    """What to do about a code; what nobody knows is put before a person."""
    return _REACTIONS.get(code, Reaction.PAUSE)


def explain(code: int, message: str = "") -> str:
    """The code for staff, in Chinese; the platform's own words where we have none."""
    words = "".join(sign for sign in message if sign.isprintable())[:WORDS_SHOWN]
    said = _EXPLANATIONS.get(code) or f"微信没有接受（{words or '没有说明'}）"
    return f"{said}（错误码 {code}）"
