// Package vm boots a card image in QEMU the way a Raspberry Pi would: kernel
// and command line are read from the image's own boot partition, the root and
// data partitions are the ones that go on the card.
//
// The machine is QEMU's "virt" board with the Raspberry Pi kernel, which has
// the virtio drivers built in; it is not a Raspberry Pi: boot ROM, SD
// controller, GPIO and watchdog of the real board are not tried. Guest ports are
// forwarded on 127.0.0.1 only.
//
// Each VM owns one goroutine that waits for the QEMU process; Kill and Wait
// return after it has ended.
package vm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Config says what to boot. Memory, Port and Snapshot are optional.
type Config struct {
	Image  string // card image; written to by the guest
	Dir    string // folder for the kernel taken out of the image
	Serial string // file that receives the serial console
	QEMU   string // path of qemu-system-aarch64
	Mcopy  string // path of mcopy
	Guest  int    // TCP port in the guest to forward
	Port   int    // TCP port on 127.0.0.1; 0 takes a free one
	Memory int    // MiB; 0 means 1024, the smallest supported board
	// Snapshot drops every write when the machine ends.
	Snapshot bool
}

// VM is a running machine.
type VM struct {
	Addr    string    // host:port that reaches the guest's port
	Started time.Time // just before QEMU was executed
	cmd     *exec.Cmd
	errout  bytes.Buffer
	done    chan struct{} // closed when the process has ended
	err     error         // of the process, valid after done
}

// Start boots the image and returns once QEMU runs and holds its port. It does
// not wait for the guest. The machine ends when ctx does.
func Start(ctx context.Context, cfg Config) (*VM, error) {
	if cfg.Memory == 0 {
		cfg.Memory = 1024
	}
	boot, err := extract(ctx, cfg)
	if err != nil {
		return nil, err
	}
	v := &VM{done: make(chan struct{})}
	v.cmd = exec.CommandContext(ctx, cfg.QEMU, qemuArgs(cfg, boot)...)
	v.cmd.Stderr = &v.errout
	in, err := v.cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start QEMU: %w", err)
	}
	out, err := v.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start QEMU: %w", err)
	}
	v.Started = time.Now()
	if err := v.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start QEMU: %w", err)
	}
	port, talkErr := forwardedPort(in, out)
	go v.wait(out)
	if talkErr != nil {
		return nil, errors.Join(talkErr, v.Kill(), v.Wait())
	}
	v.Addr = fmt.Sprintf("127.0.0.1:%d", port)
	return v, nil
}

// wait drains the control channel, as Wait must not be called before it is read
// to its end, and collects the process.
func (v *VM) wait(out io.Reader) {
	io.Copy(io.Discard, out)
	v.err = v.cmd.Wait()
	close(v.done)
}

// qemuArgs: cache=writeback with the guest's flushes passed on is what a card
// with an honest controller does. Nothing is emulated that is not named.
func qemuArgs(cfg Config, boot bootFiles) []string {
	drive := "file=" + strings.ReplaceAll(cfg.Image, ",", ",,") + ",format=raw,if=none,id=card,cache=writeback"
	if cfg.Snapshot {
		drive += ",snapshot=on"
	}
	return []string{
		"-M", "virt", "-cpu", "cortex-a72", "-smp", "2", "-m", fmt.Sprint(cfg.Memory),
		"-nodefaults", "-no-reboot", "-display", "none",
		"-qmp", "stdio", "-serial", "file:" + cfg.Serial,
		"-kernel", boot.kernel, "-append", boot.cmdline,
		"-drive", drive, "-device", "virtio-blk-device,drive=card",
		"-netdev", fmt.Sprintf("user,id=lan,hostfwd=tcp:127.0.0.1:%d-:%d", cfg.Port, cfg.Guest),
		"-device", "virtio-net-device,netdev=lan",
	}
}

// Kill ends the machine as a pulled plug does: without telling the guest.
// What the guest had not flushed is lost with its memory.
func (v *VM) Kill() error {
	if err := v.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("kill QEMU: %w", err)
	}
	<-v.done
	return nil
}

// Done is closed when the machine has ended by itself or was killed.
func (v *VM) Done() <-chan struct{} { return v.done }

// Wait returns when the machine has ended: nil after a clean power-off.
func (v *VM) Wait() error {
	<-v.done
	if v.err != nil {
		return fmt.Errorf("QEMU: %w: %s", v.err, strings.TrimSpace(v.errout.String()))
	}
	return nil
}

type bootFiles struct {
	kernel  string // path
	cmdline string
}

// extract does the boot ROM's work.
func extract(ctx context.Context, cfg Config) (bootFiles, error) {
	start, err := bootStart(cfg.Image)
	if err != nil {
		return bootFiles{}, err
	}
	kernel, line := filepath.Join(cfg.Dir, "vmlinuz"), filepath.Join(cfg.Dir, "cmdline.txt")
	for from, to := range map[string]string{"::/vmlinuz": kernel, "::/cmdline.txt": line} {
		cmd := exec.CommandContext(ctx, cfg.Mcopy, "-o", "-n", "-i", fmt.Sprintf("%s@@%d", cfg.Image, start), from, to)
		cmd.Env = append(os.Environ(), "MTOOLS_SKIP_CHECK=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			return bootFiles{}, fmt.Errorf("read %s from the boot partition: %w: %s", from, err, bytes.TrimSpace(out))
		}
	}
	data, err := os.ReadFile(line)
	if err != nil {
		return bootFiles{}, fmt.Errorf("read kernel command line: %w", err)
	}
	return bootFiles{kernel: kernel, cmdline: commandLine(string(data))}, nil
}

// commandLine points the console at the board's only serial port; everything
// else stays as the card has it.
func commandLine(card string) string {
	var words []string
	for _, w := range strings.Fields(card) {
		if !strings.HasPrefix(w, "console=") {
			words = append(words, w)
		}
	}
	return strings.Join(append(words, "console=ttyAMA0,115200"), " ")
}
