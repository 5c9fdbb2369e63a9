// The words and numbers beside the map.

export const by = (id) => document.getElementById(id);
export const say = (id, text) => { by(id).textContent = text; };

// grouped writes a decimal string for people: 18,769, or 3.42 × 10¹⁸ where it is long.
export function grouped(s) {
  if (s.length <= 12) return s.replace(/\B(?=(\d{3})+$)/g, ",");
  const power = String(s.length - 1).replace(/\d/g, (d) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[d]);
  return s[0] + "." + s.slice(1, 3) + " × 10" + power;
}

// log10 of a decimal string.
const log10 = (s) => s.length > 300 ? s.length - 1 + Math.log10(Number(s.slice(0, 15)) / 1e14) : Math.log10(Number(s));

export const number = (v) => String(Number(v.toPrecision(6))).replace("e+", "e");

// showCount tells a count, or the bracket that is all there is yet.
export function showCount(a, where, live) {
  const { lower, upper } = a.regions, count = by("count"), says = by("countSays");
  count.textContent = a.exact ? grouped(lower) : grouped(lower) + " – " + grouped(upper);
  count.title = a.exact ? lower : lower + " to " + upper;
  count.classList.toggle("long", count.textContent.length > 12);
  const kind = document.createElement("b");
  kind.textContent = a.exact ? "exact" : "a bracket";
  const things = (a.exact && lower === "1" ? "activation region meets the ball" : "activation regions meet the ball") + where + ", ";
  says.replaceChildren(things, kind, a.exact ? "" : live ? ", while the ball moves" : ", stopped after " + number(a.seconds) + " s");
  return (a.exact ? lower : "between " + lower + " and " + upper) + " " + things + (a.exact ? "exact" : "a bracket");
}

// showNoCount is for a question that had no answer.
export function showNoCount() {
  say("count", "–");
  by("count").title = "";
  say("countSays", "not counted");
}

// unit spells a neuron by its number in the network, as lists and proofs count, and its layer, both from 0.
const unit = (j, layer) => "neuron " + j + ", layer " + layer;

export function showDistance(d) {
  const more = document.createElement("span");
  let text = "";
  if (!d.found) text = "Nearest boundary not found in time";
  else if (d.neuron < 0) text = "No boundary in sight of the centre";
  else { text = "Nearest boundary at " + number(d.lower); more.textContent = ", " + unit(d.neuron, d.layer); }
  by("distance").replaceChildren(text, more);
  by("distance").title = !d.found || d.neuron < 0 ? "" : d.exact ? "exactly " + d.exact : d.squared ? "its square is exactly " + d.squared : "";
}

// few is how many upper bounds the ladder has before all are wanted.
const few = 3;

// showBounds is a ladder: upper bounds down to the count, lower bounds below it. Equal ones share a
// rung. Without all, those nearest to the count are shown.
export function showBounds(b, count, every) {
  const rungs = [], add = (x) => {
    const last = rungs.at(-1);
    if (last && last.kind === x.kind && last.value === x.value) last.names.push(x.name);
    else rungs.push({ kind: x.kind, value: x.value, names: [x.name] });
  };
  const upper = b.bounds.filter((x) => x.kind === "upper"), lower = b.bounds.filter((x) => x.kind === "lower");
  upper.toReversed().forEach(add);
  if (!every) rungs.splice(0, rungs.length - few);
  if (count && count.exact) rungs.push({ kind: "count", value: count.regions.lower, names: ["count"] });
  else if (count) rungs.push({ kind: "count", value: count.regions.upper, names: ["bracket, upper end"] }, { kind: "count", value: count.regions.lower, names: ["bracket, lower end"] });
  const so = rungs.length;
  lower.forEach(add);
  if (!every) rungs.splice(so + 1);
  const most = Math.max(1e-9, ...rungs.map((x) => log10(x.value))), open = new Set([...by("bounds").querySelectorAll("li.open")].map((li) => li.dataset.names));
  const at = by("bounds").contains(document.activeElement) ? document.activeElement.closest("li").dataset.names : null;
  by("bounds").replaceChildren(...rungs.map((x) => rung(x, Math.max(0.01, log10(x.value) / most), open)));
  if (at !== null) [...by("bounds").children].find((li) => li.dataset.names === at)?.querySelector("button")?.focus();
  say("boundsLeft", b.left ? b.left + (b.left > 1 ? " bounds are" : " bound is") + " not done in time" : "");
}

function rung(x, part, open) {
  const li = document.createElement("li"), names = document.createElement("span"), value = document.createElement("span");
  li.dataset.names = x.kind + x.names[0];
  li.className = x.kind === "count" ? "own" : "";
  const bar = picture("0 0 100 1", [["rect", { width: 100 * part, height: 1 }]]);
  bar.setAttribute("preserveAspectRatio", "none");
  names.className = "names"; value.className = "value";
  value.textContent = (x.kind === "upper" ? "≤ " : x.kind === "lower" ? "≥ " : "") + grouped(x.value);
  value.title = x.value;
  if (x.names.length < 2) names.textContent = x.names[0];
  else {
    const b = document.createElement("button"), set = (all) => {
      li.classList.toggle("open", all); b.setAttribute("aria-expanded", all);
      b.textContent = all ? x.names.join(", ") : x.names[0] + " and " + (x.names.length - 1) + " more";
    };
    b.type = "button"; b.addEventListener("click", () => set(!li.classList.contains("open")));
    names.append(b); set(open.has(li.dataset.names));
  }
  li.append(bar, names, value);
  return li;
}

// picture makes a small SVG.
function picture(viewBox, shapes) {
  const ns = "http://www.w3.org/2000/svg", svg = document.createElementNS(ns, "svg");
  svg.setAttribute("viewBox", viewBox); svg.setAttribute("aria-hidden", "true");
  for (const [name, attributes] of shapes) {
    const e = document.createElementNS(ns, name);
    for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
    svg.append(e);
  }
  return svg;
}

export function showLegend(entries, points, spotColour) {
  const rows = entries.map((e) => {
    const n = e.colours.length, w = 36 / n;
    return [e.name, picture("0 0 36 12", e.colours.map((c, i) => ["rect", { x: i * w, y: e.line ? 5 : 0, width: w + (i < n - 1 ? 0.5 : 0), height: e.line ? 2.5 : 12, rx: e.smooth || e.line ? 0 : 2, fill: c }]))];
  });
  if (points.count) for (const [k, name] of (points.classes.length ? points.classes : [null]).entries()) rows.push([name === null ? "data point" : "data point of class " + name, picture("0 0 36 12", [["circle", { cx: 18, cy: 6, r: 4, fill: spotColour(k) }]])]);
  by("legend").replaceChildren(...rows.map(([name, svg]) => { const li = document.createElement("li"); li.append(svg, name); return li; }));
}

// mostRead is how many signs somebody listens to.
const mostRead = 64;

// mostSquares is how many neurons a pattern is drawn for, each as a square.
const mostSquares = 2048;

// showPattern draws a pattern, a row of squares for each layer.
export function showPattern(pattern, hidden) {
  let j = 0;
  const rows = hidden.map((n, l) => {
    const signs = pattern.slice(j, j + n), row = document.createElement("div"), across = n <= 24 ? Math.max(n, 12) : 32;
    j += n;
    const squares = [...signs.slice(0, mostSquares)].map((s, i) => ["rect", { x: (i % across) * 10 + 1, y: Math.floor(i / across) * 10 + 1, width: 8, height: 8, rx: 2, class: s === "+" ? "on" : s === "-" ? "off" : "zero" }]);
    row.append("layer " + l, picture("0 0 " + across * 10 + " " + Math.ceil(Math.min(n, mostSquares) / across) * 10, squares));
    row.title = signs;
    return row;
  });
  const on = [...pattern].filter((s) => s === "+").length;
  by("pattern").setAttribute("aria-label", "Pattern" + (pattern.length <= mostRead ? " " + pattern : "") + ": " + on + " of " + pattern.length + " neurons active");
  by("pattern").replaceChildren(...rows);
}

// mapText writes y = W·x + b, a line for each output, at most so many lines and terms.
export function mapText(m, lines, terms) {
  const all = m.W.slice(0, lines).map((row, k) => {
    const number = (v) => String(Number(v.toPrecision(4)));
    const parts = row.slice(0, terms).map((w, i) => [w, "·" + m.names[i]]);
    parts.push([m.b[k], ""]);
    const text = parts.map(([w, x], i) => (i ? (w < 0 ? " − " : " + ") : w < 0 ? "−" : "") + number(Math.abs(w)) + x);
    if (row.length > terms) text.splice(terms, 0, " + … (" + (row.length - terms) + " more)");
    return "y" + k + " = " + text.join("");
  });
  if (m.W.length > lines) all.push("… " + (m.W.length - lines) + " more outputs");
  return all.join("\n");
}

// showNext lists the neighbours of a region as buttons that go there.
export function showNext(atlas, i, go) {
  const next = atlas.next[i] || [], p = atlas.pattern(i), most = 24;
  const buttons = next.slice(0, most).map((n) => {
    const q = atlas.pattern(n), j = [...p].findIndex((s, k) => s !== q[k]), b = document.createElement("button");
    b.title = "the region across " + unit(j, atlas.layer[j]);
    b.type = "button"; b.textContent = j;
    b.setAttribute("aria-label", b.title);
    b.addEventListener("click", () => go(n));
    return b;
  });
  const had = by("next").contains(document.activeElement);
  by("next").replaceChildren(next.length + (next.length === 1 ? " neighbour" : " neighbours") + (next.length ? " across neuron" : " here"), ...buttons, next.length > most ? "…" : "");
  if (had && buttons.length) buttons[0].focus(); // or whoever goes by keys would begin anew
}

let fading = 0;
export function toast(text) {
  clearTimeout(fading);
  say("toast", text); by("toast").hidden = false;
  fading = setTimeout(() => { by("toast").hidden = true; }, 3500);
}

export function fault(id, e) {
  by(id).hidden = !e;
  say(id, e ? e.message || String(e) : "");
}

// typedNumber has set told of the number that is typed into a field, or stepped by arrows; null is none.
export function typedNumber(el, positive, now, set) {
  const right = (v) => Number.isFinite(v) && (!positive || v > 0);
  el.addEventListener("input", () => { el.dirty = true; });
  el.addEventListener("keydown", (e) => {
    if (e.key !== "ArrowUp" && e.key !== "ArrowDown") return;
    e.preventDefault();
    const { value, step } = now(), v = value + (e.key === "ArrowUp" ? 1 : -1) * (e.shiftKey ? step / 10 : step);
    el.dirty = false;
    if (right(v)) set(Number(v.toPrecision(10)));
  });
  el.addEventListener("change", () => {
    const v = el.value.trim() === "" ? NaN : Number(el.value.trim().replace("−", "-"));
    el.dirty = false;
    if (right(v)) el.removeAttribute("aria-invalid"); else el.setAttribute("aria-invalid", "true");
    set(right(v) ? v : null);
  });
}
