package main

// explore: a page in the browser, on which the regions of a network are looked at.

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/relucell/relucell/explore"
	"github.com/relucell/relucell/internal/files"
	"github.com/relucell/relucell/network"
)

type exploreCmd struct {
	net    netFlags
	points string
	listen string
	html   string
}

func newExploreCmd() *cobra.Command {
	c := &exploreCmd{}
	cmd := &cobra.Command{
		Use:   "explore NET...",
		Short: "Explore the regions of a network on a page in the browser",
		Long: `explore serves one page on this machine and prints its address: the map of the network's regions on a
plane, a ball that is dragged and resized on it, and beside it the count, the bounds and the distance
to the nearest boundary, which follow the ball; the pattern, the affine map and the neighbours of a region.
What is called a count is exact; what is stopped early is a bracket and says so.

Several NET, or a folder of them, are checkpoints of one training, in the natural order of their names: a slider
goes through them. --points draws the points of a CSV file: as many coordinates as the network has
inputs, and perhaps a class.

The page needs no network access. Only this machine can open it, and only by the address that is
printed; --listen with another address lets others in who know it, without encryption. An interrupt ends it.
--html writes the same page as a file, which a browser opens without relucell.`,
		Example: `  relucell explore net.onnx
  relucell explore net.onnx --points points.csv
  relucell explore checkpoints/ --listen 127.0.0.1:8080`,
		Args: someNets,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return completedEndings, cobra.ShellCompDirectiveFilterFileExt
		},
		RunE: action(c.run),
	}
	fs := cmd.Flags()
	c.net.add(fs)
	fs.StringVar(&c.points, "points", "", "CSV `FILE` of points to draw on the map")
	fs.StringVar(&c.listen, "listen", "127.0.0.1:0", "`ADDRESS` and port to serve the page on; port 0 takes a free one")
	fs.StringVar(&c.html, "html", "", "write the page to this `FILE` instead, with the networks and the engine within (needs a program made by make explorer)")
	return cmd
}

func someNets(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return errors.New("NET missing, expected a network, several, or a folder of them")
	}
	return nil
}

func (c *exploreCmd) run(cmd *cobra.Command, args []string) error {
	if c.html != "" {
		return c.write(cmd, args)
	}
	ctx, cancel := context.WithCancel(cmd.Context())
	defer cancel()
	defer interrupts.heed(cancel)()
	e, err := c.explorer(ctx, cmd, args)
	if err != nil {
		return err
	}
	s, err := explore.Listen(ctx, e, c.listen)
	if err != nil {
		return badInputf("--listen: %w", err)
	}
	if !s.Loopback() {
		fmt.Fprintf(cmd.ErrOrStderr(), "relucell: note: other machines can reach %s; what goes between is not encrypted, and whoever has the address can use this machine's processors\n", c.listen)
	}
	fmt.Fprintf(cmd.OutOrStdout(), "Explorer  %s\n", s.URL())
	return failed(s.Serve(ctx))
}

// explorer reads the first network and the points.
func (c *exploreCmd) explorer(ctx context.Context, cmd *cobra.Command, args []string) (*explore.Explorer, error) {
	paths, err := netPaths(args)
	if err != nil {
		return nil, badInput(err)
	}
	cfg := explore.Config{Version: version()}
	for _, path := range paths {
		cfg.Models = append(cfg.Models, c.model(cmd, path))
	}
	if c.points != "" {
		n, _, err := c.net.read(ctx, cmd, paths[0])
		if err != nil {
			return nil, err
		}
		if cfg.Points, err = readPointsFile(ctx, c.points, n.Inputs()); err != nil {
			return nil, badInput(err)
		}
	}
	e, err := explore.New(ctx, cfg)
	return e, badInput(err)
}

func (c *exploreCmd) model(cmd *cobra.Command, path string) explore.Model {
	return explore.Model{Name: filepath.Base(path), Open: func(ctx context.Context) (*network.Network, []string, error) {
		n, im, err := c.net.open(ctx, cmd, path)
		if err != nil {
			return nil, nil, err
		}
		return n, im.Notes, nil
	}}
}

// mostFile bounds what a page in a file holds, before it is compressed.
const mostFile = 1 << 28

// write writes the page as a file.
func (c *exploreCmd) write(cmd *cobra.Command, args []string) error {
	if cmd.Flags().Changed("listen") {
		return badInputf("--listen: given beside --html, which serves nothing; expected one or the other")
	}
	if e := strings.ToLower(filepath.Ext(c.html)); e != ".html" && e != ".htm" {
		return badInputf("--html: %q, expected a file name that ends in .html", c.html)
	}
	if !explore.HasEngine() {
		return badInputf("--html: %w", explore.ErrNoEngine)
	}
	ctx, release := interruptible(cmd)
	defer release()
	paths, err := netPaths(args)
	if err != nil {
		return badInput(err)
	}
	if err := writable("html", c.html, append(paths, c.points)...); err != nil {
		return err
	}
	e, err := c.explorer(ctx, cmd, args) // finds what is wrong before anything is written
	if err != nil {
		return err
	}
	f, err := c.file(ctx, e, paths)
	if err != nil {
		return err
	}
	if err := files.Write(c.html, func(w io.Writer) error { return explore.WriteHTML(w, f) }); err != nil {
		return failed(err)
	}
	fmt.Fprintf(cmd.OutOrStdout(), "Explorer  %s\n", c.html)
	return nil
}

// file is all that the page holds.
func (c *exploreCmd) file(ctx context.Context, e *explore.Explorer, paths []string) (explore.File, error) {
	f := explore.File{Version: version()}
	size := 0
	for i, path := range paths {
		n, notes, err := e.Network(ctx, i)
		if err != nil {
			return f, badInput(err)
		}
		m := explore.NewFileModel(filepath.Base(path), n, notes)
		if size += len(m.Text); size > mostFile {
			return f, badInputf("--html: the networks have more than %d MB as text, expected fewer or smaller ones, or no --html", mostFile>>20)
		}
		f.Models = append(f.Models, m)
	}
	if c.points != "" {
		text, err := files.ReadLimited(c.points, mostFile)
		if err != nil {
			return f, badInput(files.Plain(err))
		}
		f.Points = string(text)
	}
	return f, nil
}

// netPaths returns the files that the arguments name: themselves, or all networks of a folder.
func netPaths(args []string) ([]string, error) {
	var all []string
	for _, arg := range args {
		if st, err := os.Stat(arg); err != nil || !st.IsDir() {
			all = append(all, arg)
			continue
		}
		entries, err := os.ReadDir(arg)
		if err != nil {
			return nil, files.Plain(err)
		}
		var names []string
		for _, e := range entries {
			ending := strings.TrimPrefix(filepath.Ext(strings.TrimSuffix(strings.ToLower(e.Name()), ".gz")), ".")
			if !e.IsDir() && slices.Contains(netEndings, ending) {
				names = append(names, e.Name())
			}
		}
		if len(names) == 0 {
			return nil, fmt.Errorf("%s: a folder without networks, expected files that end in .%s", arg, strings.Join(netEndings, ", ."))
		}
		slices.SortFunc(names, naturally)
		for _, name := range names {
			all = append(all, filepath.Join(arg, name))
		}
	}
	return all, nil
}

// naturally compares names such that epoch-9 is before epoch-10: digits as the numbers that they
// spell, whatever their length, and equal ones by their spelling.
func naturally(a, b string) int {
	x, y := a, b
	for x != "" && y != "" {
		m, n := digits(x), digits(y)
		if m == 0 || n == 0 {
			if x[0] != y[0] {
				return cmp.Compare(x[0], y[0])
			}
			x, y = x[1:], y[1:]
			continue
		}
		u, v := strings.TrimLeft(x[:m], "0"), strings.TrimLeft(y[:n], "0")
		if c := cmp.Or(cmp.Compare(len(u), len(v)), cmp.Compare(u, v)); c != 0 {
			return c
		}
		x, y = x[m:], y[n:]
	}
	return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(a, b))
}

// digits is the length of the digits that s begins with.
func digits(s string) int {
	return len(s) - len(strings.TrimLeft(s, "0123456789"))
}
