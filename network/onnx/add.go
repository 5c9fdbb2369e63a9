// Add and Sub of a constant, which become biases, and numpy's rule for shapes
// that differ.

package onnx

func addConstant(rd *reader, n *node) { rd.add(rd.spread(n, n.constantSide(), true)) }

// subConstant is X − C or C − X.
func subConstant(rd *reader, n *node) {
	at := n.constantSide()
	v := rd.spread(n, at, true)
	if at == 0 {
		rd.turn(-1)
		rd.add(v)
		return
	}
	for i, x := range v {
		v[i] = 0 - x // no negative zero
	}
	rd.add(v)
}

// oldBroadcast gives the constant the shape that numpy's rule needs where the
// operator sets before 7 say by an attribute at which axis it starts.
func (n *node) oldBroadcast(c, x []int) []int {
	if n.attributes["axis"] == nil {
		return c
	}
	axis := n.integer("axis", 0)
	if n.args[0].run == nil || axis < 0 || axis > int64(len(x)) || int(axis)+len(c) > len(x) {
		panic(refusalf("attribute \"axis\": %d does not fit shapes %v and %v", axis, x, c))
	}
	c = append([]int{}, c...)
	for int(axis)+len(c) < len(x) {
		c = append(c, 1)
	}
	return c
}

// broadcast returns the common shape of a and b by numpy's rule, and for each
// of its elements the element of a that it comes from.
func broadcast(a, b []int) (shape, from []int) {
	shape, steps := common(a, b)
	return shape, strided(shape, steps)
}

// common returns the common shape, and how far a step along each of its axes moves in a.
func common(a, b []int) (shape, steps []int) {
	r := max(len(a), len(b))
	shape = make([]int, r)
	steps = make([]int, r)
	step := 1
	for i := 1; i <= r; i++ {
		da, db := 1, 1
		if i <= len(a) {
			da = a[len(a)-i]
		}
		if i <= len(b) {
			db = b[len(b)-i]
		}
		if da != db && da != 1 && db != 1 {
			panic(refusalf("shapes %v and %v do not fit each other", a, b))
		}
		shape[r-i] = max(da, db)
		if da > 1 {
			steps[r-i] = step
		}
		step *= da
	}
	if size(shape) > maxEntries {
		panic(refusalf("shapes %v and %v: the result has more than %d elements", a, b, maxEntries))
	}
	return shape, steps
}
