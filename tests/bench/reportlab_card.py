"""The same card by ReportLab: art, texts in two weights, Code 128 C bars. Prints warm milliseconds a card with fonts kept
registered, the same with fonts registered for each card (as a program started for one card does), and bytes a card.
The first card is left out; medians of the others are printed.
"""
import io
import statistics
import sys
import time

try:
    import reportlab
    from reportlab.graphics.barcode import code128
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen import canvas
except ImportError:
    sys.exit("missing")

WIDTH, HEIGHT = 856, 539.8
POINT = 72 / 254
NANUM = "/usr/share/fonts/truetype/nanum/"
RECTANGLES = [
    ("#fdfdfb", -20, -20, 896, 580), ("#0b4a56", -20, -20, 896, 270), ("#0e6170", 418, 100, 30, 150),
    ("#0e6170", 522, 36, 56, 214), ("#17717f", 452, 54, 44, 196), ("#17717f", 650, 64, 14, 186),
    ("#17717f", 720, 72, 22, 178), ("#2b8793", 500, 78, 18, 172), ("#2b8793", 612, 46, 34, 204),
    ("#d9e8e7", 582, 90, 26, 160), ("#e2b45c", 668, 28, 48, 222), ("#2b8793", 762, 66, 38, 184),
    ("#0b4a56", 522, 66, 56, 8), ("#0b4a56", 522, 84, 56, 4), ("#0b4a56", 452, 84, 44, 6),
    ("#0b4a56", 612, 210, 34, 6), ("#0b4a56", 668, 60, 48, 6), ("#0b4a56", 668, 206, 48, 16),
    ("#e2b45c", -20, 250, 896, 8),
]


def card(digits):
    out = io.BytesIO()
    page = canvas.Canvas(out, pagesize=(WIDTH * POINT, HEIGHT * POINT), pageCompression=1)
    for colour, x, y, width, height in RECTANGLES:
        page.setFillColor(colour)
        page.rect(x * POINT, (HEIGHT - y - height) * POINT, width * POINT, height * POINT, stroke=0, fill=1)
    page.setStrokeColor("#ffffff")
    page.setLineWidth(7.8 * POINT)
    for x, y in ((99.6, 67.8), (125.6, 88.6)):
        page.roundRect(x * POINT, (HEIGHT - y - 46.8) * POINT, 41.6 * POINT, 46.8 * POINT, 7.8 * POINT)

    def text(font, size, colour, x, baseline, value, draw="drawString"):
        page.setFont(font, size * POINT)
        page.setFillColor(colour)
        getattr(page, draw)(x * POINT, (HEIGHT - baseline) * POINT, value)

    text("Bold", 60, "#ffffff", 190, 123, "책이음")
    text("Regular", 26, "#cfe3e4", 95.7, 200, "전국 도서관 회원증")
    text("Bold", 50, "#14201e", 95.7, 328, "홍길동")
    text("Regular", 26, "#495753", 759.5, 328, "부산광역시립구포도서관", "drawRightString")
    text("Regular", 34, "#14201e", 428, 511, f"{digits[:6]} {digits[6:10]} {digits[10:]}", "drawCentredString")
    bars = code128.Code128(digits, barWidth=7 * 72 / 300, barHeight=104 * POINT, quiet=0)
    page.setFillColor("#000000")
    bars.drawOn(page, 95.7 * POINT, (HEIGHT - 466) * POINT)
    page.showPage()
    page.save()
    return out.getvalue()


def open_fonts():
    pdfmetrics.registerFont(TTFont("Regular", NANUM + "NanumGothic.ttf"))
    pdfmetrics.registerFont(TTFont("Bold", NANUM + "NanumGothicBold.ttf"))


def median(prepare):
    times, size = [], 0
    for serial in range(1, 22):
        begin = time.perf_counter()
        prepare()
        size = len(card(f"121003{serial:08}"))
        times.append((time.perf_counter() - begin) * 1000)
    return statistics.median(times[1:]), size


open_fonts()
kept, size = median(lambda: None)
anew, size = median(open_fonts)
print(f"{kept:.3f} {anew:.3f} {size} {reportlab.__version__}")
