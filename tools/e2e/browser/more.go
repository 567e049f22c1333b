package browser

import (
	"context"
	"fmt"
	"sync"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Faults collects what the scripts of a page throw and nobody catches.
type Faults struct {
	mu   sync.Mutex // guards list
	list []string
}

const mostFaults = 20 // a page that throws in a loop need not fill the memory

func (f *Faults) add(ev any) {
	e, ok := ev.(*runtime.EventExceptionThrown)
	if !ok {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.list) == mostFaults {
		return
	}
	text := e.ExceptionDetails.Text
	if x := e.ExceptionDetails.Exception; x != nil {
		text += " " + x.Description
	}
	f.list = append(f.list, text)
}

// List is what was thrown so far.
func (f *Faults) List() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.list...)
}

// Faults starts collecting what the page throws.
func (p *Page) Faults() (*Faults, error) {
	f := &Faults{}
	if err := chromedp.Listen(p.ctx, f.add); err != nil {
		return nil, fmt.Errorf("listen for exceptions: %w", err)
	}
	return f, nil
}

// Tab opens another tab of the same browser, with the same cookies. It closes
// with its own Close or with the browser.
func (p *Page) Tab(width, height int64) (*Page, error) {
	ctx, stop := chromedp.NewContext(p.ctx)
	tab := &Page{ctx: ctx, cancel: []context.CancelFunc{stop}}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, height)); err != nil {
		tab.Close()
		return nil, fmt.Errorf("open a tab: %w", err)
	}
	return tab, nil
}

// Front brings the tab before the others; those behind draw no frames.
func (p *Page) Front() error {
	_, err := chromedp.Call(p.ctx, page.BringToFront, cdp.Empty{})
	return err
}

// Resize changes the size of the window.
func (p *Page) Resize(width, height int64) error {
	return p.do(chromedp.EmulateViewport(width, height))
}

// Ctrl presses a key together with Ctrl.
func (p *Page) Ctrl(key string) error {
	return p.do(chromedp.KeyEvent(key, chromedp.KeyModifiers(chromedp.ModifierCtrl)))
}
