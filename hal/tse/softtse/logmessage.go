package softtse

// Log messages of TR-03151 v1.0.1 ("version 2"), ch. 3 (LogMessage). DER; the signed bytes are those from the version up to the
// signature, without the outer SEQUENCE header.

// Tags of the elements, in their order.
const (
	tagInteger     = 0x02
	tagOctets      = 0x04
	tagOID         = 0x06
	tagSequence    = 0x30
	tagOperation   = 0x80
	tagClientID    = 0x81 // transaction
	tagSystemData  = 0x81 // system
	tagProcessData = 0x82
	tagProcessType = 0x83
	tagTransaction = 0x85
	tagContext1    = 0x81 // first and second field inside systemOperationData
	tagContext2    = 0x82
)

// OIDs below bsi-de 0.4.0.127.0.7, contents octets: certifiedDataType .3.7.1.1 and .3.7.1.2.
var (
	oidTransactionLog = []byte{0x04, 0x00, 0x7f, 0x00, 0x07, 0x03, 0x07, 0x01, 0x01}
	oidSystemLog      = []byte{0x04, 0x00, 0x7f, 0x00, 0x07, 0x03, 0x07, 0x01, 0x02}
)

// Operation names as TR-03151 v1.0.1 spells them; registration of clients came later and is spelled alike.
const (
	nameStart      = "StartTransaction"
	nameFinish     = "FinishTransaction"
	nameInitialize = "Initialize"
	nameUpdateTime = "UpdateTime"
	nameRegister   = "RegisterClient"
)

// transaction is the certified data of a transaction log message.
type transaction struct {
	operation   string
	client      string
	processData []byte
	processType string
	number      uint64
}

func (t transaction) certified() []byte {
	b := appendInteger(nil, tagInteger, 2)
	b = appendTLV(b, tagOID, oidTransactionLog)
	b = appendTLV(b, tagOperation, []byte(t.operation))
	b = appendTLV(b, tagClientID, []byte(t.client))
	b = appendTLV(b, tagProcessData, t.processData)
	b = appendTLV(b, tagProcessType, []byte(t.processType))
	return appendInteger(b, tagTransaction, t.number)
}

// systemCertified is the certified data of a system log message; data holds the TLVs of the operation.
func systemCertified(operation string, data []byte) []byte {
	b := appendInteger(nil, tagInteger, 2)
	b = appendTLV(b, tagOID, oidSystemLog)
	b = appendTLV(b, tagOperation, []byte(operation))
	return appendTLV(b, tagSystemData, data)
}

// signMessage adds the protocol data to certified data and signs. counter and time are those of the message.
func (id *identity) signMessage(certified []byte, counter uint64, time int64) (der, signature []byte, err error) {
	b := appendTLV(certified, tagOctets, id.serial[:])
	b = appendTLV(b, tagSequence, appendTLV(nil, tagOID, id.alg.oid))
	b = appendInteger(b, tagInteger, counter)
	b = appendInteger(b, tagInteger, uint64(time))
	signature, err = id.key.sign(b)
	if err != nil {
		return nil, nil, err
	}
	return appendTLV(nil, tagSequence, appendTLV(b, tagOctets, signature)), signature, nil
}

// fields are the parts of a stored transaction message that answers need.
type fields struct {
	operation, client, processType string
	processData                    []byte
}

// transactionFields reads back a transaction message this package wrote.
func transactionFields(der []byte) (fields, bool) {
	body, _, ok := readTLV(der, tagSequence)
	for _, tag := range []byte{tagInteger, tagOID} {
		_, body, ok = skip(body, tag, ok)
	}
	var op, client, data, ptype []byte
	op, body, ok = skip(body, tagOperation, ok)
	client, body, ok = skip(body, tagClientID, ok)
	data, body, ok = skip(body, tagProcessData, ok)
	ptype, _, ok = skip(body, tagProcessType, ok)
	return fields{operation: string(op), client: string(client), processType: string(ptype), processData: data}, ok
}

// systemFields returns the operation and its data of a system message this package wrote.
func systemFields(der []byte) (operation string, data []byte, ok bool) {
	body, _, ok := readTLV(der, tagSequence)
	for _, tag := range []byte{tagInteger, tagOID} {
		_, body, ok = skip(body, tag, ok)
	}
	op, body, ok := skip(body, tagOperation, ok)
	data, _, ok = skip(body, tagSystemData, ok)
	return string(op), data, ok
}

func clientOfRegistration(der []byte) (string, bool) {
	_, data, ok := systemFields(der)
	client, _, ok := skip(data, tagContext1, ok)
	return string(client), ok
}

// signatureOf returns the signature value, the last element of a message.
func signatureOf(der []byte, size int) []byte {
	if len(der) < size {
		return nil
	}
	return der[len(der)-size:]
}
