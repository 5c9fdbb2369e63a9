// Package experiment studies what training does to the regions of small
// networks, with exact counts and exact distances in place of bounds.
//
// Zhu, Lin and Tang (2020) observed, from upper bounds alone, that while a
// network trains the boundaries of its regions tend to move away from the
// training points, and that balls centred at training points tend to hold more
// regions than balls at arbitrary points. Training measures both: it trains
// networks over several seeds and optimisers, and at chosen epochs measures, at
// training points, test points, points between and random points,
//
//	the distance to the nearest boundary    exact, as two neighbouring floats
//	the count in balls of several radii     exact, or a certified bracket past a limit on regions
//	local bounds on that count
//	accuracy and loss
//
// A study of one data set:
//
//	data, err := experiment.TwoMoons()
//	study := experiment.Defaults(data)
//	study.Seeds = 5
//	res, err := experiment.Training(ctx, experiment.Config{Studies: []experiment.Study{study}}, experiment.Options{Dir: "moons"})
//
// (TestTrainingTwiceWritesTheSameBytes runs one.) The folder then holds
//
//	measurements.csv    tidy: one measured quantity a line
//	points.csv          the points measured
//	statistics.csv      whether the two observations hold, over the seeds
//	manifest.json       the configuration, versions and fingerprints: enough to reproduce the above
//	networks/           every measured network as canonical text
//	figures/
//
// No file holds a time. Limits are in regions, never in seconds, each count has
// one worker, and whatever is drawn at random comes from a seed: two runs write the same
// bytes on processors that round alike (some fuse multiplications and additions).
//
// Recurrent is another study: what SGD and path-SGD make of recurrent networks, whose regions it
// counts on lines and planes through sequences. Its files begin with recurrent.
//
// The rooms: data.go and csv.go the data, config.go what is measured, train.go the trainer (GoMLX
// in pure Go), score.go accuracy and loss, measure.go one network at its points, run.go the whole
// with resume, folder.go the files and the manifest, stats.go the statistics, figures.go the
// pictures.
package experiment
