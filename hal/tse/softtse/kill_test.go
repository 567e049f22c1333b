package softtse

import (
	"bufio"
	"context"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"
)

// childEnv makes the test program a register that sells until it is killed; its value is the unit's folder.
const childEnv = "SOFTTSE_TEST_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		sellUntilKilled(dir)
	}
	os.Exit(m.Run())
}

// sellUntilKilled prints a line for each acknowledged start and finish.
func sellUntilKilled(dir string) {
	u, err := Open(dir, Options{Now: time.Now, rollSize: 8000})
	if err == nil {
		err = u.RegisterClient(context.Background(), client)
	}
	for err == nil {
		err = sellAndPrint(u)
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func sellAndPrint(u *TSE) error {
	ctx := context.Background()
	s, err := u.Start(ctx, client, "", nil)
	if err != nil {
		return err
	}
	fmt.Printf("%d %d %x\n", s.Transaction, s.Counter, s.Signature)
	f, err := u.Finish(ctx, client, s.Transaction, "Kassenbeleg-V1", []byte("x"))
	if err != nil {
		return err
	}
	_, err = fmt.Printf("%d %d %x\n", f.Transaction, f.Counter, f.Signature)
	return err
}

// kill -9 at random moments: what was printed is in the log. SOAK=1 kills 300 times instead of 20.
func TestKilled(t *testing.T) {
	rounds := 20
	if soak() {
		rounds = 300
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	dir, acked := t.TempDir(), map[uint64]string{}
	for range rounds {
		runAndKill(t, dir, 1+random.IntN(60), acked)
	}
	u, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	list := checkLog(t, u)
	for counter, line := range acked {
		if counter > uint64(len(list)) {
			t.Fatalf("acknowledged %s is lost, the log ends at %d", line, len(list))
		}
		e := list[counter-1]
		if got := fmt.Sprintf("%d %d %x", e.Transaction, e.Counter, signatureOf(e.DER, 64)); got != line {
			t.Errorf("acknowledged %s, in the log %s", line, got)
		}
	}
	t.Logf("%d calls acknowledged, %d messages, %d transactions left open", len(acked), len(list), len(u.st.Open))
}

// runAndKill starts a child, lets it print the given number of lines, kills it and collects all it printed.
func runAndKill(t *testing.T, dir string, lines int, acked map[uint64]string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	scan := bufio.NewScanner(out)
	for n := 0; scan.Scan(); n++ {
		var tx, counter uint64
		var sig string
		if _, err := fmt.Sscanf(scan.Text(), "%d %d %s", &tx, &counter, &sig); err != nil {
			t.Fatalf("line %q: %v", scan.Text(), err)
		}
		if b, err := hex.DecodeString(sig); err != nil || len(b) != 64 {
			continue // cut by the kill
		}
		if old, twice := acked[counter]; twice {
			t.Fatalf("signature counter %d was given out twice: %s and %s", counter, old, scan.Text())
		}
		acked[counter] = scan.Text()
		if n == lines {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() == 1 {
		t.Fatalf("child ended by itself: %v", err)
	}
}
