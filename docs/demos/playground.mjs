// Drives the playground in a headless Chromium: typing, findings, tuning of the hunting page, sharing, keyboard, names of controls, no network.
//   node playground.mjs PAGE.html CHROMIUM [SCREENSHOT-DIRECTORY]
import { chromium } from "playwright-core";
import { pathToFileURL } from "node:url";
import assert from "node:assert/strict";

const [file, executablePath, shots] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const context = await browser.newContext({ viewport: { width: 1360, height: 860 } });
const page = await context.newPage();
const requests = [], complaints = [];
page.on("request", (r) => { if (!/^(file|blob|data):/.test(r.url())) requests.push(r.url()); });
page.on("pageerror", (e) => complaints.push(String(e)));
page.on("console", (m) => { if (m.type() === "error") complaints.push(m.text()); });

const step = (s) => console.log("ok   " + s);
const answered = async (act) => {
	const before = await page.evaluate(() => Number(document.body.dataset.answered || 0));
	await act();
	await page.waitForFunction((n) => Number(document.body.dataset.answered || 0) > n && !document.body.classList.contains("busy"), before, { timeout: 60000 });
};

const start = Date.now();
await answered(() => page.goto(pathToFileURL(file).href));
step(`first answer after ${Date.now() - start} ms`);
const text = page.getByLabel("Rule or hunting page");
assert.match(await page.getByRole("status").textContent(), /finding/);
await page.getByRole("button", { name: /line \d+: / }).first().waitFor();
step("the example rule has findings: " + await page.getByRole("status").textContent());
if (shots) await page.screenshot({ path: shots + "/playground.png" });

const rule = await text.inputValue();
await answered(() => text.fill(rule.replace("    condition: all of selection_*", "    condition: selection_tool and not selection_tool and all of selection_*")));
assert.match(await page.getByRole("status").textContent(), /can never match/);
await page.getByRole("tab", { name: "Can it match?" }).click();
await page.getByText("No: no event can ever match it").waitFor();
step("typing a contradiction is noticed and proved");

await page.getByRole("tab", { name: /Findings/ }).click();
await page.getByRole("button", { name: /line \d+: / }).first().click();
const chosen = await text.evaluate((e) => e.value.slice(e.selectionStart, e.selectionEnd));
assert.ok(chosen.length > 0 && !chosen.includes("\n\n"), "a finding selects its text");
step("a finding selects its text: " + JSON.stringify(chosen));

await answered(() => text.fill("title: half\ndetection:\n  a: {b: "));
assert.match(await page.getByRole("status").textContent(), /finding/);
step("half a rule gives findings: " + await page.getByRole("status").textContent());

await answered(() => page.getByRole("button", { name: "Example page" }).click());
await page.getByText("Nothing to exclude").first().waitFor();
assert.equal(await page.getByRole("heading", { name: /grade/ }).count() > 0, true);
await page.getByRole("tab", { name: "Tuned rule" }).click();
await page.locator("#after").getByText("filter_optional_monit").first().waitFor();
step("the hunting page is tuned: " + await page.getByRole("status").textContent());
if (shots) {
	await page.emulateMedia({ colorScheme: "dark" });
	await page.getByRole("tab", { name: /False positives/ }).click();
	await page.screenshot({ path: shots + "/playground-dark.png" });
	await page.emulateMedia({ colorScheme: "light" });
}

await page.getByRole("button", { name: "Copy link" }).click();
await page.waitForFunction(() => location.hash.startsWith("#z="));
const link = page.url(), shared = await text.inputValue();
const other = await context.newPage();
await other.goto(link);
await other.waitForFunction(() => document.getElementById("text").value.length > 0);
assert.equal(await other.getByLabel("Rule or hunting page").inputValue(), shared);
await other.close();
step(`a link carries the text (${link.length} characters)`);

await page.getByRole("tab", { name: /Findings/ }).focus();
await page.keyboard.press("ArrowRight");
assert.equal(await page.getByRole("tab", { name: "Can it match?" }).getAttribute("aria-selected"), "true");
await page.keyboard.press("End");
assert.equal(await page.getByRole("tab", { name: "Tuned rule" }).getAttribute("aria-selected"), "true");
step("tabs follow the arrow keys");

const unnamed = await page.evaluate(() => [...document.querySelectorAll("button, textarea, select, input")].filter((e) => !(e.textContent.trim() || e.getAttribute("aria-label") || (e.labels && e.labels.length))).map((e) => e.outerHTML));
assert.deepEqual(unnamed, [], "controls without a name");
assert.equal(await page.evaluate(() => document.documentElement.lang), "en");
const contrast = await page.evaluate(() => {
	const luminance = (c) => c.match(/[\d.]+/g).slice(0, 3).map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }).reduce((s, v, i) => s + v * [0.2126, 0.7152, 0.0722][i], 0);
	const ground = (e) => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (!/, 0\)$/.test(c) && c !== "transparent") return c; } return "rgb(255,255,255)"; };
	return [...document.querySelectorAll("h1, h1 span, header p, label, button, p, small, b, code, pre")].filter((e) => e.offsetParent && e.textContent.trim()).map((e) => {
		const a = luminance(getComputedStyle(e).color), b = luminance(ground(e));
		return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), e.tagName + " " + e.textContent.slice(0, 30)];
	}).filter(([r]) => r < 4.5);
});
assert.deepEqual(contrast, [], "text with too little contrast");
step("controls have names, text has a contrast of 4.5 or more");

assert.deepEqual(requests, [], "requests to a network");
assert.deepEqual(complaints, [], "errors in the console");
step("no network, no error");
await browser.close();
