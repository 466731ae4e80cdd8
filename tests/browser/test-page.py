#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
Pages of 'khotest report --html' in a headless Chromium: nothing is cut off on a
telephone and on a desk, charts use the width that there is, maps are dark in the
dark, no script fails, nothing is asked of the network, and each figure is that of
result.json.

  test-page.py KHOTEST RECORDINGS [FOLDER]
  test-page.py --open KHOTEST RECORDINGS

FOLDER: where screenshots go, light and dark, at all widths; none are kept without.
--open: a benchmark instead, how long the page of a large matrix takes to open.
"""
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # the source folder is left as it is

from chromium import Chromium  # noqa: E402

WIDTHS = 360, 1400
BETWEEN, PAGES_BETWEEN = 800, ("audit", "failed", "rounds")  # one of each shape: it takes long
OPEN_SECONDS_MOST, OPEN_TIMES = 2, 7
CELLS = 300

# What reaches beyond the window, unless something around it scrolls or hides it on purpose.
CUT_OFF = """
(() => {
	const wide = document.documentElement.clientWidth, found = [];
	for (const e of document.body.querySelectorAll("*")) {
		if (e.getBoundingClientRect().right <= wide + 1 || !e.getClientRects().length || e.closest("svg svg, svg *"))
			continue;
		let box = e.parentElement;
		while (box && !["auto", "scroll"].includes(getComputedStyle(box).overflowX))
			box = box.parentElement;
		if (!box || box === document.documentElement)
			found.push(e.tagName + ": " + e.textContent.slice(0, 60));
	}
	if (document.documentElement.scrollWidth > wide)
		found.push("the page: " + document.documentElement.scrollWidth + " > " + wide);
	return found;
})()
"""
# What says what a table or a picture is: to be read without scrolling aside, also within what scrolls.
CAPTIONS = """
(() => {
	const wide = document.documentElement.clientWidth;
	return [...document.querySelectorAll("figcaption, caption, .legend li, .origin dd")]
		.filter(e => e.getClientRects().length)
		.filter(e => e.getBoundingClientRect().right > wide + 1)
		.map(e => e.textContent.slice(0, 60));
})()
"""
# Charts that leave more than a tenth of their line empty, or whose letters are too small or too large.
CHARTS = """
(() => {
	const found = [], main = document.querySelector("main").getBoundingClientRect();
	const shown = [...document.querySelectorAll(".chart svg")].filter(e => e.getClientRects().length);
	for (const svg of shown) {
		const grid = svg.closest(".charts"), box = svg.getBoundingClientRect();
		const line = grid ? [...grid.querySelectorAll(".chart svg")].map(e => e.getBoundingClientRect().right) : [box.right];
		const used = (Math.max(...line) - main.left) / main.width, letters = 13 * box.width / svg.viewBox.baseVal.width;
		if (used < 0.9 || letters < 8 || letters > 20)
			found.push(Math.round(100 * used) + "% used, letters of " + letters.toFixed(1) + " px");
	}
	for (const figure of document.querySelectorAll(".chart"))
		if ([...figure.querySelectorAll("svg")].filter(e => shown.includes(e)).length !== 1)
			found.push("not one picture of two is shown");
	return found;
})()
"""
# Of maps: the luminance of the ground, and the least contrast of letters on it.
MAPS = """
(() => {
	const light = c => {
		const [r, g, b] = c.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255)
			.map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	return [...document.querySelectorAll(".map svg")].map(svg => {
		const ground = light(getComputedStyle(svg.querySelector("rect")).fill);
		return [ground, Math.min(...[...svg.querySelectorAll("text")].map(e => light(getComputedStyle(e).fill))
			.map(a => (Math.max(a, ground) + 0.05) / (Math.min(a, ground) + 0.05)))];
	});
})()
"""
FIGURES = """
[...document.querySelectorAll("data")].map(e =>
	[e.closest("[data-run]") ? e.closest("[data-run]").dataset.run : "", e.dataset.of, e.value, e.textContent])
"""
# Contrast of letters on what is behind them (WCAG 2.2, "relative luminance"), the least of the page.
CONTRAST = """
(() => {
	const light = c => {
		const [r, g, b] = c.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255)
			.map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const opaque = c => !/^rgba\\(.*, 0\\)$/.test(c);
	let least = [99, ""];
	for (const e of document.body.querySelectorAll("*:not(svg, svg *, script, button)")) {
		if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
			continue;
		let box = e;
		while (box.parentElement && !opaque(getComputedStyle(box).backgroundColor))
			box = box.parentElement;
		const a = light(getComputedStyle(e).color), b = light(getComputedStyle(box).backgroundColor);
		const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
		if (ratio < least[0])
			least = [ratio, e.textContent.slice(0, 40)];
	}
	return least;
})()
"""

number = 0
failed = 0


def check(ok, name, detail=""):
    global number, failed
    number += 1
    failed += not ok
    print("%s %d %s" % ("ok" if ok else "not ok", number, name))
    if not ok:
        print("# %s" % str(detail)[:2000])
    sys.stdout.flush()


def member(result, path):
    for name in path.split("."):
        try:
            result = result[int(name)] if isinstance(result, list) else result[name]
        except (LookupError, TypeError):
            return None
    return result


def shown_as(path, value):
    """What people are to read, made from result.json alone; None: not checked here."""
    if value is None:
        return "-"
    if path.endswith("_ns"):
        return "%.2f s" % (value / 1e9) if value >= 1e9 else "%.1f ms" % (value / 1e6)
    if path.endswith("pageblocks") or path.endswith("kho_count") or ".instructions." in path:
        return str(value)
    if path.endswith(".phys"):
        return "0x%x" % value
    return None


def is_same(value, expected):
    """The value of a <data> element against a member of the JSON."""
    if expected is None:
        return value == ""
    return value != "" and float(value) == expected if isinstance(expected, float) else value == str(expected)


def compare_figures(figures, results):
    wrong = []
    for run, path, value, text in figures:
        if run not in results:
            wrong.append("%s: no such run %s" % (path, run))
            continue
        expected = member(results[run], path)
        if not is_same(value, expected):
            wrong.append("%s %s: %s, result.json has %s" % (run, path, value, expected))
        elif shown_as(path, expected) not in (None, text):
            wrong.append("%s %s: shown as %s" % (run, path, text))
    return wrong


def results_of(khotest, runs):
    results = {}
    for run in runs:
        out = subprocess.run([khotest, "report", "--format", "json", run], stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, timeout=60).stdout
        result = json.loads(out)
        results[result["id"]] = result
    return results


def make_matrix(folder, recordings):
    """A matrix directory (docs/matrix.md) whose runs are recordings, over and over."""
    kinds = [("fail-unfixed-100g", "unfixed", "FAIL", "scratch-not-cma"), ("pass-central-4g-2n", "central", "PASS", None),
             ("panic", "broken", "PASS", None)]
    os.makedirs(os.path.join(folder, "runs"))
    cells, lines = [], []
    for i in range(CELLS):
        # one in fifty is not as expected
        name, series, expect, reason = kinds[2 if i % 50 == 49 else i % 2]
        cell = {"id": "check/7.%d/%s/%dG/%dn/2p/#%d" % (i // 100, series, 1 + i % 5, 1 + i // 5 % 2, i), "block": "check",
                "kernel": "7.%d" % (i // 100), "series": "%s-%d" % (series, i // 10 % 10), "profile": "check",
                "mode": "wall", "scratch": None, "append": None, "expect": expect, "expect_reason": reason,
                "nodes": 1 + i // 5 % 2, "cpus": 2, "hops": 2, "repeat": 1, "memory_bytes": (1 + i % 5) << 30,
                "alone": False}
        run = "run-%d" % i
        os.symlink(os.path.join(recordings, name), os.path.join(folder, "runs", run))
        cells.append(cell)
        lines.append({"event": "attempt", "wall": "2026-01-01T00:00:00Z", "cell": cell["id"], "run": run,
                      "status": 0 if name.startswith("pass") else 1, "wall_ns": 1, "said": None})
    with open(os.path.join(folder, "cells.json"), "w") as file:
        json.dump({"schema": 1, "plan": "many", "summary": "a matrix of many cells", "asked": ["khotest", "matrix", "many"],
                   "cells": cells}, file)
    with open(os.path.join(folder, "journal.jsonl"), "w") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)
    return [os.path.join(folder, "runs", "run-%d" % i) for i in (0, 1, 49)]


def make_comparison(folder, recordings, names):
    """A comparison directory (docs/report.md) of seven rounds; its runs are two recordings, over and over."""
    os.makedirs(os.path.join(folder, "runs"))
    with open(os.path.join(folder, "rounds.jsonl"), "w") as file:
        for i in range(16):
            name = "r%d-%d" % (i // 2, i % 2)
            os.symlink(os.path.join(recordings, names[(i // 2 + i) % 2]),
                       os.path.join(folder, "runs", name))
            file.write(json.dumps({"round": i // 2, "side": i % 2, "position": i % 2, "run": name}) + "\n")
        file.write('{"end": "rounds"}\n')
    with open(os.path.join(folder, "compare.json"), "w") as file:
        json.dump({"schema": 1, "series": ["central", "unfixed"], "anyway": True, "asked": ["khotest", "compare"]}, file)
    return [os.path.join(folder, "runs", "r%d-%d" % (i // 2, i % 2)) for i in range(2, 16)]


def make_sweep(folder, recordings):
    """A sweep of memory (docs/matrix.md) whose runs are recordings."""
    os.makedirs(os.path.join(folder, "runs"))
    cells = []
    with open(os.path.join(folder, "journal.jsonl"), "w") as file:
        for i in range(5):
            cells.append({"id": "c%d" % i, "block": "memory-%d" % ((1 + i) << 30), "kernel": "7.1", "series": "central",
                          "profile": "check", "mode": "wall", "scratch": None, "append": None, "expect": "PASS",
                          "expect_reason": None, "nodes": 1, "cpus": 2, "hops": 2, "repeat": 1,
                          "memory_bytes": (1 + i) << 30, "alone": True})
            os.symlink(os.path.join(recordings, ("pass-central-4g-2n", "fail-unfixed-100g")[i % 2]),
                       os.path.join(folder, "runs", "run-%d" % i))
            file.write(json.dumps({"event": "attempt", "cell": "c%d" % i, "run": "run-%d" % i, "status": 0, "wall_ns": 1,
                                   "said": None}) + "\n")
    with open(os.path.join(folder, "cells.json"), "w") as file:
        json.dump({"schema": 1, "plan": "memory", "summary": "", "asked": ["khotest", "sweep"], "cells": cells}, file)


def many_of(khotest, verb, folder):
    """What a directory of many runs says of itself, under its own name."""
    out = subprocess.run([khotest, verb, "--report", folder, "--format", "json"], stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL, timeout=60).stdout
    return {os.path.basename(folder): json.loads(out)}


def test_page(chromium, name, path, results, shots):
    for width in WIDTHS + ((BETWEEN,) if name in PAGES_BETWEEN else ()):
        for dark in False, True:
            view = "%s, %d px, %s" % (name, width, "dark" if dark else "light")
            chromium.open(path, width, dark)
            check(not chromium.complaints(), view + ": no script error", chromium.complaints())
            check(not chromium.requests(), view + ": nothing asked of the network", chromium.requests())
            # consoles and all else that opens
            chromium.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
            cut = chromium.evaluate(CUT_OFF)
            check(not cut, view + ": nothing is cut off", cut)
            cut = chromium.evaluate(CAPTIONS)
            check(not cut, view + ": no caption is cut off", cut)
            charts = chromium.evaluate(CHARTS)
            check(not charts, view + ": charts use the width", charts)
            maps = chromium.evaluate(MAPS)
            check(all((ground < 0.1) == dark and least >= 4.5 for ground, least in maps),
                  view + ": maps follow light and dark", maps)
            least, text = chromium.evaluate(CONTRAST)
            check(least >= 4.5, view + ": letters stand out", "%.2f: %s" % (least, text))
            if shots:
                chromium.open(path, width, dark)
                chromium.screenshot(os.path.join(shots, "%s-%d-%s.png" % (name, width, "dark" if dark else "light")))
    figures = chromium.evaluate(FIGURES)
    wrong = compare_figures([f for f in figures if f[0] in results] if name == "matrix" else figures, results)
    check(figures and not wrong, name + ": figures are those of result.json (%d)" % len(figures), "; ".join(wrong))


def make_page(khotest, name, paths, work):
    page = os.path.join(work, name + ".html")
    made = subprocess.run([khotest, "report", "--html", page] + paths, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, timeout=120)
    check(os.path.exists(page), name + ": the page is made", made.stderr.decode(errors="replace"))
    return page


def test_pages(chromium, khotest, recordings, work, shots):
    runs = [os.path.join(recordings, name) for name in (
        "fail-unfixed-100g", "audit-nid-only-1g", "pass-central-4g-2n", "panic", "pass-central-1g-4-kernels")]
    some = make_matrix(os.path.join(work, "matrix"), recordings)
    # the same recording twice is a kind with two runs: the page has charts
    shutil.copytree(runs[0], os.path.join(work, "again"))
    pages = {
        "run": [runs[0]],
        "audit": [runs[1]],
        "chain": [runs[4]],
        "failed": [os.path.join(recordings, "early-panic")],
        "comparison": runs[:4] + [os.path.join(work, "again")],
        "matrix": [os.path.join(work, "matrix")],
        "rounds": [os.path.join(work, "rounds")],
        "later": [os.path.join(work, "later")],
        "sweep": [os.path.join(work, "sweep")],
    }
    compared = {
        "rounds": make_comparison(pages["rounds"][0], recordings, ("pass-central-4g-2n", "fail-unfixed-100g")),
        "later": make_comparison(pages["later"][0], recordings, ("pass-central-1g-4-kernels",) * 2),
    }
    make_sweep(pages["sweep"][0], recordings)
    for name, paths in pages.items():
        page = make_page(khotest, name, paths, work)
        if name in compared:
            results = {**results_of(khotest, compared[name]), **many_of(khotest, "compare", paths[0])}
        elif name == "sweep":
            results = many_of(khotest, "sweep", paths[0])
        else:
            results = results_of(khotest, some if name == "matrix" else paths)
        test_page(chromium, name, page, results, shots)


def bench_open(chromium, khotest, recordings, work):
    make_matrix(os.path.join(work, "matrix"), recordings)
    page = make_page(khotest, "matrix", [os.path.join(work, "matrix")], work)
    seconds = [chromium.open(page, WIDTHS[i % 2], False) for i in range(OPEN_TIMES)]
    said = "%d cells, %d bytes: opened in %.2f s, the median of %d (%.2f to %.2f)" % (
        CELLS, os.path.getsize(page), statistics.median(seconds), OPEN_TIMES, min(seconds), max(seconds))
    print("# " + said)
    check(statistics.median(seconds) < OPEN_SECONDS_MOST, "the page opens in less than %d s" % OPEN_SECONDS_MOST, said)


def main():
    args = sys.argv[1:]
    bench = args[0] == "--open"
    khotest, recordings = args[bench], os.path.realpath(args[bench + 1])
    shots = args[2] if not bench and len(args) > 2 else None
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if not program:
        print("1..0 # SKIP Chromium is not installed (Debian: chromium)")
        return 0
    if shots:
        os.makedirs(shots, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        chromium = Chromium(program)
        try:
            if bench:
                bench_open(chromium, khotest, recordings, work)
            else:
                test_pages(chromium, khotest, recordings, work, shots)
        finally:
            chromium.close()
    print("1..%d" % number)
    return 1 if failed else 0


sys.exit(main())
