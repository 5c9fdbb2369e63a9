package main

// Data flows one way: ARCHITECTURE.md says which room may know which.

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRoomsImportOneWay(t *testing.T) {
	const count = "certificate/internal/affine certificate/internal/canonical certificate/internal/fractions certificate/internal/nettext"
	allowed := map[string]string{
		"certificate":                    count + " certificate/internal/steps",
		"certificate/internal/affine":    "certificate/internal/canonical",
		"certificate/internal/canonical": "",
		"certificate/internal/fractions": "certificate/internal/canonical",
		"certificate/internal/nettext":   "certificate/internal/canonical certificate/internal/fractions",
		"certificate/internal/steps":     "certificate/internal/canonical",
		"certificate/pairsproof":         count,

		"certificate/safetyproof": "certificate/internal/canonical certificate/internal/fractions certificate/internal/nettext " +
			"certificate/safetyproof/internal/claims certificate/safetyproof/internal/fixed certificate/safetyproof/internal/query",
		"certificate/safetyproof/internal/claims": "certificate/internal/canonical",
		"certificate/safetyproof/internal/fixed":  "certificate/internal/nettext",
		"certificate/safetyproof/internal/query":  "certificate/internal/canonical certificate/internal/fractions",

		"internal/chart":    "",
		"internal/files":    "",
		"internal/hexjson":  "",
		"internal/tables":   "",
		"network":           "internal/hexjson",
		"ball":              "",
		"cone":              "internal/files",
		"proof":             "ball enumerate internal/files network",
		"safety":            "network vnnlib",
		"vnnlib":            "",
		"network/onnx":      "network network/onnx/onnxpb",
		"network/nnet":      "network",
		"network/arrays":    "network",
		"network/rnn":       "internal/hexjson network network/arrays",
		"network/load":      "network network/arrays network/nnet network/onnx",
		"lp":                "ball",
		"lp/exact":          "ball cone",
		"lp/clp":            "lp",
		"lp/nnls":           "",
		"enumerate":         "ball internal/files internal/forms internal/journal internal/judge internal/tree internal/tuning internal/walk lp lp/exact network",
		"extremum":          "ball enumerate internal/forms lp/exact network safety vnnlib",
		"landscape":         "ball certificate cone enumerate internal/chart internal/files lp/exact lp/nnls network proof",
		"reach":             "ball cone enumerate internal/chart lp/exact network vnnlib",
		"constrained":       "cone network",
		"bound":             "ball network",
		"ridge":             "ball network",
		"learn":             "internal/files network",
		"plot":              "ball enumerate internal/chart internal/files network",
		"explore":           "ball bound enumerate network plot",
		"cluster":           "ball certificate enumerate internal/files internal/journal network proof",
		"crosscheck/gen":    "ball network",
		"crosscheck/twin":   "ball lp/exact network",
		"internal/forms":    "ball lp/exact network",
		"internal/judge":    "ball internal/forms lp/exact",
		"internal/vertices": "ball internal/forms",
		"internal/tuning":   "",
		"internal/tree":     "ball bound internal/forms internal/judge internal/tuning internal/vertices lp lp/exact network",
		"internal/journal":  "internal/files",
		"internal/walk":     "internal/journal internal/tree internal/tuning",
	}
	list := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "github.com/relucell/relucell/...")
	list.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := list.Output()
	require.NoError(t, err)
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		room := strings.TrimPrefix(words[0], "github.com/relucell/relucell/")
		may, ok := allowed[room]
		if !ok {
			continue
		}
		for _, w := range words[1:] {
			// Conversions from exact numbers to float64 are for all; the rooms of certificate have none to make.
			if name, ours := strings.CutPrefix(w, "github.com/relucell/relucell/"); ours && (name != "internal/dyadic" || strings.HasPrefix(room, "certificate")) {
				require.Contains(t, strings.Fields(may), name, "%s imports %s", room, name)
			}
		}
	}
}
