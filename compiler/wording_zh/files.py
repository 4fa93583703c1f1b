"""Messages about files of leads, facts and events, and about maps of their columns."""

from __future__ import annotations

from typing import Final

FILES: Final = {
    # ── Any file ──
    "{}: {}": "{}：{}",
    "{}: no such file": "{}：没有这个文件",
    "{}: a folder, not a file": "{}：这是文件夹，不是文件",
    "{}: no permission": "{}：没有权限",
    "ask for the right to it, or work on a copy of your own": "请申请权限，或者使用自己的副本",
    "name the file in it that is meant": "请写明是其中的哪个文件",
    "name the file to write": "请写明要写的文件",
    "the folder {} isn't there either": "文件夹 {} 也不存在",
    "{}: the folder {} isn't there": "{}：文件夹 {} 不存在",
    "make it first": "请先建立它",
    "did you mean {}?": "您是想写 {} 吗？",
    "look at what is in {}": "看看 {} 里有什么",
    "{}: {} files need the `tables` extra, which isn't installed": "{}：{} 文件需要 `tables` 附加组件，而它没有安装",
    "run pip install 'leadpolicy[tables]', or use a .csv or .jsonl file": (
        "请运行 pip install 'leadpolicy[tables]'，或者使用 .csv 或 .jsonl 文件"
    ),
    "{}: the file is empty": "{}：文件是空的",
    "save it as one of {}": "请存为以下格式之一：{}",
    "write one JSON object a line, and call the file .jsonl": "请每行写一个 JSON 对象，文件名以 .jsonl 结尾",
    "{}: a file of this kind can't be read ({})": "{}：不能读取这种文件（{}）",
    "{} {}: the ending says the kind of file": "{} {}：文件的种类由后缀决定",
    "use {}": "请用 {}",
    "lead `{}`, field `{}`: expected {}, found {}": "线索 `{}`，字段 `{}`：应为{}，而这里是 {}",
    "record `{}`, field `{}`: expected {}, found {}": "记录 `{}`，字段 `{}`：应为{}，而这里是 {}",
    "field `{}`: expected {}, found {}": "字段 `{}`：应为{}，而这里是 {}",
    "{} {}: expected {}, found {}": "{} {}：应为{}，而这里是 {}",
    # ── Encodings ──
    "UTF-8 with a byte order mark": "带字节序标记的 UTF-8",
    "read as UTF-16": "按 UTF-16 读取",
    "read as GBK; where texts look wrong, name the encoding with --encoding": (
        "按 GBK 读取；如果文字显示不对，请用 --encoding 写明编码"
    ),
    "read as {}, as asked": "按要求以 {} 读取",
    "--encoding {}: no such text encoding": "--encoding {}：没有这种文字编码",
    "use auto, utf-8, gbk, gb18030, utf-16, big5, latin-1, …": "可用 auto、utf-8、gbk、gb18030、utf-16、big5、latin-1 等",
    "{}: the text isn't in {}: byte {} (line {}) doesn't fit": "{}：文字不是 {}：第 {} 字节（第 {} 行）不符合",
    "save the file as UTF-8, or name its encoding with --encoding": "请存为 UTF-8，或用 --encoding 写明编码",
    "{}: the text isn't in UTF-8: byte {} (line {}) doesn't fit": "{}：文字不是 UTF-8：第 {} 字节（第 {} 行）不符合",
    # ── Rows and columns ──
    "it needs a first line with the column names": "第一行应写列名",
    "it needs a first row with the column names": "第一行应写列名",
    "columns are separated by {}": "各列以{}分隔",
    "{}: the first line can't be read: {}": "{}：第一行无法读取：{}",
    "check its quotes": "请检查引号",
    "{} cells: {}": "{} 格：{}",
    "{}: the column name `{}` stands more than once (columns {})": "{}：列名 `{}` 出现了不止一次（第 {} 列）",
    "give each column a name of its own": "请给每一列不同的名称",
    "{}: the first line names no column": "{}：第一行没有写列名",
    "begin the file with a line of column names": "文件的第一行应写列名",
    "{} column(s) without a name were not read": "有 {} 列没有名称，没有读取",
    "it needs one JSON object a line": "每行应写一个 JSON 对象",
    "{}: not a Parquet file that can be read ({})": "{}：不是可以读取的 Parquet 文件（{}）",
    "write it again": "请重新生成",
    "{}: a sheet has no room for more than {} rows": "{}：一张表最多放 {} 行",
    "{}: `{}` is too long for a cell of a sheet": "{}：`{}` 太长，单元格放不下",
    "write a .parquet, .csv or .jsonl file": "请写成 .parquet、.csv 或 .jsonl 文件",
    "{}: the first sheet is empty": "{}：第一张表是空的",
    "save the workbook again": "请重新保存工作簿",
    "save it again as .xlsx, without a password": "请另存为不带密码的 .xlsx",
    "{}: not a workbook that can be read ({})": "{}：不是可以读取的工作簿（{}）",
    "column {}": "第 {} 列",
    "an error cell, {}": "错误单元格 {}",
    # ── Which column is which field ──
    "{}: no column for `{}`, the {} of {}; the columns there are: {}": "{0}：没有 `{1}`（{3} 的{2}）的列；现有的列：{4}",
    "rename the column, or say which it is in a --map file: [columns] {} = \"{}\"": (
        "请改列名，或者在 --map 文件里写明是哪一列：[columns] {} = \"{}\""
    ),
    "{}; nearest: `{}`": "{}；最接近的是 `{}`",
    "{}: the column `{}` could be {}": "{}：列 `{}` 可能是 {}",
    "say which one in a --map file: [columns] {} = \"{}\"": "请在 --map 文件里写明是哪一个：[columns] {} = \"{}\"",
    "{}: both `{}` and `{}` could be the field `{}`": "{}：`{}` 和 `{}` 都可能是字段 `{}`",
    "{}: column `{}` is given to `{}` and `{}`": "{}：列 `{}` 同时给了 `{}` 和 `{}`",
    "a column feeds one field": "一列只能对应一个字段",
    "{}: {} has no column `{}`": "{}：{} 没有列 `{}`",
    "{}: no column says which {} a row belongs to; the columns there are: {}": (
        "{}：没有哪一列说明每行属于哪个 {}；现有的列：{}"
    ),
    "name the column `{}`": "请把那一列命名为 `{}`",
    # ── Maps ──
    "save the map as UTF-8": "请把映射文件存为 UTF-8",
    "{}: not UTF-8 at byte {}": "{}：第 {} 字节不是 UTF-8",
    "{}: not TOML: {}": "{}：不是 TOML：{}",
    "write sections and lines such as [columns] and employees = \"员工人数\"": (
        "请写小节和各行，例如 [columns] 和 employees = \"员工人数\""
    ),
    "it may have {}": "可以有 {}",
    "{}: {} has no `{}`": "{}：{} 没有 `{}`",
    "{}: `{}` is a section": "{}：`{}` 是小节",
    "write [{}] on a line of its own": "请单独一行写 [{}]",
    "{}: {} has no field `{}`": "{}：{} 没有字段 `{}`",
    "{}: `{}` can be none, and the policy has no marker that means unknown for it": (
        "{}：`{}` 可以为无，而策略里没有表示未知的标记"
    ),
    "add one to the policy: {}: … unknown [\"?\"]": "请在策略里加上：{}: … 未知 [\"?\"]",
    "{}: [columns] {} needs the name of a column": "{}：[columns] {} 后面应写列名",
    "write {} = \"Column\"": "请写 {} = \"列名\"",
    "{}: {} needs a list of texts": "{}：{} 后面应写文本列表",
    "write [\"\", \"Select\", \"未知\"]": "请写 [\"\", \"Select\", \"未知\"]",
}  # fmt: skip
