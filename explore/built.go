//go:build explorer && !js

package explore

import _ "embed"

//go:embed built/engine.wasm.gz
var builtWASM []byte

//go:embed built/wasm_exec.js
var builtScript []byte

var built = engine{builtWASM, builtScript}
