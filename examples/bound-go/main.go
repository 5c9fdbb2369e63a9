// A bound for `relucell crosscheck --bound-command`, in Go and without any
// package of relucell: the product over the layers of Zaslavsky's sums Σ_{j≤n} C(width, j).
//
//	go build -o mybound ./examples/bound-go
//	relucell crosscheck --bound-command ./mybound
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
)

// request is a line of input; docs/bound-protocol.md has all fields.
type request struct {
	ID  int `json:"id"`
	Net struct {
		Inputs int `json:"inputs"`
		Layers []struct {
			Activation string `json:"activation"`
			// Numbers are hexadecimal floats: strconv.ParseFloat reads them.
			Weights [][]string `json:"weights"`
			Bias    []string   `json:"bias"`
		} `json:"layers"`
	} `json:"net"`
}

func main() {
	if err := serve(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve answers one line for each line.
func serve(in io.Reader, out io.Writer) error {
	d := json.NewDecoder(bufio.NewReader(in))
	for {
		var r request
		if err := d.Decode(&r); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(out, "{\"id\":%d,\"bound\":\"%s\"}\n", r.ID, bound(r)); err != nil {
			return err
		}
	}
}

func bound(r request) *big.Int {
	product := big.NewInt(1)
	for _, l := range r.Net.Layers {
		if l.Activation == "none" {
			continue
		}
		sum := new(big.Int)
		for j := 0; j <= min(len(l.Bias), r.Net.Inputs); j++ {
			sum.Add(sum, new(big.Int).Binomial(int64(len(l.Bias)), int64(j)))
		}
		product.Mul(product, sum)
	}
	return product
}
