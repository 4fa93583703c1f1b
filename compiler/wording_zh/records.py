"""Records, the past, time arithmetic, lets and gates with parameters, modules."""

from __future__ import annotations

from typing import Final

RECORDS: Final = {
    # ── Records ──
    "`{}(…)` is of {}, and `{}` is {}": "`{}(…)` 的对象是{}，而 `{}` 是{}",
    "`{}(…)` takes {}, and `{}` is something else": "`{}(…)` 需要{}，而 `{}` 不是",
    "for example: {}({})": "例如：{}({})",
    "`{}` are records: say what is asked of them": "`{}` 是一些记录：请说明要问它们什么",
    "for example: any {}, or count({})": "例如：有 {}，或 计数({})",
    "`prefer` chooses one record: it stands in `first(…)` and `last(…)`": "`优先` 用来选出一条记录：写在 `首次(…)` 和 `末次(…)` 里",
    "`where` takes the whole chain of `and`; put what is not about the records before it": "`满足` 包括后面整串 `并且`；与记录无关的条件请写在它前面",
    "`{}` is no fact and no event": "`{}` 既不是对象也不是行为",
    "name one of them": "请写出其中一个的名称",
    "`{}` is not declared as belonging to anything, so `of` says nothing here": "`{}` 声明时没有归属，所以这里的 `归于` 没有意义",
    "declare it: fact {} of … {{, or compare fields in `where`": "请声明归属：对象 {} 归于 … {{，或在 `满足` 里比较字段",
    "`{}` belongs to a {}, and `{}` is {}": "`{}` 归于 {}，而 `{}` 是{}",
    "records belong to one record: there is one `of` too many here": "记录只归于一条记录：这里多了一个 `归于`",
    "records belong to another one by its key, and `{}` has none": "记录按主键归于另一条记录，而 `{}` 没有主键",
    "`{}` is the same for every {}: it uses no field of it": "`{}` 对每个 {} 都一样：它没有用到它的字段",
    "`{}` needs a time, a date or a number, and `{}` is {}": "`{}` 需要时间、日期或数字，而 `{}` 是{}",
    "what is added up is not said: `{}`": "没有说明要合计什么：`{}`",
    "name a field of the records: amount of {}": "请写出记录的字段：金额 归于 {}",
    "which `{}` is the {} is not said: no field dates it": "没有说明哪个 `{}` 算 {}：没有字段说明它的时间",
    "mark one in its declaration: at: time required as happened": "请在声明里标出一个：时间: 时间 必填 作为 发生时间",
    "mark one in its declaration: at: time required as happened, or say it here: {}({} prefer latest …)": (
        "请在声明里标出一个：时间: 时间 必填 作为 发生时间，或在这里写明：{}({} 优先 最晚 …)"
    ),
    "no field of `{}` says when it happened, so no time can be asked of it": "`{}` 没有字段说明发生时间，所以不能按时间来问",
    # ── Windows ──
    "these records have a window already": "这些记录已经有时间窗了",
    "here": "在这里",
    "`{}` leaves no time between the two": "`{}` 之间没有时间",
    "for example: 90 days": "例如：90天",
    "how long {} is must be written out: `{}` differs from record to record": "{}的长度要直接写出：`{}` 因记录而异",
    "{} is a duration, such as 90 days, and `{}` is {}": "{}是一段时长，例如 90天，而 `{}` 是{}",
    "{} is counted in hours and days of the clock, not in {}": "{}按钟点和日历天计算，不按{}",
    "{} of `{}` is empty": "`{1}` 这样的{0}是空的",
    "`since` takes a time, and `{}` is {}": "`自` 后面是时间，而 `{}` 是{}",
    # ── The past ──
    "there is no stage `{}`": "没有 `{}` 这个阶段",
    "the stages: {}": "阶段有：{}",
    "there is no score `{}`": "没有 `{}` 这个评分",
    "`{}` is no score": "`{}` 不是评分",
    "name one of the policy's scores": "请写出策略的一个评分",
    "declare one: calendar work {{ … }}": "请声明一个：日历 工作 {{ … }}",
    "`{}` looks back at a score, and only rules can": "`{}` 回看评分，而只有规则可以",
    "write a rule: when lead: Lead where …, when lead.total - ago(lead.total, 24 hours) >= 20": (
        "请写成规则：当 线索: Lead 满足 …，当 线索.总分 - 此前(线索.总分，24小时) >= 20"
    ),
    # ── Entries of scores ──
    "points fall by the day, and `{}` is {}": "分数按天递减，而 `{}` 是{}",
    "points fall by the day: `{}` is no whole number of days": "分数按天递减：`{}` 不是整数天",
    "for example: 30 days": "例如：30天",
    "points fall in one way: `{}` or `{}`": "分数只按一种方式递减：`{}` 或 `{}`",
    "this entry has a limit already": "这个条目已经有上限了",
    # ── Times ──
    "`{}` needs a calendar: which hours and days are worked is not said": "`{}` 需要日历：没有说明哪些时间上班",
    "name it in the policy's header: calendar {}": "请写在策略头里：日历 {}",
    "declare one, calendar work {{ mon to fri 09:00 to 18:00 }}, and name it in the header: calendar work": (
        "请声明一个，日历 工作 {{ 周一 至 周五 09:00 至 18:00 }}，并写在策略头里：日历 工作"
    ),
    "`{}` takes parts of what is counted whole: `{}`": "`{}` 取了只能按整数计的量的一部分：`{}`",
    "months, days and workdays come in whole numbers; hours and work hours can be divided": "月、天和个工作日必须是整数；小时和工作小时可以分割",
    "a date has no clock: `{}` can't be added to it or taken from it": "日期没有钟点：不能加上或减去 `{}`",
    "use days, months or workdays, written out, or a field that is a time": "请直接写出天、个月或个工作日，或使用类型为时间的字段",
    "a date and a time are different things: compare two of one kind": "日期和时间是两回事：请用同一种来比较",
    "add a length of time to a time: assigned_at + 3 days; the time between two is their difference": (
        "时间可以加上一段时长：分配时间 + 3天；两个时间之差是它们之间的时长"
    ),
    "say what the number counts: 3 days, 4 work hours, 2 workdays": "请说明数字的单位：3天、4工作小时、2个工作日",
    "multiply by a share of it: 50% * 8 hours": "请乘以它的一部分：50% * 8小时",
    # ── Names of records ──
    "nothing is called `{}` here: the {} that is decided about is called `this`": "这里没有 `{}`：正在决策的 {} 叫 `本记录`",
    "write `this` for it": "请写成 `本记录`",
    "`{}` is a place: only promises and tests ask where a lead goes": "`{}` 是去处：只有承诺和测试才问线索去哪里",
    "`{}` is a time of day: it stands in calendars": "`{}` 是一天中的时刻：写在日历里",
    "`{}` is worked out for one {} at a time: what it is for another one is known in rules only": (
        "`{}` 一次只为一个 {} 推算：对别的记录是多少，只有规则知道"
    ),
    "look at fields of the other {} here, or at this one's value in a condition outside `where`": (
        "这里请用别的 {} 的字段；本记录的值请写在 `满足` 以外的条件里"
    ),
    "name one: when {}: {}, then write `{}.{}`": "请给出名称：当 {}: {}，然后写 `{}.{}`",
    "whose `{}` is meant is not said: a rule is about no {} in particular": "没有说明是谁的 `{}`：规则不专指哪一个 {}",
    # ── Parameters ──
    "declared here": "在这里声明",
    "`{}` is no function": "`{}` 不是函数",
    "`{}` has parameters: say what they stand for": "`{}` 带有参数：请说明它们代表什么",
    "write `{}(…)`": "请写成 `{}(…)`",
    "`{}` has no parameter `{}`": "`{}` 没有参数 `{}`",
    "`{}` has no parameters": "`{}` 没有参数",
    "`{}` has {} parameters, and this is one too many": "`{}` 有 {} 个参数，这里多了",
    "`{}` takes no arguments": "`{}` 不带参数",
    "`{}` is no gate": "`{}` 不是资格",
    "`{}` is no credit model": "`{}` 不是归因模型",
    "`{}` is no value: it makes a gate": "`{}` 不是值：它得出一个资格",
    "`{}` is no value: it makes a credit model": "`{}` 不是值：它得出一个归因模型",
    "give it a name first: gate x = {}, and write `x passes` here": "请先给它名称：资格 x = {}，再在这里写 `x 通过`",
    "write it in a declaration: attribution x = {} over …": "请写在声明里：归因 x = {} 基于 …",
    "`{}` stands for too much: its calls never seem to end": "`{}` 展开后太多：它的调用似乎没有尽头",
    "its parameters: {}": "它的参数：{}",
    "there are two parameters `{}`": "参数 `{}` 有两个",
    "there is nothing called `{}` that has parameters": "没有名为 `{}` 且带参数的定义",
    "what {} stands for is not said": "没有说明 {} 代表什么",
    # ── Modules ──
    "the file has no `policy` line: it is a module, for policies to use": "文件没有 `策略` 一行：它是供策略引用的模块",
    "a module sees what it declares itself, and its parameters: the rest is handed in as arguments": (
        "模块只看得到自己的声明和参数：其余的由引用者作为实参给出"
    ),
    "`{}` has no place in a module": "`{}` 不能写在模块里",
    "a module declares lists, lets, gates, calendars and attribution models; the rest is the policy's": (
        "模块声明名单、定义、资格、日历和归因模型；其余的属于策略"
    ),
    "a module is a file beside the policy; std.frameworks comes with leadpolicy": "模块是策略旁边的文件；std.frameworks 随 leadpolicy 一起提供",
    "standard modules: {}": "标准模块：{}",
    "there is no standard module `{}`": "没有标准模块 `{}`",
    "the file `{}` can't be read: {}": "文件 `{}` 无法读取：{}",
    "the file `{}` is not in UTF-8": "文件 `{}` 不是 UTF-8 编码",
    "the file `{}` is not there": "没有文件 `{}`",
    "these modules go round in a circle: {}": "这些模块绕成了一圈：{}",
    "`{}` names nothing of a module": "`{}` 不是模块里的名称",
    "give it a name first: {} x = {}(…)": "请先给它名称：{} x = {}(…)",
    "it has: {}": "它有：{}",
    "name it first: use std.{}": "请先引用：引用 std.{}",
    "no module is called `{}` here": "这里没有名为 `{}` 的模块",
    "the module `{}` has no `{}`": "模块 `{}` 里没有 `{}`",
}  # fmt: skip
