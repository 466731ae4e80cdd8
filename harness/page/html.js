/* SPDX-License-Identifier: GPL-2.0-or-later
   The page is whole without this: it adds buttons that copy, and opens what a link points into.
   No angle bracket and no ampersand, so that the page stays well-formed XML. */
"use strict";
document.querySelectorAll("figure.copy").forEach(function (box) {
	const button = box.querySelector("button");

	button.hidden = false;
	button.addEventListener("click", function () {
		const range = document.createRange();

		range.selectNodeContents(box.querySelector("pre"));
		getSelection().removeAllRanges();
		getSelection().addRange(range);
		/* pages that were opened from a file may have no navigator.clipboard */
		button.textContent = document.execCommand("copy") ? "copied" : "press Ctrl-C";
	});
});
function reveal() {
	const target = location.hash ? document.getElementById(location.hash.slice(1)) : null;

	for (let box = target; box; box = box.parentElement)
		if (box.tagName === "DETAILS")
			box.open = true;
	if (target)
		target.scrollIntoView();
}
addEventListener("hashchange", reveal);
reveal();
/* paper has no buttons to open things with: short ones are opened, consoles are not */
addEventListener("beforeprint", function () {
	document.querySelectorAll("details:not(.console, .raw)").forEach(function (box) {
		box.open = true;
	});
});
