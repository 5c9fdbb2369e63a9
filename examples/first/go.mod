module github.com/relucell/relucell/examples/first

go 1.26.0

require github.com/relucell/relucell v0.0.0

require (
	github.com/klauspost/compress v1.20.4 // indirect
	golang.org/x/sys v0.49.0 // indirect
	gonum.org/v1/gonum v0.17.0 // indirect
	google.golang.org/protobuf v1.36.12 // indirect
)

replace github.com/relucell/relucell => ../..
