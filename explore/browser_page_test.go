//go:build browser

package explore

// What somebody does on the page, and what it then shows.

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

func TestBrowser(t *testing.T) {
	chrome := browser(t)
	t.Run("looks", func(t *testing.T) { looks(t, chrome) })
	t.Run("explores", func(t *testing.T) { explores(t, chrome) })
	t.Run("colours", func(t *testing.T) { colours(t, chrome) })
	t.Run("frames", func(t *testing.T) { frames(t, chrome) })
	t.Run("touches", func(t *testing.T) { touches(t, chrome) })
	t.Run("keyed", func(t *testing.T) { keyed(t, chrome) })
	t.Run("links", func(t *testing.T) { links(t, chrome) })
	t.Run("overtakes", func(t *testing.T) { overtakes(t, chrome) })
	t.Run("planes", func(t *testing.T) { planes(t, chrome) })
	t.Run("file", func(t *testing.T) { inAFile(t, chrome) })
	t.Run("checkpoints", func(t *testing.T) { checkpoints(t, chrome) })
	t.Run("refused", func(t *testing.T) { refused(t, chrome) })
	t.Run("gone", func(t *testing.T) { gone(t, chrome) })
}

// processor is the processor time in seconds that the page's main thread has taken.
func (b *tab) processor() float64 {
	b.Helper()
	m, err := chromedp.Call(b.ctx, performance.GetMetrics, cdp.Empty{})
	require.NoError(b, err)
	i := slices.IndexFunc(m.Metrics, func(x *performance.Metric) bool { return x.Name == "ThreadTime" })
	require.GreaterOrEqual(b, i, 0)
	return m.Metrics[i].Value
}

// frames drags the ball of a network of a thousand regions, a step each frame, and tells how many
// frames there were. It is no test of the machine's speed: it ends when the count has followed.
func frames(t *testing.T, chrome context.Context) {
	e := explorer(t, Config{Models: []Model{drawn(t, "thousand", 8, 2, 24, 24, 2)}})
	s := serve(t, e)
	b := open(t, chrome, s.URL()+"#ball=l2,0,0,0.5&view=0,0,1.2", desk)
	b.call(func() error {
		_, err := chromedp.Call(b.ctx, performance.Enable, performance.EnableParams{})
		return err
	})
	idle := get(b, chromedp.Evaluate[float64](`new Promise((done) => {
		let n = 0, start = 0;
		const rest = (t) => {
			start = start || t; n++;
			if (t - start < 1000) requestAnimationFrame(rest); else done(1000 * (n - 1) / (t - start));
		};
		requestAnimationFrame(rest);
	})`, chromedp.EvalAwaitPromise))
	for _, of := range []struct {
		name string
		x, y float64 // where the drag begins, in parts of the map
	}{{"the ball", 0.5, 0.5}, {"the map", 0.1, 0.1}} {
		before, all := b.processor(), browserTime(t)
		got := get(b, chromedp.Evaluate[map[string]float64](fmt.Sprintf(dragging, of.x, of.y), chromedp.EvalAwaitPromise))
		t.Logf("%s: %.0f frames a second of %s dragged, %.0f with nothing to draw, and a frame took %.1f ms of the page's processor time, %.1f ms of the browser's; %.0f counts were shown",
			b.text("window"), got["frames"], of.name, idle, 1000*(b.processor()-before)/got["n"], 1000*(browserTime(t)-all)/got["n"], got["counts"])
		b.honest(e, request{})
	}
	b.quiet()
}

// dragging drags from a place of the map for three seconds, a step a frame, and until some counts
// were shown where the ball is dragged.
const dragging = `new Promise((done) => {
	const over = document.getElementById("over"), r = over.getBoundingClientRect(), counts = new Set(), x0 = %v * r.width, y0 = %v * r.height, ball = x0 > r.width / 4;
	const send = (type, x, y) => over.dispatchEvent(new PointerEvent(type, { pointerId: 1, clientX: r.left + x, clientY: r.top + y, bubbles: true, button: 0, buttons: 1, pointerType: "mouse" }));
	over.setPointerCapture = () => {};
	let n = 0, start = 0;
	send("pointerdown", x0, y0);
	const step = (t) => {
		start = start || t; n++;
		counts.add(document.getElementById("count").textContent);
		send("pointermove", x0 + 200 * Math.sin(n / 18), y0 + 150 * Math.sin(n / 25)); // some pixels a frame, however long it takes
		if (t - start < 3000 || ball && counts.size < 4) { requestAnimationFrame(step); return; }
		send("pointerup", x0 + (ball ? 100 : 0), y0 + (ball ? 50 : 0));
		done({ n, frames: 1000 * (n - 1) / (t - start), counts: counts.size });
	};
	requestAnimationFrame(step);
})`

// browserTime is the processor time in seconds of all processes of the browser: those that this one
// has started. It is 0 where the system does not tell.
func browserTime(t *testing.T) float64 {
	t.Helper()
	paths, _ := filepath.Glob("/proc/[0-9]*/stat")
	parent, ticks := map[string]string{}, map[string]float64{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		f := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:])) // state, parent, …, utime and stime at 11 and 12
		user, _ := strconv.ParseFloat(f[11], 64)
		system, _ := strconv.ParseFloat(f[12], 64)
		pid := filepath.Base(filepath.Dir(path))
		parent[pid], ticks[pid] = f[1], user+system
	}
	sum, own := 0.0, strconv.Itoa(os.Getpid())
	for pid := range parent {
		for p := parent[pid]; p != "" && p != "0"; p = parent[p] {
			if p == own {
				sum += ticks[pid] / 100
				break
			}
		}
	}
	return sum
}

func looks(t *testing.T, chrome context.Context) {
	s := serve(t, moons(t))
	for _, c := range []struct {
		name string
		screen
	}{{"desk-light", desk}, {"desk-dark", screen{1280, 800, true}}, {"phone-light", phone}, {"phone-dark", screen{360, 740, true}}} {
		t.Run(c.name, func(t *testing.T) {
			b := open(t, chrome, s.URL(), c.screen)
			b.shoot(c.name)
			if c.width < 500 {
				b.do(chromedp.Evaluate[chromedp.Void](`document.getElementById("sheet").click()`))
				require.Equal(b, "true", js[string](b, `document.getElementById("sheet").getAttribute("aria-expanded")`))
				b.shoot(c.name + "-open")
			}
			require.False(t, js[bool](b, `document.documentElement.scrollWidth > innerWidth`), "it scrolls sideways")
			b.quiet()
		})
	}
}

// explores does what somebody does in the first minutes.
func explores(t *testing.T, chrome context.Context) {
	e := moons(t)
	s := serve(t, e)
	b := open(t, chrome, s.URL()+"#ball=l2,0.5,0.25,0.5&view=0.5,0.25,1.5", desk)
	first := b.honest(e, request{})
	require.Equal(t, disc{Norm: "l2", Center: []float64{0.5, 0.25}, Radius: 0.5}, b.ball())

	b.drag(0.4, 0.25, 0.9, 0.5) // the ball by its inside
	require.InDeltaSlice(t, []float64{1, 0.5}, b.ball().Center, 0.02)
	second := b.honest(e, request{})
	require.NotEqual(t, first, second)
	d := b.ball()
	b.drag(d.Center[0]+d.Radius, d.Center[1], d.Center[0]+1, d.Center[1]) // by its edge
	require.InDelta(t, 1, b.ball().Radius, 0.03)
	b.honest(e, request{})
	b.shoot("dragged")

	b.do(chromedp.Evaluate[chromedp.Void](`document.getElementById("over").focus()`), chromedp.KeyEvent(kb.ArrowLeft), chromedp.KeyEvent(kb.ArrowUp), chromedp.KeyEvent("+"))
	moved := b.ball()
	require.Less(t, moved.Center[0], 1.0)
	require.Greater(t, moved.Center[1], 0.5)
	require.Greater(t, moved.Radius, d.Radius)
	b.honest(e, request{})
	b.until(`document.getElementById("said").textContent.includes("exact")`)

	b.enter("ballR", "0.125")
	require.Equal(t, 0.125, b.ball().Radius)
	b.honest(e, request{})
	b.enter("ballR", "-3")
	require.Equal(t, "The radius is a number greater than 0.", b.text("ballError"))
	require.Contains(t, js[string](b, `location.hash`), ",0.125&")
	b.enter("ballR", "0.125")
	b.do(chromedp.Click[string](`#norm label:nth-of-type(2)`))
	require.Equal(t, "linf", b.ball().Norm)
	b.honest(e, request{})

	b.do(chromedp.Click[string]("#undo"))
	require.Equal(t, "l2", b.ball().Norm)
	b.do(chromedp.Evaluate[chromedp.Void](`document.getElementById("over").focus()`), chromedp.KeyEvent("+"), chromedp.Evaluate[chromedp.Void](`document.getElementById("undo").click()`)) // before the key's gesture is over
	require.Equal(t, 0.125, b.ball().Radius)
	for js[bool](b, `!document.getElementById("undo").disabled`) {
		b.do(chromedp.Click[string]("#undo"))
	}
	require.Equal(t, disc{Norm: "l2", Center: []float64{0.5, 0.25}, Radius: 0.5}, b.ball())
	require.Equal(t, first, b.honest(e, request{}))
	b.do(chromedp.Click[string]("#redo"))
	require.Equal(t, second, b.honest(e, request{}))

	holds(b, e)
	exports(b)

	other := open(t, chrome, js[string](b, `location.href`), phone) // a shared address
	require.Equal(t, b.ball(), other.ball())
	require.Equal(t, second, other.honest(e, request{}))
	require.Equal(t, "held", other.text("regionName"))
	other.quiet()
	b.do(chromedp.Evaluate[chromedp.Void](`location.hash = "#ball=l1,0,0,0.25"`))
	b.until(`document.getElementById("ballR").value === "0.25"`)
	require.Equal(t, disc{Norm: "l1", Center: []float64{0, 0}, Radius: 0.25}, b.ball())
	b.honest(e, request{})
	b.quiet()
}

// holds clicks a region and goes to a neighbour.
func holds(b *tab, e *Explorer) {
	b.Helper()
	px, py := b.at(0.1, 0.9)
	b.do(chromedp.MouseClickXY(px, py))
	b.until(`document.getElementById("affine").textContent.startsWith("y0 = ")`)
	require.Equal(b, "held", b.text("regionName"))
	n, err := e.cut(b.Context(), 0, plane{})
	require.NoError(b, err)
	require.Contains(b, js[string](b, `document.getElementById("pattern").getAttribute("aria-label")`), n.Pattern([]float64{0.1, 0.9}).String())
	was := b.text("affine")
	b.shoot("held")
	b.click("#next button")
	b.until(`document.getElementById("affine").textContent !== ` + strconv.Quote(strings.ReplaceAll(was, "\n", "\\n")))
}

// exports saves the map and reads it.
func exports(b *tab) {
	b.Helper()
	b.do(chromedp.Evaluate[chromedp.Void](`window.saved = ""; const made = URL.createObjectURL; URL.createObjectURL = (x) => { x.text().then((s) => { window.saved = s; }); return made(x); }; document.getElementById("export").click()`))
	b.until(`window.saved !== ""`)
	text := js[string](b, `window.saved`)
	require.NoError(b, xml.Unmarshal([]byte(text), new(struct{})))
	require.Contains(b, text, b.text("count")+" activation regions meet the ball, exact")
	require.NotContains(b, text, "NaN")
	require.NotContains(b, text, "rgba(", "drawing programs take that for black")
	if dir := os.Getenv("RELUCELL_SCREENSHOTS"); dir != "" {
		require.NoError(b, os.WriteFile(filepath.Join(dir, "export.svg"), []byte(text), 0o644))
	}
}

func colours(t *testing.T, chrome context.Context) {
	s := serve(t, moons(t))
	for _, dark := range []bool{false, true} {
		b := open(t, chrome, s.URL(), screen{1280, 800, dark})
		for _, fill := range []string{"layer", "gradient", "class", "depth", "pattern"} {
			b.do(chromedp.Evaluate[chromedp.Void](`(() => { const f = document.getElementById("fill"); f.value = "` + fill + `"; f.dispatchEvent(new Event("change")); f.scrollIntoView(); })()`))
			require.Contains(t, js[string](b, `location.hash`), "colour="+fill)
			require.NotEmpty(t, b.text("legend"))
			b.shoot(fmt.Sprintf("colour-%s-%v", fill, dark))
		}
		b.quiet()
	}
}

// inAFile opens the page from a disk, with the engine within.
func inAFile(t *testing.T, chrome context.Context) {
	if !HasEngine() {
		t.Skip("the page in a file is not tested: its engine is built by make explorer, and put in by the build tag explorer")
	}
	e := moons(t)
	n, _, err := e.Network(t.Context(), 0)
	require.NoError(t, err)
	m := NewFileModel("moons", n, []string{"a note"})
	csv, err := os.ReadFile(data + "two_moons_points.csv")
	require.NoError(t, err)
	var page bytes.Buffer
	require.NoError(t, WriteHTML(&page, File{Models: []FileModel{m}, Points: string(csv)}))
	path := filepath.Join(t.TempDir(), "page.html")
	require.NoError(t, os.WriteFile(path, page.Bytes(), 0o644))
	start := time.Now()
	b := open(t, chrome, "file://"+path+"#ball=l2,0.5,0.25,0.5&view=0.5,0.25,1.5", desk)
	t.Logf("a page of %d kB shows its first count after %v", page.Len()>>10, time.Since(start).Round(time.Millisecond))
	b.honest(e, request{})
	b.drag(0.4, 0.25, 0.9, 0.5)
	b.honest(e, request{})
	b.until(`document.querySelectorAll("#bounds li").length > 3 && document.getElementById("distance").textContent.includes("Nearest boundary at")`)
	holds(b, e)
	require.Equal(t, "a note", b.text("notes"))
	b.shoot("file")
	b.click("#undo")
	b.honest(e, request{})
	b.quiet()
}

// planes looks at a network of four inputs.
func planes(t *testing.T, chrome context.Context) {
	e := explorer(t, Config{Models: []Model{readNet(t, "iris_sized_4-16-16-3.json")}, Points: readPoints(t, "iris_sized_points.csv", 4)})
	s := serve(t, e)
	b := open(t, chrome, s.URL(), desk)
	start := spot{row: 0}
	b.honest(e, request{Plane: plane{Inputs: []int{0, 1}, Origin: &start}})
	b.shoot("plane")
	b.do(chromedp.Evaluate[chromedp.Void](`document.getElementById("planeCard").scrollIntoView()`))
	b.enter("inputX", "1")
	b.enter("inputY", "3")
	b.enter("origin", "0.5")
	b.click("#planeForm button")
	b.until(`document.getElementById("labelY").textContent === "x3"`)
	zero := spot{x: []float64{0.5}}
	p := plane{Inputs: []int{1, 3}, Origin: &zero}
	b.honest(e, request{Plane: p})
	b.enter("ballR", "0.25")
	b.click("#space")
	require.True(t, b.ball().Space)
	b.honest(e, request{Plane: p})
	b.click("#planeForm .segments label:nth-of-type(2)")
	b.enter("p2", "1,1,1")
	b.click("#planeForm button")
	b.until(`document.getElementById("planeError").textContent.includes("1,1,1 is no point")`)
	b.enter("p0", "p0")
	b.enter("p1", "p59")
	b.enter("p2", "1,2,3,4")
	b.click("#planeForm button")
	b.until(`document.getElementById("labelY").textContent === "t"`)
	b.honest(e, request{Plane: plane{Through: []spot{{row: 0}, {row: 59}, {x: []float64{1, 2, 3, 4}}}}})
	b.shoot("through")
	other := open(t, chrome, js[string](b, `location.href`), desk)
	require.Equal(t, b.text("count"), other.text("count"))
	b.quiet()
	other.quiet()
}

// checkpoints goes through several networks.
func checkpoints(t *testing.T, chrome context.Context) {
	e := explorer(t, Config{Models: training(t, 6)})
	s := serve(t, e)
	b := open(t, chrome, s.URL()+"#ball=l2,0,0,0.5", desk)
	for _, i := range []int{3, 5, 0} {
		b.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`(() => { const m = document.getElementById("model"); m.value = %d; m.dispatchEvent(new Event("input")); })()`, i)))
		b.until(fmt.Sprintf(`document.getElementById("net").textContent === "epoch-%d"`, i))
		b.honest(e, request{Model: i})
	}
	b.shoot("checkpoints")
	b.quiet()
	open(t, chrome, s.URL(), phone).shoot("checkpoints-phone")
}
