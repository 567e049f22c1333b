// Package browser drives Debian's Chromium through a page by the data-test hooks
// the pages carry (firmware/web/ui/README.md). Every step waits until it can be
// done; the context bounds the whole. It starts Chromium, which ends with
// Close.
package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// Page is one tab of a browser of its own.
type Page struct {
	ctx    context.Context
	cancel []context.CancelFunc
}

// Open starts Chromium with a window of the size. A machine without Chromium
// is an error, never a skipped test.
func Open(parent context.Context, width, height int64) (*Page, error) {
	profile, err := os.MkdirTemp("", "tresen-chromium-")
	if err != nil {
		return nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath("chromium"), chromedp.NoSandbox,
		chromedp.UserDataDir(profile), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("lang", "de"),
		chromedp.WindowSize(int(width), int(height)))
	alloc, stopAlloc := chromedp.NewExecAllocator(parent, options...)
	ctx, stop := chromedp.NewContext(alloc)
	p := &Page{ctx: ctx, cancel: []context.CancelFunc{stop, stopAlloc, func() { _ = os.RemoveAll(profile) }}}
	// The browser lives as long as the context of the first step.
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, height)); err != nil {
		p.Close()
		return nil, fmt.Errorf("start chromium (make test installs it): %w", err)
	}
	return p, nil
}

// Context is the tab for steps this package does not have.
func (p *Page) Context() context.Context { return p.ctx }

// Close ends the browser.
func (p *Page) Close() {
	for _, f := range p.cancel {
		f()
	}
}

// patience bounds a single step; it only guards against hanging.
const patience = 60 * time.Second

func (p *Page) do(steps ...chromedp.Action[chromedp.Void]) error {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	return chromedp.Do(ctx, steps...)
}

func hook(test string) string { return fmt.Sprintf(`[data-test=%q]`, test) }

// Go opens an address.
func (p *Page) Go(url string) error { return p.do(chromedp.Navigate(url)) }

// Reload loads the page again.
func (p *Page) Reload() error { return p.do(chromedp.Reload()) }

// Tap taps each hooked element in turn, with real mouse events.
func (p *Page) Tap(tests ...string) error {
	for _, test := range tests {
		if err := p.do(chromedp.Click(hook(test), chromedp.NodeVisible)); err != nil {
			return fmt.Errorf("tap %s: %w", test, err)
		}
	}
	return nil
}

// TapAt taps the first element a CSS selector finds.
func (p *Page) TapAt(selector string) error {
	if err := p.do(chromedp.Click(selector, chromedp.NodeVisible)); err != nil {
		return fmt.Errorf("tap at %s: %w", selector, err)
	}
	return nil
}

// Wait waits until the element can be seen.
func (p *Page) Wait(test string) error {
	if err := p.do(chromedp.WaitVisible(hook(test))); err != nil {
		return fmt.Errorf("wait for %s: %w", test, err)
	}
	return nil
}

// Gone waits until the element cannot be seen any more.
func (p *Page) Gone(test string) error {
	if err := p.do(chromedp.WaitNotPresent(hook(test))); err != nil {
		return fmt.Errorf("wait for %s to go: %w", test, err)
	}
	return nil
}

// Fill replaces the text of a field.
func (p *Page) Fill(test, text string) error {
	err := p.do(chromedp.Click(hook(test), chromedp.NodeVisible), chromedp.Clear(hook(test)), chromedp.SendKeys(hook(test), text))
	if err != nil {
		return fmt.Errorf("fill %s: %w", test, err)
	}
	return nil
}

// Keys types on the keyboard, wherever the focus is.
func (p *Page) Keys(keys string) error { return p.do(chromedp.KeyEvent(keys)) }

// Text is what an element shows.
func (p *Page) Text(test string) (string, error) {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	s, err := chromedp.Run(ctx, chromedp.Text(hook(test), chromedp.NodeVisible))
	if err != nil {
		return "", fmt.Errorf("read %s: %w", test, err)
	}
	return s, nil
}

// Eval runs a script (a promise is awaited) and reads its JSON into out.
func (p *Page) Eval(script string, out any) error {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(async()=>JSON.stringify((await(`+script+`))??null))()`, chromedp.EvalAwaitPromise))
	if err != nil || out == nil {
		return err
	}
	return json.Unmarshal([]byte(text), out)
}

// Until waits until a script's value is true, or something that counts as true.
func (p *Page) Until(script string) error {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if _, err := chromedp.Run(ctx, chromedp.Poll[bool]("!!("+script+")")); err != nil {
		return fmt.Errorf("wait until %s: %w", script, err)
	}
	return nil
}

// Slow makes the processor so many times slower and adds latency to the link.
func (p *Page) Slow(times float64, latency time.Duration) error {
	if _, err := chromedp.Call(p.ctx, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: times}); err != nil {
		return err
	}
	all := &network.Conditions{Latency: float64(latency.Milliseconds()), DownloadThroughput: -1, UploadThroughput: -1}
	_, err := chromedp.Call(p.ctx, network.EmulateNetworkConditionsByRule,
		network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*network.Conditions{all}})
	return err
}

// Screenshot saves what can be seen.
func (p *Page) Screenshot(name string) error {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		return err
	}
	return os.WriteFile(name, png, 0o644)
}
