package printer

type encoder struct{}

func (Line) encode(*encoder) error  { return nil }
func (Rule) encode(*encoder) error  { return nil }
func (Feed) encode(*encoder) error  { return nil }
func (QR) encode(*encoder) error    { return nil }
func (Image) encode(*encoder) error { return nil }
func (Cut) encode(*encoder) error   { return nil }
func (Kick) encode(*encoder) error  { return nil }
