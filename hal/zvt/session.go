package zvt

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/tresen-pos/tresen/hal/link"
)

// errTimeout says that the terminal did not answer in time.
var errTimeout = errors.New("no answer in time")

// session is one opened link to the terminal with its reader goroutine.
type session struct {
	link link.Link
	opts *Opts
	in   chan APDU     // 4: the terminal waits for our answer to each message; a flood waits in the link
	acks chan bool     // 1: the answer to our last serial frame, true for ACK
	stop chan struct{} // closed by close: the reader drops what nobody takes
	done chan struct{} // closed by the reader at its end, after err is set
	err  error

	wmu sync.Mutex // one writer at a time: reader (link acknowledgements) and sender
}

func startSession(l link.Link, opts *Opts) *session {
	s := &session{link: l, opts: opts, in: make(chan APDU, 4), acks: make(chan bool, 1),
		stop: make(chan struct{}), done: make(chan struct{})}
	go s.read()
	return s
}

// close ends the link and waits for the reader. What was written is sent before
// the end of the stream.
func (s *session) close() {
	close(s.stop)
	if h, ok := s.link.(link.HalfCloser); ok {
		_ = h.CloseWrite() // the peer may be gone already
	}
	s.link.Close()
	<-s.done
}

func (s *session) read() {
	defer close(s.done)
	if s.opts.Serial {
		s.err = s.readFrames()
	} else {
		s.err = s.readStream()
	}
}

func (s *session) readStream() error {
	for {
		a, err := ReadAPDU(s.link)
		if err != nil {
			return fmt.Errorf("read: %w", err)
		}
		if !s.deliver(a) {
			return errStopped
		}
	}
}

var errStopped = errors.New("session closed")

// deliver masks card data before anybody can see them and hands the message over.
func (s *session) deliver(a APDU) bool {
	maskAPDU(a)
	select {
	case s.in <- a:
		return true
	case <-s.stop:
		return false
	}
}

// readFrames reads serial frames. A gap of T1 inside a frame ends it with NAK.
func (s *session) readFrames() error {
	var d Deframer
	buf := make([]byte, 256)
	for {
		deadline := time.Time{}
		if d.state > idleDLE {
			deadline = time.Now().Add(s.opts.T1)
		}
		if err := s.link.SetReadDeadline(deadline); err != nil {
			return fmt.Errorf("read: %w", err)
		}
		n, err := s.link.Read(buf)
		for _, b := range buf[:n] {
			if err := s.push(&d, b); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			if d.Reset() {
				s.answerLink(nak)
			}
		case err != nil:
			return fmt.Errorf("read: %w", err)
		}
	}
}

// push handles one serial byte. A frame with a good checksum that is no APDU is
// refused like a damaged one.
func (s *session) push(d *Deframer, b byte) error {
	ev, raw := d.Push(b)
	switch ev {
	case GotAck, GotNak:
		select {
		case s.acks <- ev == GotAck:
		default: // nobody waits, or an answer is there already
		}
	case Bad:
		s.answerLink(nak)
	case Frame:
		a, err := ParseAPDU(raw)
		if err != nil {
			s.answerLink(nak)
			return nil
		}
		s.answerLink(ack)
		if !s.deliver(a) {
			return errStopped
		}
	}
	return nil
}

// answerLink sends ACK or NAK. A failure shows at the next read.
func (s *session) answerLink(b byte) { _, _ = s.write([]byte{b}) }

// maxStale bounds what hush drops.
const maxStale = 64

// hush drops what an earlier, broken call left on a serial line, until the line is
// quiet for T1: an old refusal must not be taken for the next command's. A result
// among it stays unacknowledged, so that the terminal does not take it for known.
func (s *session) hush(ctx context.Context) {
	for range maxStale {
		select {
		case <-s.in:
		case <-s.opts.After(2 * s.opts.T1): // the reader gives up half frames after T1
			return
		case <-s.done:
			return
		case <-ctx.Done():
			return
		}
	}
}

// write sends bytes and says how many the link took.
func (s *session) write(b []byte) (int, error) {
	s.wmu.Lock()
	defer s.wmu.Unlock()
	if err := s.link.SetWriteDeadline(time.Now().Add(s.opts.Write)); err != nil {
		return 0, err
	}
	return s.link.Write(b)
}

// send sends an APDU; began says whether any byte may have reached the terminal.
func (s *session) send(ctx context.Context, a APDU) (began bool, err error) {
	raw, err := a.AppendTo(nil)
	if err != nil {
		return false, err
	}
	if !s.opts.Serial {
		n, err := s.write(raw)
		if err != nil {
			err = fmt.Errorf("send %s: %w", a.Code, err)
		}
		return n > 0, err
	}
	return s.sendFrame(ctx, a.Code, AppendFrame(nil, raw))
}

// resends is how often a serial frame is sent again (PA00P016_04), except one that
// moves money: when the acknowledgement alone was lost, the terminal would take the
// second frame for a second payment.
const resends = 2

func tries(c Code) int {
	switch c {
	case CodeAuthorise, CodePreAuth, CodePartial, CodeBookTotal, CodePreAuthCancel, CodeReversal, CodeRefund, CodePhone:
		return 1
	}
	return 1 + resends
}

func (s *session) sendFrame(ctx context.Context, code Code, frame []byte) (began bool, err error) {
	for range tries(code) {
		select {
		case <-s.acks: // an answer to an older frame
		default:
		}
		timer := s.opts.After(s.opts.T2)
		n, err := s.write(frame)
		began = began || n > 0
		if err != nil {
			return began, fmt.Errorf("send %s: %w", code, err)
		}
		ok, err := s.awaitAck(ctx, timer)
		if ok || err != nil {
			return began, err
		}
	}
	return began, fmt.Errorf("send %s: not acknowledged after %d attempts (check the serial cable and speed): %w", code, tries(code), errTimeout)
}

// awaitAck waits for the answer to a frame: true for ACK, false for NAK or none.
func (s *session) awaitAck(ctx context.Context, timer <-chan time.Time) (bool, error) {
	select {
	case ok := <-s.acks:
		return ok, nil
	case <-timer:
		return false, nil
	case <-s.done:
		return false, s.err
	case <-ctx.Done():
		return false, ctx.Err()
	}
}
