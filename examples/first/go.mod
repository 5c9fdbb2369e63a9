module github.com/relucell/relucell/examples/first

go 1.26.0

require (
	github.com/relucell/relucell v0.0.0
	gonum.org/v1/gonum v0.17.0
)

replace github.com/relucell/relucell => ../..
