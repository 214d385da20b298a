# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""Text of known content for the OCR benchmark: the same on every run."""

import random

ENGLISH = """
The committee met on Tuesday to review the budget for the coming year. Three proposals were on
the table, and each of them asked for more money than the department could spend. Margaret
explained why the second proposal should wait: the supplier had raised its prices twice since
March, and nobody could promise that the parts would arrive before the end of September.
Please send your travel receipts to accounting before Friday noon. Receipts that arrive later
are paid with the next month's salary. Hotel bills need the name of the traveller, the dates of
the stay and the reason for the journey; taxi bills need the address of both ends.
The old bridge over the river was closed for repairs, so the bus took the long way through the
village. Children waved from the school yard, a dog barked behind a green gate, and the driver
stopped twice to let sheep cross the road. It was nearly dark when we reached the station.
Quarterly revenue rose by 4.7% to $12.8 million, driven by subscriptions (up 11%) and lower
support costs. Operating margin was 18.3%, against 16.9% a year ago. Cash at the end of June
was $31,450,000; the board expects to invest about a third of it in the new warehouse.
How to repot an orchid: soak the roots in warm water, cut away what is brown or hollow, and put
the plant into fresh bark. Do not water it for a week. Bright light without direct sun is best.
Dear Dr. Whitfield, thank you for your letter of 14 November. I would be glad to take part in
the workshop, but I cannot arrive before 10:30 because my train leaves Oxford at 8:15. Would it
be possible to move my talk to the afternoon? My slides are attached. Kind regards, Jonathan
Every morning the baker opens the shutters at a quarter to six. By then the rolls have been in
the oven for eleven minutes, and the first customers are knocking on the window. He knows most
of them by name, what they buy, and what they will say about the weather.
""".strip().split("\n")

CHINESE = """
昨天下午三点，项目组在二号会议室讨论了明年的预算。财务部门认为采购费用太高，建议先完成第一阶段的工作。
请各位同事在本周五之前提交出差报销单据，逾期提交的将与下个月的工资一起发放。住宿发票需要注明姓名和日期。
北京今天多云转晴，最高气温二十六度，空气质量良好。明天夜间有小雨，出门请携带雨具，注意交通安全。
这家图书馆收藏了大量古代文献，每年吸引成千上万的读者前来查阅资料。周末开放时间延长到晚上九点半。
公司第三季度营业收入同比增长百分之十二，净利润达到四千五百万元，超过了市场分析师的预期。
如何学习一门新的语言？首先要坚持每天练习，其次要多听多说，不要害怕犯错误，最后要了解当地的文化。
会议纪要已经发送到您的邮箱，如果有任何问题，请及时与我联系。附件中包含合同草案和最新的设计图纸。
春天来了，公园里的樱花开得非常漂亮，许多市民带着孩子来这里散步、拍照，享受难得的休闲时光。
系统将于今晚十二点进行维护升级，届时部分功能可能无法使用，给您带来的不便，我们深表歉意。
老师让学生们写一篇关于家乡变化的作文，要求内容真实，感情真挚，字数不少于八百字。
医生建议他少吃油腻的食物，多吃蔬菜和水果，每天坚持锻炼身体，晚上早点睡觉。
网络安全非常重要，不要随便点击陌生的链接，更不要把密码告诉别人，定期备份重要的数据。
""".strip().split("\n")

MIXED = """
打开 Chromium 浏览器，访问 https://example.com/docs 查看最新的 API 文档。
The meeting room 会议室 is on the third floor; call 010-6552 if you are late.
使用 LibreOffice Calc 制作 2026 年度预算表，总金额为 ¥1,280.00 元。
Linux 内核版本 6.1 修复了 USB 驱动的一个错误，建议尽快升级 Debian 系统。
张伟 (Zhang Wei) sent you a file: 季度报告.pdf, 2.4 MB
Error 404: 页面不存在，请检查网址 or contact support@example.org
运行 meson setup build 命令，然后执行 ninja -C build 完成编译。
Invoice 发票号码 INV-20261103, due on 15 December 2026, amount 8,640.50 EUR
微信 WeChat 和 QQ 是常用的聊天软件, many people use both every day.
请把 README.md 翻译成中文，并提交一个 pull request 给 maintainer 审核。
""".strip().split("\n")

# Characters of few strokes, which are low, or look like icons.
SIMPLE = """
一 二 三 四 五 六 七 八 九 十 百 千 万 人 口 日 月 大 小 上 下
第一章 第二章 第三章 第十章 一共三十二人，其中女性十一人，男性二十一人。
十一月二十三日星期一，二零二六年，三月八日，八月十五日，七月七日
一个人，二个人，三个人，十个人。人人为我，我为人人。工人、主人、大人、三人行
中国人民一心一意，三心二意，十全十美，一五一十，七上八下，不三不四，人山人海
星期一 星期二 星期三 星期四 星期五 星期六 星期日
一、总则 二、范围 三、定义 四、要求 五、附则 十、其他
""".strip().split("\n")

MENUS = """
File Edit View Insert Format Styles Table Tools Window Help
Open Save Print Undo Redo Cut Copy Paste Find Replace
Name Size Type Modified Owner Permissions Location
Documents Downloads Pictures Music Videos Desktop Trash
Inbox Drafts Sent Archive Spam Starred Important Snoozed
Cancel Apply Close OK Reset Browse Continue Back Next Finish
General Appearance Keyboard Mouse Network Privacy Sound Power
Username Password Remember Forgot Login Register Logout Settings
""".strip().split("\n")

USERS = ["root", "alice", "bob", "daemon", "www-data", "postgres"]
NAMES = """report budget invoice notes main config index server client parser lexer buffer widget
module driver kernel socket thread backup archive summary letter photo holiday project draft
release changelog license readme makefile script test fixture sample schema query""".split()
ENDINGS = ["txt", "c", "h", "py", "pdf", "odt", "png", "json", "log", "tar.gz", "sh", "md"]
VERBS = ["started", "stopped", "failed", "connected", "accepted", "refused", "finished", "restarted"]
UNITS = ["nginx", "sshd", "cron", "dbus", "docker", "postgresql", "systemd", "kernel", "cups"]


def file_name(rng):
    return f"{rng.choice(NAMES)}{rng.choice(['', '-', '_'])}{rng.randrange(1, 99)}.{rng.choice(ENDINGS)}"


def listing(rng):
    mode = "".join(rng.choice([a, "-"]) for a in "rwxrwxrwx")
    return (f"-{mode} {rng.randrange(1, 9)} {rng.choice(USERS):8} {rng.choice(USERS):8} "
            f"{rng.randrange(10, 9999999):8} Nov {rng.randrange(1, 31):2} "
            f"{rng.randrange(24):02}:{rng.randrange(60):02} {file_name(rng)}")


def log(rng):
    return (f"Nov {rng.randrange(1, 31):02} {rng.randrange(24):02}:{rng.randrange(60):02}:"
            f"{rng.randrange(60):02} host{rng.randrange(9)} {rng.choice(UNITS)}[{rng.randrange(99, 30000)}]: "
            f"connection from 192.168.{rng.randrange(256)}.{rng.randrange(256)} port "
            f"{rng.randrange(1024, 65535)} {rng.choice(VERBS)} after {rng.randrange(1, 5000)} ms")


def code(rng):
    a, b, c = (rng.choice(NAMES) for _ in range(3))
    return rng.choice([
        f"    if ({a}->n_{b} > {rng.randrange(100)} && {c} != NULL) {{",
        f"static int {a}_{b}(struct {c} *self, const char *{b}, size_t n_bytes)",
        f"    for (unsigned i = 0; i < {a}->len; i++) {b}[i] = {c}_get({a}, i);",
        f"#include \"{a}/{b}.h\"",
        f"        return g_strdup_printf(\"%s: {a} {b}\", {c}->name);",
        f"def {a}({b}, {c}=None): return [{b} for {b} in {c} if {b} > {rng.randrange(50)}]",
    ])


def commands(rng):
    return rng.choice([
        f"alice@desk:~/src/{rng.choice(NAMES)}$ git commit -am 'fix {rng.choice(NAMES)} {rng.choice(NAMES)}'",
        f"alice@desk:~$ grep -rn {rng.choice(NAMES)} /usr/share/{rng.choice(NAMES)}/{file_name(rng)}",
        f"{rng.randrange(16**8):08x} {rng.randrange(16**12):012x} {file_name(rng)}",
        f"   {rng.randrange(100, 9999)} {rng.choice(USERS):8} 20 0 {rng.randrange(999999)} S "
        f"{rng.random() * 99:.1f} {rng.random() * 9:.1f} {rng.randrange(60)}:{rng.randrange(60):02} {rng.choice(UNITS)}",
    ])


def terminal(n_lines, width, seed):
    rng = random.Random(seed)
    lines = []
    while len(lines) < n_lines:
        kind = rng.choice([listing, listing, log, code, commands, None])
        for _ in range(rng.randrange(2, 7)):
            line = kind(rng) if kind else rng.choice(ENGLISH)
            lines.append(line[:width].rstrip())
    return lines[:n_lines]


def table(n_rows, seed=9):
    rng = random.Random(seed)
    return [[file_name(rng), f"{rng.randrange(99999) / 100:,.2f}", rng.choice(NAMES),
             f"2026-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}",
             f"{rng.randrange(10, 100)}%", rng.choice(USERS)] for _ in range(n_rows)]
