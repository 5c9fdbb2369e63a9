package reach

// polymake itself reads what is written for it, where it is installed: its vertices are ours,
// from the points and from the inequalities alone.

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/enumerate"
)

// polymakeScript prints the vertices of each polytope of an array, and whether the inequalities,
// where there are any, have the same.
const polymakeScript = `use application "polytope";
sub lines { return join("", sort(map { join(" ", @$_)."\n" } @{dense(shift->VERTICES)})); }
for my $file (@ARGV) {
  my $all = load($file);
  print "$file ", $all->size, "\n";
  for my $p (@$all) {
    my $v = lines($p);
    print $p->description, "\n", $v;
    my $rows = $p->lookup("INEQUALITIES");
    if (defined($rows)) {
      print "rows of other vertices\n" if lines(new Polytope(INEQUALITIES=>$rows)) ne $v;
    }
  }
}
`

// polymake runs the script on files, in a home of its own.
func polymake(t *testing.T, dir, script string, files ...string) string {
	path, err := exec.LookPath("polymake")
	if err != nil {
		t.Skip("polymake is not installed (Debian has it under this name): its format is not tried on it")
	}
	file := filepath.Join(dir, "read.pl")
	require.NoError(t, os.WriteFile(file, []byte(script), 0o600))
	cmd := exec.Command(path, append([]string{"--script", file}, files...)...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "HOME="+dir)
	var out, notes bytes.Buffer // of what it uses
	cmd.Stdout, cmd.Stderr = &out, &notes
	require.NoError(t, cmd.Run(), notes.String())
	return out.String()
}

func TestPolymakeReadsThem(t *testing.T) {
	dir := t.TempDir()
	var files []string
	var want, polytopes strings.Builder
	write := func(add func(p *Polymake)) {
		var text bytes.Buffer
		p := NewPolymake(&text)
		add(p)
		require.NoError(t, p.Close())
		require.True(t, json.Valid(text.Bytes()), text.String())
		file := fmt.Sprintf("%d.poly", len(files))
		files = append(files, file)
		fmt.Fprintf(&want, "%s %d\n%s", file, p.n, polytopes.String())
		polytopes.Reset()
		require.NoError(t, os.WriteFile(filepath.Join(dir, file), text.Bytes(), 0o600))
	}
	expect := func(what string, lines []string) {
		fmt.Fprintln(&polytopes, what)
		for _, l := range lines {
			fmt.Fprintln(&polytopes, "1", l)
		}
	}
	for seed := range int64(6) {
		n, b := drawn(seed)
		write(func(p *Polymake) {
			eachRegion(t, n, b, func(i int, r enumerate.Region) {
				d, err := Describe(context.Background(), i, r)
				require.NoError(t, err)
				require.NoError(t, p.Domain(d, b))
				expect(fmt.Sprintf("the domain of region %d, pattern %s", i, d.Pattern), sorted(d.Vertices))
			})
		})
	}
	n, b := drawn(4)
	q := query(t, n.Inputs(), -9, 9, "(assert (<= Y_0 0))")
	write(func(p *Polymake) {
		eachRegion(t, n, b, func(i int, r enumerate.Region) {
			pieces, err := Inverse(t.Context(), r, q)
			require.NoError(t, err)
			for _, piece := range pieces {
				require.NoError(t, p.Piece(i, &piece))
				expect(fmt.Sprintf("a piece of region %d, pattern %s", i, piece.Pattern), sorted(piece.Vertices))
			}
		})
	})
	require.Contains(t, want.String(), "a piece of region")
	write(func(*Polymake) {}) // no unsafe part
	require.Equal(t, want.String(), polymake(t, dir, polymakeScript, files...))
}

// TestPolymakeReadsOne has it read the image of one region, of points inside as well.
func TestPolymakeReadsOne(t *testing.T) {
	n, b := drawn(4)
	var text bytes.Buffer
	var d *Description
	eachRegion(t, n, b, func(i int, r enumerate.Region) {
		if i == 0 {
			var err error
			d, err = Describe(context.Background(), i, r)
			require.NoError(t, err)
		}
	})
	p := NewPolymake(&text)
	p.One = true
	require.NoError(t, p.Image(d))
	require.NoError(t, p.Close())
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "one.poly"), text.Bytes(), 0o600))
	out := polymake(t, dir, `use application "polytope";
my $p = load($ARGV[0]);
print $p->type->full_name, "\n", join("", sort(map { join(" ", @$_)."\n" } @{dense($p->POINTS)}));
`, "one.poly")
	want := "Polytope<Rational>\n"
	for _, l := range sorted(d.Image) {
		want += "1 " + l + "\n"
	}
	require.Equal(t, want, out)
}
