package plot

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
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

// scripted is what the page is after a script that comes behind its own.
func scripted(t *testing.T, m *Map, opt Options, script string) string {
	page := filepath.Join(t.TempDir(), "map.html")
	var b bytes.Buffer
	require.NoError(t, m.WriteHTML(&b, opt))
	b.WriteString("<script>" + script + "</script>")
	require.NoError(t, os.WriteFile(page, b.Bytes(), 0o644))
	return browser(t, page, "")
}

// Far in, all ticks had the same six digits, and no axis said what it is of: around a small ball the
// ticks are differences from its centre, in powers of ten.
func TestThePageTellsItsTicksApartAndNamesItsAxes(t *testing.T) {
	watched := `let said = []; g.fillText = (text) => said.push(text);`
	m := newMap(t, twoMoons(t), newBall(t, ball.LInf, []float64{0.5, 0.25}, 1e-9))
	dom := scripted(t, m, Options{}, watched+`draw(); document.title = D.inputs + " " + D.inputs.map((s) => said.includes(s));`)
	require.Contains(t, dom, "<title>(x0 − 0.5) ÷ 1e-9,(x1 − 0.25) ÷ 1e-9 true,true</title>")
	m = newMap(t, twoMoons(t), newBall(t, ball.LInf, []float64{3000, -7000}, 0.5))
	dom = scripted(t, m, Options{}, watched+`
		view.cx = view.cy = 0.123456; view.k = 1e6; draw();
		document.title = said.length + " labels, " + new Set(said).size + " of them different, " + said;`)
	found := regexp.MustCompile(`<title>(\d+) labels, (\d+) of them different`).FindStringSubmatch(dom)
	require.Len(t, found, 3, dom[:min(len(dom), 400)])
	require.Equal(t, found[1], found[2], dom[:min(len(dom), 400)])
	labels, err := strconv.Atoi(found[1])
	require.NoError(t, err)
	require.GreaterOrEqual(t, labels, 2+2*2, "the names, and ticks of both axes")
	dom = scripted(t, m, Options{}, `
		const steps = [];
		for (const apart of [1, 1e-3, 1e-7, 1e-12]) steps.push(new Set([0, 1, 2, 3].map((k) => number(0.123456 + k * apart, apart))).size);
		document.title = "different " + steps + " " + number(1234567.8) + " " + number(0.1, 1e-20);`)
	require.Contains(t, dom, "different 4,4,4,4 1234570 0.1<")
}

// Nothing went by keys, and in a narrow window the map and its words were shrunk together.
func TestThePageGoesByKeysAndFitsItsWindow(t *testing.T) {
	n := twoMoons(t)
	m := newMap(t, n, newBall(t, ball.LInf, []float64{0.5, 0.25}, 1))
	dom := scripted(t, m, Options{}, `
		const said = [], key = (name) => canvas.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));
		canvas.focus();
		said.push(document.activeElement === canvas);
		key("+"); said.push((view.k / start().k).toFixed(2));
		key("-"); said.push((view.k / start().k).toFixed(2));
		key("ArrowRight"); key("ArrowUp"); said.push(view.cx.toFixed(2), view.cy.toFixed(2));
		key("0"); said.push(view.cx, view.cy);
		key("Enter"); said.push(document.getElementById("region").textContent);
		Object.defineProperty(document.documentElement, "clientWidth", { value: 334 });
		window.dispatchEvent(new Event("resize"));
		said.push(canvas.style.width, (view.k / start().k).toFixed(2));
		document.title = said.join(" ");`)
	require.Regexp(t, `<title>true 1.25 1.00 0.23 0.23 0 0 \d+ of 345, held 300px 1.00</title>`, dom)
	p := n.Pattern([]float64{0.5, 0.25}).String()
	require.Contains(t, dom, p[:16]+" "+p[16:])
}
