"""The keywords of the language: ONE table, by phrase, English and Chinese side by side.

A keyword is a phrase, not a word: `is not known` is one keyword with one Chinese spelling, 不明. The English
phrase is its canonical form: it names the keyword in the grammar (`at most` is the terminal AT_MOST) and in the
syntax tree, whatever language the file is in. The lexer reads this table, the formatter translates by it, and
diagnostics suggest from it. Where a phrase has several Chinese spellings the first is the one to write.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final, NamedTuple

# ── Blocks, and the words inside them ──

BLOCKS: Final = MappingProxyType({
    "policy": ("策略",), "use": ("引用",), "fact": ("对象",), "event": ("行为",), "duplicate": ("查重",),
    "list": ("名单",), "let": ("定义",), "calendar": ("日历",), "score": ("评分",), "table": ("决策表",),
    "gate": ("资格",), "disqualify": ("淘汰",), "funnel": ("漏斗",), "goal": ("目标",), "team": ("团队",),
    "queue": ("队列",), "pool": ("公海",), "nurture": ("培育",), "route": ("分配",), "recall": ("回收",),
    "sla": ("时效",), "channel": ("渠道",), "rule": ("规则",), "attribution": ("归因",), "always": ("承诺",),
    "test": ("测试",),
})  # fmt: skip

_WORDS: Final = MappingProxyType({
    # header and fields
    "version": ("版本",), "about": ("关于", "对象"), "zone": ("时区",), "currency": ("币种",), "country": ("国家",),
    "channels": ("渠道",), "unknown values": ("视为未知",), "newest first": ("新者优先",), "as": ("作为",),
    "of": ("归于",), "key": ("主键",), "required": ("必填",), "ask": ("提问",), "one of": ("选项",),
    "in order": ("有序",), "list of": ("多个",), "or none": ("或无", "或 无", "或者 无"),
    "same": ("相同",), "keep": ("保留",),
    "earliest": ("最早",), "latest": ("最晚",), "from": ("从",), "to": ("至", "到", "为"), "column": ("列",),
    "holidays": ("节假日",), "workdays": ("调休上班",), "region": ("地区",), "leave": ("请假",),
    # logic
    "and": ("并且", "且"), "or": ("或者", "或"), "not": ("非", "不"), "is": ("是",), "is not": ("不是",),
    "is known": ("已知", "是 已知"), "is unknown": ("未知", "是 未知"), "is not known": ("不明", "不是 已知"),
    "in": ("属于",), "not in": ("不属于",), "contains": ("包含",), "not contains": ("不包含",),
    "starts with": ("开头为",), "ends with": ("结尾为",), "implies": ("意味着",), "certainly": ("必定",),
    "possibly": ("可能",), "any": ("有", "任意", "任一"), "no": ("没有",), "where": ("满足",), "within": ("近",),
    "since": ("自",), "between": ("介于",),
    "ago": ("之前",), "passes": ("通过",), "fails": ("未通过",), "true": ("真",), "false": ("假",),
    "unknown": ("未知",), "none": ("无",),
    # scores, tables, gates, goals
    "bands": ("分档",), "group": ("分组",), "points": ("分",), "when": ("当",), "each": ("每次",),
    "once": ("仅一次",), "once per day": ("每天一次",), "at most": ("最多", "至多"), "at least": ("至少",),
    "halving every": ("半衰期",), "fading over": ("渐减至零",), "because": ("理由",), "first": ("首次", "首个"),
    "unique": ("唯一",), "collect": ("汇总",), "passes when": ("通过条件",), "all": ("全部",),
    "revenue": ("营收",), "by": ("用",), "by date": ("直至",), "deal": ("客单价",), "rate": ("转化率",),
    "rates": ("实测转化率",), "won when": ("成交条件",),
    # routing
    "members": ("成员",), "prefer": ("优先选", "优先"), "pick": ("选人",), "least loaded": ("负荷最少",),
    "round robin": ("轮流",), "weighted by": ("按权重",), "hold": ("持有",), "claim": ("领取",), "per": ("每",),
    "per day": ("每天", "每 天", "每 日"), "per week": ("每周", "每 周", "每 星期"),
    "per month": ("每月", "每 月", "每 个月"),
    "former owner waits": ("原负责人等待", "原负责人 等待"), "previous owner": ("上一负责人",),
    "own pool": ("原公海", "自有公海"), "same team": ("原团队", "同团队", "同组"),
    "owner": ("负责人",), "member": ("成员号",),
    "closed": ("关闭",), "otherwise": ("否则",), "undecided": ("未定", "待定"), "notify": ("通知",), "for": ("为",),
    "unless": ("除非",), "at": ("于",), "remind": ("提醒",), "before": ("前", "之前"), "on return for": ("退回原因",),
    "while": ("期间", "当"),
    # service levels, channels, rules, nurture, attribution
    "until": ("直到",), "paused while": ("暂停条件", "暂停 当"), "only when": ("仅当",), "quiet": ("静默", "免打扰"),
    "priority": ("优先级",), "then": ("则",), "flag": ("标记",), "conclude": ("推定",), "add": ("新增",),
    "set": ("设置",), "remove": ("移除",), "task": ("任务",), "due in": ("限期",), "on": ("触发于",),
    "at start": ("立即",), "after": ("经过",), "send": ("发送",), "stop when": ("停止条件",), "over": ("基于",),
    "last": ("末次",), "others": ("其余",),
    # tests
    "given": ("假设",), "expect": ("期望",), "missing": ("缺少",),
})  # fmt: skip

KEYWORDS: Final = MappingProxyType({**BLOCKS, **_WORDS})

# Two keywords may share an English spelling, where Chinese has a word for each.
_ENGLISH: Final = MappingProxyType({"unknown values": "unknown", "by date": "by"})

# No name may be spelled like these, unless it stands in back-ticks; each holds for its Chinese twins too.
_RESERVED_PHRASES: Final = (
    "and", "or", "not", "is", "in", "any", "no", "unknown", "where", "within", "since", "implies", "unless",
    "because", "true", "false", "is not", "is known", "is unknown", "is not known", "not in",
)  # fmt: skip

# ── Units: the canonical name, its English spellings, its Chinese ones ──


class Unit(NamedTuple):
    """How a unit may be spelled after a number."""

    english: tuple[str, ...]
    chinese: tuple[str, ...]


UNITS: Final = MappingProxyType({
    "second": Unit(("second", "seconds"), ("秒", "秒钟")),
    "minute": Unit(("minute", "minutes"), ("分钟",)),
    "hour": Unit(("hour", "hours"), ("小时", "个小时")),
    "day": Unit(("day", "days"), ("天", "日")),
    "week": Unit(("week", "weeks"), ("周", "星期")),
    "month": Unit(("month", "months"), ("个月", "月")),
    "year": Unit(("year", "years"), ("年",)),
    "work_hour": Unit(("work hour", "work hours"), ("个工作小时", "工作小时")),
    "workday": Unit(("workday", "workdays"), ("个工作日", "工作日")),
    "CNY": Unit((), ("元",)),
})  # fmt: skip

SCALES: Final = MappingProxyType({"万": 10_000, "亿": 100_000_000})

WEEKDAYS: Final = MappingProxyType({
    "mon": ("周一", "星期一"), "tue": ("周二", "星期二"), "wed": ("周三", "星期三"), "thu": ("周四", "星期四"),
    "fri": ("周五", "星期五"), "sat": ("周六", "星期六"), "sun": ("周日", "星期日", "周天", "星期天"),
})  # fmt: skip

# ── Names that the language gives a meaning: ordinary names everywhere else ──

TYPES: Final = MappingProxyType({
    "text": ("文本",), "int": ("整数",), "number": ("数字", "小数"), "bool": ("是否",), "money": ("金额",),
    "percent": ("百分比",), "duration": ("时长",), "time": ("时间",), "date": ("日期",), "email": ("邮箱",),
    "phone": ("电话", "手机"),
})  # fmt: skip

# What else a parameter may be.
PARAMETER_TYPES: Final = MappingProxyType({"condition": ("条件",), "stage": ("阶段",)})

ROLES: Final = MappingProxyType({
    "owner": ("负责人",), "assigned": ("分配时间",), "created": ("创建时间",), "happened": ("发生时间",),
})  # fmt: skip

FUNCTIONS: Final = MappingProxyType({
    "domain": ("邮箱域名", "域名"), "plain": ("规整",), "age": ("距今",), "during": ("处于",), "low": ("最低",),
    "high": ("最高",), "earlier": ("较早",), "later": ("较晚",), "entered": ("进入",), "ago": ("此前",),
    "count": ("计数",), "sum": ("合计",), "average": ("平均",), "distinct": ("去重",), "first": ("首次",),
    "last": ("末次",),
})  # fmt: skip

# Names that every block can use; the resolver looks them up after the author's own.
BUILT_IN_NAMES: Final = MappingProxyType({
    "this": ("本记录",), "stage": ("当前阶段", "阶段"), "disqualified": ("已淘汰",), "destination": ("去向",),
    "holder": ("持有者", "持有人"),
})  # fmt: skip

# Where a lead may be, beyond what has a keyword: `holder is nobody`.
NOBODY: Final = MappingProxyType({"nobody": ("无人",)})

STD: Final = MappingProxyType({
    "std": ("标准",), "frameworks": ("框架",), "frameworks_zh": ("中文框架",), "calendars": ("日历",),
    "free_mail": ("免费邮箱",), "attribution": ("归因",),
    "domains": ("域名",), "bant": (), "champ": (), "meddic": (),
    "first_touch": ("首次接触",), "last_touch": ("末次接触",), "lead_creation": ("线索创建",), "linear": ("线性",),
    "time_decay": ("时间衰减",), "u_shaped": ("U型",), "w_shaped": ("W型",), "full_path": ("全路径",),
    "china": ("中国",), "hong_kong": ("香港",), "taiwan": ("台湾",), "japan": ("日本",), "south_korea": ("韩国",),
    "singapore": ("新加坡",), "malaysia": ("马来西亚",), "thailand": ("泰国",), "vietnam": ("越南",),
    "indonesia": ("印度尼西亚",), "philippines": ("菲律宾",), "india": ("印度",), "australia": ("澳大利亚",),
    "new_zealand": ("新西兰",), "germany": ("德国",), "france": ("法国",), "italy": ("意大利",), "spain": ("西班牙",),
    "netherlands": ("荷兰",), "belgium": ("比利时",), "austria": ("奥地利",), "switzerland": ("瑞士",),
    "poland": ("波兰",), "sweden": ("瑞典",), "norway": ("挪威",), "denmark": ("丹麦",), "finland": ("芬兰",),
    "united_kingdom": ("英国",), "ireland": ("爱尔兰",), "portugal": ("葡萄牙",), "united_states": ("美国",),
    "canada": ("加拿大",), "mexico": ("墨西哥",), "brazil": ("巴西",), "united_arab_emirates": ("阿联酋",),
    "saudi_arabia": ("沙特阿拉伯",), "south_africa": ("南非",),
})  # fmt: skip
"""The standard modules and what they declare, by English name, with the Chinese names that mean the same."""

# ── Look-ups made from the tables ──


class Spelling(NamedTuple):
    """One way to write a keyword: the words after the first, and the keyword's terminal and phrase."""

    tail: tuple[str, ...]
    terminal: str
    phrase: str


def terminal(phrase: str) -> str:
    """The grammar's name of a keyword."""
    return phrase.upper().replace(" ", "_")


def english(phrase: str) -> str:
    """How a keyword is written in an English file."""
    return _ENGLISH.get(phrase, phrase)


def spellings(phrase: str) -> tuple[str, ...]:
    """Every way to write a keyword, the English one first."""
    return (english(phrase), *KEYWORDS[phrase])


def _by_first_word() -> dict[str, tuple[Spelling, ...]]:
    found: dict[str, list[Spelling]] = {}
    for phrase in KEYWORDS:
        for spelled in spellings(phrase):
            first, *tail = spelled.split()
            found.setdefault(first, []).append(Spelling(tuple(tail), terminal(phrase), phrase))
    # Longest first, so that `is not known` is never read as `is not`.
    return {word: tuple(sorted(ways, key=lambda way: -len(way.tail))) for word, ways in found.items()}


def _inverse(table: MappingProxyType[str, tuple[str, ...]]) -> MappingProxyType[str, str]:
    return MappingProxyType({word: name for name, chinese in table.items() for word in (name, *chinese)})


BY_FIRST_WORD: Final = MappingProxyType(_by_first_word())
BLOCK_OF: Final = _inverse(BLOCKS)
TYPE_OF: Final = _inverse(TYPES)
PARAMETER_TYPE_OF: Final = _inverse(PARAMETER_TYPES)
WEEKDAY_OF: Final = _inverse(WEEKDAYS)
ROLE_OF: Final = _inverse(ROLES)
FUNCTION_OF: Final = _inverse(FUNCTIONS)
STD_OF: Final = _inverse(STD)
UNIT_OF: Final = MappingProxyType({
    spelled: name for name, unit in UNITS.items() for spelled in (*unit.english, *unit.chinese)
})  # fmt: skip
RESERVED: Final = frozenset(
    {word for phrase in _RESERVED_PHRASES for word in spellings(phrase) if " " not in word} | {"known"}
)

# The keywords that a name is most often run together with: `职位是经理` was meant as `职位 是 经理`.
_GLUE: Final = tuple(
    sorted(
        {
            word
            for phrase in (
                "is", "is not", "is known", "is unknown", "is not known", "in", "not in", "contains", "and", "or",
                "when", "passes", "fails", "implies", "unless", "because", "not contains", "starts with", "where",
                "each", "once", "once per day", "at most", "at least", "of", "otherwise", "since",
            )
            for word in KEYWORDS[phrase]
            if " " not in word
        },
        key=lambda word: (-len(word), word),
    )
)  # fmt: skip


def split_glued(word: str) -> str | None:
    """`word` with blanks round the Chinese keywords inside it, or None where there is none.

    Only a suggestion for a diagnostic: a name is never split when it is read.
    """
    parts: list[str] = []
    name = ""
    at = 0
    while at < len(word):
        keyword = next((k for k in _GLUE if word.startswith(k, at)), None)
        if keyword is None:
            name += word[at]
            at += 1
            continue
        parts.extend([name, keyword] if name else [keyword])
        name = ""
        at += len(keyword)
    parts.extend([name] if name else [])
    return " ".join(parts) if len(parts) > 1 else None
