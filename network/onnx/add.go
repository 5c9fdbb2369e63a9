// Add and Sub of a constant, which become biases, and numpy's rule for shapes
// that differ.

package onnx

import "fmt"

func addConstant(rd *reader, n *node) error { return rd.addTensor(n, false) }

func subConstant(rd *reader, n *node) error { return rd.addTensor(n, true) }

// addTensor is X + C, X − C or C − X, with numpy's broadcasting.
func (rd *reader) addTensor(n *node, subtract bool) error {
	at := 1
	if n.args[1].run != nil {
		at = 0
	}
	c, err := n.floats(at, "constant")
	if err != nil {
		return err
	}
	cShape, err := n.oldBroadcast(c.shape, rd.shape)
	if err != nil {
		return err
	}
	out, fromX, err := broadcast(rd.shape, cShape)
	if err != nil {
		return err
	}
	_, fromC, err := broadcast(cShape, rd.shape)
	if err != nil {
		return err
	}
	if len(fromX) != rd.width {
		if err := rd.gather(fromX); err != nil {
			return err
		}
	}
	rd.shape = out
	v := make([]float64, len(fromC))
	for i, j := range fromC {
		if v[i] = c.floats[j]; subtract && at == 1 {
			v[i] = 0 - v[i] // no negative zero
		}
	}
	if subtract && at == 0 {
		if err := rd.scale(filled(rd.width, -1)); err != nil {
			return err
		}
	}
	return rd.add(v)
}

// oldBroadcast gives the constant the shape that numpy's rule needs where the
// operator sets before 7 say by an attribute at which axis it starts.
func (n *node) oldBroadcast(c, x []int) ([]int, error) {
	if n.attributes["axis"] == nil {
		return c, nil
	}
	axis, err := n.integer("axis", 0)
	if err != nil {
		return nil, err
	}
	if n.args[0].run == nil || axis < 0 || axis > int64(len(x)) || int(axis)+len(c) > len(x) {
		return nil, fmt.Errorf("attribute \"axis\": %d does not fit shapes %v and %v", axis, x, c)
	}
	c = append([]int{}, c...)
	for int(axis)+len(c) < len(x) {
		c = append(c, 1)
	}
	return c, nil
}

// broadcast returns the common shape of a and b by numpy's rule, and for each
// of its elements the element of a that it comes from.
func broadcast(a, b []int) (shape, from []int, err error) {
	r := max(len(a), len(b))
	shape = make([]int, r)
	steps := make([]int, r)
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
			return nil, nil, fmt.Errorf("shapes %v and %v do not fit each other", a, b)
		}
		shape[r-i] = max(da, db)
		if da > 1 {
			steps[r-i] = step
		}
		step *= da
	}
	n := size(shape)
	if n > maxEntries {
		return nil, nil, fmt.Errorf("shapes %v and %v: the result has more than %d elements", a, b, maxEntries)
	}
	// An odometer over the elements of the result.
	from = make([]int, n)
	index := make([]int, r)
	at := 0
	for i := range from {
		from[i] = at
		for d := r - 1; d >= 0; d-- {
			index[d]++
			at += steps[d]
			if index[d] < shape[d] {
				break
			}
			at -= steps[d] * shape[d]
			index[d] = 0
		}
	}
	return shape, from, nil
}
