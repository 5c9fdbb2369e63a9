// What a proof costs: counting, counting with a proof, and checking it, with one worker.

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/relucell/relucell/certificate"
	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/network"
	"github.com/relucell/relucell/proof"
)

// proofRow compares the three in one case; times are the best of the rounds.
type proofRow struct {
	Net          string  `json:"net"`
	Ball         string  `json:"ball"`
	Regions      int64   `json:"regions"`
	CountSeconds float64 `json:"count_seconds"`
	ProveSeconds float64 `json:"prove_seconds"`
	CheckSeconds float64 `json:"check_seconds"`
	// Bytes is the size of the plain proof, GzipBytes of the compressed one.
	Bytes     int64 `json:"bytes"`
	GzipBytes int64 `json:"gzip_bytes"`
}

// Cases with fewer regions than proofFloor are left out, where creating the file costs more than
// its text, and those with more than proofLimit, where megabytes would say no more. Checking takes
// time in proportion to regions × weights, in integers: minutes above proofWork.
const (
	proofFloor = 1000
	proofLimit = 50_000
	proofWork  = 200_000_000
)

// measureProofs proves the cases that were counted.
func measureProofs(ctx context.Context, jobs []job, counts []countRow, opt options) ([]proofRow, error) {
	var rows []proofRow
	for _, j := range jobs {
		c, ok := find(counts, j, opt.workers[0])
		if !ok || c.Regions < proofFloor || c.Regions > proofLimit || c.Regions*weights(j.net) > proofWork {
			continue
		}
		fmt.Fprintf(opt.log, "\rproof: %-60s", j.name+" "+j.where)
		row, err := measureProof(ctx, j, c, opt)
		if err != nil {
			return nil, fmt.Errorf("%s, %s: %w", j.name, j.where, err)
		}
		rows = append(rows, row)
	}
	fmt.Fprintf(opt.log, "\r%-100s\r", "")
	return rows, nil
}

// weights is the number of weights and biases.
func weights(n *network.Network) int64 {
	sum := 0
	for _, l := range n.Layers() {
		sum += l.Out() * (l.In() + 1)
	}
	return int64(sum)
}

// find returns the row of a job.
func find(counts []countRow, j job, workers int) (countRow, bool) {
	for _, c := range counts {
		if c.Net == j.name && c.Ball == j.where && c.Workers == workers {
			return c, true
		}
	}
	return countRow{}, false
}

func measureProof(ctx context.Context, j job, c countRow, opt options) (proofRow, error) {
	row := proofRow{Net: j.name, Ball: j.where, Regions: c.Regions, CountSeconds: c.Seconds}
	text := j.net.Canonical()
	for start, round := time.Now(), 0; round == 0 || round < opt.rounds && time.Since(start) < opt.budget; round++ {
		for began := time.Now(); ; { // short ones again, as short counts are
			if err := ctx.Err(); err != nil {
				return row, err
			}
			size, proving, checking, err := proveAndCheck(j, text, c.Regions)
			if err != nil {
				return row, err
			}
			row.Bytes = size
			row.ProveSeconds = best(row.ProveSeconds, proving)
			row.CheckSeconds = best(row.CheckSeconds, checking)
			if time.Since(began) >= roundTime {
				break
			}
		}
	}
	return row, inFolder(func(dir string) (err error) {
		if _, err = prove(j, filepath.Join(dir, "proof.gz")); err == nil {
			row.GzipBytes, err = sizeOf(dir)
		}
		return err
	})
}

// best is the least time so far.
func best(so float64, now time.Duration) float64 {
	if so == 0 {
		return now.Seconds()
	}
	return min(so, now.Seconds())
}

// inFolder calls do with a new folder, and removes it afterwards.
func inFolder(do func(dir string) error) (err error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	return do(dir)
}

func prove(j job, path string) (time.Duration, error) {
	start := time.Now()
	_, err := proof.Prove(context.Background(), j.net, j.ball, path, enumerate.Options{Workers: 1})
	return time.Since(start), err
}

// proveAndCheck writes a proof, checks it, and returns its size and the times.
func proveAndCheck(j job, text []byte, regions int64) (size int64, proving, checking time.Duration, err error) {
	err = inFolder(func(dir string) (err error) {
		path := filepath.Join(dir, "proof")
		if proving, err = prove(j, path); err != nil {
			return err
		}
		start := time.Now()
		rep, err := certificate.Check(text, path, certificate.Options{Workers: 1})
		if err != nil {
			return err
		}
		checking = time.Since(start)
		if rep.AtLeast || rep.Count != regions {
			return fmt.Errorf("the proof counts %d, the walk %d", rep.Count, regions)
		}
		size, err = sizeOf(dir)
		return err
	})
	return size, proving, checking, err
}

// sizeOf adds up the files of a folder: a proof may have parts.
func sizeOf(dir string) (size int64, err error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return 0, err
	}
	for _, f := range files {
		info, err := f.Info()
		if err != nil {
			return 0, err
		}
		size += info.Size()
	}
	return size, nil
}
