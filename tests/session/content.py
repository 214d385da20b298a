# SPDX-FileCopyrightText: 2026 The Deskhand authors
# SPDX-License-Identifier: Apache-2.0
"""Text for documents, in English and Chinese, the same at each run."""
import random

ENGLISH = """
account agenda airport amount analysis annual answer archive arrival article assembly autumn
balance bridge briefing budget building calendar campaign capacity careful carrier catalogue
century chapter citizen climate coastal column comfort committee common compass complete concert
contract copper corner costume country courage customer daily danger decade delivery department
deposit design detail dinner direction discount discovery distance district document dollar
double economy edition editor effort election electric element engine evening evidence example
exchange expense expert express factory famous feature festival figure finance flight flower
foreign forest formula forward freedom friend future gallery garden general gentle glacier golden
grammar harbour harvest heritage history holiday hospital hundred imagine improve industry inform
insurance interest invoice island journey kitchen knowledge language lantern leader leather
letter library lighthouse liquid machine manager manual margin market material measure medicine
meeting member memory message meteor method middle minute mirror modern moment morning mountain
museum music narrow nation natural network northern notebook number object ocean office opinion
orange orchard organ origin oxygen package painter palace paper parade partner passage patient
pattern payment pension people permit phrase picture pioneer planet platform pocket policy
popular portrait position postage powder present pressure primary printer private problem
process product profile project promise property public quality quarter question railway rainfall
reason receipt recent record reform region release report request research reserve result
revenue review rhythm river rocket routine safety salary sample science season second section
senior service session shadow shelter signal silver simple sister society solution southern
special spring station statue storage storm street strong student subject summer supply surface
surprise survey system tailor target teacher telegram temple theatre thunder ticket timber tomorrow
tourist tower traffic train travel treaty tunnel umbrella uniform unique update valley vehicle
version victory village violin visitor volume voyage wagon warehouse weather welcome window winter
wisdom wonder worker yellow yesterday
""".split()

CHINESE = """
今年第三季度的销售收入比去年同期增长了百分之十二
请在星期五之前把合同的最终版本发给法务部门审阅
会议改在下午三点半于二楼会议室举行请准时参加
客户反映新版本的软件启动速度明显变快了
我们需要在月底以前完成年度预算的编制工作
从北京到上海的高速列车每天有四十多个班次
图书馆周末开放时间延长到晚上九点
这份报告分析了全球气候变化对农业的影响
技术支持团队将在二十四小时之内回复您的邮件
请确认发票上的公司名称和税号是否正确
新员工培训计划包括安全规范和业务流程两个部分
项目经理建议推迟发布日期以便完成全部测试
仓库里的备用零件只够使用到十一月中旬
市场调查显示年轻消费者更看重产品质量
医院门诊预约可以通过手机应用办理
天气预报说明天有大雨请带好雨伞
""".split()


def sentence(source, n_words=9):
    words = [source.choice(ENGLISH) for _ in range(n_words)]
    return " ".join(words).capitalize() + "."


def paragraphs(seed, n, n_sentences=3):
    source = random.Random(seed)
    return [" ".join(sentence(source) for _ in range(n_sentences)) for _ in range(n)]


def lines(seed, n, n_words=9):
    source = random.Random(seed)
    return [" ".join(source.choice(ENGLISH) for _ in range(n_words)) for _ in range(n)]


def page(title, body, head=""):
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>
body {{ font: 16px/1.6 "DejaVu Sans", "Noto Sans CJK SC", sans-serif; margin: 40px auto;
       max-width: 860px; color: #222; background: #fff; }}
h1 {{ font-size: 28px; }} td {{ padding: 4px 18px 4px 0; }}
</style>{head}</head><body>{body}</body></html>
"""


def article(title, texts):
    body = f"<h1>{title}</h1>" + "".join(f"<p>{t}</p>" for t in texts)
    return page(title, body)


def frozen_view(frozen, first):
    """Settings of a sheet whose first @frozen columns and rows stay; behind them the view begins
    with column and row @first, counted from 0."""
    places = {"SplitMode": (2, 2), "SplitPosition": frozen}
    numbers = {f"{side}{name}": value for name, pair in places.items()
               for side, value in zip(("Horizontal", "Vertical"), pair)}
    numbers.update(PositionLeft=0, PositionTop=0, PositionRight=first[0], PositionBottom=first[1],
                   ActiveSplitRange=3)
    items = "".join(
        f'<config:config-item config:name="{name}" config:type="'
        f'{"short" if name.endswith(("Mode", "Range")) else "int"}">{value}</config:config-item>'
        for name, value in numbers.items())
    return f"""<office:settings><config:config-item-set config:name="ooo:view-settings">
<config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>
<config:config-item config:name="ViewId" config:type="string">view1</config:config-item>
<config:config-item-map-named config:name="Tables">
<config:config-item-map-entry config:name="Sheet1">{items}</config:config-item-map-entry>
</config:config-item-map-named>
<config:config-item config:name="ActiveTable" config:type="string">Sheet1</config:config-item>
</config:config-item-map-entry></config:config-item-map-indexed></config:config-item-set>
</office:settings>"""


def spreadsheet(rows, settings=""):
    """A flat OpenDocument spreadsheet."""
    cells = "".join(
        "<table:table-row>" + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{c}</text:p></table:table-cell>'
            for c in row) + "</table:table-row>" for row in rows)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:config="urn:oasis:names:tc:opendocument:xmlns:config:1.0"
 xmlns:ooo="http://openoffice.org/2004/office"
 office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.spreadsheet">{settings}
<office:automatic-styles><style:style style:name="wide" style:family="table-column">
<style:table-column-properties style:column-width="5.5cm"/></style:style></office:automatic-styles>
<office:body><office:spreadsheet><table:table table:name="Sheet1">
<table:table-column table:style-name="wide" table:number-columns-repeated="8"/>{cells}
</table:table></office:spreadsheet></office:body></office:document>
"""


def letter(texts):
    """A flat OpenDocument text."""
    body = "".join(f"<text:p>{t}</text:p>" for t in texts)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text">
<office:body><office:text>{body}</office:text></office:body></office:document>
"""


def pdf(texts):
    """One page of Helvetica, one line per text (Latin letters only)."""
    shown = "".join(f"({t}) Tj T* " for t in texts)
    stream = f"BT /F1 14 Tf 18 TL 60 770 Td {shown}ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, offsets = "%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{text}\nendobj\n"
    table = "".join(f"{o:010d} 00000 n \n" for o in offsets)
    return (f"{out}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
            f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n")
