package probe

// sentence is what is the matter and what to do about it.
type sentence struct{ reason, remedy Text }

var (
	notConfigured = sentence{
		Text{"Das Gerät ist angesteckt, aber nicht in Betrieb: meist zu wenig Strom.", "The device is plugged in but not running: usually too little power."},
		Text{"Gerät direkt an die Kasse oder mit eigenem Netzteil anschließen.", "Plug it straight into the box, or give it its own power supply."}}
	printerWithoutDriver = sentence{
		Text{"Der Drucker ist angesteckt, antwortet dem System aber nicht.", "The printer is plugged in but the system cannot reach it."},
		Text{"Drucker aus- und einschalten, dann Kabel neu stecken.", "Switch the printer off and on, then plug its cable in again."}}
	printerVendorMode = sentence{
		Text{"Der Drucker steht im herstellereigenen USB-Modus.", "The printer is in its maker's own USB mode."},
		Text{"Am Drucker die USB-Klasse auf „Drucker“ stellen (DIP-Schalter oder Menü).", "Set the printer's USB class to “printer” (DIP switch or menu)."}}
	noMedium = sentence{
		Text{"Im Kartenleser steckt keine Karte.", "There is no card in the reader."},
		Text{"Karte einstecken.", "Insert the card."}}
	notMounted = sentence{
		Text{"Der Datenträger ist noch nicht eingebunden.", "The medium is not mounted yet."},
		Text{"Einen Moment warten; bleibt es so, Stick neu stecken.", "Wait a moment; if it stays like this, plug the stick in again."}}
	noStorageNode = sentence{
		Text{"Der Stick ist angesteckt, zeigt aber keinen Datenträger.", "The stick is plugged in but shows no medium."},
		Text{"Stick abziehen, zehn Sekunden warten, wieder stecken.", "Pull the stick, wait ten seconds, plug it in again."}}
	tseReadOnly = sentence{
		Text{"Die TSE ist nur lesbar eingebunden und kann nicht signieren.", "The TSE is mounted read-only and cannot sign."},
		Text{"Schreibschutz am Kartenadapter prüfen, TSE neu stecken.", "Check the adapter's write protection, plug the TSE in again."}}
	volumeHangs = sentence{
		Text{"Der Datenträger antwortet nicht.", "The medium does not answer."},
		Text{"Stick abziehen, zehn Sekunden warten, wieder stecken.", "Pull the stick, wait ten seconds, plug it in again."}}
	tseBehindHub = sentence{
		Text{"Zwischen Kasse und TSE steckt ein USB-Verteiler; das führt zu Ausfällen.", "There is a USB hub between box and TSE; that leads to outages."},
		Text{"TSE direkt an die Kasse stecken.", "Plug the TSE straight into the box."}}
)
