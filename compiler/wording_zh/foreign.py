"""What the engine and Python say, found by its form: the engine speaks English only, to hosts, and knows no wording.

What isn't known stays as it is.
"""

from __future__ import annotations

import re
from typing import Final

_WHOLE: Final = {
    "text": "文本",
    "a whole number": "整数",
    "a number": "数字",
    "a percentage": "百分比",
    "true or false": "真或假",
    "a duration, such as 6 months": "时长，例如 6 个月",
    "a time, such as 2026-11-20 10:00": "时间，例如 2026-11-20 10:00",
    "a date, such as 2026-11-20": "日期，例如 2026-11-20",
    "an e-mail address": "邮箱地址",
    "a phone number": "电话号码",
    "a number below 10^12 in size": "绝对值小于 10^12 的数字",
    "a value: the field is required": "一个值：这个字段是必填的",
    "one record of this key": "这个主键只有一条记录",
    "no such records: rules conclude them": "没有这种记录：它们由规则得出",
    "a fact of the session": "会话中有的记录",
    "a concluded fact of the session": "会话中由规则得出的记录",
    "no change: what happened is not changed": "不能改：发生过的行为不再改变",
    "no other key": "不能换成别的主键",
    "link has no value that it can have": "所属没有可用的值",
    "no events: the policy declares none": "没有行为：策略没有声明行为",
    "nothing": "无",
    "nested too deeply": "嵌套太深",
    "unexpected end of data": "内容提前结束",
    "No such file or directory": "没有这个文件或文件夹",
    "Permission denied": "没有权限",
    "Is a directory": "这是文件夹",
    "Not a directory": "这不是文件夹",
    "No space left on device": "磁盘已满",
    "File name too long": "文件名太长",
    "Broken pipe": "管道已断开",
    "Read-only file system": "文件系统只读",
    "Too many open files": "打开的文件太多",
}
_FORMS: Final = tuple(
    (re.compile(form, re.DOTALL), twin)
    for form, twin in (
        (r"money in (\S+)", "{} 金额"),
        (r"one of the events (.+)", "以下行为之一：{}"),
        (r"one of the facts (.+)", "以下对象之一：{}"),
        (r"a field of (\S+)", "{} 的字段"),
        (r"a time at or after (.+)", "不早于 {} 的时间"),
        (r"these rules go round without coming to rest: (.+)", "这些规则循环不止：{}"),
        (r"(\S+) (.+): different things are concluded, by (.+)", "{} {}：得出了不同的结论，由 {}"),
        (r"(rule .+) \(and (\d+) more\)", "{}（另有 {} 个）"),
        (r"rule (\S+), action (\d+) \((.+)\): (.+)", "规则 {}，动作 {}（{}）：{}"),
        (r"field `(.+)` has no value that it can have", "字段 `{}` 没有可用的值"),
        (r"key `(.+)` has no value that it can have", "主键 `{}` 没有可用的值"),
        (r"the policy has no rule called `(.+)`; near: (.+)", "策略里没有规则 `{}`；相近的：{}"),
        (r"the rule (\S+) reads (.+): a session can't match that yet", "规则 {} 要读 {}：会话还不能匹配它"),
        (r"one of (.+)", "以下之一：{}"),
        (r"a list of (.+)", "{}的列表"),
        (r"the key of a (\S+)", "{} 的主键"),
        (r"(facts|events): the policy reads (.+)", "{}：策略要读 {}"),
        (r"the policy has nothing called (.+); near: (.+)", "策略里没有 {}；相近的：{}"),
        (r"'[,\t;]' expected after '\"'", "引号后面应是分隔符"),
        (r"field larger than field limit \((\d+)\)", "单元格超过 {} 个字符"),
        (r"line contains NUL", "行中有空字符"),
        (r"(\S+) is no JSON number", "{} 不是 JSON 数字"),
        (r"the key \"(.+)\" stands more than once", "键 “{}” 出现了不止一次"),
        (r"expecting (.+) at column (\d+)", "第 {1} 列应为 {0}"),
        (r"(.+) at column (\d+)", "第 {1} 列：{0}"),
        (r"Invalid isoformat string: (.+)", "不是时间：{}"),
        (r"(.+) \(and (\d+) more problems?\)", "{}（另有 {} 个问题）"),
    )
)


def foreign_in_chinese(text: str) -> str:
    """The Chinese of a text by its form; the parts of it that have a form of their own are said in Chinese too."""
    if text in _WHOLE:
        return _WHOLE[text]
    for form, twin in _FORMS:
        found = form.fullmatch(text)
        if found is not None:
            return twin.format(*map(foreign_in_chinese, found.groups()))
    return text
