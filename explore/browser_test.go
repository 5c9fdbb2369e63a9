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
)

// tab is a page that is open.
type tab struct {
	*testing.T
	ctx context.Context
	mu  sync.Mutex
	bad []string // what the console has told of errors
}

// browser finds a browser, or skips.
func browser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("no browser: install chromium")
	return ""
}

// open opens an address in a browser of its own.
func open(t *testing.T, url string, width, height int64, dark bool) *tab {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(browser(t)), chromedp.NoSandbox, chromedp.Flag("allow-file-access-from-files", false))
	alloc, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(alloc)
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
	if dark {
		scheme = "dark"
	}
	b.do(chromedp.Navigate("about:blank"))
	b.call(func() error { _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); return err })
	b.call(func() error {
		_, err := chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 2, Mobile: width < 500})
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
	require.NoError(b, chromedp.Do(b.ctx, steps...))
}

func (b *tab) call(f func() error) {
	b.Helper()
	require.NoError(b, f())
}

func get[T any](b *tab, a chromedp.Action[T]) T {
	b.Helper()
	v, err := chromedp.Run(b.ctx, a)
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
	b.until(`document.getElementById("count").textContent !== "–" && !document.getElementById("answer").classList.contains("stale") && document.getElementById("window").textContent !== ""`)
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
	b.mu.Lock()
	defer b.mu.Unlock()
	require.Empty(b, b.bad, strings.Join(b.bad, "\n"))
}

func TestBrowserLooks(t *testing.T) {
	s := serve(t, moons(t))
	for _, c := range []struct {
		name          string
		width, height int64
		dark          bool
	}{{"desk-light", 1280, 800, false}, {"desk-dark", 1280, 800, true}, {"phone-light", 360, 740, false}, {"phone-dark", 360, 740, true}} {
		t.Run(c.name, func(t *testing.T) {
			b := open(t, s.URL(), c.width, c.height, c.dark)
			b.shoot(c.name)
			require.False(t, js[bool](b, `document.documentElement.scrollWidth > innerWidth`), "it scrolls sideways")
			b.quiet()
		})
	}
}
