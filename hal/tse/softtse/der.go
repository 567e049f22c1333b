package softtse

// appendTLV appends one DER element with a definite length.
func appendTLV(b []byte, tag byte, value []byte) []byte {
	b = append(b, tag)
	switch n := len(value); {
	case n < 0x80:
		b = append(b, byte(n))
	case n < 0x100:
		b = append(b, 0x81, byte(n))
	case n < 0x10000:
		b = append(b, 0x82, byte(n>>8), byte(n))
	default:
		b = append(b, 0x83, byte(n>>16), byte(n>>8), byte(n))
	}
	return append(b, value...)
}

// appendInteger appends a non-negative INTEGER in its shortest form.
func appendInteger(b []byte, tag byte, v uint64) []byte {
	var buf [9]byte
	i := len(buf)
	for {
		i--
		buf[i] = byte(v)
		v >>= 8
		if v == 0 {
			break
		}
	}
	if buf[i]&0x80 != 0 { // a leading one would read as a sign
		i--
	}
	return appendTLV(b, tag, buf[i:])
}

// readTLV reads one definite-length element with the wanted tag from b.
func readTLV(b []byte, tag byte) (value, rest []byte, ok bool) {
	if len(b) < 2 || b[0] != tag {
		return nil, nil, false
	}
	n, head := int(b[1]), 2
	if n >= 0x80 {
		size := n & 0x7f
		if size == 0 || size > 3 || len(b) < 2+size {
			return nil, nil, false
		}
		n = 0
		for _, c := range b[2 : 2+size] {
			n = n<<8 | int(c)
		}
		head += size
	}
	if n > len(b)-head {
		return nil, nil, false
	}
	return b[head : head+n], b[head+n:], true
}

// skip is readTLV in a chain: nothing is read once ok is false.
func skip(b []byte, tag byte, ok bool) (value, rest []byte, still bool) {
	if !ok {
		return nil, nil, false
	}
	return readTLV(b, tag)
}
