"""Tables, gates, routes, tests, calendars, what goes round in a circle, and what never or always happens."""

from __future__ import annotations

from typing import Final

BLOCKS: Final = {
    # ── Tables ──
    "the columns behind `||` are {}, not {}": "`||` 后面的列应当是 {}，而不是 {}",
    "the header's last columns are the table's outputs": "表头最后的几列就是决策表的输出",
    "row {} has {} cells before `||`, and the header has {}": "第 {} 行在 `||` 前面有 {} 格，而表头有 {} 格",
    "row {} has {} cells behind `||`, and the header has {}": "第 {} 行在 `||` 后面有 {} 格，而表头有 {} 格",
    "`-` stands for anything": "`-` 表示不限",
    "a table can't give {}": "决策表不能输出{}",
    "give a text or a choice": "请输出文本或选项",
    "`{}` is not {}": "`{}` 不是{}",
    "a table gives fixed values of its output's type": "决策表输出固定的值，类型与输出声明的一致",
    "no row of `{}` holds for some leads": "有些线索在 `{}` 中没有一行符合",
    "`{}` is `unique`, and two of its rows can hold at once": "`{}` 是 `唯一` 的，但其中两行可能同时符合",
    "`{}` is `unique`, and it can't be shown that these two rows never hold at once": (
        "`{}` 是 `唯一` 的，但无法证明这两行不会同时符合"
    ),
    "use plain comparisons with fixed values in one column, or leave out `unique`": (
        "请在某一列里用固定的值直接比较，或去掉 `唯一`"
    ),
    "this row of `{}` can never be reached: the rows above take every such lead": (
        "`{}` 的这一行永远轮不到：上面的行已经包括了所有这样的线索"
    ),
    "move it up, or remove it": "请把它移到上面，或删去",
    "the other row": "另一行",
    "a row above": "上面的一行",
    "for example: {}": "例如：{}",
    "end with a row of `-`": "请在最后写一行全是 `-` 的行",
    "{}; end with a row of `-`": "{}；请在最后写一行全是 `-` 的行",
    "{} {}": "{} 为 {}",
    "{} unknown": "{} 未知",
    # ── Gates, disqualification ──
    "the gate `{}` has no criteria": "资格 `{}` 没有标准",
    "add one, or remove it": "请加一条标准，或删去这个资格",
    "`{}` has {} criteria: `at least {}` of them makes no sense": "`{}` 有 {} 条标准，`至少 {}` 没有意义",
    "two {} are called `{}`": "有两个{}都叫 `{}`",
    "who is disqualified goes to nobody": "被淘汰的线索不能分给任何人",
    "use `closed`, a pool, a queue or `nurture for 90 days`": "请用 `关闭`、公海、队列，或 `培育 为 90 天`",
    # ── Route ──
    "a lead that meets no entry of this route goes nowhere": "不符合任何一条分配的线索无处可去",
    "end it with: otherwise -> pool …": "请在最后写上：否则 -> 公海 …",
    "where a lead waits whose route can't be decided yet is not said": "没有说明暂时无法决定去向的线索在哪里等待",
    "end the route with: undecided -> queue …": "请在分配的最后写上：未定 -> 队列 …",
    # ── Tests ──
    "given {} {{ … }}": "例如：假设 {} {{ … }}",
    "this test expects nothing": "这个测试没有写期望",
    "add an `expect` line": "请加一行 `期望`",
    "`{}` is given twice": "`{}` 给了两次",
    "there is no fact `{}`": "没有 `{}` 这个对象",
    "a {} needs {}": "{} 需要 {}",
    "give every key and every required field": "请给出主键和所有必填的字段",
    "`{}` is {}, and `{}` is {}": "`{}` 是{}，而 `{}` 是{}",
    "`{}` is {}, and `{}` is a {}": "`{}` 是{}，而 `{}` 是对象 {}",
    "`{}` must have a value": "`{}` 必须有值",
    "`{}` is unknown where it is not given; `none` needs a field declared `or none`": (
        "没有给出 `{}` 时它就是未知；要写 `无`，字段须声明为 `或无`"
    ),
    "write `unknown`, or leave the field out": "请写 `未知`，或不写这个字段",
    "nothing is given under the name `{}`": "没有以 `{}` 为名给出的记录",
    "given {}: {} {{ … }}": "例如：假设 {}: {} {{ … }}",
    "this policy has no `route` block": "这个策略没有 `分配` 块",
    "`{}` is no field, so it can't be missing": "`{}` 不是字段，谈不上缺少",
    # ── Calendars ──
    "calendar `{}` has no open time: no weekday has a shift": "日历 `{}` 没有工作时间：一周七天都没有班次",
    "a shift lies within the 24 hours of a day": "班次必须在一天的 24 小时之内",
    "the shift at {} ends where it starts": "{} 的班次起止时间相同",
    "the shifts overlap at {}": "班次在 {} 重叠",
    "the last shift runs into the first of the next day": "最后一个班次与次日的第一个班次重叠",
    "no holidays are known for a country called `{}`": "没有名为 `{}` 的国家的节假日数据",
    "`{}` has no subdivision `{}`": "`{}` 没有 `{}` 这个行政区",
    "{} is before {}": "{} 早于 {}",
    # ── Circles ──
    "these go round in a circle: {}": "这些部分互相引用，成了循环：{}",
    "these values go round in a circle: {}": "这些定义互相引用，成了循环：{}",
    "values that stand in a circle name each other more than {} deep": "循环中的定义互相引用超过了 {} 层",
    "`{}`": "`{}`",
    "`{} {}`": "`{} {}`",
    "one of them has to do without the others": "其中必须有一个不引用其他的",
    "each may only read what can be worked out without it": "每个部分只能引用不依赖它就能算出的部分",
    # ── What never or always happens ──
    "`{}` is never true": "`{}` 永远不成立",
    "`{}` and `{}` are never true at once": "`{}` 和 `{}` 不可能同时成立",
    "its parts exclude each other": "它的各部分互相排斥",
    "the other part": "另一部分",
    "`{}` is true for every lead": "`{}` 对所有线索都成立",
    "remove it, or ask for more": "请删去，或提高要求",
    "`{}` is unknown for every lead": "`{}` 对所有线索都是未知",
    "no lead can have that value: look at what its field takes as unknown": (
        "没有线索会是这个值：请看它的字段把什么当作未知"
    ),
    "`{}` makes no difference beside `{}`": "有了 `{1}`，`{0}` 就不起作用",
    "this part says it already": "这一部分已经包括了它",
    "remove it, or look whether something else was meant": "请删去，或看看是否另有所指",
    "a comparison with a score in `{}` comes out the same for every lead": (
        "`{}` 中有一处与评分的比较，对所有线索结果都一样"
    ),
    "`{}` is never below {} and never above {}": "`{}` 最小是 {}，最大是 {}",
    "`{}` can never win: the entries above take every such lead": "`{}` 永远轮不到：上面的条目已经包括了所有这样的线索",
    "`{}` can never win: `{}` above takes every such lead": "`{}` 永远轮不到：上面的 `{}` 已经包括了所有这样的线索",
    "`{}` can never win: every such lead is disqualified": "`{}` 永远轮不到：所有这样的线索都已被淘汰",
    "`{}` can never win: where it is true, there is nobody that it could go to": (
        "`{}` 永远轮不到：它成立时，没有人可以接收线索"
    ),
    "this entry is above": "这一条在上面",
    "disqualified here": "在这里被淘汰",
    "nothing reaches `otherwise`: the entries above take every lead": (
        "没有线索会到 `否则`：上面的条目已经包括了所有线索"
    ),
    "remove it, or look whether an entry above takes too much": "请删去，或看看上面是否有条目包括得太多",
    "a lead that meets both: {}; {}": "同时符合两者的线索：{}；{}",
    "{}; a lead that meets both: {}": "{}；同时符合两者的线索：{}",
    "{} day, {}": "{} 天 {}",
    "{} days, {}": "{} 天 {}",
    "`{}` is never reached: a band above is true for every such value, or unknown": (
        "`{}` 永远轮不到：对所有这样的值，上面都有一档成立或未知"
    ),
    "the first band that holds counts: put the narrowest first": "由第一个符合的一档计分：请把范围最窄的写在最前面",
    "this band is above": "这一档在上面",
    "what lies between `{}` and `{}` is in no band, and gives no points": "`{}` 与 `{}` 之间的值不属于任何一档，不得分",
    "these values aren't whole; the first band that holds counts: write `>=` or `<=`, narrowest first": (
        "这些值不一定是整数；由第一个符合的一档计分：请用 `>=` 或 `<=`，把范围最窄的写在最前面"
    ),
    "this is the other band": "这是另一档",
    "the stage `{}` can never be reached: `{}` is never true": "阶段 `{}` 永远到不了：`{}` 永远不成立",
    "the stage `{}` can never be reached: every such lead is disqualified": (
        "阶段 `{}` 永远到不了：所有这样的线索都已被淘汰"
    ),
    "the stage `{}` can never be reached: no lead reaches the stages above and this one": (
        "阶段 `{}` 永远到不了：没有线索能同时达到上面的阶段和这个阶段"
    ),
    "disqualification begins here": "淘汰从这里开始",
    "this stage is above": "这个阶段在上面",
    "a stage is reached when its condition and those of all stages above hold": (
        "一个阶段自己的条件和上面所有阶段的条件都成立，才算达到"
    ),
    "the gate `{}` can never pass: its criteria exclude each other": "资格 `{}` 永远不会通过：它的标准互相排斥",
    "this criterion": "这条标准",
    "and this one are never true at once": "与这条标准不可能同时成立",
    "with `passes when at least …`, not all of them are needed": "用 `通过条件 至少 …`，就不必满足所有标准",
    "the gate `{}` passes for every lead": "资格 `{}` 对所有线索都通过",
    "ask for more, or remove it": "请提高要求，或删去这个资格",
    "nothing in this policy reads `{}.{}`": "这个策略没有引用 `{}.{}`",
    "decisions still print it; remove it if nobody needs it": "结果里仍会列出它；如果没有人需要，请删去",
    "no row of `{}` gives `{}`": "`{}` 没有一行输出 `{}`",
    "add a row that gives it, or leave it out of the table's type": "请加一行输出它，或从决策表的类型中删去这个选项",
    # ── What is not analysed ──
    "{}: not analysed: `{}`": "{}：未分析：`{}`",
    "{}: not analysed, for there are too many cases: `{}`": "{}：情况太多，未分析：`{}`",
}
