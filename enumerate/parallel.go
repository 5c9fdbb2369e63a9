// What is asked of many regions, on all processors.

package enumerate

import (
	"cmp"
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// together is how many regions in a row are asked by one goroutine: what is kept from one is of use
// to the next.
const together = 16

// inParallel calls f with all numbers below n, from as many goroutines as there are processors. An
// error is one of f's, or the cause of the context's end; then some numbers are left out.
func inParallel(ctx context.Context, n int, f func(i int) error) error {
	var next atomic.Int64
	var once sync.Once
	var failed error
	var all sync.WaitGroup
	fail := func(err error) { once.Do(func() { failed = err }); next.Store(int64(n)) }
	for range min(runtime.GOMAXPROCS(0), (n+together-1)/together) {
		all.Go(func() {
			for {
				end := int(next.Add(together))
				for i := end - together; i < min(end, n); i++ {
					if ctx.Err() != nil {
						fail(context.Cause(ctx))
						return
					}
					if err := f(i); err != nil {
						fail(cmp.Or(context.Cause(ctx), err)) // which may be that of a stop
						return
					}
				}
				if end >= n {
					return
				}
			}
		})
	}
	all.Wait()
	return failed
}
