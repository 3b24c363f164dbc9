"""What is for kitchen, pantry and hut, as a few strokes each."""

from commerce_api.operations.demo.strokes import Tones, box, line, oval, path


def skillet(c: Tones) -> str:
    return (
        '<g transform="rotate(-20 400 420)">'
        + box(c.dark, 560, 395, 220, 50, 24)
        + oval("#efe7d8", 745, 420, 12)
        + oval(c.dark, 380, 420, 220)
        + oval(c.main, 380, 420, 180)
        + path(c.light, "M250 350 Q310 250 430 270 Q330 300 280 400 Z")
        + "</g>"
        + oval("#fdfaf2", 350, 440, 88, 78)
        + oval("#f6b93b", 350, 440, 38)
    )


def pot(c: Tones) -> str:
    return (
        oval(c.dark, 400, 240, 34, 22)
        + path(c.dark, "M215 330 Q230 250 400 250 Q570 250 585 330 Z")
        + box(c.light, 200, 322, 400, 26, 12)
        + path(c.main, "M215 348 H585 L565 580 Q560 620 520 620 H280 Q240 620 235 580 Z")
        + line(c.dark, 26, "M205 400 H160 V440 H208 M595 400 H640 V440 H592")
        + path(c.light, "M255 380 h34 l10 190 h-28 Z")
    )


def saucepan(c: Tones) -> str:
    return (
        box(c.dark, 520, 380, 240, 40, 20)
        + path(c.main, "M170 340 H540 L525 560 Q520 590 490 590 H220 Q190 590 185 560 Z")
        + box(c.light, 155, 320, 400, 34, 14)
        + path(c.light, "M205 380 h30 l8 170 h-24 Z")
        + line("#b9c4c4", 9, "M290 270 q-20 -40 0 -80 M360 270 q-20 -40 0 -80 M430 270 q-20 -40 0 -80")
    )


def kettle(c: Tones) -> str:
    return (
        line(c.dark, 24, "M270 350 Q270 170 400 170 Q530 170 530 350")
        + path(c.main, "M240 600 Q210 340 400 320 Q590 340 560 600 Q400 650 240 600 Z")
        + path(c.dark, "M560 460 L680 350 L690 390 L575 540 Z")
        + path(c.dark, "M310 345 Q400 290 490 345 Q400 375 310 345 Z")
        + oval(c.accent, 400, 300, 24)
        + path(c.light, "M275 560 Q260 440 330 380 Q310 470 320 575 Z")
    )


def teapot(c: Tones) -> str:
    return (
        line(c.main, 32, "M250 400 Q130 400 170 510 Q190 560 260 550")
        + path(c.main, "M550 480 Q620 470 640 360 L690 350 Q690 560 540 570 Z")
        + oval(c.main, 400, 480, 170, 150)
        + path(c.dark, "M300 360 Q400 300 500 360 Q400 395 300 360 Z")
        + oval(c.accent, 400, 320, 26)
        + path(c.light, "M275 520 Q270 420 340 390 Q310 460 320 540 Z")
        + box(c.dark, 330, 615, 140, 22, 10)
    )


def board(c: Tones) -> str:
    return (
        '<g transform="rotate(-14 400 400)">'
        + path(
            c.main, "M250 280 H550 Q590 280 590 320 V610 Q590 650 550 650 H250 Q210 650 210 610 V320 Q210 280 250 280 Z"
        )
        + path(c.main, "M350 290 Q360 230 350 170 Q400 120 450 170 Q440 230 450 290 Z")
        + oval(c.light, 400, 190, 22)
        + line(
            c.dark,
            6,
            "M250 340 Q400 320 550 350 M250 420 Q400 440 550 415 M250 500 Q400 480 550 505 M250 580 Q400 600 550 575",
        )
        + "</g>"
    )


def kitchen_knife(c: Tones) -> str:
    return (
        '<g transform="rotate(-38 400 400)">'
        + path("#c9cfd1", "M330 350 H700 Q640 470 400 470 H330 Z")
        + path("#aeb4b5", "M330 440 Q560 450 690 365 Q630 470 400 470 H330 Z")
        + box("#7d868a", 300, 345, 40, 100, 8)
        + path(c.main, "M100 350 H305 V430 Q200 440 110 420 Q80 385 100 350 Z")
        + oval(c.accent, 160, 388, 11)
        + oval(c.accent, 240, 388, 11)
        + "</g>"
    )


def spoons(c: Tones) -> str:
    def spoon(x: int, turn: int, tone: str) -> str:
        return f'<g transform="rotate({turn} {x} 600)">{oval(tone, x, 260, 52, 78)}{box(tone, x - 13, 320, 26, 310, 13)}</g>'

    return (
        spoon(330, -16, c.dark)
        + spoon(470, 16, c.light)
        + spoon(400, 0, c.main)
        + line(c.accent, 20, "M350 520 Q400 545 450 520")
    )


def whetstone(c: Tones) -> str:
    return (
        path(c.main, "M180 440 L340 330 H660 L520 440 Z")
        + path(c.dark, "M180 440 H520 V510 H180 Z")
        + path(c.accent, "M520 440 L660 330 V400 L520 510 Z")
        + path("#8a6a48", "M150 510 H540 L690 400 V430 L550 560 H150 Z")
        + line(c.light, 6, "M250 420 L370 345 M330 420 L450 345 M410 420 L530 345")
    )


def mug(c: Tones) -> str:
    return (
        line(c.main, 38, "M520 340 Q640 340 630 440 Q620 530 510 530")
        + path(c.main, "M230 270 H530 L520 580 Q515 620 475 620 H285 Q245 620 240 580 Z")
        + path(c.dark, "M230 270 Q380 230 530 270 Q380 310 230 270 Z")
        + line("#fdfaf2", 12, "M230 270 Q380 310 530 270")
        + path(c.accent, "M380 380 l70 110 h-140 Z M380 340 l50 80 h-100 Z")
        + box(c.accent, 370, 485, 20, 40, 2)
    )


def plate(c: Tones) -> str:
    return (
        oval(c.dark, 400, 420, 240)
        + oval(c.main, 400, 414, 234)
        + oval(c.light, 400, 420, 160)
        + path(c.accent, "M400 350 q70 70 0 140 q-70 -70 0 -140 Z")
    )


def bowl(c: Tones) -> str:
    return (
        path(c.main, "M170 380 H630 Q620 600 400 610 Q180 600 170 380 Z")
        + oval(c.dark, 400, 380, 230, 56)
        + oval(c.light, 400, 384, 200, 42)
        + line(c.accent, 12, "M196 470 Q400 540 604 470")
        + box(c.dark, 320, 600, 160, 26, 10)
    )


def spork(c: Tones) -> str:
    return (
        '<g transform="rotate(28 400 400)">'
        + path(
            c.main,
            "M340 170 h22 v90 h27 v-90 h22 v90 h27 v-90 h22 Q470 340 420 370 V650 Q400 680 380 650 V370 Q330 340 340 170 Z",
        )
        + line(c.light, 8, "M400 400 V620")
        + "</g>"
    )


def jug(c: Tones) -> str:
    return (
        line(c.main, 32, "M510 330 Q640 340 600 460 Q570 530 520 540")
        + path(
            c.main, "M290 200 L330 210 H500 Q480 290 520 370 Q570 560 470 620 H320 Q220 560 270 370 Q310 290 260 200 Z"
        )
        + path(c.light, "M290 400 Q270 500 310 580 Q300 480 325 390 Z")
        + line(c.accent, 12, "M268 400 Q400 440 528 400 M256 440 Q400 480 540 440")
    )


def bag(c: Tones) -> str:
    return (
        path(c.dark, "M270 220 H530 V270 H270 Z")
        + path(c.main, "M260 270 H540 L560 620 H240 Z")
        + box(c.light, 300, 360, 200, 180, 16)
        + path(c.accent, "M400 385 q60 65 0 130 q-60 -65 0 -130 Z")
        + line(c.light, 5, "M400 395 q-20 55 0 110")
        + line(c.light, 6, "M285 245 H515")
    )


def tin(c: Tones) -> str:
    return (
        path(c.main, "M250 290 H550 V590 Q400 640 250 590 Z")
        + path(c.light, "M250 370 Q400 410 550 370 V510 Q400 550 250 510 Z")
        + path(c.accent, "M400 420 q46 -40 70 0 q-20 50 -70 70 q-50 -20 -70 -70 q24 -40 70 0 Z")
        + oval(c.dark, 400, 290, 154, 40)
        + oval(c.main, 400, 276, 154, 40)
        + oval(c.dark, 400, 268, 60, 14)
    )


def grinder(c: Tones) -> str:
    return (
        line("#7d868a", 18, "M400 240 V190 H560")
        + oval(c.accent, 566, 180, 28)
        + path("#aeb4b5", "M310 310 Q320 240 400 240 Q480 240 490 310 Z")
        + box(c.main, 290, 310, 220, 310, 24)
        + path(c.dark, "M290 420 H510 V450 H290 Z")
        + box(c.light, 350, 490, 100, 80, 10)
        + oval(c.dark, 400, 530, 12)
    )


def dripper(c: Tones) -> str:
    return (
        path("#fdfaf2", "M270 190 H530 L440 360 H360 Z")
        + path(c.main, "M240 240 H560 L460 410 H340 Z")
        + line(c.dark, 6, "M320 260 L375 400 M400 260 V400 M480 260 L425 400")
        + box(c.dark, 300, 405, 200, 24, 10)
        + path("#d7e4e4", "M310 440 H490 L520 600 Q400 640 280 600 Z")
        + path("#6b4028", "M296 520 H504 L520 600 Q400 640 280 600 Z")
    )


def jar(c: Tones) -> str:
    return (
        box(c.dark, 290, 210, 220, 70, 16)
        + path(c.main, "M280 300 Q290 280 320 280 H480 Q510 280 520 300 V590 Q520 630 480 630 H320 Q280 630 280 590 Z")
        + box("#fdfaf2", 280, 400, 240, 140, 0)
        + path(c.accent, "M400 425 l40 24 v44 l-40 24 -40 -24 v-44 Z")
        + path(c.light, "M300 310 h26 v76 h-26 Z")
    )


def packet(c: Tones) -> str:
    return (
        path(c.main, "M220 260 H580 L570 590 H230 Z")
        + path(c.dark, "M215 240 h370 v40 h-370 Z M225 575 h350 v36 h-350 Z")
        + oval(c.light, 400, 420, 110)
        + "".join(oval(c.accent, x, y, 22) for x, y in ((360, 390), (430, 385), (400, 440), (345, 445), (455, 440)))
    )


def blanket(c: Tones) -> str:
    fringe = " ".join(f"M{x} 590 v44" for x in range(220, 600, 22))
    return (
        path(c.dark, "M200 330 Q400 280 600 330 V400 H200 Z")
        + box(c.main, 200, 370, 400, 110, 40)
        + box(c.light, 200, 430, 400, 90, 36)
        + box(c.main, 200, 490, 400, 110, 36)
        + line(c.accent, 14, "M216 545 H584 M216 410 H584")
        + line(c.main, 8, fringe)
    )


def apron(c: Tones) -> str:
    return (
        line(c.dark, 16, "M320 270 Q400 90 480 270 M250 400 H170 M550 400 H630")
        + path(c.main, "M310 260 H490 L500 370 Q560 390 560 420 V640 H240 V420 Q240 390 300 370 Z")
        + box(c.dark, 310, 460, 180, 110, 10)
        + line(c.light, 7, "M320 480 H480")
        + path(c.accent, "M400 300 l30 44 h-60 Z")
    )


def towel(c: Tones) -> str:
    return (
        line("#8a6a48", 20, "M180 220 H620")
        + path(c.light, "M250 220 H470 V600 H250 Z")
        + path(c.main, "M350 220 H560 V540 H350 Z")
        + line(c.accent, 12, "M350 470 H560 M350 500 H560")
        + line(c.dark, 8, "M250 550 H350 M250 575 H350")
        + line(c.dark, 4, "M400 230 V460 M455 230 V460 M510 230 V460")
    )


def book(c: Tones) -> str:
    return (
        path(c.dark, "M250 190 H550 V620 H280 Q250 620 250 590 Z")
        + path("#fdfaf2", "M265 570 H540 V605 H280 Q262 605 265 570 Z")
        + path(c.main, "M280 180 H560 V580 H280 Q250 580 250 600 V210 Q250 180 280 180 Z")
        + line(c.light, 8, "M310 240 H510 M310 275 H450")
        + path(c.accent, "M410 340 l90 150 h-180 Z")
        + oval(c.light, 480, 360, 24)
    )


def chart(c: Tones) -> str:
    return (
        path(c.main, "M160 270 L320 220 V560 L160 610 Z M480 270 L640 220 V560 L480 610 Z")
        + path(c.light, "M320 220 L480 270 V610 L320 560 Z")
        + line(c.dark, 6, "M190 350 Q260 300 320 350 T480 400 T620 330 M190 470 Q260 420 320 460 T480 500 T620 440")
        + line(c.accent, 10, "M220 540 Q300 480 380 500 T560 300")
        + path(c.accent, "M560 300 q-40 -60 0 -90 q40 30 0 90 Z")
    )


def card(c: Tones) -> str:
    return (
        '<g transform="rotate(-8 400 400)">'
        + box(c.main, 170, 270, 460, 290, 28)
        + path(c.dark, "M170 500 L300 380 L380 450 L480 330 L630 480 V532 Q630 560 602 560 H198 Q170 560 170 532 Z")
        + oval(c.accent, 270, 350, 36)
        + line(c.light, 14, "M430 320 H590")
        + "</g>"
    )


def grate(c: Tones) -> str:
    bars = " ".join(f"M{x} 300 V520" for x in range(210, 610, 42))
    return (
        path(
            "#f6a93b", "M300 640 Q270 560 320 520 Q330 570 360 540 Q400 460 420 560 Q450 530 470 500 Q520 580 490 640 Z"
        )
        + line(c.dark, 16, "M180 300 H620 V520 H180 Z M190 520 L150 640 M610 520 L650 640")
        + line(c.main, 10, bars)
    )
