//go:build browser

package explore

// Fingers, keys and links that nobody meant: what a page meets that is not a mouse.

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// fingers puts fingers on the page, at pixels of it; none takes them away.
func (b *tab) fingers(kind input.DispatchTouchEventType, at ...[2]float64) {
	b.Helper()
	p := input.DispatchTouchEventParams{Type: kind, TouchPoints: []*input.TouchPoint{}}
	for i, xy := range at {
		id := float64(i)
		p.TouchPoints = append(p.TouchPoints, &input.TouchPoint{X: xy[0], Y: xy[1], ID: &id})
	}
	b.call(func() error { _, err := chromedp.Call(b.ctx, input.DispatchTouchEvent, p); return err })
}

// swipe moves fingers along straight lines, each from and to a pixel, and lifts them.
func (b *tab) swipe(paths ...[2][2]float64) {
	b.Helper()
	const steps = 8
	for k := range steps + 1 {
		var at [][2]float64
		for _, p := range paths {
			t := float64(k) / steps
			at = append(at, [2]float64{p[0][0] + t*(p[1][0]-p[0][0]), p[0][1] + t*(p[1][1]-p[0][1])})
		}
		kind := input.DispatchTouchEventTypeTouchMove
		if k == 0 {
			kind = input.DispatchTouchEventTypeTouchStart
		}
		b.fingers(kind, at...)
	}
	b.fingers(input.DispatchTouchEventTypeTouchEnd)
}

// view returns x, y and the half height of the view.
func (b *tab) view() []float64 {
	b.Helper()
	return js[[]float64](b, `new URLSearchParams(location.hash.slice(1)).get("view").split(",").map(Number)`)
}

func touches(t *testing.T, chrome context.Context) {
	e := moons(t)
	b := open(t, chrome, serve(t, e).URL()+"#ball=l2,0.5,0.25,0.5&view=0.5,0.25,1.5", phone)
	b.call(func() error {
		_, err := chromedp.Call(b.ctx, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: true, MaxTouchPoints: 2})
		return err
	})
	place := func(x, y float64) [2]float64 { px, py := b.at(x, y); return [2]float64{px, py} }
	first := b.honest(e, request{})

	b.swipe([2][2]float64{place(0.5, 0.25), place(1, 0.5)}) // the ball
	require.InDeltaSlice(t, []float64{1, 0.5}, b.ball().Center, 0.03)
	b.honest(e, request{})
	d := b.ball()
	b.swipe([2][2]float64{place(d.Center[0]+d.Radius, d.Center[1]), place(d.Center[0]+1, d.Center[1])}) // its edge
	require.InDelta(t, 1, b.ball().Radius, 0.05)
	b.honest(e, request{})
	d = b.ball()
	b.shoot("touch-dragged")

	was := b.view()
	b.swipe([2][2]float64{place(-0.6, 1.6), place(-0.3, 1.2)}) // the map
	b.until(fmt.Sprintf(`!location.hash.includes("view=%v,%v,")`, was[0], was[1]))
	pan := b.view()
	require.InDeltaSlice(t, []float64{was[0] - 0.3, was[1] + 0.4, was[2]}, pan, 0.03)
	require.Equal(t, d, b.ball())

	mid := place(pan[0], pan[1]) // a pinch that makes all twice as large, about the middle
	b.swipe([2][2]float64{{mid[0] - 40, mid[1]}, {mid[0] - 80, mid[1]}}, [2][2]float64{{mid[0] + 40, mid[1]}, {mid[0] + 80, mid[1]}})
	b.until(fmt.Sprintf(`Math.abs(Number(new URLSearchParams(location.hash.slice(1)).get("view").split(",")[2]) - %v) < 0.05`, pan[2]/2))
	require.InDeltaSlice(t, pan[:2], b.view()[:2], 0.05)
	require.Equal(t, d, b.ball())
	b.honest(e, request{})
	b.shoot("touch-pinched")

	b.fingers(input.DispatchTouchEventTypeTouchStart, place(-0.2, 0.9)) // a tap holds a region
	b.fingers(input.DispatchTouchEventTypeTouchEnd)
	b.until(`document.getElementById("regionName").textContent === "held"`)
	require.False(t, js[bool](b, `document.documentElement.scrollWidth > innerWidth || scrollY > 0`), "the page scrolls")
	for js[bool](b, `!document.getElementById("undo").disabled`) {
		b.click("#undo")
	}
	require.Equal(t, first, b.honest(e, request{}))
	b.quiet()
}

// keyed goes through the page without a pointer, and hears what a screen reader would say.
func keyed(t *testing.T, chrome context.Context) {
	e := moons(t)
	b := open(t, chrome, serve(t, e).URL()+"#ball=l2,0.5,0.25,0.5&view=0.5,0.25,1.5", desk)
	require.Empty(t, js[[]string](b, `[...document.querySelectorAll("button, input, select, canvas[tabindex], [role=img]")].filter((el) => !el.closest("[hidden]")).filter((el) => {
		const label = el.getAttribute("aria-label") || el.title || el.textContent.trim() || [...(el.labels || [])].map((l) => l.textContent.trim()).join("");
		return !label && !el.getAttribute("aria-labelledby");
	}).map((el) => el.outerHTML.slice(0, 80))`), "without a name")
	seen := map[string]bool{}
	for range 60 { // everything can be come to by Tab
		b.do(chromedp.KeyEvent(kb.Tab))
		seen[js[string](b, `document.activeElement.id || document.activeElement.name || ""`)] = true
		if seen["over"] && seen["fill"] && seen["boundsAll"] {
			break
		}
	}
	for _, id := range []string{"share", "export", "help", "over", "ballX", "ballR", "norm", "fill", "boundsAll"} {
		require.True(t, seen[id], "%s cannot be come to by Tab: %v", id, seen)
	}
	b.do(chromedp.Evaluate[chromedp.Void](`document.getElementById("over").focus()`), chromedp.KeyEvent(kb.Enter))
	b.until(`document.getElementById("regionName").textContent === "held" && document.querySelectorAll("#next button").length > 0`)
	for range 3 { // from neighbour to neighbour, without the focus being lost
		b.do(chromedp.Evaluate[chromedp.Void](`document.activeElement.closest("#next") || document.querySelector("#next button").focus()`))
		was := js[string](b, `document.getElementById("pattern").getAttribute("aria-label")`)
		b.do(chromedp.KeyEvent(kb.Enter))
		b.until(fmt.Sprintf(`document.getElementById("pattern").getAttribute("aria-label") !== %q`, was))
		require.True(t, js[bool](b, `Boolean(document.activeElement.closest("#next"))`), "the focus is lost")
	}
	b.do(chromedp.Evaluate[chromedp.Void](`document.getElementById("over").focus()`), chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.Escape))
	b.until(`document.getElementById("regionName").textContent !== "held" && /^[0-9,]+ activation regions? meets? the ball.* exact[.] Centre .* radius /.test(document.getElementById("said").textContent)`)
	b.honest(e, request{})
	b.quiet()
}

// links opens what nobody's explorer has spelled.
func links(t *testing.T, chrome context.Context) {
	s := serve(t, moons(t))
	for fragment, want := range map[string]string{
		"nonsense":                           "nonsense",
		"ball=l2,1&view=a,b,c&colour=mauve":  "ball, view, colour",
		"net=1&hold=1&in=none&view=0,0,0":    "net, in, view, hold",
		"through=1;2&inputs=1,1&origin=p99":  "inputs, through, origin",
		"ball=l2,0,0,1e999":                  "ball",
		"%F0%9F%A6%86=%zz&&=&<script>=1":     "",
		"ball=l1,0,0,0.25&view=0,0,1&in=all": "-",
	} {
		b := open(t, chrome, s.URL()+"#"+fragment, desk)
		if want == "-" {
			require.True(t, js[bool](b, `document.getElementById("toast").hidden`), fragment)
		} else {
			require.Contains(t, b.text("toast"), "Not understood, and left out, of the link: "+want, fragment)
		}
		b.quiet()
	}
	b := open(t, chrome, s.URL()+"#ball=l2,0.5,0.25,0.5&view=0.5,0.25,1.5", desk)
	b.do(chromedp.Evaluate[chromedp.Void](`location.hash = "#ball=twelve"`))
	b.until(`document.getElementById("toast").textContent.endsWith("of the link: ball")`)
	require.Equal(t, disc{Norm: "l2", Center: []float64{0.5, 0.25}, Radius: 0.5}, b.ball())
	b.quiet()
}

// overtakes answers the question for an earlier checkpoint after that for a later one.
func overtakes(t *testing.T, chrome context.Context) {
	e := explorer(t, Config{Models: training(t, 6)})
	b := open(t, chrome, serve(t, e).URL()+"#ball=l2,0,0,0.5", desk)
	b.do(chromedp.Evaluate[chromedp.Void](`(() => {
		const ask = fetch, m = document.getElementById("model");
		window.fetch = async (url, o) => {
			if (url === "ask/plane" && JSON.parse(o.body).model === 2) await new Promise((done) => setTimeout(done, 700));
			return ask(url, o);
		};
		for (const i of [2, 4]) { m.value = i; m.dispatchEvent(new Event("input")); }
	})()`), chromedp.Sleep(1500*time.Millisecond))
	require.Equal(t, "epoch-4", b.text("net"))
	require.Equal(t, "4", b.field("model"))
	b.honest(e, request{Model: 4})
	b.click("#undo")
	b.until(`document.getElementById("net").textContent === "epoch-0"`)
	b.quiet()
}

// refused goes to a checkpoint that is none: the page says so, and stays where it is.
func refused(t *testing.T, chrome context.Context) {
	e := explorer(t, Config{Models: []Model{readNet(t, "two_moons_2-16-16-1.json"), readNet(t, "iris_sized_4-16-16-3.json")}})
	b := open(t, chrome, serve(t, e).URL(), desk)
	b.do(chromedp.Evaluate[chromedp.Void](`(() => { const m = document.getElementById("model"); m.value = 1; m.dispatchEvent(new Event("input")); })()`))
	b.until(`!document.getElementById("toast").hidden`)
	require.Equal(t, "iris_sized_4-16-16-3.json: 4 inputs, expected 2 as two_moons_2-16-16-1.json has", b.text("toast"))
	require.Equal(t, "two_moons_2-16-16-1.json", b.text("net"))
	require.Equal(t, "0", b.field("model"))
	b.honest(e, request{})
	b.quiet()
}

// gone moves the ball when nobody answers any more: the count of where it was is not shown as that of where it is.
func gone(t *testing.T, chrome context.Context) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s, err := Listen(ctx, moons(t), "127.0.0.1:0")
	require.NoError(t, err)
	done := make(chan error)
	go func() { done <- s.Serve(ctx) }()
	b := open(t, chrome, s.URL(), desk)
	cancel()
	require.NoError(t, <-done)
	b.enter("ballR", "0.125")
	b.until(`!document.getElementById("ballError").hidden`)
	require.Contains(t, b.text("ballError"), "is relucell explore still running?")
	require.Equal(t, "–", b.text("count"))
	require.Equal(t, "not counted", b.text("countSays"))
	b.shoot("gone")
}
