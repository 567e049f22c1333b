package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/tresen-pos/tresen/tools/e2e/browser"
)

// A weak screen: six times slower than this machine, 20 ms from the box.
const (
	slowdown = 6
	latency  = 20 * time.Millisecond
	tapRuns  = 3
	tapCount = 60
)

// taps measures from touch-down to the next frame that shows the effect, by
// the browser's own clock.
func taps(w io.Writer, program, dir string) error {
	box, _, err := openShop(program, dir)
	if box != nil {
		defer func() { _ = box.Kill() }()
	}
	if err != nil {
		return err
	}
	page, err := browser.Open(context.Background(), 1280, 800)
	if err != nil {
		return err
	}
	defer page.Close()
	if err := enter(page, "http://"+box.Addr); err != nil {
		return err
	}
	if err := page.Slow(slowdown, latency); err != nil {
		return err
	}
	if err := tapFigures(w, page, "tap_frame"); err != nil {
		return err
	}
	if err := page.Go(floorPage); err != nil {
		return err
	}
	return tapFigures(w, page, "tap_frame_floor")
}

// tapFigures prints the median over the runs of each run's p50 and p99.
func tapFigures(w io.Writer, page *browser.Page, name string) error {
	var p50, p99 []float64
	for range tapRuns {
		times, err := tapRun(page)
		if err != nil {
			return err
		}
		p50, p99 = append(p50, times[len(times)/2]), append(p99, times[len(times)*99/100])
	}
	slices.Sort(p50)
	slices.Sort(p99)
	figure(w, name+"_p50_ms", p50[len(p50)/2], "ms")
	figure(w, name+"_p99_ms", p99[len(p99)/2], "ms")
	return nil
}

func enter(page *browser.Page, url string) error {
	if err := page.Go(url + "/till"); err != nil {
		return err
	}
	if err := page.Tap("login-employee-marlene"); err != nil {
		return err
	}
	if err := page.Keys("1111"); err != nil {
		return err
	}
	if err := page.Tap("login-submit"); err != nil {
		return err
	}
	return page.Wait("article-espresso")
}

// tapScript taps articles at the pace of a quick hand and times each from the
// touch to the frame after the one the browser was about to draw: the first
// that can show the effect. The total must have changed by then. Every order
// of twelve lines is paid in cash, which is not timed.
const tapScript = `(async () => {
  const tiles = [...document.querySelectorAll('[data-test^="article-"]')].slice(0, 10);
  const total = () => document.querySelector('[data-test="total"]').textContent;
  const frame = () => new Promise((r) => requestAnimationFrame(() => { const c = new MessageChannel(); c.port1.onmessage = () => r(performance.now()); c.port2.postMessage(0); }));
  const rest = (ms) => new Promise((r) => setTimeout(r, ms));
  const o = { bubbles: true, cancelable: true, button: 0, pointerId: 1, isPrimary: true };
  const touch = (e) => e.dispatchEvent(new PointerEvent("pointerdown", o));
  const times = [];
  for (let i = 0; i < %d; i++) {
    await rest(120 + 37 * (i %% 5));
    const pay = document.querySelector('[data-test="pay"]');
    if (i > 0 && i %% 12 === 0 && pay) {
      touch(pay);
      await rest(300);
      touch(document.querySelector('[data-test="quick-exact"]'));
      await rest(600);
    }
    const before = total(), at = performance.now(), tile = tiles[i %% tiles.length];
    touch(tile);
    const shown = await frame();
    if (total() === before) throw new Error("the frame does not show tap " + i);
    times.push(shown - at);
    tile.dispatchEvent(new PointerEvent("pointerup", o));
  }
  return times;
})()`

// floorPage does the least a till can: sixty buttons, a list, a sum, no style,
// no framework, no box behind it. What it takes is the machine's own share.
const floorPage = `data:text/html,<!doctype html><style>body{display:flex}div{display:grid;grid-template-columns:repeat(8,1fr);flex:1}button{height:70px}ul{width:300px}</style>
<ul></ul><output data-test="total">0</output><div></div><script>let sum=0;for(let i=0;i<60;i++){const b=document.createElement("button");
b.textContent="Artikel "+i;b.dataset.test="article-"+i;b.onpointerdown=()=>{const l=document.createElement("li");l.textContent=b.textContent;
document.querySelector("ul").append(l);document.querySelector("output").textContent=sum+=i+1};document.querySelector("div").append(b)}</script>`

func tapRun(page *browser.Page) ([]float64, error) {
	var times []float64
	if err := page.Eval(fmt.Sprintf(tapScript, tapCount), &times); err != nil {
		return nil, err
	}
	if len(times) != tapCount {
		return nil, fmt.Errorf("%d of %d taps were timed", len(times), tapCount)
	}
	slices.Sort(times)
	return times, nil
}
