"""Types, units and arithmetic: operators, functions, fixed values, scores."""

from __future__ import annotations

from typing import Final

VALUES: Final = {
    # ── Types in words ──
    "money in {}": "金额（{}）",
    "one of {}": "选项（{}）",
    "a {}": "对象 {}",
    "a list of {}": "{}的列表",
    "this is {}": "这是{}",
    # ── Conditions and comparisons ──
    "a condition is expected here, but `{}` is {}": "这里应当是条件，而 `{}` 是{}",
    "compare it: {} >= 10": "请加上比较：{} >= 10",
    "compare it: {} is {}": "请加上比较：{} 是 {}",
    "compare it, or write `{} is known`": "请加上比较，或写 `{} 已知`",
    "`{}` is {}, and `{}` is {}: they can't be compared": "`{}` 是{}，`{}` 是{}，两者不能比较",
    "amounts of different currencies are never compared: convert one before it comes in": (
        "不同币种的金额不能比较：请在数据进来之前先换算"
    ),
    "write `{} {}`": "请写 `{} {}`",
    "write the time too, such as 2026-11-20 00:00": "请把时间也写上，例如 2026-11-20 00:00",
    "write the number with a `%`": "请给数字加上 `%`",
    "days, work hours and workdays are different things, and none becomes another": (
        "天、工作小时、工作日是不同的东西，不能互相换算"
    ),
    "the choices of `{}` have no order, so `{}` says nothing of them": "`{}` 的选项没有先后，`{}` 对它们没有意义",
    "declare them from low to high and write `in order` behind the list, or use `is` or `in`": (
        "请从低到高声明，并在列表后面写 `有序`；或者用 `是`、`属于`"
    ),
    "texts have no order: `{}` can't compare them": "文本没有大小，不能用 `{}` 比较",
    "`{}` can't compare {}": "`{}` 不能比较{}",
    "use `is` or `in`": "请用 `是` 或 `属于`",
    "use `is`": "请用 `是`",
    "`in` looks into a list, and `{}` is {}": "`属于` 后面应当是列表，而 `{}` 是{}",
    "write a list in square brackets, a range such as 1 to 10, or use `is`": (
        "请写方括号里的列表，或 1 至 10 这样的范围，或用 `是`"
    ),
    "`{}` is {}, and `{}` holds {}: it can never be in it": "`{}` 是{}，而 `{}` 里是{}，永远不会属于它",
    "the range `{}` is empty: its first end is above its last": "范围 `{}` 是空的：起点大于终点",
    "a range stands behind `in`, as in `employees in 10 to 49`": "范围要写在 `属于` 后面，例如 `员工数 属于 10 至 49`",
    "`{}` looks into texts, and `{}` is {}": "`{}` 只能用于文本，而 `{}` 是{}",
    "`{}` is no value to compare with": "`{}` 不是可以比较的值",
    "ask with `is unknown`": "请用 `未知` 来问",
    "ask with `is known`": "请用 `已知` 来问",
    # ── Arithmetic ──
    "`{}` can't join {} and {}": "`{}` 不能用于{}和{}",
    "`-` goes before a number, not before {}": "`-` 只能写在数字前面，不能写在{}前面",
    # ── Gates in conditions ──
    "`{}` is a gate, and a gate passes, fails, or isn't known yet": "`{}` 是资格；资格可以通过、未通过，或尚不明确",
    "write `{} passes`": "请写 `{} 通过`",
    "`{}` is a gate: say whether it passes or fails": "`{}` 是资格，请说明是通过还是未通过",
    "only gates pass or fail, and `{}` is none": "只有资格才能通过或未通过，而 `{}` 不是资格",
    "did you mean `{} {}`?": "是不是想写 `{} {}`？",
    "declare one with `gate`": "请用 `资格` 声明一个",
    # ── Functions ──
    "the arguments of `{}` have no names": "`{}` 的参数不带名称",
    "`{}(…)` takes {}, and nothing else": "`{}(…)` 只接受一个{}",
    "`{}(…)` takes {}, and `{}` is {}": "`{}(…)` 接受的是{}，而 `{}` 是{}",
    "`{}(…)` chooses among two or more": "`{}(…)` 要在两个或更多值中选",
    "`{}(…)` can't choose between {} and {}": "`{}(…)` 不能在{}和{}之间选",
    "`{}(…)` takes the name of a score": "`{}(…)` 接受的是一个评分的名称",
    "did you mean `{}({})`?": "是不是想写 `{}({})`？",
    "for example: {}(fit)": "例如：{}(契合度)",
    "there is no function `{}`": "没有 `{}` 这个函数",
    "functions: {}": "可用的函数：{}",
    # ── Fixed values and lists ──
    "`{}` is none of the choices here": "`{}` 不在这里的选项之中",
    "the choices are: {}": "可选：{}",
    "`{}` is beyond what numbers can be here": "`{}` 超出了这里数字的范围",
    "numbers are below 1,000,000,000,000 in size and have at most 6 places": (
        "数字的绝对值必须小于 1,000,000,000,000（一万亿），小数最多 6 位"
    ),
    "{} are whole: `{}` is not": "{}只能是整数，`{}` 不是",
    "use days or hours": "请改用天或小时",
    "`{}` can't stand in a list: only fixed values can": "`{}` 不能放在列表里：只有固定的值才可以",
    "this list mixes {} with {}": "这个列表混用了{}和{}",
    "the first item": "第一项",
    # ── Scores ──
    "the range of `{}` is empty: {} is above {}": "`{}` 的范围是空的：{} 大于 {}",
    "write from {} to {}": "请写 `从 {} 至 {}`",
    "a fixed number of points is expected here, not `{}`": "这里应当是固定的分值，而不是 `{}`",
    "points have at most 3 places: `{}` has more": "分值最多 3 位小数，`{}` 超过了",
    "points are a number, and this is {}": "分值应当是数字，而这是{}",
    "while `{}` is unknown, these points could be any number": "`{}` 未知时，这一条的分值可能是任何数",
    "give the score a range: score x from 0 to 100 {{ … }}": "请给评分一个范围：评分 x 从 0 至 100 {{ … }}",
    "an entry of a score can't read {}: `{}`": "评分的条目不能引用{}：`{}`",
    "entries look at facts; join scores in a score of its own: score total = fit + intent": (
        "条目只看对象的字段；要合并评分，请另写一个评分：评分 总分 = 契合度 + 意向度"
    ),
    "`points` gives points to choices, and `{}` is {}": "`分` 用来给选项计分，而 `{}` 是{}",
    "use `bands` for numbers, times and durations": "数字、时间和时长请用 `分档`",
    "`{}` stands twice in these points": "`{}` 在这里计分两次",
    "`{}` is no choice": "`{}` 不是选项",
    "a limit on points is not below 0": "分值的上限不能小于 0",
    "a group can't stand in a group": "分组里不能再有分组",
    "close the outer one first": "请先结束外面的分组",
    "`{}` can't stand in a score made of scores": "`{}` 不能用在由评分组成的评分里",
    "add and subtract scores, and multiply or divide them by a fixed number: fit + 2 * intent": (
        "评分之间可以加减，也可以乘以或除以固定的数：契合度 + 2 * 意向度"
    ),
}
