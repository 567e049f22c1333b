package printersim

// Drawer is the cash drawer on the printer's drawer port.
type Drawer struct {
	Open   bool
	Kicks  int // pulses it got
	Opened int // times it went from closed to open
	Pin    int // connector pin of the last pulse: 0 = pin 2, 1 = pin 5
}

// Drawer returns the drawer's state.
func (s *Sim) Drawer() Drawer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.drawer
}

// CloseDrawer pushes the drawer in.
func (s *Sim) CloseDrawer() { s.moveDrawer(false) }

// OpenDrawer opens it by its key, without a pulse.
func (s *Sim) OpenDrawer() { s.moveDrawer(true) }

func (s *Sim) moveDrawer(open bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.moveDrawerLocked(open)
}

func (s *Sim) moveDrawerLocked(open bool) {
	if s.drawer.Open == open {
		return
	}
	s.drawer.Open = open
	if open {
		s.drawer.Opened++
	}
	s.sendASBLocked()
}

func (s *Sim) pulseLocked(pin int) {
	s.drawer.Kicks++
	s.drawer.Pin = pin
	s.moveDrawerLocked(true)
}

// drawerHighLocked is the level of connector pin 3.
func (s *Sim) drawerHighLocked() bool { return s.drawer.Open != s.opts.DrawerOpenLow }
