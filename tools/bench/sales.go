package main

import (
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/tresen-pos/tresen/tools/e2e/rig"
)

const (
	warmUp     = 200
	saleCount  = 3000 // one till, each timed
	fourFor    = 5 * time.Second
	fourRuns   = 3
	closeCount = 1000
)

// sales measures the sale itself: signed, durable, with its receipt in the
// answer.
func sales(w io.Writer, program, dir string) (err error) {
	box, boss, err := openShop(program, dir)
	if box != nil {
		defer func() { _ = box.Kill() }()
	}
	if err != nil {
		return err
	}
	if err := oneTill(w, box, boss); err != nil {
		return err
	}
	if err := fourTills(w, box); err != nil {
		return err
	}
	return closing(w, box, boss)
}

func seller(box *rig.Box, name string) (*rig.Till, error) {
	t := rig.NewTill(box.Addr, name)
	return t, t.Login("jonas", "2222")
}

func oneTill(w io.Writer, box *rig.Box, boss *rig.Till) error {
	t, err := seller(box, "one")
	if err != nil {
		return err
	}
	line, err := dial(t)
	if err != nil {
		return err
	}
	defer line.conn.Close()
	var times []time.Duration
	var commits, syncs uint64
	for i := range warmUp + saleCount {
		if i == warmUp {
			if commits, syncs, err = flushes(boss); err != nil {
				return err
			}
		}
		res, took, err := line.send(t, t.Number(sale(fmt.Sprint("one-", i))...))
		if err != nil {
			return err
		}
		if res[len(res)-1].Receipt == 0 {
			return fmt.Errorf("sale %d made no receipt: %+v", i, res)
		}
		if i >= warmUp {
			times = append(times, took)
		}
	}
	commits2, syncs2, err := flushes(boss)
	if err != nil {
		return err
	}
	slices.Sort(times)
	figure(w, "sale_1till_p50_ms", ms(times[len(times)/2]), "ms")
	figure(w, "sale_1till_p99_ms", ms(times[len(times)*99/100]), "ms")
	figure(w, "flushes_per_commit", float64(syncs2-syncs)/float64(commits2-commits), "flushes")
	return nil
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// fourTills sells at four tills at once and takes the median of the runs.
func fourTills(w io.Writer, box *rig.Box) error {
	var rates []float64
	for run := range fourRuns {
		n, took, err := fourTillsOnce(box, run)
		if err != nil {
			return err
		}
		rates = append(rates, float64(n)/took.Seconds())
	}
	slices.Sort(rates)
	figure(w, "sale_4till_per_s", rates[len(rates)/2], "sales/s")
	return nil
}

func fourTillsOnce(box *rig.Box, run int) (total int, took time.Duration, err error) {
	var wg sync.WaitGroup
	counts, errs := make([]int, 4), make([]error, 4)
	began := time.Now()
	for i := range 4 {
		t, err := seller(box, fmt.Sprintf("four-%d-%d", run, i))
		if err != nil {
			return 0, 0, err
		}
		wg.Go(func() { counts[i], errs[i] = sellUntil(t, began.Add(fourFor)) })
	}
	wg.Wait()
	took = time.Since(began)
	for i := range 4 {
		total += counts[i]
		if errs[i] != nil {
			return 0, 0, errs[i]
		}
	}
	return total, took, nil
}

func sellUntil(t *rig.Till, end time.Time) (n int, err error) {
	line, err := dial(t)
	if err != nil {
		return 0, err
	}
	defer line.conn.Close()
	for time.Now().Before(end) {
		res, _, err := line.send(t, t.Number(sale(fmt.Sprint(t.Client, "-", n))...))
		if err != nil {
			return n, err
		}
		if res[len(res)-1].Receipt == 0 {
			return n, fmt.Errorf("no receipt: %+v", res)
		}
		n++
	}
	return n, nil
}

// closing measures the Z over at least a thousand receipts.
func closing(w io.Writer, box *rig.Box, boss *rig.Till) error {
	var report struct {
		Day struct {
			Receipts int
			Cash     int64
		}
	}
	if err := boss.Get("/api/v1/report", &report); err != nil {
		return err
	}
	if report.Day.Receipts < closeCount {
		return fmt.Errorf("only %d receipts to close", report.Day.Receipts)
	}
	if _, err := boss.Must(rig.Do("beginCount", nil), rig.Do("closeShift", rig.Args{"counted": report.Day.Cash})); err != nil {
		return err
	}
	batch := boss.Number(rig.Do("closeDay", nil))
	began := time.Now()
	res, err := boss.Send(batch)
	took := time.Since(began)
	if err != nil || res[0].Error != nil {
		return fmt.Errorf("close the day: %w %+v", err, res)
	}
	figure(w, "close_1000_receipts_ms", ms(took), "ms")
	return nil
}
