// Package cluster counts on many machines, over NATS JetStream.
//
// A count is a walk through a tree whose cells are named by their paths (package enumerate). An
// item is a path. A [Worker] walks it for a budget of work and answers with a record, as a
// checkpoint keeps it, and the paths of the cells it left open, which are items of their own. What
// an item comes to depends on its path, so that doing it twice does no harm: items are delivered at
// least once, of the answers to one the first is kept, and together that counts everything exactly
// once (the argument of MapReduce, Dean and Ghemawat 2004, for tasks that are functions).
//
//	job.go     what is counted, under which name
//	item.go    items and answers, as they are sent
//	store.go   where they are: a stream of items, a bucket of answers, one of texts
//	connect.go how to get there: address, credentials, certificates
//	worker.go  takes items and answers them; project.go is a job as it has it
//	sums.go    adds answers up: the bracket, and the end
//	collect.go reads answers, and refuses strangers'
//	follow.go  a job from its beginning to its result
//	join.go    the proof, from the texts of the answers
//	jobs.go    jobs by name
//	local.go   a server and worker processes on this machine
//
// The order of writing is what holds it together. An answer is there before the items of the cells
// that it left open, and those are there before the item is acknowledged. So whoever dies leaves an
// item that is delivered again, and in the order of the bucket no answer comes before that which
// left its cell open: one that does is a stranger's. A job is done when each path that an answer
// left open has an answer; that can be told from the answers alone, by a coordinator that has just
// begun. Items are only a way to get there: where they are lost, those that the answers ask for are
// sent anew.
package cluster
