package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNonsenseIsAnswered(t *testing.T) {
	c := converse(t)
	for line, want := range map[string]string{
		`nonsense`:                           "not a request",
		`{}`:                                 "id: missing",
		`[]`:                                 "not a request",
		`{"id":1} {"id":2}`:                  "text after the end",
		`{"id":1.5,"method":"info"}`:         "id: missing or of another kind",
		`{"id":{},"method":"info"}`:          "id: missing or of another kind",
		`{"id":"","method":"info"}`:          "id: missing or of another kind",
		`{"id":1}`:                           "method: missing",
		`{"id":1,"method":"fly"}`:            `"fly", expected one of bound, canonical`,
		`{"id":1,"method":"worker"}`:         `"worker", expected one of bound, canonical`,
		`{"id":1,"method":"info","speed":1}`: `unknown field "speed"`,
		`{"id":1,"method":"a","Method":"b"}`: `field "Method" is given twice`,
		`{"id":1,"method":"count","params":{"radius":1,"radius":2}}`:                      `field "radius" is given twice`, // the last was taken
		`{"id":1,"method":"list","credit":0}`:                                             "credit: 0",
		`{"id":1,"method":"info","params":3}`:                                             "expected an object of options",
		`{"id":1,"method":"info","params":{}}`:                                            "net: expected a text",
		`{"id":1,"method":"check","params":{"net":"a"}}`:                                  "proof: expected a text",
		`{"id":1,"method":"info","params":{"net":3}}`:                                     "net: expected a text",
		`{"id":1,"method":"info","params":{"net":"a","center":3}}`:                        "center: no option of info, expected net, ",
		`{"id":1,"method":"info","params":{"net":"a","help":true}}`:                       "help: no option",
		`{"id":1,"method":"count","params":{"net":"a","proof":true}}`:                     "proof: true, expected a text",
		`{"id":1,"method":"count","params":{"net":"a","bounds":1}}`:                       "bounds: 1, expected true or false",
		`{"id":1,"method":"count","params":{"net":"a","box":{}}}`:                         "box: {}, expected a text or a number",
		`{"id":1,"method":"count","params":{"net":"a","box":[[[1]]]}}`:                    "box: [1], expected a text or a number",
		`{"id":1,"method":"count","params":{"net":"a","centers":[[1],2]}}`:                "centers: 2, expected an array",
		`{"id":1,"method":"count","params":{"net":"a","workers":0}}`:                      "--workers",
		`{"id":1,"method":"cone rays","params":{}}`:                                       "a: expected an array of rows",
		`{"id":1,"method":"cone rays","params":{"a":[[1,{}]]}}`:                           "a: {}, expected a text or a number",
		`{"id":1,"method":"cone rays","params":{"a":[1,2]}}`:                              "a: 1, expected an array",
		`{"id":1,"method":"diff","params":{"a":[[1]],"b":"net:1"}}`:                       "a: expected a text",
		`{"id":1,"method":"diff","params":{"a":"net:1"}}`:                                 "b: expected a text",
		`{"id":1,"method":"canonical","params":{"net":"net:7","other":"net:8"}}`:          "net:7: no network has this handle",
		`{"id":1,"method":"cancel","params":{"id":77,"x":1}}`:                             `unknown field "x"`,
		`{"id":1,"method":"credit","params":{"id":77}}`:                                   "items: 0",
		`{"id":1,"method":"hello","params":{"protocol":2}}`:                               "protocol: 2, expected 1",
		`{"id":1,"method":"count","params":{"net":"` + data + `degenerate/zero.json"}}`:   "--center: missing",
		`{"id":1,"method":"info","params":{"net":"` + strings.Repeat("a", 1000) + `"}}`:   "unknown ending",
		`{"id":1,"method":"count","params":{"net":"a.json","box":"0:1","format":"yaml"}}`: "expected text, json or csv",
	} {
		c.say(line)
		m := c.next()
		require.True(t, m.last(), line)
		require.NotNil(t, m.Error, line)
		require.Equal(t, exitInput, m.Error.Code, line)
		require.Contains(t, m.Error.Message, want, line)
	}
	for method, want := range map[string]string{"cancel": `{"cancelled":false}`, "credit": `{"running":false}`} {
		require.JSONEq(t, want, string(c.ask("1", method, `{"id":77`+map[string]string{"credit": `,"items":1`}[method]+`}`).Result))
	}
}

func TestALongLineIsReadOver(t *testing.T) {
	long := io.LimitReader(endlessly('a'), maxLine+2)
	var out bytes.Buffer
	in := io.MultiReader(strings.NewReader(hello+"\n"), long, strings.NewReader("\n"+`{"id":1,"method":"cancel","params":{"id":5}}`+"\n"+`{"id":2,"method":"finish"}`))
	require.NoError(t, newServer(&out).serve(context.Background(), in))
	require.Contains(t, out.String(), `{"id":null,"error":{"code":2,"message":"a line of more than 67108864 bytes`)
	require.Contains(t, out.String(), `{"id":1,"result":{"cancelled":false}}`)
}

type endlessly byte

func (b endlessly) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(b)
	}
	return len(p), nil
}

func TestLines(t *testing.T) {
	for text, want := range map[string][]string{
		"":                  nil,
		"a\nb":              {"a", "b"},
		"a\r\n\nb\n":        {"a", "", "b"},
		"12345678\n":        {"12345678"},
		"123456789\nb\n":    {"long", "b"},
		"123456789":         {"long"},
		"0123456789012345x": {"long"},
	} {
		r := bufio.NewReaderSize(strings.NewReader(text), 16)
		var got []string
		for {
			line, err := readLine(r, 8)
			if err == io.EOF {
				break
			}
			if err == errLongLine {
				line = []byte("long")
			}
			got = append(got, string(line))
		}
		require.Equal(t, want, got, "%q", text)
	}
}

func FuzzRequests(f *testing.F) {
	for _, s := range []string{hello, `{"id":1,"method":"count","params":{"net":"net:1","center":[0,1],"radius":1}}`,
		`{"id":"a","method":"count","params":{"net":"n","box":[[0,1],[null,"x"]],"centers":[[1,2]],"bounds":true}}`,
		`{"id":2,"method":"cone rays","params":{"a":[[1,"1/2"],[0]],"max-rays":1}}`, `{"id":3,"method":"canonical","params":{"net":"a","other":null,"data":[["--"]]}}`, `{"id":1} 2`, "\n", `{"id":"\n"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		r, err := readRequest(line)
		require.True(t, r.ID == nil || json.Valid(r.ID))
		if err != nil {
			return
		}
		require.NotNil(t, r.ID)
		for _, create := range callable {
			cmd := create()
			args, release, err := arguments(cmd, r.Params)
			release()
			if err != nil {
				continue
			}
			options := args[:slices.Index(args, "--")]
			require.LessOrEqual(t, len(args)-len(options)-1, len(positional(cmd)))
			for _, a := range options {
				require.Regexp(t, `(?s)^--[a-z0-9-]+=`, a)
			}
		}
	})
}
