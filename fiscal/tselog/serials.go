package tselog

import "fmt"

// SerialUse is one entry of the answer of exportSerialNumbers (TR-03151-1 v1.1.0): a key and the kinds of log it signs.
type SerialUse struct {
	Serial                     [32]byte
	System, Audit, Transaction bool
}

const tagBoolean = 0x01

// ParseSerials reads the answer of exportSerialNumbers. Version 3 has plain BOOLEANs in the order system, audit, transaction. The
// BSI simulator writes them with the tags [0], [1], [2]; that these mean transaction, system, audit is inferred from its log,
// which has transactions and no audit messages where the answer reads true, true, false.
func ParseSerials(der []byte) ([]SerialUse, error) {
	outer := reader{der}
	body, err := outer.take(tagSequence, "serial numbers")
	if err != nil {
		return nil, err
	}
	if !outer.empty() {
		return nil, fmt.Errorf("%w: %d bytes follow the serial numbers", errDER, len(outer.b))
	}
	var list []SerialUse
	for r := (reader{body}); !r.empty(); {
		item, err := r.take(tagSequence, "serial number entry")
		if err != nil {
			return nil, err
		}
		u, err := serialUse(reader{item})
		if err != nil {
			return nil, err
		}
		list = append(list, u)
	}
	return list, nil
}

func serialUse(r reader) (u SerialUse, err error) {
	serial, err := r.take(tagOctets, "serial number")
	if err != nil {
		return u, err
	}
	if len(serial) != len(u.Serial) {
		return u, fmt.Errorf("%w: serial number of %d bytes", errDER, len(serial))
	}
	copy(u.Serial[:], serial)
	uses, err := r.take(tagSequence, "uses")
	if err != nil {
		return u, err
	}
	in, targets := reader{uses}, []*bool{&u.System, &u.Audit, &u.Transaction}
	tagged := in.peek() == tagContext0
	if tagged {
		targets = []*bool{&u.Transaction, &u.System, &u.Audit}
	}
	for i, to := range targets {
		tag := byte(tagBoolean)
		if tagged {
			tag = tagContext0 + byte(i)
		}
		b, err := in.take(tag, "use")
		if err != nil {
			return u, err
		}
		if len(b) != 1 || b[0] != 0 && b[0] != 0xff {
			return u, fmt.Errorf("%w: BOOLEAN %x", errDER, b)
		}
		*to = b[0] != 0
	}
	if !in.empty() || !r.empty() {
		return u, fmt.Errorf("%w: serial number entry is longer than it should be", errDER)
	}
	return u, nil
}
