package softtse

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/tresen-pos/tresen/hal/tse"
)

// Room that calls other than Finish leave free, so that what was started can be finished on a full medium.
const (
	reserveBase   = 32 << 10
	reservePerTx  = 1 << 10
	reserveFinish = 0
)

// Start opens a transaction. The log message is durable when it returns. Errors: tse.ErrParameter, tse.ErrClientNotRegistered,
// tse.ErrTooManyTransactions, tse.ErrTimeNotSet, tse.ErrStorageFull, tse.ErrGone, tse.ErrDamaged, tse.ErrClosed: nothing was
// started. tse.ErrStorage: unknown, a transaction of this client may show up in Pending.
func (t *TSE) Start(ctx context.Context, clientID, processType string, processData []byte) (tse.Started, error) {
	s, err := t.start(ctx, clientID, processType, processData)
	if err != nil {
		return tse.Started{}, fmt.Errorf("start transaction of client %s: %w", clientID, err)
	}
	return s, nil
}

func (t *TSE) start(ctx context.Context, clientID, processType string, processData []byte) (tse.Started, error) {
	b, unlock, err := t.beginTransaction(ctx, clientID, processType, processData)
	if err != nil {
		return tse.Started{}, err
	}
	defer unlock()
	number, sig, err := t.addStartLocked(b, clientID, processType, processData)
	if err != nil {
		return tse.Started{}, err
	}
	if err := t.commitLocked(b, t.reserveLocked()); err != nil {
		return tse.Started{}, err
	}
	return tse.Started{
		Transaction: number, LogTime: unix(b.time), Counter: t.st.Counter, Signature: sig, Serial: t.serialLocked(),
	}, nil
}

// beginTransaction checks what a start is given and begins its batch; the caller unlocks.
func (t *TSE) beginTransaction(ctx context.Context, clientID, processType string, data []byte) (*batch, func(), error) {
	if err := checkTransaction(clientID, processType, data); err != nil {
		return nil, nil, err
	}
	unlock, err := t.begin(ctx)
	if err != nil {
		return nil, nil, err
	}
	b, err := t.batchLocked()
	if err != nil {
		unlock()
		return nil, nil, err
	}
	return b, unlock, nil
}

// addStartLocked adds the start of the next transaction to a batch.
func (t *TSE) addStartLocked(b *batch, clientID, processType string, processData []byte) (number uint64, sig []byte, err error) {
	if !t.st.registered(clientID) {
		return 0, nil, tse.ErrClientNotRegistered
	}
	if len(t.st.Open) >= MaxOpen {
		return 0, nil, tse.ErrTooManyTransactions
	}
	tx := transaction{nameStart, clientID, processData, processType, t.st.Transactions + 1}
	sig, err = b.add(message{op: opStart, tx: tx.number}, tx.certified())
	return tx.number, sig, err
}

// Transact starts a transaction with empty process data and finishes it, as one write: for what begins and ends with the same
// command. The log shows the same two messages as Start and Finish leave, but never the first alone. Errors: as Start.
func (t *TSE) Transact(ctx context.Context, clientID, processType string, processData []byte) (tse.Finished, error) {
	f, err := t.transact(ctx, clientID, processType, processData)
	if err != nil {
		return tse.Finished{}, fmt.Errorf("transaction of client %s: %w", clientID, err)
	}
	return f, nil
}

func (t *TSE) transact(ctx context.Context, clientID, processType string, processData []byte) (tse.Finished, error) {
	b, unlock, err := t.beginTransaction(ctx, clientID, processType, processData)
	if err != nil {
		return tse.Finished{}, err
	}
	defer unlock()
	number, _, err := t.addStartLocked(b, clientID, "", nil)
	if err != nil {
		return tse.Finished{}, err
	}
	return t.finishLocked(b, clientID, number, b.time, processType, processData, t.reserveLocked())
}

// Finish ends a transaction. Errors: as Start, and tse.ErrTransactionNotFound when tx is not open (it may be finished: ask
// LastFinish). tse.ErrStorage: unknown, ask LastFinish once the unit answers again.
func (t *TSE) Finish(ctx context.Context, clientID string, tx uint64, processType string, processData []byte) (tse.Finished, error) {
	f, err := t.finish(ctx, clientID, tx, processType, processData)
	if err != nil {
		return tse.Finished{}, fmt.Errorf("finish transaction %d of client %s: %w", tx, clientID, err)
	}
	return f, nil
}

func (t *TSE) finish(ctx context.Context, clientID string, number uint64, processType string, processData []byte) (tse.Finished, error) {
	if err := checkTransaction(clientID, processType, processData); err != nil {
		return tse.Finished{}, err
	}
	unlock, err := t.begin(ctx)
	if err != nil {
		return tse.Finished{}, err
	}
	defer unlock()
	if !t.st.registered(clientID) {
		return tse.Finished{}, tse.ErrClientNotRegistered
	}
	open, ok := t.st.Open[number]
	if !ok {
		return tse.Finished{}, tse.ErrTransactionNotFound
	}
	b, err := t.batchLocked()
	if err != nil {
		return tse.Finished{}, err
	}
	return t.finishLocked(b, clientID, number, open.Start, processType, processData, reserveFinish)
}

// finishLocked adds the finish to a batch and stores it.
func (t *TSE) finishLocked(b *batch, clientID string, number uint64, start int64, processType string, data []byte, reserve int64) (tse.Finished, error) {
	tx := transaction{nameFinish, clientID, data, processType, number}
	if _, err := b.add(message{op: opFinish, tx: number, startTime: start}, tx.certified()); err != nil {
		return tse.Finished{}, err
	}
	if err := t.commitLocked(b, reserve); err != nil {
		return tse.Finished{}, err
	}
	f, _ := t.id.finished(b.msgs[len(b.msgs)-1])
	return f, nil
}

// finished builds the answer from a stored finish message.
func (id *identity) finished(m message) (tse.Finished, bool) {
	f, ok := transactionFields(m.der)
	return tse.Finished{
		Transaction: m.tx, ClientID: f.client, ProcessType: f.processType, ProcessData: bytes.Clone(f.processData),
		StartTime: unix(m.startTime), LogTime: unix(m.time), Counter: m.counter,
		Signature: bytes.Clone(signatureOf(m.der, id.alg.size)),
		Algorithm: id.alg.name, TimeFormat: "unixTime",
		PublicKey: bytes.Clone(id.point), Serial: bytes.Clone(id.serial[:]),
	}, ok
}

// Pending returns the open transactions in the order of their numbers. Errors: tse.ErrGone, tse.ErrStorage, tse.ErrDamaged,
// tse.ErrOtherUnit, tse.ErrInUse, tse.ErrClosed, or the context's.
func (t *TSE) Pending(ctx context.Context) ([]tse.Transaction, error) {
	unlock, err := t.begin(ctx)
	if err != nil {
		return nil, fmt.Errorf("list open transactions: %w", err)
	}
	defer unlock()
	var list []tse.Transaction
	for _, n := range t.st.openNumbers() {
		o := t.st.Open[n]
		list = append(list, tse.Transaction{Number: n, ClientID: o.Client, StartTime: unix(o.Start), StartCounter: o.Counter})
	}
	return list, nil
}

// RegisterClient makes a client known; a client that is known already is left as it is. Errors: as Start, and
// tse.ErrTooManyClients.
func (t *TSE) RegisterClient(ctx context.Context, id string) error {
	if err := t.registerClient(ctx, id); err != nil {
		return fmt.Errorf("register client %s: %w", id, err)
	}
	return nil
}

func (t *TSE) registerClient(ctx context.Context, id string) error {
	if err := checkClientID(id); err != nil {
		return err
	}
	unlock, err := t.begin(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if t.st.registered(id) {
		return nil
	}
	if len(t.st.Clients) >= MaxClients {
		return tse.ErrTooManyClients
	}
	b, err := t.batchLocked()
	if err != nil {
		return err
	}
	certified := systemCertified(nameRegister, appendTLV(nil, tagContext1, []byte(id)))
	if _, err := b.add(message{op: opRegisterClient}, certified); err != nil {
		return err
	}
	return t.commitLocked(b, t.reserveLocked())
}

// Clients returns the registered clients in the order of their registration. Errors: as Pending.
func (t *TSE) Clients(ctx context.Context) ([]string, error) {
	unlock, err := t.begin(ctx)
	if err != nil {
		return nil, fmt.Errorf("list clients: %w", err)
	}
	defer unlock()
	return append([]string(nil), t.st.Clients...), nil
}

func (t *TSE) serialLocked() []byte { return bytes.Clone(t.id.serial[:]) }

func (t *TSE) reserveLocked() int64 {
	return reserveBase + reservePerTx*int64(len(t.st.Open))
}

func unix(sec int64) time.Time { return time.Unix(sec, 0).UTC() }
