"""Every key there is: its kind, its default and what it is for. Read by the loader, `init` and the tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.settings.addresses import BASE_URL, EMAIL, HOST, PHONE, PLACE, SERVER_NAME, TURN, URL
from bot.settings.duty import ON_DUTY, WHO
from bot.settings.holidays import BY_ZONE, COUNTRY, DATES
from bot.settings.kinds import BLOCK, FLAG, TABLE, TEXT, Kind, choice, number, read_scalar
from bot.settings.rungs import DELIVERY, RUNGS
from bot.settings.signing import SECRET, SIGNING_SECRETS, TELEGRAM_TOKEN, WEBHOOK_TOKEN
from bot.settings.times import CLOCK_OR_OFF, DAY_OR_NONE, DAYS, HOURS, QUIET, WEEKDAY_OR_OFF, ZONE, span
from bot.settings.words import LANGUAGES, WORDS


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a table. `default` is as it would be written in TOML; None when there is none.

    A secret may also stand in a file, which the key `<name>_file` names.
    """

    name: str
    kind: Kind
    default: object
    about: str
    secret: bool = False


SERVER = (
    Key("host", HOST, "127.0.0.1", "Address to listen on; 0.0.0.0 for every one this machine has."),
    Key("port", number(1, 65535), 8080, "Port to listen on."),
    Key(
        "public_url",
        BASE_URL,
        "",
        "Where the internet finds this server, https://…; needed for webhooks and for links to our pages.",
    ),
    Key(
        "ask_phone",
        FLAG,
        True,
        "Whether a candidate's page asks for the last four digits of their phone before it shows anything "
        "personal, where the phone is known; false lets the link alone suffice.",
    ),
)
DATABASE = (
    Key(
        "url",
        TEXT,
        "sqlite:///turnout.db",
        "A file, beside this one unless its path is absolute, or postgresql://user@host/name.",
        secret=True,
    ),
)
SECRETS = (
    Key(
        "keyring",
        TEXT,
        "keyring.json",
        "The keys that personal details are encrypted with; made at the first start, beside the database. "
        "Back them up apart from it.",
    ),
)
LOG = (
    Key("level", choice("debug", "info", "warning", "error"), "info", "debug, info, warning or error."),
    Key(
        "format",
        choice("auto", "text", "json"),
        "auto",
        "text, json, or auto: text on a terminal, JSON elsewhere.",
    ),
)
TEAMS = (
    Key("hr", PLACE, "", "Group of HR; without one each member is written to."),
    Key("support", PLACE, "", "Group of technical support."),
    Key("admin", PLACE, "", "Group of the administrators."),
)
INTERVIEWS = (
    Key(
        "secret",
        SIGNING_SECRETS,
        None,
        "What the interview platform signs its webhooks with (standardwebhooks.com).",
        True,
    ),
    Key("previous_secret", SIGNING_SECRETS, None, "The one before, still accepted while you rotate.", True),
)

TELEGRAM = (
    Key("token", TELEGRAM_TOKEN, None, "The bot's token, from @BotFather.", secret=True),
    Key(
        "mode",
        choice("polling", "webhook"),
        "polling",
        "polling needs no public address; webhook needs server.public_url.",
    ),
    Key("api_base", BASE_URL, "https://api.telegram.org", "Where the Bot API is."),
    Key(
        "webhook_secret",
        WEBHOOK_TOKEN,
        None,
        "What Telegram proves itself with; made from the token without one.",
        secret=True,
    ),
    Key(
        "webhook_url",
        BASE_URL,
        "",
        "The whole address Telegram delivers to, if it is not /hooks/telegram/<account> under server.public_url.",
    ),
    Key("username", TEXT, "", "The bot's name; Telegram is asked without it."),
    Key("poll_seconds", number(0, 50), 25, "How long one poll waits."),
    Key("deadline_seconds", number(1, 60), 15, "How long Telegram may take to answer."),
)
E_MAIL = (
    Key("host", SERVER_NAME, None, "Your mail server."),
    Key("port", number(1, 65535), None, "Its port; 587 for starttls, 465 for tls without one."),
    Key(
        "security",
        choice("starttls", "tls", "none"),
        "starttls",
        "starttls, tls, or none, which is only for a mail server on this machine.",
    ),
    Key("username", TEXT, "", "What the server knows this account as; without one nobody logs in."),
    Key("password", SECRET, None, "Its password.", secret=True),
    Key("from", EMAIL, None, "The address that mails come from; reports of what did not arrive go there."),
    Key("name", TEXT, "", "The name beside it, as candidates know you."),
    Key("reply_to", EMAIL, "", "Where answers go, if not to from."),
    Key("message_id_domain", SERVER_NAME, None, "Domain in the Message-IDs; that of from without one."),
    Key("helo", SERVER_NAME, None, "What this machine calls itself to the server; that domain without one."),
    Key("ca_file", TEXT, "", "Certificates to trust beside the system's, if the server's are your own."),
    Key(
        "per_minute", number(0, 100_000), 0, "How many mails a minute the server takes; 0 if it does not say."
    ),
    Key("deadline_seconds", number(1, 60), 30, "How long sending one mail may take."),
    Key(
        "inbound_secret",
        SECRET,
        None,
        "What must come with mail that is brought to /hooks/email/<account> by a mail server.",
        secret=True,
    ),
    Key("imap_host", SERVER_NAME, None, "Or: where the mailbox lies to which answers and reports come."),
    Key("imap_port", number(1, 65535), 993, "The port there, for TLS."),
    Key("imap_username", TEXT, "", "What the mailbox is opened with, if not with username and password."),
    Key("imap_password", SECRET, None, "Its password.", secret=True),
    Key("imap_folder", TEXT, "INBOX", "The folder that is looked into; nothing in it is changed."),
    Key("poll_seconds", number(5, 3600), 60, "How often."),
)
SLACK = (
    Key("token", SECRET, None, "The bot's token, xoxb-…, from OAuth & Permissions.", secret=True),
    Key(
        "mode",
        choice("socket", "http"),
        None,
        "socket needs no public address, and is meant where there is an app_token; http needs signing_secret, and "
        "Slack has to reach /hooks/slack/<account> under server.public_url.",
    ),
    Key(
        "app_token",
        SECRET,
        None,
        "For socket: the app-level token, xapp-…, with connections:write.",
        secret=True,
    ),
    Key("signing_secret", SECRET, None, "For http: what Slack proves itself with.", secret=True),
    Key(
        "client_id",
        TEXT,
        "",
        "Instead of token: workspaces install the app at /hooks/slack/<account>/install.",
    ),
    Key("client_secret", SECRET, None, "Goes with client_id.", secret=True),
    Key("workspaces", TEXT, "", 'The ids of the workspaces that may install it, like "T01AB2CD3EF, T02…".'),
    Key(
        "history",
        FLAG,
        True,
        "Look into our own private chats, when it is not known whether a message arrived, before sending it again.",
    ),
    Key("api_base", BASE_URL, "https://slack.com/api", "Where the Web API is."),
    Key("authorize_url", BASE_URL, "https://slack.com/oauth/v2/authorize", "Where installing begins."),
    Key("poll_seconds", number(0, 60), 25, "How long the socket is listened to at a time."),
    Key("deadline_seconds", number(1, 60), 15, "How long Slack may take to answer."),
)
CONSOLE = (
    Key("secret", SECRET, None, "What must come with whatever is typed; without it nothing is taken.", True),
)
SMS = (
    Key(
        "provider",
        choice("aliyun", "http"),
        None,
        "aliyun (Alibaba Cloud), or http: any gateway, described here.",
    ),
    Key(
        "hook_secret",
        SECRET,
        None,
        "What delivery reports and answers must carry; turnout check shows the addresses they come to.",
        secret=True,
    ),
    Key(
        "sign_name", TEXT, "", "The approved signature (签名), without 【】; a gateway's texts begin with it."
    ),
    Key("segments", number(1, 10), 4, "The longest text a gateway is given, in messages charged."),
    Key("per_second", number(1, 1000), 10, "How many texts a second the provider takes."),
    Key("deadline_seconds", number(1, 60), 10, "How long the provider may take to answer."),
    Key("access_key_id", TEXT, None, "Alibaba Cloud: AccessKey ID of a RAM user who may send."),
    Key("access_key_secret", SECRET, None, "Alibaba Cloud: its secret.", secret=True),
    Key("endpoint", BASE_URL, None, "Alibaba Cloud: where the API is, if not https://dysmsapi.aliyuncs.com."),
    Key(
        "templates",
        TABLE,
        None,
        'Alibaba Cloud: the registered template of each kind of message, "*" for all others: {code = "SMS_…", '
        'params = {variable = "field"}}, or one such table for each language.',
    ),
    Key(
        "url_suffix",
        FLAG,
        None,
        "Alibaba Cloud: true where templates hold the link's address up to its last slash.",
    ),
    Key("longest_value", number(1, 500), None, "Alibaba Cloud: characters a variable takes, 35 without it."),
    Key(
        "longest_url",
        number(1, 500),
        None,
        "Alibaba Cloud: characters a link's variable takes, 35 without it.",
    ),
    Key("method", choice("post", "get", "put"), None, "Gateway: how it is asked, post without it."),
    Key("url", TEXT, None, "Gateway: its https address; {to} {text} {id} {from} {secret} are filled in."),
    Key("headers", TABLE, None, 'Gateway: headers, like {Authorization = "Bearer {secret}"}.'),
    Key("content", choice("json", "form"), None, "Gateway: what body is, json without it."),
    Key("body", BLOCK, None, "Gateway: what is sent, with the same names in braces."),
    Key("secret", SECRET, None, "Gateway: what stands for {secret}.", secret=True),
    Key("from", TEXT, None, "Gateway: what stands for {from}: the number or name that texts come from."),
    Key("plus_sign", FLAG, None, "Gateway: false where {to} is wanted without its +."),
    Key("success_status", TEXT, None, 'Gateway: statuses that mean accepted, "200-299" without it.'),
    Key("success_pointer", TEXT, None, "Gateway: JSON pointer to what says so."),
    Key("success_value", Kind(read_scalar), None, "Gateway: what stands there then."),
    Key("id_pointer", TEXT, None, "Gateway: JSON pointer to its id of the message."),
    Key(
        "retry_after_pointer",
        TEXT,
        None,
        "Gateway: JSON pointer to the seconds to wait; Retry-After is heeded.",
    ),
    Key("error_pointer", TEXT, None, "Gateway: JSON pointer to its error code."),
    Key("errors", TABLE, None, "Gateway: what codes mean: busy, gone, closed, refused or stopped."),
    Key(
        "reports",
        TABLE,
        None,
        "Gateway: delivery reports: JSON pointers number, status, id, list, and the statuses that are gone.",
    ),
    Key(
        "inbound",
        TABLE,
        None,
        "Gateway: answers: JSON pointers number, text, id, list, about (the message answered).",
    ),
)
WECOM = (
    Key("corpid", TEXT, None, "企业ID: admin console, 我的企业, 企业信息."),
    Key("agentid", number(1, 9_999_999_999), None, "AgentId: admin console, 应用管理, the app."),
    Key(
        "secret", SECRET, None, "Secret: on the same page; WeCom sends it to the administrator's phone.", True
    ),
    Key("token", SECRET, None, "Token: on the same page, 接收消息, 设置API接收.", secret=True),
    Key("aes_key", SECRET, None, "EncodingAESKey: beside the token, 43 characters.", secret=True),
    Key("previous_aes_key", SECRET, None, "The one before, still accepted while you change it.", secret=True),
    Key(
        "robots",
        TABLE,
        None,
        'Robots of groups (消息推送) by names of yours, {hr = "<key>"}: the key stands in the robot\'s address. '
        'A team\'s group is then "wecom.<account>:webhook:hr"; digests go there, and nobody can answer.',
        secret=True,
    ),
    Key("menu", FLAG, True, "Whether the app gets our menu: 今日面试｜未参加｜更多; false leaves yours."),
    Key("workbench", FLAG, True, "Whether the app's tile on the workbench (工作台) shows today's figures."),
    Key("api_base", BASE_URL, "https://qyapi.weixin.qq.com", "Where the API is."),
    Key("deadline_seconds", number(1, 60), 15, "How long WeCom may take to answer."),
)

WECOM_KF = (
    Key("corpid", TEXT, None, "企业ID: admin console, 我的企业, 企业信息."),
    Key("secret", SECRET, None, "Secret of an app of its own, which is among 可调用接口的应用.", secret=True),
    Key("token", SECRET, None, "Token: on the app's page, 接收消息, 设置API接收.", secret=True),
    Key("aes_key", SECRET, None, "EncodingAESKey: beside the token, 43 characters.", secret=True),
    Key("previous_aes_key", SECRET, None, "The one before, still accepted while you change it.", secret=True),
    Key("open_kfid", TEXT, None, "The customer service account: its id begins with wk."),
    Key(
        "poll_seconds",
        number(0, 3600),
        60,
        "How often messages are asked for without having been called, in case a call was lost.",
    ),
    Key("api_base", BASE_URL, "https://qyapi.weixin.qq.com", "Where the API is."),
    Key("deadline_seconds", number(1, 60), 15, "How long WeCom may take to answer."),
)
WECOM_CONTACT = (
    Key("corpid", TEXT, None, "企业ID: admin console, 我的企业, 企业信息."),
    Key("secret", SECRET, None, "Secret of an app of its own, which is among 可调用接口的应用.", secret=True),
    Key("token", SECRET, None, "Token: on the app's page, 接收消息, 设置API接收.", secret=True),
    Key("aes_key", SECRET, None, "EncodingAESKey: beside the token, 43 characters.", secret=True),
    Key("previous_aes_key", SECRET, None, "The one before, still accepted while you change it.", secret=True),
    Key("users", TEXT, None, 'Userids of the employees whom candidates add, like "WangFang, LiNa".'),
    Key("api_base", BASE_URL, "https://qyapi.weixin.qq.com", "Where the API is."),
    Key("deadline_seconds", number(1, 60), 15, "How long WeCom may take to answer."),
)
WECHAT = (
    Key("appid", TEXT, None, "开发者ID(AppID): mp.weixin.qq.com, 设置与开发, 基本配置."),
    Key("secret", SECRET, None, "开发者密码(AppSecret): on the same page, shown once.", secret=True),
    Key("token", SECRET, None, "令牌(Token): on the same page, 服务器配置; yours to choose.", secret=True),
    Key(
        "aes_key",
        SECRET,
        None,
        "消息加解密密钥(EncodingAESKey): beside the token, 43 characters.",
        secret=True,
    ),
    Key("previous_aes_key", SECRET, None, "The one before, still accepted while you change it.", secret=True),
    Key(
        "templates",
        TABLE,
        None,
        'Templates (模板消息) by names of yours: {id = "…", kinds = ["reminder"], fields = {thing1 = "what", '
        'time2 = "time"}}; kinds = ["*"] for all others. channels/wechat/README.md lists what fields take.',
    ),
    Key(
        "menu", FLAG, True, "Whether the account gets our menu: 我的面试｜设备检测｜更多; false leaves yours."
    ),
    Key("api_base", BASE_URL, "https://api.weixin.qq.com", "Where the API is."),
    Key(
        "authorize_url",
        BASE_URL,
        "https://open.weixin.qq.com/connect/oauth2/authorize",
        "Where WeChat is asked who opens a page (网页授权).",
    ),
    Key("deadline_seconds", number(1, 60), 15, "How long WeChat may take to answer."),
)

SUPPORT = (
    Key("name", WORDS, {"zh_Hans": "技术支持", "en": "Technical support"}, "What support is called."),
    Key("phone", PHONE, "", "Phone that candidates can tap; it or an e-mail address is needed."),
    Key("hours", HOURS, "09:00-18:00", "When somebody is there."),
    Key("days", DAYS, "mon-fri", 'Days on which somebody is there: "mon-fri", "mon, wed", "daily".'),
    Key("zone", ZONE, None, "Zone of these hours; the company's without one."),
    Key("email", EMAIL, "", "Mailbox of support."),
)

PRECHECK = (
    Key(
        "offered", FLAG, True, "Whether candidates get the link to our device check; needs server.public_url."
    ),
    Key("camera", FLAG, True, "Whether the interview needs a camera."),
    Key("microphone", FLAG, True, "Whether it needs a microphone."),
    Key("speaker", FLAG, True, "Whether it needs sound."),
    Key("camera_height", number(1, 4320), 480, "Pixels of the picture's height; a smaller one is a remark."),
    Key("screen_width", number(0, 10_000), 0, "Pixels a screen should be wide; 0 for any."),
    Key(
        "down_kbps",
        number(0, 100_000),
        1500,
        "What the connection should bring; under half of it is too slow.",
    ),
    Key("up_kbps", number(0, 100_000), 1000, "What it should take away; under half of it is too slow."),
    Key("rtt_ms", number(1, 10_000), 300, "How long the way here and back may take."),
    Key("jitter_ms", number(1, 10_000), 50, "How unsteady that may be."),
    Key("battery_percent", number(0, 100), 30, "A battery below this, and not charging, is a remark."),
    Key(
        "turn_url",
        TURN,
        "",
        "Your TURN server, turn:host:3478?transport=udp; without one no relay is tested.",
    ),
    Key(
        "turn_user",
        TEXT,
        "",
        "Its user; without one users are made from the secret (coturn: use-auth-secret).",
    ),
    Key(
        "turn_secret",
        SECRET,
        None,
        "That user's password, or the secret shared with the server.",
        secret=True,
    ),
)

POLICY = (
    Key("name", WORDS, None, "The company, as candidates know it."),
    Key("zone", ZONE, "Asia/Shanghai", "The company's time zone."),
    Key(
        "languages",
        LANGUAGES,
        ["zh_Hans", "en"],
        "Languages offered to candidates. What they read must be there in each; the first is the default.",
    ),
    Key(
        "devices",
        WORDS,
        None,
        "What a candidate needs to take part; stands in every reminder or on the page it links to.",
    ),
    Key("address", choice("formal", "casual"), "formal", "formal says 您, casual 你."),
    Key(
        "rungs",
        RUNGS,
        ["24h", "1h", "30m"],
        "Reminders before the start, each sent once per name. Unless when_confirmed says otherwise, somebody "
        "who confirmed gets only the first and the last.",
    ),
    Key(
        "delivery",
        DELIVERY,
        None,
        "all (every channel) or fallback (the first that takes it); "
        "without one: all on the first rung, fallback on the others.",
    ),
    Key(
        "rescue_after",
        span("1s", "1h"),
        "3m",
        "After the start, somebody who has not joined is asked whether they are stuck.",
    ),
    Key("grace", span("1s", "4h"), "10m", "After the start, somebody who has not joined is flagged."),
    Key("ask_within", span("1s", "24h"), "1h", "A candidate who did not come is asked why within this."),
    Key("patience", span("1s", "30d"), "24h", "How long a question stays open before a person takes over."),
    Key(
        "acknowledge_within",
        span("1s", "24h"),
        "5m",
        "Of those who are called about a case, the next are called after this.",
    ),
    Key(
        "unbound_after",
        span("1s", "30d"),
        "2h",
        "HR learns of candidates who have not opened the bot after this.",
    ),
    Key(
        "quiet_hours",
        QUIET,
        "22:00-08:00",
        'No reminders at night where the candidate is, at most 16 h; "off" for none.',
    ),
    Key("moves_allowed", number(0, 20), 2, "How often a candidate may move an interview without a person."),
    Key("move_cutoff", span("0m", "30d"), "30m", "Until how long before the start a candidate may move it."),
    Key("horizon", span("1m", "365d"), "7d", "Slots later than this are not offered."),
    Key("digest_at", CLOCK_OR_OFF, "09:00", 'When HR gets its digests; "off" for none.'),
    Key("digest_days", DAYS, "mon-fri", "HR's working days: the daily digest comes on them."),
    Key(
        "digest_holidays",
        COUNTRY,
        BY_ZONE,
        'Whose public holidays are none of them, and whose make-up days (调休) are: "CN", "DE-BY"; "zone" for '
        "the country of the company's zone, \"off\" for nobody's.",
    ),
    Key("digest_days_off", DATES, [], 'Your own days off, like ["2026-12-24"].'),
    Key("digest_days_worked", DATES, [], "Your own working days that would be none, like a Saturday."),
    Key("digest_weekly", WEEKDAY_OR_OFF, "mon", 'When the weekly digest comes, like "mon"; "off" for none.'),
    Key(
        "digest_monthly",
        number(0, 20),
        1,
        "On which working day of the month the monthly digest comes; 0 for none.",
    ),
    Key("digest_quarterly", FLAG, True, "Whether one for the quarter comes with the monthly one after it."),
    Key("digest_place", PLACE, "", "Where the digest goes; teams.hr without one."),
    Key("alerts_place", PLACE, "", "Where alerts go; teams.hr without one."),
    Key("support_place", PLACE, "", "Where technical cases go; teams.support without one."),
    Key(
        "lead",
        WHO,
        "",
        "Who is called when a recruiter has not taken a no-show in time: a mailbox, or account:user.",
    ),
    Key(
        "on_duty",
        ON_DUTY,
        [],
        'Who is called first, and when: {team = "hr", who = "anna@example.com", hours = "09:00-18:00", '
        'days = "mon-fri", zone = "Asia/Shanghai"}; off duty everybody of the team is called.',
    ),
    Key("guide_url", URL, "", "Your guide to the interview."),
    Key("faq_url", URL, "", "Your frequent questions."),
    Key("precheck_url", URL, "", "Your own device check; without one it is ours."),
    Key("privacy_url", URL, "", "Your privacy notice."),
    Key("what_next", WORDS, "", "What follows a completed interview, and by when."),
    Key(
        "join_signal",
        choice("manual", "platform", "poll"),
        "manual",
        "Who says that somebody joined: platform (its signed webhooks) or manual (HR ticks a list).",
    ),
    Key(
        "signal_account", TEXT, "", "Which account under [interviews] says it; the only one, if there is one."
    ),
    Key(
        "heartbeat_within",
        span("1s", "24h"),
        "15m",
        "With join_signal = platform: flags wait when it is silent for longer.",
    ),
    Key(
        "mode", choice("live", "shadow"), "live", 'live sends; shadow writes "would send" and sends nothing.'
    ),
    Key("go_live", DAY_OR_NONE, "", "The day you began with Turnout; `report` compares before and after it."),
)

SECTIONS: Mapping[str, tuple[Key, ...]] = {
    "server": SERVER,
    "database": DATABASE,
    "secrets": SECRETS,
    "log": LOG,
    "teams": TEAMS,
    "policy": POLICY,
    "policy.support": SUPPORT,
    "policy.precheck": PRECHECK,
    "interviews.<account>": INTERVIEWS,
    "channels.telegram.<account>": TELEGRAM,
    "channels.slack.<account>": SLACK,
    "channels.email.<account>": E_MAIL,
    "channels.sms.<account>": SMS,
    "channels.wecom.<account>": WECOM,
    "channels.wecom_kf.<account>": WECOM_KF,
    "channels.wecom_contact.<account>": WECOM_CONTACT,
    "channels.wechat.<account>": WECHAT,
}
UNDECLARED = Kind(read_scalar)
UNDECLARED_SECRET = SECRET
"""Kinds of what a platform without declared keys may be told."""
