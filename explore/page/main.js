// The page: what is asked when something changes, and who is told of the answers.

import { Live, ask } from "./engine.js";
import { Atlas } from "./geometry.js";
import { bounded, hands, stepOf } from "./hands.js";
import { dims, palette, spotColour } from "./paint.js";
import { by, fault, mapText, say, showBounds, showCount, showDistance, showLegend, showNext, showPattern, toast } from "./panel.js";
import { History, read, readPoint, spell, spellPoint } from "./state.js";
import { save, svgOf } from "./svg.js";
import { View } from "./view.js";

// How long, in milliseconds, answers may take while something moves and when it has come to rest.
const quick = 200, patient = 10000;

const view = new View(by("map"), by("over")), past = new History();
let info = null, state = null, plane = null;
let count = null, bounds = null, distance = null, counted = "";
let region = -1, pointed = null, atPoint = -1;
view.labels = ["x1", "x2"];

// about is the part of a question that says what it is about.
const about = () => ({ model: state.model, plane: state.plane });
const ballOf = () => ({ norm: state.ball.norm, center: [state.ball.x, state.ball.y], radius: state.ball.r, space: state.ball.space });

const live = {
  count: new Live("count", gotCount, (e) => { fault("ballError", e); by("answer").classList.remove("stale"); }),
  distance: new Live("distance", (d) => { distance = d; showDistance(d, plane.hidden); over(); }, () => { distance = null; say("distance", ""); over(); }),
  bounds: new Live("bounds", (b) => { bounds = b; showBounds(b, count); }, () => { bounds = null; by("bounds").replaceChildren(); }),
  map: new Live("map", gotMap, (e) => banner(e.message)),
  region: new Live("region", gotRegion, () => { say("affine", ""); }),
};

function gotCount(a, body, settled) {
  count = a;
  counted = JSON.stringify(body.ball);
  fault("ballError", null);
  const said = showCount(a, state.ball.space ? " of all " + info.inputs + " inputs" : info.inputs > 2 ? " on the plane" : "", body.milliseconds <= quick);
  by("answer").classList.toggle("stale", counted !== JSON.stringify(ballOf()));
  if (bounds) showBounds(bounds, count);
  if (settled) tell(said);
}

// tell has screen readers say what the ball has come to, once it rests.
let telling = 0;
function tell(said) {
  clearTimeout(telling);
  telling = setTimeout(() => say("said", said + ". Centre " + state.ball.x + ", " + state.ball.y + ", radius " + state.ball.r + ". " + by("distance").textContent), 600);
}

// Frames: what is to be drawn is drawn once a frame.
let dirty = 0;
function over() { frame(1); }
function all() { frame(3); }
function frame(what) {
  if (!dirty) requestAnimationFrame(() => {
    const d = dirty;
    dirty = 0;
    if (!state) return;
    if (d & 2) { view.view = state.view; view.draw(plane ? plane.points : [], info.class); }
    view.drawOver(state.ball, state.ball.space ? 0 : distance && distance.found && distance.neuron >= 0 ? distance.lower : 0, region, Boolean(state.hold));
  });
  dirty |= what;
}

// change puts part of the state in place of what it was, and asks what is to be asked.
function change(patch, moving) {
  const was = state;
  state = { ...state, ...patch };
  if (state.ball !== was.ball || state.plane !== was.plane || state.model !== was.model) { askBall(moving); showBall(); }
  if (state.view !== was.view || state.plane !== was.plane || state.model !== was.model) { view.view = state.view; askMap(moving); all(); }
  if (state.fill !== was.fill) repaint();
  if (state.hold !== was.hold) findRegion();
  over();
}

let before = null;
function begin() { if (before === null) before = spell(state); }
function end() {
  if (before === null) return;
  if (before !== spell(state)) { past.passed(before); address(); }
  before = null;
  askBall(false); askMap(false);
  buttons();
}
// step is a change that is a gesture of its own.
function step(patch) { begin(); change(patch, false); end(); }

function address() { history.replaceState(null, "", "#" + spell(state)); }
function buttons() { by("undo").disabled = !past.past.length; by("redo").disabled = !past.future.length; }

function askBall(moving) {
  const ball = ballOf(), now = JSON.stringify([about(), ball]);
  by("answer").classList.toggle("stale", counted !== JSON.stringify(ball));
  if (!moving && askBall.rests === now) return;
  askBall.rests = moving ? "" : now;
  const body = { ...about(), ball, milliseconds: moving ? quick : patient };
  for (const name of ["count", "distance", "bounds"]) live[name].want(body, !moving);
}

let mapSoon = 0;
function askMap(moving) {
  clearTimeout(mapSoon);
  const have = view.atlas, w = view.window(0);
  if (have && have.about === JSON.stringify(about()) && have.covers(w)) return;
  mapSoon = setTimeout(() => live.map.want({ ...about(), window: view.window(0.25), milliseconds: patient }, true), moving ? 90 : 0);
}

const same = (body) => JSON.stringify({ model: body.model, plane: body.plane }) === JSON.stringify(about());

function gotMap(a, body) {
  if (!same(body)) return;
  banner(a.why ? a.why[0].toUpperCase() + a.why.slice(1) + " in this window: zoom in to see them. Counts hold all the same." : "");
  const atlas = new Atlas(a);
  atlas.about = JSON.stringify(about());
  view.atlas = atlas;
  say("window", a.count ? Number(a.count).toLocaleString("en") + (a.count === "1" ? " region" : " regions") + " in the window, exact" : "");
  repaint();
  findRegion();
}

function banner(text) { by("banner").hidden = !text; say("banner", text); }

function repaint() {
  if (!view.atlas || !plane) return;
  view.show(view.atlas, state.fill, plane.outputs);
  const noClass = state.fill === "class" && !view.atlas.classes && view.atlas.regions.length;
  showLegend(noClass ? [{ name: "too many outputs for classes: by pattern", colours: [] }] : view.paint.legend, { count: info.points, classes: info.classes }, spotColour);
  by("fill").value = state.fill;
  all();
}

// findRegion takes the region that is held, or else the one that is pointed at.
function findRegion() {
  const at = state.hold || pointed, i = at && view.atlas ? view.atlas.find(...at) : -1;
  const found = i >= 0 ? view.atlas.pattern(i) : "";
  over();
  if (i === region && found === findRegion.told) return;
  region = i; findRegion.told = found;
  tellRegion(found);
}

function tellRegion(pattern) {
  by("regionBody").hidden = region < 0;
  say("regionName", region < 0 ? "point at the map" : state.hold ? "held" : "at the pointer; click to hold");
  if (region < 0) { live.region.cancel(); return; }
  showPattern(pattern, plane.hidden);
  showNext(view.atlas, region, plane.hidden, (n) => step({ hold: view.atlas.inside(n) }));
  live.region.want({ ...about(), pattern }, true);
}

function gotRegion(a) {
  say("affine", mapText(a.plane, 10, 2));
  by("affineMore").hidden = !a.inputs;
  if (a.inputs) say("affineAll", mapText(a.inputs, 10, 16));
}

// showBall writes the ball into its fields, but not where somebody types.
function showBall() {
  const b = state.ball;
  for (const [id, v] of [["ballX", b.x], ["ballY", b.y], ["ballR", b.r]]) if (document.activeElement !== by(id) || !by(id).dirty) { by(id).value = String(v); by(id).removeAttribute("aria-invalid"); }
  for (const r of document.getElementsByName("norm")) r.checked = r.value === b.norm;
  by("space").checked = b.space;
}

function showState() {
  showBall();
  by("fill").value = state.fill;
  by("model").value = state.model;
  say("net", info.models[state.model]);
  say("modelName", info.models[state.model]);
  buttons();
}

// go puts another state in place of the whole, as undo and a link do.
async function go(s) {
  const other = !state || JSON.stringify(s.plane) !== JSON.stringify(state.plane) || s.model !== state.model || !plane;
  if (other) await enter(s);
  change({ ...s, view: bounded(s.view) }, false);
  findRegion();
  showState();
  address();
}

// enter asks for the plane of a state; where there is none it throws and all stays as it is.
async function enter(s) {
  const p = await ask("plane", { model: s.model, plane: s.plane });
  plane = p;
  view.labels = p.labels;
  say("labelX", p.labels[0]); say("labelY", p.labels[1]);
  say("widths", p.widths);
  document.title = info.models[s.model] + " · relucell explorer";
  by("notesCard").hidden = !p.notes.length;
  by("notes").replaceChildren(...p.notes.map((n) => { const li = document.createElement("li"); li.textContent = n; return li; }));
  by("spaceRow").hidden = !s.plane.inputs;
  showPlane(s.plane);
}

// home is a view and a ball that show the points, or else [−1, 1]².
function home() {
  const p = plane ? plane.points : [];
  let [x0, x1, y0, y1] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < p.length; i += 2) { x0 = Math.min(x0, p[i]); x1 = Math.max(x1, p[i]); y0 = Math.min(y0, p[i + 1]); y1 = Math.max(y1, p[i + 1]); }
  if (!(x1 >= x0)) [x0, x1, y0, y1] = [-1, 1, -1, 1];
  const w = Math.max((x1 - x0) / 2, 1e-9), h = Math.max((y1 - y0) / 2, 1e-9), side = Math.min(view.w, view.h) || 1;
  const half = 1.18 * Math.max(w * side / (view.w || 1), h * side / (view.h || 1));
  const mid = [(x0 + x1) / 2, (y0 + y1) / 2], r = Number((half / 2.5).toPrecision(1));
  return { view: { x: Number(mid[0].toPrecision(4)), y: Number(mid[1].toPrecision(4)), h: Number(half.toPrecision(4)) }, ball: { norm: "l2", x: Number(mid[0].toPrecision(2)), y: Number(mid[1].toPrecision(2)), r, space: false } };
}

const firstPlane = () => info.inputs === 2 ? {} : info.points ? { inputs: [0, 1], origin: 0 } : { inputs: [0, 1], origin: [0] };

function showPlane(p) {
  const kind = p.through ? "through" : "inputs", points = info.points;
  for (const r of document.getElementsByName("plane")) r.checked = r.value === kind;
  by("byInputs").hidden = kind !== "inputs"; by("byPoints").hidden = kind !== "through";
  if (p.inputs) { by("inputX").value = p.inputs[0] + 1; by("inputY").value = p.inputs[1] + 1; by("origin").value = spellPoint(p.origin === undefined ? [0] : p.origin); }
  if (p.through) p.through.forEach((q, i) => { by("p" + i).value = spellPoint(q); });
  else if (!by("p0").value && points >= 3) [0, 1, 2].forEach((i) => { by("p" + i).value = spellPoint(Math.floor(i * (points - 1) / 2)); });
  say("planeHelp", "A point is " + info.inputs + " numbers, one number for all" + (points ? ", or p5 for the fifth data point of " + points : "") + ".");
}

async function replane(e) {
  e.preventDefault();
  fault("planeError", null);
  const through = document.querySelector("input[name=plane]:checked").value === "through", next = {};
  const point = (id) => {
    const p = readPoint(by(id).value, info.inputs, info.points);
    if (p === null) throw new Error(by(id).value.trim() + " is no point: " + by("planeHelp").textContent.replace(/^A point is/, "expected"));
    return p;
  };
  try {
    if (through) next.through = ["p0", "p1", "p2"].map(point);
    else {
      next.inputs = [Number(by("inputX").value) - 1, Number(by("inputY").value) - 1];
      if (!next.inputs.every((i) => Number.isInteger(i) && i >= 0 && i < info.inputs) || next.inputs[0] === next.inputs[1]) throw new Error("Two different inputs from 1 to " + info.inputs + " are expected.");
      next.origin = point("origin");
    }
    begin();
    await enter({ ...state, plane: next });
    const h = home();
    change({ plane: next, view: h.view, ball: { ...h.ball, norm: state.ball.norm, space: state.ball.space && !through }, hold: null }, false);
    showState();
    end();
  } catch (e) { before = null; fault("planeError", e); }
}

function typed(id, part) {
  const el = by(id);
  el.addEventListener("input", () => { el.dirty = true; });
  el.addEventListener("keydown", (e) => {
    if (e.key !== "ArrowUp" && e.key !== "ArrowDown") return;
    e.preventDefault();
    const by10 = (e.shiftKey ? 1 : 10) * stepOf(view), v = state.ball[part] + (e.key === "ArrowUp" ? by10 : -by10);
    if (part !== "r" || v > 0) { el.dirty = false; step({ ball: { ...state.ball, [part]: Number(v.toPrecision(10)) } }); }
  });
  el.addEventListener("change", () => {
    const v = el.value.trim() === "" ? NaN : Number(el.value.trim().replace("−", "-"));
    el.dirty = false;
    if (!Number.isFinite(v) || (part === "r" && !(v > 0))) {
      el.setAttribute("aria-invalid", "true");
      fault("ballError", part === "r" ? "The radius is a number greater than 0." : "The centre's coordinates are finite numbers.");
      return;
    }
    el.removeAttribute("aria-invalid");
    fault("ballError", null);
    step({ ball: { ...state.ball, [part]: v } });
  });
}

function nextPoint(by1) {
  const n = info.points;
  atPoint = (atPoint + by1 + n) % n;
  const x = plane.points[2 * atPoint], y = plane.points[2 * atPoint + 1];
  say("pointName", "p" + (atPoint + 1) + " of " + n + (info.classes.length ? ", class " + info.classes[info.class[atPoint]] : ""));
  const inView = Math.abs(view.px(x) - view.w / 2) < view.w / 2 && Math.abs(view.py(y) - view.h / 2) < view.h / 2;
  step({ ball: { ...state.ball, x, y }, view: inView ? state.view : { ...state.view, x, y } });
}

async function toModel(i) {
  try {
    begin();
    const s = { ...state, model: i };
    await enter(s);
    change({ model: i }, false);
    showState();
    end();
  } catch (e) { before = null; toast(e.message); showState(); }
}

async function restore(s) {
  if (s === null) return;
  try { await go(read(s, state, info)); } catch (e) { toast(e.message); }
}

function gone() { by("hint").classList.add("gone"); }

function wire() {
  hands(view, () => state, {
    begin, end,
    ball: (patch) => { gone(); change({ ball: { ...state.ball, ...patch } }, true); },
    view: (v) => { gone(); change({ view: v }, true); },
    point: (x, y) => { pointed = [x, y]; if (!state.hold) findRegion(); },
    away: () => { pointed = null; if (!state.hold) findRegion(); },
    hold: (x, y) => {
      gone();
      const i = view.atlas ? view.atlas.find(x, y) : -1;
      change({ hold: i < 0 || (state.hold && i === region) ? null : [x, y] }, false);
      tellRegion(findRegion.told);
    },
    release: () => { if (state.hold) { change({ hold: null }, false); tellRegion(findRegion.told); } },
  });
  typed("ballX", "x"); typed("ballY", "y"); typed("ballR", "r");
  for (const r of document.getElementsByName("norm")) r.addEventListener("change", () => step({ ball: { ...state.ball, norm: r.value } }));
  by("space").addEventListener("change", () => step({ ball: { ...state.ball, space: by("space").checked } }));
  by("ballForm").addEventListener("submit", (e) => e.preventDefault());
  by("fill").addEventListener("change", () => step({ fill: by("fill").value }));
  by("pointBack").addEventListener("click", () => nextPoint(-1));
  by("pointNext").addEventListener("click", () => nextPoint(1));
  by("planeForm").addEventListener("submit", replane);
  for (const r of document.getElementsByName("plane")) r.addEventListener("change", () => { by("byInputs").hidden = r.value !== "inputs"; by("byPoints").hidden = r.value !== "through"; });
  by("model").addEventListener("input", () => toModel(Number(by("model").value)));
  by("undo").addEventListener("click", () => restore(past.undo(spell(state))));
  by("redo").addEventListener("click", () => restore(past.redo(spell(state))));
  by("whole").addEventListener("click", () => step({ view: home().view }));
  by("share").addEventListener("click", share);
  by("export").addEventListener("click", exportSVG);
  by("help").addEventListener("click", () => by("helpBox").showModal());
  by("sheet").addEventListener("click", () => by("sheet").setAttribute("aria-expanded", by("panel").classList.toggle("open")));
  addEventListener("hashchange", () => { if (location.hash !== "#" + spell(state)) { past.passed(spell(state)); restore(location.hash); } });
  addEventListener("keydown", keys);
  dims.addEventListener("change", repaint);
  new ResizeObserver(() => { if (view.fit() && state) { askMap(true); all(); } }).observe(by("stage"));
}

function keys(e) {
  const typing = e.target.matches("input:not([type=radio]):not([type=range]):not([type=checkbox]), textarea, select");
  if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "z" && !typing) { e.preventDefault(); restore(e.shiftKey ? past.redo(spell(state)) : past.undo(spell(state))); }
  else if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "y" && !typing) { e.preventDefault(); restore(past.redo(spell(state))); }
  else if (e.key === "?" && !typing) by("helpBox").showModal();
  else if (e.key === "Home" && !typing) { e.preventDefault(); step({ view: home().view }); }
}

async function share() {
  address();
  try { await navigator.clipboard.writeText(location.href); toast("The link is copied. It opens while this explorer runs; behind another's address, what follows the # shows the same."); } catch { toast(location.href); }
}

function exportSVG() {
  const b = state.ball, title = info.models[state.model] + " (" + plane.widths + ")";
  const text = b.norm + " ball at (" + b.x + ", " + b.y + "), radius " + b.r + ": " + by("count").textContent + " " + by("countSays").textContent;
  save(info.models[state.model].replace(/\.[a-z.]+$/i, "") + "-map.svg", svgOf(view, b, plane.points, info.class, { title, text }), "image/svg+xml");
  toast("Saved as SVG.");
}

async function start() {
  try {
    info = await ask("info", {});
    view.fit();
    by("time").hidden = info.models.length < 2;
    by("model").max = info.models.length - 1;
    by("pointRow").hidden = !info.points;
    by("planeCard").hidden = info.inputs === 2;
    by("inputX").max = by("inputY").max = info.inputs;
    say("spaceText", "Count in all " + info.inputs + " inputs, not on the plane alone");
    say("version", "relucell " + info.version);
    const base = { model: 0, plane: firstPlane(), view: { x: 0, y: 0, h: 1.2 }, ball: { norm: "l2", x: 0, y: 0, r: 0.5, space: false }, fill: "pattern", hold: null };
    let s = read(location.hash, base, info);
    try { await enter(s); } catch (e) { toast(e.message); s = base; await enter(s); }
    const h = home(), given = location.hash.includes("ball=");
    s = { ...s, view: location.hash.includes("view=") ? s.view : h.view, ball: given ? s.ball : h.ball };
    wire();
    state = s; view.view = s.view;
    askBall(false); askMap(false); findRegion(); showState(); all();
    setTimeout(gone, 12000);
    document.body.dataset.ready = "yes";
  } catch (e) { banner(e.message); }
}

start();
