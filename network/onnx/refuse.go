// Refusals: what is not understood ends the import. Almost every step may refuse, so a refusal is a
// panic of one type, as in package certificate. It never leaves the package: attempt makes an error
// of it.

package onnx

import "fmt"

// refusal is the panic by which an import ends.
type refusal struct{ error }

// refusalf returns a refusal in the words of fmt.Errorf.
func refusalf(format string, a ...any) refusal { return refusal{fmt.Errorf(format, a...)} }

// attempt returns the error by which f refuses, nil where it does not.
func attempt(f func()) (err error) {
	defer func() {
		switch fault := recover().(type) {
		case nil:
		case refusal:
			err = fault.error
		default:
			panic(fault) // a bug
		}
	}()
	f()
	return nil
}

// saying runs f, and puts words before its refusals.
func saying(f func(), format string, a ...any) {
	if err := attempt(f); err != nil {
		panic(refusalf(format+": %w", append(a, err)...))
	}
}

// must refuses what an error of another package stands in the way of.
func must(err error) {
	if err != nil {
		panic(refusal{err})
	}
}
