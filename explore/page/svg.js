// The map as a file: the same picture in vectors, in the colours of the page.

import { outlineOf } from "./geometry.js";
import { palette, spotColour } from "./paint.js";

const n2 = (v) => String(Math.round(v * 100) / 100);
const escaped = (s) => s.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);

// ink is the attribute of a colour. What shines through is an attribute of its own: rgba() is of
// CSS, and drawing programs take it for black.
function ink(name, colour) {
  const c = /^rgba\(([^,]+,[^,]+,[^,]+),([^,]+)\)$/.exec(colour);
  return c ? `${name}="rgb(${c[1]})" ${name}-opacity="${c[2].trim()}"` : `${name}="${colour}"`;
}

// svgOf writes the view with its ball, points and legend; title and text are what is said of it.
export function svgOf(view, ball, points, classes, { title, text }) {
  const p = palette(), w = Math.round(view.w), h = Math.round(view.h), top = 46, foot = 18 * view.paint.legend.length + 12, out = [];
  out.push(`<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h + top + foot}" viewBox="0 0 ${w} ${h + top + foot}" font-family="system-ui, 'Liberation Sans', Arial, sans-serif">`);
  out.push(`<title>${escaped(title)}</title><desc>${escaped(text)}</desc><rect width="100%" height="100%" ${ink("fill", p.paper)}/>`);
  out.push(`<text x="14" y="20" font-size="14" font-weight="600" ${ink("fill", p.ink)}>${escaped(title)}</text><text x="14" y="37" font-size="12" ${ink("fill", p.text)}>${escaped(text)}</text>`);
  out.push(`<clipPath id="c"><rect width="${w}" height="${h}"/></clipPath><g transform="translate(0 ${top})"><g clip-path="url(#c)">`);
  regions(view, out);
  for (let i = 0; i < points.length; i += 2) out.push(`<circle cx="${n2(view.px(points[i]))}" cy="${n2(view.py(points[i + 1]))}" r="3.1" ${ink("fill", spotColour(classes.length ? classes[i / 2] : 0))} ${ink("stroke", p.paper)}/>`);
  const at = [view.px(ball.x), view.py(ball.y)], o = `<path d="${outlineOf(ball.norm, ...at, ball.r * view.k)}"`;
  out.push(`${o} fill="none" ${ink("stroke", p.halo)} stroke-width="5"/>${o} fill="none" ${ink("stroke", p.ball)} stroke-width="2"/><circle cx="${n2(at[0])}" cy="${n2(at[1])}" r="3" ${ink("fill", p.ball)}/></g>`);
  axes(view, out, p, w, h);
  out.push("</g>");
  view.paint.legend.forEach((e, i) => {
    const y = top + h + 14 + 18 * i, step = 36 / e.colours.length;
    e.colours.forEach((c, k) => out.push(`<rect x="${n2(14 + k * step)}" y="${e.line ? y + 4 : y}" width="${n2(step)}" height="${e.line ? 2.5 : 11}" ${ink("fill", c)}/>`));
    out.push(`<text x="58" y="${y + 10}" font-size="12" ${ink("fill", p.text)}>${escaped(e.name)}</text>`);
  });
  return out.join("\n") + "\n</svg>\n";
}

function regions(view, out) {
  const a = view.atlas;
  if (!a) return;
  const place = (u, v) => { const [x, y] = a.onPlane(u, v); return n2(view.px(x)) + " " + n2(view.py(y)); };
  const cell = (v, step) => { let d = ""; for (let i = 0; i < v.length; i += step) d += (i ? "L" : "M") + place(v[i], v[i + 1]); return d && d + "z"; };
  for (const g of view.paint.groups) {
    const d = g.regions.map((i) => cell(a.regions[i].v, 3)).join("") + g.cells.map((v) => cell(v, 2)).join("");
    if (d) out.push(`<path d="${d}" ${ink("fill", g.colour)} ${ink("stroke", g.colour)} stroke-width="0.7"/>`);
  }
  const lines = [];
  view.sides((l, x0, y0, x1, y1) => { lines[l] = (lines[l] || "") + "M" + place(x0 / a.f[0], y0 / a.f[1]) + "L" + place(x1 / a.f[0], y1 / a.f[1]); });
  for (let l = lines.length - 1; l >= 0; l--) if (lines[l]) out.push(`<path d="${lines[l]}" fill="none" ${ink("stroke", view.paint.inks(l))} stroke-width="${n2(view.lineWidth(l))}"/>`);
}

function axes(view, out, p, w, h) {
  const { x, y } = view.axes(), room = 12 + 7 * Math.max(0, ...y.map((t) => t.text.length));
  out.push(`<rect y="${h - 24}" width="${w}" height="24" ${ink("fill", p.strip)}/><rect width="${room}" height="${h - 24}" ${ink("fill", p.strip)}/><g font-size="11" ${ink("fill", p.text)}>`);
  for (const t of x) out.push(`<path d="M${n2(t.at)} ${h - 24}v4" ${ink("stroke", p.text)}/><text x="${n2(t.at)}" y="${h - 7}" text-anchor="middle">${t.text}</text>`);
  for (const t of y) out.push(`<text x="${room - 6}" y="${n2(t.at + 4)}" text-anchor="end">${t.text}</text>`);
  out.push(`<text x="${w - 24}" y="${h - 7}" font-style="italic">${escaped(view.labels[0])}</text><text x="8" y="24" font-style="italic">${escaped(view.labels[1])}</text></g>`);
}

// save has the browser keep a text as a file.
export function save(name, text, type) {
  const a = document.createElement("a");
  a.href = URL.createObjectURL(new Blob([text], { type }));
  a.download = name;
  document.body.append(a); a.click(); a.remove();
  setTimeout(() => URL.revokeObjectURL(a.href), 10000);
}
