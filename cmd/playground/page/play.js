const $ = (id) => document.getElementById(id);
const text = $("text"), status = $("status");

// Elements are made, never written as HTML: a rule is somebody else's text.
function make(tag, attributes, ...children) {
	const e = document.createElement(tag);
	for (const [k, v] of Object.entries(attributes || {})) {
		if (k.startsWith("on")) e.addEventListener(k.slice(2), v);
		else if (v !== null && v !== undefined) e.setAttribute(k, v);
	}
	e.append(...children.filter((c) => c !== null && c !== undefined && c !== ""));
	return e;
}

// prose shows `code` in backticks as such.
function prose(s, tag = "span", attributes = {}) {
	const parts = String(s).split("`");
	return make(tag, attributes, ...parts.map((p, i) => (i % 2 && i < parts.length - 1 ? make("code", {}, p) : p)));
}

const plural = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;

// The worker and the numbering of its answers: only the last one is shown.
const worker = new Worker(URL.createObjectURL(new Blob([texts.worker], { type: "text/javascript" })));
let asked = 0, ready = false, timer = 0;

worker.onmessage = ({ data }) => {
	if (data.ready) {
		ready = true;
		ask();
	} else if (data.number === asked) {
		show(data.answer, data.took);
	}
};
worker.onerror = (e) => { status.textContent = "sigtune could not be started: " + e.message; };
worker.postMessage({ program: $("program").textContent.trim() });
$("program").textContent = "";

function ask() {
	if (!ready) return;
	status.textContent = "Checking …";
	document.body.classList.add("busy");
	worker.postMessage({ number: ++asked, request: { text: text.value, profile: $("profile").value } });
}

// A pause in typing, in milliseconds.
const pause = 250;
function typed() {
	clearTimeout(timer);
	timer = setTimeout(ask, pause);
	if (location.hash) history.replaceState(null, "", location.pathname + location.search);
}

let answer = null;
function show(a, took) {
	answer = a;
	document.body.classList.remove("busy");
	document.body.dataset.answered = asked;
	const findings = a.lint ? a.lint.findings : [];
	showFindings(findings, a);
	showProof(a);
	showTuning(a);
	showRule(a);
	$("tab-findings").textContent = `Findings (${findings.length})`;
	const scenarios = a.tune ? a.tune.scenarios.length : 0;
	$("tab-tuning").textContent = `False positives (${scenarios})`;
	const words = [findings.length ? plural(findings.length, "finding") : "No findings"];
	const verdicts = a.prove ? a.prove.rules.map((r) => r.matches.verdict) : [];
	if (verdicts.includes("no")) words.push("a rule can never match");
	if (scenarios) words.push(plural(scenarios, "scenario") + " judged");
	status.textContent = words.join(" · ") + ` · ${Math.max(1, Math.round(took))} ms`;
}

function showFindings(findings, a) {
	const items = findings.map((f) => make("li", {}, make("button", {
		type: "button", class: "finding " + f.severity, onclick: () => select(f),
		"aria-label": `${f.severity}, line ${f.line}: ${f.message}. ${a.recovered ? "" : "Selects the text."}`,
	}, make("b", {}, f.severity), " ", prose(f.message), make("small", {}, `${f.code} ${f.name} · line ${f.line}`), f.help ? prose(f.help, "small") : "")));
	const notes = a.errors.map((e) => prose(e, "p", { class: "quiet" }));
	const recovered = a.recovered ? [make("p", { class: "quiet" }, "The rule was found in a page, and its indentation put back. Lines are those of the rule under “Tuned rule”.")] : [];
	$("findings").replaceChildren(...recovered, items.length ? make("ul", { class: "list" }, ...items) : make("p", {}, "No findings. "), ...notes);
}

// select marks a finding in the text. Columns count code points, and a text area counts UTF-16 units.
function select(f) {
	if (answer.recovered) { choose("rule"); return; }
	const lines = text.value.split("\n");
	const at = (line, column) => {
		let n = 0;
		for (let i = 0; i < line - 1; i++) n += lines[i].length + 1;
		return n + [...(lines[line - 1] || "")].slice(0, column - 1).join("").length;
	};
	text.focus();
	text.setSelectionRange(at(f.line, f.column), at(f.end_line, f.end_column));
	text.scrollTop = Math.max(0, (f.line - 6) * parseFloat(getComputedStyle(text).lineHeight));
}

const event = (e) => make("pre", {}, JSON.stringify(e, null, 2));

function showProof(a) {
	const panel = $("proof");
	if (!a.prove) { panel.replaceChildren(make("p", {}, "There is no detection rule to prove something about.")); return; }
	panel.replaceChildren(...a.prove.rules.map((r) => {
		const m = r.matches;
		const words = { yes: ["good", "Yes: an event that it matches"], no: ["error", "No: no event can ever match it"] }[m.verdict] || ["warning", "Not decided"];
		return make("article", {}, make("h2", {}, r.title || "Rule"), make("p", { class: "verdict " + words[0] }, words[1]),
			m.event ? event(m.event) : "", ...m.proof.map((p) => prose("Proof: " + p.statement, "p", { class: "quiet" })),
			r.specificity ? prose("Specificity: " + r.specificity.words, "p", { class: "quiet" }) : "",
			...r.findings.map((f) => prose(f.message, "p")));
	}));
}

const verdicts = {
	filter: ["good", "Filter"], noop: ["info", "Nothing to exclude: the rule does not fire on this"], swallows: ["error", "Would switch off the rule"],
	needs_environment: ["warning", "Only your site can say it"], not_expressible: ["warning", "No field can say it"], refused: ["error", "Refused"],
};

function showTuning(a) {
	const panel = $("tuning");
	if (!a.tune || !a.tune.scenarios.length) { panel.replaceChildren(make("p", {}, "No scenarios. Write them under falsepositives, or paste a hunting page.")); return; }
	panel.replaceChildren(...a.tune.scenarios.map((s) => {
		const [tone, words] = verdicts[s.verdict] || ["info", s.verdict];
		return make("article", {}, make("h2", {}, s.text || s.exclusion), make("p", { class: "verdict " + tone }, words), prose(s.explanation, "p"),
			s.proof.statement ? prose(`Proof (${s.proof.kind}): ${s.proof.statement}`, "p", { class: "quiet" }) : "",
			...s.proposals.map((p) => make("section", {}, make("h3", {}, `${p.name}: grade ${p.safety.grade}`), make("pre", {}, p.block),
				...(p.safety.hides || []).map((h) => prose("Hides: " + h, "p", { class: "quiet" })),
				...(p.safety.evasion || []).slice(0, 1).map((e) => prose("How an attacker would use it: " + e.how, "p", { class: "quiet" })))));
	}));
}

function showRule(a) {
	const after = a.tune && a.tune.rule_after, before = new Set(a.rule.split("\n"));
	if (!after && !a.recovered) { $("rule").replaceChildren(make("p", {}, "No filter that could be recommended: the rule stays as it is.")); return; }
	const lines = (after || a.rule).replace(/\n$/, "").split("\n");
	$("rule").replaceChildren(
		make("button", { type: "button", onclick: (e) => copy(after || a.rule, e.target) }, "Copy the rule"),
		make("pre", { id: "after" }, ...lines.flatMap((l) => (before.has(l) ? [l + "\n"] : [make("span", { class: "new" }, l || " ")]))));
}

async function copy(what, button) {
	const label = button.textContent;
	try { await navigator.clipboard.writeText(what); button.textContent = "Copied"; } catch { button.textContent = "Not allowed here"; }
	setTimeout(() => { button.textContent = label; }, 1500);
}

// Tabs, with the keys of the WAI-ARIA pattern.
const tabs = [...document.querySelectorAll("[role=tab]")];
function choose(id, focus) {
	for (const t of tabs) {
		const on = t.getAttribute("aria-controls") === id;
		t.setAttribute("aria-selected", on);
		t.tabIndex = on ? 0 : -1;
		$(t.getAttribute("aria-controls")).hidden = !on;
		if (on && focus) t.focus();
	}
}
tabs.forEach((t, i) => {
	t.addEventListener("click", () => choose(t.getAttribute("aria-controls")));
	t.addEventListener("keydown", (e) => {
		const to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: tabs.length - 1 }[e.key];
		if (to === undefined) return;
		e.preventDefault();
		choose(tabs[(to + tabs.length) % tabs.length].getAttribute("aria-controls"), true);
	});
});

// The text in the address, behind the #, which browsers do not send.
const through = async (bytes, stream) => new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
async function link() {
	const packed = await through(new TextEncoder().encode(text.value), new CompressionStream("deflate-raw"));
	let binary = "";
	for (const b of packed) binary += String.fromCharCode(b);
	return "#z=" + btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
// The most characters that a link may unpack to: what the program takes.
const most = 1 << 20;
async function linked() {
	if (!location.hash.startsWith("#z=")) return null;
	try {
		const packed = Uint8Array.from(atob(location.hash.slice(3).replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
		const all = await through(packed, new DecompressionStream("deflate-raw"));
		return all.length > most ? null : new TextDecoder().decode(all);
	} catch { return null; }
}

$("share").addEventListener("click", async (e) => {
	history.replaceState(null, "", await link());
	copy(location.href, e.target);
});
text.addEventListener("input", typed);
$("profile").addEventListener("change", ask);
for (const name of ["rule", "hunt"]) {
	$("example-" + name).addEventListener("click", () => { text.value = texts[name]; typed(); choose(name === "hunt" ? "tuning" : "findings"); });
}
async function open() {
	const given = await linked();
	text.value = given === null ? texts.rule : given;
	ask();
}
addEventListener("hashchange", open);
open();
