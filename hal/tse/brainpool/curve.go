// Package brainpool signs with ECDSA on the brainpool curves P256r1, P384r1 and P512r1 of RFC 5639, which Go's standard
// library lacks.
//
// Nonces are deterministic (RFC 6979), signatures are in the plain format of BSI TR-03111 (r||s, each as long as the order).
// Points are kept in Jacobian coordinates over math/big. The code does not run in constant time: it is made for demonstration
// units whose key protects nothing, and must not guard a secret. It does not verify and does not encrypt. It starts no
// goroutine; everything is safe for concurrent use.
package brainpool

import (
	"math/big"
	"sync"
)

// Curve is y² = x³ + ax + b over the prime field p with a generator of prime order n.
type Curve struct {
	name         string
	p, a, b, n   *big.Int
	gx, gy       *big.Int
	size         int // bytes of a field element
	windowsOnce  sync.Once
	windowsTable [][15]affine
}

type affine struct{ x, y *big.Int }

// Name is the curve's name in RFC 5639.
func (c *Curve) Name() string { return c.name }

// Size is the length in bytes of a coordinate, a private key, and of each half of a signature.
func (c *Curve) Size() int { return c.size }

// P256r1, P384r1 and P512r1 are the curves of RFC 5639 ch. 3.4, 3.6 and 3.7.
var (
	P256r1 = newCurve("brainpoolP256r1",
		"a9fb57dba1eea9bc3e660a909d838d726e3bf623d52620282013481d1f6e5377",
		"7d5a0975fc2c3057eef67530417affe7fb8055c126dc5c6ce94a4b44f330b5d9",
		"26dc5c6ce94a4b44f330b5d9bbd77cbf958416295cf7e1ce6bccdc18ff8c07b6",
		"8bd2aeb9cb7e57cb2c4b482ffc81b7afb9de27e1e3bd23c23a4453bd9ace3262",
		"547ef835c3dac4fd97f8461a14611dc9c27745132ded8e545c1d54c72f046997",
		"a9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7")
	P384r1 = newCurve("brainpoolP384r1",
		"8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b412b1da197fb71123acd3a729901d1a71874700133107ec53",
		"7bc382c63d8c150c3c72080ace05afa0c2bea28e4fb22787139165efba91f90f8aa5814a503ad4eb04a8c7dd22ce2826",
		"04a8c7dd22ce28268b39b55416f0447c2fb77de107dcd2a62e880ea53eeb62d57cb4390295dbc9943ab78696fa504c11",
		"1d1c64f068cf45ffa2a63a81b7c13f6b8847a3e77ef14fe3db7fcafe0cbd10e8e826e03436d646aaef87b2e247d4af1e",
		"8abe1d7520f9c2a45cb1eb8e95cfd55262b70b29feec5864e19c054ff99129280e4646217791811142820341263c5315",
		"8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b31f166e6cac0425a7cf3ab6af6b7fc3103b883202e9046565")
	P512r1 = newCurve("brainpoolP512r1",
		"aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca703308717d4d9b009bc66842aecda12ae6a380e62881ff2f2d82c68528aa6056583a48f3",
		"7830a3318b603b89e2327145ac234cc594cbdd8d3df91610a83441caea9863bc2ded5d5aa8253aa10a2ef1c98b9ac8b57f1117a72bf2c7b9e7c1ac4d77fc94ca",
		"3df91610a83441caea9863bc2ded5d5aa8253aa10a2ef1c98b9ac8b57f1117a72bf2c7b9e7c1ac4d77fc94cadc083e67984050b75ebae5dd2809bd638016f723",
		"81aee4bdd82ed9645a21322e9c4c6a9385ed9f70b5d916c1b43b62eef4d0098eff3b1f78e2d0d48d50d1687b93b97d5f7c6d5047406a5e688b352209bcb9f822",
		"7dde385d566332ecc0eabfa9cf7822fdf209f70024a57b1aa000c55b881f8111b2dcde494a5f485e5bca4bd88a2763aed1ca2b2fa8f0540678cd1e0f3ad80892",
		"aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca70330870553e5c414ca92619418661197fac10471db1d381085ddaddb58796829ca90069")
)

func newCurve(name, p, a, b, gx, gy, n string) *Curve {
	c := &Curve{name: name, p: hex(p), a: hex(a), b: hex(b), gx: hex(gx), gy: hex(gy), n: hex(n)}
	c.size = (c.p.BitLen() + 7) / 8
	return c
}

func hex(s string) *big.Int {
	v, ok := new(big.Int).SetString(s, 16)
	if !ok {
		panic("brainpool: mistyped constant " + s)
	}
	return v
}

// onCurve tells whether y² = x³ + ax + b and both coordinates are field elements.
func (c *Curve) onCurve(x, y *big.Int) bool {
	if x.Sign() < 0 || y.Sign() < 0 || x.Cmp(c.p) >= 0 || y.Cmp(c.p) >= 0 {
		return false
	}
	rhs := new(big.Int).Mul(x, x)
	rhs.Add(rhs, c.a).Mul(rhs, x).Add(rhs, c.b).Mod(rhs, c.p)
	lhs := new(big.Int).Mul(y, y)
	return lhs.Mod(lhs, c.p).Cmp(rhs) == 0
}
