// Hands on the map: pointers, wheel and keys, as calls of what the page does with them.
//
//   does.ball(patch)       the ball is otherwise, while it is dragged
//   does.view(view)        the view is otherwise
//   does.point(x, y)       the pointer is at a point of the plane; does.away() it has left
//   does.hold(x, y)        the region at a point is to be held, or released
//   does.begin(), end()    around a gesture

import { round, sizeIn } from "./geometry.js";

// grip is how far from an edge, in pixels, a mouse takes it; fingers are thicker.
const grip = (e) => e.pointerType === "touch" ? 24 : 9;

// Bounds of the view: beyond them floats do not tell pixels apart.
export function bounded(v) {
  const size = Math.max(1e-3, Math.abs(v.x), Math.abs(v.y));
  return { x: v.x, y: v.y, h: Math.max(size * 1e-9, Math.min(v.h, 1e12)) };
}

// stepOf is a step in the plane's units that is finer than a pixel, for short numbers.
export const stepOf = (view) => 0.5 / view.k;

export function hands(view, now, does) {
  const el = view.over, down = new Map();
  let drag = null, last = 0;

  // While something is dragged the map is where it was: to look would have the browser lay out the page.
  let rect = null;
  const where = (e) => { if (!drag || !rect) rect = el.getBoundingClientRect(); return [e.clientX - rect.left, e.clientY - rect.top]; };

  // partAt says what of the ball is at a pixel: its edge, the ball, or nothing.
  const partAt = (e, px, py) => {
    const b = now().ball, size = b.r * view.k, away = sizeIn(b.norm, px - view.px(b.x), py - view.py(b.y)), [hx, hy] = view.handle(b);
    if (Math.hypot(px - hx, py - hy) <= grip(e) + 4) return "edge";
    if (away <= size - grip(e) || away <= size / 2) return "ball";
    return Math.abs(away - size) <= grip(e) ? "edge" : "map";
  };

  el.addEventListener("pointerdown", (e) => {
    if (e.button > 1) return;
    const [px, py] = where(e);
    el.setPointerCapture(e.pointerId);
    down.set(e.pointerId, [px, py]);
    does.begin();
    if (down.size > 2) return;
    if (down.size === 2) { drag = { part: "pinch", moved: true, ...pinch() }; return; }
    const s = now();
    drag = { part: e.button === 1 || e.shiftKey ? "map" : partAt(e, px, py), px, py, ball: s.ball, view: s.view, moved: false };
  });

  const pinch = () => {
    const [[x0, y0], [x1, y1]] = [...down.values()]; // a third finger changes nothing
    return { px: (x0 + x1) / 2, py: (y0 + y1) / 2, far: Math.max(1, Math.hypot(x1 - x0, y1 - y0)), view: now().view };
  };

  el.addEventListener("pointermove", (e) => {
    const [px, py] = where(e);
    if (!drag) {
      el.style.cursor = { edge: "ew-resize", ball: "grab", map: "crosshair" }[partAt(e, px, py)];
      does.point(...view.at(px, py));
      return;
    }
    if (!down.has(e.pointerId)) return;
    down.set(e.pointerId, [px, py]);
    if (drag.part === "pinch") {
      if (down.size < 2) return;
      const p = pinch(), h = drag.view.h * drag.far / p.far, k = Math.min(view.w, view.h) / 2 / drag.view.h, k2 = Math.min(view.w, view.h) / 2 / h;
      const x = (drag.px - view.w / 2) / k + drag.view.x, y = (view.h / 2 - drag.py) / k + drag.view.y;
      does.view(bounded({ x: x - (p.px - view.w / 2) / k2, y: y - (view.h / 2 - p.py) / k2, h }));
      return;
    }
    if (!drag.moved && Math.hypot(px - drag.px, py - drag.py) < 4) return;
    drag.moved = true;
    const dx = (px - drag.px) / view.k, dy = (drag.py - py) / view.k, step = stepOf(view), b = drag.ball;
    if (drag.part === "ball") { el.style.cursor = "grabbing"; does.ball({ x: round(b.x + dx, step), y: round(b.y + dy, step) }); }
    else if (drag.part === "edge") {
      const from = view.at(drag.px, drag.py), to = view.at(px, py), size = ([x, y]) => sizeIn(b.norm, x - b.x, y - b.y);
      does.ball({ r: Math.max(round(b.r + size(to) - size(from), step), round(4 * step, step)) });
    } else does.view(bounded({ x: drag.view.x - dx, y: drag.view.y - dy, h: drag.view.h }));
  });

  const up = (e) => {
    if (!down.delete(e.pointerId) || !drag) return;
    if (down.size) return; // the other finger of a pinch
    const was = drag;
    drag = null;
    if (was.moved || e.type === "pointercancel") { does.end(); return; }
    const [x, y] = view.at(...where(e)), twice = e.timeStamp - last < 350;
    last = e.timeStamp;
    const step = stepOf(view);
    if (twice) does.ball({ x: round(x, step), y: round(y, step) });
    else does.hold(x, y);
    does.end();
  };
  el.addEventListener("pointerup", up);
  el.addEventListener("pointercancel", up);
  el.addEventListener("pointerleave", () => { if (!drag) does.away(); });

  let still;
  const zoom = (factor, px, py) => {
    const v = now().view, [x, y] = view.at(px, py), n = bounded({ ...v, h: v.h * factor }), f = n.h / v.h;
    does.begin();
    clearTimeout(still);
    does.view({ x: x - (x - v.x) * f, y: y - (y - v.y) * f, h: n.h });
    still = setTimeout(does.end, 350);
  };
  el.addEventListener("wheel", (e) => {
    e.preventDefault();
    const lines = e.deltaMode === 1 ? 24 : 1;
    zoom(Math.exp(Math.max(-240, Math.min(240, e.deltaY * lines)) / 420), ...where(e));
  }, { passive: false });

  el.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const b = now().ball, far = (e.shiftKey ? 2 : 20) / view.k, step = stepOf(view), grow = e.shiftKey ? 1.02 : 1.15;
    const move = { ArrowLeft: [-far, 0], ArrowRight: [far, 0], ArrowUp: [0, far], ArrowDown: [0, -far] }[e.key];
    const size = { "+": grow, "=": grow, "-": 1 / grow, "_": 1 / grow }[e.key];
    const enlarge = { PageUp: 1 / 1.4, PageDown: 1.4 }[e.key];
    if (move) keyed(() => does.ball({ x: round(b.x + move[0], step), y: round(b.y + move[1], step) }));
    else if (size) keyed(() => does.ball({ r: Math.max(round(b.r * size, Math.min(step, b.r / 100)), Number.MIN_VALUE) }));
    else if (enlarge) zoom(enlarge, view.w / 2, view.h / 2);
    else if (e.key === "Enter") keyed(() => does.hold(b.x, b.y));
    else if (e.key === "Escape") keyed(() => does.release());
    else return;
    e.preventDefault();
  });

  // keyed gathers keys that follow one another into one gesture.
  let held;
  const keyed = (f) => {
    does.begin();
    clearTimeout(held);
    f();
    held = setTimeout(does.end, 300);
  };
}
