"""What is for camp and trail, as a few strokes each."""

from commerce_api.operations.demo.strokes import Tones, box, line, oval, path


def tent(c: Tones) -> str:
    return (
        path(c.main, "M400 190 L660 600 H140 Z")
        + path(c.dark, "M400 190 L470 600 H660 Z")
        + path(c.accent, "M400 270 L345 600 H455 Z")
        + path(c.dark, "M400 270 L400 600 H455 Z")
        + line(c.light, 8, "M140 600 L90 625 M660 600 L710 625 M400 190 V150")
    )


def tarp(c: Tones) -> str:
    return (
        line("#8a6a48", 16, "M210 300 V620 M590 300 V620")
        + path(c.main, "M130 400 Q270 320 210 300 Q400 250 590 300 Q530 320 670 400 Q400 330 130 400 Z")
        + path(c.dark, "M130 400 Q400 330 670 400 Q400 370 130 400 Z")
        + line(c.light, 5, "M130 400 L90 610 M670 400 L710 610")
    )


def hammock(c: Tones) -> str:
    return (
        line("#8a6a48", 34, "M130 200 V630 M670 200 V630")
        + line(c.light, 6, "M130 300 L230 390 M130 300 L240 420 M670 300 L570 390 M670 300 L560 420")
        + path(c.main, "M225 385 Q400 440 575 385 Q560 560 400 570 Q240 560 225 385 Z")
        + path(c.dark, "M225 385 Q400 520 575 385 Q400 440 225 385 Z")
        + line(c.accent, 8, "M262 480 Q400 570 538 480")
    )


def pegs(c: Tones) -> str:
    peg = "M{0} 230 q26 -26 52 0 v30 h-30 V590 l-11 40 -11 -40 Z"
    return "".join(path(t, peg.format(x)) for x, t in ((240, c.main), (330, c.dark), (420, c.main), (510, c.accent)))


def sleeping_bag(c: Tones) -> str:
    return (
        path(c.main, "M290 210 Q400 110 510 210 Q560 320 520 470 Q500 620 400 640 Q300 620 280 470 Q240 320 290 210 Z")
        + path(c.accent, "M325 230 Q400 160 475 230 Q490 300 400 310 Q310 300 325 230 Z")
        + line(c.dark, 8, "M275 380 Q400 420 525 380 M282 470 Q400 510 518 470 M300 550 Q400 585 500 550")
        + line(c.light, 8, "M470 310 V560")
    )


def mat(c: Tones) -> str:
    return (
        path(c.main, "M200 600 L320 250 H640 L560 600 Z")
        + line(c.dark, 10, "M285 600 L390 250 M375 600 L465 250 M465 600 L545 250")
        + oval(c.accent, 230, 560, 70)
        + oval(c.main, 230, 560, 46)
        + oval(c.dark, 230, 560, 22)
    )


def pillow(c: Tones) -> str:
    return (
        path(c.main, "M190 300 Q400 250 610 300 Q640 440 610 550 Q400 600 190 550 Q160 440 190 300 Z")
        + path(c.light, "M230 330 Q400 290 570 330 Q585 370 580 400 Q400 350 222 400 Q220 360 230 330 Z")
        + line(
            c.dark,
            7,
            "M190 300 Q215 340 240 345 M610 300 Q585 340 560 345 M190 550 Q215 515 245 508 M610 550 Q585 515 555 508",
        )
    )


def lantern(c: Tones) -> str:
    return (
        line(c.dark, 14, "M300 290 Q400 90 500 290")
        + box(c.dark, 320, 230, 160, 60)
        + box("#fff3cf", 310, 290, 180, 220, 40)
        + path("#f6a93b", "M400 330 Q450 400 400 470 Q350 400 400 330 Z")
        + path("#fff3cf", "M400 390 Q422 425 400 460 Q378 425 400 390 Z")
        + line(c.main, 12, "M330 290 V510 M470 290 V510")
        + box(c.main, 280, 500, 240, 100, 20)
        + oval(c.accent, 400, 550, 20)
    )


def stove(c: Tones) -> str:
    return (
        path("#f6a93b", "M400 190 Q470 290 420 350 H380 Q330 290 400 190 Z")
        + path("#f7d774", "M400 260 Q430 310 410 350 H390 Q370 310 400 260 Z")
        + box(c.dark, 290, 345, 220, 30, 8)
        + line(c.dark, 16, "M310 360 L270 310 M490 360 L530 310")
        + box(c.main, 365, 375, 70, 70, 8)
        + path(c.main, "M300 460 Q400 410 500 460 V590 Q400 630 300 590 Z")
        + path(c.light, "M300 500 H500 V545 H300 Z")
        + line(c.accent, 14, "M435 410 H520")
    )


def headlamp(c: Tones) -> str:
    return (
        line(c.main, 50, "M210 420 Q230 230 400 230 Q570 230 590 420 Q570 560 400 560")
        + line(c.light, 8, "M210 420 Q230 230 400 230 Q570 230 590 420")
        + box(c.dark, 250, 460, 200, 160, 40)
        + oval("#fff3cf", 350, 540, 56)
        + oval("#f7d774", 350, 540, 30)
    )


def steel(c: Tones) -> str:
    return (
        '<g transform="rotate(38 400 400)">'
        + box(c.main, 370, 190, 60, 190, 26)
        + box("#5a5f63", 382, 370, 36, 240, 14)
        + "</g>"
        + box("#aeb4b5", 210, 250, 70, 230, 10)
        + line(c.accent, 8, "M245 270 Q220 180 330 200")
        + path("#f6a93b", "M545 560 l20 -50 12 52 50 -14 -38 38 44 34 -54 -4 -8 54 -24 -48 -46 26 22 -48 -50 -16 Z")
    )


def matches(c: Tones) -> str:
    sticks = "".join(
        box("#d9b98a", x, 240, 16, 200, 4) + oval(c.accent, x + 8, 236, 14, 20) for x in range(300, 500, 34)
    )
    return (
        sticks
        + box(c.main, 260, 340, 280, 260, 10)
        + box(c.light, 290, 400, 220, 110, 8)
        + box(c.dark, 260, 560, 280, 40, 6)
    )


def candle(c: Tones) -> str:
    return (
        path("#f6a93b", "M400 150 Q440 220 400 265 Q360 220 400 150 Z")
        + line("#4b4036", 8, "M400 250 V300")
        + path(c.light, "M310 300 H490 V610 H310 Z")
        + path(c.main, "M310 300 H490 V350 q-20 60 -36 0 q-24 90 -50 0 q-24 50 -44 0 q-24 70 -50 0 Z")
        + box(c.dark, 270, 590, 260, 34, 14)
    )


def pack(c: Tones) -> str:
    return (
        line(c.dark, 26, "M330 230 Q400 150 470 230")
        + path(c.main, "M270 300 Q280 210 400 210 Q520 210 530 300 L550 590 Q550 630 510 630 H290 Q250 630 250 590 Z")
        + path(c.dark, "M262 330 Q400 390 538 330 Q545 220 400 210 Q255 220 262 330 Z")
        + box(c.accent, 300, 450, 200, 140, 26)
        + line(c.light, 8, "M320 490 H480")
        + line(c.light, 14, "M340 350 V440 M460 350 V440")
    )


def dry_bag(c: Tones) -> str:
    return (
        line(c.dark, 20, "M300 250 Q400 160 500 250")
        + box(c.dark, 280, 240, 240, 60, 24)
        + path(c.main, "M290 300 H510 L530 590 Q400 660 270 590 Z")
        + path(c.light, "M300 330 H340 L330 600 Q310 596 296 590 Z")
        + path(c.accent, "M400 390 q60 80 0 120 q-60 -40 0 -120 Z")
    )


def hip_pack(c: Tones) -> str:
    return (
        line(c.dark, 34, "M130 360 Q400 260 670 360")
        + path(c.main, "M220 350 Q400 290 580 350 Q610 540 400 550 Q190 540 220 350 Z")
        + path(c.accent, "M260 440 Q400 400 540 440 Q530 520 400 525 Q270 520 260 440 Z")
        + line(c.light, 9, "M250 390 Q400 340 550 390")
    )


def jacket(c: Tones) -> str:
    return (
        path(
            c.dark,
            "M300 230 Q210 250 180 330 L150 570 H230 L270 420 Z M500 230 Q590 250 620 330 L650 570 H570 L530 420 Z",
        )
        + path(c.main, "M300 225 Q400 260 500 225 Q540 240 545 300 L555 630 H245 L255 300 Q260 240 300 225 Z")
        + path(c.dark, "M310 225 Q400 130 490 225 Q400 290 310 225 Z")
        + path(c.accent, "M340 222 Q400 170 460 222 Q400 255 340 222 Z")
        + line(c.light, 8, "M400 255 V630 M290 500 h70 M440 500 h70")
    )


def jumper(c: Tones) -> str:
    knots = "".join(path(c.accent, f"M{x} 350 l18 24 -18 24 -18 -24 Z") for x in range(300, 520, 50))
    return (
        path(c.dark, "M290 230 L150 520 L225 560 L290 430 Z M510 230 L650 520 L575 560 L510 430 Z")
        + path(c.main, "M290 225 Q400 275 510 225 Q545 300 540 620 H260 Q255 300 290 225 Z")
        + line(c.light, 14, "M318 232 Q400 285 482 232")
        + knots
        + line(c.dark, 10, "M262 590 H538")
    )


def beanie(c: Tones) -> str:
    ribs = " ".join(f"M{x} 490 V580" for x in range(240, 580, 34))
    return (
        oval(c.accent, 400, 215, 54)
        + path(c.main, "M220 490 Q220 240 400 240 Q580 240 580 490 Z")
        + line(c.light, 9, "M300 480 Q310 310 400 250 M500 480 Q490 310 400 250 M400 480 V250")
        + box(c.dark, 205, 475, 390, 120, 30)
        + line(c.main, 8, ribs)
    )


def socks(c: Tones) -> str:
    sock = "M{0} 180 h110 V440 Q{1} 500 {2} 580 Q{3} 630 {4} 600 Q{5} 560 {6} 470 Z"
    one = sock.format(410, 540, 480, 420, 380, 350, 410)
    return (
        f'<g transform="translate(120 0)">{path(c.dark, one)}</g>'
        + path(c.main, "M300 180 h120 V440 Q430 510 350 590 Q290 640 230 610 Q180 570 240 520 Q300 480 300 420 Z")
        + box(c.accent, 292, 170, 136, 60, 14)
        + line(c.light, 10, "M300 260 H420 M300 290 H420")
        + path(c.accent, "M230 610 Q180 570 240 520 Q290 560 280 625 Q255 625 230 610 Z")
    )


def cap(c: Tones) -> str:
    return (
        path(c.main, "M210 480 Q200 270 400 260 Q590 270 590 480 Z")
        + line(c.dark, 8, "M400 262 V470 M300 290 Q270 380 280 470 M500 290 Q530 380 520 470")
        + path(c.dark, "M200 470 Q400 420 600 480 Q720 520 690 560 Q560 500 200 510 Z")
        + path(c.accent, "M400 340 l60 80 h-120 Z")
    )


def boot(c: Tones) -> str:
    return (
        path(c.main, "M290 190 H440 V430 Q560 440 610 510 V570 H270 Z")
        + path(c.dark, "M260 560 H640 V600 Q640 620 610 620 H280 Q260 620 260 600 Z")
        + path(c.accent, "M280 180 H450 V240 H280 Z")
        + line(c.light, 9, "M440 330 H370 M440 380 H370 M450 430 L390 440 M500 445 L460 480")
    )


def slippers(c: Tones) -> str:
    one = "M200 300 Q300 260 330 360 Q360 520 300 600 Q230 640 180 580 Q130 420 200 300 Z"
    toe = "M176 380 Q260 340 338 400 Q300 480 160 470 Q164 420 176 380 Z"
    pair = path(c.dark, one) + path(c.main, toe) + line(c.light, 8, "M170 460 Q250 480 318 450")
    return f'{pair}<g transform="translate(230 20)">{pair}</g>'


def pocket_knife(c: Tones) -> str:
    return (
        '<g transform="rotate(-24 400 400)">'
        + path("#c9cfd1", "M400 350 H640 Q690 350 700 400 Q560 420 400 410 Z")
        + path("#aeb4b5", "M400 395 Q560 412 700 400 Q560 420 400 410 Z")
        + box(c.main, 140, 345, 290, 90, 40)
        + box(c.light, 170, 365, 190, 14, 7)
        + oval(c.accent, 400, 390, 18)
        + "</g>"
    )


def compass(c: Tones) -> str:
    return (
        oval(c.dark, 400, 410, 220)
        + oval("#faf6ea", 400, 410, 180)
        + path(c.accent, "M400 260 L435 410 H365 Z")
        + path(c.main, "M400 560 L435 410 H365 Z")
        + oval(c.dark, 400, 410, 20)
        + line(c.dark, 8, "M400 240 v16 M400 564 v16 M230 410 h16 M554 410 h16")
        + line(c.main, 22, "M400 190 V150")
    )


def binoculars(c: Tones) -> str:
    return (
        path(c.main, "M220 560 L270 260 H370 L380 560 Z M580 560 L530 260 H430 L420 560 Z")
        + box(c.dark, 262, 210, 112, 70, 14)
        + box(c.dark, 426, 210, 112, 70, 14)
        + box(c.accent, 365, 340, 70, 110, 18)
        + box(c.dark, 205, 540, 190, 70, 20)
        + box(c.dark, 405, 540, 190, 70, 20)
        + line(c.light, 8, "M285 320 L262 500 M515 320 L538 500")
    )


def rope(c: Tones) -> str:
    loops = "".join(
        line(c.main if n % 2 else c.dark, 26, f"M{300 - 12 * n} {250 + 30 * n} Q400 {150 + 30 * n} {500 + 12 * n} {250 + 30 * n} "
              f"Q{540} {420 + 20 * n} 400 {560 + 8 * n} Q{260} {420 + 20 * n} {300 - 12 * n} {250 + 30 * n}")
        for n in range(4)
    )  # fmt: skip
    return loops + line(c.accent, 34, "M330 420 H470 M330 455 H470") + line(c.main, 24, "M470 440 Q600 480 590 620")


def bottle(c: Tones) -> str:
    return (
        line(c.dark, 16, "M360 190 Q400 110 440 190")
        + box(c.dark, 345, 180, 110, 70, 14)
        + path(
            c.main, "M350 250 H450 Q500 300 500 360 V600 Q500 640 460 640 H340 Q300 640 300 600 V360 Q300 300 350 250 Z"
        )
        + path(c.light, "M325 370 h30 V590 h-30 Z")
        + path(c.accent, "M400 420 l60 90 h-120 Z M400 380 l45 70 h-90 Z")
    )


def axe(c: Tones) -> str:
    return (
        '<g transform="rotate(18 400 400)">'
        + path("#b98a5a", "M380 210 H425 Q420 400 440 640 H385 Q395 400 380 210 Z")
        + path("#7d868a", "M300 220 H470 V310 H380 Q330 330 290 380 Q240 300 300 220 Z")
        + path("#c9cfd1", "M290 380 Q240 300 300 220 Q275 300 305 362 Z")
        + box(c.main, 383, 540, 60, 110, 14)
        + "</g>"
    )
