//go:build linux

package cluster

// A disk that fills while a count runs: a real one, of a few megabytes in memory.

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/enumerate"
	"github.com/relucell/relucell/internal/journal"
)

// disk mounts a file system of so many bytes.
func disk(t testing.TB, size string) string {
	folder := t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("a file system of its own cannot be mounted here (%v); the store's own limit is tested without", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(folder, syscall.MNT_DETACH) })
	return folder
}

// fill writes until nothing more goes in, and returns the file.
func fill(t testing.TB, folder string) string {
	f, err := os.Create(filepath.Join(folder, "filler"))
	require.NoError(t, err)
	defer f.Close()
	_, err = io.Copy(f, zeros{})
	require.ErrorIs(t, err, syscall.ENOSPC)
	return f.Name()
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }

// Somebody else fills the disk in the middle of a count. That is an error and no answer, and the
// same count goes on, to the same bytes, once there is room.
func TestAFullDiskIsAnErrorAndTheCountGoesOn(t *testing.T) {
	t.Parallel()
	folder := disk(t, "16m")
	s, _ := small(t)
	s.budget = 100
	want, texts := s.plain(t, 0)
	var items atomic.Int64
	reached := make(chan struct{})
	slow := func(p *project, path []int8, budget int64, told enumerate.Observer) (journal.Answer, error) {
		if items.Add(1) == 20 {
			close(reached)
		}
		time.Sleep(5 * time.Millisecond)
		return p.items.Walk(path, budget, told)
	}
	count := func() (Result, map[string]string, error) {
		srv, err := Serve(filepath.Join(folder, "store"), 0, "", 0)
		require.NoError(t, err)
		defer srv.Close()
		a := Access{URL: srv.URL, Log: testLog()}
		defer employ(t, Worker{Access: a, walk: slow})()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		proof := t.TempDir()
		o := s.options(a)
		o.trouble, o.Proof = time.Second, s.writer(t, proof, 0)
		r, err := Count(ctx, s.net, s.ball, o)
		if err == nil {
			require.NoError(t, o.Proof.Close(r.Lower))
		}
		return r, filesOf(t, proof), err
	}
	filled := make(chan string, 1)
	go func() { <-reached; filled <- fill(t, folder) }()
	r, _, err := count()
	require.Error(t, err)
	require.False(t, r.Exact)
	t.Log(r.Items, err)
	require.NoError(t, os.Remove(<-filled))
	r, got, err := count()
	require.NoError(t, err)
	require.Equal(t, want.Lower, r.Lower)
	require.Equal(t, texts, got)
}
