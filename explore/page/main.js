// The page: what is asked when something changes, and who is told of the answers.

import { Live, ask } from "./engine.js";
import { Atlas, homeOf } from "./geometry.js";
import { bounded, hands, stepOf } from "./hands.js";
import { dims, palette, spotColour } from "./paint.js";
import { by, fault, mapText, say, showBounds, showCount, showDistance, showLegend, showNext, showNoCount, showPattern, toast, typedNumber } from "./panel.js";
import { History, read, readPoint, spell, spellPoint } from "./state.js";
import { save, svgOf } from "./svg.js";
import { View } from "./view.js";

// How long, in milliseconds, answers may take while something moves and when it has come to rest.
const quick = 200, hasty = 2000, patient = 10000;

const view = new View(by("map"), by("over"), by("ball")), past = new History();
let info = null, state = null, plane = null;
let count = null, bounds = null, distance = null, counted = "";
let region = -1, pointed = null, atPoint = -1;
view.labels = ["x0", "x1"];

// subject spells what a question is about, and fresh says that the count that is shown is of that.
const subject = ({ model, plane, ball }) => JSON.stringify([model, plane, ball]);
const fresh = () => counted === subject({ ...about(), ball: ballOf() });

// about is the part of a question that says what it is about.
const about = () => ({ model: state.model, plane: state.plane });
const ballOf = () => ({ norm: state.ball.norm, center: [state.ball.x, state.ball.y], radius: state.ball.r, space: state.ball.space });

const live = {
  count: new Live("count", 33, gotCount, notCounted),
  distance: new Live("distance", 60, (d, body) => { if (!same(body)) return; distance = d; showDistance(d); frame(theBall); }, () => { distance = null; say("distance", ""); frame(theBall); }),
  bounds: new Live("bounds", 250, gotBounds, () => { bounds = null; by("bounds").replaceChildren(); say("boundsLeft", ""); }),
  map: new Live("map", 0, gotMap, (e) => banner(e.message)),
  region: new Live("region", 60, gotRegion, () => { say("affine", ""); }),
};

function gotCount(a, body, settled) {
  if (!same(body)) return;
  count = a;
  counted = subject(body);
  fault("ballError", null);
  const said = showCount(a, state.ball.space ? " in all " + info.inputs + " inputs" : info.inputs > 2 ? " on the plane" : "", body.milliseconds <= quick);
  by("answer").classList.toggle("stale", !fresh());
  if (settled || !moves) ladder(); // while the ball moves, new bounds bring the count along
  if (settled) tell(said);
}

// notCounted says that the ball has no count, for the number that stands there is of another.
function notCounted(e) {
  count = null; counted = "";
  showNoCount();
  fault("ballError", e);
  by("answer").classList.remove("stale");
  ladder();
}

// gotBounds takes the quick bounds first, and once the ball rests asks for the others.
function gotBounds(b, body) {
  if (!same(body)) return;
  bounds = b;
  ladder();
  if (!moves && body.milliseconds === quick) live.bounds.want({ ...body, milliseconds: patient }, true);
}

let every = false;
function ladder() { if (bounds) showBounds(bounds, count, every); }

// tell has screen readers say what the ball has come to, once it rests.
let telling = 0;
function tell(said) {
  clearTimeout(telling);
  telling = setTimeout(() => say("said", said + ". Centre " + state.ball.x + ", " + state.ball.y + ", radius " + state.ball.r + ". " + by("distance").textContent), 600);
}

// Frames: what is to be drawn is drawn once a frame: the ball, what lies over the map, the map; the view is
// otherwise, and the map may be moved instead.
const theBall = 1, theOver = 3, theMap = 7, theView = 11;
let dirty = 0, moves = false, pans = false;
function frame(what) {
  if (!dirty) requestAnimationFrame(() => {
    const d = dirty;
    dirty = 0;
    if (!state) return;
    view.view = state.view;
    if (d & theMap & ~theOver || d & theView & ~theOver && !view.shift()) view.draw(plane ? plane.points : [], info.class);
    if (d & theOver & ~theBall) view.drawOver(state.ball, state.hold || pointed ? region : -1, Boolean(state.hold), moves || pans);
    view.placeBall(state.ball, distance && distance.found && distance.neuron >= 0 ? distance.lower : 0);
  });
  dirty |= what;
}
const over = () => frame(theOver), all = () => frame(theMap);

// moving says that the ball begins to move, or has come to rest.
function moving(yes) { if (yes !== moves) { moves = yes; over(); } }

let before = null; // the spelling of the state before the gesture that is being made

// change puts part of the state in place of what it was, and asks what is to be asked.
function change(patch, drag) {
  const was = state;
  state = { ...state, ...patch };
  if (state.ball !== was.ball || state.plane !== was.plane || state.model !== was.model) { askBall(drag); showBall(); moving(drag); }
  if (state.view !== was.view || state.plane !== was.plane || state.model !== was.model) { view.view = state.view; askMap(drag); frame(drag && before !== null ? theView : theMap); }
  if (state.fill !== was.fill) repaint();
  if (state.hold !== was.hold || (state.ball !== was.ball && !drag)) findRegion();
  if (state.hold !== was.hold || !drag) over();
  frame(theBall);
}

function begin() { nearer = 0; if (before === null) before = spell(state); }
function end() {
  if (before === null) return;
  if (before !== spell(state)) { past.passed(before); address(); }
  before = null;
  if (pans) { pans = false; all(); }
  askBall(false); askMap(false); moving(false);
  findRegion();
  buttons();
}
// step is a change that is a gesture of its own.
function step(patch) { begin(); change(patch, false); end(); }

function address() { history.replaceState(null, "", "#" + spell(state)); }
function buttons() { by("undo").disabled = !past.past.length; by("redo").disabled = !past.future.length; }

function askBall(moving) {
  const ball = ballOf(), now = subject({ ...about(), ball });
  by("answer").classList.toggle("stale", !fresh());
  if (!moving && askBall.rests === now) return;
  askBall.rests = moving ? "" : now;
  const body = { ...about(), ball, milliseconds: moving ? quick : patient };
  for (const name of ["count", "distance"]) live[name].want(body, !moving);
  live.bounds.want({ ...body, milliseconds: quick }, !moving);
}

let mapSoon = 0;
function askMap(moving) {
  clearTimeout(mapSoon);
  const have = view.atlas, w = view.window(0);
  if (have && have.about === JSON.stringify(about()) && have.covers(w)) return;
  mapSoon = setTimeout(() => live.map.want({ ...about(), window: view.window(0.25), milliseconds: nearer ? hasty : patient }, true), moving ? 90 : 0);
}

// nearer is how often a first view of too many regions is halved before the page says so.
let nearer = 0;

const same = (body) => JSON.stringify({ model: body.model, plane: body.plane }) === JSON.stringify(about());

function gotMap(a, body) {
  if (!same(body)) return;
  if (a.why && nearer > 0) {
    nearer--;
    banner("Too much to draw: coming nearer");
    const { view: v, ball: b } = state;
    change({ view: bounded({ ...v, h: v.h / 2 }), ball: { ...b, r: Number((b.r / 2).toPrecision(2)) } }, false);
    address();
    return;
  }
  nearer = 0;
  banner(a.why === "many" ? "More than " + (Number(a.at_least) - 1).toLocaleString("en") + " regions in this window: zoom in to see them. Counts hold all the same."
    : a.why ? "The regions of this window were not found in " + body.milliseconds / 1000 + " s: zoom in." : "");
  const atlas = new Atlas(a);
  atlas.about = JSON.stringify(about());
  view.atlas = atlas;
  by("window").hidden = !a.count;
  say("window", a.count ? Number(a.count).toLocaleString("en") + (a.count === "1" ? " region" : " regions") + " in the window, exact" : "");
  repaint();
  findRegion.told = null; // another model's region may have the same pattern
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

// findRegion takes the region that is held, or else pointed at, or else that of the centre.
function findRegion() {
  const at = state.hold || pointed || [state.ball.x, state.ball.y], i = view.atlas ? view.atlas.find(...at) : -1;
  const found = i >= 0 ? view.atlas.pattern(i) : "";
  say("regionName", i < 0 ? "point at the map" : state.hold ? "held" : pointed ? "at the pointer; a click holds it" : "at the centre of the ball");
  if (i === region && found === findRegion.told) return;
  region = i; findRegion.told = found;
  if (state.hold || pointed) over();
  by("regionBody").hidden = region < 0;
  if (region < 0) { live.region.cancel(); return; }
  showPattern(found, plane.hidden);
  showNext(view.atlas, region, (n) => step({ hold: view.atlas.inside(n) }));
  live.region.want({ ...about(), pattern: found }, true);
}

function gotRegion(a, body) {
  if (!same(body)) return;
  say("affine", mapText(a.plane, 10, 2));
  by("affineMore").hidden = !a.inputs;
  if (a.inputs) say("affineAll", mapText(a.inputs, 10, 16));
}

// showBall writes the ball into its fields, but not where somebody types.
function showBall() {
  const b = state.ball;
  for (const [id, v] of [["ballX", b.x], ["ballY", b.y], ["ballR", b.r]]) {
    const el = by(id);
    if (document.activeElement === el && el.dirty) continue;
    if (el.value !== String(v)) el.value = String(v);
    el.removeAttribute("aria-invalid");
  }
  if (document.querySelector("input[name=norm]:checked")?.value !== b.norm) for (const r of document.getElementsByName("norm")) r.checked = r.value === b.norm;
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

// late does f for an error, unless it says that another plane was asked for since.
const overtaken = new Error("overtaken");
const late = (e, f) => { if (e !== overtaken) f(); };
let entering = 0;

// enter asks for the plane of a state; where there is none it throws and all stays as it is. Of two that are
// asked for at a time the later one is shown, whichever is answered first.
async function enter(s) {
  const turn = ++entering;
  let p;
  try { p = await ask("plane", { model: s.model, plane: s.plane }); } catch (e) { throw turn === entering ? e : overtaken; }
  if (turn !== entering) throw overtaken;
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

const home = () => homeOf(plane ? plane.points : [], view.w || 1, view.h || 1);

const firstPlane = () => info.inputs === 2 ? {} : info.points ? { inputs: [0, 1], origin: 0 } : { inputs: [0, 1], origin: [0] };

function showPlane(p) {
  const kind = p.through ? "through" : "inputs", points = info.points;
  for (const r of document.getElementsByName("plane")) r.checked = r.value === kind;
  by("byInputs").hidden = kind !== "inputs"; by("byPoints").hidden = kind !== "through";
  if (p.inputs) { by("inputX").value = p.inputs[0]; by("inputY").value = p.inputs[1]; by("origin").value = spellPoint(p.origin === undefined ? [0] : p.origin); }
  if (p.through) p.through.forEach((q, i) => { by("p" + i).value = spellPoint(q); });
  else if (!by("p0").value && points >= 3) [0, 1, 2].forEach((i) => { by("p" + i).value = spellPoint(Math.floor(i * (points - 1) / 2)); });
  say("planeHelp", "A point is " + info.inputs + " numbers, one number for all" + (points ? ", or p5 for data point 5, counted from 0, of " + points : "") + ".");
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
      next.inputs = [Number(by("inputX").value), Number(by("inputY").value)];
      if (!next.inputs.every((i) => Number.isInteger(i) && i >= 0 && i < info.inputs) || next.inputs[0] === next.inputs[1]) throw new Error("Two different inputs from 0 to " + (info.inputs - 1) + " are expected.");
      next.origin = point("origin");
    }
    begin();
    await enter({ ...state, plane: next });
    const h = home();
    nearer = 6;
    change({ plane: next, view: h.view, ball: { ...h.ball, norm: state.ball.norm, space: state.ball.space && !through }, hold: null }, false);
    showState();
    end();
  } catch (e) { late(e, () => { before = null; fault("planeError", e); }); }
}

function typed(id, part) {
  typedNumber(by(id), part === "r", () => ({ value: state.ball[part], step: 10 * stepOf(view) }), (v) => {
    const wrong = v === null ? part === "r" ? "The radius is a number greater than 0." : "The centre's coordinates are finite numbers." : null;
    fault("ballError", wrong);
    if (!wrong) step({ ball: { ...state.ball, [part]: v } });
  });
}

function nextPoint(by1) {
  const n = info.points;
  atPoint = (atPoint + by1 + n) % n;
  const x = plane.points[2 * atPoint], y = plane.points[2 * atPoint + 1];
  say("pointName", "p" + atPoint + " of " + n + (info.classes.length ? ", class " + info.classes[info.class[atPoint]] : ""));
  const inView = Math.abs(view.px(x) - view.w / 2) < view.w / 2 && Math.abs(view.py(y) - view.h / 2) < view.h / 2;
  step({ ball: { ...state.ball, x, y }, view: inView ? state.view : { ...state.view, x, y } });
}

async function toModel(i) {
  try {
    begin();
    await enter({ ...state, model: i });
    change({ model: i }, false);
    showState();
    end();
  } catch (e) { late(e, () => { before = null; toast(e.message); showState(); }); }
}

// back undoes or redoes a step. A gesture that is still being made ends before it.
function back(way) { end(); restore(past[way](spell(state))); }

async function restore(s) {
  if (s === null) return;
  try { await go(read(s, state, info, toast)); } catch (e) { late(e, () => toast(e.message)); }
}

function gone() { by("hint").classList.add("gone"); }

function wire() {
  hands(view, () => state, {
    begin, end,
    ball: (patch) => { gone(); begin(); change({ ball: { ...state.ball, ...patch } }, true); },
    view: (v) => { gone(); begin(); pans = true; change({ view: v }, true); },
    point: (x, y) => { const first = !pointed; pointed = [x, y]; if (!state.hold) findRegion(); if (first) over(); },
    away: () => { pointed = null; if (!state.hold) findRegion(); over(); },
    hold: (x, y) => {
      gone();
      const i = view.atlas ? view.atlas.find(x, y) : -1;
      change({ hold: i < 0 || (state.hold && i === region) ? null : view.atlas.inside(i) }, false);
    },
    release: () => { if (state.hold) change({ hold: null }, false); },
  });
  typed("ballX", "x"); typed("ballY", "y"); typed("ballR", "r");
  for (const r of document.getElementsByName("norm")) r.addEventListener("change", () => step({ ball: { ...state.ball, norm: r.value } }));
  by("space").addEventListener("change", () => step({ ball: { ...state.ball, space: by("space").checked } }));
  by("ballForm").addEventListener("submit", (e) => e.preventDefault());
  by("fill").addEventListener("change", () => step({ fill: by("fill").value }));
  by("boundsAll").addEventListener("click", () => {
    every = !every;
    by("boundsAll").setAttribute("aria-expanded", every);
    say("boundsAll", every ? "fewer" : "all bounds");
    ladder();
  });
  by("pointBack").addEventListener("click", () => nextPoint(-1));
  by("pointNext").addEventListener("click", () => nextPoint(1));
  by("planeForm").addEventListener("submit", replane);
  for (const r of document.getElementsByName("plane")) r.addEventListener("change", () => { by("byInputs").hidden = r.value !== "inputs"; by("byPoints").hidden = r.value !== "through"; });
  by("model").addEventListener("input", () => toModel(Number(by("model").value)));
  by("undo").addEventListener("click", () => back("undo"));
  by("redo").addEventListener("click", () => back("redo"));
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
  if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "z" && !typing) { e.preventDefault(); back(e.shiftKey ? "redo" : "undo"); }
  else if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "y" && !typing) { e.preventDefault(); back("redo"); }
  else if (e.key === "?" && !typing) by("helpBox").showModal();
  else if (e.key === "Home" && !typing) { e.preventDefault(); step({ view: home().view }); }
}

async function share() {
  address();
  try { await navigator.clipboard.writeText(location.href); toast("The link is copied. It opens while this explorer runs; behind another's address, what follows the # shows the same."); } catch { toast(location.href); }
}

function exportSVG() {
  const b = state.ball, title = info.models[state.model] + " (" + plane.widths + ")";
  const text = b.norm + " ball at (" + b.x + ", " + b.y + "), radius " + b.r + (fresh() ? ": " + by("count").textContent + " " + by("countSays").textContent : "");
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
    by("inputX").max = by("inputY").max = info.inputs - 1;
    say("spaceText", "Count in all " + info.inputs + " inputs, not on the plane alone");
    say("version", "relucell " + info.version);
    const base = { model: 0, plane: firstPlane(), view: { x: 0, y: 0, h: 1.2 }, ball: { norm: "l2", x: 0, y: 0, r: 0.5, space: false }, fill: "pattern", hold: null };
    let s = read(location.hash, base, info, toast);
    try { await enter(s); } catch (e) { toast(e.message); s = base; await enter(s); }
    const h = home(), given = location.hash.includes("ball=");
    s = { ...s, view: location.hash.includes("view=") ? s.view : h.view, ball: given ? s.ball : h.ball };
    if (!given && !location.hash.includes("view=")) nearer = 6;
    wire();
    state = s; view.view = s.view;
    askBall(false); askMap(false); findRegion(); showState(); all();
    setTimeout(gone, 12000);
    document.body.dataset.ready = "yes";
  } catch (e) { banner(e.message); }
}

start();
