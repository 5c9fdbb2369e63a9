//go:build browser

package explore

// The page in a real browser, at the sizes of a desk and of a phone, light and dark. Pictures go to
// the folder that RELUCELL_SCREENSHOTS names, to be looked at.

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/lp"
)

// tab is a page that is open.
type tab struct {
	*testing.T
	ctx context.Context
	mu  sync.Mutex
	bad []string // what the console has told of errors
}

// browser starts a browser, or skips.
func browser(t *testing.T) context.Context {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		alloc, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox)...)
		ctx, cancel := chromedp.NewContext(alloc)
		t.Cleanup(func() { cancel(); stop() })
		require.NoError(t, chromedp.Do(ctx, chromedp.Navigate("about:blank")))
		return ctx
	}
	t.Skip("the page is not tested in a browser: install chromium")
	return nil
}

// screen is what the page is looked at on.
type screen struct {
	width, height int64
	dark          bool
}

var desk, phone = screen{width: 1280, height: 800}, screen{width: 360, height: 740}

// open opens an address in a tab of its own.
func open(t *testing.T, browser context.Context, url string, s screen) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser)
	t.Cleanup(cancel)
	b := &tab{T: t, ctx: ctx}
	require.NoError(t, chromedp.Listen(ctx, func(e any) {
		b.mu.Lock()
		defer b.mu.Unlock()
		switch e := e.(type) {
		case *runtime.EventExceptionThrown:
			b.bad = append(b.bad, fmt.Sprint(e.ExceptionDetails.Text, e.ExceptionDetails.Exception))
		case *runtime.EventConsoleAPICalled:
			if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
				b.bad = append(b.bad, string(e.Type))
			}
		case *log.EventEntryAdded:
			if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
				b.bad = append(b.bad, e.Entry.Text+" "+e.Entry.URL)
			}
		}
	}))
	scheme := "light"
	if s.dark {
		scheme = "dark"
	}
	b.do(chromedp.Navigate("about:blank"))
	b.call(func() error { _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); return err })
	b.call(func() error {
		_, err := chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: s.width, Height: s.height, DeviceScaleFactor: 2, Mobile: s.width < 500})
		return err
	})
	b.call(func() error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
		return err
	})
	b.do(chromedp.Navigate(url), chromedp.WaitReady("body[data-ready]"))
	b.settled()
	return b
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, waits)
	defer cancel()
	require.NoError(b, chromedp.Do(ctx, steps...), "the console: %v", b.errors())
}

// waits is how long a step in the browser may take on a busy machine.
const waits = time.Minute

// errors is what the console has told.
func (b *tab) errors() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.bad...)
}

func (b *tab) call(f func() error) {
	b.Helper()
	require.NoError(b, f())
}

func get[T any](b *tab, a chromedp.Action[T]) T {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, waits)
	defer cancel()
	v, err := chromedp.Run(ctx, a)
	require.NoError(b, err)
	return v
}

// js evaluates an expression.
func js[T any](b *tab, expression string) T {
	b.Helper()
	return get(b, chromedp.Evaluate[T](expression))
}

// until waits for an expression to be true.
func (b *tab) until(expression string) {
	b.Helper()
	b.do(chromedp.Poll[chromedp.Void](expression, chromedp.WithPollingTimeout(30*time.Second)))
}

// settled waits for the count of what the page shows.
func (b *tab) settled() {
	b.Helper()
	b.until(`document.getElementById("count").textContent !== "–" && !document.getElementById("answer").classList.contains("stale") && (document.getElementById("window").textContent !== "" || !document.getElementById("banner").hidden)`)
}

func (b *tab) text(id string) string {
	b.Helper()
	return js[string](b, `document.getElementById("`+id+`").textContent`)
}

// shoot keeps a picture where somebody wants to look at it.
func (b *tab) shoot(name string) {
	b.Helper()
	dir := os.Getenv("RELUCELL_SCREENSHOTS")
	if dir == "" {
		return
	}
	b.do(chromedp.Sleep(300 * time.Millisecond))
	png := get(b, chromedp.CaptureScreenshot())
	require.NoError(b, os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644))
}

// quiet requires that the console has told of no error.
func (b *tab) quiet() {
	b.Helper()
	require.Empty(b, b.errors())
}

// field returns the value of an input.
func (b *tab) field(id string) string {
	b.Helper()
	return js[string](b, `document.getElementById("`+id+`").value`)
}

// enter types into an input in place of what it holds, and leaves it.
func (b *tab) enter(id, text string) {
	b.Helper()
	b.do(chromedp.Evaluate[chromedp.Void](`document.getElementById("`+id+`").focus(); document.getElementById("`+id+`").select()`), chromedp.KeyEvent(text+"\t"))
}

// click clicks by script: a browser's own way to an element asks for the whole page first, which is
// too much of one that holds an engine.
func (b *tab) click(selector string) {
	b.Helper()
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("` + selector + `").click()`))
}

// at returns where a point of the plane is on the page, in pixels, by what the page's address says.
func (b *tab) at(x, y float64) (px, py float64) {
	b.Helper()
	p := js[[]float64](b, fmt.Sprintf(`(() => {
		const r = document.getElementById("over").getBoundingClientRect(), v = new URLSearchParams(location.hash.slice(1)).get("view").split(",").map(Number);
		const k = Math.min(r.width, r.height) / 2 / v[2];
		return [r.left + r.width / 2 + (%v - v[0]) * k, r.top + r.height / 2 - (%v - v[1]) * k];
	})()`, x, y))
	return p[0], p[1]
}

// drag drags from one point of the plane to another.
func (b *tab) drag(x0, y0, x1, y1 float64) {
	b.Helper()
	px, py := b.at(x0, y0)
	qx, qy := b.at(x1, y1)
	b.do(chromedp.DragAndDropXY(px, py, qx, qy, 12))
}

// ball returns the ball that the page's fields show.
func (b *tab) ball() disc {
	b.Helper()
	d := disc{Norm: js[string](b, `document.querySelector("#norm input:checked").value`), Space: js[bool](b, `document.getElementById("space").checked`)}
	for _, id := range []string{"ballX", "ballY"} {
		v, err := strconv.ParseFloat(b.field(id), 64)
		require.NoError(b, err)
		d.Center = append(d.Center, v)
	}
	r, err := strconv.ParseFloat(b.field("ballR"), 64)
	require.NoError(b, err)
	d.Radius = r
	return d
}

// honest requires that the page shows the count of the ball that it shows.
func (b *tab) honest(e *Explorer, r request) string {
	b.Helper()
	b.settled()
	d := b.ball()
	r.Ball = &d
	n, where, err := e.subject(b.Context(), r)
	require.NoError(b, err)
	res, err := enumerate.CountPlain(b.Context(), n, where, lp.NewReference(), enumerate.Options{})
	require.NoError(b, err)
	require.True(b, res.Exact)
	require.Equal(b, res.Lower.String(), strings.ReplaceAll(b.text("count"), ",", ""))
	require.Contains(b, b.text("countSays"), "exact")
	return res.Lower.String()
}
