// What the measurements of recurrent networks say, over the seeds: networks trained by path-SGD
// against those that SGD makes of the same first networks and batches, and each against its
// beginning.

package experiment

import "slices"

// ofNetworks collects the logarithms of the rows; one of the path norm is a logarithm already.
func ofNetworks(rows []Row) map[key][]span {
	t := map[key][]span{}
	for _, r := range rows {
		k := key{study: r.Data + "-" + r.Optimizer, set: r.Set, quantity: r.Quantity, seed: r.Seed, epoch: r.Epoch}
		v := span{log2(r.Lower), log2(r.Upper)}
		if r.Quantity == "log2_path_norm" {
			v = span{exponent(r.Lower), exponent(r.Upper)}
		}
		t[k] = append(t[k], span{max(-mostLog, min(mostLog, v.low)), max(-mostLog, min(mostLog, v.high))})
	}
	return t
}

// compared are what is compared: the set and the quantity.
var compared = []key{{set: AtTest, quantity: "loss"}, {set: onLine, quantity: "count"}, {set: onPlane, quantity: "count"},
	{set: onLine, quantity: "switching"}, {quantity: "log2_path_norm"}}

// statistics compares at each step measured: "less" than SGD, and "grown" since the first.
func (s *RecurrentStudy) statistics(rows []Row) []Statistic {
	t := ofNetworks(rows)
	var all []Statistic
	for _, init := range s.Inits {
		for _, o := range s.Optimizers {
			for _, batches := range s.Measured {
				for _, k := range compared {
					if o != "sgd" && slices.Contains(s.Optimizers, "sgd") {
						all = s.compare(all, t, "less", init, o, k, batches, batches)
					}
					if batches != s.Measured[0] {
						all = s.compare(all, t, "grown", init, o, k, batches, s.Measured[0])
					}
				}
			}
		}
	}
	return all
}

// compare appends a comparison, over the seeds that have both sides of it.
func (s *RecurrentStudy) compare(all []Statistic, t map[key][]span, observation, init, optimizer string, k key, batches, against int) []Statistic {
	var groups []group
	for i := range s.Seeds {
		of := func(optimizer string, batches int) []span {
			k.study, k.seed, k.epoch = s.Task+"-"+init+"-"+optimizer, s.FirstSeed+uint64(i), batches
			return t[k]
		}
		g := group{a: of(optimizer, batches), b: of(optimizer, against)}
		if observation == "less" {
			g.a, g.b = of("sgd", against), of(optimizer, batches)
		}
		if g.a != nil && g.b != nil {
			groups = append(groups, g)
		}
	}
	if groups == nil {
		return all
	}
	st := Statistic{Comparison: Comparison{Data: s.Task + "-" + init, Optimizer: optimizer, Observation: observation, Set: k.set, Quantity: k.quantity, Epoch: batches}}
	if observation == "less" {
		st.Against = "sgd"
	}
	st.compare(groups, s.Resamples)
	return append(all, st)
}
