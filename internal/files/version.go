package files

import "runtime/debug"

// Self is the path of this module.
const Self = "github.com/relucell/relucell"

// Version returns the version of a module in the running program, "unknown" where that is none of
// its modules. Of the program's own module it also returns the commit, where that is known: its
// hash, and then " true" or " false", whether files differed from it.
func Version(module string) (version, commit string) {
	if info, ok := debug.ReadBuildInfo(); ok {
		return versionIn(info, module)
	}
	return "unknown", ""
}

func versionIn(info *debug.BuildInfo, module string) (version, commit string) {
	for _, m := range info.Deps {
		if m.Path == module {
			return m.Version, ""
		}
	}
	if info.Main.Path != module {
		return "unknown", ""
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			commit = s.Value
		case "vcs.modified":
			commit += " " + s.Value
		}
	}
	return info.Main.Version, commit
}
