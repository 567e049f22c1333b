package web

import "sync"

// Job is long work: how far it is, and how it ended.
type Job struct {
	ID       string `json:"id"`
	Stage    string `json:"stage"`
	Progress int    `json:"progress"` // percent
	Done     bool   `json:"done"`
	Error    string `json:"error,omitempty"`
}

// jobs is the list of long works of this start.
type jobs struct {
	mu      sync.Mutex // guards all below
	list    []Job
	changed chan struct{} // closed and replaced on every change
}

func newJobs() *jobs { return &jobs{changed: make(chan struct{})} }

func (j *jobs) set(id string, done, total uint64) {
	j.update(id, func(x *Job) {
		if total > 0 {
			x.Progress = int(done * 100 / total)
		}
	}, true)
}

func (j *jobs) finish(id string, err error) {
	j.update(id, func(x *Job) {
		x.Done = true
		if err != nil {
			x.Error = err.Error()
		} else {
			x.Progress = 100
		}
	}, false)
}

func (j *jobs) update(id string, f func(*Job), add bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for i := range j.list {
		if j.list[i].ID == id {
			f(&j.list[i])
			j.wake()
			return
		}
	}
	if !add {
		return
	}
	x := Job{ID: id, Stage: id}
	f(&x)
	j.list = append(j.list, x)
	j.wake()
}

func (j *jobs) wake() {
	close(j.changed)
	j.changed = make(chan struct{})
}

func (j *jobs) all() (list []Job, changed <-chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append([]Job{}, j.list...), j.changed
}
