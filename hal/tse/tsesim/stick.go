package tsesim

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"

	"github.com/tresen-pos/tresen/hal/tse/softtse"
)

// Options of Mount.
type Options struct {
	Curve        softtse.Curve    // default brainpoolP384r1, as the real sticks
	Now          func() time.Time // default time.Now
	AdminPIN     string           // default 12345
	TimeAdminPIN string           // default 98765
	PUK          string           // default 123456
	Fresh        bool             // as it comes from the maker: not initialised, interface off, secrets not changed
	Seed         uint64           // of garbage
	OnFault      func(Fault)      // called when a fault takes effect, from the server's goroutine; must not call the Stick
}

// mode is what reads of the command file meet.
type mode int

const (
	ready mode = iota
	mute
	hanging
	short
)

// Stick is a simulated stick.
type Stick struct {
	dir    string // of the software unit
	at     string // mount point
	opt    Options
	server *fuse.Server

	mu      sync.Mutex // guards all below
	unit    *softtse.TSE
	life    int // counts unplugging: a file opened before is dead
	overrun int
	script  []Fault
	rnd     *rand.Rand

	// lost with power
	selfTest   bool
	set, setAt time.Time // time set by the host, and when that was
	user       byte      // logged in: 1 admin, 2 time admin
	open       *step
	counter    uint32
	block      [blockSize]byte  // the command file
	busy       int              // looks that still say busy
	fetch      *[blockSize]byte // the response, when it must be fetched
	mode       mode
	hang       chan struct{} // closed when a hanging read may return; size 0: it carries no value

	struck *Fault // a Hang no read has met yet

	// kept
	tries   map[byte]int
	pins    map[byte]string
	ctssOn  bool
	init    bool
	changed byte // bits of TSE_INFO 0x20
	tar     store
}

// Mount makes or opens the software unit in dir and mounts its volume at mountpoint, which must exist. Needs root.
func Mount(mountpoint, dir string, opt Options) (*Stick, error) {
	opt = opt.withDefaults()
	s := &Stick{
		dir: dir, at: mountpoint, opt: opt, ctssOn: !opt.Fresh, init: !opt.Fresh, rnd: rand.New(rand.NewPCG(opt.Seed, 1)),
		tries: map[byte]int{admin: 3, timeAdmin: 3, puk: 3}, pins: map[byte]string{admin: opt.AdminPIN, timeAdmin: opt.TimeAdminPIN, puk: opt.PUK},
	}
	if s.init {
		s.changed = 7
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make simulated TSE: %w", err)
	}
	if err := s.powerLocked(); err != nil {
		return nil, fmt.Errorf("make simulated TSE: %w", err)
	}
	none := time.Duration(0)
	server, err := fs.Mount(mountpoint, &root{stick: s}, &fs.Options{
		EntryTimeout: &none, AttrTimeout: &none, NegativeTimeout: &none,
		MountOptions: fuse.MountOptions{DirectMountStrict: true, FsName: "tsesim", Name: "tsesim"},
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("mount simulated TSE at %s (needs root and /dev/fuse): %w", mountpoint, err), s.Unplug())
	}
	s.server = server
	return s, nil
}

func (o Options) withDefaults() Options {
	if o.Curve == "" {
		o.Curve = softtse.BrainpoolP384r1
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.AdminPIN == "" {
		o.AdminPIN = "12345"
	}
	if o.TimeAdminPIN == "" {
		o.TimeAdminPIN = "98765"
	}
	if o.PUK == "" {
		o.PUK = "123456"
	}
	return o
}

// powerLocked starts the stick; what power keeps is gone.
func (s *Stick) powerLocked() error {
	s.set, s.setAt = time.Time{}, time.Time{}
	unit, err := softtse.Open(s.dir, softtse.Options{Curve: s.opt.Curve, Now: s.clockLocked, Description: "simulated stick"})
	if err != nil {
		return err
	}
	s.unit, s.selfTest, s.user, s.open, s.counter = unit, false, 0, nil, 0
	s.busy, s.fetch, s.mode = 0, nil, ready
	s.block = response(0, nil, 0)
	return nil
}

// Close unmounts the volume and lets go of the unit.
func (s *Stick) Close() error {
	err := s.Unplug()
	if e := s.server.Unmount(); e != nil { // somebody still has a file open
		err = errors.Join(err, syscall.Unmount(s.at, syscall.MNT_DETACH))
	}
	return err
}
