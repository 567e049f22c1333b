package zvtsim

import (
	"errors"
	"fmt"
	"io"

	"github.com/tresen-pos/tresen/hal/zvt"
)

// errLost says that the register is gone, by fault or by itself.
var errLost = errors.New("the register is gone")

// errEnded says that the link itself is at its end.
var errEnded = fmt.Errorf("the link ended: %w", errLost)

// wire is the terminal's side of one link.
type wire struct {
	t    *Terminal
	l    io.ReadWriteCloser
	d    zvt.Deframer
	mute bool

	queue []zvt.APDU // serial: messages that arrived while an ACK was awaited, at most maxQueue
	buf   []byte     // serial: bytes read and not yet looked at
}

const maxQueue = 16

// recv returns the register's next message. A fault that is due happens before the
// message is acted upon.
func (w *wire) recv() (zvt.APDU, error) {
	a, err := w.next()
	if err != nil {
		return a, errEnded
	}
	f := w.t.step()
	if f == nil {
		return a, nil
	}
	switch f.Kind {
	case Mute, Late:
		return a, w.stall()
	case Cut:
		return a, w.cut()
	case Garbage:
		return a, w.garble()
	}
	return a, nil // fragments and duplicates are things that are sent
}

func (w *wire) next() (zvt.APDU, error) {
	if !w.t.opts.Serial && len(w.queue) == 0 {
		return zvt.ReadAPDU(w.l)
	}
	for len(w.queue) == 0 {
		if _, err := w.event(); err != nil {
			return zvt.APDU{}, err
		}
	}
	a := w.queue[0]
	w.queue = w.queue[1:]
	return a, nil
}

// event reads serial bytes until something is complete.
func (w *wire) event() (zvt.Event, error) {
	for {
		if len(w.buf) == 0 {
			b := make([]byte, 256)
			n, err := w.l.Read(b)
			if err != nil {
				return zvt.Nothing, err
			}
			w.buf = b[:n]
		}
		for len(w.buf) > 0 {
			ev, raw := w.d.Push(w.buf[0])
			w.buf = w.buf[1:]
			if ev == zvt.Frame {
				ev = w.enqueue(raw)
			}
			if ev == zvt.Bad {
				w.l.Write([]byte{0x15})
			}
			if ev != zvt.Nothing {
				return ev, nil
			}
		}
	}
}

func (w *wire) enqueue(raw []byte) zvt.Event {
	a, err := zvt.ParseAPDU(raw)
	if err != nil || len(w.queue) == maxQueue {
		return zvt.Bad
	}
	w.queue = append(w.queue, a)
	if !w.mute {
		w.l.Write([]byte{0x06})
	}
	return zvt.Frame
}

// send sends a message, with the fault that is due.
func (w *wire) send(a zvt.APDU) error {
	raw, err := a.AppendTo(nil)
	if err != nil {
		return err
	}
	if w.t.opts.Serial {
		raw = zvt.AppendFrame(nil, raw)
	}
	f := w.t.step()
	if f == nil {
		return w.put(raw)
	}
	switch f.Kind {
	case Cut:
		w.l.Write(raw[:min(f.Bytes, len(raw))])
		return w.cut()
	case Mute:
		return w.stall()
	case Late:
		w.t.opts.Stalled()
		return w.put(raw)
	case Garbage:
		return w.garble()
	case Fragment:
		for _, b := range raw[:len(raw)-1] {
			if _, err := w.l.Write([]byte{b}); err != nil {
				return errLost
			}
		}
		return w.put(raw[len(raw)-1:])
	case Duplicate:
		if err := w.put(raw); err != nil {
			return err
		}
	}
	return w.put(raw)
}

// put writes bytes; on a serial line it waits for the ACK and sends again twice.
func (w *wire) put(raw []byte) error {
	for range 3 {
		if _, err := w.l.Write(raw); err != nil {
			return errLost
		}
		if !w.t.opts.Serial {
			return nil
		}
		for {
			ev, err := w.event()
			if err != nil {
				return errLost
			}
			if ev == zvt.GotAck {
				return nil
			}
			if ev == zvt.Frame && isCommand(w.queue[len(w.queue)-1]) {
				return errLost // the register has begun anew
			}
			if ev == zvt.GotNak {
				break
			}
		}
	}
	return errLost
}

// isCommand: neither an answer nor a wish to abort.
func isCommand(a zvt.APDU) bool {
	return a.Code>>8 != 0x80 && a.Code>>8 != 0x84 && a.Code != zvt.CodeAbort
}

// stall: nothing is sent any more. On TCP the terminal waits for the register to
// hang up; a serial line has no end, there it gives up at once.
func (w *wire) stall() error {
	w.mute = true
	w.t.opts.Stalled()
	if !w.t.opts.Serial {
		io.Copy(io.Discard, w.l)
	}
	w.mute = false
	return errLost
}

func (w *wire) cut() error {
	if w.t.opts.Serial { // the cable is out: what is under way is lost
		return w.stall()
	}
	w.l.Close()
	return errLost
}

// garble sends what no terminal says, then waits as after any loss.
func (w *wire) garble() error {
	w.l.Write([]byte{0xff, 0x13, 0x37, 0x00, 0x10, 0x02, 0x15, 0xa5})
	return w.stall()
}
