// What tables are refused, and how those that are read come out.

package experiment

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func writeTable(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
	return path
}

func TestBadTablesAreRefusedInOneLine(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"ragged":           {"1,2,0\n3,4,1\n5,1\n", `line 3: 2 columns, expected 3`},
		"ragged header":    {"a,b,c,class\n3,4,1\n", `line 2: 3 columns, expected 4`},
		"text in a number": {"1,2,0\n3,x,1\n", `line 2: column 2: "x", expected a finite number`},
		"text in line one": {"1,x,0\n3,4,1\n", `line 1: column 2: "x", expected a finite number`},
		"empty cell":       {"1,2,0\n,4,1\n", `line 2: column 1: "", expected a finite number`},
		"one class":        {"1,2,a\n3,4,a\n", `column 3: all 2 rows are of class "a", expected at least two classes`},
		"one spelt twice":  {"1,2,1\n3,4,1.0\n", `column 3: all 2 rows are of class "1"`},
		"NaN":              {"1,2,0\nNaN,4,1\n", `line 2: column 1: "NaN", expected a finite number`},
		"infinite":         {"1,2,0\n3,-Inf,1\n", `line 2: column 2: "-Inf", expected a finite number`},
		"beyond float32":   {"1,2,0\n3,1e300,1\n", `line 2: column 2: "1e300", expected a finite number`},
		"NaN class":        {"1,2,0\n3,4,nan\n", `line 2: column 3: "nan", expected the name or number of a class`},
		"no class":         {"1,2,0\n3,4,\n", `line 2: column 3: "", expected the name or number of a class`},
		"regression":       {"1,2,0.5\n3,4,0.25\n5,6,0.125\n", `column 3: 3 classes in 3 rows, expected at least two rows a class`},
		"one column":       {"1\n2\n", `line 1: one column`},
		"empty":            {"", `no points`},
		"header alone":     {"a,b,class\n", `no points`},
		"open quote":       {"1,2,0\n\"3,4,1\n", `expected comma-separated values`},
	} {
		t.Run(name, func(t *testing.T) {
			path := writeTable(t, "t.csv", c.text)
			_, err := OpenData(path, "")
			require.ErrorContains(t, err, c.want)
			require.ErrorContains(t, err, path+": ")
			require.NotContains(t, err.Error(), "\n")
		})
	}
}

func TestMissingAndBrokenFilesAreNamed(t *testing.T) {
	_, err := OpenData("nowhere.csv", "")
	require.EqualError(t, err, "nowhere.csv: no such file or directory")
	_, err = OpenData("digits", "nocache")
	require.EqualError(t, err, filepath.Join("nocache", "digits.csv.gz")+`: no such file, expected the data set digits there; "make data" fetches it`)
	_, err = OpenData(writeTable(t, "t.csv.gz", "1,2,0\n"), "")
	require.ErrorContains(t, err, "not a gzip file")
}

func TestTablesAreScaledAndClassesNumbered(t *testing.T) {
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	_, err := w.Write([]byte("\ufeffa,b,class\n1,7,10\n3,7,9\n1,7,9.0\n3,7,10\n"))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	d, err := OpenData(writeTable(t, "my table.csv.gz", z.String()), "")
	require.NoError(t, err)
	require.Equal(t, "my_table", d.Name)
	require.Len(t, d.SHA256, 64)
	require.Equal(t, []int{2, 2, 4}, []int{d.Inputs, d.Classes, d.Rows})
	require.Equal(t, []int{1, 0, 0, 1}, d.table.class, "9 comes before 10")
	require.Equal(t, [][]float64{{-1, 0}, {1, 0}, {-1, 0}, {1, 0}}, d.table.x, "a constant column becomes 0")
}

// A finished experiment writes its tables anew from what they say: rows of data whose name begins as
// a comment does used to be lost there.
func TestRowsAreReadAsTheyAreWritten(t *testing.T) {
	var rows []Row
	for i, name := range []string{"#1.csv", " a.csv", "moons", `a "b", c.csv`, "\ufeffb.csv", ""} {
		rows = append(rows, Row{name, "adam", 1 << 63, i, "test", "0", "", "bound:serra", "", "0.5"})
	}
	text, err := csvText(rowHeader, records(rows))
	require.NoError(t, err)
	got, err := readRows(text)
	require.NoError(t, err)
	require.Equal(t, rows, got)
	none, err := readRows(nil)
	require.NoError(t, err)
	require.Empty(t, none)
	_, err = readRows([]byte("a,b\n"))
	require.ErrorContains(t, err, "wrong number of fields")
}

func FuzzParseTable(f *testing.F) {
	for _, seed := range []string{"1,2,0\n3,4,1\n1,2,0\n3,4,1\n", "a,b,c\n1,2,x\n1,2,y\n", "1,2\n,\n", "\"", "1,0x1p-2,0\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := parseTable([]byte(text))
		if err != nil {
			require.NotContains(t, strings.TrimSpace(err.Error()), "\n")
			return
		}
		require.Len(t, d.table.x, d.Rows)
		require.Len(t, d.table.class, d.Rows)
		require.GreaterOrEqual(t, d.Classes, 2)
		d.scale(standard)
	})
}
