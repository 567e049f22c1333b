package brainpool

import "math/big"

// jacobian is the point (X/Z², Y/Z³); Z = 0 is the point at infinity.
type jacobian struct{ x, y, z big.Int }

// arith does field operations with memory of its own, so that a multiplication of a point does not allocate per step.
type arith struct {
	c    *Curve
	t    [12]big.Int
	q, m big.Int
}

func (w *arith) mul(z, x, y *big.Int) {
	w.m.Mul(x, y)
	w.q.QuoRem(&w.m, w.c.p, z)
}

func (w *arith) add(z, x, y *big.Int) {
	if z.Add(x, y); z.Cmp(w.c.p) >= 0 {
		z.Sub(z, w.c.p)
	}
}

func (w *arith) sub(z, x, y *big.Int) {
	if z.Sub(x, y); z.Sign() < 0 {
		z.Add(z, w.c.p)
	}
}

// double sets p to 2p: "dbl-2007-bl" of the Explicit-Formulas Database, short Weierstrass curves, Jacobian coordinates.
func (w *arith) double(p *jacobian) {
	if p.z.Sign() == 0 {
		return
	}
	xx, yy, yyyy, zz, s, m, t := &w.t[0], &w.t[1], &w.t[2], &w.t[3], &w.t[4], &w.t[5], &w.t[6]
	w.mul(xx, &p.x, &p.x)
	w.mul(yy, &p.y, &p.y)
	w.mul(yyyy, yy, yy)
	w.mul(zz, &p.z, &p.z)
	w.mul(s, &p.x, yy) // S = 4XY²
	w.add(s, s, s)
	w.add(s, s, s)
	w.mul(m, zz, zz) // M = 3X² + aZ⁴
	w.mul(m, m, w.c.a)
	w.add(m, m, xx)
	w.add(m, m, xx)
	w.add(m, m, xx)
	w.mul(&p.z, &p.y, &p.z) // Z' = 2YZ
	w.add(&p.z, &p.z, &p.z)
	w.mul(&p.x, m, m) // X' = M² - 2S
	w.sub(&p.x, &p.x, s)
	w.sub(&p.x, &p.x, s)
	w.sub(t, s, &p.x) // Y' = M(S-X') - 8Y⁴
	w.mul(&p.y, m, t)
	for range 3 {
		w.add(yyyy, yyyy, yyyy)
	}
	w.sub(&p.y, &p.y, yyyy)
}

// addAffine sets p to p+q: mixed addition "madd" with Z of q = 1.
func (w *arith) addAffine(p *jacobian, q affine) {
	if p.z.Sign() == 0 {
		p.x.Set(q.x)
		p.y.Set(q.y)
		p.z.SetInt64(1)
		return
	}
	zz, u2, s2, h, r, hh, hhh, v := &w.t[0], &w.t[1], &w.t[2], &w.t[3], &w.t[4], &w.t[5], &w.t[6], &w.t[7]
	w.mul(zz, &p.z, &p.z)
	w.mul(u2, q.x, zz)
	w.mul(s2, q.y, &p.z)
	w.mul(s2, s2, zz)
	w.sub(h, u2, &p.x)
	w.sub(r, s2, &p.y)
	if h.Sign() == 0 {
		w.addSameX(p, r.Sign() == 0)
		return
	}
	w.mul(hh, h, h)
	w.mul(hhh, h, hh)
	w.mul(v, &p.x, hh)
	w.mul(&p.x, r, r) // X' = r² - H³ - 2V
	w.sub(&p.x, &p.x, hhh)
	w.sub(&p.x, &p.x, v)
	w.sub(&p.x, &p.x, v)
	w.mul(&p.z, &p.z, h) // Z' = ZH
	w.mul(hhh, &p.y, hhh)
	w.sub(v, v, &p.x) // Y' = r(V-X') - YH³
	w.mul(&p.y, r, v)
	w.sub(&p.y, &p.y, hhh)
}

// addSameX finishes an addition of two points with the same x: they are equal or opposite.
func (w *arith) addSameX(p *jacobian, equal bool) {
	if equal {
		w.double(p)
		return
	}
	p.z.SetInt64(0)
}

// toAffine converts a point that is not at infinity.
func (w *arith) toAffine(p *jacobian) affine {
	inv := new(big.Int).ModInverse(&p.z, w.c.p)
	inv2, x, y := new(big.Int), new(big.Int), new(big.Int)
	w.mul(inv2, inv, inv)
	w.mul(x, &p.x, inv2)
	w.mul(y, &p.y, inv2)
	w.mul(y, y, inv)
	return affine{x, y}
}

// windows returns, for each 4-bit digit of a scalar from the lowest on, the points 1·16ⁱG to 15·16ⁱG.
func (c *Curve) windows() [][15]affine {
	c.windowsOnce.Do(func() {
		w := &arith{c: c}
		base := affine{c.gx, c.gy}
		c.windowsTable = make([][15]affine, 2*c.size)
		for i := range c.windowsTable {
			row := &c.windowsTable[i]
			sum := &jacobian{}
			for d := range row {
				w.addAffine(sum, base)
				row[d] = w.toAffine(sum)
			}
			w.addAffine(sum, base)
			base = w.toAffine(sum)
		}
	})
	return c.windowsTable
}

// timesG returns kG for 0 < k < n.
func (c *Curve) timesG(k *big.Int) affine {
	digits := k.FillBytes(make([]byte, c.size))
	w, sum := &arith{c: c}, &jacobian{}
	for i, row := range c.windows() {
		d := digits[c.size-1-i/2]
		if i%2 == 1 {
			d >>= 4
		}
		if d &= 15; d != 0 {
			w.addAffine(sum, row[d-1])
		}
	}
	return w.toAffine(sum)
}
