package tselog

import (
	"errors"
	"fmt"
)

// Kind is the kind of a log message, by its certifiedDataType.
type Kind uint8

// Kinds of log message: bsi-de 3.7.1.1, .2 and .3.
const (
	Transaction Kind = iota + 1
	System
	Audit
)

func (k Kind) String() string {
	return [...]string{"unknown", "transaction", "system", "audit"}[min(k, 4)%4]
}

// Operations of transaction messages in version 2; version 3 begins them with a small letter.
const (
	OpStart  = "StartTransaction"
	OpUpdate = "UpdateTransaction"
	OpFinish = "FinishTransaction"
)

// Message is a parsed log message. A nil slice means that an optional element is missing, an empty one that it is empty.
type Message struct {
	Version int // 2 or 3
	Kind    Kind

	Operation      string // operationType; eventType in a system message of version 3; empty in audit messages
	ClientID       string // transaction messages from here on
	ProcessData    []byte
	Chunks         []int  // sizes of the pieces when ProcessData came in pieces, otherwise nil
	ProcessType    string // empty when missing
	HasProcessType bool   // version 2 may leave it out
	ExternalData   []byte // additionalExternalData, optional
	InternalData   []byte // additionalInternalData, optional; must not be used
	TransactionNo  uint64
	SystemData     []byte // systemOperationData: a run of TLVs; eventData in version 3
	EventOrigin    []byte // version 3, optional
	EventUser      []byte // eventTriggeredByUser, version 3, optional
	Reserved       []byte // version 3, optional
	AuditData      []byte // seAuditData
	Serial         [32]byte
	Algorithm      Algorithm
	Counter        uint64 // signature counter
	Time           Time   // logTime; signatureCreationTime in version 3
	Signature      []byte // plain r||s
	Signed         []byte // the bytes the signature is over, as they stand in the message
}

// Errors of Parse.
var (
	ErrFormat  = errors.New("not a TSE log message")
	ErrVersion = errors.New("log message version is neither 2 nor 3")
)

// certifiedDataType, contents octets without the last byte, which is the kind.
var oidLogArc = []byte{0x04, 0x00, 0x7f, 0x00, 0x07, 0x03, 0x07, 0x01}

// Parse reads one log message. It refuses bytes after the message, elements out of order and lengths or numbers that are not in
// their shortest form; it does not verify the signature. The message shares der's memory.
func Parse(der []byte) (Message, error) {
	m, err := parse(der)
	if err != nil {
		return Message{}, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return m, nil
}

func parse(der []byte) (Message, error) {
	outer := reader{der}
	body, err := outer.take(tagSequence, "log message")
	if err != nil {
		return Message{}, err
	}
	if !outer.empty() {
		return Message{}, fmt.Errorf("%w: %d bytes follow the message", errDER, len(outer.b))
	}
	m, r := Message{}, &reader{body}
	version, err := r.number(tagInteger, "version")
	if err != nil {
		return m, err
	}
	if version != 2 && version != 3 {
		return m, fmt.Errorf("%w: %d", ErrVersion, version)
	}
	m.Version = int(version)
	if m.Kind, err = kind(r); err != nil {
		return m, err
	}
	if err := m.content(r); err != nil {
		return m, err
	}
	m.Signed = body[:len(body)-len(r.b)]
	if m.Signature, err = r.take(tagOctets, "signatureValue"); err != nil {
		return m, err
	}
	if !r.empty() {
		return m, fmt.Errorf("%w: %d bytes follow the signature", errDER, len(r.b))
	}
	return m, nil
}

func kind(r *reader) (Kind, error) {
	oid, err := r.take(tagOID, "certifiedDataType")
	if err != nil {
		return 0, err
	}
	n := len(oidLogArc)
	if len(oid) != n+1 || string(oid[:n]) != string(oidLogArc) || oid[n] < byte(Transaction) || oid[n] > byte(Audit) {
		return 0, fmt.Errorf("certifiedDataType %s is none of a log message", oidString(oid))
	}
	return Kind(oid[n]), nil
}

// content reads the elements between certifiedDataType and signatureValue.
func (m *Message) content(r *reader) error {
	var err error
	switch {
	case m.Kind == Transaction:
		err = m.transaction(r)
	case m.Kind == System && m.Version == 2:
		err = m.system(r)
	case m.Kind == System:
		err = m.event(r)
	}
	if err != nil {
		return err
	}
	return m.protocol(r)
}

func (m *Message) transaction(r *reader) error {
	if err := text(r, tagContext0, "operationType", &m.Operation); err != nil {
		return err
	}
	if !m.knownOperation() {
		return fmt.Errorf("operationType %q in version %d", m.Operation, m.Version)
	}
	if err := text(r, tagContext1, "clientId", &m.ClientID); err != nil {
		return err
	}
	if err := m.processData(r); err != nil {
		return err
	}
	if m.HasProcessType = r.peek() == tagContext3; m.HasProcessType || m.Version == 3 {
		if err := text(r, tagContext3, "processType", &m.ProcessType); err != nil {
			return err
		}
		m.HasProcessType = true
	}
	var err error
	if m.ExternalData, err = r.optional(tagContext4, "additionalExternalData"); err != nil {
		return err
	}
	if m.TransactionNo, err = r.number(tagContext5, "transactionNumber"); err != nil {
		return err
	}
	m.InternalData, err = r.optional(tagContext6, "additionalInternalData")
	return err
}

func (m *Message) processData(r *reader) (err error) {
	if r.peek() == tagChunks {
		m.ProcessData, m.Chunks, err = r.chunks("processData")
		return err
	}
	m.ProcessData, err = r.take(tagContext2, "processData")
	return err
}

// step is the operation of a transaction message without regard to the version: OpStart, OpUpdate, OpFinish or "".
func (m *Message) step() string {
	for _, op := range []string{OpStart, OpUpdate, OpFinish} {
		if m.Operation == op || m.Operation == spelled(op, 3) {
			return op
		}
	}
	return ""
}

func (m *Message) knownOperation() bool {
	step := m.step()
	return step != "" && m.Operation == spelled(step, m.Version)
}

// spelled is an operation as the version spells it.
func spelled(op string, version int) string {
	if version == 3 {
		return string(op[0]|0x20) + op[1:]
	}
	return op
}

func (m *Message) system(r *reader) error {
	err := text(r, tagContext0, "operationType", &m.Operation)
	if err != nil {
		return err
	}
	if m.SystemData, err = r.take(tagContext1, "systemOperationData"); err != nil {
		return err
	}
	m.InternalData, err = r.optional(tagContext2, "additionalInternalData")
	return err
}

func (m *Message) event(r *reader) error {
	err := text(r, tagContext0, "eventType", &m.Operation)
	if err != nil {
		return err
	}
	if m.EventOrigin, err = r.optional(tagContext1, "eventOrigin"); err != nil {
		return err
	}
	if m.EventUser, err = r.optional(tagContext2, "eventTriggeredByUser"); err != nil {
		return err
	}
	if m.SystemData, err = r.take(tagEventData, "eventData"); err != nil {
		return err
	}
	m.Reserved, err = r.optional(tagContext4, "reserved element")
	return err
}

// protocol reads serial number, algorithm, [audit data], counter and time.
func (m *Message) protocol(r *reader) error {
	serial, err := r.take(tagOctets, "serialNumber")
	if err != nil {
		return err
	}
	if len(serial) != len(m.Serial) {
		return fmt.Errorf("serialNumber of %d bytes, %d wanted", len(serial), len(m.Serial))
	}
	copy(m.Serial[:], serial)
	if m.Algorithm, err = algorithm(r); err != nil {
		return err
	}
	if m.Kind == Audit {
		if m.AuditData, err = r.take(tagOctets, "seAuditData"); err != nil {
			return err
		}
	}
	if m.Counter, err = r.number(tagInteger, "signatureCounter"); err != nil {
		return err
	}
	m.Time, err = logTime(r)
	return err
}

// text reads a PrintableString. Its characters are checked by the one who cares: devices are known to take liberties.
func text(r *reader, tag byte, what string, to *string) error {
	b, err := r.take(tag, what)
	*to = string(b)
	return err
}
