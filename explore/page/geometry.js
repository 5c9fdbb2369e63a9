// Where things are. A map's coordinates are normalised to its window; those of the plane are those
// of the inputs.

// Atlas is a map that was answered, made ready to be drawn and searched.
export class Atlas {
  constructor(a) {
    Object.assign(this, a);
    this.unit = Math.max(...a.scale); // paths are in units of the longer half-side, about mid
    this.f = a.scale.map((s) => s / this.unit);
    this.boxes = new Float64Array(4 * a.regions.length);
    a.regions.forEach((r, i) => {
      let [x0, x1, y0, y1] = [Infinity, -Infinity, Infinity, -Infinity];
      for (let k = 0; k < r.v.length; k += 3) {
        x0 = Math.min(x0, r.v[k]); x1 = Math.max(x1, r.v[k]);
        y0 = Math.min(y0, r.v[k + 1]); y1 = Math.max(y1, r.v[k + 1]);
      }
      this.boxes.set([x0, x1, y0, y1], 4 * i);
    });
    this.signs = null;
  }

  // onPlane is the point of the plane that has the normalised coordinates.
  onPlane(u, v) { return [this.mid[0] + this.scale[0] * u, this.mid[1] + this.scale[1] * v]; }

  normalised(x, y) { return [(x - this.mid[0]) / this.scale[0], (y - this.mid[1]) / this.scale[1]]; }

  // find returns the number of the region at a point of the plane, −1 for none. Regions are convex.
  find(x, y) {
    const [u, v] = this.normalised(x, y), b = this.boxes;
    for (let i = 0; i < this.regions.length; i++) {
      if (u < b[4 * i] || u > b[4 * i + 1] || v < b[4 * i + 2] || v > b[4 * i + 3]) continue;
      if (inConvex(this.regions[i].v, u, v)) return i;
    }
    return -1;
  }

  // pattern spells the signs of region i.
  pattern(i) {
    const n = this.layer.length;
    if (!this.signs) {
      this.signs = new Int8Array(this.regions.length * n);
      this.regions.forEach((r, k) => {
        if (k) this.signs.copyWithin(k * n, (k - 1) * n, k * n);
        for (const s of r.s) this.signs[k * n + Math.floor(s / 3)] = (s % 3) - 1;
      });
    }
    return Array.from(this.signs.subarray(i * n, (i + 1) * n), (s) => "-0+"[s + 1]).join("");
  }

  // inside is a point of region i on the plane.
  inside(i) { return this.onPlane(...this.regions[i].p); }

  // covers says whether the map shows all of a window, and not so much more that it is coarse.
  covers(w) {
    const m = this.window, far = 4;
    return m[0] <= w[0] && m[1] >= w[1] && m[2] <= w[2] && m[3] >= w[3] && m[1] - m[0] <= far * (w[1] - w[0]);
  }
}

function inConvex(v, x, y) {
  for (let i = 0; i < v.length; i += 3) {
    const j = (i + 3) % v.length;
    if ((v[j] - v[i]) * (y - v[i + 1]) - (v[j + 1] - v[i + 1]) * (x - v[i]) < 0) return false;
  }
  return v.length > 0;
}

// ballPath adds the outline of a ball in a norm, of radius r pixels about (x, y), to a path.
export function ballPath(path, norm, x, y, r) {
  if (norm === "l2") { path.moveTo(x + r, y); path.arc(x, y, r, 0, 2 * Math.PI); return; }
  const c = norm === "linf" ? [[-r, -r], [r, -r], [r, r], [-r, r]] : [[0, -r], [r, 0], [0, r], [-r, 0]];
  c.forEach(([dx, dy], i) => { if (i) path.lineTo(x + dx, y + dy); else path.moveTo(x + dx, y + dy); });
  path.closePath();
}

// outlineOf spells the outline of a ball, as ballPath has it, for SVG.
export function outlineOf(norm, x, y, r) {
  if (norm === "l2") return `M${x - r} ${y}a${r} ${r} 0 1 1 ${2 * r} 0a${r} ${r} 0 1 1 ${-2 * r} 0z`;
  return norm === "linf" ? `M${x - r} ${y - r}h${2 * r}v${2 * r}h${-2 * r}z` : `M${x} ${y - r}l${r} ${r}l${-r} ${r}l${-r} ${-r}z`;
}

// sizeIn is the length of (dx, dy) in a norm.
export function sizeIn(norm, dx, dy) {
  const a = Math.abs(dx), b = Math.abs(dy);
  return norm === "l2" ? Math.hypot(a, b) : norm === "linf" ? Math.max(a, b) : a + b;
}

// ticks returns round values between lo and hi, about so many.
export function ticks(lo, hi, about) {
  const rough = (hi - lo) / about, ten = Math.pow(10, Math.floor(Math.log10(rough)));
  const step = [1, 2, 5, 10].map((m) => m * ten).find((s) => s >= rough) || rough, all = [];
  for (let i = Math.ceil(lo / step); i * step <= hi && all.length < 50; i++) all.push(i * step);
  return { values: all, digits: Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)), step };
}

export function tickText(v, t) {
  if (Math.abs(v) < t.step / 1e6) return "0";
  return Math.abs(v) >= 1e6 || t.digits > 6 ? Number(v.toPrecision(8)).toString() : v.toFixed(t.digits);
}

// round rounds v to a decimal as fine as a step, so that what is dragged has a short spelling.
export function round(v, step) {
  const digits = Math.ceil(-Math.log10(step));
  if (digits > 15 || digits < -15) return v;
  const f = Math.pow(10, Math.abs(digits));
  return Number((digits >= 0 ? Math.round(v * f) / f : Math.round(v / f) * f).toPrecision(15));
}

// homeOf is a view of so many pixels and a ball that show the points, x, y of each, or else [−1, 1]².
export function homeOf(points, width, height) {
  let [x0, x1, y0, y1] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < points.length; i += 2) {
    x0 = Math.min(x0, points[i]); x1 = Math.max(x1, points[i]);
    y0 = Math.min(y0, points[i + 1]); y1 = Math.max(y1, points[i + 1]);
  }
  if (!(x1 >= x0)) [x0, x1, y0, y1] = [-1, 1, -1, 1];
  const w = Math.max((x1 - x0) / 2, 1e-9), h = Math.max((y1 - y0) / 2, 1e-9), side = Math.min(width, height);
  const half = 1.18 * Math.max(w * side / width, h * side / height), brief = (v, digits) => Number(v.toPrecision(digits));
  const x = (x0 + x1) / 2, y = (y0 + y1) / 2;
  return { view: { x: brief(x, 4), y: brief(y, 4), h: brief(half, 4) }, ball: { norm: "l2", x: brief(x, 2), y: brief(y, 2), r: brief(half / 2.5, 1), space: false } };
}
