package certificate

// The lines of the tree: what each claims and how it is checked against the
// forms of the path that leads to it. This is the theorem, clause by clause.

// subtree checks the subtree that starts at the next line, with the neurons
// before j decided.
func (w *walker) subtree(j int) error {
	for {
		line, err := w.in.next()
		if err != nil {
			return err
		}
		if w.stopped.Load() {
			return nil // some other part was refused
		}
		kind := byte(0)
		if len(line) > 0 {
			kind = line[0]
		}
		switch kind {
		case '@':
			return w.part(j, line)
		case 'W', '?':
			return w.leaf(j, line)
		case '*', '0', '+', '-', '=':
		default:
			return w.in.refuse("expected a line that begins with one of * 0 + - = W ? @")
		}
		run := line[:1]
		if kind == '=' {
			if run = line[1:]; len(run) < 2 {
				return w.in.refuse("a run has two signs at least")
			}
		}
		for _, c := range run {
			if j == len(w.sign) {
				return w.in.refuse("all %d neurons are decided, expected W and a witness", j)
			}
			if err := w.decide(j, c, kind, line); err != nil {
				return err
			}
			j++
		}
	}
}

// decide checks what the line says of neuron j, c being its sign there, and
// walks on to the side that lives; if both do, it checks the minus side first.
func (w *walker) decide(j int, c, kind byte, line []byte) error {
	w.total.nodes.Add(1)
	z, _ := w.form(j)
	if zero(z) != (c == '0') {
		return w.in.refuse("neuron %d: a line 0 is for a form that is identically zero there, and for no other", j)
	}
	live := int8(+1)
	switch c {
	case '*', '0':
		if len(line) != 1 {
			return w.in.refuse("expected nothing after %c", c)
		}
		if live = 0; c == '*' {
			w.set(j, -1)
			if err := w.subtree(j + 1); err != nil {
				return err
			}
			live = +1
		}
	case '+', '-':
		if c == '-' {
			live = -1
		}
		if kind == '=' {
			line = []byte("= 1")
		}
		if err := w.sum(j, -live, line[1:]); err != nil {
			return err
		}
		if !w.ball.nonpositive(w.f, &w.scratch) {
			return w.in.refuse("neuron %d: the multipliers do not prove the other side empty: their sum is positive somewhere in the ball", j)
		}
	default:
		return w.in.refuse("a run has the signs + and - alone")
	}
	w.set(j, live)
	return nil
}

// sum reads " λ_self i:λ_i …" and sets w.f to λ_self·s·z_j + Σ λ_i·s_i·z_i.
func (w *walker) sum(j int, s int8, text []byte) error {
	z, scale := w.form(j)
	token, rest, more := cut(text[min(1, len(text)):], ' ')
	if len(text) == 0 || text[0] != ' ' || !natural(token, &w.m) || w.m.Sign() == 0 {
		return w.in.refuse("expected a sign, a space, and the multiplier of neuron %d itself, an integer ≥ 1", j)
	}
	if s < 0 {
		w.m.Neg(&w.m)
	}
	for k := range z {
		w.f[k].Mul(&w.m, &z[k])
	}
	for last := -1; more; {
		token, rest, more = cut(rest, ' ')
		name, factor, _ := cut(token, ':')
		i, ok := index(name, j)
		if !ok || i <= last || w.sign[i] == 0 {
			return w.in.refuse("expected ancestors in ascending order, each below %d and with a sign + or -, not %.40q", j, token)
		}
		last = i
		if !natural(factor, &w.m) || w.m.Sign() == 0 {
			return w.in.refuse("expected a multiplier of ancestor %d, an integer ≥ 1", i)
		}
		if w.sign[i] < 0 {
			w.m.Neg(&w.m)
		}
		a, from := w.form(i)
		w.m.Lsh(&w.m, scale-from)
		for k := range a {
			w.f[k].Add(&w.f[k], w.t.Mul(&w.m, &a[k]))
		}
	}
	return nil
}

// leaf checks a final region or an unexplored cell: its witness is strictly
// inside the ball and has the sign of the path at each neuron decided.
func (w *walker) leaf(j int, line []byte) error {
	w.total.nodes.Add(1)
	if line[0] == 'W' && j < len(w.sign) {
		return w.in.refuse("a final region after %d of %d neurons", j, len(w.sign))
	}
	rest, more := line[1:], len(line) > 1 && line[1] == ' '
	if more {
		rest = rest[1:]
	}
	for k := range w.x {
		var token []byte
		ok := more
		token, rest, more = cut(rest, ' ')
		if ok {
			w.exp[k], ok = number(token, &w.x[k])
		}
		if !ok || more != (k < len(w.x)-1) {
			return w.in.refuse("coordinate %d: expected %d coordinates, hexadecimal floats in their one spelling", k, len(w.x))
		}
	}
	scale := w.x.align(w.exp, w.ball.scale)
	if !w.ball.inside(w.x, scale, &w.scratch) {
		return w.in.refuse("the witness is not strictly inside the ball")
	}
	for i, s := range w.sign[:j] {
		z, _ := w.form(i)
		v := w.m.Lsh(&z[len(z)-1], scale)
		for k := range w.x {
			v.Add(v, w.t.Mul(&z[k], &w.x[k]))
		}
		if v.Sign() != int(s) {
			return w.in.refuse("neuron %d: the witness has sign %d there, the path has %d", i, v.Sign(), s)
		}
	}
	if line[0] == 'W' {
		w.total.regions.Add(1)
	} else {
		w.total.open.Add(1)
	}
	return nil
}
