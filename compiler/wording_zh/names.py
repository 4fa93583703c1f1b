"""Names and declarations: the resolver, the header, facts, lists, destinations."""

from __future__ import annotations

from typing import Final

NAMES: Final = {
    # ── Declarations ──
    "the file has no `policy` line": "文件中没有 `策略` 这一行",
    "this is no policy: nothing in the file begins a block": "这不是策略：文件里没有任何块的开头",
    'a policy begins with: policy my_policy version "1" {{ zone "Asia/Shanghai" }}': (
        '策略这样开头：策略 my_policy 版本 "1" {{ 时区 "Asia/Shanghai" }}'
    ),
    'begin it with: policy my_policy version "1" {{ zone "Asia/Shanghai" }}': (
        '请以这样一行开头：策略 我的策略 版本 "1" {{ 时区 "Asia/Shanghai" }}'
    ),
    "the {} `{}` is declared twice": "{} `{}` 声明了两次",
    "declared here first": "第一次在这里声明",
    "give one of them another name": "请给其中一个换个名称",
    "`{}` is a {} here and a {} above": "`{}` 在这里是{}，在上面是{}",
    "the {}": "前面的{}",
    "the first one": "第一个在这里",
    "the other one": "另一个在这里",
    "there are two `{}` blocks": "`{}` 块写了两个",
    "put all entries into one block: their order matters": "请把所有条目写进同一个块：先后顺序有意义",
    "the policy is about `{}`, but no such fact is declared": "策略的对象是 `{}`，但没有声明这个对象",
    "declare it: fact {} {{ … }}": "请声明它：对象 {} {{ … }}",
    "it isn't said what the policy is about": "没有说明策略是关于什么的",
    "it isn't said what the policy is about: `{}` is taken": "没有说明策略是关于什么的：按 `{}` 理解",
    "say it in the policy's header: about {}": "请写在策略头里：关于 {}",
    "declare what is decided about: fact Lead {{ id: text key }}": "请声明要决策的对象：对象 Lead {{ id: 文本 主键 }}",
    # ── Header ──
    "`{}` stands twice in the header": "`{}` 在策略头里写了两次",
    "there is no time zone `{}`": "没有 `{}` 这个时区",
    'zones are named like "Asia/Shanghai"': '时区的名称形如 "Asia/Shanghai"',
    "`{}` is no currency code": "`{}` 不是币种代码",
    "three capital letters, such as CNY or USD": "三个大写字母，例如 CNY 或 USD",
    "`{}` is no country code": "`{}` 不是国家代码",
    "two capital letters, such as CN or US": "两个大写字母，例如 CN 或 US",
    "a text in quotes is expected here": "这里应当是一段带引号的文字",
    # ── Facts and types ──
    "`{}` has no key, so decisions could not say whom they are about": "`{}` 没有主键，决策无法说明是关于谁的",
    "mark the field that identifies it: id: text key": "请标出用来识别它的字段：id: 文本 主键",
    "the field `{}` is declared twice in `{}`": "字段 `{}` 在 `{}` 中声明了两次",
    "two fields of `{}` are marked `{}`": "`{}` 有两个字段标了 `{}`",
    "as {}": "作为 {}",
    "`{}` stands twice on this field": "这个字段写了两次 `{}`",
    "a key is a text or a whole number, not {}": "主键只能是文本或整数，不能是{}",
    "`{}` is marked `{}`, so it can't be `or none`": "`{}` 标了 `{}`，因此不能是 `或无`",
    "the field with the role `{}` is {}; `{}` is {}": "角色 `{}` 的字段应当是{}，而 `{}` 是{}",
    "a list of lists is not possible": "列表里不能再放列表",
    "the choice `{}` stands twice": "选项 `{}` 写了两次",
    "in which currency this money is, is not said": "没有说明这个金额的币种",
    "say it in the policy's header: currency CNY": "请写在策略头里：币种 CNY",
    "there is no type `{}`": "没有 `{}` 这个类型",
    "types: {}": "可用的类型：{}",
    # ── Lists and files ──
    "the file `{}` {}": "文件 `{}` {}",
    "can't be read: {}": "无法读取：{}",
    "the path counts from the policy's own folder": "路径从策略文件所在的文件夹算起",
    "save it as UTF-8": "请保存为 UTF-8 编码",
    "`{}` is no proper CSV file: {}": "`{}` 不是正确的 CSV 文件：{}",
    "`{}` has no column `{}`": "`{}` 没有 `{}` 这一列",
    "its columns: {}": "它的列：{}",
    # ── Names in expressions ──
    "nothing is called `{}` here": "这里没有名为 `{}` 的东西",
    "declare it as a field of the fact, or as a `let`": "请把它声明为对象的字段，或者用 `定义` 声明",
    'a text stands in quotes: "{}"': '文字要放在引号里："{}"',
    "`{}` can't be used in a condition": "`{}` 不能用在条件里",
    "`{}` is a {}: it has no value of its own": "`{}` 是{}，本身没有值",
    "`{}` is read as the choice; there is a field `{}` too": "`{}` 按选项理解；但也有一个字段 `{}`",
    "write `this.{}` for the field": "要用这个字段，请写 `本记录.{}`",
    "the table `{}` has several outputs: say which one": "决策表 `{}` 有多个输出，请说明要哪一个",
    "write `{}.{}`": "请写 `{}.{}`",
    "the table `{}` has no output `{}`": "决策表 `{}` 没有 `{}` 这个输出",
    "write `{}` alone": "请只写 `{}`",
    "`{}` is {}: it has no field `{}`": "`{}` 是{}，没有 `{}` 这个字段",
    "`{}` has no field `{}`": "`{}` 没有 `{}` 这个字段",
    "its fields: {}": "它的字段：{}",
    # ── Destinations ──
    "`{}` is a {}: write `{} {}`": "`{}` 是{}，请写 `{} {}`",
    "declare it: {} {}": "请声明它：{} {}",
    "which field is the owner is not said": "没有说明哪个字段是负责人",
    "mark it in the fact: owner: Member as owner": "请在对象中标出：负责人: Member 作为 负责人",
    "who the members are is not said": "没有说明成员是谁",
    "declare them: fact Member {{ id: text key }}, and a field of the lead: owner: Member as owner": (
        "请声明成员：对象 Member {{ id: 文本 主键 }}，再给线索加一个字段：负责人: Member 作为 负责人"
    ),
    "`{}` is {}, not a {}": "`{}` 是{}，不是 {}",
    "use a field whose type is {}, or a key in quotes": "请用类型为 {} 的字段，或带引号的主键",
    "how long is said with a duration": "多久要用时长来写",
    "nurture for 90 days": "例如：培育 为 90 天",
    "name a pool, queue or team": "请写一个公海、队列或团队",
}
