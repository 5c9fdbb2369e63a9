package files

// Fields of JSON objects: decoders take the last of several that have one name, and tell nobody.

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// Once refuses a JSON text in which an object has two fields of one name. Case does not tell names
// apart, as decoders into structs take any.
func Once(text []byte) error {
	in := json.NewDecoder(bytes.NewReader(text))
	in.UseNumber()
	var names []map[string]bool // of the objects around; nil for an array
	for isName := false; ; {
		token, err := in.Token()
		if err != nil {
			return nil // the end, or what the decoder refuses as well
		}
		switch word, isText := token.(string); {
		case token == json.Delim('{'):
			names = append(names, map[string]bool{})
		case token == json.Delim('['):
			names = append(names, nil)
		case token == json.Delim('}'), token == json.Delim(']'):
			names = names[:len(names)-1]
		case isText && isName:
			known := names[len(names)-1]
			if key := strings.ToLower(strings.ToUpper(word)); known[key] { // ſ is an s there, too
				return fmt.Errorf("field %q is given twice", word)
			} else {
				known[key], isName = true, false
			}
			continue
		}
		isName = len(names) > 0 && names[len(names)-1] != nil
	}
}
