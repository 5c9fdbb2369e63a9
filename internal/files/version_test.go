package files

import (
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestVersionsOfModules(t *testing.T) {
	info := &debug.BuildInfo{
		Main:     debug.Module{Path: Self, Version: "v1.2.3"},
		Deps:     []*debug.Module{{Path: "example.com/solver", Version: "v0.4.0"}},
		Settings: []debug.BuildSetting{{Key: "vcs", Value: "git"}, {Key: "vcs.revision", Value: "abc"}, {Key: "vcs.modified", Value: "true"}},
	}
	for module, want := range map[string][2]string{
		Self: {"v1.2.3", "abc true"}, "example.com/solver": {"v0.4.0", ""}, "example.com/none": {"unknown", ""},
	} {
		version, commit := versionIn(info, module)
		require.Equal(t, want, [2]string{version, commit}, module)
	}
	info.Main.Path, info.Deps[0].Path = "example.com/user", Self
	version, commit := versionIn(info, Self)
	require.Equal(t, []string{"v0.4.0", ""}, []string{version, commit})
}
