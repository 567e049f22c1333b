package tselog

// Encode writes the message from its fields: the signed bytes anew, then Signature. For a message from Parse it returns what was
// parsed, byte for byte.
func (m *Message) Encode() []byte {
	return put(nil, tagSequence, put(m.encodeSigned(), tagOctets, m.Signature))
}

// encodeSigned writes the bytes the signature is over.
func (m *Message) encodeSigned() []byte {
	b := putNumber(nil, tagInteger, uint64(m.Version))
	b = put(b, tagOID, append(append([]byte{}, oidLogArc...), byte(m.Kind)))
	switch {
	case m.Kind == Transaction:
		b = m.putTransaction(b)
	case m.Kind == System && m.Version == 2:
		b = put(b, tagContext0, []byte(m.Operation))
		b = put(b, tagContext1, m.SystemData)
		b = putOptional(b, tagContext2, m.InternalData)
	case m.Kind == System:
		b = put(b, tagContext0, []byte(m.Operation))
		b = putOptional(b, tagContext1, m.EventOrigin)
		b = putOptional(b, tagContext2, m.EventUser)
		b = put(b, tagEventData, m.SystemData)
		b = putOptional(b, tagContext4, m.Reserved)
	}
	b = put(b, tagOctets, m.Serial[:])
	b = put(b, tagSequence, put(nil, tagOID, m.Algorithm.oid))
	if m.Kind == Audit {
		b = put(b, tagOctets, m.AuditData)
	}
	b = putNumber(b, tagInteger, m.Counter)
	return m.Time.put(b)
}

func (m *Message) putTransaction(b []byte) []byte {
	b = put(b, tagContext0, []byte(m.Operation))
	b = put(b, tagContext1, []byte(m.ClientID))
	if m.Chunks != nil {
		b = putChunks(b, m.ProcessData, m.Chunks)
	} else {
		b = put(b, tagContext2, m.ProcessData)
	}
	if m.HasProcessType {
		b = put(b, tagContext3, []byte(m.ProcessType))
	}
	b = putOptional(b, tagContext4, m.ExternalData)
	b = putNumber(b, tagContext5, m.TransactionNo)
	return putOptional(b, tagContext6, m.InternalData)
}

func putOptional(b []byte, tag byte, value []byte) []byte {
	if value == nil {
		return b
	}
	return put(b, tag, value)
}
