//go:build !explorer && !js

package explore

// built has no engine: it is megabytes that few builds want. The build tag explorer puts it in.
var built engine
