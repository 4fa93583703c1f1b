"""Mistakes of writing: what the lexer, the layout and the parser say."""

from __future__ import annotations

from typing import Final

WRITING: Final = {
    "did you mean `{}`?": "是不是想写 `{}`？",
    # ── Characters, numbers, texts ──
    "a character that cannot be shown (U+{}) stands here": "这里有一个无法显示的字符（U+{}）",
    "`{}` has no meaning here": "`{}` 在这里没有意义",
    "`{}` is read as `is not`": "`{}` 按 `不是` 理解",
    "write `is not`": "请写 `不是`",
    "`{}` is read as `is`": "`{}` 按 `是` 理解",
    "write `is`": "请写 `是`",
    "this string is not closed": "这段文字的引号没有闭合",
    "a string begins and ends on one line; write `\\n` for a line break inside it": "引号必须在同一行内开始和结束；文字中要换行，请写 `\\n`",
    "`{}` is neither a number nor a name": "`{}` 既不是数字，也不是名称",
    "set the unit off by a blank: `{} {}`": "请在单位前留一个空格：`{} {}`",
    "this back-tick is not closed": "这个反引号没有闭合",
    "write a name as `name`, on one line": "名称请写成 `名称`，不能跨行",
    "there is no name between these back-ticks": "这对反引号之间没有名称",
    "this number is too large": "这个数字太大",
    "this number has too many decimal places": "这个数字的小数位太多",
    "numbers stay below 1,000,000,000,000 and have at most 6 places": "数字必须小于 1,000,000,000,000（一万亿），小数最多 6 位",
    "there is no {} `{}`": "没有 `{1}` 这个{0}",
    "month and day have two digits each": "月和日都要写两位数字",
    "write `{}`": "请写 `{}`",
    "remove it": "请删去",
    "a string cannot hold the character U+{}": "文字中不能有字符 U+{}",
    "`{}` stands for nothing": "`{}` 不代表任何字符",
    'in a string write `\\"`, `\\\\`, `\\n` or `\\t`': '文字中可以写 `\\"`、`\\\\`、`\\n` 或 `\\t`',
    # ── Brackets and lines ──
    "this entry has more than {} operators": "这一条的运算符超过了 {} 个",
    "give parts of it names of their own with `let`; for a row of `is … or is …` write `in [..]`": (
        "请用 `定义` 给其中的部分各起一个名称；一连串的 `是 … 或者 是 …` 请写成 `属于 [..]`"
    ),
    "brackets stand inside each other more than {} deep": "括号嵌套超过了 {} 层",
    "give the inner parts names of their own with `let`": "请用 `定义` 给里面的部分各起一个名称",
    "this `{}` is never closed": "这个 `{}` 没有闭合",
    "this `{}` closes nothing": "这个 `{}` 没有对应的开括号",
    "this `}}` closes nothing": "这个 `}}` 没有对应的 `{{`",
    "this `{{` is not closed": "这个 `{{` 没有闭合",
    "a `}}` is missing {}": "{}缺少一个 `}}`",
    "{} `}}` are missing {}": "{1}缺少 {0} 个 `}}`",
    "before `{}`": "在 `{}` 之前",
    "close the block above": "请闭合上面的块",
    "a new line separates here; a comma does not belong": "这里用换行分隔，不要写逗号",
    # ── Entries ──
    "this cell is empty": "这一格是空的",
    "write `-` in a cell that accepts anything": "不限制的格请写 `-`",
    "this row has {} {} `||`; the table's header has {}": "这一行在 `||` {1}有{0}，而表头有 {2} 格",
    "1 cell": " 1 格",
    "{} cells": "{} 格",
    "gate `{}` says more than once when it passes": "资格 `{}` 写了不止一次通过条件",
    "the route has `{}` more than once": "分配中的 `{}` 写了不止一次",
    "there is no role `{}`": "没有 `{}` 这个角色",
    "a role is one of {}": "可用的角色：{}",
    "no declaration begins with {}": "没有以 {} 开头的声明",
    "{} does not fit here": "{} 不能写在这里",
    "{} cannot begin with {}": "{0}不能以 {1} 开头",
    "{} is complete before {}": "{0}在 {1} 之前就已经写完整了",
    "{} does not fit in {}": "{0} 不能写在{1}里",
    "`{}` is a word of the language and cannot be a name": "`{}` 是语言自带的词，不能用作名称",
    "`{}` is read as {} here; if it is a name, put it in back-ticks": "`{}` 在这里按{}理解；如果它是名称，请放在反引号里",
    "if it is a name here, put it in back-ticks: `` `{}` ``": "如果它在这里是名称，请放在反引号里：`` `{}` ``",
    "`{}` is written `{}`": "`{}` 请写成 `{}`",
    "`{}` is read as one name": "`{}` 被当作一个完整的名称",
    " after `{}`": "`{}` 之后",
    "what is done is missing{}; found {}": "{}缺少要做的事，此处是：{}",
    "write {}": "请写 {}",
    "a value is missing{}; found {}": "{}缺少一个值，此处是：{}",
    "`{}` is missing{}; found {}": "{1}缺少 `{0}`，此处是：{2}",
    "a name is missing{}; found {}": "{}缺少一个名称，此处是：{}",
    "a text in quotes is missing{}; found {}": "{}缺少一段带引号的文字，此处是：{}",
    # ── What an entry looks like ──
    "a declaration begins with a word such as `fact`, `score`, `gate` or `route`": (
        "声明以 `对象`、`评分`、`资格`、`分配` 这样的词开头"
    ),
    'such a line looks like `zone "Asia/Shanghai"`': '这样的一行形如 `时区 "Asia/Shanghai"`',
    "a field looks like `employees: int` or `grade: one of [A, B] in order`": (
        "字段形如 `员工数: 整数` 或 `等级: 选项 [A, B] 有序`"
    ),
    'an entry looks like `+5 when industry is "IT"` or `points title {{ … }}`': (
        '条目形如 `+5 当 行业 是 "IT"` 或 `分 职位 {{ … }}`'
    ),
    "a choice looks like `manager 10`; commas separate them": "选项形如 `经理 10`，各项之间用逗号隔开",
    "a band looks like `+10 when >= 1000`": "一档形如 `+10 当 >= 1000`",
    "a table's header looks like `| region | employees || team |`": "决策表的表头形如 `| 地区 | 员工数 || 等级 |`",
    "a row looks like `| >= 40 | - || A2 |`": "一行形如 `| >= 40 | - || A2 |`",
    "a criterion looks like `budget: budget > 0 CNY`; see also `passes when`": (
        "标准形如 `有预算: 预算 > 0 CNY`；另见 `通过条件`"
    ),
    'an entry looks like `rival: industry is "IT" -> closed`': '条目形如 `同行: 行业 是 "IT" -> 关闭`',
    "a stage looks like `MQL: total >= 30`": "阶段形如 `MQL: 总分 >= 30`",
    "an entry looks like `hot: priority is A1 -> team north`": "条目形如 `热线索: 等级 是 A1 -> 团队 华北`",
    "a line looks like `given Lead {{ … }}` or `expect fit is 25`": "一行形如 `假设 Lead {{ … }}` 或 `期望 契合度 是 25`",
    "a given value looks like `employees: 8000`; commas separate them": "假设的值形如 `员工数: 8000`，各项之间用逗号隔开",
    "a line looks like `same phone` or `keep earliest created_at`": "一行形如 `相同 电话` 或 `保留 最早 创建时间`",
    "such a line looks like `mon to fri 09:00 to 18:00`": "这样的一行形如 `周一 至 周五 09:00 至 18:00`",
    "a line looks like `rate SQL to won 25%`; see also revenue, deal, rates": (
        "一行形如 `转化率 SQL 至 won 25%`；另见 `营收`、`客单价`、`实测转化率`"
    ),
    "a line looks like `members where level is senior`": "一行形如 `成员 满足 级别 是 senior`",
    'a step looks like `after 2 days send "demo" by email`': '步骤形如 `经过 2 天 发送 "demo" 用 email`',
    "an entry looks like `idle: at assigned_at + 3 days -> pool public`": (
        "条目形如 `闲置: 于 assigned_at + 3 天 -> 公海 public`"
    ),
    "such a line looks like `from assigned_at` or `until reached_out`": (
        "这样的一行形如 `从 assigned_at` 或 `直到 reached_out`"
    ),
    "a line looks like `only when consent` or `at most 2 per week`": "一行形如 `仅当 consent` 或 `最多 2 每 周`",
    "a line looks like `when lead: Lead where …` or `then flag lead as …`": (
        "一行形如 `当 lead: Lead 满足 …` 或 `则 标记 lead 作为 …`"
    ),
    "a share looks like `30% first` or `100% all, halving every 7 days`": (
        "份额形如 `30% 首次` 或 `100% 全部, 半衰期 7 天`"
    ),
    "an `or` behind `where` needs parentheses": "`满足` 之后的 `或者` 需要括号",
    "write `where (a or b)`, or put the part before `or` in parentheses": (
        "请写 `满足 (a 或者 b)`，或者给 `或者` 之前的部分加上括号"
    ),
    "there is no time of day `{}`": "没有 `{}` 这个时刻",
    "`{}` is no span to count in": "不能按 `{}` 计数",
    "write day, week or month": "请写 天、周 或 月",
    "a table from a sheet has two lines": "来自表格文件的决策表只有两行",
    "the first line names the fields, the second the sheet's columns": "第一行是字段，第二行是表格文件的列名",
    "the funnel says more than once what `won` is": "漏斗不止一次说明了什么是 `won`",
}
