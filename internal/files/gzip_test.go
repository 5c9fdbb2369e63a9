package files

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadUnpacked(t *testing.T) {
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	_, err := w.Write([]byte("0123456789"))
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		bytes []byte
		limit int64
		want  string // an error where it begins with !
	}{
		{"plain.txt", []byte("0123456789"), 10, "0123456789"},
		{"packed.txt.gz", z.Bytes(), 10, "0123456789"},
		{"PACKED.GZ", z.Bytes(), 10, "0123456789"},
		{"packed.txt", z.Bytes(), 99, "!compressed by gzip, expected a name that ends in .gz, or a text"},
		// A table in UTF-16 was one of a header and no number, or of numbers that nobody could see.
		{"utf16le.csv", []byte("\xff\xfe1\x00,\x002\x00"), 99, "!a text in UTF-16, expected UTF-8"},
		{"utf16be.csv", []byte("\xfe\xff\x001\x00,\x002"), 99, "!a text in UTF-16, expected UTF-8"},
		{"unmarked.csv", []byte("1\x00,\x002\x00"), 99, "!bytes 0, which no text has"},
		{"marked.csv", []byte("\ufeff1,2"), 99, "\ufeff1,2"}, // which all readers of tables leave out
		{"more.gz", z.Bytes(), 9, "!more than 9 bytes"},      // the limit is on what comes out
		{"more.txt", []byte("0123456789"), 9, "!more than 9 bytes"},
		{"no.gz", []byte("0123456789"), 99, "!not a gzip file"},
		{"cut.gz", z.Bytes()[:z.Len()-9], 99, "!unexpected EOF"},
	} {
		path := filepath.Join(t.TempDir(), c.name)
		if err := os.WriteFile(path, c.bytes, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := ReadUnpacked(path, c.limit)
		if bad, is := strings.CutPrefix(c.want, "!"); is {
			if err == nil || !strings.Contains(err.Error(), bad) || !strings.Contains(err.Error(), path) {
				t.Errorf("%s: error %v, expected %q and the name", c.name, err, bad)
			}
		} else if err != nil || string(got) != c.want {
			t.Errorf("%s: %q, %v, expected %q", c.name, got, err, c.want)
		}
	}
}
