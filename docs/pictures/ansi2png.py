#!/usr/bin/python3
"""Draws what `tmux capture-pane -e -p` printed: COLUMNS ROWS OUT [CURSOR_X CURSOR_Y] < capture."""

import re
import sys
import unicodedata

import pyte
from PIL import Image, ImageDraw, ImageFont

SCALE = 2
CELL_WIDTH, CELL_HEIGHT = 10 * SCALE, 20 * SCALE
MARGIN = 14 * SCALE
TITLE_BAR = 30 * SCALE
BACK, FRONT, WINDOW = "#1c1b22", "#d6d3de", "#2b2933"
FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono%s.ttf"
NAMED = {
    "black": "#000000", "red": "#d75f5f", "green": "#4faf6f", "brown": "#d7a657", "blue": "#5f87d7",
    "magenta": "#a371d7", "cyan": "#4fb0c6", "white": "#e4e2ea", "brightblack": "#6c6a75",
}


def color(name, default):
    """A colour as pyte names it: a name, six hexadecimal digits, or "default"."""
    if name == "default":
        return default
    if re.fullmatch("[0-9a-fA-F]{6}", name):
        return "#" + name
    return NAMED.get(name.replace("bright", ""), default)


def draw_cell(draw, fonts, cell, x, y, reverse):
    front, back = color(cell.fg, FRONT), color(cell.bg, BACK)
    if reverse:
        front, back = back, front
    wide = unicodedata.east_asian_width(cell.data[0]) in "WF"
    right = x + CELL_WIDTH * (2 if wide else 1) - 1
    draw.rectangle([x, y, right, y + CELL_HEIGHT - 1], fill=back)
    if cell.data in "─━":  # drawn, so that neighbours meet
        thick = SCALE if cell.data == "─" else 3 * SCALE
        middle = y + CELL_HEIGHT // 2
        draw.rectangle([x, middle - thick // 2, right, middle - thick // 2 + thick - 1], fill=front)
    elif cell.data != " ":
        draw.text((x, y), cell.data, font=fonts[cell.bold], fill=front)
    if cell.underscore:
        line = y + CELL_HEIGHT - 2 * SCALE
        draw.line([x, line, right, line], fill=front, width=SCALE)


def main():
    columns, rows, out = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    cursor = (int(sys.argv[4]), int(sys.argv[5])) if len(sys.argv) > 5 else None
    text = sys.stdin.buffer.read().decode("utf-8", "replace")
    screen = pyte.Screen(columns, rows)
    pyte.Stream(screen).feed("\r\n".join(text.split("\n")[:rows]))

    fonts = {bold: ImageFont.truetype(FONT % name, 16 * SCALE)
             for bold, name in ((False, ""), (True, "-Bold"))}
    image = Image.new("RGB", (columns * CELL_WIDTH + 2 * MARGIN,
                              rows * CELL_HEIGHT + MARGIN + TITLE_BAR), WINDOW)
    draw = ImageDraw.Draw(image)
    for i, dot in enumerate(("#e0695f", "#d9b44a", "#5fb36b")):
        x = MARGIN + i * 22 * SCALE
        draw.ellipse([x, 9 * SCALE, x + 12 * SCALE, 21 * SCALE], fill=dot)
    for row in range(rows):
        for column in range(columns):
            cell = screen.buffer[row][column]
            if cell.data != "":
                draw_cell(draw, fonts, cell, MARGIN + column * CELL_WIDTH,
                          TITLE_BAR + row * CELL_HEIGHT,
                          cell.reverse ^ ((column, row) == cursor))
    image.save(out, optimize=True)


main()
