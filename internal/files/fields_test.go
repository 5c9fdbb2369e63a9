package files_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/relucell/relucell/internal/files"
)

func TestFieldsGivenTwice(t *testing.T) {
	for _, text := range []string{`{}`, `[]`, ``, `{`, `{"a":{"a":1,"b":[{"a":2},{"a":"a"}]},"b":"a"}`, `[{"a":1},{"a":1}]`, `{"a":["b","b",{"b":"b"}],"b":"b"}`, `{"a":1`} {
		require.NoError(t, files.Once([]byte(text)), text)
	}
	for _, text := range []string{`{"a":1,"a":2}`, `{"a":1,"A":2}`, `{"seek":1,"ſeek":2}`, `[{"b":{}},{"a":[],"b":{},"a":3}]`, `{"c":{"a":"a","b":"c","a":"d"}}`, `{"a":{"b":1},"a":`} {
		require.ErrorContains(t, files.Once([]byte(text)), `is given twice`, text)
	}
}
