package tselog

import (
	"math/big"
	"sync"
)

// curve is y² = x³ + ax + b over a prime field, with a generator of prime order n and cofactor 1.
type curve struct {
	name string
	size int // bytes of a coordinate
	oid  []byte
	f    *field
	n    *big.Int
	a, b element
	b3   element // 3b
	g    point

	gOnce sync.Once
	gComb comb
}

// point is (X:Y:Z) in homogeneous projective coordinates, x = X/Z, y = Y/Z; Z = 0 is the point at infinity.
type point struct{ x, y, z element }

// curves are those TR-03116-5 allows for log messages. Constants: p, a, b, Gx, Gy, n from FIPS 186-4 D.1.2 and RFC 5639 ch. 3;
// identifiers from RFC 5480 and RFC 5639, contents octets.
var curves = []*curve{
	newCurve("P-256", []byte{0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07},
		"ffffffff 00000001 00000000 00000000 00000000 ffffffff ffffffff ffffffff",
		"ffffffff 00000001 00000000 00000000 00000000 ffffffff ffffffff fffffffc",
		"5ac635d8 aa3a93e7 b3ebbd55 769886bc 651d06b0 cc53b0f6 3bce3c3e 27d2604b",
		"6b17d1f2 e12c4247 f8bce6e5 63a440f2 77037d81 2deb33a0 f4a13945 d898c296",
		"4fe342e2 fe1a7f9b 8ee7eb4a 7c0f9e16 2bce3357 6b315ece cbb64068 37bf51f5",
		"ffffffff 00000000 ffffffff ffffffff bce6faad a7179e84 f3b9cac2 fc632551"),
	newCurve("P-384", []byte{0x2b, 0x81, 0x04, 0x00, 0x22},
		"ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff fffffffe ffffffff 00000000 00000000 ffffffff",
		"ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff fffffffe ffffffff 00000000 00000000 fffffffc",
		"b3312fa7 e23ee7e4 988e056b e3f82d19 181d9c6e fe814112 0314088f 5013875a c656398d 8a2ed19d 2a85c8ed d3ec2aef",
		"aa87ca22 be8b0537 8eb1c71e f320ad74 6e1d3b62 8ba79b98 59f741e0 82542a38 5502f25d bf55296c 3a545e38 72760ab7",
		"3617de4a 96262c6f 5d9e98bf 9292dc29 f8f41dbd 289a147c e9da3113 b5f0b8c0 0a60b1ce 1d7e819d 7a431d7c 90ea0e5f",
		"ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff c7634d81 f4372ddf 581a0db2 48b0a77a ecec196a ccc52973"),
	newCurve("P-521", []byte{0x2b, 0x81, 0x04, 0x00, 0x23},
		"01ff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff",
		"01ff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff fffffffc",
		"51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00",
		"c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66",
		"11839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650",
		"01ff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff fffffffa 51868783 bf2f966b 7fcc0148 f709a5d0 3bb5c9b8 899c47ae bb6fb71e 91386409"),
	newCurve("brainpoolP256r1", []byte{0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x07},
		"a9fb57db a1eea9bc 3e660a90 9d838d72 6e3bf623 d5262028 2013481d 1f6e5377",
		"7d5a0975 fc2c3057 eef67530 417affe7 fb8055c1 26dc5c6c e94a4b44 f330b5d9",
		"26dc5c6c e94a4b44 f330b5d9 bbd77cbf 95841629 5cf7e1ce 6bccdc18 ff8c07b6",
		"8bd2aeb9 cb7e57cb 2c4b482f fc81b7af b9de27e1 e3bd23c2 3a4453bd 9ace3262",
		"547ef835 c3dac4fd 97f8461a 14611dc9 c2774513 2ded8e54 5c1d54c7 2f046997",
		"a9fb57db a1eea9bc 3e660a90 9d838d71 8c397aa3 b561a6f7 901e0e82 974856a7"),
	newCurve("brainpoolP384r1", []byte{0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x0b},
		"8cb91e82 a3386d28 0f5d6f7e 50e641df 152f7109 ed5456b4 12b1da19 7fb71123 acd3a729 901d1a71 87470013 3107ec53",
		"7bc382c6 3d8c150c 3c72080a ce05afa0 c2bea28e 4fb22787 139165ef ba91f90f 8aa5814a 503ad4eb 04a8c7dd 22ce2826",
		"04a8c7dd 22ce2826 8b39b554 16f0447c 2fb77de1 07dcd2a6 2e880ea5 3eeb62d5 7cb43902 95dbc994 3ab78696 fa504c11",
		"1d1c64f0 68cf45ff a2a63a81 b7c13f6b 8847a3e7 7ef14fe3 db7fcafe 0cbd10e8 e826e034 36d646aa ef87b2e2 47d4af1e",
		"8abe1d75 20f9c2a4 5cb1eb8e 95cfd552 62b70b29 feec5864 e19c054f f9912928 0e464621 77918111 42820341 263c5315",
		"8cb91e82 a3386d28 0f5d6f7e 50e641df 152f7109 ed5456b3 1f166e6c ac0425a7 cf3ab6af 6b7fc310 3b883202 e9046565"),
	newCurve("brainpoolP512r1", []byte{0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x0d},
		"aadd9db8 dbe9c48b 3fd4e6ae 33c9fc07 cb308db3 b3c9d20e d6639cca 70330871 7d4d9b00 9bc66842 aecda12a e6a380e6 2881ff2f 2d82c685 28aa6056 583a48f3",
		"7830a331 8b603b89 e2327145 ac234cc5 94cbdd8d 3df91610 a83441ca ea9863bc 2ded5d5a a8253aa1 0a2ef1c9 8b9ac8b5 7f1117a7 2bf2c7b9 e7c1ac4d 77fc94ca",
		"3df91610 a83441ca ea9863bc 2ded5d5a a8253aa1 0a2ef1c9 8b9ac8b5 7f1117a7 2bf2c7b9 e7c1ac4d 77fc94ca dc083e67 984050b7 5ebae5dd 2809bd63 8016f723",
		"81aee4bd d82ed964 5a21322e 9c4c6a93 85ed9f70 b5d916c1 b43b62ee f4d0098e ff3b1f78 e2d0d48d 50d1687b 93b97d5f 7c6d5047 406a5e68 8b352209 bcb9f822",
		"7dde385d 566332ec c0eabfa9 cf7822fd f209f700 24a57b1a a000c55b 881f8111 b2dcde49 4a5f485e 5bca4bd8 8a2763ae d1ca2b2f a8f05406 78cd1e0f 3ad80892",
		"aadd9db8 dbe9c48b 3fd4e6ae 33c9fc07 cb308db3 b3c9d20e d6639cca 70330870 553e5c41 4ca92619 41866119 7fac1047 1db1d381 085ddadd b5879682 9ca90069"),
}

func newCurve(name string, oid []byte, p, a, b, gx, gy, n string) *curve {
	prime := constant(p)
	c := &curve{name: name, oid: oid, size: (prime.BitLen() + 7) / 8, f: newField(prime), n: constant(n)}
	c.a, c.b = c.f.enter(constant(a)), c.f.enter(constant(b))
	c.f.add(&c.b3, &c.b, &c.b)
	c.f.add(&c.b3, &c.b3, &c.b)
	c.g = point{c.f.enter(constant(gx)), c.f.enter(constant(gy)), c.f.enter(big.NewInt(1))}
	return c
}

func constant(s string) *big.Int {
	v := new(big.Int)
	for _, c := range s {
		if c == ' ' {
			continue
		}
		d := int64(c - '0')
		if c >= 'a' {
			d = int64(c-'a') + 10
		}
		v.Lsh(v, 4).Add(v, big.NewInt(d))
	}
	return v
}

// onCurve checks y² = x³ + ax + b for a point with Z = 1.
func (c *curve) onCurve(p *point) bool {
	var l, r element
	f := c.f
	f.mul(&l, &p.y, &p.y)
	f.mul(&r, &p.x, &p.x)
	f.add(&r, &r, &c.a)
	f.mul(&r, &r, &p.x)
	f.add(&r, &r, &c.b)
	return l == r
}

// add sets r = p + q for any two points, equal, opposite or infinity: the complete formulas of Renes, Costello and Batina
// (EUROCRYPT 2016), algorithm 1; the numbers are its steps. r may be p or q.
func (c *curve) add(r, p, q *point) {
	var t0, t1, t2, t3, t4, t5, x, y, z element
	f := c.f
	f.mul(&t0, &p.x, &q.x) // 1
	f.mul(&t1, &p.y, &q.y)
	f.mul(&t2, &p.z, &q.z)
	f.add(&t3, &p.x, &p.y)
	f.add(&t4, &q.x, &q.y) // 5
	f.mul(&t3, &t3, &t4)
	f.add(&t4, &t0, &t1)
	f.sub(&t3, &t3, &t4)
	f.add(&t4, &p.x, &p.z)
	f.add(&t5, &q.x, &q.z) // 10
	f.mul(&t4, &t4, &t5)
	f.add(&t5, &t0, &t2)
	f.sub(&t4, &t4, &t5)
	f.add(&t5, &p.y, &p.z)
	f.add(&x, &q.y, &q.z) // 15
	f.mul(&t5, &t5, &x)
	f.add(&x, &t1, &t2)
	f.sub(&t5, &t5, &x)
	f.mul(&z, &c.a, &t4)
	f.mul(&x, &c.b3, &t2) // 20
	f.add(&z, &x, &z)
	f.sub(&x, &t1, &z)
	f.add(&z, &t1, &z)
	f.mul(&y, &x, &z)
	f.add(&t1, &t0, &t0) // 25
	f.add(&t1, &t1, &t0)
	f.mul(&t2, &c.a, &t2)
	f.mul(&t4, &c.b3, &t4)
	f.add(&t1, &t1, &t2)
	f.sub(&t2, &t0, &t2) // 30
	f.mul(&t2, &c.a, &t2)
	f.add(&t4, &t4, &t2)
	f.mul(&t0, &t1, &t4)
	f.add(&y, &y, &t0)
	f.mul(&t0, &t5, &t4) // 35
	f.mul(&x, &t3, &x)
	f.sub(&x, &x, &t0)
	f.mul(&t0, &t3, &t1)
	f.mul(&z, &t5, &z)
	f.add(&z, &z, &t0) // 40
	r.x, r.y, r.z = x, y, z
}

// infinity is (0:1:0).
func (c *curve) infinity() point { return point{y: c.g.z} }

// multiples are 1·P to 15·P.
type multiples [15]point

func (c *curve) multiples(p point) *multiples {
	m := &multiples{p}
	for i := 1; i < len(m); i++ {
		c.add(&m[i], &m[i-1], &p)
	}
	return m
}

// combine returns u·P + v·Q, four bits at a time (Straus), from the multiples of P and Q.
func (c *curve) combine(u *big.Int, p *multiples, v *big.Int, q *multiples) point {
	size := (c.n.BitLen() + 7) / 8
	ub, vb := u.FillBytes(make([]byte, size)), v.FillBytes(make([]byte, size))
	sum := c.infinity()
	for i := range 2 * size {
		for range 4 {
			c.add(&sum, &sum, &sum)
		}
		shift := 4 - 4*(i%2)
		if d := ub[i/2] >> shift & 15; d != 0 {
			c.add(&sum, &sum, &p[d-1])
		}
		if d := vb[i/2] >> shift & 15; d != 0 {
			c.add(&sum, &sum, &q[d-1])
		}
	}
	return sum
}

// comb holds, for each 4-bit digit of a scalar from the highest on, the multiples of that power of 16 times a point: a
// multiplication then needs no doubling.
type comb []multiples

func (c *curve) comb(p point) comb {
	t := make(comb, 2*((c.n.BitLen()+7)/8))
	for i := len(t) - 1; i >= 0; i-- {
		t[i] = *c.multiples(p)
		c.add(&p, &t[i][14], &p)
	}
	return t
}

func (c *curve) generatorComb() comb {
	c.gOnce.Do(func() { c.gComb = c.comb(c.g) })
	return c.gComb
}

// addMultiple sets sum = sum + v·P.
func (c *curve) addMultiple(sum *point, v *big.Int, t comb) {
	digits := v.FillBytes(make([]byte, len(t)/2))
	for i := range t {
		if d := digits[i/2] >> (4 - 4*(i%2)) & 15; d != 0 {
			c.add(sum, sum, &t[i][d-1])
		}
	}
}
