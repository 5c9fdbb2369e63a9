// What the page shows is one value, and its spelling is what follows the # in the address: that is
// what is shared, and what undo goes back to.
//
//   {model, plane, view: {x, y, h}, ball: {norm, x, y, r, space}, fill, hold}
//
// h is half the shorter side of the view, hold the point of the region that is held, or null.

export const fills = ["pattern", "layer", "gradient", "class", "depth"];
export const norms = ["l2", "linf", "l1"];

// spellPoint spells a point of the inputs: numbers, or p5 for point 5 of the file, counted from 0 as everything is.
export const spellPoint = (p) => Array.isArray(p) ? p.join(",") : "p" + p;

// readPoint reads what spellPoint or a person wrote; null if it is neither.
export function readPoint(text, inputs, points) {
  const row = /^\s*(?:p|point)\s*(\d+)\s*$/i.exec(text);
  if (row) return Number(row[1]) < points ? Number(row[1]) : null;
  const x = text.trim().split(/[\s,;]+/).map(Number);
  return text.trim() && x.every(Number.isFinite) && (x.length === 1 || x.length === inputs) ? x : null;
}

export function spell(s) {
  const f = ["ball=" + [s.ball.norm, s.ball.x, s.ball.y, s.ball.r].join(","), "view=" + [s.view.x, s.view.y, s.view.h].join(","), "colour=" + s.fill];
  if (s.ball.space) f.push("in=all");
  if (s.model) f.push("net=" + s.model);
  if (s.plane.inputs) f.push("inputs=" + s.plane.inputs.join(","));
  if (s.plane.origin !== undefined) f.push("origin=" + spellPoint(s.plane.origin));
  if (s.plane.through) f.push("through=" + s.plane.through.map(spellPoint).join(";"));
  if (s.hold) f.push("hold=" + s.hold.join(","));
  return f.join("&");
}

const names = ["ball", "view", "colour", "in", "net", "inputs", "origin", "through", "hold"];

// read returns the state that a fragment spells. What it does not spell, or spells wrongly, is as in
// the state given, and what was wrong is told; the plane and what depends on it are taken together
// or not at all.
export function read(fragment, base, info, told) {
  const f = new Map(fragment.replace(/^#/, "").split("&").filter(Boolean).map((p) => { const i = p.indexOf("="); return i < 0 ? [p, ""] : [p.slice(0, i), unescaped(p.slice(i + 1))]; }));
  const wrong = new Set([...f.keys()].filter((k) => !names.includes(k))), expect = (right, ...keys) => { if (!right) for (const k of keys) if (f.has(k)) wrong.add(k); };
  const numbers = (name, n) => { const x = (f.get(name) || "").split(",").map((w) => w.trim() === "" ? NaN : Number(w)); return x.length === n && x.every(Number.isFinite) ? x : null; };
  const s = { ...base, hold: null };
  const plane = readPlane(f, numbers, info);
  if (plane) s.plane = plane;
  expect(plane, "inputs", "through");
  expect(s.plane.origin !== undefined, "origin");
  const model = numbers("net", 1);
  const known = model && Number.isInteger(model[0]) && model[0] >= 0 && model[0] < info.models.length;
  expect(known, "net");
  s.model = known ? model[0] : f.has("ball") ? 0 : base.model;
  const [norm, ...at] = (f.get("ball") || "").split(",");
  const b = at.map(Number);
  const right = norms.includes(norm) && b.length === 3 && b.every(Number.isFinite) && b[2] > 0;
  expect(right, "ball");
  expect(f.get("in") === "all", "in");
  if (right) s.ball = { norm, x: b[0], y: b[1], r: b[2], space: f.get("in") === "all" && Boolean(s.plane.inputs) };
  const v = numbers("view", 3);
  expect(v && v[2] > 0, "view");
  expect(fills.includes(f.get("colour")), "colour");
  if (v && v[2] > 0) s.view = { x: v[0], y: v[1], h: v[2] };
  if (fills.includes(f.get("colour"))) s.fill = f.get("colour");
  s.hold = numbers("hold", 2);
  expect(s.hold, "hold");
  if (wrong.size) told("Not understood, and left out, of the link: " + [...wrong].map((w) => w.length > 24 ? w.slice(0, 24) + "…" : w).slice(0, 6).join(", "));
  return s;
}

function unescaped(text) {
  try { return decodeURIComponent(text); } catch { return text; }
}

function readPlane(f, numbers, info) {
  if (info.inputs === 2 && !f.has("through") && !f.has("inputs")) return {};
  const inputs = numbers("inputs", 2);
  if (inputs && inputs.every((i) => Number.isInteger(i) && i >= 0 && i < info.inputs) && inputs[0] !== inputs[1]) {
    const plane = { inputs };
    const origin = f.has("origin") ? readPoint(f.get("origin"), info.inputs, info.points) : null;
    if (origin !== null) plane.origin = origin;
    return plane;
  }
  const through = f.has("through") ? f.get("through").split(";").map((w) => readPoint(w, info.inputs, info.points)) : [];
  return through.length === 3 && through.every((p) => p !== null) ? { through } : null;
}

// History is undo and redo over spellings.
export class History {
  constructor() { this.past = []; this.future = []; }

  // passed notes that the state was spelled so before it changed.
  passed(before) {
    if (this.past.at(-1) !== before) this.past.push(before);
    if (this.past.length > 500) this.past.shift();
    this.future = [];
  }

  undo(now) { return this.step(this.past, this.future, now); }
  redo(now) { return this.step(this.future, this.past, now); }

  step(from, to, now) {
    while (from.length) {
      const s = from.pop();
      if (s !== now) { to.push(now); return s; }
    }
    return null;
  }
}
