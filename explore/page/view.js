// The map in three sheets: a canvas of what changes with the view, one of the region that is pointed at
// and of the veil around the ball, and the ball itself. A drag of the ball moves the last alone, and
// draws nothing; a drag of the map moves the first, which is larger than what is seen, and draws it
// where that does not suffice, and at rest.

import { ballPath, outlineOf, ticks, tickText } from "./geometry.js";
import { painted, palette, spotColour } from "./paint.js";

// margin is how much more than is seen, in parts of it, is drawn on each side.
const margin = 1 / 8;

// blurred is how much a drawing may be enlarged, or made smaller, before it is drawn again.
const blurred = 1.6;

export class View {
  constructor(map, over, ball) {
    this.map = map; this.over = over; this.ball = ball;
    this.parts = Object.fromEntries(["halo", "edge", "near", "mid", "grip"].map((name) => [name, ball.querySelector("." + name)]));
    this.g = map.getContext("2d"); this.o = over.getContext("2d");
    this.w = this.h = 0; this.ratio = 1;
    this.atlas = null; this.paths = null; this.paint = null;
    this.view = { x: 0, y: 0, h: 1 };
    this.drawn = null; this.shifted = false; // the view that the map was drawn for, and whether it was moved since
    this.placed = ""; // what of the ball its place does not change
  }

  // fit takes the size of the canvas; it says whether that has changed.
  fit() {
    const r = this.over.getBoundingClientRect(), ratio = window.devicePixelRatio || 1;
    if (r.width === this.w && r.height === this.h && ratio === this.ratio) return false;
    this.w = r.width; this.h = r.height; this.ratio = ratio;
    const size = (c, w, h) => { c.width = Math.max(1, Math.round(w * ratio)); c.height = Math.max(1, Math.round(h * ratio)); };
    size(this.over, r.width, r.height);
    const [mx, my] = this.margins, w = r.width + 2 * mx, h = r.height + 2 * my;
    size(this.map, w, h);
    Object.assign(this.map.style, { left: -mx + "px", top: -my + "px", width: w + "px", height: h + "px" });
    this.drawn = null;
    return true;
  }

  get margins() { return [Math.round(this.w * margin), Math.round(this.h * margin)]; }

  // k is the number of pixels in a unit of the plane.
  get k() { return Math.min(this.w, this.h) / 2 / this.view.h; }
  px(x) { return (x - this.view.x) * this.k + this.w / 2; }
  py(y) { return this.h / 2 - (y - this.view.y) * this.k; }
  at(px, py) { return [(px - this.w / 2) / this.k + this.view.x, (this.h / 2 - py) / this.k + this.view.y]; }

  // window is what is seen, and a part of it more on all sides.
  window(more) {
    const a = this.w / 2 / this.k * (1 + more), b = this.h / 2 / this.k * (1 + more), { x, y } = this.view;
    return [x - a, x + a, y - b, y + b];
  }

  // show takes another map, or the same in other colours.
  show(atlas, fill, outputs) {
    this.atlas = atlas;
    this.paint = painted(atlas, fill, outputs);
    const f = atlas.f;
    const trace = (path, v, step) => {
      for (let i = 0; i < v.length; i += step) { if (i) path.lineTo(v[i] * f[0], v[i + 1] * f[1]); else path.moveTo(v[0] * f[0], v[1] * f[1]); }
      if (v.length) path.closePath();
    };
    const fillsOf = this.paint.groups.map((g) => {
      const path = new Path2D();
      for (const i of g.regions) trace(path, atlas.regions[i].v, 3);
      for (const v of g.cells) trace(path, v, 2);
      return { colour: g.colour, path };
    });
    const lines = [];
    this.sides((layer, x0, y0, x1, y1) => {
      const path = lines[layer] || (lines[layer] = new Path2D());
      path.moveTo(x0, y0); path.lineTo(x1, y1);
    });
    const thin = atlas.regions.filter((r) => !r.v.length).map((r) => [r.p[0] * f[0], r.p[1] * f[1]]);
    this.paths = { fills: fillsOf, lines, thin };
  }

  // sides calls f for each boundary of two regions once, in the units of paths.
  sides(f) {
    const a = this.atlas, [fx, fy] = a.f;
    a.regions.forEach((r, i) => {
      let p = null;
      for (let e = 0; e < r.v.length; e += 3) {
        const j = r.v[e + 2], n = (e + 3) % r.v.length;
        if (j < 0) continue;
        if ((p || (p = a.pattern(i)))[j] !== "+") f(a.layer[j], r.v[e] * fx, r.v[e + 1] * fy, r.v[n] * fx, r.v[n + 1] * fy);
      }
    });
  }

  // lineWidth thins boundaries out as those on the screen get many.
  lineWidth(layer) {
    const a = this.atlas, seen = a.regions.length * Math.min(1, Math.pow(this.view.h / a.unit, 2));
    return (layer ? 0.8 : 1.25) * Math.max(0.3, Math.min(1, Math.sqrt(500 / Math.max(1, seen))));
  }

  draw(points, classes) {
    const g = this.g, p = palette(), r = this.ratio, [mx, my] = this.margins;
    this.drawn = this.view; this.shifted = false;
    this.map.style.transform = "";
    g.setTransform(r, 0, 0, r, r * mx, r * my);
    g.fillStyle = p.paper; g.fillRect(-mx, -my, this.w + 2 * mx, this.h + 2 * my);
    if (this.paths) this.drawMap(g, r);
    this.drawPoints(g, points, classes, p);
  }

  // shift moves what is drawn to where it is in the view, and says whether that shows all of it.
  shift() {
    if (!this.drawn) return false;
    const s = this.drawn.h / this.view.h, tx = (this.drawn.x - this.view.x) * this.k, ty = (this.view.y - this.drawn.y) * this.k, [mx, my] = this.margins;
    const all = s * (this.w / 2 + mx) >= this.w / 2 + Math.abs(tx) && s * (this.h / 2 + my) >= this.h / 2 + Math.abs(ty);
    if (!all || s > blurred || s < 1 / blurred) return false;
    this.map.style.transform = "translate(" + tx + "px, " + ty + "px) scale(" + s + ")";
    this.shifted = true;
    return true;
  }

  drawMap(g, r) {
    const a = this.atlas, k = this.k * a.unit;
    g.save();
    g.transform(k, 0, 0, -k, this.px(a.mid[0]), this.py(a.mid[1]));
    g.lineJoin = "round"; g.lineCap = "round";
    for (const { colour, path } of this.paths.fills) {
      g.fillStyle = g.strokeStyle = colour; g.lineWidth = 0.7 / k;
      g.stroke(path); g.fill(path); // the stroke closes the hairlines between cells
    }
    for (let l = this.paths.lines.length - 1; l >= 0; l--) {
      if (!this.paths.lines[l]) continue;
      g.strokeStyle = this.paint.inks(l); g.lineWidth = this.lineWidth(l) / k;
      g.stroke(this.paths.lines[l]);
    }
    g.fillStyle = palette().ink;
    for (const [x, y] of this.paths.thin) { g.beginPath(); g.arc(x, y, 1.3 / k, 0, 7); g.fill(); }
    g.restore();
  }

  drawPoints(g, points, classes, p) {
    const [mx, my] = this.margins.map((m) => m + 9);
    for (let i = 0; i < points.length; i += 2) {
      const x = this.px(points[i]), y = this.py(points[i + 1]);
      if (x < -mx || y < -my || x > this.w + mx || y > this.h + my) continue;
      g.beginPath(); g.arc(x, y, 3.1, 0, 7);
      g.fillStyle = spotColour(classes.length ? classes[i / 2] : 0); g.fill();
      g.strokeStyle = p.paper; g.lineWidth = 1; g.stroke();
    }
  }

  // axes are the ticks of both axes, each with its place in pixels.
  axes() {
    const [x0, x1, y0, y1] = this.window(0), tx = ticks(x0, x1, Math.max(2, this.w / 110)), ty = ticks(y0, y1, Math.max(2, this.h / 90));
    return {
      x: tx.values.map((v) => ({ at: this.px(v), text: tickText(v, tx) })).filter((t) => t.at > 60 && t.at < this.w - 30),
      y: ty.values.map((v) => ({ at: this.py(v), text: tickText(v, ty) })).filter((t) => t.at > 46 && t.at < this.h - 40),
    };
  }

  drawTicks(g, p) {
    const { x, y } = this.axes();
    g.font = "11px system-ui, 'Liberation Sans', sans-serif";
    const room = 12 + Math.max(0, ...y.map((t) => g.measureText(t.text).width));
    g.fillStyle = p.strip; g.fillRect(0, this.h - 24, this.w, 24); g.fillRect(0, 0, room, this.h - 24);
    g.fillStyle = p.text; g.strokeStyle = p.text; g.lineWidth = 1; g.textBaseline = "middle";
    g.textAlign = "center";
    for (const t of x) { g.beginPath(); g.moveTo(t.at, this.h - 24); g.lineTo(t.at, this.h - 20); g.stroke(); g.fillText(t.text, t.at, this.h - 11); }
    g.textAlign = "right";
    for (const t of y) g.fillText(t.text, room - 6, t.at);
    g.textAlign = "left"; g.font = "italic 12px system-ui, 'Liberation Sans', sans-serif";
    g.fillText(this.labels[0], this.w - 24, this.h - 11); g.fillText(this.labels[1], 8, 20);
  }

  // outline strokes region i of the upper canvas.
  region(g, i) {
    const a = this.atlas, v = a.regions[i].v;
    g.beginPath();
    for (let e = 0; e < v.length; e += 3) { const [x, y] = a.onPlane(v[e], v[e + 1]); if (e) g.lineTo(this.px(x), this.py(y)); else g.moveTo(this.px(x), this.py(y)); }
    g.closePath();
  }

  // drawOver draws a region with its neighbours, the axes, and a veil over what is outside the ball,
  // unless the ball moves.
  drawOver(ball, region, held, moves) {
    const g = this.o, p = palette(), r = this.ratio;
    g.setTransform(r, 0, 0, r, 0, 0);
    g.clearRect(0, 0, this.w, this.h);
    if (!moves) {
      g.beginPath(); g.rect(0, 0, this.w, this.h); ballPath(g, ball.norm, this.px(ball.x), this.py(ball.y), ball.r * this.k);
      g.fillStyle = p.veil; g.fill("evenodd");
    }
    if (region >= 0 && this.atlas) {
      if (held) for (const n of this.atlas.next[region] || []) { this.region(g, n); g.fillStyle = p.near; g.fill(); }
      this.region(g, region);
      g.lineJoin = "round"; g.strokeStyle = p.halo; g.lineWidth = held ? 5 : 4; g.stroke();
      g.strokeStyle = p.hover; g.lineWidth = held ? 2.5 : 2; g.stroke();
    }
    this.drawTicks(g, p);
  }

  // placeBall puts the ball where it is, and the distance about its centre.
  placeBall(ball, distance) {
    const size = ball.r * this.k, near = distance * this.k, { halo, edge, mid, grip } = this.parts;
    let x = this.px(ball.x), y = this.py(ball.y), [hx, hy] = this.handle(ball);
    // One that fits on the screen is drawn about (0, 0) and moved: then its place alone costs no drawing.
    const moved = size < this.w + this.h && Math.abs(x) + Math.abs(y) < 1e6;
    this.ball.style.transform = moved ? "translate(" + x + "px, " + y + "px)" : "";
    if (moved) { hx -= x; hy -= y; x = y = 0; }
    const key = [ball.norm, size, near, x, y].join();
    if (key === this.placed) return;
    this.placed = key;
    const d = outlineOf(ball.norm, x, y, size);
    halo.setAttribute("d", d); edge.setAttribute("d", d);
    this.parts.near.setAttribute("d", near > 3 && near < 1e5 ? outlineOf(ball.norm, x, y, near) : "");
    mid.setAttribute("cx", x); mid.setAttribute("cy", y);
    grip.setAttribute("cx", hx); grip.setAttribute("cy", hy);
  }

  // handle is where the ball is taken to be resized: at its edge, or beside it where it is small.
  handle(ball) { return [this.px(ball.x) + Math.max(18, ball.r * this.k), this.py(ball.y)]; }
}
