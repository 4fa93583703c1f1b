"""Phrases and habits of other systems: what they are read as, and how they are said here."""

from __future__ import annotations

from typing import Final

HABITS: Final = {
    # ── Read, with a warning ──
    "`{}` is read as `{}`": "`{}` 按 `{}` 理解",
    "`{}` says nothing here": "`{}` 在这里没有意义",
    "`;` is read as the end of a line": "`;` 按换行理解",
    "a new line or a comma separates": "请用换行或逗号分隔",
    "write the currency's code behind it: `{} USD`": "请在后面写上币种代码：`{} USD`",
    "a new line or a comma is missing before `{}`": "`{}` 之前缺少换行或逗号",
    "`{}` is taken for the owner that a lease needs": "`{}` 被当作回收所需的负责人",
    "`{}` is less than {}: the point begins the decimals": "`{}` 小于 {}：小数点后面是小数",
    "write `{}` if thousands are meant": "如果是指千位，请写 `{}`",
    # ── Said otherwise here ──
    "`{}` does not fit here": "`{}` 放在这里不合适",
    "there is no `{}`: what depends on a case stands in a table": "没有 `{}`：按情况而定的值写在决策表里",
    "declare a table with a row for each case, or several entries with `when`": (
        "请声明一个决策表，每种情况一行；或者写几个带 `当` 的条目"
    ),
    "write `age({})`, and compare it with a length: age({}) > 30 {}": (
        "请写 `距今({})`，再与时长比较：距今({}) > 30 {}"
    ),
    "nothing looks ahead: pass it as a field of its own, or give `{}` a due time": (
        "条件不能往后看：请把它作为单独的字段传入，或者给 `{}` 设一个到期时间"
    ),
    "`within` counts records; of a time write `age({}) <= {}`, of a length `{} <= {}`": (
        "`近` 用来筛选记录；时间请写 `距今({}) <= {}`，时长请写 `{} <= {}`"
    ),
    "write `age({}) {} {}`": "请写 `距今({}) {} {}`",
    "write `{} {} {}`": "请写 `{} {} {}`",
    "a `let` is a value: write `count({} where …)` or `any {} where …`": (
        "`定义` 是一个值：请写 `计数({} 满足 …)` 或 `有 {} 满足 …`"
    ),
    "write `points {} {{ … }}`": "请写 `分 {} {{ … }}`",
    "points from a value are multiplied: write `+5 * seats`": "按数值计分用乘法：请写 `+5 * seats`",
    "a field has no range: leave it out, and compare where it is used": "字段没有取值范围：请删去，在用到它的地方比较",
    'put it in quotes: "{}" (compare it so too), or declare the field as int': (
        '请加引号："{}"（比较时也一样），或者把字段声明为 整数'
    ),
    "a choice is a name or a text, and `{}` is a number": "选项是名称或文本，而 `{}` 是数字",
    "write `at least {}`": "请写 `至少 {}`",
    "one line says one thing to do": "一行只做一件事",
    "write a line of its own, beginning with the same `at` or `then`, for each": (
        "请为每件事各写一行，以同样的 `于` 或 `则` 开头"
    ),
    "join the conditions with `and`": "请用 `并且` 连接条件",
    "write `per day`, `per week` or `per month`": "请写 `每 天`、`每 周` 或 `每 月`",
    "quiet hours are the same on every day; days belong into `only when`": "静默时段每天相同；要区分日子，请写在 `仅当` 里",
    "commas separate them: expect missing budget, need": "请用逗号分隔：期望 缺少 budget, need",
    "`no` stands before it: expect no notify": "`没有` 写在前面：期望 没有 通知",
    "a step begins with `after`: after 3 days send …": "步骤以 `经过` 开头：经过 3 天 发送 …",
    "ask with `is not known`": "请用 `不明` 来问",
    "`{}` has no name before it: {} -> …": "`{}` 前面没有名称：{} -> …",
    "write the share as a number: 80% is 0.8": "请把比例写成数字：80% 就是 0.8",
    "write `passes`, `fails` or `unknown` in its column": "请在这一列写 `通过`、`未通过` 或 `未知`",
}
