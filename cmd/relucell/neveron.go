package main

// check --never-on: a bound of the network, read off the proof of a count.

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/relucell/relucell/certificate"
)

// neuronList reads numbers of neurons, and sorts them.
func neuronList(s string) (list []int, err error) {
	for word := range strings.SplitSeq(s, ",") {
		j, err := strconv.Atoi(word)
		if err != nil || j < 0 || word[0] == '+' {
			return nil, errors.New("expected numbers of neurons, from 0, separated by commas")
		}
		list = append(list, j)
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}

// silent says which of the neurons asked about the proof does not show to be on nowhere.
func (c *checkCmd) silent(r *certificate.Report) error {
	for _, j := range c.never {
		switch {
		case j >= len(r.Signs):
			return badInputf("--never-on: neuron %d, expected one of the network's %d, counted from 0", j, len(r.Signs))
		case r.Signs[j]&certificate.SeenPlus != 0:
			return fmt.Errorf("neuron %d is on somewhere in the ball", j)
		case !r.NeverOn(j):
			return fmt.Errorf("neuron %d is left undecided by an unexplored cell, or is a maximum", j)
		}
	}
	return nil
}

// neuronsAre begins a sentence about neurons.
func neuronsAre(list []int) string {
	if len(list) == 1 {
		return "neuron " + numbers(list) + " is"
	}
	return "neurons " + numbers(list) + " are"
}

// numbers lists numbers.
func numbers(list []int) string {
	return strings.Join(each(list, strconv.Itoa), ", ")
}

// from are so many numbers from the first on.
func from(first, count int) (list []int) {
	for i := range count {
		list = append(list, first+i)
	}
	return list
}

// neverOn says how to check that a proof shows neurons to be on nowhere.
func (f *fields) neverOn(net, proof string, neurons []int) {
	f.line("", "relucell check %s %s --never-on %s", net, proof, strings.Join(each(neurons, strconv.Itoa), ","))
}
