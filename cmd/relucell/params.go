package main

// The parameters of a call: a command's options by their long names, and its arguments by the names
// that its usage has for them, in small letters.
//
//	{"net":"net:1","center":[0.5,0.25],"radius":0.5,"bounds":true}
//	{"net":"net.onnx","box":[[-1,1],[0,0.5]],"proof":"net.proof.gz"}

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/relucell/relucell/internal/files"
)

// tableOptions are the options that name a file of points, with what stands before its name. An
// array of arrays given for one is written to such a file.
var tableOptions = map[string]string{"centers": "", "points": "", "at": "@"}

// arguments makes a command line of parameters, and a function that removes what was written for
// it.
func arguments(cmd *cobra.Command, params json.RawMessage) (args []string, release func(), err error) {
	var written []string
	release = func() {
		for _, name := range written {
			_ = files.Discard(name) // it is in the folder for such files, which others tidy too
		}
	}
	values, err := object(params)
	if err != nil {
		return nil, release, fmt.Errorf("params: %w", err)
	}
	last := []string{"--"}
	for _, p := range positional(cmd) {
		v, ok := values[p.name]
		if !ok && p.optional {
			continue
		}
		word, file, err := p.spell(v)
		if written = append(written, file...); err != nil {
			return nil, release, fmt.Errorf("params: %s: %w", p.name, err)
		}
		last = append(last, word)
		delete(values, p.name)
	}
	if f := cmd.Flags().Lookup("format"); f != nil && values["format"] == nil {
		args = append(args, "--format=json")
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		f := cmd.Flags().Lookup(name)
		if f == nil {
			return nil, release, fmt.Errorf("params: %s: no option of %s, expected %s", name, cmd.Name(), strings.Join(options(cmd), ", "))
		}
		words, file, err := option(f, values[name])
		if written = append(written, file...); err != nil {
			return nil, release, fmt.Errorf("params: %s: %w", name, err)
		}
		for _, w := range words {
			args = append(args, "--"+name+"="+w)
		}
	}
	return append(args, last...), release, nil
}

// fill reads an object of known fields.
func fill(params json.RawMessage, to any) error {
	if len(params) == 0 {
		return nil
	}
	if err := files.ReadJSON(bytes.NewReader(params), to); err != nil {
		return fmt.Errorf("params: %w", err)
	}
	return nil
}

// object reads a JSON object; nothing at all is an empty one.
func object(text json.RawMessage) (map[string]json.RawMessage, error) {
	values := map[string]json.RawMessage{}
	if len(text) == 0 {
		return values, nil
	}
	if err := json.Unmarshal(text, &values); err != nil || values == nil {
		return nil, errors.New("expected an object of options")
	}
	maps.DeleteFunc(values, func(_ string, v json.RawMessage) bool { return string(v) == "null" })
	return values, nil
}

// argument is one that a command takes without the name of an option.
type argument struct {
	name     string
	optional bool
	table    bool // a file of rows, for which an array of arrays may be given
}

// positional are the arguments of a command, from its usage: NET PROOF are net and proof, A.csv is
// a, and [OTHER] may be left out.
func positional(cmd *cobra.Command) (list []argument) {
	for _, word := range strings.Fields(cmd.Use)[1:] {
		bare, optional := strings.CutPrefix(word, "[")
		if bare[0] < 'A' || bare[0] > 'Z' {
			break
		}
		name, ending, _ := strings.Cut(strings.ToLower(strings.TrimSuffix(bare, "]")), ".")
		list = append(list, argument{name, optional, ending == "csv" || name == "data"})
	}
	return list
}

// spell is the name of a file or a handle, or that of the file that an array of rows was written
// to.
func (p argument) spell(v json.RawMessage) (word string, file []string, err error) {
	if list := []json.RawMessage(nil); p.table && json.Unmarshal(v, &list) == nil && len(list) > 0 {
		name, err := tableFile(list)
		return name, []string{name}, err
	}
	if err := json.Unmarshal(v, &word); err != nil || word == "" {
		expected := "a text, the name of a file or a handle"
		if p.table {
			expected = "an array of rows, or a text, the name of a file"
		}
		return "", nil, fmt.Errorf("expected %s", expected)
	}
	return word, nil, nil
}

// options names what a command takes.
func options(cmd *cobra.Command) (names []string) {
	for _, p := range positional(cmd) {
		names = append(names, p.name)
	}
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return names
}

// option spells the value of an option as a command line does, once or several times. It returns
// the name of the file that it wrote, if any.
func option(f *pflag.Flag, v json.RawMessage) (words, file []string, err error) {
	kind := f.Value.Type()
	if truth := string(v) == "true" || string(v) == "false"; truth != (kind == "bool") {
		return nil, nil, fmt.Errorf("%s, expected %s", files.Shorten(string(v)), map[bool]string{true: "true or false", false: "a text, a number or an array"}[kind == "bool"])
	}
	if v[0] != '[' {
		w, err := word(v)
		return []string{w}, nil, err
	}
	var list []json.RawMessage
	if err := json.Unmarshal(v, &list); err != nil {
		return nil, nil, err
	}
	before, table := tableOptions[f.Name]
	if table = table && len(list) > 0 && list[0][0] == '['; table {
		name, err := tableFile(list)
		return []string{before + name}, []string{name}, err
	}
	between := ":" // a pair of bounds
	if kind == "stringArray" {
		between = ","
	}
	for _, e := range list {
		w, err := joined(e, between)
		if err != nil {
			return nil, nil, err
		}
		words = append(words, w)
	}
	if kind != "stringArray" {
		words = []string{strings.Join(words, ",")}
	}
	return words, nil, nil
}

// joined spells a value, or the values of an array with something between them.
func joined(v json.RawMessage, between string) (string, error) {
	if v[0] != '[' {
		return word(v)
	}
	words, err := row(v)
	return strings.Join(words, between), err
}

func row(v json.RawMessage) ([]string, error) {
	var list []json.RawMessage
	if err := json.Unmarshal(v, &list); err != nil {
		return nil, fmt.Errorf("%s, expected an array", files.Shorten(string(v)))
	}
	words := make([]string, len(list))
	for i, e := range list {
		var err error
		if words[i], err = word(e); err != nil {
			return nil, err
		}
	}
	return words, nil
}

// word spells a number as it stands there, or a text.
func word(v json.RawMessage) (string, error) {
	var s string
	switch err := json.Unmarshal(v, &s); {
	case v[0] == '{', v[0] == '[', v[0] == 'n':
		return "", fmt.Errorf("%s, expected a text or a number", files.Shorten(string(v)))
	case v[0] == '"':
		return s, err
	}
	return string(v), nil
}

// tableFile writes rows to a CSV file.
func tableFile(rows []json.RawMessage) (name string, err error) {
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	for _, r := range rows {
		words, err := row(r)
		if err != nil {
			return "", err
		}
		if err := w.Write(words); err != nil {
			return "", err
		}
	}
	if w.Flush(); w.Error() != nil {
		return "", w.Error()
	}
	f, err := files.Temporary("", "relucell-*.csv")
	if err != nil {
		return "", err
	}
	_, err = f.Write(text.Bytes())
	return f.Name(), errors.Join(err, f.Close())
}
