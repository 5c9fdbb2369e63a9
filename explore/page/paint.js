// Colours: those of relucell plot (Okabe and Ito 2008; cividis, Nuñez, Anderton and Renslow 2018), and
// for a dark page as many that differ as much. Neighbours differ in lightness, not in hue alone.

const light = {
  paper: "#ffffff", ink: "#1d2430", line: "rgba(24,30,42,0.62)", quiet: "rgba(0,0,0,0.34)", blank: "#f4f4f2",
  veil: "rgba(246,246,243,0.46)", ball: "#141a24", halo: "rgba(255,255,255,0.9)", hover: "#c2185b", near: "rgba(194,24,91,0.16)",
  text: "#5d6675", strip: "rgba(255,255,255,0.82)",
  tints: ["#dfecf7", "#8fbcdf", "#fbead0", "#efbe78", "#d8f0e6", "#80c9ae", "#f6e4ef", "#d8a4c6"],
  inks: ["#111111", "#0072b2", "#d55e00", "#009e73", "#aa3377", "#8a6d00", "#3399dd"],
  classes: ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7a5c00", "#555555", "#b9a800", "#332288"],
  paleness: 0.6,
};
const dark = {
  paper: "#171b21", ink: "#e7eaef", line: "rgba(8,10,14,0.8)", quiet: "rgba(255,255,255,0.22)", blank: "#20262e",
  veil: "rgba(16,19,24,0.5)", ball: "#ffffff", halo: "rgba(0,0,0,0.7)", hover: "#ff80ab", near: "rgba(255,128,171,0.22)",
  text: "#9aa4b2", strip: "rgba(23,27,33,0.82)",
  tints: ["#22384d", "#3f77a6", "#4a3a1c", "#96702a", "#1d4536", "#348068", "#48303f", "#8d5878"],
  inks: ["#e7eaef", "#5ab4f0", "#ff9a4d", "#3ecf9f", "#e38ab8", "#d8c25a", "#8ecbff"],
  classes: ["#3d9ad6", "#f08033", "#20b98e", "#dd94bd", "#f0b429", "#8fd0f2", "#b08a2a", "#a0a0a0", "#d4c62a", "#8a7be0"],
  paleness: 0.55,
};

export const dims = matchMedia("(prefers-color-scheme: dark)");
export const palette = () => dims.matches ? dark : light;

const cividis = ["#00204d", "#31446b", "#666970", "#958f78", "#cbba69", "#ffea46"];
const blues = { light: ["#eef4fb", "#1c4f8a"], dark: ["#1b2530", "#8cc4ff"] };

function parts(hex) { return [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)); }

export function mix(a, b, t) {
  const p = parts(a), q = parts(b);
  return "#" + p.map((v, i) => Math.round(v * (1 - t) + q[i] * t).toString(16).padStart(2, "0")).join("");
}

function ramp(colours, t) {
  const p = Math.max(0, Math.min(t, 1)) * (colours.length - 1), i = Math.min(Math.floor(p), colours.length - 2);
  return mix(colours[i], colours[i + 1], p - i);
}

export const short = (v) => String(Number(v.toPrecision(3)));

const steps = 24;

// painted says how a map is coloured: groups of one colour, each with regions (numbers) or cells
// (corners), the inks of boundaries by layer, and the legend.
export function painted(atlas, fill, outputs) {
  const p = palette(), out = { groups: [], legend: [], inks: null };
  const group = (colours, of) => {
    out.groups = colours.map((colour) => ({ colour, regions: [], cells: [] }));
    atlas.regions.forEach((_, i) => out.groups[of(i)].regions.push(i));
  };
  const scaled = (values, colour, name) => {
    let lo = Infinity, hi = -Infinity;
    for (const v of values) { lo = Math.min(lo, v); hi = Math.max(hi, v); }
    const n = hi > lo ? steps : 1;
    group(Array.from({ length: n }, (_, k) => colour(n > 1 ? k / (n - 1) : 0)), (i) => n > 1 ? Math.round((values[i] / 2 - lo / 2) / (hi / 2 - lo / 2) * (n - 1)) : 0);
    out.legend.push({ name: name + (n > 1 ? ", " + short(lo) + " to " + short(hi) : " " + short(lo)), colours: out.groups.map((g) => g.colour), smooth: true });
  };
  if (fill === "layer") group([p.blank], () => 0);
  else if (fill === "gradient") scaled(atlas.gradient, (t) => ramp(cividis, t), "gradient norm");
  else if (fill === "depth") scaled(atlas.depth, (t) => ramp(blues[dims.matches ? "dark" : "light"], t), "splits above the region");
  else if (fill === "class" && atlas.classes) byClass(atlas, outputs, p, out);
  else {
    group(p.tints, (i) => atlas.colour[i]);
    const used = (k) => p.tints.filter((_, i) => i % 2 === k && out.groups[i].regions.length);
    if (atlas.parity) out.legend.push({ name: "even number of neurons active", colours: used(0) }, { name: "odd number of neurons active", colours: used(1) });
    else out.legend.push({ name: "regions; neighbours differ", colours: p.tints.filter((_, i) => out.groups[i].regions.length) });
  }
  out.legend = out.legend.filter((e) => e.colours.length);
  if (fill === "layer") {
    out.inks = (l) => p.inks[l % p.inks.length];
    for (const l of [...new Set(atlas.layer)]) out.legend.push({ name: "boundary, layer " + l, colours: [out.inks(l)], line: true });
  } else out.inks = (l) => fill === "pattern" ? p.line : p.quiet;
  return out;
}

function byClass(atlas, outputs, p, out) {
  const n = Math.max(2, outputs);
  // Of the first ten classes, of the next, and of the next, the shades differ.
  const paleness = [p.paleness, p.paleness / 2, (1 + p.paleness) / 2], inks = p.classes.length;
  const shade = (k) => mix(p.classes[k % inks], p.paper, paleness[Math.floor(k / inks) % paleness.length]);
  out.groups = Array.from({ length: n }, (_, k) => ({ colour: shade(k), regions: [], cells: [] }));
  for (const c of atlas.classes) {
    if (c.v) out.groups[c.c].cells.push(c.v);
    else out.groups[c.c].regions.push(c.r);
  }
  out.groups.forEach((g, k) => {
    const name = outputs === 1 ? ["output < 0", "output > 0"][k] : "output " + k + " largest";
    if (g.regions.length || g.cells.length) out.legend.push({ name, colours: [g.colour] });
  });
}

// spotColour is the colour of a data point of a class.
export const spotColour = (k) => { const p = palette(); return p.classes[k % p.classes.length]; };
