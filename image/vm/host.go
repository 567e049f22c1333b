package vm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/tresen-pos/tresen/image/gpt"
)

// pollEvery is how often the host looks whether the guest answers yet.
const pollEvery = 20 * time.Millisecond

// WaitHTTP asks url until it answers 200 and returns the time since QEMU was
// started. It ends with an error when ctx does or when the machine ends.
func (v *VM) WaitHTTP(ctx context.Context, url string) (time.Duration, error) {
	// QEMU accepts connections before the guest listens, so each attempt is
	// bounded; the last answer is kept to explain a machine that never gets there.
	client := &http.Client{Timeout: time.Second}
	defer client.CloseIdleConnections()
	var last error
	for {
		if last = ask(ctx, client, url); last == nil {
			return time.Since(v.Started), nil
		}
		select {
		case <-ctx.Done():
			return 0, fmt.Errorf("%s did not answer 200: %w (last: %w)", url, ctx.Err(), last)
		case <-v.done:
			return 0, fmt.Errorf("machine ended before %s answered: %w", url, errors.Join(v.Wait(), last))
		case <-time.After(pollEvery):
		}
	}
}

func ask(ctx context.Context, client *http.Client, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 4096))
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", resp.Status, bytes.TrimSpace(body))
	}
	return nil
}

// bootStart finds partition 1, where the Raspberry Pi looks for its kernel.
func bootStart(img string) (int64, error) {
	f, err := os.Open(img)
	if err != nil {
		return 0, fmt.Errorf("open image: %w", err)
	}
	defer f.Close()
	parts, err := gpt.Read(f)
	if err != nil {
		return 0, fmt.Errorf("image %s: %w", img, err)
	}
	for _, p := range parts {
		if p.Number == 1 {
			return p.Start, nil
		}
	}
	return 0, fmt.Errorf("image %s has no boot partition", img)
}
