package plot

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/ball"
)

func TestThePageFetchesNothing(t *testing.T) {
	m := newMap(t, twoMoons(t), newBall(t, ball.L2, []float64{0.5, 0.25}, 1))
	var b bytes.Buffer
	require.NoError(t, m.WriteHTML(&b, Options{Name: "</script><b>&", Points: moonPoints(t)}))
	require.NotRegexp(t, regexp.MustCompile(`(?i)https?:|src=|href=|@import|url\(`), b.String())
	require.NotContains(t, b.String(), "</script><b>", "a name must not end the script")
}

// browser returns the output of headless Chromium on a page, after its script ran.
func browser(t *testing.T, page, fragment string) string {
	var chromium string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			chromium = path
			break
		}
	}
	if chromium == "" {
		t.Skip("the page is not tried in a browser: install chromium")
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	profile, err := os.MkdirTemp("", "relucell-chromium-")
	require.NoError(t, err)
	// The browser may still be writing when it has answered: what is left is not a failure.
	defer func() { _ = os.RemoveAll(profile) }()
	cmd := exec.CommandContext(ctx, chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--user-data-dir="+profile, "--dump-dom", "file://"+page+fragment)
	out, err := cmd.Output()
	require.NoError(t, err)
	return string(out)
}

func TestThePageTellsARegion(t *testing.T) {
	n := twoMoons(t)
	for _, fill := range []Fill{ByPattern, ByClass} {
		m := newMap(t, n, newBall(t, ball.L2, []float64{0.5, 0.25}, 1))
		page := filepath.Join(t.TempDir(), "map.html")
		var b bytes.Buffer
		require.NoError(t, m.WriteHTML(&b, Options{Name: "two moons", Fill: fill, Points: moonPoints(t)}))
		require.NoError(t, os.WriteFile(page, b.Bytes(), 0o644))
		dom := browser(t, page, "#at=0.5,-0.25")
		x := []float64{0.5, -0.25}
		p := n.Pattern(x).String()
		require.Contains(t, dom, p[:16]+" "+p[16:])
		require.Contains(t, dom, "of 327, held")
		found := regexp.MustCompile(`y0 = (\S+)·x0 \+ (\S+)·x1 \+ ([^<\s]+)`).FindStringSubmatch(dom)
		require.Len(t, found, 4, dom[strings.Index(dom, "<dl>"):])
		w, h := n.Affine(n.Pattern(x))
		for k, want := range []string{w[0][0].Text('g', 6), w[0][1].Text('g', 6), h[0].Text('g', 6)} {
			require.Equal(t, want, found[k+1])
		}
	}
}

// TestThePageZooms turns the wheel and moves the pointer as a user would.
func TestThePageZooms(t *testing.T) {
	n := twoMoons(t)
	m := newMap(t, n, newBall(t, ball.LInf, []float64{0.5, 0.25}, 1))
	page := filepath.Join(t.TempDir(), "map.html")
	var b bytes.Buffer
	require.NoError(t, m.WriteHTML(&b, Options{}))
	b.WriteString(`<script>
		const box = canvas.getBoundingClientRect(), k = view.k;
		const spot = { clientX: box.left + box.width / 2, clientY: box.top + box.height / 2, bubbles: true, pointerId: 1 };
		canvas.dispatchEvent(new WheelEvent("wheel", { ...spot, deltaY: -1000, cancelable: true }));
		document.title = "zoomed " + (view.k / k).toFixed(2);
		canvas.dispatchEvent(new PointerEvent("pointermove", spot));
	</script>`)
	require.NoError(t, os.WriteFile(page, b.Bytes(), 0o644))
	dom := browser(t, page, "")
	require.Contains(t, dom, "zoomed 7.39") // e²
	p := n.Pattern([]float64{0.5, 0.25}).String()
	require.Contains(t, dom, p[:16]+" "+p[16:])
	require.Contains(t, dom, "of 345<")
}
